/*
 * Characters as a terminal shows them: how wide, and which are no text.
 */
#include "terminal.h"

#include "memory.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* Chinese, Japanese and Korean characters and full-width forms take two. */
static int width_of(uint32_t c)
{
    static const uint32_t wide[][2] = {
        {0x1100, 0x115f}, {0x2e80, 0xa4cf},   {0xac00, 0xd7a3},
        {0xf900, 0xfaff}, {0xfe30, 0xfe6f},   {0xff00, 0xff60},
        {0xffe0, 0xffe6}, {0x1f300, 0x1faff}, {0x20000, 0x3fffd},
    };
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
        if (c >= wide[i][0] && c <= wide[i][1])
            return 2;
    return 1;
}

enum { NO_CHARACTER = 0x1a }; /* a control character, so shown as one */

/* The character at *p, and *p behind it; a byte that begins none is one. */
static uint32_t take_character(const char **p)
{
    const unsigned char *at = (const unsigned char *)*p;
    int more = (at[0] >= 0xc0) + (at[0] >= 0xe0) + (at[0] >= 0xf0);
    uint32_t c = more == 0 ? at[0] : at[0] & (0x3fU >> more);
    bool good = at[0] < 0x80 || at[0] >= 0xc0;

    for (int i = 1; i <= more && good; i++) {
        good = (at[i] & 0xc0) == 0x80;
        c = c << 6 | (at[i] & 0x3f);
    }
    *p += good ? more + 1 : 1;
    return good ? c : NO_CHARACTER;
}

struct terminal_character terminal_next(const char **p)
{
    const char *from = *p;
    uint32_t c = take_character(p);
    bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);

    if (control)
        return (struct terminal_character){"?", 1, 1};
    return (struct terminal_character){from, (size_t)(*p - from), width_of(c)};
}

void terminal_print(FILE *out, const char *text)
{
    while (*text != '\0') {
        struct terminal_character c = terminal_next(&text);
        fwrite(c.bytes, 1, c.size, out);
    }
}

void terminal_printf(FILE *out, const char *format, ...)
{
    va_list args;
    int size;

    va_start(args, format);
    size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (size < 0)
        return;
    char *text = memory_new((size_t)size + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)size + 1, format, args);
    va_end(args);
    terminal_print(out, text);
    free(text);
}
