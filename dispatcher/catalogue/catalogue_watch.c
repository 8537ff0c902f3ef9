/*
 * The thread that follows the catalogue in Redis.
 *
 *   connect ──> heard of a change? ──> quiet for 50 ms ──> read ──> gate
 *      ^              │ none: heartbeat                              │
 *      └── any loss ──┴──────────────────────────────────── swap ────┘
 *
 * Two connections, one that hears and one that reads, live and die together.
 * After each connect everything is read: what happened meanwhile is found out,
 * not assumed.
 */
#include "catalogue_watch.h"

#include "calendars_watch.h"
#include "catalogue.h"
#include "catalogue_cache.h"
#include "catalogue_gate.h"
#include "clock.h"
#include "health.h"
#include "log.h"
#include "memory.h"
#include "metrics.h"
#include "redis_client.h"
#include "redis_tables.h"
#include "redis_tracker.h"
#include "snapshots.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CALL_MS = 2000, /* one call to Redis */
    READ_MS = 5000, /* one that may be about a million rules */
    HEARTBEAT_MS = 1000,
    QUIET_MS = 50,  /* a burst of edits is over */
    BURST_MS = 500, /* or is not waited for any longer */
    BACKOFF_MIN_MS = 100,
    BACKOFF_MAX_MS = 5000,
};

struct catalogue_watch {
    struct redis_address address;
    char *prefix;
    char *cache_path; /* "": none */
    char *topics;     /* NULL: not checked */
    struct health *health;
    struct metrics *metrics;

    pthread_t thread;
    atomic_bool stopping;
    int wake_fd; /* to end a wait: stopping, or something to collect */
    struct snapshots *snapshots;

    pthread_mutex_t lock; /* of the status and of the connections' life */
    struct catalogue_watch_status status;
    struct redis_client *client;
    struct redis_tracker *tracker;

    /* For the thread alone. */
    struct catalogue_tables *tables; /* as last read */
    struct catalogue_gate gate;
    unsigned changed; /* tables to be read: bit i is table i */
    bool disturbed;   /* the last read was: the next one is done at once */
    bool unreadable;  /* the last read failed; the next one takes them all */
    int backoff_ms;
};

/* --------------------------------------------------------------- status */

static void show_connection(struct catalogue_watch *w, bool connected,
                            const char *text)
{
    struct catalogue_watch_status *s = &w->status;

    pthread_mutex_lock(&w->lock);
    if (s->connected != connected || s->connected_since == 0)
        s->connected_since = clock_wall_ms();
    s->connected = connected;
    snprintf(s->connection, sizeof s->connection, "%s", text);
    pthread_mutex_unlock(&w->lock);
    if (w->health != NULL)
        health_set(w->health, 0, HEALTH_REDIS, connected, "%s", text);
}

/* What is in force is, as far as anyone knows, what Redis holds. */
static void show_confirmed(struct catalogue_watch *w)
{
    bool confirmed;

    pthread_mutex_lock(&w->lock);
    confirmed = w->status.loaded && w->status.refusal[0] == '\0';
    if (confirmed) {
        w->status.confirmed_at = clock_wall_ms();
        w->status.stale = false;
    }
    pthread_mutex_unlock(&w->lock);
    if (!confirmed)
        return;
    if (w->metrics != NULL)
        metrics_catalogue_current(w->metrics, clock_wall_ms());
    if (w->health != NULL)
        health_set(w->health, 0, HEALTH_CATALOGUE, true, "version %s",
                   w->gate.version);
}

static void count_load(struct catalogue_watch *w, enum metric_load result)
{
    if (w->metrics != NULL)
        metrics_catalogue_load(w->metrics, result);
}

/* Logged when it is news, counted always. */
static void show_refusal(struct catalogue_watch *w, const char *why)
{
    struct log_text text;
    bool is_news, loaded;

    pthread_mutex_lock(&w->lock);
    is_news = strncmp(w->status.refusal, why, CATALOGUE_WHY_SIZE - 1) != 0;
    loaded = w->status.loaded;
    w->status.refused++;
    w->status.refused_at = clock_wall_ms();
    snprintf(w->status.refusal, sizeof w->status.refusal, "%s", why);
    pthread_mutex_unlock(&w->lock);
    count_load(w, METRIC_LOAD_REFUSED);
    if (is_news)
        log_warn("catalogue_refused", "version_kept=%s reason=%s",
                 loaded ? w->gate.version : "none", log_value(&text, why));
    if (w->health == NULL)
        return;
    if (loaded)
        health_set(w->health, 0, HEALTH_CATALOGUE, true,
                   "version %s stays in use; refused: %s", w->gate.version,
                   why);
    else
        health_set(w->health, 0, HEALTH_CATALOGUE, false, "%s", why);
}

static void clear_refusal(struct catalogue_watch *w)
{
    pthread_mutex_lock(&w->lock);
    w->status.refusal[0] = '\0';
    pthread_mutex_unlock(&w->lock);
}

/* ------------------------------------------------------------- snapshots */

static void publish(struct catalogue_watch *w, struct catalogue *cat,
                    bool stale)
{
    size_t routes = catalogue_routes_count(cat);
    int64_t now_ms = clock_wall_ms();

    calendars_watch(cat, w->metrics, now_ms);
    snapshots_publish(w->snapshots, &cat);
    snapshots_collect(w->snapshots);
    pthread_mutex_lock(&w->lock);
    w->status.loaded = true;
    w->status.stale = stale;
    memcpy(w->status.version, w->gate.version, sizeof w->gate.version);
    w->status.version_number = w->gate.number;
    w->status.routes = routes;
    w->status.loaded_at = now_ms;
    w->status.loads++;
    pthread_mutex_unlock(&w->lock);
    if (w->metrics != NULL)
        metrics_catalogue_live(w->metrics, w->gate.version, w->gate.number,
                               routes, now_ms);
    log_info("catalogue_loaded", "version=%s routes=%zu source=%s",
             w->gate.version, routes, stale ? "cache" : "redis");
}

static void write_cache(const struct catalogue_watch *w)
{
    char why[CACHE_WHY_SIZE];
    struct log_text text;

    if (w->cache_path[0] != '\0' &&
        !catalogue_cache_write(w->cache_path, w->tables, why))
        log_warn("catalogue_cache_not_written", "reason=%s",
                 log_value(&text, why));
}

/* The tables are read: may they come into force? */
static void apply(struct catalogue_watch *w)
{
    struct catalogue *cat = NULL;
    char why[GATE_WHY_SIZE];
    enum gate_result result = gate_try(&w->gate, w->tables, &cat, why);

    if (result == GATE_REFUSED) {
        show_refusal(w, why);
        return;
    }
    clear_refusal(w);
    if (result == GATE_NEW) {
        publish(w, cat, false);
        count_load(w, METRIC_LOAD_ACCEPTED);
        write_cache(w);
    }
    show_confirmed(w);
}

/* The catalogue of the last run, until Redis gives a newer one. */
static void apply_cache(struct catalogue_watch *w)
{
    struct catalogue_tables *tables;
    struct catalogue *cat = NULL;
    char why[GATE_WHY_SIZE]; /* the longer of both */
    struct log_text text;
    enum status status;

    if (w->cache_path[0] == '\0')
        return;
    tables = tables_new();
    status = catalogue_cache_read(w->cache_path, tables, why);
    if (status == STATUS_OK) {
        if (gate_try(&w->gate, tables, &cat, why) != GATE_NEW)
            status = STATUS_REJECT;
    }
    if (status == STATUS_REJECT)
        log_warn("catalogue_cache_refused", "reason=%s", log_value(&text, why));
    if (status == STATUS_OK) {
        publish(w, cat, true);
        if (w->health != NULL)
            health_set(w->health, 0, HEALTH_CATALOGUE, true,
                       "version %s of the cache file; Redis has not "
                       "confirmed it yet",
                       w->gate.version);
    }
    tables_free(&tables);
}

/* ------------------------------------------------------------ connections */

static void disconnect(struct catalogue_watch *w)
{
    struct redis_tracker *tracker;
    struct redis_client *client;

    pthread_mutex_lock(&w->lock);
    tracker = w->tracker;
    client = w->client;
    w->tracker = NULL;
    w->client = NULL;
    pthread_mutex_unlock(&w->lock);
    redis_tracker_close(&tracker);
    redis_client_close(&client);
}

/* Hearing comes first: a change after it cannot be missed. */
static bool connect_both(struct catalogue_watch *w, char why[REDIS_WHY_SIZE])
{
    struct redis_tracker *tracker =
        redis_tracker_open(&w->address, w->prefix, CALL_MS, why);
    struct redis_client *client =
        tracker == NULL ? NULL : redis_client_open(&w->address, READ_MS, why);

    pthread_mutex_lock(&w->lock);
    w->tracker = tracker;
    w->client = client;
    pthread_mutex_unlock(&w->lock);
    if (client == NULL) {
        disconnect(w);
        return false;
    }
    w->changed = TABLES_ALL;
    w->backoff_ms = BACKOFF_MIN_MS;
    show_connection(w, true, redis_client_name(client));
    return true;
}

/* Waits until `fd` (-1: none) is readable, `ms` have passed or the watch
 * stops; true when fd is readable. Frees old snapshots when it is time. */
static bool wait_for(struct catalogue_watch *w, int fd, int ms)
{
    struct pollfd fds[] = {{.fd = w->wake_fd, .events = POLLIN},
                           {.fd = fd, .events = POLLIN}};
    uint64_t wakes;

    if (poll(fds, 2, ms) <= 0)
        return false;
    if (fds[0].revents != 0 &&
        read(w->wake_fd, &wakes, sizeof wakes) == sizeof wakes)
        snapshots_collect(w->snapshots);
    return fds[1].revents != 0;
}

static int64_t steady_ms(void)
{
    return clock_steady_us() / 1000;
}

/* Half of it by chance, so that replicas do not all come back at once. */
static void back_off(struct catalogue_watch *w)
{
    int64_t until_ms;
    uint32_t chance = 0;
    int half = w->backoff_ms / 2;

    if (getrandom(&chance, sizeof chance, 0) != sizeof chance)
        chance = (uint32_t)clock_steady_us();
    until_ms = steady_ms() + half + (int)(chance % (uint32_t)half);
    while (!atomic_load(&w->stopping) && steady_ms() < until_ms)
        wait_for(w, -1, (int)(until_ms - steady_ms()));
    w->backoff_ms *= 2;
    if (w->backoff_ms > BACKOFF_MAX_MS)
        w->backoff_ms = BACKOFF_MAX_MS;
}

/* ------------------------------------------------------------------- turns */

/* Somebody who edits entry by entry is waited for, but not for long. */
static enum status await_end_of_burst(struct catalogue_watch *w,
                                      char why[REDIS_WHY_SIZE])
{
    int64_t until_ms = steady_ms() + BURST_MS;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && !atomic_load(&w->stopping) &&
           steady_ms() < until_ms &&
           wait_for(w, redis_tracker_fd(w->tracker), QUIET_MS))
        status = redis_tracker_sync(w->tracker, &w->changed, why);
    return status;
}

/* Reads what changed. The tables that were read are of one moment; those that
 * were not must not have changed before it, else they are read as well. */
static enum status read_changed(struct catalogue_watch *w,
                                char why[REDIS_WHY_SIZE])
{
    unsigned wanted = w->changed | 1U << TABLE_META;
    unsigned since = 0;
    enum status status;

    for (;;) {
        w->changed = wanted; /* until they are read well */
        status = redis_tables_read(w->client, w->prefix, wanted,
                                   w->disturbed ? REDIS_AT_ONCE : REDIS_RELEASE,
                                   w->tables, why);
        if (status != STATUS_OK)
            return status;
        status = redis_tracker_sync(w->tracker, &since, why);
        if (status != STATUS_OK)
            return status;
        w->disturbed = (since & wanted) != 0;
        if ((since & ~wanted) == 0)
            break;
        wanted |= since;
        since = 0;
    }
    w->changed = since; /* changed again: a next turn */
    return STATUS_OK;
}

/* What Redis holds cannot be read as a catalogue. It is read in full after
 * the next change. */
static void refuse_unreadable(struct catalogue_watch *w, const char *why)
{
    show_refusal(w, why);
    for (int id = 0; id < TABLES; id++)
        tables_clear(w->tables, (enum table_id)id);
    w->changed = 0;
    w->unreadable = true;
}

static enum status heartbeat(struct catalogue_watch *w,
                             char why[REDIS_WHY_SIZE])
{
    enum status status = redis_tracker_sync(w->tracker, &w->changed, why);

    if (status == STATUS_OK)
        status = redis_client_ping(w->client, why);
    if (status == STATUS_OK && w->changed == 0)
        show_confirmed(w);
    return status;
}

/* One turn with both connections; anything but STATUS_OK: they are lost. */
static enum status turn(struct catalogue_watch *w, char why[REDIS_WHY_SIZE])
{
    enum status status;

    if (w->changed == 0) {
        wait_for(w, redis_tracker_fd(w->tracker), HEARTBEAT_MS);
        return atomic_load(&w->stopping) ? STATUS_OK : heartbeat(w, why);
    }
    if (w->unreadable)
        w->changed = TABLES_ALL;
    w->unreadable = false;
    status = await_end_of_burst(w, why);
    if (status == STATUS_OK)
        status = read_changed(w, why);
    if (status == STATUS_OK)
        apply(w);
    if (status != STATUS_REJECT)
        return status;
    refuse_unreadable(w, why);
    return STATUS_OK;
}

/* Turns with both connections until they are lost; true when they served. A
 * connection that did and is made again at once is no outage. */
static bool serve(struct catalogue_watch *w, char why[REDIS_WHY_SIZE])
{
    enum status status;
    bool served = false;

    if (!connect_both(w, why))
        return false;
    do {
        status = turn(w, why);
        served |= status == STATUS_OK;
    } while (status == STATUS_OK && !atomic_load(&w->stopping));
    disconnect(w);
    return served;
}

static void *run(void *context)
{
    struct catalogue_watch *w = context;
    char why[REDIS_WHY_SIZE];
    struct log_text text;

    while (!atomic_load(&w->stopping)) {
        bool served = serve(w, why);

        if (atomic_load(&w->stopping))
            break;
        count_load(w, METRIC_LOAD_FAILED);
        if (served)
            log_info("redis_connection_lost", "reason=%s",
                     log_value(&text, why));
        else
            show_connection(w, false, why);
        back_off(w);
    }
    disconnect(w);
    return NULL;
}

/* --------------------------------------------------------------- interface */

static void watch_free(struct catalogue_watch **watch)
{
    struct catalogue_watch *w = *watch;

    *watch = NULL;
    if (w->wake_fd >= 0)
        close(w->wake_fd);
    snapshots_free(&w->snapshots);
    tables_free(&w->tables);
    redis_address_deinit(&w->address);
    pthread_mutex_destroy(&w->lock);
    free(w->prefix);
    free(w->cache_path);
    free(w->topics);
    free(w);
}

static struct catalogue_watch *
watch_new(const struct catalogue_watch_options *options)
{
    struct catalogue_watch *w = memory_new(sizeof *w);

    w->prefix = memory_copy_text(options->prefix);
    w->cache_path = memory_copy_text(
        options->cache_path == NULL ? "" : options->cache_path);
    if (options->topics != NULL)
        w->topics = memory_copy_text(options->topics);
    w->health = options->health;
    w->metrics = options->metrics;
    w->gate.topics = w->topics;
    w->tables = tables_new();
    w->snapshots = snapshots_new();
    w->backoff_ms = BACKOFF_MIN_MS;
    w->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&w->lock, NULL);
    return w;
}

struct catalogue_watch *
catalogue_watch_start(const struct catalogue_watch_options *options)
{
    struct catalogue_watch *w = watch_new(options);
    char why[REDIS_WHY_SIZE];
    struct log_text text;

    if (!redis_address_parse(options->url, &w->address, why)) {
        log_error("redis_url_wrong", "reason=%s", log_value(&text, why));
        watch_free(&w);
        return NULL;
    }
    apply_cache(w);
    if (w->wake_fd < 0 || pthread_create(&w->thread, NULL, run, w) != 0) {
        log_error("catalogue_thread_failed", "reason=resources");
        watch_free(&w);
    }
    return w;
}

static void wake(struct catalogue_watch *w)
{
    const uint64_t one = 1;

    (void)!write(w->wake_fd, &one, sizeof one);
}

/* Ends a call that waits for an answer. */
static void shut_connections(struct catalogue_watch *w)
{
    pthread_mutex_lock(&w->lock);
    if (w->client != NULL)
        shutdown(redis_client_fd(w->client), SHUT_RDWR);
    if (w->tracker != NULL)
        shutdown(redis_tracker_fd(w->tracker), SHUT_RDWR);
    pthread_mutex_unlock(&w->lock);
}

void catalogue_watch_stop(struct catalogue_watch **w)
{
    if (*w == NULL)
        return;
    atomic_store(&(*w)->stopping, true);
    wake(*w);
    shut_connections(*w);
    pthread_join((*w)->thread, NULL);
    watch_free(w);
}

const struct catalogue *catalogue_watch_take(struct catalogue_watch *w)
{
    return snapshots_take(w->snapshots);
}

void catalogue_watch_release(struct catalogue_watch *w,
                             const struct catalogue *cat)
{
    if (snapshots_release(w->snapshots, cat))
        wake(w);
}

void catalogue_watch_status(struct catalogue_watch *w,
                            struct catalogue_watch_status *out)
{
    pthread_mutex_lock(&w->lock);
    *out = w->status;
    pthread_mutex_unlock(&w->lock);
}
