/*
 * The checksum of the catalogue's tables, and the version that names them.
 */
#include "tables.h"

#include "memory.h"

#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHECKSUM_SHOWN = 8, /* digits of the checksum in a version */
    CHECKSUM_BUFFER = 64 << 10,
};

/* Numbers beyond this are not exact in every JSON implementation. */
static const int64_t max_version = INT64_C(1) << 53;

/* The tables in the order of their names, which is that of the checksum. */
static const enum table_id by_name[TABLES] = {
    TABLE_AREAS, TABLE_CALENDARS, TABLE_DEPARTMENTS,
    TABLE_META,  TABLE_POLICIES,  TABLE_ROUTES,
};

/* Gathers small pieces: a call of libcrypto for each costs more than the
 * hashing. */
struct digest {
    EVP_MD_CTX *sha256;
    size_t used;
    char buffer[CHECKSUM_BUFFER];
};

/* libcrypto's digests fail for lack of memory only. */
static void must_succeed(int result)
{
    if (result != 1)
        abort();
}

static void digest_flush(struct digest *d)
{
    must_succeed(EVP_DigestUpdate(d->sha256, d->buffer, d->used));
    d->used = 0;
}

static void digest_add(struct digest *d, const char *bytes, size_t size)
{
    if (sizeof d->buffer - d->used < size)
        digest_flush(d);
    if (size > sizeof d->buffer) {
        must_succeed(EVP_DigestUpdate(d->sha256, bytes, size));
        return;
    }
    memcpy(d->buffer + d->used, bytes, size);
    d->used += size;
}

/* What the tool writes about the contents is no part of them. */
static bool is_contents(enum table_id id, const struct table_row *row)
{
    return id != TABLE_META || (strcmp(row->field, "version") != 0 &&
                                strcmp(row->field, "checksum") != 0);
}

static void digest_table(struct digest *d, const struct catalogue_tables *t,
                         enum table_id id)
{
    const struct table *table = &t->tables[id];
    const char *name = table_name(id);
    size_t name_size = strlen(name);

    for (size_t i = 0; i < table->n; i++) {
        const struct table_row *row = &table->rows[i];

        if (!is_contents(id, row))
            continue;
        digest_add(d, name, name_size);
        digest_add(d, "\t", 1);
        digest_add(d, row->field, row->field_size);
        digest_add(d, "\t", 1);
        digest_add(d, row->value, row->value_size);
        digest_add(d, "\n", 1);
    }
}

void tables_checksum(const struct catalogue_tables *t,
                     char hex[TABLES_CHECKSUM_SIZE])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    struct digest *d = memory_new(sizeof *d);

    d->used = 0;
    d->sha256 = EVP_MD_CTX_new();
    must_succeed(d->sha256 != NULL);
    must_succeed(EVP_DigestInit_ex(d->sha256, EVP_sha256(), NULL));
    for (size_t i = 0; i < TABLES; i++)
        digest_table(d, t, by_name[i]);
    digest_flush(d);
    must_succeed(EVP_DigestFinal_ex(d->sha256, bytes, NULL));
    EVP_MD_CTX_free(d->sha256);
    free(d);
    for (size_t i = 0; i < TABLES_CHECKSUM_SIZE / 2; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

bool tables_version_number(const struct catalogue_tables *t, int64_t *number)
{
    const struct table_row *row = tables_find(t, TABLE_META, "version");
    char *end;
    long long value;

    *number = 0;
    if (row == NULL)
        return true;
    /* strtoll would take blanks and signs. */
    if (row->value[0] < '0' || row->value[0] > '9')
        return false;
    errno = 0;
    value = strtoll(row->value, &end, 10);
    if (errno != 0 || end != row->value + row->value_size ||
        value > max_version)
        return false;
    *number = value;
    return true;
}

void tables_version(const struct catalogue_tables *t,
                    const char checksum[TABLES_CHECKSUM_SIZE],
                    char text[TABLES_VERSION_SIZE])
{
    const struct table_row *written = tables_find(t, TABLE_META, "checksum");
    int64_t number;

    /* A bad number counts as 0; catalogue_compile refuses it. */
    (void)!tables_version_number(t, &number);
    if (written != NULL && strcmp(written->value, checksum) == 0)
        snprintf(text, TABLES_VERSION_SIZE, "%" PRId64, number);
    else
        snprintf(text, TABLES_VERSION_SIZE, "%" PRId64 "+%.*s", number,
                 CHECKSUM_SHOWN, checksum);
}
