/*
 * Paths: checking them, and the hashes of their prefixes.
 *
 * The hash of a prefix is the hash of its last step, seeded with the hash of
 * the prefix before it, so that all of them cost one pass over the text.
 */
#include "path.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The inlined variant: steps are a few bytes long, a call would cost as much
 * as the hash. */
#define XXH_INLINE_ALL
#include <xxhash.h>

static const uint64_t empty_path_hash = 0x9e3779b97f4a7c15u;

__attribute__((format(printf, 2, 3))) static bool
refuse(char why[PATH_WHY_SIZE], const char *format, ...)
{
    va_list args;

    if (!why)
        return false;
    va_start(args, format);
    vsnprintf(why, PATH_WHY_SIZE, format, args);
    va_end(args);
    return false;
}

bool path_check(const char *text, size_t size, char why[PATH_WHY_SIZE])
{
    size_t steps = 0;
    size_t step_size = 0;

    if (size == 0)
        return true;
    if (size > PATH_MAX_SIZE)
        return refuse(why, "has %zu bytes, %d are allowed", size,
                      PATH_MAX_SIZE);
    if (memchr(text, '|', size))
        return refuse(why, "holds a vertical bar, replace it");
    if (memchr(text, '\0', size))
        return refuse(why, "holds a NUL");
    for (size_t i = 0; i <= size; i++) {
        if (i < size && text[i] != '/') {
            step_size++;
            continue;
        }
        steps++;
        if (step_size == 0)
            return refuse(why, "has an empty step, number %zu", steps);
        step_size = 0;
    }
    if (steps > PATH_MAX_STEPS)
        return refuse(why, "has %zu steps, %d are allowed", steps,
                      PATH_MAX_STEPS);
    return true;
}

void path_read(struct path *p, const char *text, size_t size)
{
    size_t begin = 0;

    if (size > PATH_MAX_SIZE)
        size = PATH_MAX_SIZE;
    p->text = text;
    p->depth = 0;
    p->size[0] = 0;
    p->hash[0] = empty_path_hash;
    while (begin < size && p->depth < PATH_MAX_STEPS) {
        const char *slash = memchr(text + begin, '/', size - begin);
        size_t end = slash ? (size_t)(slash - text) : size;
        uint64_t seed = p->hash[p->depth];

        p->depth++;
        p->size[p->depth] = (uint16_t)end;
        p->hash[p->depth] =
            XXH3_64bits_withSeed(text + begin, end - begin, seed);
        begin = end + 1;
    }
}
