/*
 * Paths that a person would take for the same. For the files of this folder
 * only.
 */
#ifndef DISPATCHER_LOOKALIKE_H
#define DISPATCHER_LOOKALIKE_H

#include <stddef.h>

/* Writes to out[size] what is left of a path once differences are dropped that
 * the eye does not see: blanks at the ends of steps, letter case, full-width
 * forms, Greek and Cyrillic letters that look Latin, kinds of dashes and
 * blanks, characters without width. Returns the number of bytes, at most
 * `size`. */
size_t lookalike_fold(const char *path, size_t size, char *out);

#endif
