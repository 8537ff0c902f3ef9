/*
 * Paths of areas and categories: steps divided by '/', compared step by step.
 *
 *   110000/110102/007      prefixes: (empty), 110000, 110000/110102, and all
 */
#ifndef DISPATCHER_PATH_H
#define DISPATCHER_PATH_H

#include "status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PATH_MAX_STEPS = 8, PATH_MAX_SIZE = 512 };

/* Whether `text` is a path (docs/catalogue.md): at most 8 steps and 512
 * bytes, no step empty, no vertical bar, no NUL. The empty path is one. That
 * it is UTF-8 is the caller's part. On false `why` (may be NULL) says what is
 * wrong, without the text itself. */
enum { PATH_WHY_SIZE = 96 };
MUST_CHECK bool path_check(const char *text, size_t size,
                           char why[PATH_WHY_SIZE]);

/* A path and all its prefixes. Prefix i has i steps, is size[i] bytes long and
 * has hash[i], which depends on its bytes only. */
struct path {
    const char *text; /* borrowed */
    uint32_t depth;   /* number of steps */
    uint16_t size[PATH_MAX_STEPS + 1];
    uint64_t hash[PATH_MAX_STEPS + 1];
};

/* Finds and hashes the prefixes of a valid path in one pass. Steps beyond
 * PATH_MAX_STEPS and bytes beyond PATH_MAX_SIZE are left out. */
void path_read(struct path *p, const char *text, size_t size);

#endif
