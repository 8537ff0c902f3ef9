/*
 * A ticket's story: what was published about it and what the dispatcher made
 * of that, in the order in which it happened. Pure.
 *
 * Inputs are ordered by their offset, outputs by the number in their event id.
 * An output stands behind the input that caused it; what time alone caused
 * (a breach) stands between those inputs where it was due. A dead letter
 * belongs to the input that it was.
 */
#ifndef DISPATCHER_TICKET_STORY_H
#define DISPATCHER_TICKET_STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum story_kind { STORY_INPUT, STORY_OUTPUT, STORY_DEAD_LETTER };

/* One record. Texts are borrowed. */
struct story_item {
    enum story_kind kind;
    int64_t offset; /* of an input; of a dead letter: of the input it was */
    int64_t timestamp_ms;
    int64_t occurred_at;
    unsigned long number; /* of an output */
    const char *event_id; /* of an input */
    const char *source;
    const char *caused_by; /* of an output: the input's event id */
    void *record;          /* the caller's */

    /* Set by story_order, of inputs: */
    bool repeat;               /* it has been there before */
    struct story_item *letter; /* its dead letter, or NULL */
    bool has_outputs;
    /* Of outputs: time alone led to it. */
    bool timed;
};

/* Start from {0}; free with story_deinit, which leaves the records alone. */
struct ticket_story {
    struct story_item *items;
    size_t n;
    size_t capacity;
    /* Set by story_order: each item but dead letters of inputs that are
     * there. */
    struct story_item **order;
    size_t n_order;
};

void story_deinit(struct ticket_story *story);
void story_add(struct ticket_story *story, const struct story_item *item);

/* To be called once, after the last item. */
void story_order(struct ticket_story *story);

/* Whether the input from which all begins is no longer there: the number of
 * the first output is not 1. */
bool story_is_cut(const struct ticket_story *story);

#endif
