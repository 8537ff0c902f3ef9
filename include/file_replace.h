/*
 * Writes a file at once or not at all: readers see the old one or the new
 * one, also after a crash.
 */
#ifndef DISPATCHER_FILE_REPLACE_H
#define DISPATCHER_FILE_REPLACE_H

#include "status.h"

#include <stdbool.h>
#include <stdio.h>

struct file_replace {
    FILE *file;
    char *path;
    char *temporary; /* beside it, so that rename works */
};

/* A stream for the new content; NULL with errno when it cannot be made. */
MUST_CHECK FILE *file_replace_begin(struct file_replace *replace,
                                    const char *path);

/* Puts the new content, safe on the disk, in the place of the old. False with
 * errno: the old content is still there. Frees what begin took. */
MUST_CHECK bool file_replace_finish(struct file_replace *replace);

/* Leaves the old content. Frees what begin took. */
void file_replace_abandon(struct file_replace *replace);

#endif
