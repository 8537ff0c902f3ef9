/*
 * The URL of a Redis.
 */
#include "redis_address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void assert_text(const char *text, const char *expected)
{
    if (expected == NULL)
        assert_null(text);
    else
        assert_string_equal(text, expected);
}

static void a_url_gives_its_parts(void **state)
{
    static const struct {
        const char *url, *name, *path, *user, *password;
    } cases[] = {
        {"redis://", "127.0.0.1:6379/0", NULL, NULL, NULL},
        {"redis://h", "h:6379/0", NULL, NULL, NULL},
        {"redis://h/", "h:6379/0", NULL, NULL, NULL},
        {"redis://h:1/2", "h:1/2", NULL, NULL, NULL},
        {"redis://[::1]:7/3", "[::1]:7/3", NULL, NULL, NULL},
        {"redis://u:p@h", "h:6379/0", NULL, "u", "p"},
        {"redis://:p@h", "h:6379/0", NULL, NULL, "p"},
        {"redis://u:p%40%2f%25@h", "h:6379/0", NULL, "u", "p@/%"},
        {"redis://u:p@q:r@h", "h:6379/0", NULL, "u", "p@q:r"},
        {"unix:///run/r.sock", "/run/r.sock?db=0", "/run/r.sock", NULL, NULL},
        {"unix://u:p@/r?db=4", "/r?db=4", "/r", "u", "p"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char why[REDIS_WHY_SIZE], name[REDIS_NAME_SIZE];
        struct redis_address address;

        assert_true(redis_address_parse(cases[i].url, &address, why));
        assert_string_equal(redis_address_name(&address, name), cases[i].name);
        assert_text(address.path, cases[i].path);
        assert_text(address.login.user, cases[i].user);
        assert_text(address.login.password, cases[i].password);
        redis_address_deinit(&address);
    }
}

static void a_service_is_known_by_its_sentinels(void **state)
{
    static const char *const urls[] = {
        "sentinel://u:p@a,b:1,[::1]:2/city/3",
        "sentinel://u:p@a:26379,b:1,[::1]:2/ci%74y/3",
        "sentinel://u:p@a,b:1,[::1]:2/city/3?sentinel=s:q@%72",
    };

    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        char why[REDIS_WHY_SIZE], name[REDIS_NAME_SIZE];
        struct redis_address address;

        assert_true(redis_address_parse(urls[i], &address, why));
        assert_string_equal(redis_address_name(&address, name),
                            "the master of city/3");
        assert_null(address.host);
        assert_string_equal(address.login.user, "u");
        assert_string_equal(address.login.password, "p");
        assert_int_equal(address.database, 3);
        assert_text(address.sentinel_login.user, i == 2 ? "s" : NULL);
        assert_text(address.sentinel_login.password, i == 2 ? "q@r" : NULL);
        assert_int_equal(address.n_sentinels, 3);
        assert_string_equal(address.sentinels[0].name, "a");
        assert_int_equal(address.sentinels[0].port, 26379);
        assert_string_equal(address.sentinels[1].name, "b");
        assert_int_equal(address.sentinels[1].port, 1);
        assert_string_equal(address.sentinels[2].name, "::1");
        assert_int_equal(address.sentinels[2].port, 2);
        redis_address_deinit(&address);
    }
}

static void a_wrong_url_is_explained_without_the_password(void **state)
{
    static const char *const urls[] = {
        "",
        "h:6379",
        "http://u:secret@h",
        "redis://u:secret@h:x",
        "redis://u:secret@h:0",
        "redis://u:secret@h:65536",
        "redis://u:secret@h/x",
        "redis://u:secret@h/-1",
        "redis://u:secret%@h",
        "redis://u:secret%2@h",
        "redis://u:secret%00@h",
        "redis://secret@h",
        "redis://u:secret@[::1",
        "redis://u:secret@[::1]1",
        "unix://run/r.sock",
        "unix:///r?secret=1",
        "unix:///r?db=secret",
        "unix://",
        "sentinel://",
        "sentinel://u:secret@a",
        "sentinel://u:secret@a/",
        "sentinel://u:secret@/city",
        "sentinel://u:secret@a,/city",
        "sentinel://u:secret@,a/city",
        "sentinel://u:secret@a,b:0/city",
        "sentinel://u:secret@a/city/x",
        "sentinel://u:secret@a/ci%ty",
        "sentinel://u:secret@a/city?secret",
        "sentinel://a/city?sentinel=secret",
        "sentinel://a/city?sentinel=u:secret%",
        "sentinel://a/city?db=1",
        "redis://::::",
        "sentinel://u:secret@a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a/city",
    };

    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        char why[REDIS_WHY_SIZE] = "";
        struct redis_address address = {.port = 42};

        assert_false(redis_address_parse(urls[i], &address, why));
        assert_int_equal(address.port, 42);
        assert_string_not_equal(why, "");
        assert_null(strstr(why, "secret"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_url_gives_its_parts),
        cmocka_unit_test(a_service_is_known_by_its_sentinels),
        cmocka_unit_test(a_wrong_url_is_explained_without_the_password),
    };

    return cmocka_run_group_tests_name("redis_address", tests, NULL, NULL);
}
