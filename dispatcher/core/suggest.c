/*
 * The nearest name by edit distance, without regard to case.
 */
#include "suggest.h"

#include <stdio.h>
#include <string.h>

/* Longer names are compared by their beginning. */
enum { NAME_MAX_COMPARED = 48 };

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Levenshtein's distance with one row of memory. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t size_a = strnlen(a, NAME_MAX_COMPARED);
    size_t size_b = strnlen(b, NAME_MAX_COMPARED);
    size_t row[NAME_MAX_COMPARED + 1];

    for (size_t j = 0; j <= size_b; j++)
        row[j] = j;
    for (size_t i = 1; i <= size_a; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= size_b; j++) {
            size_t change = lower(a[i - 1]) != lower(b[j - 1]);
            size_t above = row[j];
            row[j] = smallest(above + 1, row[j - 1] + 1, diagonal + change);
            diagonal = above;
        }
    }
    return row[size_b];
}

void suggest_begin(struct suggest *s, const char *unknown)
{
    /* A third of the letters may be wrong, or it is another word. */
    size_t tolerated = (strnlen(unknown, NAME_MAX_COMPARED) + 2) / 3;
    *s = (struct suggest){.unknown = unknown, .distance = tolerated + 1};
}

void suggest_consider(struct suggest *s, const char *candidate)
{
    size_t distance = edit_distance(s->unknown, candidate);
    if (distance >= s->distance)
        return;
    s->distance = distance;
    s->best = candidate;
}

const char *suggest_text(const struct suggest *s, char text[SUGGEST_TEXT_SIZE])
{
    text[0] = '\0';
    if (s->best != NULL)
        snprintf(text, SUGGEST_TEXT_SIZE, "; did you mean %.*s?",
                 NAME_MAX_COMPARED, s->best);
    return text;
}
