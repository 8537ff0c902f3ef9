/*
 * TLS to Redis, where hiredis has it (1.0 and later).
 */
#ifndef DISPATCHER_REDIS_TLS_H
#define DISPATCHER_REDIS_TLS_H

#include "redis_address.h"
#include "status.h"

struct redisContext;

/* Begins TLS on a connected context. The server must show a certificate for
 * `host` that the system's authorities signed (or those that SSL_CERT_FILE
 * and SSL_CERT_DIR name). False with the reason in `why`. */
MUST_CHECK bool redis_tls_begin(struct redisContext *context, const char *host,
                                const char *name, char why[REDIS_WHY_SIZE]);

#endif
