/*
 * Letting go of a librdkafka client without waiting for it.
 *
 * rd_kafka_destroy takes a second now and then (2.8), which neither a loop
 * that makes a new producer nor a process that must end within two seconds
 * has to spare.
 */
#ifndef DISPATCHER_KAFKA_DESTROY_H
#define DISPATCHER_KAFKA_DESTROY_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>

/* Destroys the client, which is taken, on a thread of its own. */
void kafka_destroy(rd_kafka_t *rk);

/* As above, and then frees `opaque`: until the end the client's threads may
 * call back, with what they have to log for example. */
void kafka_destroy_with(rd_kafka_t *rk, void *opaque);

/* Waits until all are destroyed; false when that takes longer. */
bool kafka_destroy_wait(int timeout_ms);

#endif
