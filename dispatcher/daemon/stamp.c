/*
 * Stamps as texts.
 */
#include "stamp.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

bool stamp_equal(const struct stamp *a, const struct stamp *b)
{
    return a->lineage == b->lineage && a->number == b->number;
}

const char *stamp_format(const struct stamp *stamp, char text[STAMP_TEXT_SIZE])
{
    if (stamp->lineage == 0)
        text[0] = '\0';
    else
        snprintf(text, STAMP_TEXT_SIZE,
                 "dispatcher/1 lineage=%016" PRIx64 " number=%" PRIu64
                 " latest=%" PRId64,
                 stamp->lineage, stamp->number, stamp->latest_ms);
    return text;
}

struct stamp stamp_parse(const char *text, size_t size)
{
    char copy[STAMP_TEXT_SIZE];
    struct stamp stamp = {0};
    int length = -1;

    if (!text || size >= sizeof copy)
        return stamp;
    memcpy(copy, text, size);
    copy[size] = '\0';
    if (sscanf(copy,
               "dispatcher/1 lineage=%16" SCNx64 " number=%20" SCNu64
               " latest=%20" SCNd64 "%n",
               &stamp.lineage, &stamp.number, &stamp.latest_ms, &length) != 3 ||
        length != (int)size)
        return (struct stamp){0};
    return stamp;
}

uint64_t stamp_new_lineage(void)
{
    uint64_t lineage = 0;

    while (lineage == 0)
        if (getrandom(&lineage, sizeof lineage, 0) != sizeof lineage)
            lineage = 0;
    return lineage;
}
