/*
 * A list of events, and an index by ticket.
 */
#include "event_plan.h"

#include "event_forecast.h"
#include "memory.h"
#include "ticket_told.h"

#include <stdlib.h>
#include <string.h>

static void forget_outputs(struct planned_event *item)
{
    for (size_t i = 0; i < item->n_outputs; i++)
        told_free(&item->outputs[i]);
    free(item->outputs);
    item->outputs = NULL;
    item->n_outputs = 0;
}

void event_plan_deinit(struct event_plan *plan)
{
    for (size_t i = 0; i < plan->n; i++) {
        struct planned_event *item = &plan->items[i];

        dispatch__v1__ticket_event__free_unpacked(item->event, NULL);
        free(item->value);
        free(item->code);
        free(item->why);
        forget_outputs(item);
    }
    free(plan->items);
    free(plan->by_id);
    *plan = (struct event_plan){0};
}

void planned_event_refuse(struct planned_event *item, const char *code,
                          const char *why)
{
    free(item->code);
    free(item->why);
    item->code = memory_copy_text(code);
    item->why = memory_copy_text(why);
}

void planned_event_add_output(struct planned_event *item, struct told *told)
{
    size_t at = item->n_outputs;

    item->outputs =
        memory_grow(item->outputs, item->n_outputs + 1, sizeof *item->outputs);
    for (; at > 0 && told_number(item->outputs[at - 1]) > told_number(told);
         at--)
        item->outputs[at] = item->outputs[at - 1];
    item->outputs[at] = told;
    item->n_outputs++;
}

/* What timers do before the event is not the event's. */
static void keep_preview(struct planned_event *item,
                         const struct outputs *outputs)
{
    for (size_t i = 0; i < outputs->n; i++) {
        const struct output *out = &outputs->items[i];
        struct told *told;

        if (out->topic == OUTPUT_DEPARTMENT)
            continue;
        told = told_of_output(out->value, out->value_size,
                              out->topic == OUTPUT_ASSIGNMENTS ? CTL_ASSIGNMENTS
                                                               : CTL_DEADLINES);
        if (strcmp(told_cause(told), item->event->event_id) == 0)
            planned_event_add_output(item, told);
        else
            told_free(&told);
    }
}

static struct planned_event *new_item(struct event_plan *plan)
{
    if (plan->n == plan->capacity) {
        plan->capacity = plan->capacity == 0 ? 64 : 2 * plan->capacity;
        plan->items =
            memory_grow(plan->items, plan->capacity, sizeof *plan->items);
    }
    struct planned_event *item = &plan->items[plan->n++];
    *item = (struct planned_event){.verdict = PLAN_SEND};
    return item;
}

void event_plan_add(struct event_plan *plan,
                    const Dispatch__V1__TicketEvent *event, uint32_t sequence,
                    const struct forecast *forecast, bool forced, bool preview)
{
    struct planned_event *item = new_item(plan);

    item->size = dispatch__v1__ticket_event__get_packed_size(event);
    item->value = memory_new(item->size);
    dispatch__v1__ticket_event__pack(event, item->value);
    item->event =
        dispatch__v1__ticket_event__unpack(NULL, item->size, item->value);
    item->sequence = sequence;
    if (preview)
        keep_preview(item, &forecast->outputs);
    if (forecast->repeat)
        item->verdict = PLAN_REPEAT;
    if (forecast->reject.code == REJECT_NONE)
        return;
    planned_event_refuse(item, reject_name(forecast->reject.code),
                         forecast->reject.why);
    item->forced = forced;
    item->verdict = forced ? PLAN_SEND : PLAN_REFUSED;
}

/* ---------------------------------------------------------------------- index
 */

static int by_id(const void *left, const void *right)
{
    const struct planned_event *a = *(struct planned_event *const *)left;
    const struct planned_event *b = *(struct planned_event *const *)right;

    return strcmp(a->event->ticket_id, b->event->ticket_id);
}

void event_plan_index(struct event_plan *plan)
{
    plan->by_id = memory_new_array(plan->n, sizeof *plan->by_id);
    for (size_t i = 0; i < plan->n; i++)
        plan->by_id[i] = &plan->items[i];
    qsort(plan->by_id, plan->n, sizeof *plan->by_id, by_id);
}

/* As strcmp of the ticket's id with `size` bytes. */
static int compare(const struct planned_event *item, const char *id,
                   size_t size)
{
    int order = strncmp(item->event->ticket_id, id, size);

    return order != 0 ? order : item->event->ticket_id[size] != '\0';
}

struct planned_event *event_plan_find(const struct event_plan *plan,
                                      const char *id, size_t size)
{
    size_t low = 0, high = plan->n;

    if (memchr(id, '\0', size) != NULL)
        return NULL;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(plan->by_id[middle], id, size);

        if (order == 0)
            return plan->by_id[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

size_t event_plan_count(const struct event_plan *plan,
                        enum plan_verdict verdict)
{
    size_t n = 0;

    for (size_t i = 0; i < plan->n; i++)
        n += plan->items[i].verdict == verdict;
    return n;
}

size_t event_plan_answers(const struct event_plan *plan,
                          enum plan_answer answer)
{
    size_t n = 0;

    for (size_t i = 0; i < plan->n; i++)
        n += plan->items[i].verdict == PLAN_SEND &&
             plan->items[i].answer == answer;
    return n;
}
