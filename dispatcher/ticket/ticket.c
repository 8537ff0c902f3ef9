/*
 * One event in a ticket's life: the table of (kind, status), and the frame
 * around each action.
 *
 *   repeat? -> what was due before -> action -> bounds -> the new state
 *                                       └ refused -> REFUSED
 */
#include "ticket.h"

#include "actions.h"
#include "calendar.h"
#include "deadlines.h"
#include "parts.h"
#include "repeats.h"
#include "timers.h"

enum action {
    REFUSE, /* wrong_state */
    REPEAT,
    CREATE,
    ACKNOWLEDGE,
    CONTACT,
    RETURN,
    REASSIGN,
    RECLASSIFY,
    PAUSE,
    RESUME,
    EXTEND,
    RESOLVE,
    NOTE_CALLBACK,
    CALLBACK,
    REOPEN,
    MERGE,
    CANCEL,
    URGE,
    UPDATE,
    ACTIONS
};

static const struct {
    const char *name;
    void (*run)(struct life *l);
} actions[ACTIONS] = {
    [REFUSE] = {"wrong_state", NULL},
    [REPEAT] = {"repeat", NULL},
    [CREATE] = {"created", act_created},
    [ACKNOWLEDGE] = {"acknowledged", act_acknowledged},
    [CONTACT] = {"contacted", act_contacted},
    [RETURN] = {"returned", act_returned},
    [REASSIGN] = {"reassigned", act_reassigned},
    [RECLASSIFY] = {"reclassified", act_reclassified},
    [PAUSE] = {"paused", act_paused},
    [RESUME] = {"resumed", act_resumed},
    [EXTEND] = {"extended", act_extended},
    [RESOLVE] = {"resolved", act_resolved},
    [NOTE_CALLBACK] = {"noted", act_callback_noted},
    [CALLBACK] = {"callback", act_callback},
    [REOPEN] = {"reopened", act_reopened},
    [MERGE] = {"merged", act_merged},
    [CANCEL] = {"cancelled", act_cancelled},
    [URGE] = {"urged", act_urged},
    [UPDATE] = {"updated", act_updated},
};

enum {
    KIND_FIRST = DISPATCH__V1__TICKET_EVENT__KIND_CREATED,
    KIND_LAST = DISPATCH__V1__TICKET_EVENT__KIND_UPDATED,
    KINDS = KIND_LAST - KIND_FIRST + 1,
};

#define KIND(name) [DISPATCH__V1__TICKET_EVENT__KIND_##name - KIND_FIRST]
#define IN(status) [TICKET_##status]
/* clang-format off */
static const unsigned char table[KINDS][TICKET_STATUSES] = {
    KIND(CREATED) = {IN(UNKNOWN) = CREATE, IN(OPEN) = REPEAT,
                     IN(RESOLVED) = REPEAT, IN(CLOSED) = REPEAT,
                     IN(MERGED) = REPEAT, IN(CANCELLED) = REPEAT},
    KIND(ACKNOWLEDGED) = {IN(OPEN) = ACKNOWLEDGE, IN(RESOLVED) = ACKNOWLEDGE},
    KIND(CONTACTED) = {IN(OPEN) = CONTACT, IN(RESOLVED) = CONTACT},
    KIND(RETURNED) = {IN(OPEN) = RETURN},
    KIND(REASSIGNED) = {IN(OPEN) = REASSIGN},
    KIND(RECLASSIFIED) = {IN(OPEN) = RECLASSIFY},
    KIND(PAUSED) = {IN(OPEN) = PAUSE},
    KIND(RESUMED) = {IN(OPEN) = RESUME},
    KIND(EXTENDED) = {IN(OPEN) = EXTEND},
    KIND(RESOLVED) = {IN(OPEN) = RESOLVE, IN(RESOLVED) = RESOLVE},
    KIND(CALLBACK) = {IN(OPEN) = NOTE_CALLBACK, IN(RESOLVED) = CALLBACK,
                      IN(CLOSED) = CALLBACK},
    KIND(REOPENED) = {IN(RESOLVED) = REOPEN, IN(CLOSED) = REOPEN,
                      IN(MERGED) = REOPEN},
    KIND(MERGED) = {IN(OPEN) = MERGE, IN(RESOLVED) = MERGE},
    KIND(CANCELLED) = {IN(OPEN) = CANCEL, IN(RESOLVED) = CANCEL},
    KIND(URGED) = {IN(OPEN) = URGE, IN(RESOLVED) = URGE},
    KIND(UPDATED) = {IN(OPEN) = UPDATE, IN(RESOLVED) = UPDATE},
};
/* clang-format on */
#undef KIND
#undef IN

static const char *const status_names[TICKET_STATUSES] = {
    [TICKET_UNKNOWN] = "unknown",   [TICKET_OPEN] = "open",
    [TICKET_RESOLVED] = "resolved", [TICKET_CLOSED] = "closed",
    [TICKET_MERGED] = "merged",     [TICKET_CANCELLED] = "cancelled",
};

static enum action find_action(const Dispatch__V1__TicketState *state,
                               const Dispatch__V1__TicketEvent *event)
{
    size_t status = state ? (size_t)state->status : TICKET_UNKNOWN;

    return (enum action)table[(int)event->kind_case - KIND_FIRST]
                             [status < TICKET_STATUSES ? status : 0];
}

const char *ticket_action_name(Dispatch__V1__TicketStatus status,
                               Dispatch__V1__TicketEvent__KindCase kind)
{
    if ((int)kind < KIND_FIRST || (int)kind > KIND_LAST ||
        (unsigned)status >= TICKET_STATUSES)
        return NULL;
    enum action action = (enum action)table[(int)kind - KIND_FIRST][status];

    return action == REFUSE && (int)status == TICKET_UNKNOWN
               ? "unknown_ticket"
               : actions[action].name;
}

const char *ticket_actor(const Dispatch__V1__TicketEvent *event)
{
    const char *own = "";

    switch (event->kind_case) {
    case DISPATCH__V1__TICKET_EVENT__KIND_ACKNOWLEDGED:
        own = event->acknowledged->department_id;
        break;
    case DISPATCH__V1__TICKET_EVENT__KIND_CONTACTED:
        own = event->contacted->department_id;
        break;
    case DISPATCH__V1__TICKET_EVENT__KIND_RETURNED:
        own = event->returned->department_id;
        break;
    case DISPATCH__V1__TICKET_EVENT__KIND_RESOLVED:
        own = event->resolved->department_id;
        break;
    case DISPATCH__V1__TICKET_EVENT__KIND_REASSIGNED:
        /* Who forwards says so; whoever else sends it on is a desk. */
        return event->reassigned->by_department_id;
    default:
        break;
    }
    return own[0] ? own : event->actor_department_id;
}

/* When it happened: occurred_at, if it was reported in time. */
static int64_t happened_at(const struct ticket_context *ctx,
                           const Dispatch__V1__TicketEvent *event)
{
    int64_t earliest = ctx->timestamp_ms;
    struct duration delay = catalogue_meta(ctx->catalogue)->report_delay;

    if (ctx->timestamp_ms < 0)
        return event->occurred_at;
    /* However old (an import), but not in the future; 0: nobody said. */
    if (event->kind_case == DISPATCH__V1__TICKET_EVENT__KIND_CREATED)
        return event->occurred_at != 0 && event->occurred_at < ctx->timestamp_ms
                   ? event->occurred_at
                   : ctx->timestamp_ms;
    if (delay.unit != DURATION_NONE)
        earliest = calendar_before(catalogue_local_time(ctx->catalogue),
                                   ctx->timestamp_ms, delay);
    return event->occurred_at >= earliest &&
                   event->occurred_at <= ctx->timestamp_ms
               ? event->occurred_at
               : ctx->timestamp_ms;
}

/* The state and all that can be made from it must fit. */
static void check_size(struct life *l)
{
    size_t size = dispatch__v1__ticket_state__get_packed_size(l->state);

    if (size + TICKET_ROOM > l->out.out->max_size)
        life_fail(l, REJECT_OUTPUT_TOO_LARGE,
                  "The ticket's state would have %zu bytes, %zu are allowed.",
                  size, l->out.out->max_size - TICKET_ROOM);
}

static void finish(struct life *l)
{
    life_check_resolved(l);
    deadlines_tell(l, NULL);
    l->state->caused_by = l->event->event_id;
    repeats_add(l);
    policy_drop_unused(l);
    l->state->sequence = l->out.sequence;
    if (!life_failed(l))
        check_size(l);
}

/* The action on a state in which all that was due has happened. */
static void run(struct life *l)
{
    enum action action = find_action(l->state, l->event);

    if (action == REFUSE) {
        life_fail(l, REJECT_WRONG_STATE, "The ticket is %s.",
                  status_names[l->state->status]);
        return;
    }
    actions[action].run(l);
    if (!life_failed(l))
        finish(l);
}

/* Says in what state the ticket was that refused, and tells the department. */
static enum reject_code refuse(const struct ticket_context *ctx,
                               const Dispatch__V1__TicketEvent *event,
                               Dispatch__V1__TicketState **state,
                               struct outputs *out, struct reject *r)
{
    const struct department *department =
        catalogue_department(ctx->catalogue, ticket_actor(event));
    size_t n = out->n;
    struct life l;

    if (!department)
        return REJECT_WRONG_STATE;
    life_begin(&l, ctx, *state, out);
    life_at(&l, happened_at(ctx, event), event->event_id);
    l.out.catalogue_version = catalogue_version(ctx->catalogue);
    if (!life_failed(&l))
        department_refuse(&l, department, life_text(&l, "wrong_state", r->why));
    if (life_failed(&l)) {
        out->n = n;
        return REJECT_WRONG_STATE;
    }
    l.state->sequence = l.out.sequence;
    *state = l.state;
    return REJECT_WRONG_STATE;
}

static enum reject_code check_known(const struct ticket_context *ctx,
                                    const Dispatch__V1__TicketEvent *event,
                                    enum action action, struct reject *r)
{
    if (action != CREATE)
        return reject_set(r, REJECT_UNKNOWN_TICKET,
                          "No ticket with this id is known; it was never "
                          "created, or is forgotten.");
    if (ctx->timestamp_ms >= 0 && event->created &&
        ctx->timestamp_ms < ctx->now_ms - ctx->retention_ms)
        return reject_set(r, REJECT_TOO_OLD,
                          "The record is older than closed tickets are "
                          "remembered: the ticket may have been here.");
    return REJECT_NONE;
}

static void begin(struct life *l, const struct ticket_context *ctx,
                  const Dispatch__V1__TicketEvent *event)
{
    int64_t at = happened_at(ctx, event);

    l->event = event;
    l->now = ctx->timestamp_ms >= 0 ? ctx->timestamp_ms : at;
    if (l->state->status != (Dispatch__V1__TicketStatus)TICKET_UNKNOWN)
        timers_fire(l, at - 1);
    l->actor = ticket_actor(event);
    life_at(l, at, event->event_id);
}

/* When a ticket will be forgotten if nothing happens to it; INT64_MAX: it is
 * open. */
static int64_t forgotten_at(const struct ticket_context *ctx,
                            const Dispatch__V1__TicketState *state)
{
    if (state->status == TICKET_RESOLVED)
        return state->close_at + ctx->retention_ms;
    return state->forget_at != 0 ? state->forget_at : INT64_MAX;
}

/* What is known of the ticket when the event comes: nothing once its time is
 * over, however late the timers are. */
static Dispatch__V1__TicketState *
find_known(const struct ticket_context *ctx,
           const Dispatch__V1__TicketEvent *event,
           Dispatch__V1__TicketState *state)
{
    bool created = event->kind_case == DISPATCH__V1__TICKET_EVENT__KIND_CREATED;
    int64_t at = created ? ctx->timestamp_ms : happened_at(ctx, event);

    return state && forgotten_at(ctx, state) >= at ? state : NULL;
}

enum reject_code ticket_apply(const struct ticket_context *ctx,
                              const Dispatch__V1__TicketEvent *event,
                              Dispatch__V1__TicketState **state,
                              struct outputs *out, bool *repeat,
                              struct reject *r)
{
    Dispatch__V1__TicketState *known = find_known(ctx, event, *state);
    struct reject why = {REJECT_NONE, ""};
    enum action action = find_action(known, event);
    size_t n = out->n;
    struct life l;

    *repeat = action == REPEAT || (known && ticket_has_input(known, event));
    if (*repeat)
        return REJECT_NONE;
    if (!known) {
        enum reject_code code = check_known(ctx, event, action, r);
        if (code != REJECT_NONE)
            return code;
    }
    life_begin(&l, ctx, known, out);
    l.out.r = &why;
    if (!life_failed(&l))
        begin(&l, ctx, event);
    if (!life_failed(&l))
        run(&l);
    if (!life_failed(&l)) {
        *state = l.state;
        return REJECT_NONE;
    }
    out->n = n;
    reject_set(r, l.out.code, "%s", why.why);
    if (l.out.code != REJECT_WRONG_STATE || ctx->in_place)
        return l.out.code;
    return refuse(ctx, event, state, out, &why);
}
