/*
 * Texts of others on a terminal: nothing in them may steer it.
 */
#ifndef DISPATCHER_TERMINAL_H
#define DISPATCHER_TERMINAL_H

#include "status.h"

#include <stddef.h>
#include <stdio.h>

/* One character, made harmless: control characters and bytes that are no
 * UTF-8 are "?". */
struct terminal_character {
    const char *bytes; /* borrowed; not ended by NUL */
    size_t size;
    int width; /* in cells; Chinese characters take two */
};

/* The character at *p, which is not its end, and *p behind it. */
struct terminal_character terminal_next(const char **p);

void terminal_print(FILE *out, const char *text);

/* As fprintf; what is formatted holds no line ends. */
void terminal_printf(FILE *out, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
