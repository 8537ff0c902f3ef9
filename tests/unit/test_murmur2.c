/*
 * murmur2 against the vectors of Kafka's own UtilsTest and against librdkafka.
 */
#include "murmur2.h"

#include <librdkafka/rdkafka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *key;
    int32_t hash;
} vectors[] = {
    {"21", -973932308},
    {"foobar", -790332482},
    {"a-little-bit-long-string", -985981536},
    {"a-little-bit-longer-string", -1486304829},
    {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
    {"abc", 479470107},
};

static void hashes_as_kafkas_own_test_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        const char *key = vectors[i].key;
        assert_int_equal((int32_t)murmur2(key, strlen(key)), vectors[i].hash);
    }
}

static void partitions_as_librdkafka_does_for_every_length(void **state)
{
    (void)state;
    char key[64];
    for (int32_t partitions = 1; partitions <= 12; partitions++) {
        for (size_t size = 0; size < sizeof(key); size++) {
            memset(key, (int)(0x61 + size * 7), sizeof(key));
            assert_int_equal(murmur2_partition(key, size, partitions),
                             rd_kafka_msg_partitioner_murmur2(
                                 NULL, key, size, partitions, NULL, NULL));
        }
    }
}

static void negative_hash_gives_a_valid_partition(void **state)
{
    (void)state;
    assert_int_equal(murmur2_partition("21", 2, 6),
                     (-973932308 & 0x7fffffff) % 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_as_kafkas_own_test_says),
        cmocka_unit_test(partitions_as_librdkafka_does_for_every_length),
        cmocka_unit_test(negative_hash_gives_a_valid_partition),
    };
    return cmocka_run_group_tests_name("murmur2", tests, NULL, NULL);
}
