/*
 * UTF-8 without NUL: eight bytes at a time while they are ASCII, and one
 * character at a time where they are not. Chinese is runs of three bytes.
 */
#include "utf8.h"

#include <stdint.h>
#include <string.h>

enum { WORD = 8 };

/* True when none of the eight bytes is NUL or above 0x7f. */
static bool word_is_ascii(const uint8_t *p)
{
    uint64_t word;

    memcpy(&word, p, WORD);
    /* A NUL borrows, which sets the top bit of its byte. */
    return ((word | (word - 0x0101010101010101u)) & 0x8080808080808080u) == 0;
}

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Bytes of the character at `p`, which is not ASCII; 0: none is there. The
 * second byte's range is what rules out overlong forms (e0, f0), surrogates
 * (ed) and all beyond U+10FFFF (f4): table 3-7 of the Unicode standard. */
static size_t character_size(const uint8_t *p, size_t left)
{
    uint8_t first = p[0];

    if (first < 0xc2 || first > 0xf4 || left < 2)
        return 0;
    if (first < 0xe0)
        return is_continuation(p[1]) ? 2 : 0;
    uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < low || p[1] > high || left < 3 || !is_continuation(p[2]))
        return 0;
    if (first < 0xf0)
        return 3;
    return left > 3 && is_continuation(p[3]) ? 4 : 0;
}

bool utf8_is_text(const void *bytes, size_t size)
{
    const uint8_t *p = bytes;
    const uint8_t *end = p + size;

    while (p < end) {
        size_t left = (size_t)(end - p);
        size_t step = 1;

        if (*p >= 0x80)
            step = character_size(p, left);
        else if (left >= WORD && word_is_ascii(p))
            step = WORD;
        else if (*p == '\0')
            step = 0;
        if (step == 0)
            return false;
        p += step;
    }
    return true;
}
