/*
 * What is read back from the state topic: whole records, broken ones, and
 * those of a later version.
 */
#include "../fuzz/state_property.h"
#include "ticket_script.h"

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

#define ANY DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_UNSPECIFIED
#define OPEN DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_OPEN
#define CLOSED DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_CLOSED

/* Tags: version 08, status 10, next_due_at e0 01; 6 is ticket, 4 is
 * recent_inputs, 11 parts. */
static const struct {
    const char *what;
    const uint8_t *bytes;
    size_t size;
    enum status status;
} records[] = {
    {"version and status", BYTES("\x08\x01\x10\x01"), STATUS_OK},
    {"a time", BYTES("\x08\x01\x10\x01\xe0\x01\x64"), STATUS_OK},
    {"never, written out", BYTES("\x08\x01\x10\x01\xe0\x01\x00"), STATUS_OK},
    {"fields that we do not know",
     BYTES("\x08\x01\x10\x01\xf8\x3f\x01\xfd\x3f\x01\x02\x03\x04"), STATUS_OK},
    {"the last of two versions", BYTES("\x08\x07\x08\x01\x10\x01"), STATUS_OK},
    {"a varint of ten bytes",
     BYTES("\x08\x81\x80\x80\x80\x80\x80\x80\x80\x80\x00\x10\x01"), STATUS_OK},

    {"a later version", BYTES("\x08\x02\x10\x01"), STATUS_FATAL},
    {"a later version, new fields", BYTES("\x08\x02\xf8\x3f\x01"),
     STATUS_FATAL},

    {"nothing", BYTES(""), STATUS_REJECT},
    {"no version", BYTES("\x10\x01"), STATUS_REJECT},
    {"no status", BYTES("\x08\x01"), STATUS_REJECT},
    {"a status that we do not know", BYTES("\x08\x01\x10\x06"), STATUS_REJECT},
    {"a negative status",
     BYTES("\x08\x01\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
     STATUS_REJECT},
    {"a cut tag", BYTES("\x08\x01\x10\x01\xe0"), STATUS_REJECT},
    {"a cut varint", BYTES("\x08\x01\x10\x80"), STATUS_REJECT},
    {"a varint of eleven bytes",
     BYTES("\x08\x81\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00\x10\x01"),
     STATUS_REJECT},
    {"a cut text", BYTES("\x08\x01\x10\x01\x32\x05\x0a\x03"), STATUS_REJECT},
    {"a length of 2^63",
     BYTES("\x08\x01\x10\x01\x32\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"),
     STATUS_REJECT},
    {"a cut fixed64", BYTES("\x08\x01\x10\x01\x21\x01\x02\x03\x04"),
     STATUS_REJECT},
    {"a cut fixed32", BYTES("\x08\x01\x10\x01\x25\x01\x02\x03"), STATUS_REJECT},
    {"a group", BYTES("\x08\x01\x10\x01\x33\x34"), STATUS_REJECT},
    {"a wire type that does not exist", BYTES("\x08\x01\x10\x01\x37\x01"),
     STATUS_REJECT},
    {"a version of another type", BYTES("\x08\x01\x10\x01\x0d\x01\x00\x00\x00"),
     STATUS_REJECT},
    {"a status of another type", BYTES("\x08\x01\x10\x01\x12\x01\x01"),
     STATUS_REJECT},
    {"a time of another type",
     BYTES("\x08\x01\x10\x01\xe1\x01\x01\x02\x03\x04\x05\x06\x07\x08"),
     STATUS_REJECT},
    {"text", BYTES("{\"status\":\"OPEN\"}"), STATUS_REJECT},
};

static void records_are_loaded_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
        if (property_state(records[i].bytes, records[i].size) !=
            records[i].status)
            fail_msg("%s", records[i].what);
    }
}

static enum status load(struct tickets *t, const char *key, size_t key_size,
                        const char *value, size_t value_size)
{
    const struct ticket_record record = {key, key_size, value, value_size};

    return tickets_load(t, &record);
}

static void keys_that_are_no_ids_are_refused(void **state)
{
    static const char value[] = "\x08\x01\x10\x01";
    static char longest[514];
    struct tickets *t = tickets_new();

    (void)state;
    memset(longest, 'x', sizeof(longest));
    assert_int_equal(load(t, NULL, 0, value, 4), STATUS_REJECT);
    assert_int_equal(load(t, "", 0, value, 4), STATUS_REJECT);
    assert_int_equal(load(t, "a\0b", 3, value, 4), STATUS_REJECT);
    assert_int_equal(load(t, longest, 513, value, 4), STATUS_REJECT);
    assert_int_equal(load(t, "\0partition", 10, NULL, 0), STATUS_REJECT);
    assert_int_equal(tickets_count(t, ANY), 0);
    assert_int_equal(load(t, longest, 512, value, 4), STATUS_OK);
    assert_int_equal(tickets_count(t, OPEN), 1);
    tickets_free(&t);
}

static void the_last_record_of_a_ticket_counts(void **state)
{
    struct tickets *t = tickets_new();

    (void)state;
    assert_int_equal(load(t, "a", 1, "\x08\x01\x10\x01\xe0\x01\x64", 7), 0);
    assert_int_equal(load(t, "b", 1, "\x08\x01\x10\x01\xe0\x01\x32", 7), 0);
    assert_int_equal(tickets_count(t, OPEN), 2);
    assert_int_equal(tickets_next_due(t), 50);
    assert_int_equal(load(t, "b", 1, "\x08\x01\x10\x03", 4), 0);
    assert_int_equal(tickets_count(t, OPEN), 1);
    assert_int_equal(tickets_count(t, CLOSED), 1);
    assert_int_equal(tickets_next_due(t), 100);
    /* What is refused changes nothing. */
    assert_int_equal(load(t, "a", 1, "\x08", 1), STATUS_REJECT);
    assert_int_equal(load(t, "a", 1, "\x08\x02", 2), STATUS_FATAL);
    assert_int_equal(tickets_next_due(t), 100);
    assert_int_equal(load(t, "a", 1, NULL, 0), 0);
    assert_int_equal(load(t, "never", 5, NULL, 0), 0);
    assert_int_equal(tickets_count(t, ANY), 1);
    assert_int_equal(tickets_next_due(t), INT64_MAX);
    /* It is part of no transaction. */
    tickets_abort(t);
    assert_int_equal(tickets_count(t, ANY), 1);
    tickets_free(&t);
}

static const struct test_row rows[] = {
    {D("a", "{}")},
    {P("p", "{\"first_response\":\"1h\",\"resolution\":\"10h\","
            "\"warn\":[\"50%\"]}")},
    {R("|", "{\"department\":\"a\",\"policy\":\"p\"}")},
    {0},
};

/* Each cut of a real state, and each with one byte changed. */
static void mutations_of_a_state_are_loaded_as_protobuf_reads_them(void **state)
{
    static const struct step created = {0, "'created':{'matters':[{}]}", ""};
    struct script s;
    char text[SCRIPT_TEXT];
    uint8_t *mutant;

    (void)state;
    script_begin(&s, rows);
    script_step(&s, &created, text);
    assert_int_equal(property_state(s.packed, s.size), STATUS_OK);
    mutant = malloc(s.size);
    for (size_t i = 0; i < s.size; i++) {
        (void)property_state(s.packed, i);
        for (unsigned bit = 0; bit < 8; bit++) {
            memcpy(mutant, s.packed, s.size);
            mutant[i] ^= (uint8_t)(1u << bit);
            (void)property_state(mutant, s.size);
        }
    }
    free(mutant);
    script_end(&s);
}

/* What lies inside a field is looked at when it is needed. */
static const struct {
    const char *what;
    const uint8_t *bytes;
    size_t size;
} unreadable[] = {
    {"a content that is none",
     BYTES("\x08\x01\x10\x01\x32\x01\xff\xe0\x01\x64")},
    {"open without content", BYTES("\x08\x01\x10\x01\x5a\x00\xe0\x01\x64")},
    {"open without parts", BYTES("\x08\x01\x10\x01\x32\x00\xe0\x01\x64")},
    {"a part of matter 16", BYTES("\x08\x01\x10\x01\x32\x00\x5a\x03\x22\x01\x10"
                                  "\xe0\x01\x64")},
    {"a dispute about matter 16",
     BYTES("\x08\x01\x10\x01\x32\x00\x5a\x00\x72\x03\x42\x01\x10\xe0\x01\x64")},
};

static void a_state_that_cannot_be_read_stops_and_changes_nothing(void **state)
{
    struct arena *a = arena_new(1 << 20);
    const struct ticket_context ctx = {.now_ms = 1000};

    (void)state;
    for (size_t i = 0; i < sizeof(unreadable) / sizeof(unreadable[0]); i++) {
        struct tickets *t = tickets_new();
        struct ticket_step step;
        struct outputs out;

        outputs_init(&out, a, 10000);
        assert_int_equal(load(t, "a", 1, (const char *)unreadable[i].bytes,
                              unreadable[i].size),
                         STATUS_OK);
        if (tickets_fire(t, &ctx, 1000, &out, &step) != STATUS_FATAL)
            fail_msg("%s", unreadable[i].what);
        assert_null(step.record.key);
        assert_int_equal(out.n, 0);
        tickets_abort(t);
        assert_int_equal(tickets_next_due(t), 100);
        tickets_free(&t);
    }
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_loaded_or_refused),
        cmocka_unit_test(keys_that_are_no_ids_are_refused),
        cmocka_unit_test(the_last_record_of_a_ticket_counts),
        cmocka_unit_test(
            mutations_of_a_state_are_loaded_as_protobuf_reads_them),
        cmocka_unit_test(a_state_that_cannot_be_read_stops_and_changes_nothing),
    };

    return cmocka_run_group_tests_name("tickets_load", tests, NULL, NULL);
}
