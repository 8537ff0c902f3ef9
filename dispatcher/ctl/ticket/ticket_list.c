/*
 * dispatchctl ticket list: the tickets of the state topic that a filter lets
 * through, oldest first.
 */
#include "ctl.h"
#include "event_fields.h"
#include "event_text.h"
#include "message_json.h"
#include "record_json.h"
#include "ticket_job.h"
#include "ticket_states.h"

#include <jansson.h>
#include <stdio.h>

enum { TIME_WIDTH = 26 };

static const struct record_column columns[] = {
    {"ticket", "ticket", 16},
    {"status", "status", 9},
    {"created", "created", TIME_WIDTH},
    {"lead", "lead", 20},
    {"due", "due", TIME_WIDTH},
    {"marks", "marks", 24},
    {"area", "area", 26},
    {"category", "category", 0},
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static bool wants(const void *context, const Dispatch__V1__TicketState *state)
{
    return ticket_filter_matches(context, state);
}

static json_t *time_json(const struct ticket_job *job, int64_t at_ms)
{
    char text[LOCAL_TIME_SIZE];

    return at_ms == 0 ? json_null()
                      : json_string(local_time_text(&job->local, at_ms, text));
}

/* The earliest end of a clock that is open; 0: none is. */
static int64_t next_end(const Dispatch__V1__TicketState *state)
{
    static const Dispatch__V1__Clock kinds[] = {
        DISPATCH__V1__CLOCK__CLOCK_FIRST_RESPONSE,
        DISPATCH__V1__CLOCK__CLOCK_RESOLUTION};
    int64_t end = 0;

    for (size_t i = 0; i < 2 * state->n_parts; i++) {
        const Dispatch__V1__TicketClock *clock =
            ticket_clock_of(state, state->parts[i / 2], kinds[i % 2]);

        if (clock != NULL && (end == 0 || clock->due_at < end))
            end = clock->due_at;
    }
    return end;
}

/* What a person should see at a glance; these are the filter's names. */
static json_t *marks_json(const struct ticket_job *job,
                          const Dispatch__V1__TicketState *state)
{
    const struct ticket_filter open = {.statuses = ~0U, .now_ms = job->now_ms};
    struct ticket_filter fallback = open, silent = open;
    json_t *list = json_array();
    fallback.fallback = true;
    silent.not_acknowledged = true;
    const struct {
        bool is;
        const char *name;
    } marks[] = {
        {ticket_is_overdue(state, job->now_ms), "overdue"},
        {ticket_is_disputed(state), "disputed"},
        {state->pause != NULL, "paused"},
        {state->supervised_by[0] != '\0', "supervised"},
        {ticket_filter_matches(&fallback, state), "fallback"},
        {ticket_filter_matches(&silent, state), "not acknowledged"},
    };

    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (marks[i].is)
            json_array_append_new(list, json_string(marks[i].name));
    return list;
}

/* A row as record_print reads it. */
static json_t *row_json(const struct ticket_job *job, const char *id,
                        const Dispatch__V1__TicketState *state)
{
    json_t *row = json_pack(
        "{s:o, s:s, s:o, s:o, s:o}", "ticket", message_json_text(id), "status",
        event_enum_name(&dispatch__v1__ticket_status__descriptor,
                        (int)state->status),
        "created", time_json(job, state->created_at), "due",
        time_json(job, next_end(state)), "marks", marks_json(job, state));

    if (state->n_parts > 0)
        json_object_set_new(row, "lead",
                            message_json_text(state->parts[0]->department_id));
    if (state->ticket == NULL)
        return row;
    json_object_set_new(row, "area", message_json_text(state->ticket->area));
    json_t *categories = json_array();
    for (size_t i = 0; i < state->ticket->n_matters; i++)
        json_array_append_new(
            categories, message_json_text(state->ticket->matters[i]->category));
    json_object_set_new(row, "category", categories);
    return row;
}

static void print_json(const struct ticket_job *job, const char *id,
                       const Dispatch__V1__TicketState *state)
{
    json_t *json = message_json_write(&state->base, MESSAGE_JSON_EXACT);

    json_object_del(json, "recent_inputs");
    if (!job->contacts)
        contacts_remove(json);
    json = json_pack("{s:o, s:o}", "ticket_id", message_json_text(id), "state",
                     json);
    json_dumpf(json, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(json);
}

void ticket_list_print(const struct ticket_job *job,
                       struct ticket_states *states, size_t max)
{
    size_t n = ticket_states_count(states);

    record_print_titles(stdout, columns, COLUMNS);
    for (size_t i = 0; i < n && i < max; i++) {
        json_t *row = row_json(job, ticket_states_id(states, i),
                               ticket_states_at(states, i));

        record_print(stdout, columns, COLUMNS, row);
        json_decref(row);
    }
    if (n > max)
        printf("... and %zu more\n", n - max);
}

static void print_all(const struct ticket_job *job,
                      struct ticket_states *states)
{
    if (!job->json) {
        ticket_list_print(job, states, SIZE_MAX);
        return;
    }
    for (size_t i = 0; i < ticket_states_count(states); i++)
        print_json(job, ticket_states_id(states, i),
                   ticket_states_at(states, i));
}

int ticket_list_command(struct ticket_job *job, char **operands)
{
    const struct ticket_wish wish = {.state = wants, .context = &job->filter};

    if (operands[0] != NULL)
        return options_wrong(job->command, "%s is no option", operands[0]);
    if (ticket_job_filter(job) != CTL_OK)
        return CTL_USAGE;
    struct ticket_states *states = ticket_job_states(job, &wish, NULL, 0);
    if (states == NULL)
        return CTL_FAILED;
    if (job->count && job->json)
        printf("{\"count\":%zu}\n", ticket_states_count(states));
    else if (job->count)
        printf("%zu\n", ticket_states_count(states));
    else
        print_all(job, states);
    ticket_states_free(&states);
    return CTL_OK;
}
