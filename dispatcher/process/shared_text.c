/*
 * A sequence lock over atomic words: the reader starts again when the writer
 * was in between.
 *
 * Each word is stored with release and loaded with acquire order, so that no
 * word of a new text is seen with the sequence of an old one.
 */
#include "shared_text.h"

#include <stdbool.h>
#include <string.h>

void shared_text_set(struct shared_text *shared, const char *text)
{
    char padded[SHARED_TEXT_SIZE] = "";
    uint64_t words[SHARED_TEXT_WORDS];
    uint32_t sequence =
        atomic_load_explicit(&shared->sequence, memory_order_relaxed);

    memcpy(padded, text, strnlen(text, sizeof padded - 1));
    memcpy(words, padded, sizeof words);
    atomic_store_explicit(&shared->sequence, sequence + 1,
                          memory_order_relaxed);
    for (size_t i = 0; i < SHARED_TEXT_WORDS; i++)
        atomic_store_explicit(&shared->words[i], words[i],
                              memory_order_release);
    atomic_store_explicit(&shared->sequence, sequence + 2,
                          memory_order_release);
}

/* False when the writer was at work meanwhile. */
static bool read_once(const struct shared_text *shared,
                      uint64_t words[SHARED_TEXT_WORDS])
{
    uint32_t before =
        atomic_load_explicit(&shared->sequence, memory_order_acquire);

    for (size_t i = 0; i < SHARED_TEXT_WORDS; i++)
        words[i] =
            atomic_load_explicit(&shared->words[i], memory_order_acquire);
    return before % 2 == 0 &&
           before ==
               atomic_load_explicit(&shared->sequence, memory_order_relaxed);
}

const char *shared_text_get(const struct shared_text *shared,
                            char text[SHARED_TEXT_SIZE])
{
    uint64_t words[SHARED_TEXT_WORDS];

    while (!read_once(shared, words))
        ; /* a writer needs nanoseconds */
    memcpy(text, words, SHARED_TEXT_SIZE);
    return text;
}
