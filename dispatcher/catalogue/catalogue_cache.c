/*
 * The cache file: a line that names the format, entries, the checksum.
 *
 *   dispatcher catalogue 1
 *   routes 8 29
 *   a|b|name{"department":"@area.housing"}
 *   ...
 *   end 0 64
 *   <SHA-256 of everything before the last two lines>
 *
 * The first line of an entry gives table and sizes, so that texts may hold
 * anything.
 */
#include "catalogue_cache.h"

#include "file_replace.h"
#include "memory.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char magic[] = "dispatcher catalogue 1\n";
static const char end_name[] = "end";

enum {
    NAME_SIZE = 16,
    DIGEST_SIZE = 64, /* hexadecimal digits */
    TEXT_MAX = 64 << 20,
};

/* An entry's first line. */
struct entry_head {
    char name[NAME_SIZE];
    unsigned field_size;
    unsigned value_size;
};

static bool because(char why[CACHE_WHY_SIZE], const char *path,
                    const char *reason)
{
    snprintf(why, CACHE_WHY_SIZE, "%.160s: %s", path, reason);
    return false;
}

/* A checksum of its own, over all tables and with the version: the one of the
 * catalogue leaves the version out. */
static void digest_tables(const struct catalogue_tables *tables,
                          char hex[DIGEST_SIZE + 1])
{
    EVP_MD_CTX *sha256 = EVP_MD_CTX_new();
    unsigned char bytes[EVP_MAX_MD_SIZE];

    if (sha256 == NULL || EVP_DigestInit_ex(sha256, EVP_sha256(), NULL) != 1)
        abort(); /* for lack of memory only */
    for (int id = 0; id < TABLES; id++) {
        const struct table *table = &tables->tables[id];

        for (size_t i = 0; i < table->n; i++) {
            const struct table_row *row = &table->rows[i];

            /* With their NULs, which keep neighbours apart. */
            EVP_DigestUpdate(sha256, row->field, row->field_size + 1);
            EVP_DigestUpdate(sha256, row->value, row->value_size + 1);
        }
        EVP_DigestUpdate(sha256, "\n", 1);
    }
    EVP_DigestFinal_ex(sha256, bytes, NULL);
    EVP_MD_CTX_free(sha256);
    for (size_t i = 0; i < DIGEST_SIZE / 2; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

bool catalogue_cache_write(const char *path,
                           const struct catalogue_tables *tables,
                           char why[CACHE_WHY_SIZE])
{
    char digest[DIGEST_SIZE + 1];
    struct file_replace replace;
    FILE *file = file_replace_begin(&replace, path);

    if (file == NULL)
        return because(why, path, strerror(errno));
    fputs(magic, file);
    for (int id = 0; id < TABLES; id++) {
        const struct table *table = &tables->tables[id];

        for (size_t i = 0; i < table->n; i++) {
            const struct table_row *row = &table->rows[i];

            fprintf(file, "%s %u %u\n", table_name((enum table_id)id),
                    row->field_size, row->value_size);
            fwrite(row->field, 1, row->field_size, file);
            fwrite(row->value, 1, row->value_size, file);
            fputc('\n', file);
        }
    }
    digest_tables(tables, digest);
    fprintf(file, "%s 0 %d\n%s\n", end_name, DIGEST_SIZE, digest);
    if (!file_replace_finish(&replace))
        return because(why, path, strerror(errno));
    return true;
}

/* One entry; *text is grown as need be and holds field and value. */
static bool read_entry(FILE *file, struct entry_head *head, char **text,
                       size_t *capacity)
{
    char line[64];
    size_t size;

    if (fgets(line, sizeof line, file) == NULL ||
        sscanf(line, "%15s %u %u", head->name, &head->field_size,
               &head->value_size) != 3 ||
        head->field_size > TEXT_MAX || head->value_size > TEXT_MAX)
        return false;
    size = (size_t)head->field_size + head->value_size;
    if (*capacity < size + 1) {
        *capacity = 2 * (size + 1);
        *text = memory_grow(*text, *capacity, 1);
    }
    if (fread(*text, 1, size + 1, file) != size + 1 || (*text)[size] != '\n')
        return false;
    (*text)[size] = '\0';
    return true;
}

/* True when the file ends as it must, with the checksum of what it held. */
static bool read_entries(FILE *file, struct catalogue_tables *tables)
{
    char digest[DIGEST_SIZE + 1];
    struct entry_head head;
    char *text = NULL;
    size_t capacity = 0;
    bool good = false;

    while (read_entry(file, &head, &text, &capacity)) {
        enum table_id id = table_by_name(head.name);

        if (id == TABLES) {
            tables_sort(tables);
            digest_tables(tables, digest);
            good =
                strcmp(head.name, end_name) == 0 && strcmp(text, digest) == 0;
            break;
        }
        tables_add(tables, id, text, head.field_size, text + head.field_size,
                   head.value_size, 0);
    }
    free(text);
    return good;
}

enum status catalogue_cache_read(const char *path,
                                 struct catalogue_tables *tables,
                                 char why[CACHE_WHY_SIZE])
{
    FILE *file = fopen(path, "rb");
    char line[sizeof magic];

    if (file == NULL) {
        bool missing = errno == ENOENT;

        because(why, path, strerror(errno));
        return missing ? STATUS_RETRY : STATUS_REJECT;
    }
    if (fgets(line, sizeof line, file) != NULL && strcmp(line, magic) == 0 &&
        read_entries(file, tables)) {
        fclose(file);
        return STATUS_OK;
    }
    fclose(file);
    for (int id = 0; id < TABLES; id++)
        tables_clear(tables, (enum table_id)id);
    because(why, path, "is damaged or no cache of a catalogue");
    return STATUS_REJECT;
}
