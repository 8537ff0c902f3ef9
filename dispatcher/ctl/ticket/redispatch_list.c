/*
 * Counting is left to ticket_replay, which does the same for a catalogue that
 * is yet to be loaded.
 */
#include "redispatch_list.h"

#include "catalogue.h"
#include "memory.h"
#include "message_json.h"
#include "terminal.h"
#include "ticket_replay.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_SHOWN = 20 };

void redispatch_list_deinit(struct redispatch_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        struct redispatch_row *row = &list->rows[i];

        free(row->ticket_id);
        free(row->from);
        free(row->from_rule);
        free(row->to);
        free(row->to_rule);
    }
    free(list->rows);
    *list = (struct redispatch_list){0};
}

void redispatch_list_add(struct redispatch_list *list, const char *ticket_id,
                         const Dispatch__V1__TicketState *state,
                         const struct dispatch_plan *plan,
                         enum redispatch_verdict verdict, bool sent)
{
    const struct dispatch_part *to = plan->n_parts > 0 ? plan->parts : NULL;

    if (list->n == list->capacity) {
        list->capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
        list->rows =
            memory_grow(list->rows, list->capacity, sizeof *list->rows);
    }
    list->rows[list->n++] = (struct redispatch_row){
        .ticket_id = memory_copy_text(ticket_id),
        .from = memory_copy_text(state->parts[0]->department_id),
        .from_rule = memory_copy_text(state->parts[0]->rule),
        .to = memory_copy_text(to != NULL ? to->department->id : ""),
        .to_rule = memory_copy_text(to != NULL ? to->rule : ""),
        .verdict = verdict,
        .sent = sent,
    };
}

static size_t count(const struct redispatch_list *list,
                    enum redispatch_verdict verdict)
{
    size_t n = 0;

    for (size_t i = 0; i < list->n; i++)
        n += list->rows[i].verdict == verdict;
    return n;
}

/* How many would go from one lead to another; free with free(). */
static struct replay_move *find_moves(const struct redispatch_list *list,
                                      size_t *n)
{
    struct ticket_replay replay = {
        .items = memory_new_array(list->n, sizeof *replay.items),
        .n = list->n,
    };
    struct replay_move *moves;

    for (size_t i = 0; i < list->n; i++)
        replay.items[i] = (struct replayed){
            .from = list->rows[i].from,
            .to = list->rows[i].to,
            .elsewhere = list->rows[i].verdict == REDISPATCH_MOVES};
    moves = ticket_replay_moves(&replay, n);
    free(replay.items);
    return moves;
}

/* ---------------------------------------------------------------- for people
 */

static void print_moves(const struct redispatch_list *list)
{
    size_t n;
    struct replay_move *moves = find_moves(list, &n);

    for (size_t i = 0; i < n; i++) {
        if (strcmp(moves[i].from, moves[i].to) == 0)
            terminal_printf(stdout, "%12zu  %s, with other co-handlers",
                            moves[i].tickets, moves[i].from);
        else
            terminal_printf(stdout, "%12zu  %s -> %s", moves[i].tickets,
                            moves[i].from, moves[i].to);
        putchar('\n');
    }
    free(moves);
}

/* What an option would add, and has not. */
static bool can_be_added(const struct redispatch_list *list,
                         enum redispatch_verdict verdict)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->rows[i].verdict == verdict && list->rows[i].sent)
            return false;
    return verdict == REDISPATCH_DEADLINE || verdict == REDISPATCH_RULED ||
           verdict == REDISPATCH_FORWARDED || verdict == REDISPATCH_BEGUN;
}

static void print_counts(const struct redispatch_list *list)
{
    static const enum redispatch_verdict order[REDISPATCH_VERDICTS] = {
        REDISPATCH_MOVES,    REDISPATCH_RULED,     REDISPATCH_FORWARDED,
        REDISPATCH_BEGUN,    REDISPATCH_WITH_DESK, REDISPATCH_NOBODY,
        REDISPATCH_DEADLINE, REDISPATCH_STAYS};

    for (size_t i = 0; i < REDISPATCH_VERDICTS; i++) {
        size_t n = count(list, order[i]);

        if (n == 0)
            continue;
        printf("%7zu  %s", n, redispatch_words(order[i]));
        if (can_be_added(list, order[i]))
            printf(" (--also %s)", redispatch_name(order[i]));
        putchar('\n');
        if (order[i] == REDISPATCH_MOVES)
            print_moves(list);
    }
}

static const char *rule_text(const char *rule)
{
    return rule[0] != '\0' ? rule : "no rule";
}

static void print_rows(const struct redispatch_list *list)
{
    size_t all = 0;

    for (size_t i = 0; i < list->n; i++) {
        const struct redispatch_row *row = &list->rows[i];

        if (!row->sent || all++ >= ROWS_SHOWN)
            continue;
        terminal_printf(stdout, "  %s: %s (%s) -> %s (%s)", row->ticket_id,
                        row->from, rule_text(row->from_rule), row->to,
                        rule_text(row->to_rule));
        putchar('\n');
    }
    if (all > ROWS_SHOWN)
        printf("  ... and %zu more; --json shows all\n", all - ROWS_SHOWN);
}

void redispatch_list_print(const struct redispatch_list *list,
                           const char *version)
{
    printf("%zu open tickets; catalogue %s is in force\n", list->n, version);
    print_counts(list);
    print_rows(list);
}

/* -------------------------------------------------------------- for programs
 */

static void print_line(json_t *json)
{
    json_dumpf(json, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(json);
}

static json_t *row_json(const struct redispatch_row *row)
{
    return json_pack("{s:o, s:s, s:b, s:o, s:o, s:o, s:o}", "ticket_id",
                     message_json_text(row->ticket_id), "verdict",
                     redispatch_name(row->verdict), "sent", row->sent, "from",
                     message_json_text(row->from), "from_rule",
                     message_json_text(row->from_rule), "to",
                     message_json_text(row->to), "to_rule",
                     message_json_text(row->to_rule));
}

static json_t *moves_json(const struct redispatch_list *list)
{
    size_t n;
    struct replay_move *moves = find_moves(list, &n);
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(
            array, json_pack("{s:o, s:o, s:I}", "from",
                             message_json_text(moves[i].from), "to",
                             message_json_text(moves[i].to), "tickets",
                             (json_int_t)moves[i].tickets));
    free(moves);
    return array;
}

void redispatch_list_print_json(const struct redispatch_list *list,
                                const char *version)
{
    json_t *verdicts = json_object();

    for (size_t i = 0; i < list->n; i++)
        print_line(row_json(&list->rows[i]));
    for (int i = 0; i < REDISPATCH_VERDICTS; i++)
        json_object_set_new(
            verdicts, redispatch_name((enum redispatch_verdict)i),
            json_integer((json_int_t)count(list, (enum redispatch_verdict)i)));
    print_line(json_pack("{s:s, s:I, s:o, s:o}", "catalogue_version", version,
                         "tickets", (json_int_t)list->n, "verdicts", verdicts,
                         "moves", moves_json(list)));
}
