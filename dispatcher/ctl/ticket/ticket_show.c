/*
 * dispatchctl ticket show: the whole story of one ticket, from the one
 * partition of each topic in which it lies.
 *
 *   tickets, assignments, deadlines, dead letters ──> story ──> in order
 *   state ────────────────────────────────────────────────────> who has it now
 */
#include "clock.h"
#include "ctl.h"
#include "event_fields.h"
#include "event_text.h"
#include "message_json.h"
#include "murmur2.h"
#include "progress.h"
#include "state_text.h"
#include "terminal.h"
#include "ticket_job.h"
#include "ticket_states.h"
#include "ticket_told.h"
#include "topic_scan.h"

#include <stdio.h>
#include <string.h>

enum { US_PER_MS = 1000, INDENT = 6, RECORDED_LATE_MS = 60000 };

/* One ticket while it is collected and told. */
struct show {
    const struct ticket_job *job;
    const char *id;
    struct ticket_story story;
    struct ticket_states *states;
    bool newer; /* the state is not for us to read */
};

static bool is_it(const void *context, const char *id, size_t size)
{
    const char *wanted = context;

    return strlen(wanted) == size && memcmp(wanted, id, size) == 0;
}

static void take(void *context, const rd_kafka_message_t *msg)
{
    struct show *s = context;
    enum ctl_topic topic =
        ctl_topics_find(&s->job->topics, rd_kafka_topic_name(msg->rkt));

    if (topic == CTL_STATE) {
        s->newer |= ticket_states_take(s->states, msg->key, msg->key_len,
                                       msg->payload, msg->len) == STATUS_FATAL;
        return;
    }
    if (msg->key == NULL || !is_it(s->id, msg->key, msg->key_len))
        return;
    struct told *told = told_new(msg, topic, s->job->json, s->job->contacts);
    const struct story_item item = told_item(told, msg);
    story_add(&s->story, &item);
}

/* The partition counts may differ; state lies where the ticket's events do. */
static bool add_partitions(const struct show *s, struct topic_scan *scan)
{
    int32_t inputs = 0;

    for (int i = 0; i < CTL_TOPICS; i++) {
        const char *topic = s->job->topics.names[i];
        int32_t n =
            i == CTL_STATE ? inputs : topic_scan_partitions(scan, topic);

        if (n == 0)
            return false;
        if (i == CTL_TICKETS)
            inputs = n;
        if (!topic_scan_add(scan, topic,
                            murmur2_partition(s->id, strlen(s->id), n),
                            TOPIC_SCAN_WHOLE))
            return false;
    }
    return true;
}

static bool collect(struct show *s)
{
    const struct ticket_wish wish = {.id = is_it, .context = s->id};
    struct topic_scan *scan = topic_scan_new(&s->job->kafka);
    struct progress progress;
    bool good;

    s->states = ticket_states_new(&wish);
    progress_begin(&progress, stderr, clock_steady_us() / US_PER_MS);
    good = scan != NULL && add_partitions(s, scan) &&
           topic_scan_read(scan, take, s, &progress);
    topic_scan_free(&scan);
    if (good && s->newer)
        ticket_job_failed(s->job,
                          "%s was written by a newer dispatcher: the present "
                          "state is not shown",
                          s->job->topics.names[CTL_STATE]);
    ticket_states_sort(s->states);
    story_order(&s->story);
    return good;
}

/* ---------------------------------------------------------------- for people
 */

static void print_letter(const struct told *letter)
{
    terminal_printf(stdout, "%*srefused: %s: %s", INDENT, "",
                    letter->code != NULL ? letter->code : "?",
                    letter->why != NULL ? letter->why : "");
    putchar('\n');
}

static void print_input(const struct show *s, const struct story_item *item)
{
    const struct told *told = item->record;
    char time[LOCAL_TIME_SIZE];

    printf("%s  ", local_time_text(&s->job->local, item->occurred_at, time));
    if (told->event != NULL)
        event_print_input(stdout, told->event, &s->job->local, INDENT,
                          s->job->contacts);
    else
        puts("a record that is no ticket event");
    if (item->timestamp_ms - item->occurred_at > RECORDED_LATE_MS)
        printf("%*srecorded %s\n", INDENT, "",
               local_time_text(&s->job->local, item->timestamp_ms, time));
    if (item->repeat)
        printf("%*sa repeat: it changed nothing\n", INDENT, "");
    if (item->letter != NULL)
        print_letter(item->letter->record);
    if (item->kind == STORY_DEAD_LETTER)
        print_letter(told);
}

static void print_output(const struct show *s, const struct story_item *item)
{
    const struct told *told = item->record;

    printf("%5lu  ", item->number);
    if (told->topic == CTL_ASSIGNMENTS && told->assignment != NULL)
        event_print_assignment(stdout, told->assignment);
    else if (told->topic == CTL_DEADLINES && told->deadline != NULL)
        event_print_deadline(stdout, told->deadline, &s->job->local);
    else
        puts("a record that is no event of the dispatcher");
}

static void print_story(const struct show *s)
{
    char time[LOCAL_TIME_SIZE];
    int64_t passed_at = INT64_MIN; /* what "time passed" was said for */

    for (size_t i = 0; i < s->story.n_order; i++) {
        const struct story_item *item = s->story.order[i];

        if (item->kind != STORY_OUTPUT) {
            print_input(s, item);
            passed_at = INT64_MIN;
            continue;
        }
        if (item->timed && item->occurred_at != passed_at) {
            passed_at = item->occurred_at;
            printf("%s  time passed\n",
                   local_time_text(&s->job->local, passed_at, time));
        }
        print_output(s, item);
    }
}

static void print_people(const struct show *s)
{
    terminal_printf(stdout, "ticket %s", s->id);
    putchar('\n');
    if (story_is_cut(&s->story) || s->story.n_order == 0)
        puts("Its first events are no longer in the topics.");
    print_story(s);
    if (ticket_states_count(s->states) > 0)
        state_print(stdout, ticket_states_at(s->states, 0), &s->job->local,
                    s->job->now_ms);
    else if (!s->newer)
        puts("The dispatcher remembers nothing of it: it has not read it yet, "
             "refused it, or\nhas forgotten it after its end.");
}

/* -------------------------------------------------------------- for programs
 */

static json_t *item_json(const struct story_item *item)
{
    const struct told *told = item->record;
    json_t *json = json_incref(told->json);

    if (item->kind == STORY_INPUT)
        json_object_set_new(json, "repeat", json_boolean(item->repeat));
    if (item->letter != NULL) {
        const struct told *letter = item->letter->record;
        json_object_set(json, "dead_letter", letter->json);
    }
    return json;
}

static void print_json(const struct show *s)
{
    json_t *events = json_array();
    json_t *state = json_null();

    for (size_t i = 0; i < s->story.n_order; i++)
        json_array_append_new(events, item_json(s->story.order[i]));
    if (ticket_states_count(s->states) > 0) {
        state = message_json_write(&ticket_states_at(s->states, 0)->base,
                                   MESSAGE_JSON_EXACT);
        json_object_del(state, "recent_inputs");
        if (!s->job->contacts)
            contacts_remove(state);
    }
    json_t *all =
        json_pack("{s:s, s:b, s:o, s:o}", "ticket_id", s->id, "cut",
                  story_is_cut(&s->story), "events", events, "state", state);
    json_dumpf(all, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(all);
}

/* ------------------------------------------------------------------- command
 */

static void clean_up(struct show *s)
{
    for (size_t i = 0; i < s->story.n; i++) {
        struct told *told = s->story.items[i].record;
        told_free(&told);
    }
    story_deinit(&s->story);
    ticket_states_free(&s->states);
}

int ticket_show_command(struct ticket_job *job, char **operands)
{
    struct show s = {.job = job, .id = operands[0]};
    int code = CTL_FAILED;

    if (operands[0] == NULL || operands[1] != NULL)
        return options_wrong(job->command, "name one ticket");
    if (!collect(&s))
        code = CTL_FAILED;
    else if (s.story.n_order == 0 && ticket_states_count(s.states) == 0)
        ticket_job_failed(job, "no ticket is called %s", s.id);
    else {
        if (job->json)
            print_json(&s);
        else
            print_people(&s);
        code = CTL_OK;
    }
    clean_up(&s);
    return code;
}
