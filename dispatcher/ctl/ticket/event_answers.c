/*
 * Follows the partitions of the plan's tickets from their ends on.
 *
 * All that one event leads to is in one transaction, but the topics need not
 * show it in the same instant: who sees the state goes on until each output up
 * to the state's number was there, and who sees a dead letter wrong_state until
 * its REFUSED was. That one comes only if the catalogue knows the department.
 */
#include "event_answers.h"

#include "clock.h"
#include "event_plan.h"
#include "memory.h"
#include "murmur2.h"
#include "reject.h"
#include "ticket.h"
#include "ticket_told.h"
#include "topic_scan.h"

#include <stdlib.h>
#include <string.h>

enum { POLL_MS = 100, US_PER_MS = 1000 };

/* How long outputs are waited for that may have been there before we came, or
 * do not come at all. */
enum { GRACE_MS = 2000 };

/* What is known of one event of the plan. */
struct awaited {
    struct planned_event *item;
    uint32_t until; /* number of the ticket's last output; 0: unknown */
    size_t seen;    /* outputs of the ticket with later numbers than before */
    size_t own;     /* those of them that the event led to */
    int64_t decided_ms; /* 0: not yet */
    bool done;
};

struct event_answers {
    const struct ctl_topics *topics;
    struct event_plan *plan;
    struct topic_scan *scan;
    struct awaited *awaited; /* by the number of the event in the plan */
    size_t n_done;
    int64_t graces_ms; /* when graces were ended last */
};

static int64_t steady_ms(void)
{
    return clock_steady_us() / US_PER_MS;
}

/* --------------------------------------------------------------- partitions */

/* Adds the ends of the partitions among `n` in which the tickets lie. */
static bool add_topic(struct event_answers *a, const char *topic, int32_t n)
{
    bool *wanted = memory_new_array((size_t)n, sizeof *wanted);
    bool good = true;

    for (size_t i = 0; i < a->plan->n; i++) {
        const char *id = a->plan->items[i].event->ticket_id;

        wanted[murmur2_partition(id, strlen(id), n)] = true;
    }
    for (int32_t i = 0; i < n && good; i++)
        good = !wanted[i] || topic_scan_add(a->scan, topic, i, 0);
    free(wanted);
    return good;
}

/* State lies where the ticket's events do; of those nothing is read. */
static bool add_topics(struct event_answers *a)
{
    int32_t inputs =
        topic_scan_partitions(a->scan, a->topics->names[CTL_TICKETS]);

    for (int i = CTL_TICKETS + 1; i < CTL_TOPICS; i++) {
        const char *topic = a->topics->names[i];
        int32_t n =
            i == CTL_STATE ? inputs : topic_scan_partitions(a->scan, topic);

        if (inputs == 0 || n == 0 || !add_topic(a, topic, n))
            return false;
    }
    return true;
}

/* What is not sent needs no answer. */
static void begin(struct event_answers *a)
{
    a->awaited = memory_new_array(a->plan->n, sizeof *a->awaited);
    for (size_t i = 0; i < a->plan->n; i++) {
        a->awaited[i].item = &a->plan->items[i];
        a->awaited[i].done = a->plan->items[i].verdict != PLAN_SEND;
        a->n_done += a->awaited[i].done;
    }
}

struct event_answers *event_answers_open(const struct ctl_kafka *options,
                                         const struct ctl_topics *topics,
                                         struct event_plan *plan)
{
    struct event_answers *a = memory_new(sizeof *a);

    a->topics = topics;
    a->plan = plan;
    a->scan = topic_scan_new(options);
    if (a->scan == NULL || !add_topics(a)) {
        event_answers_close(&a);
        return NULL;
    }
    begin(a);
    return a;
}

void event_answers_close(struct event_answers **a)
{
    if (*a == NULL)
        return;
    topic_scan_free(&(*a)->scan);
    free((*a)->awaited);
    free(*a);
    *a = NULL;
}

/* ------------------------------------------------------------------- answers
 */

static void finish(struct event_answers *a, struct awaited *w)
{
    if (w->done)
        return;
    w->done = true;
    a->n_done++;
}

static void check_complete(struct event_answers *a, struct awaited *w)
{
    bool all = w->item->answer == PLAN_DEAD_LETTER
                   ? w->own > 0
                   : w->until <= w->item->sequence + w->seen;

    if (w->decided_ms != 0 && all)
        finish(a, w);
}

/* The state that shows the event among the ticket's inputs. */
static void take_state(struct event_answers *a, struct awaited *w,
                       const rd_kafka_message_t *msg)
{
    Dispatch__V1__TicketState *state =
        msg->payload != NULL
            ? dispatch__v1__ticket_state__unpack(NULL, msg->len, msg->payload)
            : NULL;

    if (state == NULL)
        return;
    if (w->decided_ms == 0 && ticket_has_input(state, w->item->event)) {
        w->item->answer = PLAN_ACCEPTED;
        w->until = state->sequence;
        w->decided_ms = steady_ms();
        check_complete(a, w);
    }
    dispatch__v1__ticket_state__free_unpacked(state, NULL);
}

static bool is_the_same(const Dispatch__V1__TicketEvent *one,
                        const Dispatch__V1__TicketEvent *other)
{
    return strcmp(one->event_id, other->event_id) == 0 &&
           strcmp(one->source, other->source) == 0;
}

static void take_letter(struct event_answers *a, struct awaited *w,
                        struct told *told)
{
    const char *code = told->code != NULL ? told->code : "?";

    if (told->event != NULL && is_the_same(told->event, w->item->event)) {
        w->item->answer = PLAN_DEAD_LETTER;
        w->decided_ms = steady_ms();
        planned_event_refuse(w->item, code, told->why != NULL ? told->why : "");
        if (strcmp(code, reject_name(REJECT_WRONG_STATE)) != 0)
            finish(a, w);
        check_complete(a, w);
    }
    told_free(&told);
}

static void take_output(struct event_answers *a, struct awaited *w,
                        struct told *told)
{
    w->seen += told_number(told) > w->item->sequence;
    if (strcmp(told_cause(told), w->item->event->event_id) == 0) {
        w->own++;
        planned_event_add_output(w->item, told);
    } else {
        told_free(&told);
    }
    check_complete(a, w);
}

static void take(void *context, const rd_kafka_message_t *msg)
{
    struct event_answers *a = context;
    enum ctl_topic topic =
        ctl_topics_find(a->topics, rd_kafka_topic_name(msg->rkt));
    struct planned_event *item =
        msg->key != NULL ? event_plan_find(a->plan, msg->key, msg->key_len)
                         : NULL;

    if (item == NULL)
        return;
    struct awaited *w = &a->awaited[item - a->plan->items];
    if (w->done)
        return;
    if (topic == CTL_STATE) {
        take_state(a, w, msg);
        return;
    }
    struct told *told = told_new(msg, topic, false, false);
    if (topic == CTL_DEAD_LETTERS)
        take_letter(a, w, told);
    else
        take_output(a, w, told);
}

/* An output that was there before we looked is not coming again. */
static void end_graces(struct event_answers *a)
{
    int64_t now_ms = steady_ms();

    if (now_ms - a->graces_ms < POLL_MS)
        return;
    a->graces_ms = now_ms;
    for (size_t i = 0; i < a->plan->n; i++)
        if (a->awaited[i].decided_ms != 0 &&
            now_ms - a->awaited[i].decided_ms > GRACE_MS)
            finish(a, &a->awaited[i]);
}

bool event_answers_wait(struct event_answers *a, int64_t timeout_ms)
{
    int64_t until_ms = steady_ms() + timeout_ms;

    while (a->n_done < a->plan->n && steady_ms() < until_ms && !ctl_stopped()) {
        if (!topic_scan_follow(a->scan, take, a, POLL_MS))
            return false;
        end_graces(a);
    }
    return event_plan_answers(a->plan, PLAN_SILENCE) == 0;
}
