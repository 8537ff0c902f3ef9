/*
 * What reading and writing the tables in Redis share.
 */
#include "redis_access.h"

#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *redis_tables_key(const char *prefix, enum table_id id)
{
    size_t size = strlen(prefix) + strlen(table_name(id)) + 1;
    char *key = memory_new(size);

    snprintf(key, size, "%s%s", prefix, table_name(id));
    return key;
}

void access_begin(struct access *a, struct redis_client *client,
                  const char *prefix, char *why)
{
    a->client = client;
    a->why = why;
    for (int id = 0; id < TABLES; id++)
        a->keys[id] = redis_tables_key(prefix, (enum table_id)id);
}

void access_end(struct access *a)
{
    for (int id = 0; id < TABLES; id++)
        free(a->keys[id]);
}

enum status access_do(struct access *a, const char *word)
{
    return redis_client_do(a->client, 1, &word, a->why);
}

enum status access_execute(struct access *a, struct redisReply **reply)
{
    const char *word = "EXEC";

    return redis_client_call(a->client, 1, &word, NULL, reply, a->why);
}
