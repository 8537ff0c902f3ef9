/*
 * The order of a story. Items are written as one word each:
 *
 *   i3@100=e1      input at offset 3, at 100, event id e1
 *   o2@100<e1      output number 2, at 100, caused by e1
 *   d3@100         the dead letter of the input at offset 3
 */
#include "ticket_story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TEXT_SIZE = 512, SECOND_MS = 1000 };

static struct story_item item_of(char *word)
{
    char *at = strchr(word, '@');
    char *id = strpbrk(word, "=<");
    struct story_item item = {
        .event_id = "", .source = "s", .caused_by = "", .record = word};
    long number = strtol(word + 1, NULL, 10);

    item.occurred_at = strtol(at + 1, NULL, 10) * SECOND_MS;
    item.timestamp_ms = item.occurred_at;
    switch (word[0]) {
    case 'i':
        item.offset = number;
        item.event_id = id + 1;
        break;
    case 'o':
        item.kind = STORY_OUTPUT;
        item.number = (unsigned long)number;
        item.caused_by = id + 1;
        break;
    default:
        item.kind = STORY_DEAD_LETTER;
        item.offset = number;
    }
    return item;
}

/* "i0 o1 i1r i2d": r is a repeat, d has a dead letter. */
static void told(const char *words, char out[TEXT_SIZE])
{
    struct ticket_story story = {0};
    char text[TEXT_SIZE];
    size_t n = 0;

    snprintf(text, sizeof text, "%s", words);
    for (char *p = strtok(text, " "); p != NULL; p = strtok(NULL, " ")) {
        const struct story_item item = item_of(p);
        story_add(&story, &item);
    }
    story_order(&story);
    out[0] = '\0';
    for (size_t i = 0; i < story.n_order; i++) {
        const struct story_item *item = story.order[i];
        const char *word = item->record;

        n += (size_t)snprintf(out + n, TEXT_SIZE - n, "%s%.*s%s%s",
                              i > 0 ? " " : "", (int)strcspn(word, "@"), word,
                              item->repeat ? "r" : "",
                              item->letter != NULL ? "d" : "");
    }
    story_deinit(&story);
}

static const struct {
    const char *name, *items, *expected;
} cases[] = {
    {"nothing", "", ""},
    {"topics come in any order", "o2@0<a o1@0<a i1@60=b i0@0=a o3@60<b",
     "i0 o1 o2 i1 o3"},
    {"an input without outputs stands at its time",
     "i0@0=a i1@60=quiet i2@120=b o1@0<a o2@0<a o3@90<a o4@120<b",
     "i0 o1 o2 i1 o3 i2 o4"},
    {"at the very moment the answer comes before what is due",
     "i0@0=a i1@60=quiet o1@0<a o2@60<a", "i0 o1 i1 o2"},
    {"what was due before stands before an input with outputs",
     "i0@0=a i1@60=b o1@0<a o2@50<a o3@60<b", "i0 o1 o2 i1 o3"},
    {"two inputs of one moment keep their outputs together",
     "i0@0=a i1@0=quiet o1@0<a o2@0<a", "i0 o1 o2 i1"},
    {"a late timer stands where it was due",
     "i0@0=a i1@60=quiet i2@600=b o1@0<a o2@30<a o3@300<a o4@600<b",
     "i0 o1 o2 i1 o3 i2 o4"},
    {"a dead letter belongs to its input",
     "i0@0=a i1@60=b d1@60 o1@0<a o2@60<b", "i0 o1 i1d o2"},
    {"a dead letter whose input is gone stands alone",
     "d4@60 i5@120=c o7@120<c", "d4 i5 o7"},
    {"a repeat is told as one", "i0@0=a i1@10=a i2@20=b o1@0<a o2@20<b",
     "i0 o1 i1r i2 o2"},
    {"what was refused and sent again is no repeat",
     "i0@0=a i1@10=b d1@10 i2@20=b o1@0<a o2@20<b", "i0 o1 i1d i2 o2"},
    {"a cause that is gone leaves its outputs their time",
     "i5@100=c o7@50<gone o8@100<c o9@150<gone", "o7 i5 o8 o9"},
    {"inputs behind the last output", "i0@0=a i1@60=b o1@0<a", "i0 o1 i1"},
};

static void a_story_is_told_in_the_order_in_which_it_happened(void **state)
{
    char text[TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        told(cases[i].items, text);
        if (strcmp(text, cases[i].expected) != 0)
            fail_msg("%s: %s, but was %s", cases[i].name, cases[i].expected,
                     text);
    }
}

/* As the dispatcher takes it: occurred_at counts only if it was reported in
 * time. */
static void a_report_that_comes_too_late_stands_at_its_record(void **state)
{
    struct ticket_story story = {0};
    char created[] = "i0@0=a", late[] = "i1@0=quiet", first[] = "o1@0<a",
         due[] = "o2@7200<a";
    struct story_item item = item_of(late);

    (void)state;
    item.timestamp_ms = (int64_t)9000 * SECOND_MS;
    story_add(&story, &item);
    item = item_of(created);
    story_add(&story, &item);
    item = item_of(first);
    story_add(&story, &item);
    item = item_of(due);
    story_add(&story, &item);
    story_order(&story);
    assert_int_equal(story.n_order, 4);
    assert_string_equal(story.order[2]->record, "o2@7200<a");
    assert_string_equal(story.order[3]->record, "i1@0=quiet");
    assert_false(story_is_cut(&story));
    story_deinit(&story);
}

/* How late a report may be is the catalogue's to say: where an input has
 * outputs, they tell. */
static void an_input_stands_before_its_outputs_whatever_it_says(void **state)
{
    struct ticket_story story = {0};
    char words[][16] = {"i0@0=a", "i1@50=b", "o1@0<a", "o2@60<a", "o3@100<b"};

    (void)state;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        struct story_item item = item_of(words[i]);
        if (i == 1)
            item.timestamp_ms = (int64_t)100 * SECOND_MS;
        story_add(&story, &item);
    }
    story_order(&story);
    assert_string_equal(story.order[2]->record, "o2@60<a");
    assert_string_equal(story.order[3]->record, "i1@50=b");
    story_deinit(&story);
}

static void another_source_makes_no_repeat(void **state)
{
    struct ticket_story story = {0};
    char one[] = "i0@0=a", two[] = "i1@1=a";
    struct story_item item = item_of(one);

    (void)state;
    story_add(&story, &item);
    item = item_of(two);
    item.source = "other";
    story_add(&story, &item);
    story_order(&story);
    assert_false(story.order[1]->repeat);
    story_deinit(&story);
}

static void a_story_that_does_not_begin_with_number_one_is_cut(void **state)
{
    struct ticket_story story = {0};
    char word[] = "o7@0<a";
    struct story_item item = item_of(word);

    (void)state;
    story_add(&story, &item);
    story_order(&story);
    assert_true(story_is_cut(&story));
    story_deinit(&story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_story_is_told_in_the_order_in_which_it_happened),
        cmocka_unit_test(a_report_that_comes_too_late_stands_at_its_record),
        cmocka_unit_test(an_input_stands_before_its_outputs_whatever_it_says),
        cmocka_unit_test(another_source_makes_no_repeat),
        cmocka_unit_test(a_story_that_does_not_begin_with_number_one_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
