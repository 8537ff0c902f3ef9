/*
 * From a record to a TicketEvent: sizes, prefix, ids, key, kinds and values.
 * What the bytes themselves may be is test_wire.c's subject.
 */
#include "decode.h"

#include "arena.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_SIZE = 256 * 1024, ARENA_CAP = 2 * MAX_SIZE + (1 << 20) };

static int set_up(void **state)
{
    *state = arena_new(ARENA_CAP);
    return 0;
}

static int tear_down(void **state)
{
    struct arena *a = *state;

    arena_free(&a);
    return 0;
}

/* Decodes a copy of exactly `size` bytes, so that a sanitizer sees overruns.
 * On a refusal *event must be untouched. */
static enum reject_code decode(struct arena *a, const void *value, size_t size,
                               const char *key,
                               Dispatch__V1__TicketEvent **event)
{
    void *copy = malloc(size ? size : 1);
    struct decode_input in = {
        .key = key,
        .key_size = key ? strlen(key) : 0,
        .value = copy,
        .value_size = size,
        .max_size = MAX_SIZE,
    };
    struct reject r = {.code = REJECT_NONE};

    memcpy(copy, value, size);
    *event = NULL;
    arena_reset(a);
    enum reject_code code = decode_ticket_event(a, &in, event, &r);
    free(copy);
    assert_int_equal(code, r.code);
    assert_true((code == REJECT_NONE) == (*event != NULL));
    assert_true((code == REJECT_NONE) == (r.why[0] == '\0'));
    return code;
}

static enum reject_code decode_event(struct arena *a,
                                     const Dispatch__V1__TicketEvent *event,
                                     Dispatch__V1__TicketEvent **out)
{
    size_t size = dispatch__v1__ticket_event__get_packed_size(event);
    uint8_t *bytes = malloc(size + 1);

    dispatch__v1__ticket_event__pack(event, bytes);
    enum reject_code code = decode(a, bytes, size, event->ticket_id, out);
    free(bytes);
    return code;
}

static Dispatch__V1__TicketEvent new_event(void)
{
    Dispatch__V1__TicketEvent event = DISPATCH__V1__TICKET_EVENT__INIT;

    event.event_id = (char *)"e1";
    event.ticket_id = (char *)"t1";
    event.source = (char *)"desk";
    event.occurred_at = 1540179720000;
    return event;
}

/* An event of `kind` whose message is `msg`. */
static Dispatch__V1__TicketEvent
event_of(Dispatch__V1__TicketEvent__KindCase kind, void *msg)
{
    Dispatch__V1__TicketEvent event = new_event();

    event.kind_case = kind;
    event.created = msg;
    return event;
}
#define EVENT(KIND, msg) event_of(DISPATCH__V1__TICKET_EVENT__KIND_##KIND, msg)

/* ids "e1" and "t1", an empty `urged`. */
#define URGED "\x0a\x02\x65\x31\x12\x02\x74\x31\xba\x01\x00"

static void a_record_without_bytes_is_refused(void **state)
{
    struct decode_input in = {.key = "t1", .key_size = 2, .max_size = 10};
    Dispatch__V1__TicketEvent *event = NULL;

    assert_int_equal(decode_ticket_event(*state, &in, &event, NULL),
                     REJECT_TOMBSTONE);
    in.value = "";
    assert_int_equal(decode_ticket_event(*state, &in, &event, NULL),
                     REJECT_EMPTY);
    assert_null(event);
}

static void the_size_limit_is_exact(void **state)
{
    struct decode_input in = {.key = "t1",
                              .key_size = 2,
                              .value = URGED,
                              .value_size = sizeof(URGED) - 1,
                              .max_size = sizeof(URGED) - 1};
    Dispatch__V1__TicketEvent *event = NULL;

    assert_int_equal(decode_ticket_event(*state, &in, &event, NULL),
                     REJECT_NONE);
    assert_string_equal(event->ticket_id, "t1");
    in.max_size--;
    assert_int_equal(decode_ticket_event(*state, &in, &event, NULL),
                     REJECT_TOO_LARGE);
}

static void confluent_prefixes_are_read(void **state)
{
#define PREFIX(literal) literal URGED, sizeof(literal URGED) - 1
    static const struct {
        const char *bytes;
        size_t size;
        enum reject_code code;
    } cases[] = {
        {PREFIX(""), REJECT_NONE},
        {PREFIX("\0\0\0\0\x2a\x00"), REJECT_NONE},
        {PREFIX("\0\xff\xff\xff\xff\x02\x00"), REJECT_NONE},
        {PREFIX("\0\0\0\0\x01\x02\x0c"), REJECT_BAD_FRAMING},
        {PREFIX("\0\0\0\0\x01\x82\x00\x80\x00"), REJECT_NONE},
        {PREFIX("\0\0\0\0\x01\x02\x02"), REJECT_BAD_FRAMING},
        {PREFIX("\0\0\0\0\x01\x02\x0b"), REJECT_BAD_FRAMING},
        {PREFIX("\0\0\0\0\x01\x04\x0c\x00"), REJECT_BAD_FRAMING},
        {PREFIX("\0\0\0\0\x01\x01"), REJECT_BAD_FRAMING},
        {PREFIX("\0\0\0\0\x01\xff\xff\xff\xff\x0f"), REJECT_BAD_FRAMING},
        {PREFIX("\0\0\0\0\x01\xff\xff\xff\xff\xff"), REJECT_BAD_FRAMING},
        {"\0", 1, REJECT_BAD_FRAMING},
        {"\0\0\0\0\x01", 5, REJECT_BAD_FRAMING},
        {"\0\0\0\0\x01\x02", 6, REJECT_BAD_FRAMING},
        {"\0\0\0\0\x01\x02\x80", 7, REJECT_BAD_FRAMING},
        {"\0\0\0\0\x01\x00", 6, REJECT_MISSING_ID},
        {PREFIX("\0\0\0\0\x01\x00\0\0\0\0\x01\x00"), REJECT_MALFORMED},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Dispatch__V1__TicketEvent *event;
        enum reject_code code =
            decode(*state, cases[i].bytes, cases[i].size, "t1", &event);

        if (code != cases[i].code)
            fail_msg("case %zu: %s, not %s", i, reject_name(code),
                     reject_name(cases[i].code));
    }
#undef PREFIX
}

static void ids_must_be_there(void **state)
{
    Dispatch__V1__TicketUrged urged = DISPATCH__V1__TICKET_URGED__INIT;
    Dispatch__V1__TicketEvent event = EVENT(URGED, &urged);
    Dispatch__V1__TicketEvent *out;

    event.event_id = (char *)"";
    assert_int_equal(decode_event(*state, &event, &out), REJECT_MISSING_ID);
    event = EVENT(URGED, &urged);
    event.ticket_id = (char *)"";
    assert_int_equal(decode_event(*state, &event, &out), REJECT_MISSING_ID);
}

static void the_key_must_be_the_ticket_id(void **state)
{
    static const char *const wrong[] = {NULL, "", "t", "t11", "T1", "t2"};
    Dispatch__V1__TicketEvent *event;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(
            decode(*state, URGED, sizeof(URGED) - 1, wrong[i], &event),
            REJECT_KEY_MISMATCH);
    assert_int_equal(decode(*state, URGED, sizeof(URGED) - 1, "t1", &event),
                     REJECT_NONE);
}

static void an_event_without_a_kind_is_refused(void **state)
{
    Dispatch__V1__TicketEvent event = new_event();
    Dispatch__V1__TicketEvent *out;

    assert_int_equal(decode_event(*state, &event, &out), REJECT_INVALID_FIELD);
}

static void a_kind_of_a_newer_schema_is_not_supported(void **state)
{
    static const char bytes[] = "\x0a\x02\x65\x31\x12\x02\x74\x31\xd2\x01\x00";
    Dispatch__V1__TicketEvent *out;

    assert_int_equal(decode(*state, bytes, sizeof(bytes) - 1, "t1", &out),
                     REJECT_NOT_SUPPORTED);
}

/* Every text that must be an id, and its owner's event. */
static void ids_have_a_bound_everywhere(void **state)
{
    char longest[DECODE_MAX_ID + 1];
    char too_long[DECODE_MAX_ID + 2];
    char *list[] = {(char *)"x", NULL};
    Dispatch__V1__TicketCreated created = DISPATCH__V1__TICKET_CREATED__INIT;
    Dispatch__V1__TicketAcknowledged ack =
        DISPATCH__V1__TICKET_ACKNOWLEDGED__INIT;
    Dispatch__V1__TicketContacted contacted =
        DISPATCH__V1__TICKET_CONTACTED__INIT;
    Dispatch__V1__TicketReturned returned = DISPATCH__V1__TICKET_RETURNED__INIT;
    Dispatch__V1__TicketReassigned reassigned =
        DISPATCH__V1__TICKET_REASSIGNED__INIT;
    Dispatch__V1__TicketUpdated updated = DISPATCH__V1__TICKET_UPDATED__INIT;
    Dispatch__V1__TicketResolved resolved = DISPATCH__V1__TICKET_RESOLVED__INIT;
    Dispatch__V1__TicketMerged merged = DISPATCH__V1__TICKET_MERGED__INIT;
    Dispatch__V1__TicketEvent urged;
    Dispatch__V1__TicketUrged nothing = DISPATCH__V1__TICKET_URGED__INIT;
    Dispatch__V1__TicketEvent of_created = EVENT(CREATED, &created);
    Dispatch__V1__TicketEvent of_ack = EVENT(ACKNOWLEDGED, &ack);
    Dispatch__V1__TicketEvent of_contacted = EVENT(CONTACTED, &contacted);
    Dispatch__V1__TicketEvent of_returned = EVENT(RETURNED, &returned);
    Dispatch__V1__TicketEvent of_reassigned = EVENT(REASSIGNED, &reassigned);
    Dispatch__V1__TicketEvent of_updated = EVENT(UPDATED, &updated);
    Dispatch__V1__TicketEvent of_resolved = EVENT(RESOLVED, &resolved);
    Dispatch__V1__TicketEvent of_merged = EVENT(MERGED, &merged);

    urged = EVENT(URGED, &nothing);
    created.n_related_ticket_ids = updated.n_merged_ticket_ids = 2;
    created.related_ticket_ids = updated.merged_ticket_ids = list;
    list[1] = list[0];
    const struct {
        const char *what;
        const Dispatch__V1__TicketEvent *event;
        char **field;
    } cases[] = {
        {"event_id", &urged, &urged.event_id},
        {"ticket_id", &urged, &urged.ticket_id},
        {"actor", &urged, &urged.actor_department_id},
        {"related", &of_created, &list[1]},
        {"acknowledged", &of_ack, &ack.department_id},
        {"contacted", &of_contacted, &contacted.department_id},
        {"returned", &of_returned, &returned.department_id},
        {"suggested", &of_returned, &returned.suggested_department_id},
        {"reassigned", &of_reassigned, &reassigned.department_id},
        {"forwarded", &of_reassigned, &reassigned.by_department_id},
        {"supervised_by", &of_updated, &updated.supervised_by},
        {"merged", &of_updated, &list[1]},
        {"resolved", &of_resolved, &resolved.department_id},
        {"into", &of_merged, &merged.into_ticket_id},
    };

    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    memset(too_long, 'x', sizeof(too_long) - 1);
    too_long[sizeof(too_long) - 1] = '\0';
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *before = *cases[i].field;
        Dispatch__V1__TicketEvent *out;

        *cases[i].field = longest;
        enum reject_code at = decode_event(*state, cases[i].event, &out);
        *cases[i].field = too_long;
        enum reject_code over = decode_event(*state, cases[i].event, &out);
        *cases[i].field = before;
        if (at != REJECT_NONE || over != REJECT_INVALID_FIELD)
            fail_msg("%s: %s, %s", cases[i].what, reject_name(at),
                     reject_name(over));
    }
}

static void paths_are_checked_everywhere(void **state)
{
    Dispatch__V1__Matter matter = DISPATCH__V1__MATTER__INIT;
    Dispatch__V1__Matter first = DISPATCH__V1__MATTER__INIT;
    Dispatch__V1__Matter *matters[] = {&first, &matter};
    Dispatch__V1__TicketCreated created = DISPATCH__V1__TICKET_CREATED__INIT;
    Dispatch__V1__TicketReturned returned = DISPATCH__V1__TICKET_RETURNED__INIT;
    Dispatch__V1__TicketReclassified anew =
        DISPATCH__V1__TICKET_RECLASSIFIED__INIT;
    Dispatch__V1__TicketEvent of_created = EVENT(CREATED, &created);
    Dispatch__V1__TicketEvent of_returned = EVENT(RETURNED, &returned);
    Dispatch__V1__TicketEvent of_anew = EVENT(RECLASSIFIED, &anew);
    static const char *const bad[] = {"/",    "a/",  "/a",
                                      "a//b", "a|b", "1/2/3/4/5/6/7/8/9"};
    const struct {
        const Dispatch__V1__TicketEvent *event;
        char **field;
    } cases[] = {
        {&of_created, &created.area}, {&of_created, &matter.category},
        {&of_created, &matter.area},  {&of_returned, &returned.suggested_area},
        {&of_anew, &anew.area},       {&of_anew, &matter.category},
        {&of_anew, &matter.area},
    };

    created.matters = anew.matters = matters;
    created.n_matters = anew.n_matters = 2;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *before = *cases[i].field;
        Dispatch__V1__TicketEvent *out;

        assert_int_equal(decode_event(*state, cases[i].event, &out),
                         REJECT_NONE);
        *cases[i].field = (char *)"1/2/3/4/5/6/7/路灯 8";
        assert_int_equal(decode_event(*state, cases[i].event, &out),
                         REJECT_NONE);
        for (size_t j = 0; j < sizeof(bad) / sizeof(bad[0]); j++) {
            *cases[i].field = (char *)(uintptr_t)bad[j];
            if (decode_event(*state, cases[i].event, &out) !=
                REJECT_INVALID_FIELD)
                fail_msg("case %zu, path %s", i, bad[j]);
        }
        *cases[i].field = before;
    }
}

static void coordinates_must_be_numbers(void **state)
{
    static const double bad[] = {NAN, INFINITY, -INFINITY};
    Dispatch__V1__Point point = DISPATCH__V1__POINT__INIT;
    Dispatch__V1__TicketCreated created = DISPATCH__V1__TICKET_CREATED__INIT;
    Dispatch__V1__TicketEvent event = EVENT(CREATED, &created);
    Dispatch__V1__TicketEvent *out;

    created.location = &point;
    point.latitude = 39.9;
    point.longitude = -116.4;
    assert_int_equal(decode_event(*state, &event, &out), REJECT_NONE);
    assert_true(out->created->location->longitude == -116.4);
    for (size_t i = 0; i < 3; i++) {
        point.latitude = bad[i];
        assert_int_equal(decode_event(*state, &event, &out),
                         REJECT_INVALID_FIELD);
        point.latitude = 0;
        point.longitude = bad[i];
        assert_int_equal(decode_event(*state, &event, &out),
                         REJECT_INVALID_FIELD);
        point.longitude = 0;
    }
}

static void lists_are_bounded_as_the_contract_says(void **state)
{
    Dispatch__V1__Matter matter = DISPATCH__V1__MATTER__INIT;
    Dispatch__V1__Attribute attribute = DISPATCH__V1__ATTRIBUTE__INIT;
    Dispatch__V1__Matter *matters[17];
    Dispatch__V1__Attribute *attributes[65];
    Dispatch__V1__TicketCreated created = DISPATCH__V1__TICKET_CREATED__INIT;
    Dispatch__V1__TicketEvent event = EVENT(CREATED, &created);
    Dispatch__V1__TicketEvent *out;

    for (size_t i = 0; i < 17; i++)
        matters[i] = &matter;
    for (size_t i = 0; i < 65; i++)
        attributes[i] = &attribute;
    created.matters = matters;
    created.attributes = attributes;
    created.n_matters = 16;
    created.n_attributes = 64;
    assert_int_equal(decode_event(*state, &event, &out), REJECT_NONE);
    assert_int_equal(out->created->n_matters, 16);
    assert_int_equal(out->created->n_attributes, 64);
    created.n_matters = 17;
    assert_int_equal(decode_event(*state, &event, &out), REJECT_TOO_MANY);
    created.n_matters = 1;
    created.n_attributes = 65;
    assert_int_equal(decode_event(*state, &event, &out), REJECT_TOO_MANY);
}

static void a_full_arena_is_too_many(void **state)
{
    struct arena *small = arena_new(64);
    Dispatch__V1__TicketEvent *event;

    (void)state;
    assert_int_equal(decode(small, URGED, sizeof(URGED) - 1, "t1", &event),
                     REJECT_TOO_MANY);
    arena_free(&small);
}

/* Appends one field of wire type 2 with `size` bytes of 'x'. */
static size_t put_field(uint8_t *p, uint32_t number, size_t size)
{
    size_t n = 0;
    const uint64_t varints[] = {(uint64_t)number << 3 | 2, size};

    for (size_t i = 0; i < 2; i++) {
        uint64_t left = varints[i];
        for (; left >= 0x80; left >>= 7)
            p[n++] = (uint8_t)(left | 0x80);
        p[n++] = (uint8_t)left;
    }
    memset(p + n, 'x', size);
    return n + size;
}

/* Everything that the bounds allow at once, up to the last byte. */
static void the_largest_message_fits_the_documented_arena(void **state)
{
    uint8_t *bytes = malloc(MAX_SIZE);
    size_t n = sizeof(URGED) - 1 - 3; /* the ids alone */
    Dispatch__V1__TicketEvent *event;

    memcpy(bytes, URGED, n);
    for (int i = 0; i < DECODE_MAX_UNKNOWN; i++)
        n += put_field(bytes + n, 1000, 1);
    for (int i = 0; i < DECODE_MAX_LIST; i++)
        n += put_field(bytes + n, 4, 3000);
    uint8_t *created = bytes + n;
    size_t inner = 0;
    uint8_t *body = malloc(MAX_SIZE);
    for (int i = 0; i < DECODE_MAX_LIST; i++) {
        if (i < DECODE_MAX_MATTERS)
            inner += put_field(body + inner, 9, 0);
        inner += put_field(body + inner, 11, 0);
        inner += put_field(body + inner, 15, 0);
        inner += put_field(body + inner, 16, 0);
        inner += put_field(body + inner, 1, 1);
        inner += put_field(body + inner, 2, 1);
    }
    inner += put_field(body + inner, 6, MAX_SIZE - n - inner - 20);
    n += put_field(created, 10, inner);
    memcpy(bytes + n - inner, body, inner);
    assert_in_range(n, MAX_SIZE - 20, MAX_SIZE);
    assert_int_equal(decode(*state, bytes, n, "t1", &event), REJECT_NONE);
    assert_true(arena_used(*state) < 2 * MAX_SIZE);
    free(body);
    free(bytes);
}

static void unknown_fields_are_kept(void **state)
{
    static const char bytes[] = "\x0a\x02\x65\x31\x12\x02\x74\x31"
                                "\x52\x05\x9a\x06\x02\x68\x69";
    Dispatch__V1__TicketEvent *event;

    assert_int_equal(decode(*state, bytes, sizeof(bytes) - 1, "t1", &event),
                     REJECT_NONE);
    assert_int_equal(event->created->base.n_unknown_fields, 1);
    assert_int_equal(event->created->base.unknown_fields[0].tag, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_without_bytes_is_refused),
        cmocka_unit_test(the_size_limit_is_exact),
        cmocka_unit_test(confluent_prefixes_are_read),
        cmocka_unit_test(ids_must_be_there),
        cmocka_unit_test(the_key_must_be_the_ticket_id),
        cmocka_unit_test(an_event_without_a_kind_is_refused),
        cmocka_unit_test(a_kind_of_a_newer_schema_is_not_supported),
        cmocka_unit_test(ids_have_a_bound_everywhere),
        cmocka_unit_test(paths_are_checked_everywhere),
        cmocka_unit_test(coordinates_must_be_numbers),
        cmocka_unit_test(lists_are_bounded_as_the_contract_says),
        cmocka_unit_test(a_full_arena_is_too_many),
        cmocka_unit_test(the_largest_message_fits_the_documented_arena),
        cmocka_unit_test(unknown_fields_are_kept),
    };
    return cmocka_run_group_tests_name("decode", tests, set_up, tear_down);
}
