/*
 * A ticket matches when its status and times do, one of its matters does, one
 * of its parts does, and it is all that is asked for as a whole.
 */
#include "ticket_filter.h"

#include <string.h>
#include <strings.h>

#define STATUS(name) DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_##name
#define SUPERVISOR DISPATCH__V1__ROLE__ROLE_SUPERVISOR
#define RUNNING DISPATCH__V1__CLOCK_STATE__CLOCK_STATE_RUNNING
#define PAUSED DISPATCH__V1__CLOCK_STATE__CLOCK_STATE_PAUSED

static const struct {
    const char *name;
    unsigned bits;
} statuses[] = {
    {"open", 1U << STATUS(OPEN)},
    {"resolved", 1U << STATUS(RESOLVED)},
    {"closed", 1U << STATUS(CLOSED)},
    {"merged", 1U << STATUS(MERGED)},
    {"cancelled", 1U << STATUS(CANCELLED)},
    {"all", ~0U},
};

bool ticket_filter_add_status(struct ticket_filter *f, const char *name)
{
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        if (strcasecmp(statuses[i].name, name) == 0) {
            f->statuses |= statuses[i].bits;
            return true;
        }
    }
    return false;
}

/* --------------------------------------------------------- what a ticket is */

const Dispatch__V1__TicketPart *
ticket_part_of(const Dispatch__V1__TicketState *state,
               const char *department_id)
{
    for (size_t i = 0; i < state->n_parts; i++)
        if (strcmp(state->parts[i]->department_id, department_id) == 0)
            return state->parts[i];
    return NULL;
}

const Dispatch__V1__TicketClock *
ticket_clock_of(const Dispatch__V1__TicketState *state,
                const Dispatch__V1__TicketPart *part, Dispatch__V1__Clock kind)
{
    /* A chain has at most as many links as there are parts. */
    for (size_t links = 0; part != NULL && links < state->n_parts; links++) {
        for (size_t i = 0; i < part->n_clocks; i++) {
            const Dispatch__V1__TicketClock *clock = part->clocks[i];

            if (clock->kind == kind &&
                (clock->state == RUNNING || clock->state == PAUSED))
                return clock;
        }
        part = part->forwarded_by[0] != '\0'
                   ? ticket_part_of(state, part->forwarded_by)
                   : NULL;
    }
    return NULL;
}

static bool part_is_overdue(const Dispatch__V1__TicketState *state,
                            const Dispatch__V1__TicketPart *part,
                            int64_t now_ms)
{
    static const Dispatch__V1__Clock kinds[] = {
        DISPATCH__V1__CLOCK__CLOCK_FIRST_RESPONSE,
        DISPATCH__V1__CLOCK__CLOCK_RESOLUTION};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const Dispatch__V1__TicketClock *clock =
            ticket_clock_of(state, part, kinds[i]);

        if (clock != NULL && clock->state == RUNNING && clock->due_at < now_ms)
            return true;
    }
    return false;
}

bool ticket_is_overdue(const Dispatch__V1__TicketState *state, int64_t now_ms)
{
    for (size_t i = 0; i < state->n_parts; i++)
        if (part_is_overdue(state, state->parts[i], now_ms))
            return true;
    return false;
}

bool ticket_is_disputed(const Dispatch__V1__TicketState *state)
{
    for (size_t i = 0; i < state->n_parts; i++)
        if (state->parts[i]->desk)
            return true;
    return state->n_disputes > 0;
}

/* ----------------------------------------------------------------- matching */

/* Steps, not characters, are compared. */
static bool lies_below(const char *path, const char *prefix)
{
    size_t size = strlen(prefix);

    return size == 0 || (strncmp(path, prefix, size) == 0 &&
                         (path[size] == '\0' || path[size] == '/' ||
                          prefix[size - 1] == '/'));
}

static bool any_above(const struct option_list *prefixes, const char *path)
{
    for (size_t i = 0; i < prefixes->n; i++)
        if (lies_below(path, prefixes->items[i]))
            return true;
    return prefixes->n == 0;
}

static bool any_is(const struct option_list *list, const char *text)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->items[i], text) == 0)
            return true;
    return list->n == 0;
}

static bool matter_matches(const struct ticket_filter *f, const char *area,
                           const char *category)
{
    return any_above(&f->areas, area) && any_above(&f->categories, category);
}

static bool content_matches(const struct ticket_filter *f,
                            const Dispatch__V1__TicketCreated *ticket)
{
    if (f->areas.n == 0 && f->categories.n == 0)
        return true;
    if (ticket == NULL)
        return false;
    for (size_t i = 0; i < ticket->n_matters; i++) {
        const Dispatch__V1__Matter *matter = ticket->matters[i];

        if (matter_matches(f, matter->area[0] ? matter->area : ticket->area,
                           matter->category))
            return true;
    }
    return ticket->n_matters == 0 && matter_matches(f, ticket->area, "");
}

static bool part_matches(const struct ticket_filter *f,
                         const Dispatch__V1__TicketState *state,
                         const Dispatch__V1__TicketPart *part)
{
    bool holds = part->role != (Dispatch__V1__Role)SUPERVISOR;

    return any_is(&f->departments, part->department_id) &&
           (!f->fallback || (holds && part->fallback)) &&
           (!f->not_acknowledged || (holds && part->acknowledged_at == 0)) &&
           (!f->overdue || part_is_overdue(state, part, f->now_ms));
}

static bool parts_match(const struct ticket_filter *f,
                        const Dispatch__V1__TicketState *state)
{
    if (f->departments.n == 0 && !f->fallback && !f->not_acknowledged &&
        !f->overdue)
        return true;
    for (size_t i = 0; i < state->n_parts; i++)
        if (part_matches(f, state, state->parts[i]))
            return true;
    return false;
}

static bool times_match(const struct ticket_filter *f,
                        const Dispatch__V1__TicketState *state)
{
    return (f->created_from == 0 || state->created_at >= f->created_from) &&
           (f->created_before == 0 || state->created_at < f->created_before);
}

static bool status_matches(const struct ticket_filter *f,
                           const Dispatch__V1__TicketState *state)
{
    unsigned wanted = f->statuses != 0 ? f->statuses : 1U << STATUS(OPEN);

    /* The number is another program's. */
    return (unsigned)state->status < 32 &&
           (wanted & 1U << (unsigned)state->status) != 0;
}

bool ticket_filter_matches(const struct ticket_filter *f,
                           const Dispatch__V1__TicketState *state)
{
    return status_matches(f, state) && times_match(f, state) &&
           (!f->disputed || ticket_is_disputed(state)) &&
           (!f->paused || state->pause != NULL) &&
           (!f->supervised || state->supervised_by[0] != '\0') &&
           content_matches(f, state->ticket) && parts_match(f, state);
}
