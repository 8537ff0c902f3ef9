/*
 * A city that spells everything out, for benchmarks: 343 sub-districts times
 * up to 2,900 categories, the general rules above them, and its tickets.
 */
#ifndef TESTS_BENCH_CITY_H
#define TESTS_BENCH_CITY_H

#include "tables.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    DISTRICTS = 16,
    AREAS = 343,
    GROUPS = 29,
    LEAVES = 100,
    CATEGORIES = GROUPS * LEAVES,
    DEPARTMENTS = 400,
    WARM = 512,        /* tickets whose rules stay in the cache */
    TICKETS = 1 << 16, /* tickets whose rules do not */
    KEY_SIZE = 160,
};

static inline int64_t now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static inline void add(struct catalogue_tables *t, enum table_id table,
                       const char *field, const char *value)
{
    tables_add(t, table, field, strlen(field), value, strlen(value), 0);
}

static inline void area_path(char text[KEY_SIZE], int area)
{
    snprintf(text, KEY_SIZE, "110000/1101%02d/%03d", area % DISTRICTS, area);
}

static inline void category_path(char text[KEY_SIZE], int category)
{
    snprintf(text, KEY_SIZE, "城市管理%02d/市容环卫/垃圾清运%04d",
             category / LEAVES, category);
}

static inline void add_departments(struct catalogue_tables *t)
{
    char id[KEY_SIZE];

    add(t, TABLE_POLICIES, "general",
        "{\"first_response\":\"24h\",\"resolution\":\"7d\","
        "\"warn\":[\"50%\",\"80%\"]}");
    add(t, TABLE_META, "default_department", "department-0");
    for (int i = 0; i < DEPARTMENTS; i++) {
        snprintf(id, sizeof(id), "department-%d", i);
        add(t, TABLE_DEPARTMENTS, id, "{\"name\":\"某单位\"}");
    }
}

static inline void add_route(struct catalogue_tables *t, const char *area,
                             const char *category, int department)
{
    char key[2 * KEY_SIZE + 2];
    char value[KEY_SIZE];

    snprintf(key, sizeof(key), "%s|%s", area, category);
    snprintf(value, sizeof(value),
             "{\"department\":\"department-%d\",\"policy\":\"general\"}",
             department % DEPARTMENTS);
    add(t, TABLE_ROUTES, key, value);
}

/* The catalogue of the first `categories` categories, sorted. */
static inline struct catalogue_tables *make_tables(int categories)
{
    struct catalogue_tables *t = tables_new();
    char area[KEY_SIZE], category[KEY_SIZE];

    add_departments(t);
    for (int a = 0; a < AREAS; a++) {
        area_path(area, a);
        for (int c = 0; c < categories; c++) {
            category_path(category, c);
            add_route(t, area, category, a * 7 + c);
        }
    }
    for (int g = 0; g < GROUPS; g++) {
        snprintf(category, sizeof(category), "城市管理%02d", g);
        add_route(t, "", category, g);
        add_route(t, "110000", category, g + 1);
    }
    add_route(t, "110000", "", 1);
    tables_sort(t);
    return t;
}

struct ticket {
    char area[KEY_SIZE];
    char category[KEY_SIZE];
};

static struct ticket tickets[TICKETS];

/* One ticket in eight names a category that only general rules know. */
static inline void make_tickets(int categories)
{
    uint32_t random = 1;

    for (int i = 0; i < TICKETS; i++) {
        random = random * 1664525u + 1013904223u;
        area_path(tickets[i].area, (int)(random >> 16) % AREAS);
        random = random * 1664525u + 1013904223u;
        category_path(tickets[i].category, (int)(random >> 16) % categories);
        if (i % 8 == 0)
            strcat(tickets[i].category, "未知");
    }
}

#endif
