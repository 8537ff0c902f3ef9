/*
 * One read or write of the tables in Redis: what its steps share. For the
 * files of this folder only.
 */
#ifndef DISPATCHER_REDIS_ACCESS_H
#define DISPATCHER_REDIS_ACCESS_H

#include "redis_client.h"
#include "redis_tables.h"
#include "status.h"

struct access {
    struct redis_client *client;
    char *keys[TABLES];
    char *why;
};

void access_begin(struct access *a, struct redis_client *client,
                  const char *prefix, char *why);
void access_end(struct access *a);

/* A command of one word whose answer does not matter. */
MUST_CHECK enum status access_do(struct access *a, const char *word);

/* EXEC. Its answer is nil when a watched key was touched. */
MUST_CHECK enum status access_execute(struct access *a,
                                      struct redisReply **reply);

#endif
