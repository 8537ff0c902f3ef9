/*
 * logfmt to JSON: each pair becomes a member. Values keep their text, so a
 * number is a string too and a field never changes its type.
 */
#include "log_json.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct sink {
    char *text;
    size_t used;
    size_t size; /* room, the end of the object already taken off */
    bool full;
};

static void put(struct sink *s, const char *bytes, size_t n)
{
    if (s->full || n > s->size - s->used) {
        s->full = true;
        return;
    }
    memcpy(s->text + s->used, bytes, n);
    s->used += n;
}

/* `quoted` values come escaped; JSON knows the same escapes, save \xHH. */
static void put_value(struct sink *s, const char *value, size_t n, bool quoted)
{
    for (size_t i = 0; i < n; i++) {
        if (!quoted && (value[i] == '"' || value[i] == '\\')) {
            put(s, "\\", 1);
            put(s, value + i, 1);
        } else if (quoted && value[i] == '\\' && i + 1 < n &&
                   value[i + 1] == 'x') {
            put(s, "\\u00", 4);
            i++;
        } else if (quoted && value[i] == '\\' && i + 1 < n) {
            put(s, value + i++, 2);
        } else {
            put(s, value + i, 1);
        }
    }
}

/* The length of a value: to the closing quote, or to the next space. */
static size_t value_size(const char *value, bool quoted)
{
    size_t n = 0;

    if (!quoted)
        return strcspn(value, " ");
    while (value[n] != '\0' && value[n] != '"')
        n += value[n] == '\\' && value[n + 1] != '\0' ? 2 : 1;
    return n;
}

/* Writes the pair at `fields` whole or not at all; returns what follows. */
static const char *put_pair(struct sink *s, const char *fields)
{
    size_t name = strcspn(fields, "= "), begin = s->used;
    const char *value = fields + name + (fields[name] == '=');
    bool quoted = *value == '"';

    value += quoted;
    size_t n = value_size(value, quoted);
    put(s, ",\"", 2);
    put_value(s, fields, name, false);
    put(s, "\":\"", 3);
    put_value(s, value, n, quoted);
    put(s, "\"", 1);
    if (s->full)
        s->used = begin;
    value += n;
    value += quoted && *value == '"';
    return value + strspn(value, " ");
}

size_t log_json(const char *time, const char *level, const char *fields,
                char *out, size_t size)
{
    int head =
        snprintf(out, size, "{\"ts\":\"%s\",\"level\":\"%s\"", time, level);
    struct sink s = {out, (size_t)head, size - 2, false};

    while (*fields != '\0' && !s.full)
        fields = put_pair(&s, fields);
    memcpy(out + s.used, "}\n", 2);
    return s.used + 2;
}
