/*
 * Conditions of rules: one small function for each kind, in one table.
 */
#include "conditions.h"

#include "calendar.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FROM_UNBOUNDED = 0, UNTIL_UNBOUNDED = 99999999 };

static const char *const urgency_names[] = {"NORMAL", "URGENT", "EMERGENCY"};
static const char *const type_names[] = {"",          "INQUIRY", "HELP",
                                         "COMPLAINT", "REPORT",  "SUGGESTION"};

static const char *const condition_names[] = {
    [CONDITION_CHANNELS] = "channels", [CONDITION_URGENCIES] = "urgencies",
    [CONDITION_TYPES] = "types",       [CONDITION_WHEN] = "when",
    [CONDITION_FROM] = "from",         [CONDITION_UNTIL] = "until",
    [CONDITION_UNIT] = "department",   [CONDITIONS] = "",
};

enum { N_TYPES = sizeof(type_names) / sizeof(type_names[0]) };
enum { ALL_URGENCIES = (1 << URGENCIES) - 1, ALL_TYPES = (1 << N_TYPES) - 1 };

const char *condition_name(enum condition condition)
{
    return condition_names[condition];
}

const char *urgency_name(size_t urgency)
{
    return urgency < URGENCIES ? urgency_names[urgency] : NULL;
}

const char *request_type_name(size_t type)
{
    return type < N_TYPES ? type_names[type] : NULL;
}

static bool is_given(const struct conditions *c, enum condition condition)
{
    return (c->given >> condition & 1) != 0;
}

uint8_t conditions_kinds(const struct conditions *c)
{
    return (uint8_t)__builtin_popcount(c->given);
}

static bool has_channel(const struct conditions *c, const char *channel)
{
    for (size_t i = 0; i < c->n_channels; i++) {
        if (strcmp(c->channels[i], channel) == 0)
            return true;
    }
    return false;
}

static bool channel_holds(const struct conditions *c,
                          const struct match_query *query,
                          const struct calendar *local_time)
{
    (void)local_time;
    return has_channel(c, query->channel);
}

static bool urgency_holds(const struct conditions *c,
                          const struct match_query *query,
                          const struct calendar *local_time)
{
    (void)local_time;
    return (c->urgencies >> query->urgency & 1) != 0;
}

static bool type_holds(const struct conditions *c,
                       const struct match_query *query,
                       const struct calendar *local_time)
{
    (void)local_time;
    /* An enum number that the schema does not have counts as unspecified. */
    unsigned type = (unsigned)query->type;

    return type > 0 && type < N_TYPES && (c->types >> type & 1) != 0;
}

static bool when_holds(const struct conditions *c,
                       const struct match_query *query,
                       const struct calendar *local_time)
{
    (void)local_time;
    return calendar_is_open(c->when, query->at_ms) != c->when_closed;
}

static bool from_holds(const struct conditions *c,
                       const struct match_query *query,
                       const struct calendar *local_time)
{
    return calendar_local_date(local_time, query->at_ms) >= c->from;
}

static bool until_holds(const struct conditions *c,
                        const struct match_query *query,
                        const struct calendar *local_time)
{
    return calendar_local_date(local_time, query->at_ms) <= c->until;
}

enum condition conditions_failed(const struct conditions *c,
                                 const struct match_query *query,
                                 const struct calendar *local_time)
{
    static bool (*const holds[])(const struct conditions *,
                                 const struct match_query *,
                                 const struct calendar *) = {
        [CONDITION_CHANNELS] = channel_holds,
        [CONDITION_URGENCIES] = urgency_holds,
        [CONDITION_TYPES] = type_holds,
        [CONDITION_WHEN] = when_holds,
        [CONDITION_FROM] = from_holds,
        [CONDITION_UNTIL] = until_holds,
    };

    for (unsigned given = c->given; given; given &= given - 1) {
        enum condition first = (enum condition)__builtin_ctz(given);
        assert(first < CONDITION_UNIT);
        if (!holds[first](c, query, local_time))
            return first;
    }
    return CONDITIONS;
}

/* What a set of conditions leaves open when one of them was not given. */
static unsigned urgencies_of(const struct conditions *c)
{
    return is_given(c, CONDITION_URGENCIES) ? c->urgencies : ALL_URGENCIES;
}

static unsigned types_of(const struct conditions *c)
{
    return is_given(c, CONDITION_TYPES) ? c->types : ALL_TYPES;
}

static int32_t from_of(const struct conditions *c)
{
    return is_given(c, CONDITION_FROM) ? c->from : FROM_UNBOUNDED;
}

static int32_t until_of(const struct conditions *c)
{
    return is_given(c, CONDITION_UNTIL) ? c->until : UNTIL_UNBOUNDED;
}

static bool channels_exclude(const struct conditions *a,
                             const struct conditions *b)
{
    if (!is_given(a, CONDITION_CHANNELS) || !is_given(b, CONDITION_CHANNELS))
        return false;
    for (size_t i = 0; i < a->n_channels; i++) {
        if (has_channel(b, a->channels[i]))
            return false;
    }
    return true;
}

static bool channels_imply(const struct conditions *a,
                           const struct conditions *b)
{
    if (!is_given(b, CONDITION_CHANNELS))
        return true;
    if (!is_given(a, CONDITION_CHANNELS))
        return false;
    for (size_t i = 0; i < a->n_channels; i++) {
        if (!has_channel(b, a->channels[i]))
            return false;
    }
    return true;
}

static bool same_calendar(const struct conditions *a,
                          const struct conditions *b)
{
    return is_given(a, CONDITION_WHEN) && is_given(b, CONDITION_WHEN) &&
           a->when == b->when;
}

bool conditions_exclude(const struct conditions *a, const struct conditions *b)
{
    if (same_calendar(a, b) && a->when_closed != b->when_closed)
        return true;
    return (urgencies_of(a) & urgencies_of(b)) == 0 ||
           (types_of(a) & types_of(b)) == 0 || until_of(a) < from_of(b) ||
           until_of(b) < from_of(a) || channels_exclude(a, b) ||
           conditions_impossible(a) || conditions_impossible(b);
}

bool conditions_imply(const struct conditions *a, const struct conditions *b)
{
    if (is_given(b, CONDITION_WHEN) &&
        !(same_calendar(a, b) && a->when_closed == b->when_closed))
        return false;
    return (urgencies_of(a) & ~urgencies_of(b)) == 0 &&
           (types_of(a) & ~types_of(b)) == 0 && from_of(a) >= from_of(b) &&
           until_of(a) <= until_of(b) && channels_imply(a, b);
}

bool conditions_impossible(const struct conditions *c)
{
    bool closed_24x7 = is_given(c, CONDITION_WHEN) && c->when_closed &&
                       c->when == calendar_24x7();

    return closed_24x7 || from_of(c) > until_of(c);
}

/* A text that is cut when it is full. */
struct line {
    char *text;
    size_t size;
    size_t used;
};

__attribute__((format(printf, 2, 3))) static void
line_add(struct line *line, const char *format, ...)
{
    va_list args;

    if (line->used + 1 >= line->size)
        return;
    va_start(args, format);
    int n = vsnprintf(line->text + line->used, line->size - line->used, format,
                      args);
    va_end(args);
    line->used += n > 0 ? (size_t)n : 0;
}

static void add_mask(struct line *line, const char *name, unsigned mask,
                     const char *const *names)
{
    const char *before = "";

    line_add(line, "%s%s=", line->used ? " " : "", name);
    for (; mask; mask &= mask - 1) {
        line_add(line, "%s%s", before, names[__builtin_ctz(mask)]);
        before = ",";
    }
}

static void add_channels(struct line *line, const struct conditions *c)
{
    line_add(line, "channels=");
    for (size_t i = 0; i < c->n_channels; i++)
        line_add(line, "%s%s", i ? "," : "", c->channels[i]);
}

static void add_date(struct line *line, const char *name, int32_t date)
{
    line_add(line, "%s%s=%04d-%02d-%02d", line->used ? " " : "", name,
             date / 10000, date / 100 % 100, date % 100);
}

const char *conditions_format(const struct conditions *c, char *text,
                              size_t size)
{
    struct line line = {.text = text, .size = size};

    if (size == 0)
        return text;
    text[0] = '\0';
    if (is_given(c, CONDITION_CHANNELS))
        add_channels(&line, c);
    if (is_given(c, CONDITION_URGENCIES))
        add_mask(&line, "urgencies", c->urgencies, urgency_names);
    if (is_given(c, CONDITION_TYPES))
        add_mask(&line, "types", c->types, type_names);
    if (is_given(c, CONDITION_WHEN))
        line_add(&line, "%swhen=%s%s", line.used ? " " : "",
                 c->when_closed ? "!" : "", calendar_id(c->when));
    if (is_given(c, CONDITION_FROM))
        add_date(&line, "from", c->from);
    if (is_given(c, CONDITION_UNTIL))
        add_date(&line, "until", c->until);
    return text;
}
