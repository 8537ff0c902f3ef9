/*
 * The cache file: the tables as tables_stream.h has them, replaced at once.
 */
#include "catalogue_cache.h"

#include "file_replace.h"
#include "tables.h"
#include "tables_stream.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool because(char why[CACHE_WHY_SIZE], const char *path,
                    const char *reason)
{
    snprintf(why, CACHE_WHY_SIZE, "%.160s: %s", path, reason);
    return false;
}

bool catalogue_cache_write(const char *path,
                           const struct catalogue_tables *tables,
                           char why[CACHE_WHY_SIZE])
{
    struct file_replace replace;
    FILE *file = file_replace_begin(&replace, path);

    if (file == NULL)
        return because(why, path, strerror(errno));
    tables_stream_write(file, tables);
    if (!file_replace_finish(&replace))
        return because(why, path, strerror(errno));
    return true;
}

enum status catalogue_cache_read(const char *path,
                                 struct catalogue_tables *tables,
                                 char why[CACHE_WHY_SIZE])
{
    FILE *file = fopen(path, "rb");
    bool good;

    if (file == NULL) {
        bool missing = errno == ENOENT;

        because(why, path, strerror(errno));
        return missing ? STATUS_RETRY : STATUS_REJECT;
    }
    good = tables_stream_read(file, tables);
    fclose(file);
    if (good)
        return STATUS_OK;
    because(why, path, "is damaged or no cache of a catalogue");
    return STATUS_REJECT;
}
