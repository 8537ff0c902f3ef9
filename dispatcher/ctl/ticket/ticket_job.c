/*
 * Topic names, times, and the state topic, for the sub-commands of dispatchctl
 * ticket.
 */
#include "ticket_job.h"

#include "clock.h"
#include "ctl.h"
#include "progress.h"
#include "ticket_states.h"
#include "topic_scan.h"
#include "utf8.h"
#include "zone.h"

#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { US_PER_MS = 1000, DEFAULT_WAIT_S = 30 };

int ticket_job_failed(const struct ticket_job *job, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fprintf(stderr, "dispatchctl %s: ", job->command);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return CTL_FAILED;
}

static const char *user_name(void)
{
    const struct passwd *user = getpwuid(geteuid());

    if (user == NULL || !utf8_is_text(user->pw_name, strlen(user->pw_name)))
        return "";
    return user->pw_name;
}

struct ticket_job ticket_job_default(const char *command)
{
    return (struct ticket_job){
        .command = command,
        .live = live_catalogue_default(),
        .source = "dispatchctl",
        .actor = user_name(),
        .actor_department = "",
        .timeout_s = DEFAULT_WAIT_S,
    };
}

/* Finds the city's zone. False, and said: the one that was named is
 * unknown. */
static bool begin(struct ticket_job *job)
{
    char why[LOCAL_TIME_WHY];

    job->now_ms = clock_wall_ms();
    job->filter.now_ms = job->now_ms;
    if (job->zone_name == NULL)
        job->zone = live_catalogue_zone(&job->live, TICKET_REDIS_MS);
    else
        job->zone = zone_load(job->zone_name, why, sizeof why);
    if (job->zone == NULL && job->zone_name != NULL) {
        options_wrong(job->command, "--zone: %s", why);
        return false;
    }
    job->local.zone = job->zone;
    return true;
}

static bool all_are_text(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (!utf8_is_text(argv[i], strlen(argv[i])))
            return false;
    return true;
}

int ticket_job_run(struct ticket_job *job, const struct command_line *line,
                   int argc, char **argv,
                   int (*command)(struct ticket_job *job, char **operands))
{
    int first, code;

    switch (options_read(line, argc, argv, job, &first)) {
    case OPTIONS_HELP:
        return CTL_OK;
    case OPTIONS_USAGE:
        return CTL_USAGE;
    case OPTIONS_OK:
        break;
    }
    if (!all_are_text(argc, argv))
        return options_wrong(job->command, "an argument is not UTF-8");
    if (ctl_topics_name(&job->topics, job->command) != CTL_OK)
        return CTL_USAGE;
    ctl_catch_signals();
    code = begin(job) ? command(job, argv + first) : CTL_USAGE;
    zone_free(&job->zone);
    return code;
}

bool ticket_job_time(const struct ticket_job *job, const char *name,
                     const char *text, int64_t *at_ms)
{
    char why[LOCAL_TIME_WHY];

    if (text == NULL || local_time_read(&job->local, text, at_ms, why))
        return true;
    options_wrong(job->command, "%s %.60s: %s", name, text, why);
    return false;
}

int ticket_job_filter(struct ticket_job *job)
{
    for (size_t i = 0; i < job->statuses.n; i++) {
        if (!ticket_filter_add_status(&job->filter, job->statuses.items[i]))
            return options_wrong(job->command,
                                 "--status %s: must be open, resolved, closed, "
                                 "merged, cancelled or all",
                                 job->statuses.items[i]);
    }
    if (!ticket_job_time(job, "--from", job->from, &job->filter.created_from) ||
        !ticket_job_time(job, "--to", job->to, &job->filter.created_before))
        return CTL_USAGE;
    return CTL_OK;
}

/* ----------------------------------------------------------- the state topic
 */

struct reading {
    struct ticket_states *states;
    unsigned long damaged;
    bool newer;
};

static void take(void *context, const rd_kafka_message_t *msg)
{
    struct reading *r = context;

    switch (ticket_states_take(r->states, msg->key, msg->key_len, msg->payload,
                               msg->len)) {
    case STATUS_FATAL:
        r->newer = true;
        return;
    case STATUS_OK:
        return;
    default:
        r->damaged++;
    }
}

static bool add_partitions(struct topic_scan *scan, const char *topic,
                           const bool *partitions, int32_t n)
{
    if (partitions == NULL)
        return topic_scan_add(scan, topic, TOPIC_SCAN_ALL, TOPIC_SCAN_WHOLE);
    for (int32_t i = 0; i < n; i++)
        if (partitions[i] && !topic_scan_add(scan, topic, i, TOPIC_SCAN_WHOLE))
            return false;
    return true;
}

static bool read_topic(const struct ticket_job *job, struct reading *r,
                       const bool *partitions, int32_t n)
{
    const char *topic = job->topics.names[CTL_STATE];
    struct topic_scan *scan = topic_scan_new(&job->kafka);
    struct progress progress;
    bool good;

    progress_begin(&progress, stderr, clock_steady_us() / US_PER_MS);
    good = scan != NULL && add_partitions(scan, topic, partitions, n) &&
           topic_scan_read(scan, take, r, &progress);
    topic_scan_free(&scan);
    return good;
}

struct ticket_states *ticket_job_states(const struct ticket_job *job,
                                        const struct ticket_wish *wish,
                                        const bool *partitions,
                                        int32_t n_partitions)
{
    struct reading r = {.states = ticket_states_new(wish)};
    bool good = read_topic(job, &r, partitions, n_partitions);

    if (good && r.newer) {
        good = false;
        ticket_job_failed(job,
                          "%s was written by a newer dispatcher; use its "
                          "dispatchctl",
                          job->topics.names[CTL_STATE]);
    }
    if (r.damaged > 0)
        ticket_job_failed(job, "%lu records of %s are no tickets' states",
                          r.damaged, job->topics.names[CTL_STATE]);
    if (!good)
        ticket_states_free(&r.states);
    else
        ticket_states_sort(r.states);
    return r.states;
}
