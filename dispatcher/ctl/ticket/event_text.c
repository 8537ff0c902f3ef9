/*
 * Outputs are put into words by hand, one clause for each thing that may be
 * said; an input's fields are listed by reflection (event_fields.c).
 */
#include "event_text.h"

#include "event_fields.h"
#include "local_time.h"
#include "message_json.h"
#include "terminal.h"

#include <stdlib.h>
#include <string.h>

enum { KIND_WIDTH = 11 };

#define ASSIGNMENT(name) DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_##name
#define DEADLINE(name) DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_##name

const char *event_enum_name(const ProtobufCEnumDescriptor *type, int value)
{
    const ProtobufCEnumValue *found =
        protobuf_c_enum_descriptor_get_value(type, value);

    return found != NULL ? message_json_short_name(type, found->name) : "?";
}

const char *event_clock_name(Dispatch__V1__Clock clock)
{
    switch (clock) {
    case DISPATCH__V1__CLOCK__CLOCK_FIRST_RESPONSE:
        return "first response";
    case DISPATCH__V1__CLOCK__CLOCK_RESOLUTION:
        return "resolution";
    default:
        return "clock";
    }
}

unsigned long event_number(const char *event_id)
{
    const char *slash = strrchr(event_id, '/');

    return slash != NULL ? strtoul(slash + 1, NULL, 10) : 0;
}

/* -------------------------------------------------------------- assignments */

static void print_matters(FILE *out, const uint32_t *indexes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        terminal_printf(out, "%s%u", i == 0 ? " of matter " : ", ",
                        (unsigned)indexes[i]);
}

/* How it was decided: of no use where nothing was. */
static void print_decision(FILE *out, const Dispatch__V1__AssignmentEvent *msg)
{
    if (msg->rule[0] != '\0')
        terminal_printf(out, ", rule %s", msg->rule);
    else if (msg->fallback)
        terminal_printf(out, ", fallback");
    if (msg->lead_official[0] != '\0')
        terminal_printf(out, ", official %s", msg->lead_official);
    if (msg->catalogue_version[0] != '\0')
        terminal_printf(out, ", catalogue %s", msg->catalogue_version);
    if (msg->attempt > 1)
        terminal_printf(out, ", attempt %u", (unsigned)msg->attempt);
}

static bool decides(Dispatch__V1__AssignmentKind kind)
{
    return kind == ASSIGNMENT(ASSIGNED) || kind == ASSIGNMENT(REASSIGNED) ||
           kind == ASSIGNMENT(FORWARDED) || kind == ASSIGNMENT(DISPUTED) ||
           kind == ASSIGNMENT(REOPENED);
}

void event_print_assignment(FILE *out, const Dispatch__V1__AssignmentEvent *msg)
{
    const char *name = event_enum_name(
        &dispatch__v1__assignment_kind__descriptor, (int)msg->kind);
    const char *role =
        event_enum_name(&dispatch__v1__role__descriptor, (int)msg->role);

    terminal_printf(out, "%-*s  %s", KIND_WIDTH, name, msg->department_id);
    if (msg->department_name[0] != '\0')
        terminal_printf(out, " (%s)", msg->department_name);
    if (msg->role != DISPATCH__V1__ROLE__ROLE_UNSPECIFIED)
        terminal_printf(out, " as %s", role);
    print_matters(out, msg->matter_indexes, msg->n_matter_indexes);
    if (decides(msg->kind))
        print_decision(out, msg);
    if (msg->reason[0] != '\0')
        terminal_printf(out, ": %s", msg->reason);
    if (msg->merged_into[0] != '\0')
        terminal_printf(out, ", into %s", msg->merged_into);
    fputc('\n', out);
}

/* ---------------------------------------------------------------- deadlines */

static void print_met(FILE *out, const Dispatch__V1__DeadlineEvent *msg,
                      const char *due)
{
    char span[SPAN_SIZE];
    bool late = msg->late_ms > 0;

    span_text(late ? msg->late_ms : msg->due_at - msg->occurred_at, span);
    if (late)
        terminal_printf(out, ", %s late, was due %s", span, due);
    else
        terminal_printf(out, ", in time, %s before %s", span, due);
}

static void print_due(FILE *out, const Dispatch__V1__DeadlineEvent *msg,
                      const char *due)
{
    terminal_printf(out, ", due %s%s", due,
                    msg->provisional ? " (provisional)" : "");
    terminal_printf(out, ", policy %s, calendar %s", msg->policy_id,
                    msg->calendar_id);
}

static void print_clock(FILE *out, const Dispatch__V1__DeadlineEvent *msg,
                        const struct local_time *local)
{
    char due[LOCAL_TIME_SIZE], span[SPAN_SIZE];

    local_time_text(local, msg->due_at, due);
    span_text(msg->due_at - msg->occurred_at, span);
    switch (msg->kind) {
    case DEADLINE(SCHEDULED):
    case DEADLINE(RESCHEDULED):
    case DEADLINE(RESUMED):
        print_due(out, msg, due);
        return;
    case DEADLINE(WARNING):
        terminal_printf(out, ", %s before %s", span, due);
        return;
    case DEADLINE(PAUSED):
        terminal_printf(out, ", %s before %s", span, due);
        return;
    case DEADLINE(MET):
        print_met(out, msg, due);
        return;
    default:
        if (msg->due_at != 0)
            terminal_printf(out, ", was due %s", due);
    }
}

void event_print_deadline(FILE *out, const Dispatch__V1__DeadlineEvent *msg,
                          const struct local_time *local)
{
    const char *name = event_enum_name(&dispatch__v1__deadline_kind__descriptor,
                                       (int)msg->kind);

    terminal_printf(out, "%-*s  %s of %s", KIND_WIDTH, name,
                    event_clock_name(msg->clock), msg->department_id);
    if (msg->kind == DEADLINE(ESCALATED))
        terminal_printf(out, ", level %u to %s", (unsigned)msg->level,
                        msg->escalate_to);
    print_clock(out, msg, local);
    if (msg->explanation[0] != '\0')
        terminal_printf(out, " [%s]", msg->explanation);
    fputc('\n', out);
}

/* ------------------------------------------------------------------- inputs */

void event_print_input(FILE *out, const Dispatch__V1__TicketEvent *event,
                       const struct local_time *local, int indent,
                       bool contacts)
{
    terminal_printf(out, "%s", event_kind_name(event));
    if (event->actor_department_id[0] != '\0')
        terminal_printf(out, " by %s", event->actor_department_id);
    if (event->actor[0] != '\0')
        terminal_printf(out, "%s%s%s",
                        event->actor_department_id[0] != '\0' ? " (" : " by ",
                        event->actor,
                        event->actor_department_id[0] != '\0' ? ")" : "");
    if (event->source[0] != '\0')
        terminal_printf(out, ", from %s", event->source);
    fputc('\n', out);
    event_print_fields(out, event, local, indent, contacts);
}
