/*
 * Which Redis is the master of a service, as Sentinels see it.
 */
#ifndef DISPATCHER_REDIS_SENTINEL_H
#define DISPATCHER_REDIS_SENTINEL_H

#include "redis_address.h"
#include "redis_client.h"
#include "status.h"

/* Asks the Sentinels of `address` one after the other until one of them knows
 * the master; *master, to be freed with redis_address_deinit, is its address
 * with login and database. Takes `timeout_ms` at most for all of them
 * together. False with the reason in `why`. */
MUST_CHECK bool redis_sentinel_ask(const struct redis_address *address,
                                   int timeout_ms, struct redis_address *master,
                                   char why[REDIS_WHY_SIZE]);

/* Whether this server is a master now: during a failover a Sentinel may still
 * name the old one, and an old one comes back as a replica. STATUS_RETRY with
 * the reason in `why` when it is not. */
MUST_CHECK enum status redis_sentinel_verify(struct redis_client *c,
                                             char why[REDIS_WHY_SIZE]);

#endif
