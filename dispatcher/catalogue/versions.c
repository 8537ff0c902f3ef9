/*
 * The list of versions that are kept, and an entry's form in Redis.
 */
#include "versions.h"

#include "memory.h"
#include "tables_pack.h"
#include "utf8.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

void versions_deinit(struct versions *h)
{
    for (size_t i = 0; i < h->n; i++)
        free(h->items[i].packed);
    free(h->items);
    *h = (struct versions){0};
}

const struct version_entry *versions_find(const struct versions *h,
                                          const char *version)
{
    for (size_t i = 0; i < h->n; i++) {
        if (strcmp(h->items[i].version, version) == 0)
            return &h->items[i];
    }
    return NULL;
}

/* The higher number is the newer one; what was made of a version by hand is
 * newer than it, and of several such the one that was found last. */
static int compare_entries(const void *left, const void *right)
{
    const struct version_entry *a = left, *b = right;
    long long x = strtoll(a->version, NULL, 10);
    long long y = strtoll(b->version, NULL, 10);
    bool by_hand_a = strchr(a->version, '+') != NULL;
    bool by_hand_b = strchr(b->version, '+') != NULL;

    if (x != y)
        return x > y ? -1 : 1;
    if (by_hand_a != by_hand_b)
        return by_hand_a ? -1 : 1;
    return (a->written_at < b->written_at) - (a->written_at > b->written_at);
}

void versions_sort(struct versions *h)
{
    if (h->n > 0)
        qsort(h->items, h->n, sizeof *h->items, compare_entries);
}

struct version_entry *versions_append(struct versions *h)
{
    h->items = memory_grow(h->items, h->n + 1, sizeof *h->items);
    h->items[h->n] = (struct version_entry){0};
    return &h->items[h->n++];
}

/* Cut before a character that does not fit as a whole. */
static void copy_text(char text[VERSION_TEXT_SIZE], const char *from)
{
    size_t size = strlen(from);

    if (size >= VERSION_TEXT_SIZE)
        size = VERSION_TEXT_SIZE - 1;
    while (size > 0 && !utf8_is_text(from, size))
        size--;
    memcpy(text, from, size);
    text[size] = '\0';
}

static void take_out(struct versions *h, const char *version)
{
    size_t n = 0;

    for (size_t i = 0; i < h->n; i++) {
        if (strcmp(h->items[i].version, version) == 0)
            free(h->items[i].packed);
        else
            h->items[n++] = h->items[i];
    }
    h->n = n;
}

void versions_add(struct versions *h, const struct catalogue_tables *tables,
                  int64_t written_at, const char *author, const char *note)
{
    char checksum[TABLES_CHECKSUM_SIZE], version[TABLES_VERSION_SIZE];
    struct version_entry *entry;

    tables_checksum(tables, checksum);
    tables_version(tables, checksum, version);
    take_out(h, version);
    entry = versions_append(h);
    memcpy(entry->checksum, checksum, sizeof checksum);
    memcpy(entry->version, version, sizeof version);
    entry->written_at = written_at;
    copy_text(entry->author, author);
    copy_text(entry->note, note);
    for (int id = 0; id < TABLES; id++)
        entry->entries += tables->tables[id].n;
    entry->packed = tables_pack(tables, &entry->packed_size);
    versions_sort(h);
}

size_t versions_kept(const struct versions *h)
{
    size_t bytes = 0, n = 0;

    while (n < h->n && n < VERSIONS_MAX) {
        bytes += h->items[n].packed_size;
        if (n > 0 && bytes > VERSIONS_MAX_BYTES)
            break;
        n++;
    }
    return n;
}

char *version_entry_format(const struct version_entry *entry)
{
    json_t *json =
        json_pack("{s:I, s:s, s:s, s:s, s:I, s:I}", "written_at",
                  (json_int_t)entry->written_at, "author", entry->author,
                  "note", entry->note, "checksum", entry->checksum, "entries",
                  (json_int_t)entry->entries, "packed_size",
                  (json_int_t)entry->packed_size);
    char *text = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);

    json_decref(json);
    return text;
}

bool version_entry_parse(const char *version, const char *text, size_t size,
                         struct version_entry *out)
{
    json_t *json = json_loadb(text, size, 0, NULL);
    json_int_t written_at, entries, packed_size;
    const char *author, *note, *checksum;
    bool good = strlen(version) < sizeof out->version && json != NULL &&
                json_unpack(json, "{s:I, s:s, s:s, s:s, s:I, s:I}",
                            "written_at", &written_at, "author", &author,
                            "note", &note, "checksum", &checksum, "entries",
                            &entries, "packed_size", &packed_size) == 0 &&
                strlen(checksum) < sizeof out->checksum && entries >= 0 &&
                packed_size >= 0;

    if (good) {
        *out = (struct version_entry){.written_at = written_at,
                                      .entries = (size_t)entries,
                                      .packed_size = (size_t)packed_size};
        strcpy(out->version, version);
        strcpy(out->checksum, checksum);
        copy_text(out->author, author);
        copy_text(out->note, note);
    }
    json_decref(json);
    return good;
}
