/*
 * Hears from Redis which tables have changed.
 */
#include "redis_tracker.h"

#include "memory.h"
#include "redis_client.h"
#include "redis_tables.h"

#include <hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANNEL "__redis__:invalidate"

struct redis_tracker {
    struct redis_client *client;
    char *keys[TABLES];
    unsigned changed; /* heard, not yet told */
};

static bool is_text(const redisReply *reply, const char *text)
{
    return (reply->type == REDIS_REPLY_STRING ||
            reply->type == REDIS_REPLY_STATUS) &&
           strcmp(reply->str, text) == 0;
}

/* A key that is not a table's lies under the same prefix and is not meant. */
static unsigned table_of(const struct redis_tracker *t, const redisReply *key)
{
    for (int id = 0; id < TABLES; id++) {
        if (is_text(key, t->keys[id]))
            return 1U << id;
    }
    return 0;
}

/* ["message", channel, [key, ...]]; nil for the keys when the database was
 * flushed. */
static void hear(struct redis_tracker *t, const redisReply *message)
{
    const redisReply *keys;

    if (message->type != REDIS_REPLY_ARRAY || message->elements != 3 ||
        !is_text(message->element[0], "message"))
        return;
    keys = message->element[2];
    if (keys->type != REDIS_REPLY_ARRAY)
        t->changed = TABLES_ALL;
    for (size_t i = 0; keys->type == REDIS_REPLY_ARRAY && i < keys->elements;
         i++)
        t->changed |= table_of(t, keys->element[i]);
}

/* A subscriber's PING is answered with ["pong", ""]. */
static bool is_pong(const redisReply *reply)
{
    return reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
           is_text(reply->element[0], "pong");
}

static bool track(struct redis_tracker *t, const char *prefix,
                  char why[REDIS_WHY_SIZE])
{
    char id[24];
    const char *const ask[] = {"CLIENT", "ID"};
    const char *const on[] = {"CLIENT", "TRACKING", "ON",     "REDIRECT",
                              id,       "BCAST",    "PREFIX", prefix};
    const char *const subscribe[] = {"SUBSCRIBE", CHANNEL};
    redisReply *reply = NULL;

    if (redis_client_call(t->client, 2, ask, NULL, &reply, why) != STATUS_OK)
        return false;
    snprintf(id, sizeof id, "%lld", reply->integer);
    redis_reply_free(&reply);
    return redis_client_do(t->client, sizeof on / sizeof on[0], on, why) ==
               STATUS_OK &&
           redis_client_do(t->client, 2, subscribe, why) == STATUS_OK;
}

struct redis_tracker *redis_tracker_open(const struct redis_address *address,
                                         const char *prefix, int timeout_ms,
                                         char why[REDIS_WHY_SIZE])
{
    struct redis_tracker *t = memory_new(sizeof *t);

    for (int id = 0; id < TABLES; id++)
        t->keys[id] = redis_tables_key(prefix, (enum table_id)id);
    t->client = redis_client_open(address, timeout_ms, why);
    if (t->client == NULL || !track(t, prefix, why))
        redis_tracker_close(&t);
    return t;
}

void redis_tracker_close(struct redis_tracker **t)
{
    if (*t == NULL)
        return;
    redis_client_close(&(*t)->client);
    for (int id = 0; id < TABLES; id++)
        free((*t)->keys[id]);
    free(*t);
    *t = NULL;
}

/* Redis tells of changes before it answers a PING that came after them. What
 * hiredis has read beyond the answer would not make the socket readable again,
 * so it is taken as well. */
enum status redis_tracker_sync(struct redis_tracker *t, unsigned *changed,
                               char why[REDIS_WHY_SIZE])
{
    const char *ping = "PING";
    redisReply *reply = NULL;
    bool answered = false;
    enum status status = redis_client_send(t->client, 1, &ping, NULL, why);

    while (status == STATUS_OK && !answered) {
        status = redis_client_receive(t->client, &reply, why);
        if (status != STATUS_OK)
            break;
        hear(t, reply);
        answered = is_pong(reply);
        redis_reply_free(&reply);
    }
    if (status != STATUS_OK)
        return status;
    reply = redis_client_received(t->client);
    while (reply != NULL) {
        hear(t, reply);
        redis_reply_free(&reply);
        reply = redis_client_received(t->client);
    }
    *changed |= t->changed;
    t->changed = 0;
    return STATUS_OK;
}

int redis_tracker_fd(const struct redis_tracker *t)
{
    return redis_client_fd(t->client);
}
