/*
 * plan -> publisher -> answers -> plan_print
 */
#include "plan_send.h"

#include "clock.h"
#include "ctl.h"
#include "event_answers.h"
#include "event_plan.h"
#include "progress.h"
#include "publisher.h"

#include <stdio.h>

enum { FLUSH_MS = 60000, MS_PER_SECOND = 1000, US_PER_MS = 1000 };

static int64_t steady_ms(void)
{
    return clock_steady_us() / US_PER_MS;
}

static void show_progress(struct progress *progress, unsigned long done,
                          size_t all)
{
    const struct progress_state state = {
        .verb = "published",
        .done = done,
        .fraction = (double)done / (double)all,
        .reading = true,
    };

    progress_show(progress, &state, steady_ms());
}

/* Returns how many records were not delivered. */
static unsigned long publish(const struct plan_terms *terms,
                             const struct event_plan *plan,
                             struct publisher *publisher)
{
    struct progress progress;
    unsigned long sent = 0;
    const struct publisher_counts *counts;

    progress_begin(&progress, stderr, steady_ms());
    for (size_t i = 0; i < plan->n && !ctl_stopped(); i++) {
        const struct planned_event *item = &plan->items[i];

        if (item->verdict != PLAN_SEND)
            continue;
        publisher_send(publisher, item->event->ticket_id, item->value,
                       item->size, 0);
        show_progress(&progress, ++sent, plan->n);
    }
    bool whole = publisher_flush(publisher, FLUSH_MS);
    progress_clear(&progress);
    counts = publisher_counts(publisher);
    unsigned long failed =
        event_plan_count(plan, PLAN_SEND) - counts->delivered;
    const char *why = whole ? "stopped by a signal" : "no answer in time";
    if (failed > 0)
        fprintf(stderr, "dispatchctl %s: %lu records not delivered: %s\n",
                terms->command, failed,
                counts->why[0] != '\0' ? counts->why : why);
    return failed;
}

/* False, and said: nothing could be sent. */
static bool carry_out(const struct plan_terms *terms, struct event_plan *plan,
                      unsigned long *failed)
{
    struct publisher *publisher =
        publisher_new(terms->kafka, terms->topics->names[CTL_TICKETS]);
    struct event_answers *answers = NULL;

    if (publisher == NULL)
        return false;
    if (terms->wait) {
        answers = event_answers_open(terms->kafka, terms->topics, plan);
        if (answers == NULL) {
            publisher_free(&publisher);
            return false;
        }
    }
    *failed = publish(terms, plan, publisher);
    publisher_free(&publisher);
    if (answers != NULL &&
        !event_answers_wait(answers, (int64_t)terms->timeout_s * MS_PER_SECOND))
        fprintf(stderr,
                "dispatchctl %s: no answer within %ld s; does a dispatcher "
                "run? See `dispatchctl lag`\n",
                terms->command, terms->timeout_s);
    event_answers_close(&answers);
    return true;
}

static bool went_well(const struct plan_terms *terms,
                      const struct event_plan *plan, unsigned long failed)
{
    return failed == 0 && event_plan_count(plan, PLAN_REFUSED) == 0 &&
           (!terms->wait || terms->dry_run ||
            event_plan_answers(plan, PLAN_ACCEPTED) ==
                event_plan_count(plan, PLAN_SEND));
}

int plan_send(const struct plan_terms *terms, struct event_plan *plan)
{
    unsigned long failed = 0;

    event_plan_index(plan);
    if (!terms->dry_run && event_plan_count(plan, PLAN_SEND) > 0 &&
        !carry_out(terms, plan, &failed))
        return CTL_FAILED;
    plan_print(terms, plan, failed);
    return went_well(terms, plan, failed) ? CTL_OK : CTL_FAILED;
}
