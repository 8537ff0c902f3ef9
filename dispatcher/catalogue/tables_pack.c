/*
 * Tables to and from gzip, in memory.
 */
#include "tables_pack.h"

#include "memory.h"
#include "tables_stream.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum {
    GZIP_WINDOW = 15 + 16, /* zlib: the largest window, gzip's format */
    MEMORY_LEVEL = 8,      /* zlib's default */
    TRAILER_SIZE = 8,      /* of gzip: check value, size modulo 2^32 */
    UNPACKED_MAX = 1 << 30,
};

/* Out of memory, or a bug: input has no part in it. */
static void must(bool good)
{
    if (!good)
        abort();
}

void *tables_pack(const struct catalogue_tables *tables, size_t *size)
{
    z_stream z = {0};
    char *text = NULL;
    size_t text_size = 0;
    FILE *file = open_memstream(&text, &text_size);
    unsigned char *packed;
    size_t bound;

    must(file != NULL);
    tables_stream_write(file, tables);
    must(fclose(file) == 0 && text_size <= UNPACKED_MAX);
    must(deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL,
                      Z_DEFAULT_STRATEGY) == Z_OK);
    bound = deflateBound(&z, text_size);
    packed = memory_new(bound);
    z.next_in = (unsigned char *)text;
    z.avail_in = (unsigned)text_size;
    z.next_out = packed;
    z.avail_out = (unsigned)bound;
    must(deflate(&z, Z_FINISH) == Z_STREAM_END);
    *size = z.total_out;
    deflateEnd(&z);
    free(text);
    return packed;
}

/* The size that gzip notes at its end, lowest byte first; 0: not there. */
static size_t unpacked_size(const unsigned char *bytes, size_t size)
{
    size_t result = 0;

    if (size < TRAILER_SIZE)
        return 0;
    for (size_t i = 1; i <= sizeof(uint32_t); i++)
        result = result << 8 | bytes[size - i];
    return result;
}

static bool inflate_all(const unsigned char *bytes, size_t size, char *text,
                        size_t text_size)
{
    z_stream z = {0};
    bool whole;

    must(inflateInit2(&z, GZIP_WINDOW) == Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)bytes; /* zlib only reads it */
    z.avail_in = (unsigned)size;
    z.next_out = (unsigned char *)text;
    z.avail_out = (unsigned)text_size;
    whole = inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == text_size;
    inflateEnd(&z);
    return whole;
}

bool tables_unpack(const void *bytes, size_t size,
                   struct catalogue_tables *tables)
{
    size_t text_size = unpacked_size(bytes, size);
    bool good = false;
    char *text;

    if (text_size == 0 || text_size > UNPACKED_MAX || size > UNPACKED_MAX)
        return false;
    text = memory_new(text_size);
    if (inflate_all(bytes, size, text, text_size)) {
        FILE *file = fmemopen(text, text_size, "rb");

        must(file != NULL);
        good = tables_stream_read(file, tables);
        fclose(file);
    }
    free(text);
    return good;
}
