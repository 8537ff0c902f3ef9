/*
 * dispatchctl ticket merge: `merged` on each younger ticket, and `updated` on
 * the older one, which may lie in another partition.
 */
#include "ctl.h"
#include "memory.h"
#include "ticket_build.h"
#include "ticket_choice.h"

#include <stdlib.h>
#include <string.h>

#define MERGED DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_MERGED

/* The ticket that lives on. */
struct older {
    const char *id;
    int64_t created_at;
    size_t place; /* among the tickets that were chosen */
};

static const char *into_of(const struct ticket_job *job)
{
    for (size_t i = 0; i < job->verb->n_fields; i++)
        if (strcmp(job->verb->fields[i].option, "into") == 0)
            return job->values.texts[i];
    return NULL;
}

/* The younger one goes into the older one. */
static struct reject object(const struct ticket_build *b,
                            const struct older *older,
                            const Dispatch__V1__TicketState *state)
{
    struct reject why = {REJECT_NONE, ""};
    char own[LOCAL_TIME_SIZE], other[LOCAL_TIME_SIZE];

    if (state == NULL || state->created_at >= older->created_at)
        return why;
    reject_set(&why, REJECT_INVALID_FIELD,
               "It is older (%s) than %.60s (%s): merge that one into it.",
               local_time_text(&b->job->local, state->created_at, own),
               older->id,
               local_time_text(&b->job->local, older->created_at, other));
    return why;
}

static bool is_merged_already(const struct older *older,
                              const Dispatch__V1__TicketState *state)
{
    return state != NULL &&
           state->status == (Dispatch__V1__TicketStatus)MERGED &&
           strcmp(state->merged_into, older->id) == 0;
}

/* Adds `merged`; its ticket goes to `merged` unless it is not to be sent. One
 * that is there already has only to be told to the older one. */
static bool add_younger(struct ticket_build *b, const char *id,
                        const struct older *older,
                        const Dispatch__V1__TicketState *state, json_t *merged)
{
    const struct reject objection = object(b, older, state);

    if (!is_merged_already(older, state)) {
        json_t *message = ticket_build_message(b, state);

        if (message == NULL ||
            !ticket_build_add(b, id, state, "merged", message, &objection))
            return false;
        if (b->plan.items[b->plan.n - 1].verdict == PLAN_REFUSED)
            return true;
    }
    json_array_append_new(merged, json_string(id));
    return true;
}

/* The choice of all tickets, the older one last. */
static int choose(struct ticket_build *b, char **operands, const char *into,
                  struct ticket_choice *choice)
{
    size_t n = 0;
    int code;

    for (; operands[n] != NULL; n++)
        if (strcmp(operands[n], into) == 0)
            return options_wrong(b->job->command,
                                 "%s cannot be merged into itself", into);
    if (n == 0)
        return options_wrong(b->job->command, "name the younger tickets");
    char **ids = memory_new_array(n + 2, sizeof *ids);
    memcpy(ids, operands, n * sizeof *ids);
    ids[n] = (char *)(uintptr_t)into;
    code = ticket_choose(b->job, ids, choice);
    free(ids);
    return code;
}

/* The older one takes them all or none of them is sent. */
static int add_older(struct ticket_build *b, const struct older *older,
                     const struct ticket_choice *choice, json_t *merged)
{
    json_t *message = json_pack("{s:O}", "merged_ticket_ids", merged);
    const struct planned_event *item;

    if (!ticket_build_add(b, older->id,
                          ticket_choice_state(choice, older->place), "updated",
                          message, NULL))
        return CTL_FAILED;
    item = &b->plan.items[b->plan.n - 1];
    if (item->verdict != PLAN_REFUSED)
        return CTL_OK;
    return ticket_job_failed(b->job,
                             "%s cannot take other tickets: %s: %s "
                             "Nothing was sent.",
                             older->id, item->code, item->why);
}

static int build(struct ticket_build *b, const struct ticket_choice *choice)
{
    struct older older = {.place = choice->n - 1};
    const Dispatch__V1__TicketState *state =
        ticket_choice_state(choice, older.place);
    json_t *merged = json_array();
    int code = CTL_OK;

    older.id = choice->ids[older.place];
    older.created_at = state != NULL ? state->created_at : 0;
    b->several = true;
    for (size_t i = 0; i < older.place && code == CTL_OK; i++)
        if (!add_younger(b, choice->ids[i], &older,
                         ticket_choice_state(choice, i), merged))
            code = CTL_FAILED;
    if (code == CTL_OK && json_array_size(merged) > 0)
        code = add_older(b, &older, choice, merged);
    json_decref(merged);
    return code;
}

int ticket_merge_build(struct ticket_build *b, char **operands)
{
    struct ticket_choice choice = {0};
    int code = choose(b, operands, into_of(b->job), &choice);

    if (code == CTL_OK)
        code = build(b, &choice);
    ticket_choice_deinit(&choice);
    return code;
}
