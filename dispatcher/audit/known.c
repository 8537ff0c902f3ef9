/*
 * For each pair of a partition of tickets and one of an output topic the first
 * input of which something is there; for each partition of tickets how far the
 * dispatcher has come.
 */
#include "audit_known.h"

#include "memory.h"
#include "murmur2.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Dead letters, assignments, deadlines. */
#define OUTPUTS AUDIT_TICKETS

struct known {
    const struct audit_logs *logs;
    int64_t *first[OUTPUTS]; /* [output partition][tickets partition] */
    int64_t *next;           /* behind the last input that was read */
};

static int32_t count(const struct known *k, enum audit_topic topic)
{
    return k->logs->topics[topic].n;
}

static size_t pairs(const struct known *k, enum audit_topic topic)
{
    return (size_t)count(k, topic) * (size_t)count(k, AUDIT_TICKETS);
}

/* Nothing is noted yet. */
static void clear(struct known *k)
{
    for (enum audit_topic i = 0; i < OUTPUTS; i++) {
        for (size_t j = 0; j < pairs(k, i); j++)
            k->first[i][j] = INT64_MAX;
    }
    for (int32_t i = 0; i < count(k, AUDIT_TICKETS); i++)
        k->next[i] = k->logs->topics[AUDIT_TICKETS].partitions[i].committed;
}

struct known *known_new(const struct audit_logs *logs)
{
    struct known *k = memory_new(sizeof(*k));

    k->logs = logs;
    for (enum audit_topic i = 0; i < OUTPUTS; i++)
        k->first[i] = memory_new_array(pairs(k, i), sizeof(*k->first[i]));
    k->next =
        memory_new_array((size_t)count(k, AUDIT_TICKETS), sizeof(*k->next));
    clear(k);
    return k;
}

void known_free(struct known **k)
{
    if (!*k)
        return;
    for (enum audit_topic i = 0; i < OUTPUTS; i++)
        free((*k)->first[i]);
    free((*k)->next);
    free(*k);
    *k = NULL;
}

const struct audit_log *known_log(const struct known *k, enum audit_topic topic,
                                  int32_t partition)
{
    assert(partition >= 0 && partition < count(k, topic));
    return &k->logs->topics[topic].partitions[partition];
}

bool known_is_settled(const struct known *k, enum audit_topic topic,
                      int32_t partition, int64_t offset)
{
    return offset < known_log(k, topic, partition)->settled;
}

int32_t known_partition(const struct known *k, enum audit_topic topic,
                        const char *ticket_id)
{
    return murmur2_partition(ticket_id, strlen(ticket_id), count(k, topic));
}

static int64_t *first_of(const struct known *k, enum audit_topic topic,
                         int32_t partition, int32_t input_partition)
{
    return &k->first[topic]
                    [(size_t)partition * (size_t)count(k, AUDIT_TICKETS) +
                     (size_t)input_partition];
}

void known_note(struct known *k, enum audit_topic topic, int32_t partition,
                int64_t offset, struct known_input input)
{
    int64_t *first = first_of(k, topic, partition, input.partition);

    if (input.offset < *first)
        *first = input.offset;
    /* Where the log of tickets is cut off the input may be a repeat that
     * stands far behind the one that led to the output. */
    if (known_log(k, AUDIT_TICKETS, input.partition)->whole &&
        known_is_settled(k, topic, partition, offset) &&
        k->next[input.partition] <= input.offset)
        k->next[input.partition] = input.offset + 1;
}

bool known_shows(const struct known *k, enum audit_topic topic,
                 int32_t partition, struct known_input input)
{
    const struct audit_log *log = known_log(k, topic, partition);

    if (log->held_back)
        return false;
    return log->whole ||
           input.offset > *first_of(k, topic, partition, input.partition);
}

bool known_was_read(const struct known *k, struct known_input input)
{
    return input.offset < k->next[input.partition];
}

bool known_is_whole(const struct known *k, enum audit_topic topic)
{
    for (int32_t i = 0; i < count(k, topic); i++) {
        if (!k->logs->topics[topic].partitions[i].whole)
            return false;
    }
    return true;
}
