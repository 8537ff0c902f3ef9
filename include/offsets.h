/*
 * Where a consumer group stands in a topic, asked from outside: what it has
 * committed, where the partitions end, since when its next record waits.
 *
 *   begin ... committed ... waiting record ... stable end ... high end
 *                |<------------- lag ------------>|<- held back ->|
 *
 * Two clients that join no group: one reads as the dispatcher does
 * (read_committed), for which a partition ends at the last stable offset; the
 * other sees open transactions as well, for which it ends at the high
 * watermark. Neither waits for a transaction of anybody.
 */
#ifndef DISPATCHER_OFFSETS_H
#define DISPATCHER_OFFSETS_H

#include "status.h"

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct offsets;

enum { OFFSETS_UNKNOWN = -1, OFFSETS_NONE = -2 };
enum { OFFSETS_WHY_SIZE = 256 };

/* One partition. Figures are set on success only. */
struct offsets_row {
    int32_t partition;
    int64_t committed;  /* OFFSETS_NONE: nothing was ever committed */
    int64_t begin;      /* the oldest record; read only without `committed` */
    int64_t stable_end; /* last stable offset */
    int64_t high_end;   /* high watermark */
    int64_t waiting_ms; /* timestamp of the first record that a read_committed
                           reader has before it; 0: there is none */
};

/* The settings of the two clients, to be given their group.id and their
 * brokers by the caller. */
void offsets_configure_stable(rd_kafka_conf_t *conf);
void offsets_configure_high(rd_kafka_conf_t *conf);

/* Takes both clients. Never NULL. */
struct offsets *offsets_new(rd_kafka_t *stable, rd_kafka_t *high,
                            const char *topic);

/* Sets *o to NULL. NULL is allowed. */
void offsets_free(struct offsets **o);

/* A row in which nothing is known. */
struct offsets_row offsets_row(int32_t partition);

/* Where the group goes on reading, as far as that is known. */
int64_t offsets_next(const struct offsets_row *row);

/* Each fills in what its name says for n rows, and returns false, with a
 * reason in why[OFFSETS_WHY_SIZE], when that did not succeed for all of them.
 *
 * Asked for in this order they never give a negative lag, nor records held
 * back that are not: what moves up meanwhile is asked for last. */
MUST_CHECK bool offsets_read_committed(struct offsets *o,
                                       struct offsets_row *rows, size_t n,
                                       int timeout_ms, char *why);
MUST_CHECK bool offsets_read_ends(struct offsets *o, struct offsets_row *rows,
                                  size_t n, int timeout_ms, char *why);

/* Reads one record for each row that has lag; the others get 0. */
MUST_CHECK bool offsets_read_waiting(struct offsets *o,
                                     struct offsets_row *rows, size_t n,
                                     int timeout_ms, char *why);

#endif
