/*
 * dispatchctl catalogue diff: what a folder would change, entry by entry, and,
 * with --replay, what that does to the last tickets.
 *
 *   tickets ──last N──> decide by what Redis holds ──┐
 *                  └──> decide by the folder ────────┴──> who goes elsewhere
 */
#include "arena.h"
#include "catalogue_differences.h"
#include "catalogue_findings.h"
#include "catalogue_job.h"
#include "ctl.h"
#include "decode.h"
#include "output.h"
#include "ticket_replay.h"
#include "topic_scan.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    INPUT_MAX = 64 << 20, /* no setting allows a larger record */
    ARENA_MAX = 2 * INPUT_MAX + (1 << 20), /* decode.h says how much */
    TICKETS_SHOWN = 20,
    MORE_OFFSETS = 4, /* times as many when there were too few tickets */
};

/* What reading the topic leads to. */
struct replaying {
    struct ticket_replay replay;
    struct arena *arena;
    size_t undecodable;
};

static void take(void *context, const rd_kafka_message_t *msg)
{
    struct replaying *r = context;
    const struct decode_input in = {.key = msg->key,
                                    .key_size = msg->key_len,
                                    .value = msg->payload,
                                    .value_size = msg->len,
                                    .max_size = INPUT_MAX};
    Dispatch__V1__TicketEvent *event;

    arena_reset(r->arena);
    if (decode_ticket_event(r->arena, &in, &event, NULL) != REJECT_NONE) {
        r->undecodable++;
        return;
    }
    if (event->kind_case == DISPATCH__V1__TICKET_EVENT__KIND_CREATED)
        ticket_replay_add(&r->replay, event,
                          rd_kafka_message_timestamp(msg, NULL));
}

/* Other kinds of events and the markers of transactions take offsets too, so
 * the last N offsets may hold fewer tickets than that. */
static bool read_tickets(struct replaying *r, const struct catalogue_job *job)
{
    struct topic_scan *scan = topic_scan_new(&job->kafka);
    int64_t offsets = job->replay;
    bool good = scan != NULL, whole = false;

    while (good && !whole && r->replay.n < (size_t)job->replay) {
        ticket_replay_clear(&r->replay);
        r->undecodable = 0;
        topic_scan_clear(scan);
        good = topic_scan_add(scan, job->topic, TOPIC_SCAN_ALL, offsets) &&
               topic_scan_read(scan, take, r, NULL);
        whole = topic_scan_is_whole(scan);
        offsets *= MORE_OFFSETS;
    }
    topic_scan_free(&scan);
    if (good)
        ticket_replay_keep(&r->replay, (size_t)job->replay);
    return good;
}

/* -------------------------------------------------------------- for people */

static const char *name(const char *department_id)
{
    return department_id[0] != '\0' ? department_id : "(nobody)";
}

static const char *rule(const char *text)
{
    return text[0] != '\0' ? text : "fallback";
}

static void print_span(const struct ticket_replay *r, const char *topic)
{
    char from[OUTPUT_TIME_SIZE], to[OUTPUT_TIME_SIZE];

    printf("%zu tickets of %s", r->n, topic);
    if (r->n > 0) {
        output_time(r->items[0].timestamp_ms, from);
        output_time(r->items[r->n - 1].timestamp_ms, to);
        printf(", %.19sZ to %.19sZ", from, to);
    }
    putchar('\n');
}

static void print_tickets(const struct ticket_replay *r)
{
    size_t all = 0;

    for (size_t i = 0; i < r->n; i++) {
        const struct replayed *item = &r->items[i];

        if (!item->elsewhere || all++ >= TICKETS_SHOWN)
            continue;
        printf("  %s: %s (%s) -> %s (%s)\n", item->ticket_id, name(item->from),
               rule(item->from_rule), name(item->to), rule(item->to_rule));
    }
    if (all > TICKETS_SHOWN)
        printf("  ... and %zu more; --json shows all\n", all - TICKETS_SHOWN);
}

/* ------------------------------------------------------------ for programs */

static void print_json(json_t *json)
{
    json_dumpf(json, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(json);
}

static void print_tickets_json(const struct ticket_replay *r)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct replayed *item = &r->items[i];

        if (item->ticket_id == NULL)
            continue;
        print_json(json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b}",
                             "ticket_id", item->ticket_id, "from", item->from,
                             "to", item->to, "from_rule", item->from_rule,
                             "to_rule", item->to_rule, "elsewhere",
                             item->elsewhere, "co_handlers", item->co,
                             "deadline", item->deadline));
    }
}

/* ---------------------------------------------------------------- summary */

struct totals {
    size_t elsewhere;
    size_t co;
    size_t deadline;
};

static struct totals count(const struct ticket_replay *r)
{
    struct totals totals = {0};

    for (size_t i = 0; i < r->n; i++) {
        totals.elsewhere += r->items[i].elsewhere;
        totals.co += r->items[i].co;
        totals.deadline += r->items[i].deadline;
    }
    return totals;
}

static void print_summary_json(const struct replaying *r,
                               const struct replay_move *moves, size_t n)
{
    const struct totals totals = count(&r->replay);
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:I}", "from",
                                              moves[i].from, "to", moves[i].to,
                                              "tickets",
                                              (json_int_t)moves[i].tickets));
    print_json(json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:o}", "tickets", (json_int_t)r->replay.n,
        "undecodable", (json_int_t)r->undecodable, "elsewhere",
        (json_int_t)totals.elsewhere, "co_handlers", (json_int_t)totals.co,
        "deadline", (json_int_t)totals.deadline, "moves", list));
}

static void print_summary(const struct replaying *r,
                          const struct replay_move *moves, size_t n)
{
    const struct totals totals = count(&r->replay);

    printf("%zu would go elsewhere, %zu have other co-handlers, %zu another "
           "deadline\n",
           totals.elsewhere, totals.co, totals.deadline);
    for (size_t i = 0; i < n; i++)
        printf("%8zu  %s -> %s\n", moves[i].tickets, name(moves[i].from),
               name(moves[i].to));
    if (r->undecodable > 0)
        printf("%zu records were no tickets\n", r->undecodable);
}

static void print_replay(const struct replaying *r,
                         const struct catalogue_job *job)
{
    size_t n;
    struct replay_move *moves = ticket_replay_moves(&r->replay, &n);

    if (job->json) {
        print_tickets_json(&r->replay);
        print_summary_json(r, moves, n);
    } else {
        print_span(&r->replay, job->topic);
        print_tickets(&r->replay);
        print_summary(r, moves, n);
    }
    free(moves);
}

/* ----------------------------------------------------------------- command */

static int replay(struct catalogue_job *job, const char *folder)
{
    struct catalogue *before = NULL, *after;
    struct replaying r = {0};
    bool good = false;

    if (!job_is_empty(job))
        before = job_compile(job, job->stored);
    if (before == NULL)
        return job_failed("what Redis holds is no catalogue to compare with; "
                          "`dispatchctl catalogue check` says why");
    findings_deinit(&job->findings); /* those of what is in force */
    after = job_compile(job, job->edited);
    catalogue_findings_print(&job->findings, folder, job->json);
    if (after != NULL) {
        r.replay = (struct ticket_replay){.before = before, .after = after};
        r.arena = arena_new(ARENA_MAX);
        ctl_catch_signals();
        good = read_tickets(&r, job);
        if (good)
            print_replay(&r, job);
        arena_free(&r.arena);
        ticket_replay_deinit(&r.replay);
        catalogue_free(&after);
    }
    catalogue_free(&before);
    return good ? CTL_OK : CTL_FAILED;
}

int catalogue_diff_command(struct catalogue_job *job, char **operands)
{
    const char *folder = operands[0];

    if (!job_read_folder(job, folder, NULL)) {
        job_print_check(job, job->edited, folder);
        return CTL_FAILED;
    }
    if (!job_read_stored(job, REDIS_RELEASE))
        return CTL_FAILED;
    if (job->replay > 0)
        return replay(job, folder);
    catalogue_differences_print(job->stored, job->edited, SIZE_MAX, job->json);
    return CTL_OK;
}
