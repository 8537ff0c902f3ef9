/*
 * What an audit counts and lists, and that it says the same however little
 * memory it has.
 */
#include "audit_spoil.h"

static const struct test_row city[] = {
    {D("a", "{\"parent\":\"boss\"}")},
    {D("b", "{}")},
    {D("boss", "{}")},
    {P("p", "{\"first_response\":\"1h\",\"resolution\":\"4h\"}")},
    {R("|x", "{\"department\":\"a\",\"co\":[\"b\"],\"policy\":\"p\"}")},
    {M("default_department", "b")},
    {0},
};

#define CREATED                                                                \
    {                                                                          \
        0, "'created':{'matters':[{'category':'x'}]}", ""                      \
    }

static const struct step open_life[] = {
    CREATED,
    {20, "'contacted':{'department_id':'a'}", ""},
    {30, "'callback':{}", ""},
    {40, "'returned':{'department_id':'nobody'}", ""},
    {0, NULL, NULL},
};

static const struct step closed_life[] = {
    CREATED,
    {90, NULL, ""},
    {100, "'resolved':{'department_id':'a','plan':'p','reply':'r'}", ""},
    {120, "'callback':{'solved':'YES'}", ""},
    {130, "'callback':{'solved':'YES'}", ""},
    {0, NULL, NULL},
};

/* Gives records from `first` on to another ticket. */
static void rename_ticket(struct feed *f, size_t first, const char *id)
{
    for (size_t i = first; i < f->n; i++) {
        struct feed_record *rec = &f->records[i];
        char event_id[64];

        if (rec->topic != AUDIT_STATE && rec->topic != AUDIT_DEAD_LETTERS) {
            json_t *json = spoil_json(rec);
            const char *old =
                json_string_value(json_object_get(json, "event_id"));

            json_object_set_new(json, "ticket_id", json_string(id));
            if (rec->topic != AUDIT_TICKETS) {
                snprintf(event_id, sizeof(event_id), "%s%s", id,
                         strchr(old, '/'));
                json_object_set_new(json, "event_id", json_string(event_id));
            }
            spoil_set(f, i, json);
            json_decref(json);
        }
        free(rec->key);
        rec->key = strdup(id);
    }
}

/* Dead letters have the bytes of what they were. */
static void copy_letters(struct feed *f)
{
    for (size_t i = 0; i < f->n; i++) {
        struct feed_record *rec = &f->records[i];
        char offset[24];

        if (rec->topic != AUDIT_DEAD_LETTERS)
            continue;
        snprintf(offset, sizeof(offset), "%lld", (long long)rec->letter.offset);
        const struct feed_record *input =
            &f->records[spoil_find(f, "input", offset)];
        free(rec->value);
        rec->size = input->size;
        rec->value = malloc(rec->size + 1);
        memcpy(rec->value, input->value, rec->size);
    }
}

static void add_life(struct feed *f, const struct step *life, const char *id)
{
    size_t first = f->n;

    script_forget(&f->script);
    f->script.n_events = 0;
    feed_steps(f, life);
    rename_ticket(f, first, id);
}

static void begin(struct feed *f)
{
    feed_begin(f, city);
    add_life(f, open_life, "o");
    add_life(f, closed_life, "c");
    copy_letters(f);
    feed_close(f);
}

static void everything_is_counted(void **state)
{
    struct feed f;

    (void)state;
    begin(&f);
    assert_int_equal(feed_audit(&f), 0);
    const struct audit_figures *n = &f.figures;
    assert_int_equal(n->tickets[AUDIT_END_OPEN], 1);
    assert_int_equal(n->tickets[AUDIT_END_CLOSED], 1);
    assert_int_equal(n->applied, 6);
    assert_int_equal(n->silent, 1); /* a call-back on a closed ticket */
    assert_int_equal(n->refused, 1);
    assert_int_equal(n->letters[REJECT_WRONG_STATE], 1);
    assert_int_equal(n->repeats + n->waiting + n->unknown + n->lost, 0);
    assert_int_equal(n->clocks, 4);
    assert_int_equal(n->met, 3);
    assert_int_equal(n->met_late, 1);
    assert_int_equal(n->breached, 1);
    assert_int_equal(n->open, 1);
    assert_int_equal(n->overdue, 1); /* not breached yet: no violation */
    assert_int_equal(n->states, 2);
    assert_int_equal(n->begun_before, 0);
    feed_end(&f);
}

static void what_was_not_read_yet_waits(void **state)
{
    struct feed f;

    (void)state;
    begin(&f);
    spoil(&f, "new tickets {'event_id':'e9','ticket_id':'t','urged':{}}");
    f.log[AUDIT_TICKETS].end++;
    assert_int_equal(feed_audit(&f), 0);
    assert_int_equal(f.figures.waiting, 1);
    /* Without the group's offsets what was answered tells how far it is. */
    f.log[AUDIT_TICKETS].committed = -1;
    assert_int_equal(feed_audit(&f), 0);
    assert_int_equal(f.figures.waiting, 2); /* the last call-back too */
    f.log[AUDIT_TICKETS].committed = f.next[AUDIT_TICKETS];
    assert_int_equal(feed_audit(&f), 1);
    assert_int_equal(f.figures.found[AUDIT_INPUT_LOST], 1);
    feed_end(&f);
}

/* `created` shows that nothing of the ticket lies before it. */
static void a_late_log_of_tickets_hides_no_loss_behind_created(void **state)
{
    struct feed f;

    (void)state;
    begin(&f);
    spoil(&f, "new tickets {'event_id':'e9','ticket_id':'o','urged':{}}");
    free(f.records[f.n - 1].key);
    f.records[f.n - 1].key = strdup("o");
    feed_close(&f);
    f.log[AUDIT_TICKETS].whole = false;
    assert_int_equal(feed_audit(&f), 1);
    assert_int_equal(f.figures.found[AUDIT_INPUT_LOST], 1);
    f.log[AUDIT_TICKETS].begin = 1; /* created is gone */
    assert_int_equal(feed_audit(&f), 0);
    feed_end(&f);
}

static void a_repeat_is_not_taken_for_what_is_gone(void **state)
{
    struct feed f;

    (void)state;
    begin(&f);
    spoil(&f, "again input 4"); /* `created` of the closed ticket */
    feed_close(&f);
    assert_int_equal(feed_audit(&f), 0);
    assert_int_equal(f.figures.repeats, 1);
    f.log[AUDIT_TICKETS].whole = false;
    f.log[AUDIT_TICKETS].begin = 5;
    assert_int_equal(feed_audit(&f), 0);
    assert_int_equal(f.figures.unknown, 1); /* the silent call-back */
    feed_end(&f);
}

static void another_source_may_use_the_same_event_id(void **state)
{
    struct feed f;

    (void)state;
    begin(&f);
    spoil(&f, "again input 0");
    spoil(&f, "edit input 8 source=another");
    feed_close(&f);
    assert_int_equal(feed_audit(&f), 0);
    assert_int_equal(f.figures.repeats, 0);
    feed_end(&f);
}

static void an_open_transaction_makes_unknown_what_it_hides(void **state)
{
    struct feed f;

    (void)state;
    begin(&f);
    for (size_t i = 0; i < f.n; i++)
        f.records[i].gone |= f.records[i].topic == AUDIT_DEAD_LETTERS;
    assert_int_equal(feed_audit(&f), 1);
    f.log[AUDIT_DEAD_LETTERS].held_back = true;
    assert_int_equal(feed_audit(&f), 0);
    assert_int_equal(f.figures.unknown, 2); /* what told nobody as well */
    f.records[spoil_find(&f, "state", "")].gone = true;
    f.log[AUDIT_STATE].held_back = true;
    assert_int_equal(feed_audit(&f), 0);
    f.log[AUDIT_ASSIGNMENTS].end = 1;
    assert_int_not_equal(feed_audit(&f), 0);
    f.log[AUDIT_ASSIGNMENTS].held_back = true;
    assert_int_equal(feed_audit(&f), 0);
    feed_end(&f);
}

static void same_figures(const struct audit_figures *a,
                         const struct audit_figures *b)
{
    struct audit_figures one = *a, two = *b;

    one.memory = two.memory = 0;
    one.memory_tickets = two.memory_tickets = 0;
    one.passes = two.passes = 0;
    assert_memory_equal(&one, &two, sizeof(one));
}

static void little_memory_gives_the_same_figures(void **state)
{
    struct audit_figures plenty;
    struct feed f;
    char id[16];

    (void)state;
    feed_begin(&f, city);
    for (int i = 0; i < 60; i++) {
        snprintf(id, sizeof(id), "t%d", i);
        add_life(&f, i % 2 ? open_life : closed_life, id);
    }
    copy_letters(&f);
    for (size_t i = 0; i < f.n; i++)
        f.records[i].gone = f.records[i].topic == AUDIT_DEADLINES && i % 7 == 0;
    feed_close(&f);
    assert_true(feed_audit(&f) > 10);
    plenty = f.figures;
    assert_int_equal(plenty.passes, 1);
    /* Room for the ledger's frame and some tickets. */
    f.max_memory = 100000;
    feed_audit(&f);
    assert_true(f.figures.passes > 1);
    same_figures(&plenty, &f.figures);
    feed_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_counted),
        cmocka_unit_test(what_was_not_read_yet_waits),
        cmocka_unit_test(a_late_log_of_tickets_hides_no_loss_behind_created),
        cmocka_unit_test(a_repeat_is_not_taken_for_what_is_gone),
        cmocka_unit_test(another_source_may_use_the_same_event_id),
        cmocka_unit_test(an_open_transaction_makes_unknown_what_it_hides),
        cmocka_unit_test(little_memory_gives_the_same_figures),
    };
    return cmocka_run_group_tests_name("audit_figures", tests, NULL, NULL);
}
