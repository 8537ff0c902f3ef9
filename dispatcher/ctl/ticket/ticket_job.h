/*
 * What dispatchctl redispatch and the sub-commands of dispatchctl ticket share:
 * their options, the names of the topics, the city's time.
 */
#ifndef DISPATCHER_TICKET_JOB_H
#define DISPATCHER_TICKET_JOB_H

#include "ctl_kafka.h"
#include "ctl_topics.h"
#include "live_catalogue.h"
#include "local_time.h"
#include "status.h"
#include "ticket_filter.h"
#include "ticket_verbs.h"

#include <stdbool.h>
#include <stddef.h>

struct ticket_states;
struct ticket_wish;
struct topic_scan;
struct zone;

/* Each wait for Redis: it helps, but nobody waits long for it. */
enum { TICKET_REDIS_MS = 5000 };

struct ticket_job {
    const char *command; /* "ticket show", for messages */

    /* Options. */
    struct ctl_kafka kafka;
    struct ctl_topics topics;
    struct live_catalogue live;
    const char *zone_name;
    bool json;
    bool contacts;
    /* Of list, and of the verbs without ids. */
    struct ticket_filter filter;
    struct option_list statuses;
    const char *from;
    const char *to;
    bool count;
    /* Of the verbs. */
    const struct ticket_verb *verb;
    struct verb_values values;
    const char *event_id;
    const char *at;
    const char *source;
    const char *actor;
    const char *actor_department;
    bool force;
    bool dry_run;
    bool yes;
    bool wait;
    long timeout_s;

    /* Of redispatch. */
    struct option_list versions;
    struct option_list also;

    /* What the job works with. */
    int64_t now_ms;
    struct local_time local;
    struct zone *zone; /* what `local` points to */
};

/* The defaults of all options. `command` is borrowed. */
struct ticket_job ticket_job_default(const char *command);

/* Reads the command line, finds the city's zone (--zone, else the
 * catalogue's) and calls the command with its operands, which end in NULL.
 * Returns an exit code. */
int ticket_job_run(struct ticket_job *job, const struct command_line *line,
                   int argc, char **argv,
                   int (*command)(struct ticket_job *job, char **operands));

/* Says why and returns CTL_FAILED. */
int ticket_job_failed(const struct ticket_job *job, const char *format, ...)
    PRINTF_LIKE(2, 3);

/* Fills the filter from what was given as texts; CTL_OK, or CTL_USAGE and
 * said. */
int ticket_job_filter(struct ticket_job *job);

/* Reads an option that is a time, if it was given; *at_ms is untouched
 * otherwise. False, and said. */
MUST_CHECK bool ticket_job_time(const struct ticket_job *job, const char *name,
                                const char *text, int64_t *at_ms);

/* The sorted states that are wanted. `partitions`: of the state topic, those
 * that are set (NULL: all); it has as many as the tickets topic. NULL, and
 * said, when they cannot be read. */
MUST_CHECK struct ticket_states *
ticket_job_states(const struct ticket_job *job, const struct ticket_wish *wish,
                  const bool *partitions, int32_t n_partitions);

/* Prints a table of tickets, at most `max`, and how many more there are. */
void ticket_list_print(const struct ticket_job *job,
                       struct ticket_states *states, size_t max);

/* The sub-commands; operands end in NULL. They return an exit code. */
int ticket_show_command(struct ticket_job *job, char **operands);
int ticket_list_command(struct ticket_job *job, char **operands);
int ticket_verb_command(struct ticket_job *job, char **operands);

/* How long those that publish wait for the dispatcher. */
enum { TICKET_MAX_WAIT_S = 3600 };
#define TICKET_TIMEOUT_OPTION                                                  \
    {                                                                          \
        .name = "timeout", .argument = "SECONDS", .kind = OPTION_NUMBER,       \
        .offset = offsetof(struct ticket_job, timeout_s),                      \
        .help = "with --wait: at most so long [30]", .min = 1,                 \
        .max = TICKET_MAX_WAIT_S                                               \
    }

#endif
