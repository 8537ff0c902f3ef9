/*
 * A plan of events: what is to be sent, found by its ticket, with its outputs.
 */
#include "event_plan.h"

#include "catalogue_rows.h"
#include "event_forecast.h"
#include "ticket.h"
#include "ticket_told.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "state_json.h"

static const struct test_row city[] = {
    {TABLE_DEPARTMENTS, "a", "{}"},
    {TABLE_DEPARTMENTS, "b", "{}"},
    {0},
};

#define OPEN                                                                   \
    "{'status':'open','sequence':7,'ticket':{'area':'x'},'parts':["            \
    "{'department_id':'a','role':'lead'},"                                     \
    "{'department_id':'b','role':'co_handler'}]}"

struct fixture {
    struct arena *states;
    struct arena *memory;
    struct catalogue *cat;
    struct event_plan plan;
};

static struct fixture begin(void)
{
    struct findings findings = {0};
    struct fixture f = {.states = arena_new(1 << 20),
                        .memory = arena_new(FORECAST_MEMORY),
                        .cat = catalogue_of(city, &findings)};

    assert_non_null(f.cat);
    findings_deinit(&findings);
    return f;
}

static void end(struct fixture *f)
{
    event_plan_deinit(&f->plan);
    catalogue_free(&f->cat);
    arena_free(&f->memory);
    arena_free(&f->states);
}

/* Adds an event to the plan; `state` NULL: an unknown ticket. */
static void add(struct fixture *f, const char *event, const char *state,
                bool forced, bool with_catalogue)
{
    struct forecast forecast;
    const Dispatch__V1__TicketEvent *msg =
        (const Dispatch__V1__TicketEvent *)message_of(
            f->states, &dispatch__v1__ticket_event__descriptor, event);

    arena_reset(f->memory);
    event_forecast(with_catalogue ? f->cat : NULL, f->memory,
                   state != NULL ? state_of(f->states, state) : NULL, msg, 1000,
                   &forecast);
    event_plan_add(&f->plan, msg, 7, &forecast, forced, true);
}

#define URGED(ticket) "{'event_id':'e1','ticket_id':'" ticket "','urged':{}}"
#define PAUSED(ticket) "{'event_id':'e1','ticket_id':'" ticket "','paused':{}}"

static void the_state_machine_is_asked_beforehand(void **state)
{
    struct fixture f = begin();

    (void)state;
    add(&f, URGED("t1"), OPEN, false, true);
    add(&f, PAUSED("t2"), OPEN, false, true);
    add(&f, URGED("t3"), "{'status':'closed'}", true, true);
    add(&f, URGED("t4"), NULL, false, true);
    const struct planned_event *items = f.plan.items;
    assert_int_equal(items[0].verdict, PLAN_SEND);
    assert_null(items[0].code);
    assert_int_equal(items[0].n_outputs, 2);
    assert_int_equal(told_number(items[0].outputs[0]), 8);
    assert_string_equal(items[0].outputs[1]->assignment->department_id, "b");
    assert_int_equal(items[1].verdict, PLAN_REFUSED);
    assert_string_equal(items[1].code, "wrong_state");
    assert_string_equal(items[1].why,
                        "No resolution clock runs that may be paused.");
    assert_int_equal(items[2].verdict, PLAN_SEND);
    assert_true(items[2].forced);
    assert_string_equal(items[3].code, "unknown_ticket");
    assert_int_equal(event_plan_count(&f.plan, PLAN_SEND), 2);
    assert_int_equal(event_plan_count(&f.plan, PLAN_REFUSED), 2);
    end(&f);
}

static void without_a_catalogue_the_status_is_asked(void **state)
{
    struct fixture f = begin();

    (void)state;
    add(&f, PAUSED("t1"), OPEN, false, false);
    add(&f, PAUSED("t2"), "{'status':'resolved'}", false, false);
    add(&f, PAUSED("t3"), NULL, false, false);
    assert_int_equal(f.plan.items[0].verdict, PLAN_SEND);
    assert_int_equal(f.plan.items[0].n_outputs, 0);
    assert_string_equal(f.plan.items[1].code, "wrong_state");
    assert_string_equal(f.plan.items[2].code, "unknown_ticket");
    end(&f);
}

/* The state after the event, as the state machine leaves it. */
static Dispatch__V1__TicketState *after(struct fixture *f, const char *event)
{
    const struct ticket_context ctx = {
        .catalogue = f->cat, .ticket_id = "t1", .timestamp_ms = 1000};
    Dispatch__V1__TicketState *state = state_of(f->states, OPEN);
    struct outputs out;
    bool repeat;

    outputs_init(&out, f->states, 1 << 20);
    assert_int_equal(
        ticket_apply(
            &ctx,
            (const Dispatch__V1__TicketEvent *)message_of(
                f->states, &dispatch__v1__ticket_event__descriptor, event),
            &state, &out, &repeat, NULL),
        REJECT_NONE);
    return state;
}

static void what_a_ticket_has_had_is_a_repeat(void **state)
{
    struct fixture f = begin();
    const Dispatch__V1__TicketEvent *event =
        (const Dispatch__V1__TicketEvent *)message_of(
            f.states, &dispatch__v1__ticket_event__descriptor, URGED("t1"));
    const Dispatch__V1__TicketState *had = after(&f, URGED("t1"));
    struct forecast forecast;

    (void)state;
    for (int i = 0; i < 2; i++) {
        event_forecast(i == 0 ? f.cat : NULL, f.memory, had, event, 1000,
                       &forecast);
        assert_true(forecast.repeat);
        event_plan_add(&f.plan, event, 8, &forecast, false, true);
        assert_int_equal(f.plan.items[i].verdict, PLAN_REPEAT);
    }
    assert_true(ticket_has_input(had, event));
    assert_false(ticket_has_input(state_of(f.states, OPEN), event));
    end(&f);
}

static void a_ticket_is_found_by_the_bytes_of_its_id(void **state)
{
    struct fixture f = begin();

    (void)state;
    add(&f, URGED("t10"), OPEN, false, true);
    add(&f, URGED("t1"), OPEN, false, true);
    add(&f, URGED("t2"), OPEN, false, true);
    event_plan_index(&f.plan);
    assert_ptr_equal(event_plan_find(&f.plan, "t1x", 2), &f.plan.items[1]);
    assert_ptr_equal(event_plan_find(&f.plan, "t10", 3), &f.plan.items[0]);
    assert_ptr_equal(event_plan_find(&f.plan, "t2", 2), &f.plan.items[2]);
    assert_null(event_plan_find(&f.plan, "t", 1));
    assert_null(event_plan_find(&f.plan, "t3", 2));
    assert_null(event_plan_find(&f.plan, "t1\0abcdefgh", 11));
    assert_null(event_plan_find(&f.plan, "", 0));
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_state_machine_is_asked_beforehand),
        cmocka_unit_test(without_a_catalogue_the_status_is_asked),
        cmocka_unit_test(what_a_ticket_has_had_is_a_repeat),
        cmocka_unit_test(a_ticket_is_found_by_the_bytes_of_its_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
