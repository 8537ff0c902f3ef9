/*
 * The walk over raw bytes of a TicketEvent. Bytes are written out, so that the
 * cases do not depend on any encoder.
 *
 *   0a event_id   12 ticket_id   18 occurred_at   52 created { 0a title,
 *   20 urgency, 3a location { 09 latitude }, 42 contact, 4a matters { 12
 *   category }, 70 confidential, 82 01 related_ticket_ids }   c2 01 urged
 */
#include "wire.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <dispatch/v1/state.pb-c.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct wire_list_limit lists[] = {
    {&dispatch__v1__matter__descriptor, 2},
    {NULL, 0},
};
static const struct wire_limits limits = {lists, 3, 2};

struct wire_case {
    const char *what;
    const char *bytes;
    size_t size;
    enum reject_code code;
};
#define BYTES(literal) literal, sizeof(literal) - 1

static const struct wire_case cases[] = {
    {"nothing at all", BYTES(""), REJECT_NONE},
    {"two ids", BYTES("\x0a\x01\x41\x12\x01\x42"), REJECT_NONE},
    {"an empty sub-message", BYTES("\x52\x00"), REJECT_NONE},

    {"a tag that does not end", BYTES("\x8a"), REJECT_MALFORMED},
    {"a tag of six bytes", BYTES("\x8a\x80\x80\x80\x80\x00\x00"),
     REJECT_MALFORMED},
    {"an overlong tag of two bytes", BYTES("\x8a\x00\x01\x41"), REJECT_NONE},
    {"a tag beyond 32 bits", BYTES("\xf8\xff\xff\xff\x1f\x00"),
     REJECT_MALFORMED},
    {"field number 0", BYTES("\x02\x00"), REJECT_MALFORMED},
    {"the group start of an unknown field", BYTES("\x9b\x06\x18\x01\x9c\x06"),
     REJECT_MALFORMED},
    {"a group's end", BYTES("\x9c\x06\x18\x01\x18\x01"), REJECT_MALFORMED},
    {"wire type 6", BYTES("\x9e\x06\x18\x01\x18\x01"), REJECT_MALFORMED},
    {"wire type 7", BYTES("\x9f\x06\x18\x01\x18\x01"), REJECT_MALFORMED},

    {"a text without its length", BYTES("\x0a"), REJECT_MALFORMED},
    {"a text that is cut off", BYTES("\x0a\x02\x41"), REJECT_MALFORMED},
    {"a length of ten bytes",
     BYTES("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), REJECT_MALFORMED},
    {"a length of 4 GiB - 1", BYTES("\x0a\xff\xff\xff\xff\x0f"),
     REJECT_MALFORMED},
    {"a varint of ten bytes",
     BYTES("\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), REJECT_NONE},
    {"a varint of eleven bytes",
     BYTES("\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
     REJECT_MALFORMED},
    {"a varint that is cut off", BYTES("\x18\xff"), REJECT_MALFORMED},
    {"a double that is cut off",
     BYTES("\x52\x0a\x3a\x08\x09\x00\x00\x00\x00\x00\x00\x00"),
     REJECT_MALFORMED},
    {"a sub-message longer than its parent", BYTES("\x52\x03\x42\x02\x0a"),
     REJECT_MALFORMED},

    {"a text as varint", BYTES("\x08\x01"), REJECT_MALFORMED},
    {"a number as text", BYTES("\x1a\x01\x41"), REJECT_MALFORMED},
    {"a bool as fixed32", BYTES("\x52\x05\x75\x00\x00\x00\x00"),
     REJECT_MALFORMED},
    {"an enum as text", BYTES("\x52\x03\x22\x01\x01"), REJECT_MALFORMED},
    {"an enum number without a name", BYTES("\x52\x02\x20\x63"), REJECT_NONE},

    {"a number twice", BYTES("\x18\x01\x18\x02"), REJECT_NONE},
    {"a number more often than a list may be",
     BYTES("\x18\x01\x18\x02\x18\x02\x18\x02"), REJECT_TOO_MANY},
    {"a sub-message twice", BYTES("\x52\x04\x42\x00\x42\x00"),
     REJECT_MALFORMED},
    {"the same member of a oneof twice", BYTES("\x52\x00\x52\x00"),
     REJECT_MALFORMED},
    {"two members of a oneof", BYTES("\x52\x00\xba\x01\x00"), REJECT_MALFORMED},

    {"two matters", BYTES("\x52\x04\x4a\x00\x4a\x00"), REJECT_NONE},
    {"three matters", BYTES("\x52\x06\x4a\x00\x4a\x00\x4a\x00"),
     REJECT_TOO_MANY},
    {"three texts in a list",
     BYTES("\x52\x09\x82\x01\x00\x82\x01\x00\x82\x01\x00"), REJECT_NONE},
    {"four texts in a list",
     BYTES("\x52\x0c\x82\x01\x00\x82\x01\x00\x82\x01\x00\x82\x01\x00"),
     REJECT_TOO_MANY},
    {"two unknown fields", BYTES("\x98\x06\x01\x9a\x06\x01\x41"), REJECT_NONE},
    {"three unknown fields on three levels",
     BYTES("\x98\x06\x01\x52\x08\x98\x06\x01\x42\x03\x98\x06\x01"),
     REJECT_TOO_MANY},
    {"unknown bytes that are no text", BYTES("\x9a\x06\x01\xff"), REJECT_NONE},

    {"Chinese", BYTES("\x0a\x03\xe8\xb7\xaf"), REJECT_NONE},
    {"a text that is not UTF-8", BYTES("\x0a\x01\xff"), REJECT_BAD_TEXT},
    {"a NUL in a text", BYTES("\x0a\x03\x41\x00\x42"), REJECT_BAD_TEXT},
    {"a bad text three levels down", BYTES("\x52\x05\x4a\x03\x12\x01\x80"),
     REJECT_BAD_TEXT},
    {"a bad text in a list", BYTES("\x52\x04\x82\x01\x01\xc0"),
     REJECT_BAD_TEXT},
};

/* Copies the bytes so that a sanitizer sees every read beyond them. */
static enum reject_code check(const ProtobufCMessageDescriptor *d,
                              const char *bytes, size_t size, struct reject *r)
{
    char *copy = malloc(size ? size : 1);

    memcpy(copy, bytes, size);
    enum reject_code code = wire_check(d, copy, size, &limits, r);
    free(copy);
    return code;
}

static void bytes_are_judged_right(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct wire_case *c = &cases[i];
        struct reject r = {0};
        enum reject_code code = check(&dispatch__v1__ticket_event__descriptor,
                                      c->bytes, c->size, &r);

        if (code != c->code)
            fail_msg("%s: %s, not %s", c->what, reject_name(code),
                     reject_name(c->code));
        assert_int_equal(r.code, code);
        assert_true((code == REJECT_NONE) == (r.why[0] == '\0'));
    }
}

/* protobuf-c must be able to read all that the walk accepts. */
static void what_is_accepted_unpacks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct wire_case *c = &cases[i];

        if (c->code != REJECT_NONE)
            continue;
        Dispatch__V1__TicketEvent *event = dispatch__v1__ticket_event__unpack(
            NULL, c->size, (const uint8_t *)c->bytes);
        if (!event)
            fail_msg("%s does not unpack", c->what);
        dispatch__v1__ticket_event__free_unpacked(event, NULL);
    }
}

/* matter_indexes (field 8) is the only list of numbers. */
static void lists_of_numbers_are_counted_packed_or_not(void **state)
{
    (void)state;
    static const struct wire_case number_cases[] = {
        {"packed", BYTES("\x42\x03\x01\x02\x03"), REJECT_NONE},
        {"one by one", BYTES("\x40\x01\x40\x02\x40\x03"), REJECT_NONE},
        {"both ways", BYTES("\x42\x02\x01\x02\x40\x03"), REJECT_NONE},
        {"packed empty", BYTES("\x42\x00"), REJECT_NONE},
        {"packed, large numbers", BYTES("\x42\x04\xff\x01\xff\x01"),
         REJECT_NONE},
        {"packed too long", BYTES("\x42\x04\x01\x02\x03\x04"), REJECT_TOO_MANY},
        {"too long both ways", BYTES("\x42\x03\x01\x02\x03\x40\x03"),
         REJECT_TOO_MANY},
        {"packed and cut off", BYTES("\x42\x02\x01\x80"), REJECT_MALFORMED},
        {"of another type", BYTES("\x45\x00\x00\x00\x00"), REJECT_MALFORMED},
    };

    for (size_t i = 0; i < sizeof(number_cases) / sizeof(number_cases[0]);
         i++) {
        const struct wire_case *c = &number_cases[i];
        enum reject_code code =
            check(&dispatch__v1__assignment_event__descriptor, c->bytes,
                  c->size, NULL);

        if (code != c->code)
            fail_msg("%s: %s, not %s", c->what, reject_name(code),
                     reject_name(c->code));
    }
}

/* recent_inputs (field 4) of TicketState is a list of fixed64. */
static void lists_of_fixed_numbers_are_counted(void **state)
{
    (void)state;
#define NUMBER "\x01\x02\x03\x04\x05\x06\x07\x08"
    static const struct wire_case fixed_cases[] = {
        {"packed", BYTES("\x22\x18" NUMBER NUMBER NUMBER), REJECT_NONE},
        {"one by one", BYTES("\x21" NUMBER "\x21" NUMBER), REJECT_NONE},
        {"packed too long", BYTES("\x22\x20" NUMBER NUMBER NUMBER NUMBER),
         REJECT_TOO_MANY},
        {"cut off", BYTES("\x22\x04\x01\x02\x03\x04"), REJECT_MALFORMED},
    };

    for (size_t i = 0; i < sizeof(fixed_cases) / sizeof(fixed_cases[0]); i++) {
        const struct wire_case *c = &fixed_cases[i];
        enum reject_code code = check(&dispatch__v1__ticket_state__descriptor,
                                      c->bytes, c->size, NULL);

        if (code != c->code)
            fail_msg("%s: %s, not %s", c->what, reject_name(code),
                     reject_name(c->code));
    }
#undef NUMBER
}

static void a_refusal_names_place_and_message_but_no_text(void **state)
{
    (void)state;
    struct reject r;

    check(&dispatch__v1__ticket_event__descriptor,
          BYTES("\x52\x09\x42\x07\x12\x05"
                "1380\xff"),
          &r);
    assert_int_equal(r.code, REJECT_BAD_TEXT);
    assert_string_equal(
        r.why, "phone of Contact, at byte 6, is not UTF-8 or holds a NUL.");
    check(&dispatch__v1__ticket_event__descriptor,
          BYTES("\x0a\x01\x41\x52\x02\x08\x01"), &r);
    assert_string_equal(r.why,
                        "Byte 5, in TicketCreated: a field of another type.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_judged_right),
        cmocka_unit_test(what_is_accepted_unpacks),
        cmocka_unit_test(lists_of_numbers_are_counted_packed_or_not),
        cmocka_unit_test(lists_of_fixed_numbers_are_counted),
        cmocka_unit_test(a_refusal_names_place_and_message_but_no_text),
    };
    return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
