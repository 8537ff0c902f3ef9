/*
 * Writing what differs between two catalogues, in one transaction.
 */
#include "redis_tables.h"

#include "redis_access.h"
#include "tables_diff.h"

#include <hiredis.h>
#include <stdio.h>
#include <string.h>

enum { BATCH = 500 /* entries in one command */ };

/* One command that writes, while it is put together. */
struct batch {
    const char *words[2 + 2 * BATCH];
    size_t sizes[2 + 2 * BATCH];
    size_t n;
};

static void batch_begin(struct batch *b, const char *command, const char *key)
{
    b->words[0] = command;
    b->sizes[0] = strlen(command);
    b->words[1] = key;
    b->sizes[1] = strlen(key);
    b->n = 2;
}

static void batch_add(struct batch *b, const char *word, size_t size)
{
    b->words[b->n] = word;
    b->sizes[b->n++] = size;
}

static enum status batch_send(struct access *a, struct batch *b)
{
    redisReply *reply = NULL;
    enum status status = STATUS_OK;

    if (b->n > 2)
        status = redis_client_call(a->client, b->n, b->words, b->sizes, &reply,
                                   a->why);
    redis_reply_free(&reply);
    b->n = 2;
    return status;
}

static enum status write_table(struct access *a, struct tables_diff *diff)
{
    struct batch set, drop;
    struct table_difference d;
    enum status status = STATUS_OK;

    batch_begin(&set, "HSET", a->keys[diff->id]);
    batch_begin(&drop, "HDEL", a->keys[diff->id]);
    while (status == STATUS_OK && tables_diff_next(diff, &d)) {
        if (d.kind == DIFFERENCE_REMOVED) {
            batch_add(&drop, d.before->field, d.before->field_size);
        } else {
            batch_add(&set, d.after->field, d.after->field_size);
            batch_add(&set, d.after->value, d.after->value_size);
        }
        if (set.n == 2 + 2 * BATCH)
            status = batch_send(a, &set);
        else if (drop.n == 2 + 2 * BATCH)
            status = batch_send(a, &drop);
    }
    if (status == STATUS_OK)
        status = batch_send(a, &set);
    if (status == STATUS_OK)
        status = batch_send(a, &drop);
    return status;
}

/* The answers of a transaction: an error among them means that a part was not
 * written, which Redis does only when a key has the wrong type. */
static enum status check_written(struct access *a, const redisReply *answers)
{
    if (answers->type == REDIS_REPLY_NIL) {
        snprintf(a->why, REDIS_WHY_SIZE,
                 "somebody else changed the catalogue meanwhile; nothing was "
                 "written; look at it and try again");
        return STATUS_REJECT;
    }
    for (size_t i = 0; i < answers->elements; i++) {
        if (answers->element[i]->type != REDIS_REPLY_ERROR)
            continue;
        snprintf(a->why, REDIS_WHY_SIZE, "written in part only: %.120s",
                 answers->element[i]->str);
        return STATUS_REJECT;
    }
    return STATUS_OK;
}

enum status redis_tables_write(struct redis_client *c, const char *prefix,
                               const struct catalogue_tables *old,
                               const struct catalogue_tables *new,
                               char why[REDIS_WHY_SIZE])
{
    struct access a;
    enum status status;

    access_begin(&a, c, prefix, why);
    status = access_do(&a, "MULTI");
    for (int id = 0; id < TABLES && status == STATUS_OK; id++) {
        struct tables_diff diff = {
            .before = old, .after = new, .id = (enum table_id)id};

        status = write_table(&a, &diff);
    }
    access_end(&a);
    return status;
}

enum status redis_tables_commit(struct redis_client *c,
                                char why[REDIS_WHY_SIZE])
{
    struct access a = {.client = c, .why = why};
    redisReply *answers = NULL;
    enum status status = access_execute(&a, &answers);

    if (status == STATUS_OK)
        status = check_written(&a, answers);
    redis_reply_free(&answers);
    return status;
}
