/*
 * Codes of dead letters: their names are a contract.
 */
#include "reject.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void names_are_those_of_the_contract(void **state)
{
    (void)state;
    static const char *const names[REJECT_COUNT] = {
        [REJECT_NONE] = "none",
        [REJECT_TOMBSTONE] = "tombstone",
        [REJECT_EMPTY] = "empty",
        [REJECT_TOO_LARGE] = "too_large",
        [REJECT_BAD_FRAMING] = "bad_framing",
        [REJECT_MALFORMED] = "malformed",
        [REJECT_BAD_TEXT] = "bad_text",
        [REJECT_TOO_MANY] = "too_many",
        [REJECT_MISSING_ID] = "missing_id",
        [REJECT_KEY_MISMATCH] = "key_mismatch",
        [REJECT_INVALID_FIELD] = "invalid_field",
        [REJECT_NOT_SUPPORTED] = "not_supported",
        [REJECT_NO_ROUTE] = "no_route",
        [REJECT_UNKNOWN_TICKET] = "unknown_ticket",
        [REJECT_WRONG_STATE] = "wrong_state",
        [REJECT_TOO_OLD] = "too_old",
        [REJECT_OUTPUT_TOO_LARGE] = "output_too_large",
    };

    for (enum reject_code code = 0; code < REJECT_COUNT; code++) {
        assert_non_null(names[code]);
        assert_string_equal(reject_name(code), names[code]);
    }
}

static void every_code_is_documented_by_a_sentence(void **state)
{
    (void)state;
    assert_string_equal(reject_doc(REJECT_NONE), "");
    for (enum reject_code code = 1; code < REJECT_COUNT; code++) {
        const char *doc = reject_doc(code);

        assert_true(strlen(doc) > 10);
        assert_int_equal(doc[strlen(doc) - 1], '.');
    }
}

static void a_refusal_says_why(void **state)
{
    (void)state;
    struct reject r = {0};

    assert_int_equal(reject_set(&r, REJECT_EMPTY, "%d bytes", 0), REJECT_EMPTY);
    assert_int_equal(r.code, REJECT_EMPTY);
    assert_string_equal(r.why, "0 bytes");
    assert_int_equal(reject_set(NULL, REJECT_EMPTY, "unheard"), REJECT_EMPTY);
}

static void a_long_reason_is_cut(void **state)
{
    (void)state;
    struct reject r;

    reject_set(&r, REJECT_EMPTY, "%01000d", 7);
    assert_int_equal(strlen(r.why), REJECT_WHY_SIZE - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_those_of_the_contract),
        cmocka_unit_test(every_code_is_documented_by_a_sentence),
        cmocka_unit_test(a_refusal_says_why),
        cmocka_unit_test(a_long_reason_is_cut),
    };
    return cmocka_run_group_tests_name("reject", tests, NULL, NULL);
}
