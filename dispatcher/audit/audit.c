/*
 * The audit's frame: records in, tickets judged one by one.
 *
 * Two rounds over the tickets: what stands in the logs must be known of all of
 * them before one can be judged.
 */
#include "audit.h"

#include "arena.h"
#include "audit_open_clocks.h"
#include "book.h"
#include "judge.h"
#include "memory.h"
#include "replay.h"

#include <stdlib.h>
#include <string.h>

enum { RECORD_ROOM = 64 * 1024 * 1024 }; /* unpacked */

static void begin_pass(struct audit *a)
{
    a->letters = letters_new();
    a->known = known_new(a->options.logs);
    a->figures.passes++;
}

static void end_pass(struct audit *a)
{
    letters_free(&a->letters);
    known_free(&a->known);
    free(a->undecoded);
    a->undecoded = NULL;
    a->n_undecoded = 0;
    free(a->early);
    a->early = NULL;
    a->n_early = 0;
}

struct audit *audit_new(const struct audit_options *options)
{
    struct audit *a = memory_new(sizeof(*a));

    a->options = *options;
    a->arena = arena_new(RECORD_ROOM);
    a->names = names_new();
    a->ledger = ledger_new(options->max_memory);
    a->clocks = open_clocks_new(options->max_clocks);
    a->story = story_new(a);
    begin_pass(a);
    return a;
}

void audit_free(struct audit **a)
{
    if (!*a)
        return;
    end_pass(*a);
    story_free(&(*a)->story);
    open_clocks_free(&(*a)->clocks);
    ledger_free(&(*a)->ledger);
    names_free(&(*a)->names);
    arena_free(&(*a)->arena);
    free(*a);
    *a = NULL;
}

/* Each pass reads all of them. */
static void count_record(struct audit *a, const struct audit_record *rec)
{
    if (a->figures.passes > 1)
        return;
    a->figures.records[rec->topic]++;
    if (rec->topic == AUDIT_DEAD_LETTERS && !book_is_ours(a, rec->letter))
        a->figures.foreign_letters++;
}

void audit_take(struct audit *a, const struct audit_record *rec)
{
    static void (*const takers[AUDIT_TOPICS])(struct audit *,
                                              const struct audit_record *) = {
        [AUDIT_DEAD_LETTERS] = book_take_letter,
        [AUDIT_ASSIGNMENTS] = book_take_assignment,
        [AUDIT_DEADLINES] = book_take_deadline,
        [AUDIT_TICKETS] = book_take_input,
        [AUDIT_STATE] = book_take_state,
    };

    count_record(a, rec);
    if (!ledger_takes(a->ledger, ledger_hash(rec->key, rec->key_size)))
        return;
    arena_reset(a->arena);
    takers[rec->topic](a, rec);
}

/* ----------------------------------------------------------------- judging */

/* What the ticket's events show of the logs, where it is certain which input
 * led to them. */
static void note_ticket(struct audit *a, const struct ledger_ticket *t)
{
    story_read(a->story, t);
    for (size_t i = 0; i < a->story->n_events; i++) {
        const struct story_event *event = &a->story->events[i];

        if (event->direct && event->input != STORY_NO_INPUT &&
            story_live(a->story, event->e.cause) == 1)
            known_note(a->known, event->e.topic, event->e.partition,
                       event->e.offset,
                       story_place_of(&a->story->inputs[event->input]));
    }
}

static void judge_ticket(struct audit *a, const struct ledger_ticket *t,
                         struct replay *replay)
{
    struct story *s = a->story;

    story_read(s, t);
    if (s->n_events == 0 && s->n_inputs == 0 && !s->has_state)
        return;
    judge_numbers(s);
    judge_causes(s);
    replay_run(replay, s);
    judge_state(s, replay);
    judge_end(s, replay);
}

/* What was found when records were taken. */
static void tell_early(struct audit *a)
{
    for (size_t i = 0; i < a->n_early; i++) {
        const struct early *early = &a->early[i];
        struct audit_evidence evidence = {.n = early->n};

        if (!ledger_takes(a->ledger, early->hash))
            continue;
        memcpy(evidence.places, early->places, sizeof(evidence.places));
        book_find(a, early->kind, &evidence, "%s", early->message);
    }
}

/* Records that no ticket owns: they must be dead letters. */
static void judge_undecoded(struct audit *a)
{
    for (size_t i = 0; i < a->n_undecoded; i++) {
        const struct undecoded *u = &a->undecoded[i];
        const struct audit_evidence evidence = {
            .places = {{.topic = AUDIT_TICKETS,
                        .partition = u->place.partition,
                        .offset = u->place.offset}},
            .n = 1,
        };

        if (!ledger_takes(a->ledger, u->hash))
            continue;
        if (u->is_letter) {
            a->figures.refused++;
            continue;
        }
        if (!known_was_read(a->known, u->place)) {
            a->figures.waiting++;
            continue;
        }
        if (!known_shows(a->known, AUDIT_DEAD_LETTERS, u->letter_partition,
                         u->place)) {
            a->figures.unknown++;
            continue;
        }
        a->figures.lost++;
        book_find(a, AUDIT_INPUT_LOST, &evidence,
                  "Input %d@%lld (%s) was read, but is no dead letter.",
                  (int)u->place.partition, (long long)u->place.offset,
                  reject_name(u->code));
    }
}

/* Dead letters of records that are not there. */
static void judge_letters(struct audit *a)
{
    for (size_t i = 0; i < letters_count(a->letters); i++) {
        const struct letter *letter = letters_at(a->letters, i);
        const struct audit_log *log =
            known_log(a->known, AUDIT_TICKETS, letter->partition);
        const struct audit_evidence evidence = {
            .places = {{.topic = AUDIT_DEAD_LETTERS,
                        .partition = letter->letter_partition,
                        .offset = letter->letter_offset}},
            .n = 1,
        };

        if (!ledger_takes(a->ledger, letter->hash))
            continue;
        a->figures.letters[letter->code]++;
        if (letter->found || letter->offset < log->begin)
            continue;
        book_find(a, AUDIT_LETTER_UNFOUNDED, &evidence,
                  "It names record %d@%lld, which is not there.",
                  (int)letter->partition, (long long)letter->offset);
    }
}

void audit_judge(struct audit *a)
{
    struct replay replay = {0};
    size_t tickets;

    for (size_t i = 0; i < ledger_count(a->ledger); i++)
        note_ticket(a, ledger_at(a->ledger, i));
    tell_early(a);
    judge_undecoded(a);
    judge_letters(a);
    for (size_t i = 0; i < ledger_count(a->ledger); i++)
        judge_ticket(a, ledger_at(a->ledger, i), &replay);
    replay_deinit(&replay);
    a->figures.memory = ledger_memory(a->ledger, &tickets);
    a->figures.memory_tickets = tickets;
}

bool audit_next(struct audit *a)
{
    if (!ledger_next(a->ledger))
        return false;
    end_pass(a);
    begin_pass(a);
    return true;
}

const struct audit_figures *audit_figures(const struct audit *a)
{
    return &a->figures;
}

int64_t audit_overdue_ms(const struct audit_open_clock *clock, int64_t now_ms)
{
    int64_t overdue_ms;

    if (clock->paused || clock->due_at >= now_ms)
        return 0;
    return __builtin_sub_overflow(now_ms, clock->due_at, &overdue_ms)
               ? INT64_MAX
               : overdue_ms;
}

const struct audit_open_clock *audit_open_clocks(const struct audit *a,
                                                 size_t *n)
{
    return open_clocks_sorted(a->clocks, n);
}
