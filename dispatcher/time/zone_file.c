/*
 * TZif, the format of the system's time zone files (RFC 8536).
 *
 *   header, data with 32-bit times, header, data with 64-bit times, footer
 *
 * Files of version 1 end after the first data.
 */
#include "memory.h"
#include "zone_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char default_folder[] = "/usr/share/zoneinfo";

enum { HEADER_SIZE = 44, TYPE_SIZE = 6, MAX_OFFSET = 26 * 3600 };

struct header {
    uint32_t isut;
    uint32_t isstd;
    uint32_t leap;
    uint32_t times;
    uint32_t types;
    uint32_t chars;
};

static uint64_t read_big_endian(const uint8_t *p, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | p[i];
    return value;
}

static int64_t read_time(const uint8_t *p, size_t size)
{
    uint64_t value = read_big_endian(p, size);
    return size == 4 ? (int32_t)(uint32_t)value : (int64_t)value;
}

static bool read_header(const uint8_t *p, size_t size, struct header *h)
{
    if (size < HEADER_SIZE || memcmp(p, "TZif", 4) != 0)
        return false;
    h->isut = (uint32_t)read_big_endian(p + 20, 4);
    h->isstd = (uint32_t)read_big_endian(p + 24, 4);
    h->leap = (uint32_t)read_big_endian(p + 28, 4);
    h->times = (uint32_t)read_big_endian(p + 32, 4);
    h->types = (uint32_t)read_big_endian(p + 36, 4);
    h->chars = (uint32_t)read_big_endian(p + 40, 4);
    return h->times <= ZONE_MAX_TRANSITIONS && h->types >= 1 &&
           h->types <= 256 && h->chars <= ZONE_MAX_FILE &&
           h->leap <= ZONE_MAX_FILE && h->isut <= 256 && h->isstd <= 256;
}

/* Size of header and data whose times have `width` bytes. */
static size_t block_size(const struct header *h, size_t width)
{
    return HEADER_SIZE + h->times * (width + 1) + h->types * TYPE_SIZE +
           h->chars + h->leap * (width + 4) + h->isstd + h->isut;
}

static bool read_offset(const struct header *h, const uint8_t *types,
                        uint8_t index, int32_t *out)
{
    if (index >= h->types)
        return false;
    int64_t offset = read_time(types + (size_t)index * TYPE_SIZE, 4);
    if (offset < -MAX_OFFSET || offset > MAX_OFFSET)
        return false;
    *out = (int32_t)offset;
    return true;
}

static bool read_regimes(struct zone *zone, const uint8_t *block,
                         const struct header *h, size_t width)
{
    const uint8_t *times = block + HEADER_SIZE;
    const uint8_t *indexes = times + h->times * width;
    const uint8_t *types = indexes + h->times;
    int32_t offset;
    if (!read_offset(h, types, 0, &offset))
        return false;
    zone_append(zone, ZONE_MIN_MS / 1000 - 86400, offset);
    for (uint32_t i = 0; i < h->times; i++) {
        int64_t from = read_time(times + i * width, width);
        if (!read_offset(h, types, indexes[i], &offset))
            return false;
        /* Some files begin with a change at the big bang. */
        if (from > zone->regimes[0].from && from < ZONE_MAX_MS / 1000)
            zone_append(zone, from, offset);
    }
    return true;
}

/* The footer: a text between two newlines. */
static bool read_footer(struct zone *zone, const uint8_t *p, size_t size)
{
    if (size < 2 || p[0] != '\n')
        return false;
    const uint8_t *end = memchr(p + 1, '\n', size - 1);
    return end != NULL &&
           zone_append_footer(zone, (const char *)p + 1, (size_t)(end - p) - 1);
}

static bool read_file(struct zone *zone, const uint8_t *p, size_t size)
{
    struct header h;
    if (!read_header(p, size, &h) || block_size(&h, 4) > size)
        return false;
    bool version_1 = p[4] == '\0';
    if (version_1)
        return read_regimes(zone, p, &h, 4);
    size_t skipped = block_size(&h, 4);
    p += skipped;
    size -= skipped;
    if (!read_header(p, size, &h) || block_size(&h, 8) > size)
        return false;
    size_t block = block_size(&h, 8);
    return read_regimes(zone, p, &h, 8) &&
           read_footer(zone, p + block, size - block);
}

struct zone *zone_parse(const void *bytes, size_t size)
{
    struct zone *zone = memory_new(sizeof *zone);
    struct regime *room = memory_new_array(ZONE_MAX_REGIMES, sizeof *room);
    zone->regimes = room;
    if (!read_file(zone, bytes, size)) {
        zone_free(&zone);
        return NULL;
    }
    zone->regimes = memory_grow(room, zone->n, sizeof *room);
    zone_index(zone);
    return zone;
}

/* Names come from the catalogue: they must not lead out of the folder. */
static bool is_zone_name(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz"
                                  "0123456789_+-/";
    size_t size = strlen(name);
    return size > 0 && size < 64 && strspn(name, allowed) == size &&
           name[0] != '/';
}

static size_t read_bytes(const char *path, uint8_t *bytes, size_t max)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return 0;
    size_t size = fread(bytes, 1, max, file);
    fclose(file);
    return size;
}

struct zone *zone_load(const char *name, char *why, size_t size)
{
    const char *folder = getenv("TZDIR");
    char path[512];
    if (folder == NULL || folder[0] == '\0')
        folder = default_folder;
    if (!is_zone_name(name) || snprintf(path, sizeof path, "%s/%s", folder,
                                        name) >= (int)sizeof path) {
        snprintf(why, size,
                 "\"%.64s\" is no time zone: write an IANA name such as "
                 "Asia/Shanghai",
                 name);
        return NULL;
    }
    uint8_t *bytes = memory_new(ZONE_MAX_FILE);
    struct zone *zone =
        zone_parse(bytes, read_bytes(path, bytes, ZONE_MAX_FILE));
    free(bytes);
    if (zone == NULL) {
        snprintf(why, size,
                 "time zone \"%.64s\" is not known: write an IANA name such "
                 "as Asia/Shanghai, or install the package tzdata",
                 name);
    }
    return zone;
}
