/*
 * The daemon: settings, threads, signals, end.
 *
 *   main      signals, rates, supervision
 *   probe     are broker and topics there?
 *   lag       how far behind are the owned partitions?
 *   catalogue the current snapshot, from Redis
 *   worker 0..n-1  the work
 *   http, watchdog
 */
#include "catalogue_watch.h"
#include "clock.h"
#include "health.h"
#include "healthcheck.h"
#include "http.h"
#include "kafka_conf.h"
#include "kafka_destroy.h"
#include "lag.h"
#include "log.h"
#include "memory.h"
#include "metrics.h"
#include "probe.h"
#include "settings.h"
#include "standard_files.h"
#include "steady_waits.h"
#include "watchdog.h"
#include "worker.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    EXIT_USAGE = 64,
    EXIT_CONFIGURATION = 78,
    TURN_MS = 100, /* of the main thread */
    /* Calls into a broker that is gone may not return: after this the process
     * leaves without them. What was open is aborted by the next start. */
    LEAVE_MS = 5000,
    DESTROY_MS = 1500, /* the same for clients that take their time */
};

struct process {
    struct settings cfg;
    atomic_bool stopping;
    bool failed;
    sigset_t signals;
    struct metrics *metrics;
    struct health *health;
    struct watchdog *watchdog;
    struct http *http;
    struct catalogue_watch *catalogue;
    struct probe *probe;
    struct lag *lag;
    struct worker **workers; /* NULL until broker and topics are there */
};

/* ----------------------------------------------------------------------
 * signals */

static void block_signals(struct process *p)
{
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&p->signals);
    sigaddset(&p->signals, SIGTERM);
    sigaddset(&p->signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &p->signals, NULL);
}

/* One turn of the main thread; true when a signal asks to stop. */
static bool asked_to_stop(const struct process *p)
{
    const struct timespec turn = {.tv_nsec = TURN_MS * 1000000L};

    return sigtimedwait(&p->signals, NULL, &turn) > 0;
}

/* ------------------------------------------------------------------------
 * start */

static bool start_catalogue(struct process *p)
{
    const struct catalogue_watch_options options = {
        .url = p->cfg.redis_url,
        .prefix = p->cfg.redis_prefix,
        .cache_path = p->cfg.catalogue_cache,
        .topics = p->cfg.topics_departments,
        .health = p->health,
        .metrics = p->metrics,
    };

    p->catalogue = catalogue_watch_start(&options);
    return p->catalogue;
}

static bool start(struct process *p)
{
    unsigned workers = (unsigned)p->cfg.workers;
    char why[KAFKA_WHY_SIZE];
    struct log_text text;

    p->metrics = metrics_new(workers);
    p->health = health_new(workers);
    p->watchdog = watchdog_start(workers, p->cfg.watchdog_ms);
    if (!start_catalogue(p))
        return false;
    p->http = http_start(&(struct http_view){.cfg = &p->cfg,
                                             .metrics = p->metrics,
                                             .health = p->health,
                                             .watchdog = p->watchdog,
                                             .catalogue = p->catalogue,
                                             .started_ms = clock_wall_ms()});
    if (!p->http)
        return false;
    p->probe = probe_start(&p->cfg, p->health, why);
    if (p->probe)
        p->lag = lag_start(&p->cfg, p->metrics, why);
    if (!p->lag)
        log_error("start_failed", "reason=%s", log_value(&text, why));
    return p->lag;
}

static void start_workers(struct process *p, const struct topics_facts *facts)
{
    const struct worker_options options = {
        .cfg = &p->cfg,
        .max_message_size = facts->max_message_size,
        .tickets_partitions = facts->tickets_partitions,
        .catalogue = p->catalogue,
        .health = p->health,
        .metrics = p->metrics,
        .watchdog = p->watchdog,
        .stopping = &p->stopping,
    };

    p->workers = memory_new_array((size_t)p->cfg.workers, sizeof *p->workers);
    for (int i = 0; i < p->cfg.workers; i++)
        p->workers[i] = worker_start(&options, i);
    log_info("started", "workers=%d max_message_size=%zu", p->cfg.workers,
             facts->max_message_size);
}

/* ------------------------------------------------------------------
 * supervision */

/* Whether all workers have ended; notes one that failed. */
static bool workers_ended(struct process *p)
{
    bool all = true;

    for (int i = 0; p->workers && i < p->cfg.workers; i++) {
        bool failed;

        all = worker_ended(p->workers[i], &failed) && all;
        p->failed = p->failed || failed;
    }
    return all;
}

static void supervise(struct process *p)
{
    struct topics_facts facts;
    int64_t ticked_us = clock_steady_us();

    while (!p->failed && !asked_to_stop(p)) {
        enum status status = probe_facts(p->probe, &facts);

        if (status == STATUS_OK && !p->workers)
            start_workers(p, &facts);
        p->failed = status == STATUS_FATAL;
        workers_ended(p);
        if (clock_is_over(ticked_us, 1000000)) {
            ticked_us = clock_steady_us();
            metrics_tick(p->metrics, clock_wall_ms());
        }
    }
}

/* -------------------------------------------------------------------------
 * stop */

static void leave_now(struct process *p, const char *why)
{
    log_warn("left", "reason=%s", why);
    _exit(p->failed ? EXIT_FAILURE : EXIT_SUCCESS);
}

/* Workers end their transactions. Nothing they hold needs more than the
 * process to end, so a call that hangs is not waited for. */
static void stop_workers(struct process *p)
{
    int64_t begun_us = clock_steady_us();

    atomic_store(&p->stopping, true);
    log_info("stopping", "failed=%s", p->failed ? "yes" : "no");
    while (!workers_ended(p)) {
        if (asked_to_stop(p))
            leave_now(p, "\"second signal\"");
        if (clock_steady_us() - begun_us > (int64_t)LEAVE_MS * 1000)
            leave_now(p, "\"a call to the broker does not return\"");
    }
    for (int i = 0; p->workers && i < p->cfg.workers; i++)
        worker_join(&p->workers[i]);
    free(p->workers);
    p->workers = NULL;
}

static void stop(struct process *p)
{
    stop_workers(p);
    http_stop(&p->http);
    catalogue_watch_stop(&p->catalogue);
    probe_stop(&p->probe);
    lag_stop(&p->lag);
    watchdog_stop(&p->watchdog);
    metrics_free(&p->metrics);
    health_free(&p->health);
    if (!kafka_destroy_wait(DESTROY_MS))
        leave_now(p, "\"a client takes its time\"");
    log_info("stopped", "failed=%s", p->failed ? "yes" : "no");
}

static int serve(struct process *p)
{
    log_setup(p->cfg.log_level, p->cfg.log_format);
    steady_waits_use();
    block_signals(p);
    p->failed = !start(p);
    if (!p->failed)
        supervise(p);
    stop(p);
    return p->failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* The last thing that can be wrong with the settings by themselves. */
static bool kafka_is_right(const struct settings *cfg)
{
    char why[KAFKA_WHY_SIZE];

    if (kafka_conf_try(cfg, why))
        return true;
    fprintf(stderr, "the settings kafka.*: %s\n", why);
    return false;
}

static int check(const struct process *p)
{
    settings_print(&p->cfg, stdout);
    return kafka_destroy_wait(DESTROY_MS) ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    static struct process process;
    struct settings_args args = {0};
    int result = EXIT_SUCCESS;

    if (!standard_files_reserve())
        return EXIT_FAILURE;
    if (settings_read(&process.cfg, &args, argc, argv, stderr) != STATUS_OK)
        result = args.usage ? EXIT_USAGE : EXIT_CONFIGURATION;
    else if (args.help)
        settings_help(stdout);
    else if (args.version)
        puts("dispatcher " DISPATCHER_VERSION);
    else if (args.healthcheck)
        result = healthcheck(&process.cfg);
    else if (!kafka_is_right(&process.cfg))
        result = EXIT_CONFIGURATION;
    else if (args.check)
        result = check(&process);
    else
        result = serve(&process);
    settings_deinit(&process.cfg);
    return result;
}
