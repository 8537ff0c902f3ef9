/*
 * The state topic's records, read in their order: the last one counts.
 */
#include "ticket_states.h"

#include "ticket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "state_json.h"

struct fixture {
    struct ticket_states *states;
    struct arena *arena;
};

static bool is_open(const void *context, const Dispatch__V1__TicketState *state)
{
    (void)context;
    return state->status == DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_OPEN;
}

static bool is_named(const void *context, const char *id, size_t size)
{
    const char *name = context;
    return strlen(name) == size && memcmp(name, id, size) == 0;
}

static struct fixture begin(const struct ticket_wish *wish)
{
    return (struct fixture){ticket_states_new(wish), arena_new(1 << 20)};
}

static void end(struct fixture *f)
{
    ticket_states_free(&f->states);
    arena_free(&f->arena);
}

/* NULL: a tombstone. */
static enum status take(struct fixture *f, const char *id, const char *json)
{
    uint8_t bytes[1024];
    size_t size = 0;

    if (json != NULL)
        size =
            dispatch__v1__ticket_state__pack(state_of(f->arena, json), bytes);
    return ticket_states_take(f->states, id, strlen(id),
                              json != NULL ? bytes : NULL, size);
}

static void the_last_record_of_a_key_counts(void **state)
{
    struct fixture f = begin(&(struct ticket_wish){.state = is_open});

    (void)state;
    assert_int_equal(take(&f, "a", "{'status':'open','sequence':1}"),
                     STATUS_OK);
    assert_int_equal(take(&f, "b", "{'status':'open'}"), STATUS_OK);
    assert_int_equal(take(&f, "c", "{'status':'open'}"), STATUS_OK);
    assert_int_equal(take(&f, "d", "{'status':'closed'}"), STATUS_OK);
    assert_int_equal(take(&f, "a", "{'status':'open','sequence':2}"),
                     STATUS_OK);
    assert_int_equal(take(&f, "b", NULL), STATUS_OK);
    assert_int_equal(take(&f, "c", "{'status':'closed'}"), STATUS_OK);
    assert_int_equal(take(&f, "d", "{'status':'open'}"), STATUS_OK);
    ticket_states_sort(f.states);
    assert_int_equal(ticket_states_count(f.states), 2);
    assert_string_equal(ticket_states_id(f.states, 0), "a");
    assert_int_equal(ticket_states_at(f.states, 0)->sequence, 2);
    assert_string_equal(ticket_states_id(f.states, 1), "d");
    assert_int_equal(ticket_states_find(f.states, "d"), 1);
    assert_true(ticket_states_find(f.states, "b") == SIZE_MAX);
    end(&f);
}

static void tickets_stand_in_the_order_of_their_creation(void **state)
{
    struct fixture f = begin(&(struct ticket_wish){0});

    (void)state;
    assert_int_equal(take(&f, "x", "{'created_at':20}"), STATUS_OK);
    assert_int_equal(take(&f, "y", "{'created_at':10}"), STATUS_OK);
    assert_int_equal(take(&f, "w", "{'created_at':20}"), STATUS_OK);
    ticket_states_sort(f.states);
    assert_string_equal(ticket_states_id(f.states, 0), "y");
    assert_string_equal(ticket_states_id(f.states, 1), "w");
    assert_string_equal(ticket_states_id(f.states, 2), "x");
    end(&f);
}

static void only_the_ids_that_are_wanted_are_looked_at(void **state)
{
    struct fixture f =
        begin(&(struct ticket_wish){.id = is_named, .context = "a"});

    (void)state;
    assert_int_equal(take(&f, "a", "{'sequence':1}"), STATUS_OK);
    assert_int_equal(take(&f, "ab", "{'sequence':2}"), STATUS_OK);
    assert_int_equal(ticket_states_take(f.states, "b", 1, "\xff", 1),
                     STATUS_OK);
    ticket_states_sort(f.states);
    assert_int_equal(ticket_states_count(f.states), 1);
    end(&f);
}

static void the_reserved_record_is_no_ticket(void **state)
{
    struct fixture f = begin(&(struct ticket_wish){0});
    /* format_version 1, then 2. */
    static const char now[] = "\x08\x01", newer[] = "\x08\x02";

    (void)state;
    assert_int_equal(ticket_states_take(f.states, "\0partition", 10, now, 2),
                     STATUS_OK);
    assert_int_equal(ticket_states_take(f.states, "\0partition", 10, newer, 2),
                     STATUS_FATAL);
    ticket_states_sort(f.states);
    assert_int_equal(ticket_states_count(f.states), 0);
    end(&f);
}

static void what_is_no_state_makes_its_ticket_unknown(void **state)
{
    struct fixture f = begin(&(struct ticket_wish){0});

    (void)state;
    assert_int_equal(take(&f, "a", "{'sequence':1}"), STATUS_OK);
    assert_int_equal(ticket_states_take(f.states, "a", 1, "\xff", 1),
                     STATUS_REJECT);
    assert_int_equal(ticket_states_take(f.states, NULL, 0, "x", 1),
                     STATUS_REJECT);
    ticket_states_sort(f.states);
    assert_int_equal(ticket_states_count(f.states), 0);
    end(&f);
}

static void a_newer_format_is_not_believed(void **state)
{
    struct fixture f = begin(&(struct ticket_wish){0});
    char text[64];

    (void)state;
    snprintf(text, sizeof text, "{'format_version':%d}",
             TICKET_FORMAT_VERSION + 1);
    assert_int_equal(take(&f, "a", text), STATUS_FATAL);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_record_of_a_key_counts),
        cmocka_unit_test(tickets_stand_in_the_order_of_their_creation),
        cmocka_unit_test(only_the_ids_that_are_wanted_are_looked_at),
        cmocka_unit_test(the_reserved_record_is_no_ticket),
        cmocka_unit_test(what_is_no_state_makes_its_ticket_unknown),
        cmocka_unit_test(a_newer_format_is_not_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
