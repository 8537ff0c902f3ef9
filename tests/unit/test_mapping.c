/*
 * Mappings and templates: rows of cells in, JSON or an error out.
 */
#include "mapping.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const header_cells[] = {"Id", "Time", "Type", "Detail",
                                           "Borough"};
static const struct row header = {
    .line = 1, .cells = header_cells, .n_cells = 5};

/* Parsed, or NULL with *error. */
static struct mapping *parse(const char *text, struct mapping_error *error)
{
    return mapping_parse(text, &dispatch__v1__ticket_event__descriptor, error);
}

/* The JSON that a mapping of these fields makes of one row. */
static char *apply(const char *fields, const char *const cells[5])
{
    char text[2048];
    struct mapping_error error;
    snprintf(text, sizeof text, "[fields]\nevent_id = e\nticket_id = {Id}\n%s",
             fields);
    struct mapping *m = parse(text, &error);
    if (m == NULL)
        fail_msg("%s: %s", error.where, error.message);
    assert_true(mapping_bind(m, &header, &error));
    const struct row row = {.line = 2, .cells = cells, .n_cells = 5};
    json_t *json = mapping_apply(m, &row, &error);
    char *result = json != NULL
                       ? json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS)
                       : strdup(error.message);
    json_decref(json);
    mapping_free(&m);
    return result;
}

static void check(const char *fields, const char *const cells[5],
                  const char *expected)
{
    char *got = apply(fields, cells);
    assert_string_equal(got, expected);
    free(got);
}

static void columns_and_literals_make_texts(void **state)
{
    (void)state;
    const char *cells[5] = {"7", "", "HEAT/HOT WATER", " Loud ", ""};
    check("created.title = {Type}, {Detail|lower}", cells,
          "{\"created\":{\"title\":\"HEAT/HOT WATER, loud\"},"
          "\"event_id\":\"e\",\"ticket_id\":\"7\"}");
    check("created.title = {{{Detail|upper}}}", cells,
          "{\"created\":{\"title\":\"{LOUD}\"},"
          "\"event_id\":\"e\",\"ticket_id\":\"7\"}");
    check("created.title = {Type|path}", cells,
          "{\"created\":{\"title\":\"HEAT-HOT WATER\"},"
          "\"event_id\":\"e\",\"ticket_id\":\"7\"}");
}

static void columns_in_paths_stay_one_step(void **state)
{
    (void)state;
    const char *cells[5] = {"7", "", "HEAT/HOT|WATER", "Loud", ""};
    check("created.matters.0.category = {Type}/{Detail}", cells,
          "{\"created\":{\"matters\":[{\"category\":\"HEAT-HOT-WATER/Loud\"}]}"
          ",\"event_id\":\"e\",\"ticket_id\":\"7\"}");
}

static void empty_steps_are_dropped(void **state)
{
    static const struct {
        const char *template, *type, *detail, *expected;
    } cases[] = {
        {"new-york/{Type}/{Detail}", "", "x", "new-york/x"},
        {"new-york/{Type}/{Detail}", "", "", "new-york"},
        {"{Type}/{Detail}", "a", "", "a"},
        {"{Type}/{Detail}", "", "b", "b"},
        {"z/no-{Type}/{Detail}", "", "b", "z/b"},
        {"//a//{Type}/", "t", "", "a/t"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *cells[5] = {"7", "", cases[i].type, cases[i].detail, ""};
        char fields[128], expected[128];
        snprintf(fields, sizeof fields, "created.area = %s", cases[i].template);
        snprintf(expected, sizeof expected,
                 "{\"created\":{\"area\":\"%s\"},\"event_id\":\"e\","
                 "\"ticket_id\":\"7\"}",
                 cases[i].expected);
        check(fields, cells, expected);
    }
}

static void fields_of_empty_columns_are_left_out(void **state)
{
    (void)state;
    const char *cells[5] = {"7", "", "", " ", ""};
    check("created.title = about {Type}{Detail}\ncreated.area = {Borough}\n"
          "created.location.latitude = {Type}",
          cells, "{\"event_id\":\"e\",\"ticket_id\":\"7\"}");
}

static void list_items_that_nothing_fills_are_left_out(void **state)
{
    static const char fields[] = "created.matters.0.category = {Type}\n"
                                 "created.matters.0.category_scheme = nyc\n"
                                 "created.matters.1.category = {Detail}\n"
                                 "created.matters.1.category_scheme = nyc\n"
                                 "created.related_ticket_ids.1 = {Borough}";
    (void)state;
    const char *second[5] = {"7", "", "", "b", "x"};
    check(fields, second,
          "{\"created\":{\"matters\":[{\"category\":\"b\","
          "\"category_scheme\":\"nyc\"}],\"related_ticket_ids\":[\"x\"]},"
          "\"event_id\":\"e\",\"ticket_id\":\"7\"}");
    const char *none[5] = {"7", "", "", "", ""};
    check(fields, none, "{\"event_id\":\"e\",\"ticket_id\":\"7\"}");
}

static void constants_alone_make_an_item(void **state)
{
    (void)state;
    const char *cells[5] = {"7", "", "", "", ""};
    check("created.matters.0.category = pothole", cells,
          "{\"created\":{\"matters\":[{\"category\":\"pothole\"}]},"
          "\"event_id\":\"e\",\"ticket_id\":\"7\"}");
}

static void constants_join_an_item_that_columns_make(void **state)
{
    (void)state;
    const char *cells[5] = {"7", "", "a", "", ""};
    check("created.matters.0.area = x\ncreated.matters.0.category = {Type}",
          cells,
          "{\"created\":{\"matters\":[{\"area\":\"x\",\"category\":\"a\"}]},"
          "\"event_id\":\"e\",\"ticket_id\":\"7\"}");
}

static void constants_of_another_item_stay(void **state)
{
    (void)state;
    const char *cells[5] = {"7", "", "", "", ""};
    check("created.matters.0.category = {Type}\n"
          "created.matters.1.category = other",
          cells,
          "{\"created\":{\"matters\":[{\"category\":\"other\"}]},"
          "\"event_id\":\"e\",\"ticket_id\":\"7\"}");
}

static void times_are_the_zones_wall_clock(void **state)
{
    static const struct {
        const char *source, *time, *at;
    } cases[] = {
        {"zone = America/New_York\ntime_format = %m/%d/%y %H:%M",
         "10/21/18 23:42", "1540179720000"},
        {"zone = America/New_York\ntime_format = %m/%d/%y %H:%M",
         "11/5/18 0:00", "1541394000000"},
        {"zone = America/New_York", "2018-10-21T23:42:00", "1540179720000"},
        {"zone = America/New_York", "2018-10-22T03:42:00Z", "1540179720000"},
        {"time_format = %Y-%m-%dT%H:%M:%S", "2018-10-22T03:42:00.000",
         "1540179720000"},
        {"time_format = %Y-%m-%d %H:%M %z", "2018-10-21 23:42 -0400",
         "1540179720000"},
        {"name = x", "2018-10-22T03:42:00", "1540179720000"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[256];
        struct mapping_error error;
        snprintf(text, sizeof text,
                 "[source]\n%s\n[fields]\nevent_id = e\nticket_id = t\n"
                 "occurred_at = {Time}",
                 cases[i].source);
        struct mapping *m = parse(text, &error);
        assert_non_null(m);
        assert_true(mapping_bind(m, &header, &error));
        const char *cells[5] = {"", cases[i].time, "", "", ""};
        const struct row row = {.cells = cells, .n_cells = 5};
        json_t *json = mapping_apply(m, &row, &error);
        assert_non_null(json);
        char at[32];
        snprintf(at, sizeof at, "%lld",
                 (long long)json_integer_value(
                     json_object_get(json, "occurred_at")));
        assert_string_equal(at, cases[i].at);
        json_decref(json);
        mapping_free(&m);
    }
}

static void a_bad_time_names_its_column(void **state)
{
    (void)state;
    static const char text[] =
        "[source]\ntime_format = %m/%d/%y %H:%M\n[fields]\nevent_id = e\n"
        "ticket_id = t\noccurred_at = {Time}";
    static const char *const times[] = {"2018-10-21", "02/30/18 10:00",
                                        "10/21/18 23:42 pm", "13/01/18 0:00"};
    struct mapping_error error;
    struct mapping *m = parse(text, &error);
    assert_true(mapping_bind(m, &header, &error));
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        const char *cells[5] = {"", times[i], "", "", ""};
        const struct row row = {.cells = cells, .n_cells = 5};
        assert_null(mapping_apply(m, &row, &error));
        assert_string_equal(error.where, "{Time}");
        assert_non_null(strstr(error.message, times[i]));
    }
    mapping_free(&m);
}

static void rows_of_another_width_are_refused(void **state)
{
    (void)state;
    struct mapping_error error;
    struct mapping *m =
        parse("[fields]\nevent_id = {Id}\nticket_id = {Id}", &error);
    assert_true(mapping_bind(m, &header, &error));
    const struct row row = {.cells = header_cells, .n_cells = 4};
    assert_null(mapping_apply(m, &row, &error));
    assert_non_null(strstr(error.message, "4 columns, the header has 5"));
    mapping_free(&m);
}

static void text_that_is_not_utf_8_is_refused(void **state)
{
    (void)state;
    const char *cells[5] = {"7", "", "caf\xe9", "", ""};
    char *got = apply("created.title = {Type}", cells);
    assert_non_null(strstr(got, "is not UTF-8"));
    free(got);
}

static void mistakes_in_a_mapping_are_named(void **state)
{
    static const struct {
        const char *text;
        int line;
        const char *where, *message;
    } cases[] = {
        {"[fields]\ncreated.titel = x", 2, "created.titel",
         "TicketCreated has no field titel; did you mean title?"},
        {"[fields]\ncreated = x", 2, "created",
         "created is a message: name one of its fields"},
        {"[fields]\nticket_id.x = x", 2, "ticket_id.x",
         "ticket_id has no fields of its own"},
        {"[fields]\ncreated.matters.category = x", 2,
         "created.matters.category",
         "matters is a list: write matters.0 for its first item"},
        {"[fields]\ncreated.title = {A", 2, "created.title",
         "a { without a } behind it; {{ stands for one"},
        {"[fields]\ncreated.title = A}", 2, "created.title",
         "a } without a { before it; }} stands for one"},
        {"[fields]\ncreated.title = {}", 2, "created.title",
         "no column is named between { and }"},
        {"[fields]\ncreated.title = {A|big}", 2, "created.title",
         "no filter is called big; use lower, upper or path"},
        {"[fields]\n\nticket_id = a\nticket_id = b", 4, "ticket_id",
         "is filled twice (a line that begins with a blank goes on with the "
         "one before)"},
        {"[source]\nnam = x", 2, "nam",
         "[source] has name, zone and time_format, each once"},
        {"[filds]\na = x", 2, "filds",
         "no such section; there are [source] and [fields]"},
        {"[fields]\nticket_id = x", 0, "event_id",
         "nothing fills it; every event needs one"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct mapping_error error;
        assert_null(parse(cases[i].text, &error));
        assert_string_equal(error.message, cases[i].message);
        assert_string_equal(error.where, cases[i].where);
        assert_int_equal(error.line, cases[i].line);
    }
}

static void an_unknown_zone_is_named(void **state)
{
    (void)state;
    struct mapping_error error;
    assert_null(parse("[source]\nzone = America/New_Yrk", &error));
    assert_string_equal(error.where, "zone");
    assert_non_null(strstr(error.message, "America/New_Yrk"));
}

static void missing_columns_are_named_unless_optional(void **state)
{
    static const char text[] = "[fields]\nevent_id = {Id}\nticket_id = {Id}\n"
                               "created.title = {%s}\n";
    char mapping[256];
    struct mapping_error error;
    (void)state;

    snprintf(mapping, sizeof mapping, text, "Borugh");
    struct mapping *m = parse(mapping, &error);
    assert_false(mapping_bind(m, &header, &error));
    assert_string_equal(error.where, "created.title");
    assert_string_equal(error.message,
                        "the file has no column Borugh; did you mean Borough? "
                        "(write {Borugh?} if it may be missing)");
    mapping_free(&m);

    snprintf(mapping, sizeof mapping, text, "Borugh?");
    m = parse(mapping, &error);
    assert_true(mapping_bind(m, &header, &error));
    mapping_free(&m);
}

static void a_place_in_the_message_leads_back_to_its_columns(void **state)
{
    (void)state;
    struct mapping_error error;
    struct mapping *m = parse("[fields]\nevent_id = e\nticket_id = {Id}\n"
                              "created.matters.1.category = {Type}",
                              &error);
    assert_string_equal(mapping_template(m, "created.matters[1].category"),
                        "{Type}");
    assert_string_equal(mapping_template(m, "created.title"), "");
    mapping_free(&m);
}

static void without_a_file_the_columns_are_the_fields(void **state)
{
    static const char *const names[] = {"event_id", "ticket_id",
                                        "created.matters.0.category"};
    static const char *const values[] = {"e", "t", "a|b"};
    static const struct row head = {.cells = names, .n_cells = 3};
    static const struct row row = {.cells = values, .n_cells = 3};
    (void)state;
    struct mapping_error error;
    struct mapping *m = mapping_of_header(
        &head, &dispatch__v1__ticket_event__descriptor, &error);
    assert_non_null(m);
    assert_true(mapping_bind(m, &head, &error));
    json_t *json = mapping_apply(m, &row, &error);
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(text,
                        "{\"created\":{\"matters\":[{\"category\":\"a-b\"}]},"
                        "\"event_id\":\"e\",\"ticket_id\":\"t\"}");
    free(text);
    json_decref(json);
    mapping_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_and_literals_make_texts),
        cmocka_unit_test(columns_in_paths_stay_one_step),
        cmocka_unit_test(empty_steps_are_dropped),
        cmocka_unit_test(fields_of_empty_columns_are_left_out),
        cmocka_unit_test(list_items_that_nothing_fills_are_left_out),
        cmocka_unit_test(constants_alone_make_an_item),
        cmocka_unit_test(constants_join_an_item_that_columns_make),
        cmocka_unit_test(constants_of_another_item_stay),
        cmocka_unit_test(times_are_the_zones_wall_clock),
        cmocka_unit_test(a_bad_time_names_its_column),
        cmocka_unit_test(rows_of_another_width_are_refused),
        cmocka_unit_test(text_that_is_not_utf_8_is_refused),
        cmocka_unit_test(mistakes_in_a_mapping_are_named),
        cmocka_unit_test(an_unknown_zone_is_named),
        cmocka_unit_test(missing_columns_are_named_unless_optional),
        cmocka_unit_test(a_place_in_the_message_leads_back_to_its_columns),
        cmocka_unit_test(without_a_file_the_columns_are_the_fields),
    };
    return cmocka_run_group_tests_name("mapping", tests, NULL, NULL);
}
