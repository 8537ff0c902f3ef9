/*
 * More is known, or the citizen asks again: updated, urged.
 */
#include "actions.h"
#include "deadlines.h"
#include "decode.h"
#include "event_words.h"
#include "parts.h"

#include <string.h>

void urgency_change(struct life *l, Dispatch__V1__Urgency urgency)
{
    enum urgency before = life_urgency(l);

    urgency_set(l, urgency);
    if (life_urgency(l) > before && l->state->status == TICKET_OPEN)
        urgency_raised(l);
}

void urgency_set(struct life *l, Dispatch__V1__Urgency urgency)
{
    /* A number that nobody knows counts as unspecified. */
    if (urgency == DISPATCH__V1__URGENCY__URGENCY_UNSPECIFIED ||
        !protobuf_c_enum_descriptor_get_value(
            &dispatch__v1__urgency__descriptor, (int)urgency))
        return;
    l->state->ticket->urgency = urgency;
    life_content_changed(l);
}

void urgency_raised(struct life *l)
{
    /* Nobody waits any longer where it has become pressing. */
    pause_end(l);
    deadlines_hurry(l);
}

/* "is added": a line of its own. */
static void add_description(struct life *l, const char *more)
{
    Dispatch__V1__TicketCreated *ticket = l->state->ticket;

    if (!more[0])
        return;
    size_t size = strlen(ticket->description);
    size_t more_size = strlen(more);
    char *text = life_alloc(l, size + 1 + more_size + 1);

    if (!text)
        return;
    memcpy(text, ticket->description, size);
    if (size > 0)
        text[size++] = '\n';
    memcpy(text + size, more, more_size);
    ticket->description = text;
}

static void add_attachments(struct life *l)
{
    const Dispatch__V1__TicketUpdated *event = l->event->updated;
    Dispatch__V1__TicketCreated *ticket = l->state->ticket;
    size_t n = ticket->n_attachments + event->n_attachments;
    Dispatch__V1__Attachment **list;

    if (event->n_attachments == 0)
        return;
    if (n > DECODE_MAX_LIST) {
        life_fail(l, REJECT_TOO_MANY,
                  "The ticket would have %zu attachments, %d are allowed.", n,
                  DECODE_MAX_LIST);
        return;
    }
    list = life_alloc(l, n * sizeof(*list));
    if (!list)
        return;
    if (ticket->n_attachments > 0)
        memcpy(list, ticket->attachments,
               ticket->n_attachments * sizeof(*list));
    memcpy(list + ticket->n_attachments, event->attachments,
           event->n_attachments * sizeof(*list));
    ticket->attachments = list;
    ticket->n_attachments = n;
}

static bool list_has(char *const *list, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i], text) == 0)
            return true;
    }
    return false;
}

/* Departments see tickets that were merged into this one among the related
 * ones. What the list has no room for is in the topics. */
static void add_merged(struct life *l)
{
    const Dispatch__V1__TicketUpdated *event = l->event->updated;
    Dispatch__V1__TicketCreated *ticket = l->state->ticket;

    for (size_t i = 0; i < event->n_merged_ticket_ids; i++) {
        char *id = event->merged_ticket_ids[i];
        char **grown;

        if (ticket->n_related_ticket_ids >= DECODE_MAX_LIST ||
            list_has(ticket->related_ticket_ids, ticket->n_related_ticket_ids,
                     id))
            continue;
        grown = life_grow(l, ticket->related_ticket_ids,
                          ticket->n_related_ticket_ids, sizeof(*grown));
        if (!grown)
            return;
        grown[ticket->n_related_ticket_ids++] = id;
        ticket->related_ticket_ids = grown;
    }
}

/* The clock that an order of supervision is about: the lead's resolution, else
 * whichever is open. */
static const Dispatch__V1__TicketClock *
supervised_clock(struct life *l, Dispatch__V1__TicketPart **owner)
{
    const Dispatch__V1__TicketClock *clock = NULL;

    for (size_t i = 0; i < l->state->n_parts && !clock; i++) {
        clock = deadline_find(l, l->state->parts[i], CLOCK_RESOLUTION, owner);
        if (!clock)
            clock = deadline_find(l, l->state->parts[i], CLOCK_FIRST_RESPONSE,
                                  owner);
    }
    return clock;
}

/* The supervisor hears of it at once, and of every later level. */
static void supervise(struct life *l, char *by)
{
    static const Dispatch__V1__TicketClock no_clock =
        DISPATCH__V1__TICKET_CLOCK__INIT;
    const struct deadline_note note = {
        .escalate_to = by,
        .explanation = EVENT_WORDS_SUPERVISED,
    };
    Dispatch__V1__TicketPart *owner = part_lead(l);
    const Dispatch__V1__TicketClock *clock;

    if (!by[0] || strcmp(by, l->state->supervised_by) == 0)
        return;
    if (!life_department(l, by)) {
        life_fail(l, REJECT_INVALID_FIELD,
                  "supervised_by names no department of the catalogue.");
        return;
    }
    l->state->supervised_by = by;
    clock = supervised_clock(l, &owner);
    deadline_tell(l, owner, clock ? clock : &no_clock, DEADLINE_ESCALATED,
                  &note);
}

static void name_official(struct life *l, char *official)
{
    if (!official[0])
        return;
    l->state->ticket->lead_official = official;
    part_lead(l)->lead_official = official;
}

void act_updated(struct life *l)
{
    const Dispatch__V1__TicketUpdated *event = l->event->updated;

    add_description(l, event->description);
    if (event->contact)
        l->state->ticket->contact = event->contact;
    add_attachments(l);
    add_merged(l);
    name_official(l, event->lead_official);
    life_content_changed(l);
    if (life_failed(l))
        return;
    urgency_change(l, event->urgency);
    supervise(l, event->supervised_by);
    parts_tell_updated(l, "updated", "");
}

void act_urged(struct life *l)
{
    l->state->urges++;
    parts_tell_others(l, TELL_URGED, l->event->urged->reason);
}
