/*
 * Thousands of random lives under the audit: what the real rules make has no
 * violation, however it is cut; what is spoilt anywhere has one.
 */
#include "audit_feed.h"
#include "ticket_lives.h"

enum { LIVES = 150, STEPS = 24 };

static void random_life(struct feed *f)
{
    char text[SCRIPT_TEXT];
    struct step step = {0, random_created(text), ""};
    int64_t minute = 0;

    feed_clear(f);
    feed_step(f, &step);
    for (int i = 0; i < STEPS; i++) {
        minute += pick(120);
        if (f->others && pick(12) == 0)
            feed_recalendar(f, minute);
        step.minute = minute;
        step.event = pick(5) ? random_event(minute, text) : NULL;
        feed_step(f, &step);
        while (step.event && pick(8) == 0) { /* it comes again */
            f->script.n_events--;
            feed_step(f, &step);
        }
    }
    feed_close(f);
}

static void expect_clean(struct feed *f, int life, const char *what)
{
    if (feed_audit(f) == 0)
        return;
    feed_print(f);
    fail_msg("life %d, %s:\n%s", life, what, f->findings);
}

static void begin(struct feed *f)
{
    static const struct test_row more[] = {{M("max_returns", "3")}, {0}};
    struct test_row rows[64];

    lives_catalogue(more, rows);
    feed_begin(f, rows);
}

static void run_lives(const struct test_row *more, const char *office,
                      int64_t late_ms)
{
    struct test_row rows[64];
    struct feed f;

    lives_catalogue(more, rows);
    feed_begin(&f, rows);
    f.script.timestamp_late_ms = late_ms;
    for (size_t i = 0; office && rows[i].field; i++) {
        if (strcmp(rows[i].field, "office") == 0)
            rows[i].value = office;
    }
    if (office)
        f.others = script_catalogue(rows);
    for (int i = 0; i < LIVES; i++) {
        random_life(&f);
        expect_clean(&f, i, "whole");
    }
    catalogue_free(&f.others);
    feed_end(&f);
}

static void lives_under_automatic_returns_are_clean(void **state)
{
    static const struct test_row more[] = {{M("max_returns", "3")}, {0}};

    (void)state;
    run_lives(more, NULL, 0);
}

static void lives_under_review_are_clean(void **state)
{
    static const struct test_row more[] = {{M("returns", "review")}, {0}};

    (void)state;
    run_lives(more, NULL, 0);
}

static void lives_reported_late_are_clean(void **state)
{
    static const struct test_row more[] = {{M("report_delay", "2h")}, {0}};

    (void)state;
    run_lives(more, NULL, (int64_t)90 * MINUTE_MS);
}

static void lives_with_changing_calendars_are_clean(void **state)
{
    static const struct test_row more[] = {{0}};

    (void)state;
    run_lives(more,
              "{\"time_zone\":\"UTC\",\"week\":{\"mon\":[\"10:00-15:00\"],"
              "\"tue\":[\"09:00-12:00\"],\"wed\":[\"09:00-17:00\"]}}",
              0);
}

/* Some of what was read so far is in flight: each topic ends somewhere behind
 * the step that is the last to be settled, the inputs end last. */
static void cut_in_flight(struct feed *f)
{
    size_t settled = 1 + pick((uint32_t)f->steps);

    for (enum audit_topic topic = 0; topic < AUDIT_TOPICS; topic++) {
        struct audit_log *log = &f->log[topic];
        int64_t after = 0;

        for (size_t i = 0; i < f->n; i++) {
            if (f->records[i].topic == topic && f->records[i].step <= settled)
                after = f->records[i].offset + 1;
        }
        log->settled = after;
        log->committed = after;
        log->end = after + pick((uint32_t)(f->next[topic] - after) + 1);
    }
    f->log[AUDIT_TICKETS].settled = f->next[AUDIT_TICKETS];
    f->log[AUDIT_TICKETS].end = f->next[AUDIT_TICKETS];
}

static void what_is_in_flight_is_no_violation(void **state)
{
    struct feed f;

    (void)state;
    begin(&f);
    for (int i = 0; i < LIVES; i++) {
        random_life(&f);
        for (int j = 0; j < 5; j++) {
            cut_in_flight(&f);
            expect_clean(&f, i, "in flight");
        }
    }
    feed_end(&f);
}

static void what_lies_before_the_logs_is_no_violation(void **state)
{
    struct feed f;

    (void)state;
    begin(&f);
    for (int i = 0; i < LIVES; i++) {
        random_life(&f);
        for (int j = 0; j < 8; j++) {
            for (enum audit_topic topic = 0; topic < AUDIT_STATE; topic++) {
                bool late = pick(2);

                f.log[topic].whole = !late;
                f.log[topic].begin =
                    late ? 1 + pick((uint32_t)f.next[topic]) : 0;
            }
            expect_clean(&f, i, "late logs");
        }
    }
    feed_end(&f);
}

/* ---------------------------------------------------------------- spoilt */

/* A record of this topic; NULL: there is none. */
static struct feed_record *random_record(struct feed *f, enum audit_topic topic)
{
    size_t n = (size_t)f->next[topic];
    size_t which = n ? pick((uint32_t)n) : 0;

    for (size_t i = 0; i < f->n; i++) {
        if (f->records[i].topic == topic && which-- == 0)
            return &f->records[i];
    }
    return NULL;
}

static void expect_violation(struct feed *f, int life, const char *what)
{
    if (feed_audit(f) > 0)
        return;
    feed_print(f);
    fail_msg("life %d: %s was not found", life, what);
}

static void a_lost_event_is_found(void **state)
{
    struct feed f;

    (void)state;
    begin(&f);
    for (int i = 0; i < LIVES; i++) {
        struct feed_record *rec;

        random_life(&f);
        rec = random_record(&f, pick(2) ? AUDIT_ASSIGNMENTS : AUDIT_DEADLINES);
        if (!rec)
            continue;
        rec->gone = true;
        expect_violation(&f, i, "a lost event");
        assert_true(f.figures.found[AUDIT_EVENT_MISSING] > 0);
    }
    feed_end(&f);
}

static void a_repeated_event_is_found(void **state)
{
    struct feed f;

    (void)state;
    begin(&f);
    for (int i = 0; i < LIVES; i++) {
        struct feed_record *rec;

        random_life(&f);
        rec = random_record(&f, pick(2) ? AUDIT_ASSIGNMENTS : AUDIT_DEADLINES);
        if (!rec)
            continue;
        feed_add(&f, rec->topic, "t", rec->value, rec->size);
        feed_close(&f);
        expect_violation(&f, i, "a repeated event");
        assert_int_equal(f.figures.violations, 1);
        assert_int_equal(f.figures.found[AUDIT_EVENT_TWICE], 1);
    }
    feed_end(&f);
}

/* Whether something says that it was caused by the input, and by no other
 * under the same id. */
static bool has_effect(const struct feed *f, const struct feed_record *input)
{
    Dispatch__V1__TicketEvent *event =
        dispatch__v1__ticket_event__unpack(NULL, input->size, input->value);
    bool found = false;
    size_t same = 0;

    for (size_t i = 0; i < f->n; i++) {
        const struct feed_record *rec = &f->records[i];
        bool names_it = memmem(rec->value, rec->size, event->event_id,
                               strlen(event->event_id)) != NULL;

        same += rec->topic == AUDIT_TICKETS && names_it;
        found |= names_it && (rec->topic == AUDIT_ASSIGNMENTS ||
                              rec->topic == AUDIT_DEADLINES);
    }
    dispatch__v1__ticket_event__free_unpacked(event, NULL);
    return found && same == 1;
}

static void a_lost_input_is_found(void **state)
{
    struct feed f;

    (void)state;
    begin(&f);
    for (int i = 0; i < LIVES; i++) {
        struct feed_record *rec;

        random_life(&f);
        rec = random_record(&f, AUDIT_TICKETS);
        if (!has_effect(&f, rec))
            continue;
        rec->gone = true;
        expect_violation(&f, i, "a lost input");
    }
    feed_end(&f);
}

/* Of inputs that may be silent nothing can be said. */
static void a_lost_dead_letter_is_found(void **state)
{
    size_t found = 0, all = 0;
    struct feed f;

    (void)state;
    begin(&f);
    for (int i = 0; i < LIVES; i++) {
        struct feed_record *rec;

        random_life(&f);
        rec = random_record(&f, AUDIT_DEAD_LETTERS);
        if (!rec)
            continue;
        rec->gone = true;
        all++;
        found += feed_audit(&f) > 0;
    }
    assert_true(found * 10 > all * 8);
    feed_end(&f);
}

static void a_lost_state_is_found(void **state)
{
    struct feed f;

    (void)state;
    begin(&f);
    for (int i = 0; i < LIVES; i++) {
        size_t last = 0, events = 0;

        random_life(&f);
        for (size_t j = 0; j < f.n; j++) {
            if (f.records[j].topic == AUDIT_STATE)
                last = j;
            else if (f.records[j].topic == AUDIT_ASSIGNMENTS ||
                     f.records[j].topic == AUDIT_DEADLINES)
                events = j;
        }
        if (f.records[last].step != f.records[events].step)
            continue;
        f.records[last].gone = true;
        expect_violation(&f, i, "a lost state");
        assert_int_equal(f.figures.found[AUDIT_STATE_NUMBER], 1);
    }
    feed_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lives_under_automatic_returns_are_clean),
        cmocka_unit_test(lives_under_review_are_clean),
        cmocka_unit_test(lives_reported_late_are_clean),
        cmocka_unit_test(lives_with_changing_calendars_are_clean),
        cmocka_unit_test(a_lost_event_is_found),
        cmocka_unit_test(a_repeated_event_is_found),
        cmocka_unit_test(a_lost_input_is_found),
        cmocka_unit_test(a_lost_dead_letter_is_found),
        cmocka_unit_test(a_lost_state_is_found),
        cmocka_unit_test(what_is_in_flight_is_no_violation),
        cmocka_unit_test(what_lies_before_the_logs_is_no_violation),
    };
    return cmocka_run_group_tests_name("audit_random", tests, NULL, NULL);
}
