/*
 * The partitions a worker owns, and how far each one is.
 */
#ifndef DISPATCHER_PARTITIONS_H
#define DISPATCHER_PARTITIONS_H

#include "consumer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct partition_metrics;

struct owned {
    int32_t partition;
    int64_t committed; /* or OFFSET_NONE */
    int64_t next;      /* behind the last record whose outputs were sent */
    struct partition_metrics *metrics; /* shows `committed` */
};

struct partitions {
    struct owned *items; /* sorted by partition */
    size_t n;
    struct partition_offset *offsets; /* scratch for n items */
};

/* Owns exactly these from now on, none of them with an offset yet. */
void partitions_set(struct partitions *p, const int32_t *ids, size_t n);
void partitions_deinit(struct partitions *p);

/* NULL when it is not owned. */
struct owned *partitions_find(const struct partitions *p, int32_t partition);

/* All of them, at their committed offsets; returns p->offsets. */
struct partition_offset *partitions_committed(struct partitions *p);

/* Takes over what the broker says is committed; `next` begins there. */
void partitions_rewound(struct partitions *p);

/* Those that moved since they were committed go to p->offsets; how many. */
size_t partitions_moved(struct partitions *p);

/* What moved is committed now. */
void partitions_commit(struct partitions *p);

#endif
