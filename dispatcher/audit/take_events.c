/*
 * The dispatcher's events, from records to entries.
 */
#include "book.h"

#include "event_words.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <string.h>
#include <xxhash.h>

#define CLOSED DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_CLOSED
#define ESCALATED DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_ESCALATED
#define RESCHEDULED DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_RESCHEDULED

/* What both kinds of events have. */
struct event {
    const char *event_id;
    const char *ticket_id;
    int kind;
    int detail;
    const ProtobufCEnumDescriptor *kinds;
    const ProtobufCEnumDescriptor *details;
};

static void refuse(struct audit *a, const struct audit_record *rec,
                   const char *why)
{
    book_find_early(a, AUDIT_UNREADABLE_EVENT, rec, NULL, why);
}

/* The n of <ticket_id>/<n>, as the dispatcher writes it; 0: it is no such
 * id. */
static uint32_t event_number(const char *event_id, const char *ticket_id)
{
    size_t size = strlen(ticket_id);
    uint64_t n = 0;

    if (strncmp(event_id, ticket_id, size) != 0 || event_id[size] != '/' ||
        event_id[size + 1] == '0')
        return 0;
    for (const char *p = event_id + size + 1; *p; p++) {
        if (*p < '0' || *p > '9')
            return 0;
        n = n * 10 + (uint64_t)(*p - '0');
        if (n > UINT32_MAX)
            return 0;
    }
    return (uint32_t)n;
}

static bool is_named(const ProtobufCEnumDescriptor *type, int value)
{
    return protobuf_c_enum_descriptor_get_value(type, value) != NULL;
}

/* NULL: the event is as it should be, and *number is set. */
static const char *find_fault(const struct audit_record *rec,
                              const struct event *event, uint32_t *number)
{
    size_t size = strlen(event->ticket_id);

    if (size == 0 || !rec->key || rec->key_size != size ||
        memcmp(rec->key, event->ticket_id, size) != 0)
        return "The record's key is not the event's ticket_id.";
    *number = event_number(event->event_id, event->ticket_id);
    if (*number == 0)
        return "The event_id is not ticket_id, a slash and a number.";
    if (event->kind == 0 || !is_named(event->kinds, event->kind))
        return "The event's kind is unknown to this version.";
    if (!is_named(event->details, event->detail))
        return "The event's role or clock is unknown to this version.";
    return NULL;
}

/* The ticket of a good event; NULL: it was said what is wrong. */
static struct ledger_ticket *begin(struct audit *a,
                                   const struct audit_record *rec,
                                   const struct event *event, struct entry *e)
{
    const char *fault = find_fault(rec, event, &e->number);

    if (fault) {
        refuse(a, rec, fault);
        return NULL;
    }
    e->topic = rec->topic;
    e->kind = (uint8_t)event->kind;
    e->detail = (uint8_t)event->detail;
    e->partition = rec->partition;
    e->offset = rec->offset;
    return ledger_ticket(a->ledger, rec->key, rec->key_size);
}

/* ----------------------------------------------------------- assignments */

static uint64_t add_text(uint64_t hash, const char *text)
{
    return XXH64(text, strlen(text) + 1, hash);
}

/* What rules look at: the area, and each matter's scheme, category, area. */
static uint64_t content_of(const Dispatch__V1__TicketCreated *ticket)
{
    uint64_t hash = add_text(ticket->n_matters, ticket->area);

    for (size_t i = 0; i < ticket->n_matters; i++) {
        hash = add_text(hash, ticket->matters[i]->category_scheme);
        hash = add_text(hash, ticket->matters[i]->category);
        hash = add_text(hash, ticket->matters[i]->area);
    }
    return hash ? hash : 1;
}

static uint64_t return_of(const Dispatch__V1__Return *last)
{
    uint64_t hash = add_text((uint64_t)last->returned_at, last->department_id);

    return hash ? hash : 1;
}

/* What has changed since the ticket's assignment before; what that was may lie
 * before the log. */
static void compare(struct audit *a, struct ledger_ticket *t,
                    const Dispatch__V1__AssignmentEvent *msg, struct entry *e)
{
    uint64_t content, returned = 0;

    if (!msg->ticket)
        return;
    content = content_of(msg->ticket);
    if (t->content != content)
        e->flags |= ENTRY_CHANGED;
    if (msg->n_returns > 0) {
        const Dispatch__V1__Return *last = msg->returns[msg->n_returns - 1];

        returned = return_of(last);
        /* Who asks another one in has returned nothing. */
        if (t->returned != returned &&
            last->reason !=
                DISPATCH__V1__RETURN_REASON__RETURN_REASON_OVERLAPPING_DUTY) {
            e->flags |= ENTRY_RETURNED;
            e->other = names_add(a->names, last->department_id);
        }
    }
    t->content = content;
    t->returned = returned;
}

static uint8_t closing_flags(const Dispatch__V1__AssignmentEvent *msg)
{
    uint8_t flags = 0;

    if (msg->kind != CLOSED)
        return 0;
    if (strncmp(msg->reason, EVENT_WORDS_CANCELLED,
                strlen(EVENT_WORDS_CANCELLED)) == 0)
        flags |= ENTRY_CANCELLED;
    if (msg->merged_into[0])
        flags |= ENTRY_MERGED;
    return flags;
}

void book_take_assignment(struct audit *a, const struct audit_record *rec)
{
    const Dispatch__V1__AssignmentEvent *msg =
        book_unpack(a, rec, &dispatch__v1__assignment_event__descriptor);
    struct entry e = {0};

    if (!msg) {
        refuse(a, rec, "The record's value is no AssignmentEvent.");
        return;
    }
    const struct event event = {
        .event_id = msg->event_id,
        .ticket_id = msg->ticket_id,
        .kind = (int)msg->kind,
        .detail = (int)msg->role,
        .kinds = &dispatch__v1__assignment_kind__descriptor,
        .details = &dispatch__v1__role__descriptor,
    };
    struct ledger_ticket *t = begin(a, rec, &event, &e);
    if (!t)
        return;
    e.flags = closing_flags(msg);
    e.cause = book_cause(msg->caused_by);
    e.department = names_add(a->names, msg->department_id);
    e.at = msg->occurred_at;
    e.due_at = msg->first_response_due_at;
    e.warn_at = msg->resolution_due_at;
    compare(a, t, msg, &e);
    book_add(a, t, &e);
}

/* ------------------------------------------------------------- deadlines */

static uint8_t deadline_flags(const Dispatch__V1__DeadlineEvent *msg)
{
    uint8_t flags = 0;

    if (msg->kind == ESCALATED &&
        strcmp(msg->explanation, EVENT_WORDS_SUPERVISED) == 0)
        flags |= ENTRY_SUPERVISED;
    if (msg->kind == RESCHEDULED &&
        strcmp(msg->explanation, EVENT_WORDS_CALENDAR) == 0)
        flags |= ENTRY_CALENDAR;
    if (strcmp(msg->calendar_id, "24x7") == 0)
        flags |= ENTRY_ALWAYS;
    return flags;
}

void book_take_deadline(struct audit *a, const struct audit_record *rec)
{
    const Dispatch__V1__DeadlineEvent *msg =
        book_unpack(a, rec, &dispatch__v1__deadline_event__descriptor);
    struct entry e = {0};

    if (!msg) {
        refuse(a, rec, "The record's value is no DeadlineEvent.");
        return;
    }
    const struct event event = {
        .event_id = msg->event_id,
        .ticket_id = msg->ticket_id,
        .kind = (int)msg->kind,
        .detail = (int)msg->clock,
        .kinds = &dispatch__v1__deadline_kind__descriptor,
        .details = &dispatch__v1__clock__descriptor,
    };
    struct ledger_ticket *t = begin(a, rec, &event, &e);
    if (!t)
        return;
    e.flags = deadline_flags(msg);
    e.cause = book_cause(msg->caused_by);
    e.department = names_add(a->names, msg->department_id);
    e.at = msg->occurred_at;
    e.due_at = msg->due_at;
    e.warn_at = msg->warn_at;
    e.late_ms = msg->late_ms;
    e.other = msg->level;
    book_add(a, t, &e);
}
