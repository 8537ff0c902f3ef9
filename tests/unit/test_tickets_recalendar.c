/*
 * A changed calendar moves the deadlines of every open ticket once, while
 * tickets come and go and transactions are undone.
 */
#include "ticket_script.h"
#include "tickets.h"

enum { TICKETS = 1500, ROOM = 4 * TICKETS };

#define WEEK(hours)                                                            \
    "{\"time_zone\":\"UTC\",\"week\":{\"mon\":[\"" hours "\"],"                \
    "\"tue\":[\"" hours "\"],\"wed\":[\"" hours "\"]}}"

#define CITY                                                                   \
    {D("a", "{}")},                                                            \
        {P("p", "{\"resolution\":\"20wh\",\"calendar\":\"office\"}")},         \
    {                                                                          \
        R("|", "{\"department\":\"a\",\"policy\":\"p\"}")                      \
    }

static const struct test_row before[] = {
    CITY, {TABLE_CALENDARS, "office", WEEK("09:00-17:00")}, {0}};
static const struct test_row after[] = {
    CITY, {TABLE_CALENDARS, "office", WEEK("10:00-15:00")}, {0}};

struct world {
    struct script script; /* its catalogue is the new one */
    struct catalogue *old;
    struct tickets *tickets;
    unsigned n;       /* tickets created so far */
    bool there[ROOM]; /* from the beginning up to now */
    unsigned moves[ROOM];
};

static uint64_t seed;

static unsigned pick(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

static void begin_step(struct world *w, struct outputs *out)
{
    arena_reset(w->script.arena);
    outputs_init(out, w->script.arena, SCRIPT_MAX_SIZE);
}

static void create(struct world *w, const struct catalogue *cat)
{
    static const struct step created = {0, "'created':{'matters':[{}]}", ""};
    struct ticket_context ctx = script_context(&w->script, 0);
    struct ticket_step step;
    struct outputs out;
    struct reject r;
    char id[32];

    begin_step(w, &out);
    Dispatch__V1__TicketEvent *event = script_event(&w->script, &created);
    snprintf(id, sizeof(id), "%u", w->n++);
    event->ticket_id = id;
    ctx.catalogue = cat;
    assert_int_equal(tickets_apply(w->tickets, &ctx, event, &out, &step, &r),
                     STATUS_OK);
    assert_int_equal(step.code, REJECT_NONE);
}

/* One step of the walk; the ticket that it moved, or -1. */
static int move_next(struct world *w, size_t *cursor)
{
    struct ticket_context ctx = script_context(&w->script, 1);
    struct ticket_step step;
    struct outputs out;
    char id[32] = "";

    begin_step(w, &out);
    assert_int_equal(
        tickets_recalendar(w->tickets, &ctx, cursor, 1 + pick(20), &out, &step),
        STATUS_OK);
    assert_int_equal(step.code, REJECT_NONE);
    assert_int_equal(out.n, step.record.key ? 1 : 0);
    if (!step.record.key)
        return -1;
    memcpy(id, step.record.key, step.record.key_size);
    return (int)strtoul(id, NULL, 10);
}

/* A transaction of some steps and a new ticket. */
static void walk_on(struct world *w, size_t *cursor)
{
    size_t saved = *cursor;
    unsigned n = w->n, n_moved = 0;
    int moved[8];

    for (unsigned i = pick(8); i-- > 0 && *cursor != TICKETS_END;) {
        int number = move_next(w, cursor);

        if (number >= 0)
            moved[n_moved++] = number;
        if (pick(20) == 0 && w->n < ROOM)
            create(w, w->script.cat);
    }
    if (pick(4) == 0) {
        tickets_abort(w->tickets);
        *cursor = saved;
        w->n = n;
        return;
    }
    tickets_commit(w->tickets);
    while (n_moved > 0)
        w->moves[moved[--n_moved]]++;
}

static void forget_some(struct world *w)
{
    for (unsigned i = pick(3); i-- > 0;) {
        unsigned number = pick(w->n);
        char id[32];
        const struct ticket_record record = {
            .key = id, .key_size = (size_t)snprintf(id, 32, "%u", number)};

        assert_int_equal(tickets_load(w->tickets, &record), STATUS_OK);
        w->there[number] = false;
    }
}

static void each_open_ticket_is_moved_once(void **state)
{
    static struct world w;
    size_t cursor = 0, gone = 0;

    (void)state;
    seed = 12345;
    script_begin(&w.script, after);
    w.old = script_catalogue(before);
    w.tickets = tickets_new();
    while (w.n < TICKETS) {
        w.there[w.n] = true;
        create(&w, w.old);
    }
    tickets_commit(w.tickets);
    while (cursor != TICKETS_END) {
        walk_on(&w, &cursor);
        forget_some(&w);
    }
    for (unsigned number = 0; number < TICKETS; number++) {
        assert_in_range(w.moves[number], w.there[number], 1);
        gone += !w.there[number];
    }
    assert_in_range(gone, 50, TICKETS - 50);
    /* Behind the end nothing is looked at. */
    assert_int_equal(move_next(&w, &cursor), -1);
    assert_true(cursor == TICKETS_END);
    tickets_free(&w.tickets);
    catalogue_free(&w.old);
    script_end(&w.script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_open_ticket_is_moved_once),
    };

    return cmocka_run_group_tests_name("tickets_recalendar", tests, NULL, NULL);
}
