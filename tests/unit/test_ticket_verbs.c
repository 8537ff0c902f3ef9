/*
 * From the options of a verb to an event.
 */
#include "ticket_verbs.h"

#include "local_time.h"
#include "zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "state_json.h"

/* Sets "reason=wrong_area" in the field of that option. */
static void set_value(const struct ticket_verb *verb,
                      struct verb_values *values, char *text)
{
    char *value = strchr(text, '=');

    if (value != NULL)
        *value++ = '\0';
    for (size_t i = 0; i < verb->n_fields; i++) {
        const struct verb_field *field = &verb->fields[i];

        if (strcmp(field->option, text) != 0)
            continue;
        if (field->argument == NULL)
            values->flags[i] = true;
        else if (field->kind == VERB_URIS || field->kind == VERB_CATEGORIES)
            values->lists[i].items[values->lists[i].n++] = value;
        else
            values->texts[i] = value;
        return;
    }
    fail_msg("%s has no option --%s", verb->name, text);
}

static struct verb_values values_of(const struct ticket_verb *verb,
                                    char *options)
{
    struct verb_values values = {0};

    for (char *p = strtok(options, " "); p != NULL; p = strtok(NULL, " "))
        set_value(verb, &values, p);
    return values;
}

#define TICKET                                                                 \
    "{'ticket':{'area':'bj','contact':{'name':'A','phone':'1'},'matters':["    \
    "{'category':'gas','description':'smells','area':'bj/xc'},"                \
    "{'category':'roads','address':'Main St'}]}}"

/* options with ' ' between them; state NULL: unknown. */
static const struct {
    const char *verb, *options, *state, *expected;
} cases[] = {
    {"acknowledge", "department=gas official=Li plan=go promised=2020-01-01",
     NULL,
     "{'acknowledged':{'department_id':'gas','official':'Li','plan':'go',"
     "'promised_at':1577836800000}}"},
    {"acknowledge", "", NULL, "{'acknowledged':{}}"},
    {"contact", "department=gas method=phone note=x official=Li", NULL,
     "{'contacted':{'department_id':'gas','method':'phone','note':'x',"
     "'official':'Li'}}"},
    {"return",
     "reason=Wrong_Area department=a suggest-area=bj/dc note=n "
     "suggest-department=b",
     NULL,
     "{'returned':{'department_id':'a','reason':'wrong_area','note':'n',"
     "'suggested_area':'bj/dc','suggested_department_id':'b'}}"},
    {"reassign", "to-department=b by-department=a lead-official=Wang note=n",
     NULL,
     "{'reassigned':{'department_id':'b','by_department_id':'a',"
     "'lead_official':'Wang','note':'n'}}"},
    {"reclassify", "to-area=bj/dc to-urgency=urgent", NULL,
     "{'reclassified':{'area':'bj/dc','urgency':'URGENT'}}"},
    {"reclassify", "to-category=water", NULL,
     "{'reclassified':{'matters':[{'category':'water'}]}}"},
    {"reclassify", "again", TICKET, "{'reclassified':{}}"},
    /* A matter keeps what was not corrected; the second one is dropped. */
    {"reclassify", "to-category=water to-scheme=s", TICKET,
     "{'reclassified':{'matters':[{'category':'water','category_scheme':'s',"
     "'description':'smells','area':'bj/xc'}]}}"},
    {"reclassify", "to-category=a to-category=b to-category=c", TICKET,
     "{'reclassified':{'matters':[{'category':'a','description':'smells',"
     "'area':'bj/xc'},{'category':'b','address':'Main St'},"
     "{'category':'c'}]}}"},
    {"update",
     "description=d urgency=emergency lead-official=W supervised-by=office "
     "attach=u1 attach=u2",
     NULL,
     "{'updated':{'description':'d','urgency':'emergency',"
     "'lead_official':'W','supervised_by':'office',"
     "'attachments':[{'uri':'u1'},{'uri':'u2'}]}}"},
    {"update", "contact-phone=2", NULL,
     "{'updated':{'contact':{'phone':'2'}}}"},
    {"update", "contact-phone=2 contact-email=e", TICKET,
     "{'updated':{'contact':{'name':'A','phone':'2','email':'e'}}}"},
    {"update", "description=d", TICKET, "{'updated':{'description':'d'}}"},
    {"resolve", "outcome=solved plan=p reply=r department=a", NULL,
     "{'resolved':{'department_id':'a','outcome':'SOLVED','plan':'p',"
     "'reply':'r'}}"},
    {"extend", "by=5wd approved-by=Li reason=r", NULL,
     "{'extended':{'clock':'RESOLUTION','by':'5wd','approved_by':'Li',"
     "'reason':'r'}}"},
    {"extend", "clock=first_response until=2020-01-01T00:00:01", NULL,
     "{'extended':{'clock':'FIRST_RESPONSE','until_at':1577836801000}}"},
    {"pause", "reason=r until=2020-01-01 approved-by=Li", NULL,
     "{'paused':{'reason':'r','until_at':1577836800000,'approved_by':'Li'}}"},
    {"resume", "reason=r", NULL, "{'resumed':{'reason':'r'}}"},
    {"urge", "reason=r", NULL, "{'urged':{'reason':'r'}}"},
    {"callback",
     "result=reached contacted=yes solved=no satisfaction=dissatisfied "
     "excluded-reason=x note=n",
     NULL,
     "{'callback':{'result':'REACHED','contacted':'YES','solved':'NO',"
     "'satisfaction':'DISSATISFIED','excluded_reason':'x','note':'n'}}"},
    {"reopen", "reason=r", NULL, "{'reopened':{'reason':'r'}}"},
    {"merge", "into=T0", NULL, "{'merged':{'into_ticket_id':'T0'}}"},
    {"cancel", "reason=r", NULL, "{'cancelled':{'reason':'r'}}"},
};

static const struct event_head head = {
    .event_id = "e1",
    .ticket_id = "T1",
    .occurred_at = 1000,
    .source = "test",
    .actor = "Wei",
    .actor_department_id = "desk",
};

/* The event that the options make, as JSON that has gone through the
 * message. */
static json_t *event_of(struct arena *a, const char *verb_name,
                        const char *options, const char *state)
{
    const struct ticket_verb *verb = ticket_verb_find(verb_name);
    const struct local_time utc = {.zone = zone_utc()};
    char text[512], why[VERB_WHY_SIZE];
    struct message_json_error error;
    ProtobufCMessage *msg;

    assert_non_null(verb);
    snprintf(text, sizeof text, "%s", options);
    struct verb_values values = values_of(verb, text);
    assert_null(ticket_verb_lacks(verb, &values, why));
    json_t *message = ticket_verb_message(
        verb, &values, state != NULL ? state_of(a, state) : NULL, &utc, why);
    assert_non_null(message);
    json_t *event = ticket_verb_event(&head, verb->kind, message);
    if (!message_json_read(a, event, &dispatch__v1__ticket_event__descriptor,
                           &msg, &error))
        fail_msg("%s %s: %s: %s", verb_name, options, error.path,
                 error.message);
    assert_int_equal(((Dispatch__V1__TicketEvent *)msg)->kind_case,
                     verb->kind_case);
    json_decref(event);
    return message_json_write(msg, MESSAGE_JSON_EXACT);
}

static json_t *expected_event(struct arena *a, const char *kind)
{
    char text[STATE_TEXT];

    snprintf(text, sizeof text,
             "{'event_id':'e1','ticket_id':'T1','occurred_at':1000,"
             "'source':'test','actor':'Wei','actor_department_id':'desk',%s",
             kind + 1);
    return message_json_write(
        message_of(a, &dispatch__v1__ticket_event__descriptor, text),
        MESSAGE_JSON_EXACT);
}

static void options_fill_the_fields_of_an_event(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arena *a = arena_new(1 << 20);
        json_t *got =
            event_of(a, cases[i].verb, cases[i].options, cases[i].state);
        json_t *expected = expected_event(a, cases[i].expected);

        if (!json_equal(got, expected))
            fail_msg("%s %s: %s", cases[i].verb, cases[i].options,
                     json_dumps(got, JSON_COMPACT));
        json_decref(got);
        json_decref(expected);
        arena_free(&a);
    }
}

static void what_is_missing_is_named(void **state)
{
    static const struct {
        const char *verb, *options, *lack;
    } lacks[] = {
        {"return", "note=x", "--reason REASON is missing"},
        {"reassign", "", "--to-department ID is missing"},
        {"resolve", "reply=x", "--outcome OUTCOME is missing"},
        {"merge", "", "--into TICKET is missing"},
        {"callback", "", "--result RESULT is missing"},
        {"extend", "reason=x", "say exactly one of --by and --until"},
        {"extend", "by=1d until=2020-01-01",
         "say exactly one of --by and --until"},
        {"reclassify", "",
         "say at least one of --to-area, --to-category, --to-scheme, "
         "--to-urgency, --again"},
        {"reclassify", "again to-area=x",
         "--again means that nothing else is corrected"},
        {"reclassify", "to-scheme=x", "--to-scheme belongs to --to-category"},
        {"update", "",
         "say at least one of --description, --contact-name, --contact-phone, "
         "--contact-email, --attach, --urgency, --lead-official, "
         "--supervised-by"},
        {"cancel", "", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(lacks) / sizeof(lacks[0]); i++) {
        const struct ticket_verb *verb = ticket_verb_find(lacks[i].verb);
        char text[256], why[VERB_WHY_SIZE];

        snprintf(text, sizeof text, "%s", lacks[i].options);
        struct verb_values values = values_of(verb, text);
        const char *lack = ticket_verb_lacks(verb, &values, why);
        if (lacks[i].lack == NULL)
            assert_null(lack);
        else
            assert_string_equal(lack, lacks[i].lack);
    }
}

static void what_cannot_be_read_is_named(void **state)
{
    static const char *const wrong[][3] = {
        {"pause", "until=soon", "--until soon: write 2019-11-07"},
        {"extend", "by=5days", "--by 5days: "},
        {"extend", "by=", "--by : "},
    };
    const struct local_time utc = {.zone = zone_utc()};
    char text[64], why[VERB_WHY_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const struct ticket_verb *verb = ticket_verb_find(wrong[i][0]);

        snprintf(text, sizeof text, "%s", wrong[i][1]);
        struct verb_values values = values_of(verb, text);
        assert_null(ticket_verb_message(verb, &values, NULL, &utc, why));
        assert_int_equal(strncmp(why, wrong[i][2], strlen(wrong[i][2])), 0);
    }
}

static void errors_name_the_option(void **state)
{
    static const struct {
        const char *verb, *path, *option;
    } paths[] = {
        {"return", "returned.reason", "--reason"},
        {"return", "returned.suggested_area", "--suggest-area"},
        {"reclassify", "reclassified.matters[1].category", "--to-category"},
        {"update", "updated.contact.phone", "--contact-phone"},
        {"extend", "extended.by", "--by"},
        {"return", "source", "source"},
        {"return", "returned.reasons", "returned.reasons"},
        {"return", "", ""},
    };
    char text[VERB_WHY_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        assert_string_equal(ticket_verb_option(ticket_verb_find(paths[i].verb),
                                               paths[i].path, text),
                            paths[i].option);
}

static bool fills(const struct ticket_verb *verb, const char *name)
{
    for (size_t i = 0; i < verb->n_fields; i++) {
        const char *path = verb->fields[i].path;

        if (strcspn(path, ".") == strlen(name) &&
            strncmp(path, name, strlen(name)) == 0)
            return true;
    }
    return false;
}

/* `merge` fills this one by itself. */
static bool is_left_out(const char *name)
{
    return strcmp(name, "merged_ticket_ids") == 0;
}

static void every_kind_has_a_verb_and_every_field_an_option(void **state)
{
    const ProtobufCMessageDescriptor *event =
        &dispatch__v1__ticket_event__descriptor;
    size_t n, found = 0;
    const struct ticket_verb *verbs = ticket_verbs(&n);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        const ProtobufCFieldDescriptor *kind =
            protobuf_c_message_descriptor_get_field_by_name(event,
                                                            verbs[i].kind);
        assert_non_null(kind);
        assert_int_equal(kind->id, (unsigned)verbs[i].kind_case);
        assert_true(verbs[i].n_fields <= VERB_MAX_FIELDS);
        found++;
        const ProtobufCMessageDescriptor *message = kind->descriptor;
        for (unsigned j = 0; j < message->n_fields; j++)
            if (!is_left_out(message->fields[j].name) &&
                !fills(&verbs[i], message->fields[j].name))
                fail_msg("no option of %s fills %s", verbs[i].name,
                         message->fields[j].name);
    }
    /* All members of the oneof but `created`. */
    unsigned kinds = 0;
    for (unsigned j = 0; j < event->n_fields; j++)
        kinds += (event->fields[j].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    assert_int_equal(found, kinds - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_fill_the_fields_of_an_event),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(what_cannot_be_read_is_named),
        cmocka_unit_test(errors_name_the_option),
        cmocka_unit_test(every_kind_has_a_verb_and_every_field_an_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
