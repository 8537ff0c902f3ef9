/*
 * Messages to JSON and back, over the contract's own schema.
 */
#include "message_json.h"

#include "arena.h"
#include "rfc3339.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_SIZE = 64 * 1024 };

/* The event that `text` describes; NULL with *error set. */
static Dispatch__V1__TicketEvent *read_event(struct arena *a, const char *text,
                                             struct message_json_error *error)
{
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    ProtobufCMessage *msg = NULL;
    bool ok = message_json_read(
        a, json, &dispatch__v1__ticket_event__descriptor, &msg, error);
    json_decref(json);
    assert_true(ok == (msg != NULL));
    return (Dispatch__V1__TicketEvent *)msg;
}

static char *write_text(const void *msg, enum message_json_style style)
{
    json_t *json = message_json_write(msg, style);
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    return text;
}

static void what_is_read_is_written_alike(void **state)
{
    static const char *const texts[] = {
        "{}",
        "{\"event_id\":\"e\",\"ticket_id\":\"t\",\"occurred_at\":-1}",
        "{\"created\":{\"title\":\"路灯不亮\",\"urgency\":\"URGENCY_URGENT\","
        "\"location\":{\"latitude\":39.5,\"longitude\":-0.25},"
        "\"matters\":[{\"category\":\"a/b\"},{}],\"confidential\":true,"
        "\"related_ticket_ids\":[\"x\",\"\"]}}",
        "{\"returned\":{\"reason\":\"RETURN_REASON_WRONG_AREA\"}}",
        "{\"urged\":{}}",
    };
    struct arena *a = *state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct message_json_error error;
        Dispatch__V1__TicketEvent *event = read_event(a, texts[i], &error);
        assert_non_null(event);
        char *text = write_text(event, MESSAGE_JSON_EXACT);
        assert_string_equal(text, texts[i]);
        free(text);
    }
}

static void survives_the_wire(void **state)
{
    struct message_json_error error;
    Dispatch__V1__TicketEvent *event = read_event(
        *state, "{\"ticket_id\":\"t\",\"extended\":{\"clock\":\"RESOLUTION\"}}",
        &error);
    uint8_t bytes[64];
    size_t size = dispatch__v1__ticket_event__pack(event, bytes);
    Dispatch__V1__TicketEvent *other =
        dispatch__v1__ticket_event__unpack(NULL, size, bytes);
    assert_non_null(other);
    assert_int_equal(other->kind_case,
                     DISPATCH__V1__TICKET_EVENT__KIND_EXTENDED);
    assert_int_equal(other->extended->clock,
                     DISPATCH__V1__CLOCK__CLOCK_RESOLUTION);
    dispatch__v1__ticket_event__free_unpacked(other, NULL);
}

static void texts_are_accepted_for_every_scalar(void **state)
{
    static const char text[] =
        "{\"occurred_at\":\"2018-10-21T23:42:00-04:00\",\"created\":{"
        "\"location\":{\"latitude\":\"40.71\"},\"confidential\":\"True\","
        "\"urgency\":\"emergency\",\"request_type\":\"Request_Type_Help\","
        "\"requested_at\":\"1540179720000\"}}";
    struct message_json_error error;
    Dispatch__V1__TicketEvent *event = read_event(*state, text, &error);
    assert_non_null(event);
    assert_true(event->occurred_at == INT64_C(1540179720000));
    assert_true(event->created->requested_at == INT64_C(1540179720000));
    assert_true(event->created->location->latitude == 40.71);
    assert_true(event->created->confidential);
    assert_int_equal(event->created->urgency,
                     DISPATCH__V1__URGENCY__URGENCY_EMERGENCY);
    assert_int_equal(event->created->request_type,
                     DISPATCH__V1__REQUEST_TYPE__REQUEST_TYPE_HELP);
}

static void null_leaves_a_field_out(void **state)
{
    struct message_json_error error;
    Dispatch__V1__TicketEvent *event =
        read_event(*state, "{\"created\":null,\"ticket_id\":null}", &error);
    assert_non_null(event);
    assert_int_equal(event->kind_case,
                     DISPATCH__V1__TICKET_EVENT__KIND__NOT_SET);
    assert_string_equal(event->ticket_id, "");
}

static void errors_name_the_place_and_the_fix(void **state)
{
    static const struct {
        const char *text, *path, *message;
    } cases[] = {
        {"[]", "", "must be an object in curly brackets"},
        {"{\"created\":{\"matters\":[{},{\"categry\":\"x\"}]}}",
         "created.matters[1].categry", "unknown name; did you mean category?"},
        {"{\"qqqqqqqqqqq\":1}", "qqqqqqqqqqq", "unknown name"},
        {"{\"created\":{\"urgency\":\"HIGH\"}}", "created.urgency",
         "is none of NORMAL, URGENT, EMERGENCY"},
        {"{\"created\":{\"urgency\":9}}", "created.urgency",
         "is none of NORMAL, URGENT, EMERGENCY"},
        {"{\"created\":{\"matters\":{}}}", "created.matters",
         "must be a list in square brackets"},
        {"{\"created\":{},\"urged\":{}}", "urged",
         "cannot be set together with created"},
        {"{\"ticket_id\":7}", "ticket_id", "must be a text in quotes"},
        {"{\"created\":{\"location\":{\"latitude\":\"1,017\"}}}",
         "created.location.latitude", "is no number"},
        {"{\"created\":{\"location\":{\"latitude\":\"nan\"}}}",
         "created.location.latitude", "must be a finite number"},
        {"{\"created\":{\"confidential\":1}}", "created.confidential",
         "must be true or false"},
        {"{\"occurred_at\":1.5}", "occurred_at", "must be a whole number"},
        {"{\"occurred_at\":\"99999999999999999999\"}", "occurred_at",
         "is no whole number"},
        {"{\"occurred_at\":\"yesterday\"}", "occurred_at",
         "is no time; write 2018-10-21T23:42:00Z, or with an offset such as "
         "-04:00, or UTC milliseconds"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct message_json_error error = {0};
        assert_null(read_event(*state, cases[i].text, &error));
        assert_string_equal(error.path, cases[i].path);
        assert_string_equal(error.message, cases[i].message);
    }
}

static void a_full_arena_is_an_error(void **state)
{
    (void)state;
    struct arena *tiny = arena_new(64);
    struct message_json_error error;
    assert_null(read_event(tiny, "{\"created\":{}}", &error));
    assert_string_equal(error.message, "the message needs too much memory");
    arena_free(&tiny);
}

static void unsigned_lists_keep_their_bounds(void **state)
{
    json_t *json = json_loads("{\"matter_indexes\":[0,4294967295],"
                              "\"attempt\":\"1\"}",
                              0, NULL);
    ProtobufCMessage *msg = NULL;
    struct message_json_error error;
    assert_true(message_json_read(*state, json,
                                  &dispatch__v1__assignment_event__descriptor,
                                  &msg, &error));
    const Dispatch__V1__AssignmentEvent *event = (const void *)msg;
    assert_int_equal(event->n_matter_indexes, 2);
    assert_int_equal(event->matter_indexes[1], UINT32_MAX);
    json_object_set_new(json, "attempt", json_integer(INT64_C(4294967296)));
    assert_false(message_json_read(*state, json,
                                   &dispatch__v1__assignment_event__descriptor,
                                   &msg, &error));
    json_object_set_new(json, "attempt", json_integer(-1));
    assert_false(message_json_read(*state, json,
                                   &dispatch__v1__assignment_event__descriptor,
                                   &msg, &error));
    assert_string_equal(error.message, "must lie between 0 and 4294967295");
    json_decref(json);
}

static void people_read_short_names_and_times(void **state)
{
    (void)state;
    Dispatch__V1__DeadlineEvent event = DISPATCH__V1__DEADLINE_EVENT__INIT;
    event.due_at = INT64_C(1540179720000);
    event.late_ms = 5;
    event.kind = DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_MET;
    char *text = write_text(&event, MESSAGE_JSON_PEOPLE);
    assert_string_equal(
        text, "{\"kind\":\"MET\",\"due_at\":\"2018-10-22T03:42:00.000Z\","
              "\"late_ms\":5}");
    free(text);
}

static void foreign_bytes_and_numbers_are_still_json(void **state)
{
    (void)state;
    Dispatch__V1__AssignmentEvent event = DISPATCH__V1__ASSIGNMENT_EVENT__INIT;
    char text[] = "caf\xe9";
    event.ticket_id = text;
    event.role = 77;
    char *json = write_text(&event, MESSAGE_JSON_EXACT);
    assert_string_equal(json, "{\"ticket_id\":\"caf?\",\"role\":77}");
    free(json);
}

static void base64_as_rfc_4648_gives_it(void **state)
{
    static const struct {
        const char *bytes, *text;
    } vectors[] = {
        {"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe\xfd", "//79"}};
    (void)state;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        json_t *json =
            message_json_base64(vectors[i].bytes, strlen(vectors[i].bytes));
        assert_string_equal(json_string_value(json), vectors[i].text);
        json_decref(json);
    }
}

static void times_are_read_as_rfc_3339_says(void **state)
{
    static const struct {
        const char *text;
        int64_t at_ms;
    } good[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01 00:00Z", 0},
        {"1969-12-31T23:59:59.999Z", -1},
        {"2018-10-21T23:42:00-04:00", INT64_C(1540179720000)},
        {"2020-02-29T00:00:00.1234567+08:00", INT64_C(1582905600123)},
    };
    static const char *const bad[] = {
        "",
        "2018-10-21",
        "2018-10-21T23:42:00",
        "2019-02-29T00:00:00Z",
        "2018-13-01T00:00:00Z",
        "2018-10-21T24:00:00Z",
        "2018-10-21T23:42:00.Z",
        "2018-10-21T23:42:00Zx",
        "2018-10-21T23:42:00+0400",
        " 2018-10-21T23:42:00Z",
        "2018-1-021T23:42:00Z",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        int64_t at_ms = 42;
        assert_true(rfc3339_parse(good[i].text, &at_ms));
        assert_true(at_ms == good[i].at_ms);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int64_t at_ms = 42;
        assert_false(rfc3339_parse(bad[i], &at_ms));
        assert_true(at_ms == 42);
    }
}

static int set_up(void **state)
{
    *state = arena_new(ARENA_SIZE);
    return 0;
}

static int tear_down(void **state)
{
    struct arena *a = *state;
    arena_free(&a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_written_alike),
        cmocka_unit_test(survives_the_wire),
        cmocka_unit_test(texts_are_accepted_for_every_scalar),
        cmocka_unit_test(null_leaves_a_field_out),
        cmocka_unit_test(errors_name_the_place_and_the_fix),
        cmocka_unit_test(a_full_arena_is_an_error),
        cmocka_unit_test(unsigned_lists_keep_their_bounds),
        cmocka_unit_test(people_read_short_names_and_times),
        cmocka_unit_test(foreign_bytes_and_numbers_are_still_json),
        cmocka_unit_test(base64_as_rfc_4648_gives_it),
        cmocka_unit_test(times_are_read_as_rfc_3339_says),
    };
    return cmocka_run_group_tests_name("message_json", tests, set_up,
                                       tear_down);
}
