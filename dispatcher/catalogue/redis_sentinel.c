/*
 * Sentinel, from the side of a client: SENTINEL get-master-addr-by-name at
 * each connect, then ROLE. Sentinel itself cuts the connections of a master
 * that it makes a replica, so that nobody has to listen to +switch-master.
 */
#include "redis_sentinel.h"

#include "memory.h"

#include <hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A timeout counts for connecting and for the answer. */
enum { LEAST_MS = 100, WAITS = 2 };

/* The two texts of the answer, host and port. */
static bool take_master(const redisReply *reply,
                        const struct redis_address *address,
                        struct redis_address *master)
{
    int port;

    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2 ||
        reply->element[0]->type != REDIS_REPLY_STRING ||
        reply->element[1]->type != REDIS_REPLY_STRING)
        return false;
    port = atoi(reply->element[1]->str);
    if (port <= 0 || port > UINT16_MAX)
        return false;
    *master = (struct redis_address){
        .host = memory_copy_text(reply->element[0]->str),
        .port = port,
        .database = address->database,
    };
    if (address->login.user != NULL)
        master->login.user = memory_copy_text(address->login.user);
    if (address->login.password != NULL)
        master->login.password = memory_copy_text(address->login.password);
    return true;
}

static bool ask(struct redis_client *c, const struct redis_address *address,
                struct redis_address *master, char why[REDIS_WHY_SIZE])
{
    const char *const words[] = {"SENTINEL", "get-master-addr-by-name",
                                 address->service};
    redisReply *reply = NULL;
    bool good;

    if (redis_client_call(c, 3, words, NULL, &reply, why) != STATUS_OK)
        return false;
    good = take_master(reply, address, master);
    if (!good)
        snprintf(why, REDIS_WHY_SIZE,
                 "the Sentinel at %s knows no service %.60s",
                 redis_client_name(c), address->service);
    redis_reply_free(&reply);
    return good;
}

bool redis_sentinel_ask(const struct redis_address *address, int timeout_ms,
                        struct redis_address *master, char why[REDIS_WHY_SIZE])
{
    int share_ms = timeout_ms / WAITS / (int)address->n_sentinels;
    bool good = false;

    if (share_ms < LEAST_MS)
        share_ms = LEAST_MS;
    for (size_t i = 0; i < address->n_sentinels && !good; i++) {
        const struct redis_address sentinel = {
            .host = address->sentinels[i].name,
            .port = address->sentinels[i].port,
            .login = address->sentinel_login, /* borrowed */
            .is_sentinel = true,
        };
        struct redis_client *c = redis_client_open(&sentinel, share_ms, why);

        good = c != NULL && ask(c, address, master, why);
        redis_client_close(&c);
    }
    return good;
}

enum status redis_sentinel_verify(struct redis_client *c,
                                  char why[REDIS_WHY_SIZE])
{
    const char *word = "ROLE";
    redisReply *reply = NULL;
    enum status status = redis_client_call(c, 1, &word, NULL, &reply, why);
    bool is_master;

    if (status != STATUS_OK)
        return STATUS_RETRY;
    is_master = reply->type == REDIS_REPLY_ARRAY && reply->elements > 0 &&
                reply->element[0]->type == REDIS_REPLY_STRING &&
                strcmp(reply->element[0]->str, "master") == 0;
    redis_reply_free(&reply);
    if (is_master)
        return STATUS_OK;
    snprintf(why, REDIS_WHY_SIZE,
             "Redis at %s: is no master any more; a failover goes on",
             redis_client_name(c));
    return STATUS_RETRY;
}
