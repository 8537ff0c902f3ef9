/*
 * The table meta: plain texts, each with its own reader.
 */
#include "compile.h"

#include "calendar_spec.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_RETURNS_MAX = 1000 };

static void meta_version(struct entry *e, const char *text)
{
    /* The number and the checksum were read before all passes. */
    (void)e;
    (void)text;
}

static void meta_time_zone(struct entry *e, const char *text)
{
    char why[CALENDAR_WHY_SIZE];
    struct calendar *local = calendar_new_zone("local", text, why);

    if (!local) {
        entry_error(e, "%s; write a name such as Asia/Shanghai", why);
        return;
    }
    calendar_free(&e->c->cat->local_time);
    e->c->cat->local_time = local;
}

static void meta_default_department(struct entry *e, const char *text)
{
    e->c->cat->meta.default_department = entry_department(e, text);
}

static void meta_default_policy(struct entry *e, const char *text)
{
    e->c->cat->meta.default_policy = entry_policy(e, text);
}

static void meta_dispute_department(struct entry *e, const char *text)
{
    e->c->cat->meta.dispute_department = entry_department(e, text);
}

static void meta_returns(struct entry *e, const char *text)
{
    bool review = strcmp(text, "review") == 0;

    if (!review && strcmp(text, "auto") != 0)
        entry_error(e, "'%s' is neither auto nor review", text);
    e->c->cat->meta.returns_review = review;
}

static void meta_max_returns(struct entry *e, const char *text)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != '\0' || n > MAX_RETURNS_MAX)
        entry_error(e, "'%s' is no whole number from 0 to %d", text,
                    MAX_RETURNS_MAX);
    else
        e->c->cat->meta.max_returns = (uint32_t)n;
}

static void meta_report_delay(struct entry *e, const char *text)
{
    struct duration *delay = &e->c->cat->meta.report_delay;
    char why[128];

    if (!duration_parse(text, delay, why, sizeof(why)))
        entry_error(e, "'%s' is no duration: %s", text, why);
}

static const struct {
    const char *name;
    void (*read)(struct entry *e, const char *text);
} fields[] = {
    {"version", meta_version},
    {"checksum", meta_version},
    {"time_zone", meta_time_zone},
    {"default_department", meta_default_department},
    {"default_policy", meta_default_policy},
    {"dispute_department", meta_dispute_department},
    {"returns", meta_returns},
    {"max_returns", meta_max_returns},
    {"report_delay", meta_report_delay},
};

enum { N_FIELDS = sizeof(fields) / sizeof(fields[0]) };

static void read_field(struct compile *c, const struct table_row *row)
{
    struct entry e = {.c = c, .table = TABLE_META, .row = row, .name = ""};

    for (size_t i = 0; i < N_FIELDS; i++) {
        if (strcmp(fields[i].name, row->field) != 0)
            continue;
        /* An empty text is the same as no entry: the default. */
        if (row->value_size > 0)
            fields[i].read(&e, row->value);
        return;
    }
    entry_error(&e, "the name '%s' is unknown in meta; take it out",
                row->field);
}

void compile_meta(struct compile *c)
{
    const struct table *t = &c->tables->tables[TABLE_META];
    struct catalogue_meta *meta = &c->cat->meta;
    char why[CALENDAR_WHY_SIZE];

    meta->max_returns = 2;
    meta->report_delay = (struct duration){DURATION_MINUTES, 15};
    for (size_t i = 0; i < t->n; i++)
        read_field(c, &t->rows[i]);
    if (!meta->dispute_department)
        meta->dispute_department = meta->default_department;
    if (c->cat->local_time)
        return;
    c->cat->local_time = calendar_new_zone("local", "UTC", why);
    if (!c->cat->local_time)
        findings_add(c->findings, FINDING_ERROR, TABLE_META, NULL, "time_zone",
                     "the time zone UTC cannot be read: %s; install tzdata",
                     why);
}
