/*
 * murmur2, 32 bits, with the seed of Kafka's Java client.
 */
#include "murmur2.h"

#include <assert.h>

enum { SHIFT = 24 };
static const uint32_t multiplier = 0x5bd1e995;
static const uint32_t seed = 0x9747b28c;

/* Little endian on every machine, as Java does it. */
static uint32_t load_word(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

static uint32_t mix_word(uint32_t hash, uint32_t word)
{
    word *= multiplier;
    word ^= word >> SHIFT;
    word *= multiplier;
    return hash * multiplier ^ word;
}

uint32_t murmur2(const void *bytes, size_t size)
{
    const unsigned char *p = bytes;
    uint32_t hash = seed ^ (uint32_t)size;

    for (; size >= 4; p += 4, size -= 4)
        hash = mix_word(hash, load_word(p));
    for (size_t i = size; i > 0; i--)
        hash ^= (uint32_t)p[i - 1] << (8 * (i - 1));
    if (size > 0)
        hash *= multiplier;

    hash ^= hash >> 13;
    hash *= multiplier;
    return hash ^ hash >> 15;
}

int32_t murmur2_partition(const void *key, size_t size, int32_t partitions)
{
    assert(partitions > 0);
    return (int32_t)(murmur2(key, size) & 0x7fffffff) % partitions;
}
