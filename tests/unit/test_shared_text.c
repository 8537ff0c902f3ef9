/*
 * A text that is read while it is written is one of those that were written.
 */
#include "shared_text.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct shared_text shared;

static void a_text_is_read_as_it_was_written(void **state)
{
    (void)state;
    char text[SHARED_TEXT_SIZE];

    assert_string_equal(shared_text_get(&shared, text), "");
    shared_text_set(&shared, "a long text of more than eight bytes");
    assert_string_equal(shared_text_get(&shared, text),
                        "a long text of more than eight bytes");
    shared_text_set(&shared, "short");
    assert_string_equal(shared_text_get(&shared, text), "short");
}

static void a_text_that_is_too_long_is_cut(void **state)
{
    (void)state;
    char text[SHARED_TEXT_SIZE], longer[2 * SHARED_TEXT_SIZE];

    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    shared_text_set(&shared, longer);
    assert_int_equal(strlen(shared_text_get(&shared, text)),
                     SHARED_TEXT_SIZE - 1);
}

static _Atomic bool stop;
static _Atomic int written;

/* Each text is one letter, repeated. */
static void *write_letters(void *opaque)
{
    char text[SHARED_TEXT_SIZE];

    (void)opaque;
    for (int i = 0; !stop; i++) {
        memset(text, 'a' + i % 26, sizeof text - 1);
        text[sizeof text - 1] = '\0';
        shared_text_set(&shared, text);
        written = i;
    }
    return NULL;
}

static void a_text_is_never_half_of_two(void **state)
{
    (void)state;
    char text[SHARED_TEXT_SIZE];
    pthread_t writer;
    bool torn = false;

    shared_text_set(&shared, "");
    pthread_create(&writer, NULL, write_letters, NULL);
    while (written < 2000000) {
        shared_text_get(&shared, text);
        torn = torn || strspn(text, (char[]){text[0], '\0'}) != strlen(text);
    }
    stop = true;
    pthread_join(writer, NULL);
    assert_false(torn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_read_as_it_was_written),
        cmocka_unit_test(a_text_that_is_too_long_is_cut),
        cmocka_unit_test(a_text_is_never_half_of_two),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
