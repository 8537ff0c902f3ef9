/*
 * Findings, and what is common to taking records.
 */
#include "book.h"

#include "arena.h"
#include "memory.h"

#include <protobuf-c/protobuf-c.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

enum { MESSAGE_SIZE = 512 };

void book_find(struct audit *a, enum audit_kind kind,
               const struct audit_evidence *evidence, const char *format, ...)
{
    char message[MESSAGE_SIZE];
    struct audit_finding finding = {
        .kind = kind,
        .ticket_id = evidence->ticket_id ? evidence->ticket_id : "",
        .message = message,
        .n_places = evidence->n,
    };
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    memcpy(finding.places, evidence->places, sizeof(finding.places));
    a->figures.found[kind]++;
    a->figures.violations += audit_kind_is_violation(kind);
    a->options.found(a->options.opaque, &finding);
}

void *book_grow(void *list, size_t n, size_t item_size)
{
    if ((n & (n - 1)) != 0)
        return list;
    return memory_grow(list, n * 2 + 1, item_size); /* at powers of two */
}

static struct audit_place place_of(const struct audit_record *rec)
{
    return (struct audit_place){.topic = rec->topic,
                                .partition = rec->partition,
                                .offset = rec->offset};
}

void book_find_early(struct audit *a, enum audit_kind kind,
                     const struct audit_record *rec,
                     const struct audit_place *other, const char *message)
{
    struct early early = {
        .hash = ledger_hash(rec->key, rec->key_size),
        .kind = kind,
        .message = message,
        .places = {place_of(rec)},
        .n = 1,
    };

    if (other)
        early.places[early.n++] = *other;
    a->early = book_grow(a->early, a->n_early, sizeof(*a->early));
    a->early[a->n_early++] = early;
}

void book_add(struct audit *a, struct ledger_ticket *t, const struct entry *e)
{
    size_t before = journal_memory(&t->journal);

    journal_add(&t->journal, e);
    ledger_settle(a->ledger, journal_memory(&t->journal) - before);
}

uint64_t book_cause(const char *event_id)
{
    return XXH3_64bits(event_id, strlen(event_id));
}

/* protobuf-c's allocator over an arena. */
static void *unpack_alloc(void *data, size_t size)
{
    return arena_alloc(data, size);
}

static void unpack_free(void *data, void *p)
{
    (void)data;
    (void)p;
}

void *book_unpack(struct audit *a, const struct audit_record *rec,
                  const void *descriptor)
{
    ProtobufCAllocator allocator = {unpack_alloc, unpack_free, a->arena};

    if (!rec->value)
        return NULL;
    return protobuf_c_message_unpack(descriptor, &allocator, rec->value_size,
                                     rec->value);
}
