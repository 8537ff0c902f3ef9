/*
 * The history of the catalogue in Redis: two hashes, small facts in one and
 * the packed tables in the other, so that the list is read without them.
 */
#include "redis_versions.h"

#include "memory.h"
#include "redis_client.h"
#include "tables_pack.h"

#include <hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The names of both keys. */
struct version_keys {
    char *facts;
    char *tables;
};

static char *key_new(const char *prefix, const char *name)
{
    size_t size = strlen(prefix) + strlen(name) + 1;
    char *key = memory_new(size);

    snprintf(key, size, "%s%s", prefix, name);
    return key;
}

static struct version_keys keys_new(const char *prefix)
{
    return (struct version_keys){
        .facts = key_new(prefix, "history"),
        .tables = key_new(prefix, "history:tables"),
    };
}

static void keys_free(struct version_keys *keys)
{
    free(keys->facts);
    free(keys->tables);
}

/* An entry that cannot be read is nobody's but its author's: it is left out
 * and stays. */
static void take_entries(const redisReply *reply, struct versions *out)
{
    for (size_t i = 0; i + 1 < reply->elements; i += 2) {
        const redisReply *version = reply->element[i];
        const redisReply *facts = reply->element[i + 1];
        struct version_entry entry;

        if (version->type == REDIS_REPLY_STRING &&
            facts->type == REDIS_REPLY_STRING &&
            version_entry_parse(version->str, facts->str, facts->len, &entry))
            *versions_append(out) = entry;
    }
    versions_sort(out);
}

enum status redis_versions_read(struct redis_client *c, const char *prefix,
                                struct versions *out, char why[REDIS_WHY_SIZE])
{
    struct version_keys keys = keys_new(prefix);
    const char *words[] = {"HGETALL", keys.facts};
    redisReply *reply = NULL;
    enum status status = redis_client_call(c, 2, words, NULL, &reply, why);

    if (status == STATUS_OK)
        take_entries(reply, out);
    redis_reply_free(&reply);
    keys_free(&keys);
    return status;
}

static enum status unpack(const redisReply *reply,
                          const struct version_entry *entry,
                          struct catalogue_tables *tables,
                          char why[REDIS_WHY_SIZE])
{
    char checksum[TABLES_CHECKSUM_SIZE];

    if (reply->type != REDIS_REPLY_STRING) {
        snprintf(why, REDIS_WHY_SIZE, "the tables of version %s are gone",
                 entry->version);
        return STATUS_REJECT;
    }
    if (tables_unpack(reply->str, reply->len, tables)) {
        tables_checksum(tables, checksum);
        if (strcmp(checksum, entry->checksum) == 0)
            return STATUS_OK;
    }
    snprintf(why, REDIS_WHY_SIZE,
             "the tables of version %s are damaged: their checksum is not "
             "that of the history",
             entry->version);
    return STATUS_REJECT;
}

enum status redis_versions_fetch(struct redis_client *c, const char *prefix,
                                 const struct version_entry *entry,
                                 struct catalogue_tables *tables,
                                 char why[REDIS_WHY_SIZE])
{
    struct version_keys keys = keys_new(prefix);
    const char *words[] = {"HGET", keys.tables, entry->version};
    redisReply *reply = NULL;
    enum status status = redis_client_call(c, 3, words, NULL, &reply, why);

    if (status == STATUS_OK)
        status = unpack(reply, entry, tables, why);
    redis_reply_free(&reply);
    keys_free(&keys);
    return status;
}

static enum status put(struct redis_client *c, const struct version_keys *keys,
                       const struct version_entry *entry,
                       char why[REDIS_WHY_SIZE])
{
    char *facts = version_entry_format(entry);
    const char *about[] = {"HSET", keys->facts, entry->version, facts};
    const char *words[] = {"HSET", keys->tables, entry->version, entry->packed};
    const size_t sizes[] = {4, strlen(keys->tables), strlen(entry->version),
                            entry->packed_size};
    redisReply *reply = NULL;
    enum status status = redis_client_do(c, 4, about, why);

    if (status == STATUS_OK)
        status = redis_client_call(c, 4, words, sizes, &reply, why);
    redis_reply_free(&reply);
    free(facts);
    return status;
}

static enum status drop(struct redis_client *c, const struct version_keys *keys,
                        const struct version_entry *entry,
                        char why[REDIS_WHY_SIZE])
{
    const char *facts[] = {"HDEL", keys->facts, entry->version};
    const char *tables[] = {"HDEL", keys->tables, entry->version};
    enum status status = redis_client_do(c, 3, facts, why);

    return status == STATUS_OK ? redis_client_do(c, 3, tables, why) : status;
}

enum status redis_versions_write(struct redis_client *c, const char *prefix,
                                 const struct versions *h,
                                 char why[REDIS_WHY_SIZE])
{
    struct version_keys keys = keys_new(prefix);
    size_t kept = versions_kept(h);
    enum status status = STATUS_OK;

    for (size_t i = 0; i < h->n && status == STATUS_OK; i++) {
        const struct version_entry *entry = &h->items[i];

        if (i >= kept)
            status = drop(c, &keys, entry, why);
        else if (entry->packed != NULL)
            status = put(c, &keys, entry, why);
    }
    keys_free(&keys);
    return status;
}
