/*
 * murmur2 as Kafka's Java client hashes keys, so that a record lies in the
 * partition where any other client puts it (docs/messages.md).
 */
#ifndef DISPATCHER_MURMUR2_H
#define DISPATCHER_MURMUR2_H

#include <stddef.h>
#include <stdint.h>

/* org.apache.kafka.common.utils.Utils.murmur2 */
uint32_t murmur2(const void *bytes, size_t size);

/* The partition of a key among `partitions` > 0: toPositive(hash) modulo
 * partitions, as BuiltInPartitioner.partitionForKey. */
int32_t murmur2_partition(const void *key, size_t size, int32_t partitions);

#endif
