/*
 * libFuzzer over the audit: records of any topic under one key, whatever is in
 * them. The audit must come to an end, and its findings must say something.
 *
 *   topic, size of the value in two bytes, the value; and so on
 */
#include "audit.h"

#include <assert.h>
#include <string.h>

enum { MAX_RECORDS = 64, LOG_END = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void found(void *opaque, const struct audit_finding *finding)
{
    (void)opaque;
    assert(finding->message[0] != '\0');
    assert(finding->n_places <= 2);
}

/* Reads one record; 0: there is none. */
static size_t next(const uint8_t *bytes, size_t size, struct audit_record *rec)
{
    size_t value_size = size < 3 ? 0 : (size_t)(bytes[1] | bytes[2] << 8);

    if (size < 3 || size - 3 < value_size)
        return 0;
    rec->topic = (enum audit_topic)(bytes[0] % AUDIT_TOPICS);
    rec->value = value_size ? bytes + 3 : NULL;
    rec->value_size = value_size;
    return 3 + value_size;
}

/* All records of one topic. */
static void take(struct audit *a, const uint8_t *bytes, size_t size,
                 enum audit_topic topic)
{
    struct audit_letter letter = {.code = "wrong_state", .topic = "t"};
    struct audit_record rec = {.key = "t", .key_size = 1, .letter = &letter};

    for (int i = 0; i < MAX_RECORDS; i++) {
        size_t used = next(bytes, size, &rec);

        if (used == 0)
            return;
        bytes += used;
        size -= used;
        rec.offset = i;
        letter.offset = i / 2;
        if (rec.topic == topic)
            audit_take(a, &rec);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct audit_log log = {
        .whole = true, .settled = LOG_END, .end = LOG_END, .committed = 8};
    struct audit_logs logs;
    const struct audit_options options = {
        .logs = &logs, .max_memory = 1 << 20, .found = found};
    size_t n;

    for (int i = 0; i < AUDIT_TOPICS; i++) {
        logs.topics[i].name = "t";
        logs.topics[i].partitions = &log;
        logs.topics[i].n = 1;
    }
    struct audit *a = audit_new(&options);
    for (enum audit_topic i = 0; i < AUDIT_TOPICS; i++)
        take(a, bytes, size, i);
    audit_judge(a);
    audit_open_clocks(a, &n);
    assert(n == audit_figures(a)->open);
    audit_free(&a);
    return 0;
}
