/*
 * The table of settings, for the files that read and print them.
 */
#ifndef DISPATCHER_SETTINGS_TABLE_H
#define DISPATCHER_SETTINGS_TABLE_H

#include "settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { SETTING_WHY_SIZE = 512 };

enum setting_type {
    SETTING_TEXT,   /* char * */
    SETTING_NUMBER, /* int */
    SETTING_SIZE,   /* size_t, with KiB or MiB */
    SETTING_TIME,   /* int64_t milliseconds, with m, h or d; bounds in hours */
    SETTING_FLAG,   /* bool: the second of two choices is true */
    SETTING_CHOICE, /* an enum that counts as `choices` does */
};

/* Whether a text is allowed; on false why[SETTING_WHY_SIZE] says why not. */
typedef bool setting_check(const char *text, char *why);

struct setting {
    const char *name;
    enum setting_type type;
    size_t offset;              /* in struct settings */
    const char *fallback;       /* NULL: the host name */
    long min, max;              /* of numbers and sizes */
    const char *const *choices; /* ends in NULL */
    setting_check *check;       /* of texts; NULL: any */
    const char *help;
};

/* All of them, in the order of the manual. */
size_t settings_count(void);
const struct setting *setting_at(size_t i);

/* The setting of this name, or NULL. */
const struct setting *setting_find(const char *name);

/* Parses a value into its field, which keeps its old value on failure. */
MUST_CHECK bool setting_parse(const struct setting *setting,
                              struct settings *cfg, const char *text,
                              char *why);

/* Prints a value as it could be given again; secrets as ***. */
void setting_print(const struct setting *setting, const struct settings *cfg,
                   FILE *out);

/* "a whole number from 1 to 64", "logfmt or json". */
void setting_describe(const struct setting *setting, char text[128]);

#endif
