/*
 * Thousands of random lives: whatever comes, in whatever order, the story that
 * the outputs tell holds together.
 *
 * For each ticket: ids without gaps (the script checks them); a deadline is
 * scheduled before anything else happens to it, once at a time, breached at
 * most once, and nothing happens after its end; an open ticket has exactly one
 * lead; nobody is told of its withdrawal who did not hold it; the end closes
 * every holder and every deadline.
 */
#include "ticket_lives.h"

enum { TICKETS = 1500, STEPS = 24 };

/* What the outputs said of one ticket so far. */
struct story {
    int roles[NAMES]; /* 0: does not hold it */
    bool open[NAMES][3];
    bool breached[NAMES][3];
    bool ended;
};

static size_t number_of(const char *department_id)
{
    for (size_t i = 0; i < NAMES; i++) {
        if (strcmp(names[i], department_id) == 0)
            return i;
    }
    fail_msg("who is %s?", department_id);
    return 0;
}

static void read_assignment(struct story *s, const struct output *o)
{
    Dispatch__V1__AssignmentEvent *msg =
        dispatch__v1__assignment_event__unpack(NULL, o->value_size, o->value);
    size_t who = number_of(msg->department_id);

    switch (msg->kind) {
    case DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_REFUSED:
        break;
    case DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_WITHDRAWN:
        assert_int_not_equal(s->roles[who], 0);
        s->roles[who] = 0;
        break;
    case DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_CLOSED:
        assert_int_not_equal(s->roles[who], 0);
        s->ended = true;
        break;
    case DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_REOPENED:
        assert_int_equal(s->roles[who], msg->role);
        s->ended = false;
        break;
    case DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_UPDATED:
    case DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_URGED:
        assert_int_equal(s->roles[who], msg->role);
        break;
    default:
        if (msg->role != 0) /* a desk that is only asked has none */
            s->roles[who] = (int)msg->role;
    }
    dispatch__v1__assignment_event__free_unpacked(msg, NULL);
}

static void read_deadline(struct story *s, const struct output *o)
{
    Dispatch__V1__DeadlineEvent *msg =
        dispatch__v1__deadline_event__unpack(NULL, o->value_size, o->value);
    size_t who = number_of(msg->department_id);
    bool *open = &s->open[who][msg->clock];
    bool *breached = &s->breached[who][msg->clock];

    switch (msg->kind) {
    case DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_SCHEDULED:
        assert_false(*open);
        *open = true;
        *breached = false;
        break;
    case DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_MET:
    case DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_CANCELLED:
        assert_true(*open);
        *open = false;
        break;
    case DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_BREACHED:
        assert_false(*breached);
        *breached = true;
        assert_true(*open);
        break;
    case DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_ESCALATED:
        /* An order of supervision needs no clock. */
        assert_true(*open || msg->explanation[0]);
        break;
    default:
        assert_true(*open);
    }
    dispatch__v1__deadline_event__free_unpacked(msg, NULL);
}

/* Policies that nobody uses any more are forgotten. */
static void check_policies(const Dispatch__V1__TicketState *state)
{
    uint64_t used = 0;

    for (size_t i = 0; i < state->n_parts; i++) {
        const Dispatch__V1__TicketPart *part = state->parts[i];

        used |= (uint64_t)1 << part->policy_number;
        for (size_t j = 0; j < part->n_clocks; j++)
            used |= (uint64_t)1 << part->clocks[j]->policy_number;
    }
    assert_int_equal(used | 1, ((uint64_t)2 << state->n_policies) - 1);
}

static void check_whole(const struct story *s,
                        const Dispatch__V1__TicketState *state)
{
    size_t leads = 0;
    bool whole = state && state->ticket;

    for (size_t i = 0; i < NAMES; i++) {
        leads += s->roles[i] == DISPATCH__V1__ROLE__ROLE_LEAD;
        if (s->ended)
            assert_false(s->open[i][1] || s->open[i][2]);
    }
    assert_int_equal(leads, 1);
    if (!whole)
        return;
    assert_int_equal(state->parts[0]->role, DISPATCH__V1__ROLE__ROLE_LEAD);
    for (size_t i = 0; i < state->n_parts; i++) {
        const Dispatch__V1__TicketPart *part = state->parts[i];

        assert_int_equal(s->roles[number_of(part->department_id)], part->role);
    }
    check_policies(state);
}

static void read_story(struct story *s, const struct outputs *out)
{
    for (size_t i = 0; i < out->n; i++) {
        if (out->items[i].topic == OUTPUT_ASSIGNMENTS)
            read_assignment(s, &out->items[i]);
        else
            read_deadline(s, &out->items[i]);
    }
}

/* One step: an event, or time alone. */
static void random_step(struct script *s, struct story *story, int64_t minute,
                        const char *event)
{
    const struct step step = {minute, event, ""};
    struct outputs out;
    char text[SCRIPT_TEXT] = "";

    arena_reset(s->arena);
    outputs_init(&out, s->arena, s->max_size);
    if (event) {
        enum reject_code code = script_apply(s, &step, &out);

        assert_true(code == REJECT_NONE || code == REJECT_WRONG_STATE ||
                    code == REJECT_INVALID_FIELD);
    } else {
        const struct ticket_context ctx = script_context(s, minute);
        Dispatch__V1__TicketState *state = script_state(s);

        assert_int_equal(ticket_fire(&ctx, &state, ctx.now_ms, &out),
                         REJECT_NONE);
        script_keep(s, state);
    }
    script_print(s, &out, minute, text);
    read_story(story, &out);
    check_whole(story, script_state(s));
}

static void random_life(struct script *s)
{
    char text[SCRIPT_TEXT];
    struct story story = {0};
    int64_t minute = 0;

    script_forget(s);
    random_step(s, &story, 0, random_created(text));
    for (int i = 0; i < STEPS; i++) {
        minute += pick(120);
        random_step(s, &story, minute,
                    pick(5) ? random_event(minute, text) : NULL);
    }
}

static void run_lives(const struct test_row *more)
{
    struct test_row rows[64];
    struct script s;

    lives_catalogue(more, rows);
    script_begin(&s, rows);
    for (int i = 0; i < TICKETS; i++)
        random_life(&s);
    script_end(&s);
}

static void lives_under_automatic_returns_hold_together(void **state)
{
    static const struct test_row more[] = {{M("max_returns", "3")}, {0}};

    (void)state;
    run_lives(more);
}

static void lives_under_review_hold_together(void **state)
{
    static const struct test_row more[] = {{M("returns", "review")}, {0}};

    (void)state;
    run_lives(more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lives_under_automatic_returns_hold_together),
        cmocka_unit_test(lives_under_review_hold_together),
    };
    return cmocka_run_group_tests_name("ticket_random", tests, NULL, NULL);
}
