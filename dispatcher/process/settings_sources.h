/*
 * Where settings come from. Each source hands name and value on, one by one;
 * what is wrong is written to `err`, all of it, before reading is given up.
 */
#ifndef DISPATCHER_SETTINGS_SOURCES_H
#define DISPATCHER_SETTINGS_SOURCES_H

#include "settings.h"

#include <stdbool.h>
#include <stdio.h>

struct reading {
    struct settings *cfg;
    FILE *err;
    bool failed;
};

/* Takes one value. `where` is for the message: "dispatcher.conf:12". */
void reading_assign(struct reading *r, const char *where, const char *name,
                    const char *value);

/* Writes "where: ..." to err; reading has failed. */
void reading_refuse(struct reading *r, const char *where, const char *format,
                    ...) PRINTF_LIKE(3, 4);

/* Defaults, a file, the environment. */
void read_defaults(struct reading *r);
void read_file(struct reading *r, const char *path);
void read_environment(struct reading *r, char **environment);

#endif
