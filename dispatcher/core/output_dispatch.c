/*
 * The events of a first dispatch, from its plan.
 *
 *   lead: ASSIGNED [copy for its own topic] SCHEDULED SCHEDULED
 *   each co-handler: the same
 */
#include "arena.h"
#include "calendar.h"
#include "output.h"

#include <assert.h>

enum { MATTERS_MAX = 16 };

/* The departments that co-operate with the lead, for every event; NULL when
 * the arena is full. */
static char **list_co_handlers(struct arena *a,
                               const struct dispatch_plan *plan)
{
    size_t n = plan->n_parts - 1;
    char **ids = arena_alloc(a, n * sizeof(*ids));

    for (size_t i = 0; ids && i < n; i++)
        ids[i] = output_text(plan->parts[1 + i].department->id);
    return ids;
}

static size_t list_matters(uint16_t matters, uint32_t indexes[MATTERS_MAX])
{
    size_t n = 0;

    for (uint32_t i = 0; i < MATTERS_MAX; i++) {
        if (matters & (1u << i))
            indexes[n++] = i;
    }
    return n;
}

static int64_t due_at(const struct clock_plan *clock)
{
    return clock->exists ? clock->due_at : 0;
}

static void add_assigned(struct output_batch *b, const struct dispatch_part *p,
                         char **co_ids, size_t n_co_ids)
{
    Dispatch__V1__AssignmentEvent msg = DISPATCH__V1__ASSIGNMENT_EVENT__INIT;
    uint32_t indexes[MATTERS_MAX];

    msg.kind = DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_ASSIGNED;
    msg.department_id = output_text(p->department->id);
    msg.department_name = output_text(p->department->name);
    msg.role = p->role;
    msg.n_matter_indexes = list_matters(p->matters, indexes);
    msg.matter_indexes = indexes;
    msg.n_co_department_ids = n_co_ids;
    msg.co_department_ids = co_ids;
    msg.lead_official = output_text(p->lead_official);
    msg.fallback = p->fallback;
    msg.rule = output_text(p->rule);
    msg.attempt = 1;
    msg.first_response_due_at = due_at(&p->clocks[CLOCK_FIRST_RESPONSE]);
    msg.resolution_due_at = due_at(&p->clocks[CLOCK_RESOLUTION]);
    output_assignment(b, &msg, p->department->topic);
}

static void add_scheduled(struct output_batch *b, const struct dispatch_part *p,
                          enum clock_kind kind)
{
    const struct clock_plan *clock = &p->clocks[kind];
    const struct policy *policy = clock->policy ? clock->policy : p->policy;
    Dispatch__V1__DeadlineEvent msg = DISPATCH__V1__DEADLINE_EVENT__INIT;

    if (!clock->exists)
        return;
    msg.kind = DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_SCHEDULED;
    msg.clock = output_clock(kind);
    msg.department_id = output_text(p->department->id);
    msg.policy_id = output_text(policy->id);
    msg.calendar_id = output_text(calendar_id(clock->calendar));
    msg.due_at = clock->due_at;
    msg.warn_at = clock->warn_at;
    msg.started_at = clock->started_at;
    msg.provisional = clock->provisional;
    msg.explanation =
        output_explain(b, clock->calendar, clock->started_at, clock->limit);
    output_deadline(b, &msg);
}

static void add_parts(struct output_batch *b, const struct dispatch_plan *plan)
{
    char **co_ids = list_co_handlers(b->out->arena, plan);

    if (!co_ids) {
        b->code = reject_set(b->r, REJECT_OUTPUT_TOO_LARGE,
                             "The events of this record need too much memory.");
        return;
    }
    for (size_t i = 0; i < plan->n_parts; i++) {
        add_assigned(b, &plan->parts[i], co_ids, plan->n_parts - 1);
        for (enum clock_kind kind = 0; kind < CLOCKS; kind++)
            add_scheduled(b, &plan->parts[i], kind);
    }
}

enum reject_code outputs_add_dispatch(struct outputs *out,
                                      const Dispatch__V1__TicketEvent *event,
                                      const struct dispatch_plan *plan,
                                      const char *catalogue_version,
                                      uint32_t *seq, struct reject *r)
{
    struct output_batch b = {
        .out = out,
        .ticket_id = event->ticket_id,
        .caused_by = event->event_id,
        .catalogue_version = catalogue_version,
        .occurred_at = event->occurred_at,
        .sequence = *seq,
        .r = r,
    };
    size_t n = out->n;

    assert(event->kind_case == DISPATCH__V1__TICKET_EVENT__KIND_CREATED);
    assert(plan->n_parts > 0);
    output_batch_set_ticket(&b, event->created);
    add_parts(&b, plan);
    if (b.code != REJECT_NONE) {
        out->n = n;
        return b.code;
    }
    *seq = b.sequence;
    return REJECT_NONE;
}
