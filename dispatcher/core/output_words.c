/*
 * The explanation of a due date, for those who asked for it in the settings.
 */
#include "output.h"

#include "arena.h"

#include <string.h>

char *output_explain(struct output_batch *b, const struct calendar *cal,
                     int64_t start_ms, struct duration d)
{
    struct calendar_steps steps;
    char words[CALENDAR_WORDS_SIZE];

    if (b->out->language == CALENDAR_NO_WORDS || b->code != REJECT_NONE)
        return output_text("");
    calendar_explain(cal, start_ms, d, &steps);
    calendar_words(cal, &steps, b->out->language, words);
    char *copy = arena_copy(b->out->arena, words, strlen(words));
    if (!copy)
        b->code = reject_set(b->r, REJECT_OUTPUT_TOO_LARGE,
                             "The events of this record need too much memory.");
    return copy;
}
