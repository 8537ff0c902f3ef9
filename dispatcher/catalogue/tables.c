/*
 * The catalogue as text: six tables of field and value.
 *
 * The texts of a table lie one behind the other in a chain of blocks:
 *
 *   rows    [field, value][field, value]...
 *              |      |
 *   blocks  id NUL {"name":"..."} NUL id NUL ... -> older block -> NULL
 *
 * A large table has few different values. Each of the last ones is kept once,
 * and the fields of sorted rows lie in their order, so that going through the
 * rows is going through memory.
 */
#include "tables.h"

#include "memory.h"
#include "rows_sort.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum {
    ROWS_MIN = 16,
    BLOCK_MIN = 4 << 10,
    BLOCK_MAX = 1 << 20,
    /* From so many rows on it pays to look for values that repeat, and to put
     * the texts into the order of the rows. */
    ROWS_MANY = 1000,
    VALUES = 4096,  /* that are remembered; a power of two */
    ROWS_AHEAD = 8, /* whose texts are on their way to the cache */
};

struct table_block {
    struct table_block *older;
    size_t used;
    size_t size;
    char bytes[];
};

/* A value that was added of late. */
struct table_value {
    const char *text; /* in the blocks; NULL: none */
    size_t size;
};

static const char *const names[TABLES] = {
    [TABLE_DEPARTMENTS] = "departments", [TABLE_AREAS] = "areas",
    [TABLE_ROUTES] = "routes",           [TABLE_POLICIES] = "policies",
    [TABLE_CALENDARS] = "calendars",     [TABLE_META] = "meta",
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

static void table_clear(struct table *table)
{
    while (table->blocks != NULL) {
        struct table_block *older = table->blocks->older;

        free(table->blocks);
        table->blocks = older;
    }
    free(table->values);
    free(table->rows);
    *table = (struct table){0};
}

void tables_clear(struct catalogue_tables *t, enum table_id id)
{
    table_clear(&t->tables[id]);
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

/* As keep_text, for a value that may have been added before. */
static const char *keep_value(struct table *table, const char *text,
                              size_t size)
{
    struct table_value *seen;

    if (table->n < ROWS_MANY)
        return keep_text(table, text, size);
    if (table->values == NULL)
        table->values = memory_new_array(VALUES, sizeof *table->values);
    seen = &table->values[XXH3_64bits(text, size) % VALUES];
    if (seen->text == NULL || seen->size != size ||
        memcmp(seen->text, text, size) != 0)
        *seen = (struct table_value){keep_text(table, text, size), size};
    return seen->text;
}

/* Room for `more` rows. */
static void reserve(struct table *table, size_t more)
{
    size_t need = table->n + more;

    if (need <= table->capacity)
        return;
    if (need < 2 * table->capacity)
        need = 2 * table->capacity;
    table->capacity = need < ROWS_MIN ? ROWS_MIN : need;
    table->rows =
        memory_grow(table->rows, table->capacity, sizeof *table->rows);
}

static void add_row(struct table *table, const struct table_row *row)
{
    struct table_row *added;

    reserve(table, 1);
    added = &table->rows[table->n];
    *added = *row;
    added->field = keep_text(table, row->field, row->field_size);
    added->value = keep_value(table, row->value, row->value_size);
    table->n++;
}

void tables_add(struct catalogue_tables *t, enum table_id id, const char *field,
                size_t field_size, const char *value, size_t value_size,
                uint32_t line)
{
    assert(field_size <= UINT32_MAX && value_size <= UINT32_MAX);
    add_row(&t->tables[id], &(struct table_row){
                                .field = field,
                                .value = value,
                                .field_size = (uint32_t)field_size,
                                .value_size = (uint32_t)value_size,
                                .line = line,
                            });
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

/* Copies the texts into the order of the rows. */
static void order_texts(struct table *table)
{
    struct table ordered = {0};

    reserve(&ordered, table->n);
    for (size_t i = 0; i < table->n; i++) {
        if (i + ROWS_AHEAD < table->n)
            __builtin_prefetch(table->rows[i + ROWS_AHEAD].field);
        add_row(&ordered, &table->rows[i]);
    }
    table_clear(table);
    *table = ordered;
}

void tables_sort(struct catalogue_tables *t)
{
    for (int id = 0; id < TABLES; id++) {
        struct table *table = &t->tables[id];

        if (rows_sort(table->rows, table->n) && table->n >= ROWS_MANY)
            order_texts(table);
    }
}

void tables_sort_added(struct catalogue_tables *t, enum table_id id,
                       size_t first)
{
    rows_sort(t->tables[id].rows + first, t->tables[id].n - first);
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
