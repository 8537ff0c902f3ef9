/*
 * The catalogue as text: six tables of field and value.
 *
 * The texts of a table lie one behind the other in a chain of blocks:
 *
 *   rows    [field, value][field, value]...
 *              |      |
 *   blocks  id NUL {"name":"..."} NUL id NUL ... -> older block -> NULL
 */
#include "tables.h"

#include "memory.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS_MIN = 16,
    BLOCK_MIN = 4 << 10,
    BLOCK_MAX = 1 << 20,
    CHECKSUM_SHOWN = 8, /* digits of the checksum in a version */
    CHECKSUM_BUFFER = 64 << 10,
};

/* Numbers beyond this are not exact in every JSON implementation. */
static const int64_t max_version = INT64_C(1) << 53;

struct table_block {
    struct table_block *older;
    size_t used;
    size_t size;
    char bytes[];
};

static const char *const names[TABLES] = {
    [TABLE_DEPARTMENTS] = "departments", [TABLE_AREAS] = "areas",
    [TABLE_ROUTES] = "routes",           [TABLE_POLICIES] = "policies",
    [TABLE_CALENDARS] = "calendars",     [TABLE_META] = "meta",
};

/* The tables in the order of their names, which is that of the checksum. */
static const enum table_id by_name[TABLES] = {
    TABLE_AREAS, TABLE_CALENDARS, TABLE_DEPARTMENTS,
    TABLE_META,  TABLE_POLICIES,  TABLE_ROUTES,
};

const char *table_name(enum table_id id)
{
    assert(id < TABLES);
    return names[id];
}

enum table_id table_by_name(const char *name)
{
    for (int id = 0; id < TABLES; id++) {
        if (strcmp(names[id], name) == 0)
            return (enum table_id)id;
    }
    return TABLES;
}

struct catalogue_tables *tables_new(void)
{
    return memory_new(sizeof(struct catalogue_tables));
}

void tables_clear(struct catalogue_tables *t, enum table_id id)
{
    struct table *table = &t->tables[id];

    while (table->blocks != NULL) {
        struct table_block *older = table->blocks->older;

        free(table->blocks);
        table->blocks = older;
    }
    free(table->rows);
    *table = (struct table){0};
}

void tables_free(struct catalogue_tables **t)
{
    if (*t == NULL)
        return;
    for (int id = 0; id < TABLES; id++)
        tables_clear(*t, (enum table_id)id);
    free(*t);
    *t = NULL;
}

void tables_move(struct catalogue_tables *to, struct catalogue_tables *from,
                 enum table_id id)
{
    tables_clear(to, id);
    to->tables[id] = from->tables[id];
    from->tables[id] = (struct table){0};
}

/* Blocks double up to a megabyte, so that a small table stays small. */
static struct table_block *block_new(struct table *table, size_t need)
{
    size_t size = table->blocks == NULL ? BLOCK_MIN : table->blocks->size * 2;
    struct table_block *block;

    if (size > BLOCK_MAX)
        size = BLOCK_MAX;
    if (size < need)
        size = need;
    block = memory_new(sizeof *block + size);
    block->older = table->blocks;
    block->used = 0;
    block->size = size;
    table->blocks = block;
    return block;
}

static const char *keep_text(struct table *table, const char *text, size_t size)
{
    struct table_block *block = table->blocks;
    char *kept;

    if (block == NULL || block->size - block->used < size + 1)
        block = block_new(table, size + 1);
    kept = block->bytes + block->used;
    if (size > 0)
        memcpy(kept, text, size);
    kept[size] = '\0';
    block->used += size + 1;
    return kept;
}

void tables_add(struct catalogue_tables *t, enum table_id id, const char *field,
                size_t field_size, const char *value, size_t value_size,
                uint32_t line)
{
    struct table *table = &t->tables[id];

    assert(field_size <= UINT32_MAX && value_size <= UINT32_MAX);
    if (table->n == table->capacity) {
        table->capacity = table->n == 0 ? ROWS_MIN : table->n * 2;
        table->rows =
            memory_grow(table->rows, table->capacity, sizeof *table->rows);
    }
    table->rows[table->n++] = (struct table_row){
        .field = keep_text(table, field, field_size),
        .value = keep_text(table, value, value_size),
        .field_size = (uint32_t)field_size,
        .value_size = (uint32_t)value_size,
        .line = line,
    };
}

/* In a line of the checksum a TAB follows the field, so that a field sorts
 * behind its own continuation with a smaller byte. */
int table_row_compare(const struct table_row *a, const struct table_row *b)
{
    uint32_t both =
        a->field_size < b->field_size ? a->field_size : b->field_size;
    int order = both > 0 ? memcmp(a->field, b->field, both) : 0;
    int end_a, end_b;

    if (order != 0 || a->field_size == b->field_size)
        return order;
    end_a = a->field_size > both ? (unsigned char)a->field[both] : '\t';
    end_b = b->field_size > both ? (unsigned char)b->field[both] : '\t';
    if (end_a != end_b)
        return end_a < end_b ? -1 : 1;
    return a->field_size < b->field_size ? -1 : 1;
}

static int compare_rows(const void *left, const void *right)
{
    const struct table_row *a = left, *b = right;
    int order = table_row_compare(a, b);

    if (order != 0)
        return order;
    return (a->line > b->line) - (a->line < b->line);
}

static bool is_sorted(const struct table *table)
{
    for (size_t i = 1; i < table->n; i++) {
        if (compare_rows(&table->rows[i - 1], &table->rows[i]) > 0)
            return false;
    }
    return true;
}

void tables_sort(struct catalogue_tables *t)
{
    for (int id = 0; id < TABLES; id++) {
        struct table *table = &t->tables[id];

        if (!is_sorted(table))
            qsort(table->rows, table->n, sizeof *table->rows, compare_rows);
    }
}

const struct table_row *tables_find(const struct catalogue_tables *t,
                                    enum table_id id, const char *field)
{
    const struct table *table = &t->tables[id];
    struct table_row wanted = {.field = field,
                               .field_size = (uint32_t)strlen(field)};
    size_t low = 0, high = table->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = table_row_compare(&table->rows[middle], &wanted);

        if (order == 0)
            return &table->rows[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void tables_set(struct catalogue_tables *t, enum table_id id, const char *field,
                const char *value)
{
    struct table *table = &t->tables[id];
    const struct table_row *found = tables_find(t, id, field);

    if (found != NULL) {
        struct table_row *row = &table->rows[found - table->rows];

        row->value_size = (uint32_t)strlen(value);
        row->value = keep_text(table, value, row->value_size);
        return;
    }
    tables_add(t, id, field, strlen(field), value, strlen(value), 0);
    tables_sort(t);
}

void tables_remove(struct catalogue_tables *t, enum table_id id,
                   const char *field)
{
    struct table *table = &t->tables[id];
    const struct table_row *found = tables_find(t, id, field);
    size_t i;

    if (found == NULL)
        return;
    i = (size_t)(found - table->rows);
    table->n--;
    memmove(&table->rows[i], &table->rows[i + 1],
            (table->n - i) * sizeof *table->rows);
}

/* Gathers small pieces: a call of libcrypto for each costs more than the
 * hashing. */
struct digest {
    EVP_MD_CTX *sha256;
    size_t used;
    char buffer[CHECKSUM_BUFFER];
};

/* libcrypto's digests fail for lack of memory only. */
static void must_succeed(int result)
{
    if (result != 1)
        abort();
}

static void digest_flush(struct digest *d)
{
    must_succeed(EVP_DigestUpdate(d->sha256, d->buffer, d->used));
    d->used = 0;
}

static void digest_add(struct digest *d, const char *bytes, size_t size)
{
    if (sizeof d->buffer - d->used < size)
        digest_flush(d);
    if (size > sizeof d->buffer) {
        must_succeed(EVP_DigestUpdate(d->sha256, bytes, size));
        return;
    }
    memcpy(d->buffer + d->used, bytes, size);
    d->used += size;
}

/* What the tool writes about the contents is no part of them. */
static bool is_contents(enum table_id id, const struct table_row *row)
{
    return id != TABLE_META || (strcmp(row->field, "version") != 0 &&
                                strcmp(row->field, "checksum") != 0);
}

static void digest_table(struct digest *d, const struct catalogue_tables *t,
                         enum table_id id)
{
    const struct table *table = &t->tables[id];

    for (size_t i = 0; i < table->n; i++) {
        const struct table_row *row = &table->rows[i];

        if (!is_contents(id, row))
            continue;
        digest_add(d, names[id], strlen(names[id]));
        digest_add(d, "\t", 1);
        digest_add(d, row->field, row->field_size);
        digest_add(d, "\t", 1);
        digest_add(d, row->value, row->value_size);
        digest_add(d, "\n", 1);
    }
}

void tables_checksum(const struct catalogue_tables *t,
                     char hex[TABLES_CHECKSUM_SIZE])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    struct digest *d = memory_new(sizeof *d);

    d->used = 0;
    d->sha256 = EVP_MD_CTX_new();
    must_succeed(d->sha256 != NULL);
    must_succeed(EVP_DigestInit_ex(d->sha256, EVP_sha256(), NULL));
    for (size_t i = 0; i < TABLES; i++)
        digest_table(d, t, by_name[i]);
    digest_flush(d);
    must_succeed(EVP_DigestFinal_ex(d->sha256, bytes, NULL));
    EVP_MD_CTX_free(d->sha256);
    free(d);
    for (size_t i = 0; i < TABLES_CHECKSUM_SIZE / 2; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

bool tables_version_number(const struct catalogue_tables *t, int64_t *number)
{
    const struct table_row *row = tables_find(t, TABLE_META, "version");
    char *end;
    long long value;

    *number = 0;
    if (row == NULL)
        return true;
    /* strtoll would take blanks and signs. */
    if (row->value[0] < '0' || row->value[0] > '9')
        return false;
    errno = 0;
    value = strtoll(row->value, &end, 10);
    if (errno != 0 || end != row->value + row->value_size ||
        value > max_version)
        return false;
    *number = value;
    return true;
}

void tables_version(const struct catalogue_tables *t,
                    const char checksum[TABLES_CHECKSUM_SIZE],
                    char text[TABLES_VERSION_SIZE])
{
    const struct table_row *written = tables_find(t, TABLE_META, "checksum");
    int64_t number;

    /* A bad number counts as 0; catalogue_compile refuses it. */
    (void)!tables_version_number(t, &number);
    if (written != NULL && strcmp(written->value, checksum) == 0)
        snprintf(text, TABLES_VERSION_SIZE, "%" PRId64, number);
    else
        snprintf(text, TABLES_VERSION_SIZE, "%" PRId64 "+%.*s", number,
                 CHECKSUM_SHOWN, checksum);
}
