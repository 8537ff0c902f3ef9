/*
 * Tables to and from a stream of bytes.
 */
#include "tables_stream.h"

#include "memory.h"
#include "tables.h"

#include <openssl/evp.h>
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

void tables_stream_write(FILE *file, const struct catalogue_tables *tables)
{
    char digest[DIGEST_SIZE + 1];

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

bool tables_stream_read(FILE *file, struct catalogue_tables *tables)
{
    char line[sizeof magic];

    if (fgets(line, sizeof line, file) != NULL && strcmp(line, magic) == 0 &&
        read_entries(file, tables))
        return true;
    for (int id = 0; id < TABLES; id++)
        tables_clear(tables, (enum table_id)id);
    return false;
}
