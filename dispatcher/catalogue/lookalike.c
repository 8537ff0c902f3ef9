/*
 * Folding by two small tables. They cover what keyboards and spreadsheets of
 * Chinese, Latin, Greek and Cyrillic script mix up, not all of Unicode's
 * confusables (UTS #39): a missed pair costs a warning only.
 *
 * No code point is folded to one with more bytes.
 */
#include "lookalike.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { DROPPED = 0 };

/* The code points from `first` to `last` become `to`, to + 1 and so on; or all
 * of them `to`. */
struct range {
    uint32_t first;
    uint32_t last;
    uint32_t to;
    bool all;
};

static const struct range ranges[] = {
    {0xff01, 0xff5e, '!', false},    /* full width */
    {'A', 'Z', 'a', false},          /* upper case: Latin, */
    {0x00c0, 0x00d6, 0x00e0, false}, /* with accents, */
    {0x00d8, 0x00de, 0x00f8, false}, /* with strokes, */
    {0x0391, 0x03a9, 0x03b1, false}, /* Greek, */
    {0x0400, 0x040f, 0x0450, false}, /* Cyrillic with marks, */
    {0x0410, 0x042f, 0x0430, false}, /* Cyrillic */
    {'\t', '\t', ' ', true},         /* blanks of all widths */
    {0x00a0, 0x00a0, ' ', true},     {0x2000, 0x200a, ' ', true},
    {0x3000, 0x3000, ' ', true},     {0x2010, 0x2015, '-', true}, /* dashes */
    {0x2212, 0x2212, '-', true},                                  /* minus */
    {0x00ad, 0x00ad, DROPPED, true}, /* soft hyphen */
    {0x200b, 0x200f, DROPPED, true}, /* no width, direction */
    {0x2060, 0x2060, DROPPED, true}, /* word joiner */
    {0xfeff, 0xfeff, DROPPED, true}, /* byte order mark */
};

/* Lower-case letters of which either case looks Latin. */
static const struct {
    uint16_t letter;
    char latin;
} letters[] = {
    {0x03b1, 'a'}, {0x03b2, 'b'}, {0x03b5, 'e'}, {0x03b6, 'z'}, {0x03b7, 'h'},
    {0x03b9, 'i'}, {0x03ba, 'k'}, {0x03bc, 'm'}, {0x03bd, 'n'}, {0x03bf, 'o'},
    {0x03c1, 'p'}, {0x03c4, 't'}, {0x03c5, 'y'}, {0x03c7, 'x'}, {0x0430, 'a'},
    {0x0432, 'b'}, {0x0435, 'e'}, {0x043a, 'k'}, {0x043c, 'm'}, {0x043d, 'h'},
    {0x043e, 'o'}, {0x0440, 'p'}, {0x0441, 'c'}, {0x0442, 't'}, {0x0443, 'y'},
    {0x0445, 'x'}, {0x0455, 's'}, {0x0456, 'i'}, {0x0458, 'j'}, {0x04bb, 'h'},
};

static uint32_t fold_range(uint32_t c)
{
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        const struct range *r = &ranges[i];
        if (c >= r->first && c <= r->last)
            return r->all ? r->to : r->to + (c - r->first);
    }
    return c;
}

static uint32_t fold_point(uint32_t c)
{
    /* Twice: a full-width letter may be upper case. */
    uint32_t folded = fold_range(fold_range(c));

    for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
        if (letters[i].letter == folded)
            return (unsigned char)letters[i].latin;
    }
    return folded;
}

/* Decodes one code point; stays in bounds even where the text is not UTF-8. */
static size_t decode(const char *text, size_t size, uint32_t *c)
{
    static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    unsigned char lead = (unsigned char)text[0];
    size_t n = 1 + (lead >= 0xc0) + (lead >= 0xe0) + (lead >= 0xf0);

    if (n > size)
        n = size;
    *c = lead & masks[n];
    for (size_t i = 1; i < n; i++)
        *c = *c << 6 | ((unsigned char)text[i] & 0x3f);
    return n;
}

/* Encodes a code point of at most two bytes. */
static size_t encode(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    out[0] = (char)(0xc0 | c >> 6);
    out[1] = (char)(0x80 | (c & 0x3f));
    return 2;
}

/* Without the blanks at its ends. */
static size_t trim(char *step, size_t size)
{
    size_t blanks = 0;

    while (size > 0 && step[size - 1] == ' ')
        size--;
    while (blanks < size && step[blanks] == ' ')
        blanks++;
    memmove(step, step + blanks, size - blanks);
    return size - blanks;
}

size_t lookalike_fold(const char *path, size_t size, char *out)
{
    size_t used = 0;
    size_t step = 0; /* where the step at hand begins in out */

    for (size_t i = 0; i < size;) {
        uint32_t c;
        size_t n = decode(path + i, size - i, &c);
        uint32_t folded = fold_point(c);

        if (path[i] == '/') {
            used = step + trim(out + step, used - step);
            out[used++] = '/';
            step = used;
        } else if (folded == c) {
            memcpy(out + used, path + i, n);
            used += n;
        } else if (folded != DROPPED) {
            used += encode(folded, out + used);
        }
        i += n;
    }
    return step + trim(out + step, used - step);
}
