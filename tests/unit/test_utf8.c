/*
 * Text or not: RFC 3629, at every position of a word.
 */
#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The bytes that encode a code point, shortest form; surrogates too. */
static size_t encode(uint32_t point, uint8_t out[4])
{
    if (point < 0x80) {
        out[0] = (uint8_t)point;
        return 1;
    }
    size_t n = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const uint8_t first[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n - 1; i > 0; i--, point >>= 6)
        out[i] = (uint8_t)(0x80 | (point & 0x3f));
    out[0] = (uint8_t)(first[n] | point);
    return n;
}

static void every_code_point_but_nul_and_surrogates_is_text(void **state)
{
    (void)state;
    for (uint32_t point = 0; point < 0x120000; point++) {
        uint8_t bytes[4];
        size_t size = encode(point, bytes);
        bool text = point != 0 && point <= 0x10ffff &&
                    !(point >= 0xd800 && point <= 0xdfff);

        if (utf8_is_text(bytes, size) != text)
            fail_msg("code point %x", point);
    }
}

/* All there is of up to three bytes, against a second opinion: what decodes
 * and encodes back to the same bytes. */
static size_t decode_one(const uint8_t *p, size_t left, uint32_t *point)
{
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

    if (n > left)
        return 0;
    *point = n == 1 ? p[0] : p[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++)
        *point = *point << 6 | (p[i] & 0x3f);
    return n;
}

static bool is_text_slowly(const uint8_t *p, size_t size)
{
    while (size > 0) {
        uint32_t point = 0;
        uint8_t again[4];
        size_t n = decode_one(p, size, &point);

        if (n == 0 || point == 0 || point > 0x10ffff ||
            (point >= 0xd800 && point <= 0xdfff))
            return false;
        if (encode(point, again) != n || memcmp(p, again, n) != 0)
            return false;
        p += n;
        size -= n;
    }
    return true;
}

static void all_sequences_of_three_bytes_are_judged_right(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 1u << 24; i += 3) {
        uint8_t bytes[3] = {(uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};

        if (utf8_is_text(bytes, 3) != is_text_slowly(bytes, 3))
            fail_msg("bytes %06x", i);
    }
}

static void one_bad_byte_is_found_wherever_it_stands(void **state)
{
    (void)state;
    static const uint8_t bad[] = {0x00, 0x80, 0xbf, 0xc0, 0xc1,
                                  0xe5, 0xf5, 0xff, 0xed};

    for (size_t size = 1; size <= 40; size++) {
        /* Exactly as long as the text, so that sanitizers see overruns. */
        uint8_t *text = malloc(size);

        memset(text, 'a', size);
        assert_true(utf8_is_text(text, size));
        for (size_t i = 0; i < size * sizeof(bad); i++) {
            text[i / sizeof(bad)] = bad[i % sizeof(bad)];
            assert_false(utf8_is_text(text, size));
            text[i / sizeof(bad)] = 'a';
        }
        free(text);
    }
}

static void mixed_text_is_text(void **state)
{
    (void)state;
    static const char text[] = "路灯不亮 since Monday, caf\u00e9 \U0001F600 ok";

    assert_true(utf8_is_text(text, sizeof(text) - 1));
    assert_false(utf8_is_text(text, sizeof(text)));
    assert_true(utf8_is_text("", 0));
}

static void a_cut_character_is_no_text(void **state)
{
    (void)state;
    assert_false(utf8_is_text("\xe8\xb7", 2));
    assert_false(utf8_is_text("\xf0\x9f\x98", 3));
    assert_false(utf8_is_text("abcdefgh\xc3", 9));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_but_nul_and_surrogates_is_text),
        cmocka_unit_test(all_sequences_of_three_bytes_are_judged_right),
        cmocka_unit_test(one_bad_byte_is_found_wherever_it_stands),
        cmocka_unit_test(mixed_text_is_text),
        cmocka_unit_test(a_cut_character_is_no_text),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
