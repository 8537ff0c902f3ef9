/*
 * Events as the builder makes them, read back from their bytes.
 */
#include "output.h"

#include "arena.h"
#include "calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { ARENA_CAP = 1 << 20, MAX_SIZE = 100000 };
enum { OCCURRED_AT = 1573088400 };

static const struct department districts[] = {
    {.id = "xc", .name = "西城区", .topic = "", .lead_official = ""},
    {.id = "gas", .name = "Gas", .topic = "for-gas", .lead_official = ""},
    {.id = "water", .name = "Water", .topic = "", .lead_official = ""},
};
static const struct policy week = {.id = "week"};
/* The clock's policy counts, which need not be the part's. */
static const struct policy other = {.id = "other"};

/* A ticket and a plan for three departments, to be changed by each test. */
struct fixture {
    struct arena *arena;
    Dispatch__V1__TicketEvent event;
    Dispatch__V1__TicketCreated ticket;
    Dispatch__V1__Contact contact;
    struct dispatch_plan plan;
    struct outputs out;
    uint32_t seq;
};

static struct dispatch_part new_part(const struct department *department,
                                     Dispatch__V1__Role role, uint16_t matters)
{
    return (struct dispatch_part){
        .department = department,
        .role = role,
        .matters = matters,
        .rule = "110000|heat",
        .lead_official = "",
    };
}

static void give_clock(struct dispatch_part *part, enum clock_kind kind,
                       int64_t due_at)
{
    part->policy = &other;
    part->clocks[kind] = (struct clock_plan){
        .exists = true,
        .policy = &week,
        .started_at = due_at - 1000,
        .due_at = due_at,
        .warn_at = due_at - 100,
        .provisional = kind == CLOCK_RESOLUTION,
        .limit = {DURATION_HOURS, 1},
        .calendar = calendar_24x7(),
    };
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    f->arena = arena_new(ARENA_CAP);
    f->ticket = (Dispatch__V1__TicketCreated)DISPATCH__V1__TICKET_CREATED__INIT;
    f->contact = (Dispatch__V1__Contact)DISPATCH__V1__CONTACT__INIT;
    f->event = (Dispatch__V1__TicketEvent)DISPATCH__V1__TICKET_EVENT__INIT;
    f->event.event_id = (char *)"e1";
    f->event.ticket_id = (char *)"t1";
    f->event.occurred_at = OCCURRED_AT;
    f->event.kind_case = DISPATCH__V1__TICKET_EVENT__KIND_CREATED;
    f->event.created = &f->ticket;
    f->ticket.title = (char *)"路灯不亮";
    f->ticket.contact = &f->contact;
    f->contact.phone = (char *)"555-0100";
    f->plan.n_parts = 3;
    f->plan.parts[0] =
        new_part(&districts[0], DISPATCH__V1__ROLE__ROLE_LEAD, 0x8001);
    f->plan.parts[0].lead_official = "Li";
    f->plan.parts[1] =
        new_part(&districts[1], DISPATCH__V1__ROLE__ROLE_CO_HANDLER, 0x0002);
    f->plan.parts[2] =
        new_part(&districts[2], DISPATCH__V1__ROLE__ROLE_CO_HANDLER, 0);
    f->plan.parts[2].fallback = true;
    f->plan.parts[2].rule = "";
    give_clock(&f->plan.parts[0], CLOCK_FIRST_RESPONSE, 5000);
    give_clock(&f->plan.parts[0], CLOCK_RESOLUTION, 9000);
    give_clock(&f->plan.parts[1], CLOCK_RESOLUTION, 7000);
    outputs_init(&f->out, f->arena, MAX_SIZE);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    arena_free(&f->arena);
    free(f);
    return 0;
}

static void add_assigned(struct output_batch *b, const struct dispatch_part *p,
                         char **co_ids, size_t n_co_ids)
{
    Dispatch__V1__AssignmentEvent msg = DISPATCH__V1__ASSIGNMENT_EVENT__INIT;
    uint32_t indexes[16];

    msg.kind = DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_ASSIGNED;
    msg.department_id = output_text(p->department->id);
    msg.department_name = output_text(p->department->name);
    msg.role = p->role;
    msg.matter_indexes = indexes;
    for (uint32_t i = 0; i < 16; i++)
        if (p->matters & 1u << i)
            indexes[msg.n_matter_indexes++] = i;
    msg.co_department_ids = co_ids;
    msg.n_co_department_ids = n_co_ids;
    msg.lead_official = output_text(p->lead_official);
    msg.fallback = p->fallback;
    msg.rule = output_text(p->rule);
    msg.attempt = 1;
    msg.first_response_due_at = p->clocks[CLOCK_FIRST_RESPONSE].due_at;
    msg.resolution_due_at = p->clocks[CLOCK_RESOLUTION].due_at;
    output_assignment(b, &msg, p->department->topic);
}

static void add_scheduled(struct output_batch *b, const struct dispatch_part *p,
                          enum clock_kind kind)
{
    const struct clock_plan *clock = &p->clocks[kind];
    Dispatch__V1__DeadlineEvent msg = DISPATCH__V1__DEADLINE_EVENT__INIT;

    if (!clock->exists)
        return;
    msg.kind = DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_SCHEDULED;
    msg.clock = output_clock(kind);
    msg.department_id = output_text(p->department->id);
    msg.policy_id = output_text(clock->policy->id);
    msg.calendar_id = output_text(calendar_id(clock->calendar));
    msg.due_at = clock->due_at;
    msg.warn_at = clock->warn_at;
    msg.started_at = clock->started_at;
    msg.provisional = clock->provisional;
    msg.explanation =
        output_explain(b, clock->calendar, clock->started_at, clock->limit);
    output_deadline(b, &msg);
}

/* As a ticket's life begins: ASSIGNED, then SCHEDULED for each clock. */
static enum reject_code add_to(struct outputs *out, struct fixture *f,
                               const char *version, uint32_t *seq)
{
    struct output_batch b = {
        .out = out,
        .ticket_id = f->event.ticket_id,
        .caused_by = f->event.event_id,
        .catalogue_version = version,
        .occurred_at = f->event.occurred_at,
        .sequence = *seq,
    };
    char *co_ids[] = {(char *)"gas", (char *)"water"};
    size_t n = out->n;

    output_batch_set_ticket(&b, &f->ticket);
    for (size_t i = 0; i < f->plan.n_parts; i++) {
        add_assigned(&b, &f->plan.parts[i], co_ids, f->plan.n_parts - 1);
        for (enum clock_kind kind = 0; kind < CLOCKS; kind++)
            add_scheduled(&b, &f->plan.parts[i], kind);
    }
    if (b.code == REJECT_NONE)
        *seq = b.sequence;
    else
        out->n = n; /* all or none, as a ticket's step does it */
    return b.code;
}

static enum reject_code add(struct fixture *f)
{
    return add_to(&f->out, f, "42+1f3a9c07", &f->seq);
}

static Dispatch__V1__AssignmentEvent *read_assignment(const struct output *o)
{
    Dispatch__V1__AssignmentEvent *msg =
        dispatch__v1__assignment_event__unpack(NULL, o->value_size, o->value);

    assert_non_null(msg);
    assert_int_equal(msg->base.n_unknown_fields, 0);
    assert_non_null(msg->ticket);
    return msg;
}

static void free_assignment(Dispatch__V1__AssignmentEvent *msg)
{
    dispatch__v1__assignment_event__free_unpacked(msg, NULL);
}

static void events_come_part_by_part_with_ids_without_gaps(void **state)
{
    static const struct {
        enum output_topic topic;
        const char *department_id;
        const char *event_id;
        const char *type;
    } expected[] = {
#define ASSIGNED "dispatch.v1.AssignmentEvent.ASSIGNED"
#define SCHEDULED "dispatch.v1.DeadlineEvent.SCHEDULED"
        {OUTPUT_ASSIGNMENTS, "xc", "t1/8", ASSIGNED},
        {OUTPUT_DEADLINES, "xc", "t1/9", SCHEDULED},
        {OUTPUT_DEADLINES, "xc", "t1/10", SCHEDULED},
        {OUTPUT_ASSIGNMENTS, "gas", "t1/11", ASSIGNED},
        {OUTPUT_DEPARTMENT, "gas", "t1/11", ASSIGNED},
        {OUTPUT_DEADLINES, "gas", "t1/12", SCHEDULED},
        {OUTPUT_ASSIGNMENTS, "water", "t1/13", ASSIGNED},
    };
    struct fixture *f = *state;

    f->seq = 7;
    assert_int_equal(add(f), REJECT_NONE);
    assert_int_equal(f->seq, 13);
    assert_int_equal(f->out.n, 7);
    for (size_t i = 0; i < 7; i++) {
        const struct output *o = &f->out.items[i];

        assert_int_equal(o->topic, expected[i].topic);
        assert_string_equal(o->department_id, expected[i].department_id);
        assert_string_equal(o->event_id, expected[i].event_id);
        assert_string_equal(o->type, expected[i].type);
        assert_string_equal(o->key, "t1");
        assert_int_equal(o->key_size, 2);
        assert_int_equal(o->occurred_at, OCCURRED_AT);
    }
    assert_string_equal(f->out.items[4].department_topic, "for-gas");
    assert_null(f->out.items[3].department_topic);
}

static void assigned_says_all_that_the_contract_asks(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(add(f), REJECT_NONE);
    Dispatch__V1__AssignmentEvent *msg = read_assignment(&f->out.items[0]);
    assert_string_equal(msg->event_id, "t1/1");
    assert_string_equal(msg->ticket_id, "t1");
    assert_int_equal(msg->occurred_at, OCCURRED_AT);
    assert_int_equal(msg->kind,
                     DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_ASSIGNED);
    assert_int_equal(f->out.items[0].kind, msg->kind);
    assert_string_equal(msg->department_id, "xc");
    assert_string_equal(msg->department_name, "西城区");
    assert_int_equal(msg->role, DISPATCH__V1__ROLE__ROLE_LEAD);
    assert_int_equal(msg->n_matter_indexes, 2);
    assert_int_equal(msg->matter_indexes[0], 0);
    assert_int_equal(msg->matter_indexes[1], 15);
    assert_int_equal(msg->n_co_department_ids, 2);
    assert_string_equal(msg->co_department_ids[0], "gas");
    assert_string_equal(msg->co_department_ids[1], "water");
    assert_string_equal(msg->lead_official, "Li");
    assert_false(msg->fallback);
    assert_string_equal(msg->rule, "110000|heat");
    assert_string_equal(msg->catalogue_version, "42+1f3a9c07");
    assert_int_equal(msg->attempt, 1);
    assert_string_equal(msg->reason, "");
    assert_string_equal(msg->caused_by, "e1");
    assert_string_equal(msg->ticket->title, "路灯不亮");
    assert_string_equal(msg->ticket->contact->phone, "555-0100");
    assert_int_equal(msg->first_response_due_at, 5000);
    assert_int_equal(msg->resolution_due_at, 9000);
    assert_int_equal(msg->n_returns, 0);
    free_assignment(msg);
}

static void a_co_handler_sees_its_own_matters_and_clocks(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(add(f), REJECT_NONE);
    Dispatch__V1__AssignmentEvent *gas = read_assignment(&f->out.items[3]);
    assert_int_equal(gas->role, DISPATCH__V1__ROLE__ROLE_CO_HANDLER);
    assert_int_equal(gas->n_matter_indexes, 1);
    assert_int_equal(gas->matter_indexes[0], 1);
    assert_int_equal(gas->n_co_department_ids, 2);
    assert_int_equal(gas->first_response_due_at, 0);
    assert_int_equal(gas->resolution_due_at, 7000);
    free_assignment(gas);
    Dispatch__V1__AssignmentEvent *water = read_assignment(&f->out.items[6]);
    assert_true(water->fallback);
    assert_string_equal(water->rule, "");
    assert_int_equal(water->n_matter_indexes, 0);
    assert_int_equal(water->resolution_due_at, 0);
    free_assignment(water);
}

static void scheduled_says_all_that_the_contract_asks(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(add(f), REJECT_NONE);
    const struct output *o = &f->out.items[2];
    Dispatch__V1__DeadlineEvent *msg =
        dispatch__v1__deadline_event__unpack(NULL, o->value_size, o->value);
    assert_non_null(msg);
    assert_int_equal(o->kind, msg->kind);
    assert_string_equal(msg->event_id, "t1/3");
    assert_string_equal(msg->ticket_id, "t1");
    assert_int_equal(msg->occurred_at, OCCURRED_AT);
    assert_int_equal(msg->kind,
                     DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_SCHEDULED);
    assert_int_equal(msg->clock, DISPATCH__V1__CLOCK__CLOCK_RESOLUTION);
    assert_string_equal(msg->department_id, "xc");
    assert_string_equal(msg->policy_id, "week");
    assert_string_equal(msg->calendar_id, "24x7");
    assert_int_equal(msg->due_at, 9000);
    assert_int_equal(msg->warn_at, 8900);
    assert_int_equal(msg->started_at, 8000);
    assert_int_equal(msg->paused_ms, 0);
    assert_string_equal(msg->catalogue_version, "42+1f3a9c07");
    assert_string_equal(msg->caused_by, "e1");
    assert_true(msg->provisional);
    dispatch__v1__deadline_event__free_unpacked(msg, NULL);
}

static void deadlines_are_explained_in_the_language_that_is_set(void **state)
{
    static const struct {
        enum calendar_language language;
        const char *words;
    } cases[] = {
        {CALENDAR_NO_WORDS, ""},
        {CALENDAR_ENGLISH, "1 h from Thu 1 Jan 00:00:08, at any hour; due Thu "
                           "1 Jan 1970 01:00:08 (UTC)"},
        {CALENDAR_CHINESE, "自1月1日（周四）00:00:08起连续计1小时；"
                           "1970年1月1日（周四）01:00:08到期（UTC）"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        outputs_init(&f->out, f->arena, MAX_SIZE);
        f->out.language = cases[i].language;
        assert_int_equal(add(f), REJECT_NONE);
        const struct output *o = &f->out.items[2];
        Dispatch__V1__DeadlineEvent *msg =
            dispatch__v1__deadline_event__unpack(NULL, o->value_size, o->value);
        assert_non_null(msg);
        assert_string_equal(msg->explanation, cases[i].words);
        dispatch__v1__deadline_event__free_unpacked(msg, NULL);
    }
}

static void a_confidential_contact_goes_to_the_own_topic_only(void **state)
{
    struct fixture *f = *state;

    f->ticket.confidential = true;
    assert_int_equal(add(f), REJECT_NONE);
    for (size_t i = 0; i < f->out.n; i++) {
        const struct output *o = &f->out.items[i];
        bool own = o->topic == OUTPUT_DEPARTMENT;

        assert_true(own ==
                    (memmem(o->value, o->value_size, "555-0100", 8) != NULL));
    }
    Dispatch__V1__AssignmentEvent *msg = read_assignment(&f->out.items[0]);
    assert_null(msg->ticket->contact);
    assert_true(msg->ticket->confidential);
    assert_string_equal(msg->ticket->title, "路灯不亮");
    free_assignment(msg);
    assert_non_null(f->ticket.contact);
}

static void fields_of_a_newer_schema_are_handed_on(void **state)
{
    struct fixture *f = *state;
    ProtobufCMessageUnknownField field = {
        .tag = 99,
        .wire_type = PROTOBUF_C_WIRE_TYPE_VARINT,
        .len = 1,
        .data = (uint8_t *)"\x07",
    };

    f->ticket.base.n_unknown_fields = 1;
    f->ticket.base.unknown_fields = &field;
    f->ticket.confidential = true;
    assert_int_equal(add(f), REJECT_NONE);
    for (size_t i = 0; i < f->out.n; i++) {
        if (f->out.items[i].topic == OUTPUT_DEADLINES)
            continue;
        Dispatch__V1__AssignmentEvent *msg = read_assignment(&f->out.items[i]);
        assert_int_equal(msg->ticket->base.n_unknown_fields, 1);
        assert_int_equal(msg->ticket->base.unknown_fields[0].tag, 99);
        free_assignment(msg);
    }
}

static void an_empty_ticket_is_there_all_the_same(void **state)
{
    struct fixture *f = *state;

    f->ticket = (Dispatch__V1__TicketCreated)DISPATCH__V1__TICKET_CREATED__INIT;
    assert_int_equal(add(f), REJECT_NONE);
    free_assignment(read_assignment(&f->out.items[0]));
}

static void tickets_of_every_length_are_packed_soundly(void **state)
{
    static const size_t sizes[] = {1,     120,   121,   122,   127,  128,
                                   16370, 16375, 16379, 16380, 16384};
    struct fixture *f = *state;
    char *text = malloc(16385);

    f->plan.n_parts = 1;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        memset(text, 'x', sizes[i]);
        text[sizes[i]] = '\0';
        f->ticket.description = text;
        arena_reset(f->arena);
        outputs_init(&f->out, f->arena, MAX_SIZE);
        assert_int_equal(add(f), REJECT_NONE);
        Dispatch__V1__AssignmentEvent *msg = read_assignment(&f->out.items[0]);
        assert_string_equal(msg->ticket->description, text);
        free_assignment(msg);
    }
    free(text);
}

static void a_value_that_is_too_large_adds_nothing(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(add(f), REJECT_NONE);
    /* Room for the lead's event, not for the co-handler's own copy. */
    size_t n = f->out.n;
    size_t size = f->out.items[0].value_size;
    f->out.max_size = size;
    assert_int_equal(add(f), REJECT_NONE);
    assert_int_equal(f->out.n, 2 * n);
    f->out.max_size = size - 1;
    assert_int_equal(add(f), REJECT_OUTPUT_TOO_LARGE);
    assert_int_equal(f->out.n, 2 * n);
    assert_int_equal(f->seq, 12);
}

static void a_full_arena_adds_nothing(void **state)
{
    struct fixture *f = *state;

    for (size_t cap = 16; cap < 4096; cap += 16) {
        struct arena *small = arena_new(cap);
        uint32_t seq = 3;
        struct outputs out;

        outputs_init(&out, small, MAX_SIZE);
        out.language = CALENDAR_ENGLISH;
        enum reject_code code = add_to(&out, f, "1", &seq);
        assert_true(code == REJECT_NONE || code == REJECT_OUTPUT_TOO_LARGE);
        assert_int_equal(out.n, code == REJECT_NONE ? 7 : 0);
        assert_int_equal(seq, code == REJECT_NONE ? 9 : 3);
        arena_free(&small);
    }
}

static void many_records_share_one_list(void **state)
{
    struct fixture *f = *state;

    for (uint32_t i = 1; i <= 50; i++) {
        assert_int_equal(add(f), REJECT_NONE);
        assert_int_equal(f->out.n, 7 * i);
    }
    assert_string_equal(f->out.items[0].event_id, "t1/1");
    assert_string_equal(f->out.items[349].event_id, "t1/300");
}

static void the_largest_sequence_number_is_written_whole(void **state)
{
    struct fixture *f = *state;

    f->seq = UINT32_MAX - 6;
    assert_int_equal(add(f), REJECT_NONE);
    assert_string_equal(f->out.items[6].event_id, "t1/4294967295");
}

static void times_are_written_as_rfc_3339(void **state)
{
    static const struct {
        int64_t at_ms;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {-1, "1969-12-31T23:59:59.999Z"},
        {1540165320000, "2018-10-21T23:42:00.000Z"},
        {1582934400123, "2020-02-29T00:00:00.123Z"},
        {951782400000, "2000-02-29T00:00:00.000Z"},
        {-2203891200000, "1900-03-01T00:00:00.000Z"},
        {INT64_MIN, "0000-01-01T00:00:00.000Z"},
        {INT64_MAX, "9999-12-31T23:59:59.999Z"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[OUTPUT_TIME_SIZE];

        output_time(cases[i].at_ms, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void times_agree_with_the_c_library_for_ten_thousand_years(void **state)
{
    (void)state;
    /* Not a whole number of days, so that times of day come up as well. */
    for (time_t seconds = -62167219200; seconds <= 253402300799;
         seconds += 5 * 86400 + 3671) {
        char expected[64];
        char text[OUTPUT_TIME_SIZE];
        struct tm tm;

        gmtime_r(&seconds, &tm);
        snprintf(expected, sizeof(expected), "%04d-%02d-%02dT%02d:%02d:%02d",
                 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                 tm.tm_min, tm.tm_sec);
        output_time(seconds * 1000, text);
        assert_memory_equal(text, expected, 19);
        assert_string_equal(text + 19, ".000Z");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(events_come_part_by_part_with_ids_without_gaps),
        TEST(assigned_says_all_that_the_contract_asks),
        TEST(a_co_handler_sees_its_own_matters_and_clocks),
        TEST(scheduled_says_all_that_the_contract_asks),
        TEST(deadlines_are_explained_in_the_language_that_is_set),
        TEST(a_confidential_contact_goes_to_the_own_topic_only),
        TEST(fields_of_a_newer_schema_are_handed_on),
        TEST(an_empty_ticket_is_there_all_the_same),
        TEST(tickets_of_every_length_are_packed_soundly),
        TEST(a_value_that_is_too_large_adds_nothing),
        TEST(a_full_arena_adds_nothing),
        TEST(many_records_share_one_list),
        TEST(the_largest_sequence_number_is_written_whole),
        cmocka_unit_test(times_are_written_as_rfc_3339),
        cmocka_unit_test(times_agree_with_the_c_library_for_ten_thousand_years),
    };
    return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
