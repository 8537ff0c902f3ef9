/*
 * Columns and cells of the catalogue's CSV files.
 */
#include "csv_cell.h"

#include "memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct csv_column departments[] = {
    {"id", CELL_KEY},        {"name", CELL_TEXT},
    {"parent", CELL_TEXT},   {"lead_official", CELL_TEXT},
    {"calendar", CELL_TEXT}, {"topic", CELL_TEXT},
};

static const struct csv_column areas[] = {
    {"path", CELL_KEY},
    {"name", CELL_TEXT},
    {"department", CELL_TEXT},
    {"units", CELL_OBJECT},
};

static const struct csv_column routes[] = {
    {"area", CELL_KEY},
    {"category", CELL_KEY},
    {"name", CELL_KEY},
    {"department", CELL_TEXT},
    {"co", CELL_LIST},
    {"policy", CELL_TEXT},
    {"lead_official", CELL_TEXT},
    {"channels", CELL_LIST},
    {"urgencies", CELL_LIST},
    {"types", CELL_LIST},
    {"when", CELL_TEXT},
    {"from", CELL_TEXT},
    {"until", CELL_TEXT},
    {"override", CELL_BOOLEAN},
};

static const struct csv_column policies[] = {
    {"id", CELL_KEY},
    {"first_response", CELL_TEXT},
    {"resolution", CELL_TEXT},
    {"urgency", CELL_OBJECT},
    {"first_response_by", CELL_TEXT},
    {"warn", CELL_LIST},
    {"escalate", CELL_ARRAY},
    {"calendar", CELL_TEXT},
    {"return_within", CELL_TEXT},
    {"pausable", CELL_BOOLEAN},
    {"max_pause", CELL_TEXT},
    {"max_extensions", CELL_NUMBER},
    {"restart_on_reassign", CELL_BOOLEAN},
    {"reopen_on_unsolved", CELL_BOOLEAN},
    {"reopen_resolution", CELL_TEXT},
    {"close_after", CELL_TEXT},
};

static const struct csv_column calendars[] = {
    {"id", CELL_KEY},        {"time_zone", CELL_TEXT},
    {"week", CELL_OBJECT},   {"holidays", CELL_LIST},
    {"workdays", CELL_LIST}, {"announced_until", CELL_TEXT},
    {"inherits", CELL_TEXT},
};

static const struct csv_column meta[] = {
    {"field", CELL_KEY},
    {"value", CELL_PLAIN},
};

static const struct {
    const struct csv_column *columns;
    size_t n;
} by_table[TABLES] = {
    [TABLE_DEPARTMENTS] = {departments, COUNT(departments)},
    [TABLE_AREAS] = {areas, COUNT(areas)},
    [TABLE_ROUTES] = {routes, COUNT(routes)},
    [TABLE_POLICIES] = {policies, COUNT(policies)},
    [TABLE_CALENDARS] = {calendars, COUNT(calendars)},
    [TABLE_META] = {meta, COUNT(meta)},
};

const struct csv_column *csv_columns(enum table_id id, size_t *n)
{
    *n = by_table[id].n;
    return by_table[id].columns;
}

static json_t *because(char why[CELL_WHY_SIZE], const char *reason)
{
    snprintf(why, CELL_WHY_SIZE, "%s", reason);
    return NULL;
}

static json_t *parse_text(const char *text, size_t size,
                          char why[CELL_WHY_SIZE])
{
    json_t *value;

    if (memchr(text, '\0', size) != NULL)
        return because(why, "holds a NUL byte; remove it");
    value = json_stringn(text, size);
    return value != NULL ? value
                         : because(why, "is not UTF-8; save the file as UTF-8");
}

static json_t *parse_number(const char *text, size_t size,
                            char why[CELL_WHY_SIZE])
{
    char *end;
    long long number;

    errno = 0;
    number = strtoll(text, &end, 10);
    if (errno != 0 || end != text + size || text[0] == ' ')
        return because(why, "is no whole number; write digits only");
    return json_integer(number);
}

/* Spreadsheets write TRUE and FALSE. */
static json_t *parse_boolean(const char *text, size_t size,
                             char why[CELL_WHY_SIZE])
{
    if (size == 4 && strcasecmp(text, "true") == 0)
        return json_true();
    if (size == 5 && strcasecmp(text, "false") == 0)
        return json_false();
    return because(why, "is neither true nor false");
}

static json_t *parse_json(const char *text, size_t size, json_type type,
                          char why[CELL_WHY_SIZE])
{
    json_error_t error;
    json_t *value = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);

    if (value == NULL) {
        snprintf(why, CELL_WHY_SIZE, "is no JSON: %s, at character %d",
                 error.text, error.column);
        return NULL;
    }
    if (json_typeof(value) == type)
        return value;
    json_decref(value);
    return because(why, type == JSON_OBJECT
                            ? "must be a JSON object: {\"name\": ...}"
                            : "must be a JSON array: [...]");
}

static void trim_blanks(const char **text, size_t *size)
{
    while (*size > 0 && strchr(" \t\r\n", **text) != NULL) {
        (*text)++;
        (*size)--;
    }
    while (*size > 0 && strchr(" \t\r\n", (*text)[*size - 1]) != NULL)
        (*size)--;
}

static json_t *parse_list(const char *text, size_t size,
                          char why[CELL_WHY_SIZE])
{
    json_t *list;
    const char *end = text + size;

    if (memchr(text, '\0', size) != NULL)
        return because(why, "holds a NUL byte; remove it");
    if (text[0] == '[')
        return parse_json(text, size, JSON_ARRAY, why);
    list = json_array();
    while (text < end) {
        const char *item = text;
        size_t item_size = strcspn(text, ";");
        json_t *value;

        text += item_size + 1;
        trim_blanks(&item, &item_size);
        if (item_size == 0)
            continue;
        value = parse_text(item, item_size, why);
        if (value == NULL) {
            json_decref(list);
            return NULL;
        }
        json_array_append_new(list, value);
    }
    return list;
}

json_t *csv_cell_parse(enum cell_kind kind, const char *text, size_t size,
                       char why[CELL_WHY_SIZE])
{
    switch (kind) {
    case CELL_NUMBER:
        return parse_number(text, size, why);
    case CELL_BOOLEAN:
        return parse_boolean(text, size, why);
    case CELL_LIST:
        return parse_list(text, size, why);
    case CELL_OBJECT:
        return parse_json(text, size, JSON_OBJECT, why);
    case CELL_ARRAY:
        return parse_json(text, size, JSON_ARRAY, why);
    case CELL_KEY:
    case CELL_PLAIN:
    case CELL_TEXT:
        break;
    }
    return parse_text(text, size, why);
}

/* Whether an item stays what it is between semicolons. */
static bool is_plain_item(const json_t *item)
{
    const char *text = json_string_value(item);
    size_t size = json_string_length(item);
    const char *trimmed = text;

    if (text == NULL || size == 0 || strlen(text) != size || text[0] == '[' ||
        strchr(text, ';') != NULL)
        return false;
    trim_blanks(&trimmed, &size);
    return size == json_string_length(item);
}

static char *dump(const json_t *value)
{
    return json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
}

static char *format_list(const json_t *list)
{
    size_t n = json_array_size(list), size = 0, used = 0;
    char *text;

    for (size_t i = 0; i < n; i++) {
        if (!is_plain_item(json_array_get(list, i)))
            return dump(list);
        size += json_string_length(json_array_get(list, i)) + 1;
    }
    if (n == 0)
        return dump(list);
    text = memory_new(size);
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(list, i);

        if (i > 0)
            text[used++] = ';';
        memcpy(text + used, json_string_value(item), json_string_length(item));
        used += json_string_length(item);
    }
    return text;
}

char *csv_cell_format(enum cell_kind kind, const json_t *value)
{
    static const json_type types[] = {
        [CELL_KEY] = JSON_STRING,    [CELL_PLAIN] = JSON_STRING,
        [CELL_TEXT] = JSON_STRING,   [CELL_NUMBER] = JSON_INTEGER,
        [CELL_BOOLEAN] = JSON_FALSE, [CELL_LIST] = JSON_ARRAY,
        [CELL_OBJECT] = JSON_OBJECT, [CELL_ARRAY] = JSON_ARRAY,
    };
    json_type type = json_is_true(value) ? JSON_FALSE : json_typeof(value);

    if (type != types[kind])
        return NULL;
    if (type == JSON_STRING)
        return memory_copy_text(json_string_value(value));
    return kind == CELL_LIST ? format_list(value) : dump(value);
}
