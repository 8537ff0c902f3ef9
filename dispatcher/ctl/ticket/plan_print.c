/*
 * A plan, before or after it was sent: one line a ticket with what it leads
 * to, and the counts.
 */
#include "event_fields.h"
#include "event_plan.h"
#include "event_text.h"
#include "message_json.h"
#include "plan_send.h"
#include "terminal.h"
#include "ticket_told.h"

#include <jansson.h>
#include <stdio.h>

enum { INDENT = 6 };

/* ---------------------------------------------------------------- for people
 */

static void print_outputs(const struct plan_terms *terms,
                          const struct planned_event *item)
{
    for (size_t i = 0; i < item->n_outputs; i++) {
        const struct told *told = item->outputs[i];

        printf("%5lu  ", told_number(told));
        if (told->topic == CTL_ASSIGNMENTS)
            event_print_assignment(stdout, told->assignment);
        else
            event_print_deadline(stdout, told->deadline, terms->local);
    }
}

static const char *verdict_text(const struct plan_terms *terms,
                                const struct planned_event *item)
{
    switch (item->verdict) {
    case PLAN_REPEAT:
        return "not sent, the ticket has had this event";
    case PLAN_REFUSED:
        return "not sent";
    default:
        return terms->dry_run ? "would be sent" : "sent";
    }
}

/* What became of it, after it was sent. */
static void print_answer(const struct plan_terms *terms,
                         const struct planned_event *item)
{
    if (!terms->wait || terms->dry_run || item->verdict != PLAN_SEND)
        return;
    switch (item->answer) {
    case PLAN_DEAD_LETTER:
        terminal_printf(stdout, "%*srefused: %s: %s", INDENT, "", item->code,
                        item->why);
        putchar('\n');
        return;
    case PLAN_ACCEPTED:
        if (item->n_outputs == 0)
            printf("%*sdone; there was nobody to tell\n", INDENT, "");
        return;
    case PLAN_SILENCE:
        printf("%*sno answer\n", INDENT, "");
    }
}

static void print_item(const struct plan_terms *terms,
                       const struct planned_event *item)
{
    terminal_printf(stdout, "%s: %s, %s", item->event->ticket_id,
                    event_kind_name(item->event), verdict_text(terms, item));
    if (item->verdict == PLAN_SEND && !terms->dry_run)
        terminal_printf(stdout, ", event %s", item->event->event_id);
    if (item->verdict == PLAN_REFUSED || item->forced)
        terminal_printf(stdout, "%s: %s: %s",
                        item->forced ? ", in spite of" : "", item->code,
                        item->why);
    putchar('\n');
    if (terms->dry_run && !terms->brief)
        event_print_fields(stdout, item->event, terms->local, INDENT, false);
    if (!terms->brief)
        print_outputs(terms, item);
    print_answer(terms, item);
}

static bool is_usual(const struct plan_terms *terms,
                     const struct planned_event *item)
{
    return item->verdict == PLAN_SEND && !item->forced &&
           (!terms->wait || terms->dry_run || item->answer == PLAN_ACCEPTED);
}

static void print_people(const struct plan_terms *terms,
                         const struct event_plan *plan)
{
    for (size_t i = 0; i < plan->n; i++)
        if (!terms->brief || !is_usual(terms, &plan->items[i]))
            print_item(terms, &plan->items[i]);
}

static void print_counts(const struct plan_terms *terms,
                         const struct event_plan *plan, unsigned long failed)
{
    size_t send = event_plan_count(plan, PLAN_SEND);
    size_t repeats = event_plan_count(plan, PLAN_REPEAT);
    size_t refused = event_plan_count(plan, PLAN_REFUSED);

    fprintf(stderr, "%zu %s%s", send - failed,
            send - failed == 1 ? "event" : "events",
            terms->dry_run ? " would be published" : " published");
    if (repeats > 0)
        fprintf(stderr, ", %zu not needed", repeats);
    if (refused > 0)
        fprintf(stderr, ", %zu left out", refused);
    if (failed > 0)
        fprintf(stderr, ", %lu not delivered", failed);
    if (terms->wait && !terms->dry_run)
        fprintf(stderr, "; %zu taken, %zu refused, %zu without an answer",
                event_plan_answers(plan, PLAN_ACCEPTED),
                event_plan_answers(plan, PLAN_DEAD_LETTER),
                event_plan_answers(plan, PLAN_SILENCE));
    fputc('\n', stderr);
}

/* -------------------------------------------------------------- for programs
 */

static void print_line(json_t *json)
{
    json_dumpf(json, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(json);
}

static json_t *outputs_json(const struct planned_event *item)
{
    json_t *list = json_array();

    for (size_t i = 0; i < item->n_outputs; i++) {
        json_t *output =
            message_json_write(item->outputs[i]->message, MESSAGE_JSON_EXACT);

        contacts_remove(output);
        json_array_append_new(list, output);
    }
    return list;
}

static json_t *item_json(const struct plan_terms *terms,
                         const struct planned_event *item)
{
    static const char *const verdicts[] = {[PLAN_SEND] = "sent",
                                           [PLAN_REPEAT] = "repeat",
                                           [PLAN_REFUSED] = "refused"};
    static const char *const answers[] = {[PLAN_SILENCE] = "none",
                                          [PLAN_ACCEPTED] = "taken",
                                          [PLAN_DEAD_LETTER] = "refused"};
    bool planned = terms->dry_run && item->verdict == PLAN_SEND;
    json_t *event = message_json_write(&item->event->base, MESSAGE_JSON_EXACT);

    contacts_remove(event);
    json_t *json =
        json_pack("{s:o, s:s, s:b, s:o}", "event", event, "verdict",
                  planned ? "planned" : verdicts[item->verdict], "forced",
                  item->forced, "outputs", outputs_json(item));
    if (item->code != NULL) {
        json_object_set_new(json, "code", json_string(item->code));
        json_object_set_new(json, "message", message_json_text(item->why));
    }
    if (terms->wait && !terms->dry_run && item->verdict == PLAN_SEND)
        json_object_set_new(json, "answer", json_string(answers[item->answer]));
    return json;
}

static void print_json(const struct plan_terms *terms,
                       const struct event_plan *plan, unsigned long failed)
{
    for (size_t i = 0; i < plan->n; i++)
        print_line(item_json(terms, &plan->items[i]));
    print_line(json_pack(
        "{s:b, s:I, s:I, s:I, s:I, s:I, s:I}", "dry_run", terms->dry_run,
        "published",
        terms->dry_run
            ? (json_int_t)0
            : (json_int_t)(event_plan_count(plan, PLAN_SEND) - failed),
        "repeats", (json_int_t)event_plan_count(plan, PLAN_REPEAT), "left_out",
        (json_int_t)event_plan_count(plan, PLAN_REFUSED), "failed",
        (json_int_t)failed, "taken",
        (json_int_t)event_plan_answers(plan, PLAN_ACCEPTED), "refused",
        (json_int_t)event_plan_answers(plan, PLAN_DEAD_LETTER)));
}

void plan_print(const struct plan_terms *terms, const struct event_plan *plan,
                unsigned long failed)
{
    if (terms->json)
        print_json(terms, plan, failed);
    else
        print_people(terms, plan);
    if (!terms->json)
        print_counts(terms, plan, failed);
}
