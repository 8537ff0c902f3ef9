/*
 * One value: from text to its field, and back.
 */
#include "settings_table.h"

#include "memory.h"
#include "redis_address.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* An enum is stored through an int of the same size. */
static_assert(sizeof(enum log_level) == sizeof(int), "enums are ints");
static_assert(sizeof(enum log_format) == sizeof(int), "enums are ints");
static_assert(sizeof(enum calendar_language) == sizeof(int), "enums are ints");

static void *field_of(const struct setting *setting, struct settings *cfg)
{
    return (char *)cfg + setting->offset;
}

static const void *value_of(const struct setting *setting,
                            const struct settings *cfg)
{
    return (const char *)cfg + setting->offset;
}

static bool refuse(const struct setting *setting, const char *text, char *why)
{
    char expected[128];

    setting_describe(setting, expected);
    snprintf(why, SETTING_WHY_SIZE, "\"%.64s\" is not %s", text, expected);
    return false;
}

/* A whole number and whatever stands behind it. */
static bool parse_long(const char *text, long *out, const char **rest)
{
    char *end;

    if (*text != '-' && (*text < '0' || *text > '9'))
        return false;
    errno = 0;
    *out = strtol(text, &end, 10);
    *rest = end;
    return errno == 0 && end != text;
}

static bool parse_text(const struct setting *setting, void *field,
                       const char *text, char *why)
{
    char **value = field;

    if (setting->check != NULL && !setting->check(text, why))
        return false;
    free(*value);
    *value = memory_copy_text(text);
    return true;
}

static bool parse_number(const struct setting *setting, void *field,
                         const char *text, char *why)
{
    long n;
    const char *rest;

    if (!parse_long(text, &n, &rest) || *rest != '\0' || n < setting->min ||
        n > setting->max)
        return refuse(setting, text, why);
    *(int *)field = (int)n;
    return true;
}

static bool parse_size(const struct setting *setting, void *field,
                       const char *text, char *why)
{
    static const struct {
        const char *name;
        long bytes;
    } units[] = {{"", 1}, {"KiB", 1024}, {"MiB", 1024L * 1024}};
    long n;
    const char *rest;

    if (!parse_long(text, &n, &rest) || n < 0 || n > setting->max)
        return refuse(setting, text, why);
    rest += *rest == ' ';
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(rest, units[i].name) != 0)
            continue;
        if (n * units[i].bytes < setting->min ||
            n * units[i].bytes > setting->max)
            break;
        *(size_t *)field = (size_t)(n * units[i].bytes);
        return true;
    }
    return refuse(setting, text, why);
}

/* From the largest to the smallest, as times are printed. */
static const struct {
    char name;
    int64_t ms;
} time_units[] = {{'d', 24 * 3600000}, {'h', 3600000}, {'m', 60000}};
enum { TIME_UNITS = sizeof time_units / sizeof *time_units, HOUR_MS = 3600000 };

static bool parse_time(const struct setting *setting, void *field,
                       const char *text, char *why)
{
    long n;
    const char *rest;

    if (!parse_long(text, &n, &rest) || n < 0 || n > INT32_MAX)
        return refuse(setting, text, why);
    for (size_t i = 0; i < TIME_UNITS; i++) {
        int64_t ms = n * time_units[i].ms;

        if (rest[0] != time_units[i].name || rest[1] != '\0')
            continue;
        if (ms < setting->min * HOUR_MS || ms > setting->max * HOUR_MS)
            break;
        *(int64_t *)field = ms;
        return true;
    }
    return refuse(setting, text, why);
}

/* The index among the choices, or -1. */
static int choice_index(const struct setting *setting, const char *text)
{
    for (int i = 0; setting->choices[i] != NULL; i++)
        if (strcmp(setting->choices[i], text) == 0)
            return i;
    return -1;
}

static bool parse_flag(const struct setting *setting, void *field,
                       const char *text, char *why)
{
    int i = choice_index(setting, text);

    if (i < 0)
        return refuse(setting, text, why);
    *(bool *)field = i == 1;
    return true;
}

static bool parse_choice(const struct setting *setting, void *field,
                         const char *text, char *why)
{
    int i = choice_index(setting, text);

    if (i < 0)
        return refuse(setting, text, why);
    memcpy(field, &i, sizeof i);
    return true;
}

/* User and password of a URL stand before its last @; those of Sentinels at
 * its end. */
static void print_text(const struct setting *setting, const void *value,
                       FILE *out)
{
    const char *text = *(char *const *)value;
    const char *scheme = strstr(text, "://");
    const char *end = strstr(text, REDIS_SENTINEL_LOGIN);
    const char *at;

    (void)setting;
    if (end == NULL)
        end = text + strlen(text);
    at = memrchr(text, '@', (size_t)(end - text));
    if (scheme == NULL || at == NULL)
        fprintf(out, "%.*s", (int)(end - text), text);
    else
        fprintf(out, "%.*s***%.*s", (int)(scheme + 3 - text), text,
                (int)(end - at), at);
    if (*end != '\0')
        fputs(REDIS_SENTINEL_LOGIN "***", out);
}

static void print_number(const struct setting *setting, const void *value,
                         FILE *out)
{
    (void)setting;
    fprintf(out, "%d", *(const int *)value);
}

static void print_size(const struct setting *setting, const void *value,
                       FILE *out)
{
    size_t n = *(const size_t *)value;

    (void)setting;
    if (n % 1024 == 0)
        fprintf(out, "%zu KiB", n / 1024);
    else
        fprintf(out, "%zu", n);
}

static void print_time(const struct setting *setting, const void *value,
                       FILE *out)
{
    int64_t ms = *(const int64_t *)value;
    size_t i = 0;

    (void)setting;
    while (i < TIME_UNITS - 1 && ms % time_units[i].ms != 0)
        i++;
    fprintf(out, "%lld%c", (long long)(ms / time_units[i].ms),
            time_units[i].name);
}

static void print_flag(const struct setting *setting, const void *value,
                       FILE *out)
{
    fputs(setting->choices[*(const bool *)value], out);
}

static void print_choice(const struct setting *setting, const void *value,
                         FILE *out)
{
    int i;

    memcpy(&i, value, sizeof i);
    fputs(setting->choices[i], out);
}

static const struct {
    bool (*parse)(const struct setting *setting, void *field, const char *text,
                  char *why);
    void (*print)(const struct setting *setting, const void *value, FILE *out);
} types[] = {
    [SETTING_TEXT] = {parse_text, print_text},
    [SETTING_NUMBER] = {parse_number, print_number},
    [SETTING_SIZE] = {parse_size, print_size},
    [SETTING_TIME] = {parse_time, print_time},
    [SETTING_FLAG] = {parse_flag, print_flag},
    [SETTING_CHOICE] = {parse_choice, print_choice},
};

bool setting_parse(const struct setting *setting, struct settings *cfg,
                   const char *text, char *why)
{
    return types[setting->type].parse(setting, field_of(setting, cfg), text,
                                      why);
}

void setting_print(const struct setting *setting, const struct settings *cfg,
                   FILE *out)
{
    types[setting->type].print(setting, value_of(setting, cfg), out);
}

static void describe_choices(const char *const *choices, char text[128])
{
    size_t used = 0;

    for (size_t i = 0; choices[i] != NULL; i++) {
        const char *joint = choices[i + 1] == NULL ? " or " : ", ";
        used += (size_t)snprintf(text + used, 128 - used, "%s%s",
                                 i == 0 ? "" : joint, choices[i]);
    }
}

void setting_describe(const struct setting *setting, char text[128])
{
    switch (setting->type) {
    case SETTING_TEXT:
        snprintf(text, 128, "text");
        break;
    case SETTING_NUMBER:
        snprintf(text, 128, "a whole number from %ld to %ld", setting->min,
                 setting->max);
        break;
    case SETTING_SIZE:
        snprintf(text, 128, "a size from %ld KiB to %ld MiB",
                 setting->min / 1024, setting->max / 1024 / 1024);
        break;
    case SETTING_TIME:
        snprintf(text, 128, "a time from %ldh to %ldd, in m, h or d",
                 setting->min, setting->max / 24);
        break;
    case SETTING_FLAG:
    case SETTING_CHOICE:
        describe_choices(setting->choices, text);
        break;
    }
}
