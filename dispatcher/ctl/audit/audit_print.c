/*
 * The report for people: what was read, what became of everything, findings,
 * open clocks, and one line for scripts.
 */
#include "audit_print.h"

#include "audit_lines.h"
#include "message_json.h"
#include "output.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <inttypes.h>

enum { MS_PER_SECOND = 1000, MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400 };

/* --------------------------------------------------------------- figures */

/* How many partitions begin late, or end before their time. */
static void print_topic(FILE *out, const struct audit_report *report,
                        enum audit_topic topic)
{
    const struct audit_logs *logs = report->logs;
    int late = 0, held_back = 0;

    for (int32_t i = 0; i < logs->topics[topic].n; i++) {
        const struct audit_log *log = &logs->topics[topic].partitions[i];

        late += !log->whole && topic != AUDIT_STATE;
        held_back += log->held_back;
    }
    fprintf(out, "%-20s %10d %12" PRIu64 " %12d %10d\n",
            logs->topics[topic].name, (int)logs->topics[topic].n,
            report->figures->records[topic], late, held_back);
}

static void print_topics(FILE *out, const struct audit_report *report)
{
    static const enum audit_topic order[] = {AUDIT_TICKETS, AUDIT_ASSIGNMENTS,
                                             AUDIT_DEADLINES,
                                             AUDIT_DEAD_LETTERS, AUDIT_STATE};
    char at[OUTPUT_TIME_SIZE];

    output_time(report->at_ms, at);
    fprintf(out, "audit of group %s, %s\n\n", report->group, at);
    fprintf(out, "%-20s %10s %12s %12s %10s\n", "topic", "partitions",
            "records", "begin late", "held back");
    for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
        print_topic(out, report, order[i]);
    fputc('\n', out);
}

/* "open 12, closed 3": what is not 0. */
struct words {
    const char *name;
    uint64_t n;
};
static void print_words(FILE *out, const char *title, uint64_t all,
                        const struct words *words, size_t n)
{
    const char *before = ": ";

    fprintf(out, "%-10s %10" PRIu64, title, all);
    for (size_t i = 0; i < n; i++) {
        if (words[i].n == 0)
            continue;
        fprintf(out, "%s%s %" PRIu64, before, words[i].name, words[i].n);
        before = ", ";
    }
    fputc('\n', out);
}
#define PRINT_WORDS(out, title, all, words)                                    \
    print_words(out, title, all, words, sizeof(words) / sizeof(*(words)))

uint64_t audit_print_tickets(const struct audit_figures *f)
{
    uint64_t all = 0;

    for (int i = 0; i < AUDIT_ENDS; i++)
        all += f->tickets[i];
    return all;
}

static void print_tickets(FILE *out, const struct audit_figures *f)
{
    const struct words words[] = {
        {"open", f->tickets[AUDIT_END_OPEN]},
        {"resolved", f->tickets[AUDIT_END_RESOLVED]},
        {"closed", f->tickets[AUDIT_END_CLOSED]},
        {"merged", f->tickets[AUDIT_END_MERGED]},
        {"cancelled", f->tickets[AUDIT_END_CANCELLED]},
        {"dead letters", f->tickets[AUDIT_END_DEAD_LETTER]},
        {"waiting", f->tickets[AUDIT_END_WAITING]},
        {"unknown", f->tickets[AUDIT_END_UNKNOWN]},
        {"begun before the logs", f->begun_before},
    };

    PRINT_WORDS(out, "tickets", audit_print_tickets(f), words);
}

static void print_inputs(FILE *out, const struct audit_figures *f)
{
    const struct words words[] = {
        {"applied", f->applied}, {"told nobody", f->silent},
        {"repeats", f->repeats}, {"dead letters", f->refused},
        {"waiting", f->waiting}, {"unknown", f->unknown},
        {"lost", f->lost},
    };
    uint64_t all = f->applied + f->silent + f->repeats + f->refused +
                   f->waiting + f->unknown + f->lost;

    PRINT_WORDS(out, "inputs", all, words);
}

static void print_clocks(FILE *out, const struct audit_figures *f)
{
    const struct words words[] = {
        {"met in time", f->met - f->met_late}, {"met late", f->met_late},
        {"cancelled", f->cancelled},           {"open", f->open},
        {"of these paused", f->paused},        {"overdue", f->overdue},
        {"breached in all", f->breached},
    };

    PRINT_WORDS(out, "clocks", f->clocks, words);
}

static void print_state(FILE *out, const struct audit_report *report)
{
    const struct audit_figures *f = report->figures;

    if (report->logs->topics[AUDIT_STATE].n == 0)
        fputs("state      there is no such topic: it was not compared\n", out);
    else if (f->records[AUDIT_STATE] == 0)
        fputs("state      the topic is empty: it was not compared\n", out);
    else
        fprintf(out, "%-10s %10" PRIu64 " tickets were compared\n", "state",
                f->states);
}

static void print_figures(FILE *out, const struct audit_report *report)
{
    const struct audit_figures *f = report->figures;
    size_t tickets = f->memory_tickets ? f->memory_tickets : 1;

    print_tickets(out, f);
    print_inputs(out, f);
    print_clocks(out, f);
    print_state(out, report);
    fprintf(out, "%-10s %10.1f MB, %zu bytes a ticket; %u %s, %.1f s\n\n",
            "memory", (double)f->memory / 1e6, f->memory / tickets, f->passes,
            f->passes == 1 ? "pass" : "passes", report->seconds);
}

/* ------------------------------------------------------------ open clocks */

/* "3d 4h", the two largest units. */
static void print_age(FILE *out, int64_t ms)
{
    int64_t s = ms / MS_PER_SECOND;
    char text[32];

    if (s >= DAY_S)
        snprintf(text, sizeof(text), "%" PRId64 "d %" PRId64 "h", s / DAY_S,
                 s % DAY_S / HOUR_S);
    else if (s >= HOUR_S)
        snprintf(text, sizeof(text), "%" PRId64 "h %" PRId64 "m", s / HOUR_S,
                 s % HOUR_S / MINUTE_S);
    else
        snprintf(text, sizeof(text), "%" PRId64 "m %" PRId64 "s", s / MINUTE_S,
                 s % MINUTE_S);
    fprintf(out, "%12s", text);
}

static void print_clock(FILE *out, const struct audit_report *report,
                        const struct audit_open_clock *c)
{
    const ProtobufCEnumDescriptor *type = &dispatch__v1__clock__descriptor;
    const ProtobufCEnumValue *clock =
        protobuf_c_enum_descriptor_get_value(type, c->clock);
    char due[OUTPUT_TIME_SIZE];

    output_time(c->due_at, due);
    fprintf(out, "  %s ", due);
    if (c->paused)
        fprintf(out, "%12s", "paused");
    else if (audit_overdue_ms(c, report->at_ms) > 0)
        print_age(out, audit_overdue_ms(c, report->at_ms));
    else
        fprintf(out, "%12s", "-");
    fprintf(out, " %-8s  %-14s  ", c->breached ? "breached" : "-",
            clock ? message_json_short_name(type, clock->name) : "?");
    audit_print_text(out, c->department_id);
    fputs("  ", out);
    audit_print_text(out, c->ticket_id);
    fputc('\n', out);
}

static void print_open(FILE *out, const struct audit_report *report)
{
    const struct audit_figures *f = report->figures;

    if (f->open == 0)
        return;
    fprintf(out, "%" PRIu64 " clocks are open, %" PRIu64 " overdue:\n", f->open,
            f->overdue);
    fprintf(out, "  %-24s %12s %-8s  %-14s  %s\n", "due", "overdue by",
            "breach", "clock", "department, ticket");
    for (size_t i = 0; i < report->n_clocks; i++)
        print_clock(out, report, &report->clocks[i]);
    if (f->open > report->n_clocks)
        fprintf(out, "  ... and %" PRIu64 " more\n",
                f->open - report->n_clocks);
    fputc('\n', out);
}

/* ----------------------------------------------------------------- report */

void audit_print_people(FILE *out, const struct audit_report *report,
                        struct audit_lines *lines)
{
    const struct audit_figures *f = report->figures;
    uint64_t shortcomings = f->found[AUDIT_NO_PLAN] + f->found[AUDIT_NO_REPLY];

    print_topics(out, report);
    print_figures(out, report);
    for (enum audit_kind kind = 0; kind < AUDIT_KINDS; kind++)
        audit_lines_print(out, lines, kind, f->found[kind]);
    print_open(out, report);
    fprintf(out,
            "violations=%" PRIu64 " shortcomings=%" PRIu64 " tickets=%" PRIu64
            " waiting=%" PRIu64 " unknown=%" PRIu64 " open_clocks=%" PRIu64
            " overdue_clocks=%" PRIu64 "\n",
            f->violations, shortcomings, audit_print_tickets(f), f->waiting,
            f->unknown, f->open, f->overdue);
}
