/*
 * The URL of a Redis: redis://user:password@host:port/db, rediss:// with TLS,
 * unix:///path?db=1. Everything but the scheme and the path may be left out;
 * user and password are percent-encoded where need be.
 *
 * sentinel://user:password@host:port,host:port/service/db asks these Sentinels
 * which Redis is the service's master. The login is that of Redis;
 * ?sentinel=user:password at the end is the Sentinels' own.
 */
#ifndef DISPATCHER_REDIS_ADDRESS_H
#define DISPATCHER_REDIS_ADDRESS_H

#include "status.h"

#include <stdbool.h>
#include <stddef.h>

struct redis_host {
    char *name;
    int port;
};

enum { REDIS_SENTINELS_MAX = 16 };

/* What stands before the Sentinels' own login, which ends the URL. */
#define REDIS_SENTINEL_LOGIN "?sentinel="

struct redis_login {
    char *user;     /* NULL: Redis's default user */
    char *password; /* NULL: none */
};

struct redis_address {
    char *host; /* NULL: a unix socket, or Sentinels know it */
    int port;
    char *service; /* that Sentinels watch, or NULL */
    struct redis_host *sentinels;
    size_t n_sentinels;
    struct redis_login sentinel_login;
    bool is_sentinel; /* the server itself is one: for messages */
    char *path;       /* of the unix socket, or NULL */
    struct redis_login login;
    int database;
    bool tls;
};

/* On false *out is untouched and `why` says what is wrong, never with the URL
 * itself: a password may be in it. */
enum { REDIS_WHY_SIZE = 256 };
MUST_CHECK bool redis_address_parse(const char *url, struct redis_address *out,
                                    char why[REDIS_WHY_SIZE]);

void redis_address_deinit(struct redis_address *address);

/* "127.0.0.1:6379/0", "/run/redis.sock?db=0" or "the master of SERVICE", for
 * messages; no password. Returns text. */
enum { REDIS_NAME_SIZE = 160 };
const char *redis_address_name(const struct redis_address *address,
                               char text[REDIS_NAME_SIZE]);

#endif
