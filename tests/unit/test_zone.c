/*
 * Time zones: jumps forward and back, rules of the far future, odd offsets,
 * and files that are damaged. The oracle tests compare every zone with
 * Python's library; here stands what must never change.
 */
#include "zone.h"

#include "rfc3339.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int64_t at(const char *text)
{
    int64_t ms = 0;
    if (!rfc3339_parse(text, &ms))
        fail_msg("%s is no time", text);
    return ms;
}

static struct zone *load(const char *name)
{
    char why[256] = "";
    struct zone *zone = zone_load(name, why, sizeof why);
    if (zone == NULL)
        fail_msg("%s", why);
    return zone;
}

/* The local time is written as if it were UTC. */
static const struct {
    const char *zone;
    const char *utc;
    const char *local;
} moments[] = {
    {"Asia/Shanghai", "2026-10-01T00:00:00Z", "2026-10-01T08:00:00Z"},
    {"America/New_York", "2018-11-04T05:59:59Z", "2018-11-04T01:59:59Z"},
    {"America/New_York", "2018-11-04T06:00:00Z", "2018-11-04T01:00:00Z"},
    {"America/New_York", "2019-03-10T06:59:59Z", "2019-03-10T01:59:59Z"},
    {"America/New_York", "2019-03-10T07:00:00Z", "2019-03-10T03:00:00Z"},
    /* By the rule of the footer: the second Sunday, the first Sunday. */
    {"America/New_York", "2050-03-13T06:59:59Z", "2050-03-13T01:59:59Z"},
    {"America/New_York", "2050-03-13T07:00:00Z", "2050-03-13T03:00:00Z"},
    {"America/New_York", "2050-11-06T05:59:59Z", "2050-11-06T01:59:59Z"},
    {"America/New_York", "2050-11-06T06:00:00Z", "2050-11-06T01:00:00Z"},
    /* The last Sunday. */
    {"Europe/London", "2050-03-27T00:59:59Z", "2050-03-27T00:59:59Z"},
    {"Europe/London", "2050-03-27T01:00:00Z", "2050-03-27T02:00:00Z"},
    {"America/New_York", "2150-07-01T00:00:00Z", "2150-06-30T20:00:00Z"},
    {"America/New_York", "9999-07-01T00:00:00Z", "9999-06-30T20:00:00Z"},
    {"America/New_York", "9999-12-31T00:00:00Z", "9999-12-30T19:00:00Z"},
    {"Asia/Kolkata", "2026-01-01T00:00:00Z", "2026-01-01T05:30:00Z"},
    {"Australia/Lord_Howe", "2026-01-01T00:00:00Z", "2026-01-01T11:00:00Z"},
    {"Australia/Lord_Howe", "2060-07-01T00:00:00Z", "2060-07-01T10:30:00Z"},
    {"Europe/Dublin", "2055-01-01T00:00:00Z", "2055-01-01T00:00:00Z"},
    {"Europe/Dublin", "2055-07-01T00:00:00Z", "2055-07-01T01:00:00Z"},
    {"Asia/Jerusalem", "2055-07-01T00:00:00Z", "2055-07-01T03:00:00Z"},
    {"Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T23:59:59Z"},
    {"Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31T00:00:00Z"},
    {"UTC", "1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
};

static void a_moment_has_the_local_time_of_its_zone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        struct zone *zone = load(moments[i].zone);
        int64_t local = zone_to_local(zone, at(moments[i].utc));
        if (local != at(moments[i].local))
            fail_msg("%s in %s", moments[i].utc, moments[i].zone);
        zone_free(&zone);
        assert_null(zone);
    }
}

static const struct {
    const char *zone;
    const char *local;
    const char *utc;
} walls[] = {
    {"America/New_York", "2018-10-21T23:42:00Z", "2018-10-22T03:42:00Z"},
    /* Skipped: the offset before the jump counts. */
    {"America/New_York", "2019-03-10T02:00:00Z", "2019-03-10T07:00:00Z"},
    {"America/New_York", "2019-03-10T02:30:00Z", "2019-03-10T07:30:00Z"},
    {"America/New_York", "2019-03-10T03:00:00Z", "2019-03-10T07:00:00Z"},
    /* Twice: the first. */
    {"America/New_York", "2018-11-04T01:00:00Z", "2018-11-04T05:00:00Z"},
    {"America/New_York", "2018-11-04T01:59:59Z", "2018-11-04T05:59:59Z"},
    {"America/New_York", "2018-11-04T02:00:00Z", "2018-11-04T07:00:00Z"},
    /* A day that Samoa left out. */
    {"Pacific/Apia", "2011-12-30T12:00:00Z", "2011-12-30T22:00:00Z"},
    {"Australia/Lord_Howe", "2026-10-04T02:15:00Z", "2026-10-03T15:45:00Z"},
    {"America/New_York", "9999-07-01T00:00:00Z", "9999-07-01T04:00:00Z"},
};

static void a_wall_clock_time_is_the_moment_of_the_stated_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof walls / sizeof walls[0]; i++) {
        struct zone *zone = load(walls[i].zone);
        int64_t utc = zone_to_utc(zone, at(walls[i].local));
        if (utc != at(walls[i].utc))
            fail_msg("%s in %s", walls[i].local, walls[i].zone);
        zone_free(&zone);
    }
}

static void local_time_leads_back_to_its_moment(void **state)
{
    (void)state;
    struct zone *zone = load("America/New_York");
    for (int64_t ms = at("1900-01-01T00:00:00Z");
         ms < at("2600-01-01T00:00:00Z"); ms += INT64_C(86413) * 1000) {
        int64_t local = zone_to_local(zone, ms);
        int64_t back = zone_to_utc(zone, local);
        /* A repeated hour leads back to its first run. */
        if (back != ms && back != ms - 3600000)
            fail_msg("%lld", (long long)ms);
        assert_int_equal(zone_to_local(zone, back), local);
    }
    zone_free(&zone);
}

static void times_beyond_the_years_are_clamped(void **state)
{
    (void)state;
    struct zone *zone = load("America/New_York");
    const struct zone *const zones[] = {zone, zone_utc()};
    for (size_t i = 0; i < 2; i++) {
        assert_true(zone_to_utc(zones[i], INT64_MAX) <= ZONE_MAX_MS);
        assert_true(zone_to_utc(zones[i], INT64_MIN) >= ZONE_MIN_MS);
        assert_true(zone_to_local(zones[i], INT64_MAX) > 0);
        assert_true(zone_to_local(zones[i], INT64_MIN) < 0);
        assert_true(zone_regime_at(zones[i], INT64_MAX).until_ms > ZONE_MAX_MS);
        assert_true(zone_regime_at(zones[i], INT64_MIN).from_ms <= ZONE_MIN_MS);
    }
    zone_free(&zone);
}

static void regimes_follow_each_other_without_gaps(void **state)
{
    (void)state;
    struct zone *zone = load("Europe/London");
    int64_t ms = at("1950-01-01T00:00:00Z");
    struct zone_regime before = zone_regime_at(zone, ms);
    while (before.until_ms < at("2500-01-01T00:00:00Z")) {
        struct zone_regime next = zone_regime_at(zone, before.until_ms);
        assert_int_equal(next.from_ms, before.until_ms);
        assert_true(next.until_ms > next.from_ms);
        before = next;
    }
    zone_free(&zone);
}

static void an_unknown_zone_is_refused_and_named(void **state)
{
    (void)state;
    static const char *const names[] = {
        "Asia/Beijing",       "",     "/etc/passwd", "../../etc/passwd",
        "Asia/../Asia/Tokyo", "Asia", "tzdata.zi",   "America/New York",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char why[256] = "";
        char named[64];
        assert_null(zone_load(names[i], why, sizeof why));
        snprintf(named, sizeof named, "\"%s\"", names[i]);
        assert_non_null(strstr(why, named));
    }
}

static void tzdir_names_another_folder(void **state)
{
    (void)state;
    char why[256];
    setenv("TZDIR", "/nowhere", 1);
    assert_null(zone_load("Asia/Shanghai", why, sizeof why));
    unsetenv("TZDIR");
    struct zone *zone = load("Asia/Shanghai");
    zone_free(&zone);
}

static size_t read_new_york(uint8_t *bytes, size_t size)
{
    FILE *file = fopen("/usr/share/zoneinfo/America/New_York", "rb");
    assert_non_null(file);
    size_t n = fread(bytes, 1, size, file);
    fclose(file);
    return n;
}

static void a_file_that_is_cut_is_refused(void **state)
{
    (void)state;
    static uint8_t bytes[16384];
    size_t n = read_new_york(bytes, sizeof bytes);
    for (size_t size = 0; size < n; size++) {
        uint8_t *cut = malloc(size + 1);
        memcpy(cut, bytes, size);
        struct zone *zone = zone_parse(cut, size);
        assert_null(zone);
        free(cut);
    }
}

static void a_file_with_a_wrong_footer_is_refused(void **state)
{
    (void)state;
    static uint8_t bytes[16384];
    size_t n = read_new_york(bytes, sizeof bytes);
    static const char *const footers[] = {
        "\nEST5EDT,M3.2.0\n",
        "\nEST5EDT,M13.2.0,M11.1.0\n",
        "\nEST5EDT,M3.2.7,M11.1.0\n",
        "\nE5EDT,M3.2.0,M11.1.0\n",
        "\nEST\n",
        "\nEST5EDT,M3.2.0,M11.1.0,\n",
        "\n<-03\n",
        "EST5EDT,M3.2.0,M11.1.0\n",
        "\nEST5EDT,M3.2.0,M11.1.0",
        "\nEST5EDT,J0,J365\n",
        "\nEST5EDT,M3.2.0/168,M11.1.0\n",
    };
    size_t footer = n - strlen("\nEST5EDT,M3.2.0,M11.1.0\n");
    for (size_t i = 0; i < sizeof footers / sizeof footers[0]; i++) {
        memcpy(bytes + footer, footers[i], strlen(footers[i]));
        struct zone *zone = zone_parse(bytes, footer + strlen(footers[i]));
        if (zone != NULL)
            fail_msg("taken: %s", footers[i]);
    }
    static const char julian[] = "\nEST5EDT,J59/0,J60/0\n";
    memcpy(bytes + footer, julian, strlen(julian));
    struct zone *zone = zone_parse(bytes, footer + strlen(julian));
    assert_non_null(zone);
    /* Julian days 59 and 60 are 28 February and 1 March in every year. */
    assert_int_equal(zone_to_local(zone, at("2048-02-28T05:00:00Z")),
                     at("2048-02-28T01:00:00Z"));
    assert_int_equal(zone_to_local(zone, at("2048-02-28T04:59:59Z")),
                     at("2048-02-27T23:59:59Z"));
    assert_int_equal(zone_to_local(zone, at("2048-03-01T03:59:59Z")),
                     at("2048-02-29T23:59:59Z"));
    assert_int_equal(zone_to_local(zone, at("2048-03-01T04:00:00Z")),
                     at("2048-02-29T23:00:00Z"));
    zone_free(&zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_moment_has_the_local_time_of_its_zone),
        cmocka_unit_test(a_wall_clock_time_is_the_moment_of_the_stated_rule),
        cmocka_unit_test(local_time_leads_back_to_its_moment),
        cmocka_unit_test(times_beyond_the_years_are_clamped),
        cmocka_unit_test(regimes_follow_each_other_without_gaps),
        cmocka_unit_test(an_unknown_zone_is_refused_and_named),
        cmocka_unit_test(tzdir_names_another_folder),
        cmocka_unit_test(a_file_that_is_cut_is_refused),
        cmocka_unit_test(a_file_with_a_wrong_footer_is_refused),
    };
    return cmocka_run_group_tests_name("zone", tests, NULL, NULL);
}
