/*
 * Stamps, the reserved record, and what both say about a partition.
 */
#include "state_partition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ------------------------------------------------------------------- stamps */

static void a_stamp_is_read_back_as_it_was_written(void **state)
{
    static const struct stamp stamps[] = {
        {1, 1, 0},
        {0x9f86d081884c7d65, 42, 1772445600000},
        {UINT64_MAX, UINT64_MAX, INT64_MAX},
        {7, 8, -1},
    };
    char text[STAMP_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof stamps / sizeof stamps[0]; i++) {
        stamp_format(&stamps[i], text);
        const struct stamp got = stamp_parse(text, strlen(text));
        assert_true(stamp_equal(&got, &stamps[i]));
        assert_int_equal(got.latest_ms, stamps[i].latest_ms);
    }
}

static void what_is_no_stamp_is_none(void **state)
{
    static const char *const texts[] = {
        "",
        "x",
        "dispatcher/1",
        "dispatcher/2 lineage=0000000000000001 number=1 latest=1",
        "dispatcher/1 lineage=1 number=1",
        "dispatcher/1 lineage=1 number=1 latest=1 and more",
        ("dispatcher/1 lineage=1 number=1 latest=1 and much more, so that it "
         "is longer than any stamp, which has at most a hundred bytes"),
    };
    const struct stamp none = {0};
    char text[STAMP_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(stamp_parse(texts[i], strlen(texts[i])).lineage, 0);
    assert_int_equal(stamp_parse(NULL, 0).lineage, 0);
    assert_string_equal(stamp_format(&none, text), "");
}

static void lineages_differ(void **state)
{
    (void)state;
    assert_true(stamp_new_lineage() != stamp_new_lineage());
}

static void the_latest_time_makes_no_other_stamp(void **state)
{
    const struct stamp a = {1, 2, 3}, b = {1, 2, 4}, c = {1, 3, 3};

    (void)state;
    assert_true(stamp_equal(&a, &b));
    assert_false(stamp_equal(&a, &c));
}

/* -------------------------------------------------------- the reserved record
 */

static void the_reserved_record_is_read_back(void **state)
{
    const struct state_head head = {
        .there = true, .partitions = 6, .lineage = 9, .latest_ms = 1234};
    uint8_t bytes[STATE_HEAD_SIZE];
    struct ticket_record record = state_head_record(&head, bytes);
    struct state_head got = {0};

    (void)state;
    assert_true(state_head_has_key(&record));
    assert_true(state_head_read(&record, &got));
    assert_true(got.there);
    assert_int_equal(got.format_version, TICKET_FORMAT_VERSION);
    assert_int_equal(got.partitions, 6);
    assert_int_equal(got.lineage, 9);
    assert_int_equal(got.latest_ms, 1234);
}

static void the_largest_head_has_room(void **state)
{
    const struct state_head head = {.there = true,
                                    .partitions = UINT32_MAX,
                                    .lineage = UINT64_MAX,
                                    .latest_ms = -1};
    uint8_t bytes[STATE_HEAD_SIZE];

    (void)state;
    assert_true(state_head_record(&head, bytes).value_size < STATE_HEAD_SIZE);
}

static void no_ticket_id_is_the_reserved_key(void **state)
{
    const struct ticket_record ticket = {.key = "partition", .key_size = 9};
    const struct ticket_record garbage = {.key = "\0partition",
                                          .key_size = 10,
                                          .value = "\xff\xff",
                                          .value_size = 2};
    struct state_head got = {.lineage = 5};

    (void)state;
    assert_false(state_head_has_key(&ticket));
    assert_true(state_head_has_key(&garbage));
    assert_false(state_head_read(&garbage, &got));
    assert_int_equal(got.lineage, 5);
}

/* ------------------------------------------------------------------- verdict
 */

#define HEAD(n, of)                                                            \
    {                                                                          \
        true, TICKET_FORMAT_VERSION, n, of, 0                                  \
    }
static const struct state_head newer = {true, TICKET_FORMAT_VERSION + 1, 6, 1,
                                        0};

static void offset_and_state_must_belong_together(void **state)
{
    static const struct {
        const char *what;
        struct state_head head;
        size_t n_tickets;
        int64_t offset;
        uint64_t stamp; /* its lineage */
        enum status status;
        const char *says;
    } cases[] = {
        {"a new group", {0}, 0, -1, 0, STATUS_OK, ""},
        {"one that goes on", HEAD(6, 1), 3, 50, 1, STATUS_OK, ""},
        {"all tickets forgotten", HEAD(6, 1), 0, 50, 1, STATUS_OK, ""},
        {"a group from before the state", {0}, 0, 50, 0, STATUS_REJECT, "hand"},
        {"offsets set by hand", HEAD(6, 1), 3, 10, 0, STATUS_REJECT, "hand"},
        {"offsets lost", HEAD(6, 1), 3, -1, 0, STATUS_FATAL, "no committed"},
        {"state lost", {0}, 0, 50, 1, STATUS_FATAL, "is empty"},
        {"tickets alone", {0}, 3, 50, 1, STATUS_FATAL, "reserved record"},
        {"another's state", HEAD(6, 2), 3, 50, 1, STATUS_FATAL,
         "lineage 0000000000000002, but offset 50 was committed by "
         "0000000000000001"},
        {"more partitions", HEAD(4, 1), 3, 50, 1, STATUS_FATAL, "had 4"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct state_findings found = {
            .partition = 1,
            .partitions = 6,
            .offset = cases[i].offset,
            .stamp = {.lineage = cases[i].stamp, .number = 1},
            .head = cases[i].head,
            .n_tickets = cases[i].n_tickets,
        };
        char why[STATE_WHY_SIZE] = "";

        print_message("%s\n", cases[i].what);
        assert_int_equal(state_judge(&found, why), cases[i].status);
        assert_non_null(strstr(why, cases[i].says));
    }
}

static void a_newer_format_is_refused(void **state)
{
    const struct state_findings found = {
        .partitions = 6, .offset = 1, .stamp = {1, 1, 0}, .head = newer};
    char why[STATE_WHY_SIZE];

    (void)state;
    assert_int_equal(state_judge(&found, why), STATUS_FATAL);
    assert_non_null(strstr(why, "A newer format"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stamp_is_read_back_as_it_was_written),
        cmocka_unit_test(what_is_no_stamp_is_none),
        cmocka_unit_test(lineages_differ),
        cmocka_unit_test(the_latest_time_makes_no_other_stamp),
        cmocka_unit_test(the_reserved_record_is_read_back),
        cmocka_unit_test(the_largest_head_has_room),
        cmocka_unit_test(no_ticket_id_is_the_reserved_key),
        cmocka_unit_test(offset_and_state_must_belong_together),
        cmocka_unit_test(a_newer_format_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
