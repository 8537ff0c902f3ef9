/*
 * What the audit is made of: journals, the ledger, what logs show, the table
 * of clocks, the list of open ones.
 */
#include "audit_clock_table.h"
#include "audit_journal.h"
#include "audit_known.h"
#include "audit_ledger.h"
#include "audit_open_clocks.h"
#include "audit_spoil.h"

#define KIND(NAME) DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_##NAME

static uint64_t seed = 20261127;

static uint64_t any(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return seed ^ seed >> 29;
}

/* A number of any size. */
static int64_t any_size(void)
{
    return (int64_t)(any() >> any() % 64);
}

/* --------------------------------------------------------------- journal */

static struct entry random_entry(void)
{
    static const enum audit_topic topics[] = {AUDIT_ASSIGNMENTS,
                                              AUDIT_DEADLINES, AUDIT_TICKETS};
    struct entry e = {
        .topic = topics[any() % 3],
        .kind = (uint8_t)(any() % 16),
        .detail = (uint8_t)(any() % 4),
        .flags = (uint8_t)(any() % 32),
        .partition = (int32_t)(any() % 1000),
        .offset = any_size() & INT64_MAX,
        .cause = any() % 4 ? any() : 7,
        .department = (uint32_t)any_size(),
    };

    if (e.topic == AUDIT_TICKETS) {
        e.source = (uint16_t)any();
        e.flags &= ENTRY_PLAN | ENTRY_REPLY | ENTRY_DEAD;
        if (e.flags & ENTRY_DEAD) {
            e.code = (uint8_t)any();
            e.letter_partition = (int32_t)(any() % 1000);
            e.letter_offset = any_size() & INT64_MAX;
        }
        return e;
    }
    e.number = (uint32_t)any_size();
    e.at = any() % 4 ? any_size() : 7;
    if (e.topic == AUDIT_DEADLINES || e.kind == 1) {
        e.due_at = any() % 4 ? -any_size() : 0;
        e.warn_at = any() % 4 ? any_size() : 0;
    }
    if (e.topic == AUDIT_DEADLINES && e.kind == KIND(MET))
        e.late_ms = any_size();
    if (e.topic == AUDIT_DEADLINES ? e.kind == KIND(ESCALATED)
                                   : (e.flags & ENTRY_RETURNED) != 0)
        e.other = (uint32_t)any_size();
    return e;
}

static void assert_same(const struct entry *a, const struct entry *b)
{
    assert_int_equal(a->topic, b->topic);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->detail, b->detail);
    assert_int_equal(a->flags, b->flags);
    assert_int_equal(a->partition, b->partition);
    assert_int_equal(a->offset, b->offset);
    assert_int_equal(a->cause, b->cause);
    assert_int_equal(a->number, b->number);
    assert_int_equal(a->department, b->department);
    assert_int_equal(a->at, b->at);
    assert_int_equal(a->due_at, b->due_at);
    assert_int_equal(a->warn_at, b->warn_at);
    assert_int_equal(a->late_ms, b->late_ms);
    assert_int_equal(a->other, b->other);
    assert_int_equal(a->source, b->source);
    assert_int_equal(a->code, b->code);
    assert_int_equal(a->letter_partition, b->letter_partition);
    assert_int_equal(a->letter_offset, b->letter_offset);
}

static void a_journal_gives_back_what_it_got(void **state)
{
    enum { N = 2000 };
    static struct entry entries[N];
    struct journal j = {0};
    struct journal_cursor cursor = {0};
    struct entry e;

    (void)state;
    for (size_t i = 0; i < N; i++) {
        entries[i] = random_entry();
        journal_add(&j, &entries[i]);
    }
    for (size_t i = 0; i < N; i++) {
        assert_true(journal_next(&j, &cursor, &e));
        assert_same(&e, &entries[i]);
    }
    assert_false(journal_next(&j, &cursor, &e));
    journal_deinit(&j);
}

/* ---------------------------------------------------------------- ledger */

static bool takes(const struct ledger *l, int number)
{
    char id[16];
    int n = snprintf(id, sizeof(id), "t%d", number);

    return ledger_takes(l, ledger_hash(id, (size_t)n));
}

static void add_number(struct ledger *l, int number)
{
    char id[16];
    int n = snprintf(id, sizeof(id), "t%d", number);
    const struct entry e = {.topic = AUDIT_ASSIGNMENTS, .kind = 1};

    if (!takes(l, number))
        return;
    struct ledger_ticket *t = ledger_ticket(l, id, (size_t)n);
    assert_string_equal(t->id, id);
    size_t before = journal_memory(&t->journal);
    journal_add(&t->journal, &e);
    ledger_settle(l, journal_memory(&t->journal) - before);
}

/* Each ticket is whole in exactly one pass. */
static void a_ledger_takes_each_ticket_once(void **state)
{
    enum { N = 5000, TIMES = 3 };
    static int seen[N];
    size_t tickets;

    (void)state;
    for (size_t limit = 200000; limit <= 100000000; limit *= 500) {
        struct ledger *l = ledger_new(limit);
        int passes = 0;

        memset(seen, 0, sizeof(seen));
        do {
            for (int i = 0; i < N * TIMES; i++)
                add_number(l, i % N);
            for (size_t i = 0; i < ledger_count(l); i++) {
                const struct ledger_ticket *t = ledger_at(l, i);
                struct journal_cursor cursor = {0};
                struct entry e;
                int entries = 0;

                while (journal_next(&t->journal, &cursor, &e))
                    entries++;
                assert_int_equal(entries, TIMES);
                seen[atoi(t->id + 1)]++;
            }
            passes++;
        } while (ledger_next(l));
        for (int i = 0; i < N; i++)
            assert_int_equal(seen[i], 1);
        assert_true(limit > 1000000 ? passes == 1 : passes > 2);
        assert_true(ledger_memory(l, &tickets) < limit + 100000);
        ledger_free(&l);
    }
}

/* ----------------------------------------------------------------- known */

static void logs_show_what_stands_behind_something_older(void **state)
{
    struct audit_log outputs[2] = {{.begin = 9, .end = 20, .settled = 15},
                                   {.whole = true, .end = 20, .settled = 20}};
    struct audit_log inputs[2] = {{.whole = true, .end = 50, .committed = 30},
                                  {.end = 50, .committed = -1}};
    struct audit_logs logs = {0};

    (void)state;
    for (int i = 0; i < AUDIT_TICKETS; i++) {
        logs.topics[i].partitions = outputs;
        logs.topics[i].n = 2;
    }
    logs.topics[AUDIT_TICKETS].partitions = inputs;
    logs.topics[AUDIT_TICKETS].n = 2;
    struct known *k = known_new(&logs);

    /* Nothing of partition 0 is in the log that begins late. */
    assert_false(
        known_shows(k, AUDIT_ASSIGNMENTS, 0, (struct known_input){0, 40}));
    assert_true(
        known_shows(k, AUDIT_ASSIGNMENTS, 1, (struct known_input){0, 0}));
    known_note(k, AUDIT_ASSIGNMENTS, 1, 12, (struct known_input){0, 30});
    assert_true(known_was_read(k, (struct known_input){0, 30}));
    known_note(k, AUDIT_ASSIGNMENTS, 0, 12, (struct known_input){0, 35});
    assert_true(
        known_shows(k, AUDIT_ASSIGNMENTS, 0, (struct known_input){0, 36}));
    assert_false(
        known_shows(k, AUDIT_ASSIGNMENTS, 0, (struct known_input){0, 35}));
    assert_false(
        known_shows(k, AUDIT_ASSIGNMENTS, 0, (struct known_input){1, 36}));
    assert_false(
        known_shows(k, AUDIT_DEADLINES, 0, (struct known_input){0, 36}));

    /* Read: up to the committed offset, or to a settled output's input. */
    assert_true(known_was_read(k, (struct known_input){0, 35}));
    assert_false(known_was_read(k, (struct known_input){0, 36}));
    known_note(k, AUDIT_ASSIGNMENTS, 0, 16, (struct known_input){0, 40});
    assert_false(known_was_read(k, (struct known_input){0, 36}));
    assert_false(known_was_read(k, (struct known_input){1, 0}));
    outputs[1].held_back = true;
    assert_false(
        known_shows(k, AUDIT_ASSIGNMENTS, 1, (struct known_input){0, 0}));
    known_free(&k);
}

/* ---------------------------------------------------------------- clocks */

static void clocks_follow_the_table(void **state)
{
    static const struct {
        const char *kinds; /* S R W B E M P U (resumed) C */
        bool legal;
        enum clock_state end;
    } cases[] = {
        {"S", true, CLOCK_RUNS},          {"SRWPRUWM", true, CLOCK_IDLE},
        {"SBEERWPUEM", true, CLOCK_IDLE}, {"SBPR", true, CLOCK_PAUSED_BREACHED},
        {"SBPU", true, CLOCK_BREACHED},   {"SPC", true, CLOCK_IDLE},
        {"SMS", true, CLOCK_RUNS},        {"M", false, CLOCK_IDLE},
        {"SS", false, CLOCK_RUNS},        {"SBB", false, CLOCK_BREACHED},
        {"SBPB", false, CLOCK_BREACHED},  {"SPB", false, CLOCK_BREACHED},
        {"SPW", false, CLOCK_RUNS_MAYBE}, {"SPP", false, CLOCK_PAUSED_MAYBE},
        {"SE", false, CLOCK_BREACHED},    {"SU", false, CLOCK_RUNS_MAYBE},
        {"SMM", false, CLOCK_IDLE},       {"SCB", false, CLOCK_BREACHED},
    };
    static const char letters[] = "?SRWBEMPUC";

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        enum clock_state now = CLOCK_IDLE;
        bool legal = true;

        for (const char *p = cases[i].kinds; *p; p++) {
            assert_true(legal);
            now =
                clock_after(now, (int)(strchr(letters, *p) - letters), &legal);
        }
        if (legal != cases[i].legal || now != cases[i].end)
            fail_msg("%s: %d, %s", cases[i].kinds, legal,
                     clock_state_name(now));
    }
}

static void the_clocks_that_are_due_first_are_kept(void **state)
{
    struct open_clocks *o = open_clocks_new(3);
    size_t n;

    (void)state;
    for (int64_t i = 0; i < 100; i++) {
        const struct audit_open_clock clock = {.department_id = "d",
                                               .due_at = i * 37 % 100 + 5};

        open_clocks_add(o, "t", &clock);
    }
    const struct audit_open_clock *list = open_clocks_sorted(o, &n);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(list[i].due_at, i + 5);
    open_clocks_free(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_journal_gives_back_what_it_got),
        cmocka_unit_test(a_ledger_takes_each_ticket_once),
        cmocka_unit_test(logs_show_what_stands_behind_something_older),
        cmocka_unit_test(clocks_follow_the_table),
        cmocka_unit_test(the_clocks_that_are_due_first_are_kept),
    };
    return cmocka_run_group_tests_name("audit_parts", tests, NULL, NULL);
}
