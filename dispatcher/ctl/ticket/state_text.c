/*
 * Status, then each part with its clocks, then what concerns the whole ticket.
 */
#include "state_text.h"

#include "event_text.h"
#include "local_time.h"
#include "terminal.h"

#include <string.h>

/* What all lines need. */
struct page {
    FILE *out;
    const struct local_time *local;
    int64_t now_ms;
};

#define STATUS(name) DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_##name
#define CLOCK(name) DISPATCH__V1__CLOCK_STATE__CLOCK_STATE_##name

/* "<before><time>"; nothing for 0. */
static void print_time(const struct page *page, const char *before,
                       int64_t at_ms)
{
    char text[LOCAL_TIME_SIZE];

    if (at_ms != 0)
        terminal_printf(page->out, "%s%s", before,
                        local_time_text(page->local, at_ms, text));
}

/* "<before><text>"; nothing for "". */
static void print_text(const struct page *page, const char *before,
                       const char *text)
{
    if (text[0] != '\0')
        terminal_printf(page->out, "%s%s", before, text);
}

/* -------------------------------------------------------------------- clocks
 */

static void print_running(const struct page *page,
                          const Dispatch__V1__TicketClock *clock)
{
    char span[SPAN_SIZE];
    bool late = clock->due_at < page->now_ms;

    print_time(page, "due ", clock->due_at);
    if (clock->provisional)
        fputs(" (provisional)", page->out);
    span_text(clock->due_at - page->now_ms, span);
    terminal_printf(page->out, late ? ", late by %s" : ", in %s", span);
}

static void print_ended(const struct page *page,
                        const Dispatch__V1__TicketClock *clock)
{
    char span[SPAN_SIZE];
    bool late = clock->met_at > clock->due_at;

    if (clock->state != CLOCK(MET)) {
        fputs("cancelled", page->out);
        return;
    }
    print_time(page, "met ", clock->met_at);
    span_text(clock->met_at - clock->due_at, span);
    terminal_printf(page->out, late ? ", %s late" : ", in time by %s", span);
}

static void print_clock(const struct page *page,
                        const Dispatch__V1__TicketClock *clock)
{
    char span[SPAN_SIZE];

    terminal_printf(page->out, "      %-16s", event_clock_name(clock->kind));
    switch (clock->state) {
    case CLOCK(RUNNING):
        print_running(page, clock);
        break;
    case CLOCK(PAUSED):
        terminal_printf(page->out, "stands, %s left",
                        span_text(clock->left_ms, span));
        break;
    default:
        print_ended(page, clock);
    }
    if (clock->breached_at != 0)
        fputs(", breached", page->out);
    if (clock->extensions_used > 0)
        terminal_printf(page->out, ", extended %u x",
                        (unsigned)clock->extensions_used);
    fputc('\n', page->out);
}

/* --------------------------------------------------------------------- parts
 */

static void print_reports(const struct page *page,
                          const Dispatch__V1__TicketPart *part)
{
    fputs("      ", page->out);
    if (part->acknowledged_at == 0)
        fputs("not acknowledged", page->out);
    print_time(page, "acknowledged ", part->acknowledged_at);
    print_time(page, ", contacted the citizen ", part->contacted_at);
    print_time(page, ", resolved ", part->resolved_at);
    if (part->resolved_at != 0)
        terminal_printf(page->out, " (%s)",
                        event_enum_name(&dispatch__v1__outcome__descriptor,
                                        (int)part->outcome));
    print_time(page, ", promised for ", part->promised_at);
    fputc('\n', page->out);
}

static void print_part(const struct page *page,
                       const Dispatch__V1__TicketPart *part)
{
    terminal_printf(
        page->out, "  %-11s %s",
        event_enum_name(&dispatch__v1__role__descriptor, (int)part->role),
        part->department_id);
    if (part->department_name[0] != '\0')
        terminal_printf(page->out, " (%s)", part->department_name);
    for (size_t i = 0; i < part->n_matter_indexes; i++)
        terminal_printf(page->out, "%s%u", i == 0 ? ", matter " : ", ",
                        (unsigned)part->matter_indexes[i]);
    print_time(page, ", since ", part->assigned_at);
    print_text(page, ", rule ", part->rule);
    print_text(page, "", part->fallback ? ", fallback" : "");
    print_text(page, "", part->desk ? ", because nobody else has it" : "");
    print_text(page, ", official ", part->lead_official);
    print_text(page, ", forwarded by ", part->forwarded_by);
    if (part->attempt > 1)
        terminal_printf(page->out, ", attempt %u", (unsigned)part->attempt);
    fputc('\n', page->out);
    if (part->role != DISPATCH__V1__ROLE__ROLE_SUPERVISOR)
        print_reports(page, part);
    for (size_t i = 0; i < part->n_clocks; i++)
        print_clock(page, part->clocks[i]);
}

/* ----------------------------------------------------------- the whole ticket
 */

static const char *reason_name(Dispatch__V1__ReturnReason reason)
{
    return event_enum_name(&dispatch__v1__return_reason__descriptor,
                           (int)reason);
}

static void print_disputes(const struct page *page,
                           const Dispatch__V1__TicketState *state)
{
    for (size_t i = 0; i < state->n_disputes; i++) {
        const Dispatch__V1__TicketDispute *dispute = state->disputes[i];

        terminal_printf(page->out, "  %s must decide: %s returned it, %s",
                        dispute->department_id, dispute->raised_by,
                        reason_name(dispute->reason));
        print_time(page, ", ", dispute->since_at);
        print_text(page, ", suggests ", dispute->suggested_department_id);
        print_text(page, ", suggests ", dispute->suggested_area);
        print_text(page, ": ", dispute->note);
        fputc('\n', page->out);
    }
}

static void print_returns(const struct page *page,
                          const Dispatch__V1__TicketState *state)
{
    for (size_t i = 0; i < state->n_returns; i++) {
        const Dispatch__V1__Return *item = state->returns[i];

        terminal_printf(page->out, "  returned by %s, %s", item->department_id,
                        reason_name(item->reason));
        print_time(page, ", ", item->returned_at);
        print_text(page, ": ", item->note);
        fputc('\n', page->out);
    }
}

static void print_pause(const struct page *page,
                        const Dispatch__V1__TicketPause *pause)
{
    if (pause == NULL)
        return;
    print_time(page, "  paused since ", pause->since_at);
    print_time(page, " until ", pause->ends_at);
    print_text(page, ", allowed by ", pause->approved_by);
    print_text(page, ": ", pause->reason);
    fputc('\n', page->out);
}

static void print_callback(const struct page *page,
                           const Dispatch__V1__TicketState *state)
{
    const Dispatch__V1__TicketCallback *said = state->callback;

    if (said == NULL)
        return;
    print_time(page, "  called back ", state->called_back_at);
    terminal_printf(
        page->out, ", %s, solved: %s",
        event_enum_name(&dispatch__v1__callback_result__descriptor,
                        (int)said->result),
        event_enum_name(&dispatch__v1__answer__descriptor, (int)said->solved));
    print_text(page, ": ", said->note);
    fputc('\n', page->out);
}

static void print_others(const struct page *page,
                         const Dispatch__V1__TicketState *state)
{
    if (state->supervised_by[0] != '\0') {
        terminal_printf(page->out, "  supervised by %s", state->supervised_by);
        fputc('\n', page->out);
    }
    if (state->urges > 0)
        fprintf(page->out, "  urged %u x\n", (unsigned)state->urges);
}

static void print_status(const struct page *page,
                         const Dispatch__V1__TicketState *state)
{
    bool ended = state->closed_at != 0;

    print_time(page, "now ", page->now_ms);
    terminal_printf(page->out, ": %s",
                    event_enum_name(&dispatch__v1__ticket_status__descriptor,
                                    (int)state->status));
    print_text(page, " into ", state->merged_into);
    print_time(page, " since ", state->closed_at);
    if (state->round > 1)
        terminal_printf(page->out, ", round %u", (unsigned)state->round);
    print_text(page, ", last decided by catalogue ", state->catalogue_version);
    print_time(page, ended ? ", can be reopened until " : ", closes by itself ",
               state->close_at);
    print_time(page, ", remembered until ", state->forget_at);
    fputc('\n', page->out);
}

void state_print(FILE *out, const Dispatch__V1__TicketState *state,
                 const struct local_time *local, int64_t now_ms)
{
    const struct page page = {out, local, now_ms};

    print_status(&page, state);
    for (size_t i = 0; i < state->n_parts; i++)
        print_part(&page, state->parts[i]);
    print_pause(&page, state->pause);
    print_disputes(&page, state);
    print_returns(&page, state);
    print_callback(&page, state);
    print_others(&page, state);
}
