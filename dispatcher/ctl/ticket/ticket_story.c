/*
 * Two sequences, each in its own order, merged into one.
 */
#include "ticket_story.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

/* As meta.report_delay, where nobody says otherwise. */
enum { REPORT_DELAY_MS = 15 * 60 * 1000 };

/* One of the two sequences. */
struct sequence {
    struct story_item **items;
    size_t n;
};

void story_deinit(struct ticket_story *story)
{
    free(story->items);
    free(story->order);
    *story = (struct ticket_story){0};
}

void story_add(struct ticket_story *story, const struct story_item *item)
{
    if (story->n == story->capacity) {
        story->capacity = story->capacity == 0 ? 64 : 2 * story->capacity;
        story->items =
            memory_grow(story->items, story->capacity, sizeof *story->items);
    }
    story->items[story->n++] = *item;
}

/* -------------------------------------------------------------------- inputs
 */

static int by_offset(const void *left, const void *right)
{
    const struct story_item *a = *(struct story_item *const *)left;
    const struct story_item *b = *(struct story_item *const *)right;

    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return (int)a->kind - (int)b->kind; /* an input before its dead letter */
}

static int by_number(const void *left, const void *right)
{
    const struct story_item *a = *(struct story_item *const *)left;
    const struct story_item *b = *(struct story_item *const *)right;

    return (a->number > b->number) - (a->number < b->number);
}

/* A dead letter goes to the input that it was; it stays where that is gone. */
static void join_letters(struct sequence *inputs)
{
    size_t kept = 0;

    for (size_t i = 0; i < inputs->n; i++) {
        struct story_item *item = inputs->items[i];
        struct story_item *before = kept > 0 ? inputs->items[kept - 1] : NULL;

        if (item->kind == STORY_DEAD_LETTER && before != NULL &&
            before->kind == STORY_INPUT && before->offset == item->offset)
            before->letter = item;
        else
            inputs->items[kept++] = item;
    }
    inputs->n = kept;
}

/* A refused event may be sent again under its id: that is no repeat. */
static bool is_repeat_of(const struct story_item *item,
                         const struct story_item *earlier)
{
    return earlier->kind == STORY_INPUT && earlier->letter == NULL &&
           item->event_id[0] != '\0' &&
           strcmp(earlier->event_id, item->event_id) == 0 &&
           strcmp(earlier->source, item->source) == 0;
}

static void find_repeats(struct sequence *inputs)
{
    for (size_t i = 0; i < inputs->n; i++) {
        struct story_item *item = inputs->items[i];

        if (item->kind != STORY_INPUT || item->letter != NULL)
            continue;
        for (size_t j = 0; j < i && !item->repeat; j++)
            item->repeat = is_repeat_of(item, inputs->items[j]);
    }
}

static struct sequence pick(struct ticket_story *story, bool outputs)
{
    struct sequence sequence = {
        memory_new_array(story->n, sizeof *sequence.items), 0};

    for (size_t i = 0; i < story->n; i++)
        if ((story->items[i].kind == STORY_OUTPUT) == outputs)
            sequence.items[sequence.n++] = &story->items[i];
    qsort(sequence.items, sequence.n, sizeof *sequence.items,
          outputs ? by_number : by_offset);
    return sequence;
}

/* ------------------------------------------------------------------- merging
 */

/* The input that an output names as its cause; `n`: it is not there. */
static size_t cause_of(const struct sequence *inputs,
                       const struct story_item *output)
{
    size_t i = 0;

    while (i < inputs->n &&
           (inputs->items[i]->kind != STORY_INPUT || inputs->items[i]->repeat ||
            strcmp(inputs->items[i]->event_id, output->caused_by) != 0))
        i++;
    return i;
}

/* When an input happened, as the dispatcher takes it. */
static int64_t happened_at(const struct story_item *input)
{
    int64_t at = input->occurred_at;

    if (at > input->timestamp_ms || at < input->timestamp_ms - REPORT_DELAY_MS)
        return input->timestamp_ms;
    return at;
}

/* Whether time alone led to an output, long after its cause. */
static bool is_timed(const struct sequence *inputs, size_t cause,
                     const struct story_item *output)
{
    return cause >= inputs->n ||
           output->occurred_at > happened_at(inputs->items[cause]);
}

static void emit(struct ticket_story *story, struct story_item *item)
{
    story->order[story->n_order++] = item;
}

/* The inputs that come before an output; `next` is the first that is not out
 * yet. Inputs without any outputs of their own have no place but their time. */
static size_t emit_inputs(struct ticket_story *story,
                          const struct sequence *inputs, size_t next,
                          const struct story_item *output)
{
    size_t cause = cause_of(inputs, output);

    while (cause < inputs->n && next <= cause)
        emit(story, inputs->items[next++]);
    while (next < inputs->n && output->timed &&
           !inputs->items[next]->has_outputs &&
           happened_at(inputs->items[next]) <= output->occurred_at)
        emit(story, inputs->items[next++]);
    return next;
}

static void merge(struct ticket_story *story, const struct sequence *inputs,
                  const struct sequence *outputs)
{
    size_t next = 0;

    for (size_t i = 0; i < outputs->n; i++) {
        next = emit_inputs(story, inputs, next, outputs->items[i]);
        emit(story, outputs->items[i]);
    }
    while (next < inputs->n)
        emit(story, inputs->items[next++]);
}

void story_order(struct ticket_story *story)
{
    struct sequence inputs = pick(story, false);
    struct sequence outputs = pick(story, true);

    join_letters(&inputs);
    find_repeats(&inputs);
    for (size_t i = 0; i < outputs.n; i++) {
        size_t cause = cause_of(&inputs, outputs.items[i]);

        if (cause < inputs.n)
            inputs.items[cause]->has_outputs = true;
        outputs.items[i]->timed = is_timed(&inputs, cause, outputs.items[i]);
    }
    story->order = memory_new_array(story->n, sizeof *story->order);
    story->n_order = 0;
    merge(story, &inputs, &outputs);
    free(inputs.items);
    free(outputs.items);
}

bool story_is_cut(const struct ticket_story *story)
{
    for (size_t i = 0; i < story->n_order; i++)
        if (story->order[i]->kind == STORY_OUTPUT)
            return story->order[i]->number != 1;
    return false;
}
