/*
 * One measurement: which partitions are owned, where do they end, since when
 * does their oldest record wait.
 */
#include "lag.h"

#include "clock.h"
#include "kafka_conf.h"
#include "kafka_destroy.h"
#include "log.h"
#include "memory.h"
#include "metrics_lag.h"
#include "offsets.h"
#include "ticker.h"

#include <assert.h>
#include <stdlib.h>

enum {
    PAUSE_MS = 200,   /* between two measurements */
    ANSWER_MS = 1000, /* the broker's time for one answer */
};

struct lag {
    struct offsets *offsets;
    struct metrics *metrics;
    struct ticker *ticker;
};

static_assert((int)OFFSETS_NONE == (int)METRIC_OFFSET_NONE, "one meaning");
static_assert(OFFSETS_UNKNOWN == -1, "as in a row of the metrics");

/* ------------------------------------------------------- one measurement */

/* The group's offsets, for partitions whose worker does not know them yet: it
 * may wait for a transaction, or for the first catalogue. */
static bool read_committed(struct lag *lag, struct offsets_row *rows, size_t n,
                           char *why)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].committed == OFFSETS_UNKNOWN)
            return offsets_read_committed(lag->offsets, rows, n, ANSWER_MS,
                                          why);
    return true;
}

/* Reads the timestamps that nobody knows: not where a worker takes records,
 * and not again as long as nothing was committed. */
static bool read_waiting(struct lag *lag, const struct metrics_owned *owned,
                         const struct offsets_row *rows,
                         struct metrics_measured *measured, size_t n, char *why)
{
    struct offsets_row *asked = memory_new_array(n, sizeof *asked);
    size_t *places = memory_new_array(n, sizeof *places);
    size_t n_asked = 0;
    bool ok;

    for (size_t i = 0; i < n; i++) {
        int64_t next = offsets_next(&rows[i]);

        if (next < 0 || rows[i].stable_end <= next || owned[i].moving ||
            owned[i].oldest_offset == next)
            continue;
        places[n_asked] = i;
        asked[n_asked++] = rows[i];
    }
    ok = offsets_read_waiting(lag->offsets, asked, n_asked, ANSWER_MS, why);
    for (size_t i = 0; i < n_asked; i++) {
        struct metrics_measured *m = &measured[places[i]];

        m->oldest_ms = asked[i].waiting_ms;
        m->oldest_offset = offsets_next(&asked[i]);
    }
    free(places);
    free(asked);
    return ok;
}

/* Lag without knowing since when would be half an answer. */
static void store(struct lag *lag, const struct metrics_owned *owned,
                  const struct offsets_row *row,
                  struct metrics_measured *measured)
{
    if (measured->oldest_offset >= 0 && measured->oldest_ms < 0)
        return;
    measured->committed = row->committed;
    measured->begin = row->begin;
    measured->stable_end = row->stable_end;
    measured->high_end = row->high_end;
    metrics_measured(lag->metrics, owned, measured);
}

static bool measure(struct lag *lag, const struct metrics_owned *owned,
                    size_t n, char *why)
{
    struct offsets_row *rows = memory_new_array(n, sizeof *rows);
    struct metrics_measured *measured = memory_new_array(n, sizeof *measured);
    bool ok;

    for (size_t i = 0; i < n; i++) {
        rows[i] = offsets_row(owned[i].partition);
        rows[i].committed = owned[i].committed;
        measured[i] =
            (struct metrics_measured){.oldest_offset = -1, .oldest_ms = -1};
    }
    ok = read_committed(lag, rows, n, why) &&
         offsets_read_ends(lag->offsets, rows, n, ANSWER_MS, why) &&
         read_waiting(lag, owned, rows, measured, n, why);
    for (size_t i = 0; i < n; i++)
        store(lag, &owned[i], &rows[i], &measured[i]);
    free(measured);
    free(rows);
    return ok;
}

/* Why it fails is the probe's to tell; here it shows as the age of the
 * figures. */
static int turn(void *opaque)
{
    struct lag *lag = opaque;
    struct metrics_owned *owned;
    size_t n = metrics_owned(lag->metrics, &owned);
    int64_t now_ms = clock_wall_ms();
    char why[OFFSETS_WHY_SIZE] = "";
    struct log_text text;

    if (!n || measure(lag, owned, n, why))
        metrics_lag_current(lag->metrics, now_ms);
    else
        log_debug("lag_unknown", "reason=%s", log_value(&text, why));
    free(owned);
    return PAUSE_MS;
}

/* ---------------------------------------------------------- life cycle */

/* Troubles of connections are the probe's to tell; without this callback
 * librdkafka would log them. */
static void drop_error(rd_kafka_t *rk, int code, const char *reason,
                       void *opaque)
{
    (void)rk;
    (void)code;
    (void)reason;
    (void)opaque;
}

static rd_kafka_t *new_client(const struct settings *cfg,
                              void (*configure)(rd_kafka_conf_t *), char *why)
{
    rd_kafka_conf_t *conf = kafka_conf_new(cfg, CLIENT_PROBE, 0, 0, why);
    rd_kafka_t *rk = NULL;

    if (!conf)
        return NULL;
    configure(conf);
    rd_kafka_conf_set_error_cb(conf, drop_error);
    if (rd_kafka_conf_set(conf, "log_level", "2", why, KAFKA_WHY_SIZE) ==
            RD_KAFKA_CONF_OK &&
        rd_kafka_conf_set(conf, "group.id", cfg->group_id, why,
                          KAFKA_WHY_SIZE) == RD_KAFKA_CONF_OK)
        rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, KAFKA_WHY_SIZE);
    if (!rk)
        rd_kafka_conf_destroy(conf);
    return rk;
}

struct lag *lag_start(const struct settings *cfg, struct metrics *metrics,
                      char *why)
{
    rd_kafka_t *stable = new_client(cfg, offsets_configure_stable, why);
    rd_kafka_t *high =
        stable ? new_client(cfg, offsets_configure_high, why) : NULL;
    struct lag *lag;

    if (!high) {
        if (stable)
            kafka_destroy(stable);
        return NULL;
    }
    lag = memory_new(sizeof *lag);
    *lag =
        (struct lag){.offsets = offsets_new(stable, high, cfg->topic_tickets),
                     .metrics = metrics};
    lag->ticker = ticker_start("lag", turn, lag);
    return lag;
}

void lag_stop(struct lag **lag)
{
    if (!*lag)
        return;
    ticker_stop(&(*lag)->ticker);
    offsets_free(&(*lag)->offsets);
    free(*lag);
    *lag = NULL;
}
