/*
 * Entries are collected as they come and merged whenever the list is full, so
 * that a history takes the memory of its different entries.
 */
#include "rule_history.h"

#include "memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 4096 };

/* One block holds the three texts. */
struct history_entry {
    const char *category; /* owns the block */
    const char *area;
    const char *department;
    uint64_t count;
};

static int compare_entries(const void *a, const void *b)
{
    const struct history_entry *left = a;
    const struct history_entry *right = b;
    int order = strcmp(left->category, right->category);

    if (order == 0)
        order = strcmp(left->area, right->area);
    if (order == 0)
        order = strcmp(left->department, right->department);
    return order;
}

static void free_entry(const struct history_entry *entry)
{
    free((char *)(uintptr_t)entry->category);
}

/* Sorts the entries and adds up equal ones. */
static void merge(struct history_log *log)
{
    size_t kept = 0;

    if (log->n == 0)
        return;
    qsort(log->entries, log->n, sizeof *log->entries, compare_entries);
    for (size_t i = 1; i < log->n; i++) {
        struct history_entry *last = &log->entries[kept];

        if (compare_entries(last, &log->entries[i]) == 0) {
            last->count += log->entries[i].count;
            free_entry(&log->entries[i]);
        } else {
            log->entries[++kept] = log->entries[i];
        }
    }
    log->n = kept + 1;
}

static void make_room(struct history_log *log)
{
    if (log->n < log->capacity)
        return;
    merge(log);
    if (log->n < log->capacity - log->capacity / 2)
        return;
    log->capacity = log->capacity > 0 ? 2 * log->capacity : FIRST_CAPACITY;
    log->entries =
        memory_grow(log->entries, log->capacity, sizeof *log->entries);
}

void history_log_add(struct history_log *log, const char *area,
                     const char *category, const char *department,
                     uint64_t count)
{
    size_t category_size = strlen(category) + 1, area_size = strlen(area) + 1;
    size_t department_size = strlen(department) + 1;

    make_room(log);
    char *block = memory_new(category_size + area_size + department_size);
    memcpy(block, category, category_size);
    memcpy(block + category_size, area, area_size);
    memcpy(block + category_size + area_size, department, department_size);
    log->entries[log->n++] = (struct history_entry){
        .category = block,
        .area = block + category_size,
        .department = block + category_size + area_size,
        .count = count,
    };
}

void history_log_deinit(struct history_log *log)
{
    for (size_t i = 0; i < log->n; i++)
        free_entry(&log->entries[i]);
    free(log->entries);
    *log = (struct history_log){0};
}

/* --------------------------------------------------------------- counting */

static int compare_texts(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;

    return strcmp(*left, *right);
}

static void init_departments(struct history *h, const struct history_log *log)
{
    const char **all = memory_new_array(log->n, sizeof *all);

    for (size_t i = 0; i < log->n; i++)
        all[i] = log->entries[i].department;
    qsort(all, log->n, sizeof *all, compare_texts);
    h->departments = memory_new_array(log->n, sizeof *h->departments);
    for (size_t i = 0; i < log->n; i++)
        if (i == 0 || strcmp(all[i], all[i - 1]) != 0)
            h->departments[h->n_departments++] = memory_copy_text(all[i]);
    free(all);
}

static uint32_t find_department(const struct history *h, const char *name)
{
    char *const *found = bsearch(&name, h->departments, h->n_departments,
                                 sizeof *h->departments, compare_texts);

    assert(found != NULL);
    return (uint32_t)(found - h->departments);
}

static void init_trees(struct history *h, const struct history_log *log)
{
    const char **paths = memory_new_array(log->n, sizeof *paths);

    for (size_t i = 0; i < log->n; i++)
        paths[i] = log->entries[i].category;
    path_tree_init(&h->categories, paths, log->n);
    for (size_t i = 0; i < log->n; i++)
        paths[i] = log->entries[i].area;
    path_tree_init(&h->areas, paths, log->n);
    free(paths);
}

static int compare_numbers(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int compare_cells(const void *a, const void *b)
{
    const struct history_cell *left = a;
    const struct history_cell *right = b;
    int order = compare_numbers(left->category, right->category);

    if (order == 0)
        order = compare_numbers(left->area, right->area);
    if (order == 0)
        order = compare_numbers(left->department, right->department);
    return order;
}

static void init_cells(struct history *h, const struct history_log *log)
{
    h->n_cells = log->n;
    h->cells = memory_new_array(h->n_cells, sizeof *h->cells);
    for (size_t i = 0; i < log->n; i++)
        h->cells[i] = (struct history_cell){
            .category =
                path_tree_find(&h->categories, log->entries[i].category),
            .area = path_tree_find(&h->areas, log->entries[i].area),
            .department = find_department(h, log->entries[i].department),
            .count = log->entries[i].count,
        };
    qsort(h->cells, h->n_cells, sizeof *h->cells, compare_cells);

    size_t at = 0;
    h->first = memory_new_array(h->categories.n + 1, sizeof *h->first);
    for (size_t c = 0; c <= h->categories.n; c++) {
        while (at < h->n_cells && h->cells[at].category < c)
            at++;
        h->first[c] = at;
    }
}

void history_init(struct history *history, struct history_log *log)
{
    *history = (struct history){0};
    merge(log);
    init_departments(history, log);
    init_trees(history, log);
    init_cells(history, log);
}

void history_deinit(struct history *history)
{
    for (size_t i = 0; i < history->n_departments; i++)
        free(history->departments[i]);
    free(history->departments);
    path_tree_deinit(&history->categories);
    path_tree_deinit(&history->areas);
    free(history->cells);
    free(history->first);
    *history = (struct history){0};
}
