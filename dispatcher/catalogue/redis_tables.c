/*
 * Reading the catalogue's tables from Redis.
 *
 *   WATCH the six keys, HSCAN each in pieces, MULTI, EXEC: nothing changed?
 *     yes: done                          no: MULTI, HGETALL, EXEC
 */
#include "redis_tables.h"

#include "memory.h"
#include "redis_access.h"

#include <hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many entries Redis looks at for one piece: some 2 ms of its time. */
#define PIECE_COUNT "1000"

static enum status strange(struct access *a, const char *command)
{
    snprintf(a->why, REDIS_WHY_SIZE, "Redis at %s: a strange answer to %s",
             redis_client_name(a->client), command);
    return STATUS_RETRY;
}

static enum status watch(struct access *a)
{
    const char *words[1 + TABLES] = {"WATCH"};

    memcpy(words + 1, a->keys, sizeof a->keys);
    return redis_client_do(a->client, 1 + TABLES, words, a->why);
}

/* Entries on their way from answers into tables. */
struct intake {
    struct catalogue_tables *tables;
    enum table_id ids[TABLES + 1]; /* of the arrays in an answer */
    char *field;                   /* until its value comes */
    size_t field_size;
    size_t capacity;
};

static void keep_field(struct intake *in, const char *text, size_t size)
{
    if (in->capacity < size) {
        in->capacity = 2 * size;
        in->field = memory_grow(in->field, in->capacity, 1);
    }
    if (size > 0)
        memcpy(in->field, text, size);
    in->field_size = size;
}

/* Texts come as field, value, field, value, ... */
static void take_text(void *context, size_t array, size_t i, const char *text,
                      size_t size)
{
    struct intake *in = context;

    if (i % 2 == 0)
        keep_field(in, text, size);
    else if (array <= TABLES)
        tables_add(in->tables, in->ids[array], in->field, in->field_size, text,
                   size, 0);
}

/* Whether an array held nothing but the entries that were taken from it. */
static bool were_entries(const redisReply *array, size_t n_taken)
{
    return array->type == REDIS_REPLY_ARRAY && array->elements == 2 * n_taken;
}

enum { CURSOR_SIZE = 32 };

static enum status ask_for_piece(struct access *a, enum table_id id,
                                 const char *cursor)
{
    const char *words[] = {"HSCAN", a->keys[id], cursor, "COUNT", PIECE_COUNT};
    enum status status = redis_client_send(a->client, 5, words, NULL, a->why);

    return status == STATUS_OK ? redis_client_flush(a->client, a->why) : status;
}

static enum status take_answer(struct access *a, enum table_id id,
                               redisReply **reply, char cursor[CURSOR_SIZE])
{
    enum status status = redis_client_answer(a->client, reply, a->why);
    const redisReply *answer = *reply;

    if (status == STATUS_REJECT)
        snprintf(a->why, REDIS_WHY_SIZE,
                 "the key %.150s cannot be read as a hash; is it one?",
                 a->keys[id]);
    if (status != STATUS_OK)
        return status;
    if (answer->type != REDIS_REPLY_ARRAY || answer->elements != 2 ||
        answer->element[0]->type != REDIS_REPLY_STRING ||
        answer->element[0]->len >= CURSOR_SIZE)
        return strange(a, "HSCAN");
    memcpy(cursor, answer->element[0]->str, answer->element[0]->len + 1);
    return STATUS_OK;
}

/* A piece is sorted while Redis is busy with the next one. */
static enum status read_in_pieces(struct access *a, enum table_id id,
                                  struct intake *in)
{
    struct catalogue_tables *tables = in->tables;
    char cursor[CURSOR_SIZE] = "0";
    enum status status = ask_for_piece(a, id, cursor);
    bool more = true;

    in->ids[1] = id; /* the cursor comes before the entries */
    while (status == STATUS_OK && more) {
        size_t before = tables->tables[id].n;
        redisReply *reply = NULL;

        status = take_answer(a, id, &reply, cursor);
        more = strcmp(cursor, "0") != 0;
        if (status == STATUS_OK && more)
            status = ask_for_piece(a, id, cursor);
        if (status == STATUS_OK &&
            !were_entries(reply->element[1], tables->tables[id].n - before))
            status = strange(a, "HSCAN");
        tables_sort_added(tables, id, before);
        redis_reply_free(&reply);
    }
    return status;
}

static void clear_wanted(struct catalogue_tables *tables, unsigned wanted)
{
    for (int id = 0; id < TABLES; id++) {
        if (wanted & 1U << id)
            tables_clear(tables, (enum table_id)id);
    }
}

/* After WATCH and reading: whether nothing was touched in between. */
static enum status confirm(struct access *a, bool *unchanged)
{
    redisReply *reply = NULL;
    enum status status = access_do(a, "MULTI");

    if (status == STATUS_OK)
        status = access_execute(a, &reply);
    if (status == STATUS_OK)
        *unchanged = reply->type == REDIS_REPLY_ARRAY;
    redis_reply_free(&reply);
    return status;
}

static enum status read_watched(struct access *a, unsigned wanted,
                                struct intake *in)
{
    enum status status = watch(a);

    clear_wanted(in->tables, wanted);
    for (int id = 0; id < TABLES && status == STATUS_OK; id++) {
        if (wanted & 1U << id)
            status = read_in_pieces(a, (enum table_id)id, in);
    }
    return status;
}

static enum status check_transaction(struct access *a, unsigned wanted,
                                     const redisReply *answers,
                                     const struct catalogue_tables *tables)
{
    size_t n = 0;

    if (answers->type != REDIS_REPLY_ARRAY)
        return strange(a, "EXEC");
    for (int id = 0; id < TABLES; id++) {
        if (!(wanted & 1U << id))
            continue;
        if (n == answers->elements)
            return strange(a, "EXEC");
        if (answers->element[n]->type == REDIS_REPLY_ERROR) {
            snprintf(a->why, REDIS_WHY_SIZE, "%s: %.120s", a->keys[id],
                     answers->element[n]->str);
            return STATUS_REJECT;
        }
        if (!were_entries(answers->element[n++], tables->tables[id].n))
            return strange(a, "EXEC");
    }
    return STATUS_OK;
}

static enum status read_at_once(struct access *a, unsigned wanted,
                                struct intake *in)
{
    enum status status = access_do(a, "MULTI");
    redisReply *answers = NULL;
    size_t n = 0;

    clear_wanted(in->tables, wanted);
    for (int id = 0; id < TABLES && status == STATUS_OK; id++) {
        const char *words[] = {"HGETALL", a->keys[id]};

        if (!(wanted & 1U << id))
            continue;
        in->ids[n++] = (enum table_id)id;
        status = redis_client_do(a->client, 2, words, a->why);
    }
    if (status == STATUS_REJECT)
        return STATUS_RETRY; /* the transaction is still open */
    if (status == STATUS_OK)
        status = access_execute(a, &answers);
    if (status == STATUS_OK)
        status = check_transaction(a, wanted, answers, in->tables);
    redis_reply_free(&answers);
    return status;
}

/* HSCAN may show an entry twice while Redis makes its table larger. */
static void remove_repeats(struct catalogue_tables *tables)
{
    for (int id = 0; id < TABLES; id++) {
        struct table *table = &tables->tables[id];
        size_t kept = 0;

        for (size_t i = 0; i < table->n; i++) {
            if (i == 0 ||
                table_row_compare(&table->rows[kept - 1], &table->rows[i]) != 0)
                table->rows[kept++] = table->rows[i];
        }
        table->n = kept;
    }
}

/* A table that was changed while it was read in pieces is likely to be changed
 * again. */
static enum status read_released(struct access *a, unsigned wanted,
                                 struct intake *in)
{
    enum status status = read_watched(a, wanted, in);
    bool unchanged = false;

    if (status == STATUS_OK)
        status = confirm(a, &unchanged);
    if (status != STATUS_OK || unchanged)
        return status;
    return read_at_once(a, wanted, in);
}

static enum status read_as(struct access *a, enum redis_hold hold,
                           unsigned wanted, struct catalogue_tables *tables)
{
    struct intake in = {.tables = tables};
    const struct redis_texts texts = {take_text, &in};
    enum status status;

    redis_client_divert(a->client, &texts);
    if (hold == REDIS_HOLD)
        status = read_watched(a, wanted, &in);
    else if (hold == REDIS_AT_ONCE)
        status = read_at_once(a, wanted, &in);
    else
        status = read_released(a, wanted, &in);
    redis_client_divert(a->client, NULL);
    free(in.field);
    return status;
}

enum status redis_tables_read(struct redis_client *c, const char *prefix,
                              unsigned wanted, enum redis_hold hold,
                              struct catalogue_tables *tables,
                              char why[REDIS_WHY_SIZE])
{
    char ignored[REDIS_WHY_SIZE];
    struct access a;
    enum status status;

    access_begin(&a, c, prefix, why);
    status = read_as(&a, hold, wanted, tables);
    if (status == STATUS_OK) {
        tables_sort(tables);
        remove_repeats(tables);
    } else if (status == STATUS_REJECT) {
        /* What was begun on the connection ends here. */
        a.why = ignored;
        if (access_do(&a, "UNWATCH") == STATUS_RETRY)
            status = STATUS_RETRY;
    }
    access_end(&a);
    return status;
}
