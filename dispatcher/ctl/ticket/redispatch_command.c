/*
 * dispatchctl redispatch: a wrong catalogue sent tickets to the wrong
 * departments and has been corrected; they are sent where they belong.
 *
 *   open tickets of that version ──> judge ──> `reclassified`, naming nothing
 *
 * The dispatcher matches such a ticket again by itself; what it decides is its
 * own, under its own catalogue.
 */
#include "catalogue.h"
#include "ctl.h"
#include "decode.h"
#include "memory.h"
#include "plan_send.h"
#include "redispatch.h"
#include "redispatch_list.h"
#include "ticket_build.h"
#include "ticket_states.h"
#include "ticket_told.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CATALOGUE_MS = 30000, EVENT_ID_SIZE = 128 };

#define OPTION(letter_, name_, argument_, kind_, member, help_)                \
    {                                                                          \
        .letter = letter_, .name = name_, .argument = argument_,               \
        .kind = kind_, .offset = offsetof(struct ticket_job, member),          \
        .help = help_                                                          \
    }

static const struct option_def options[] = {
    OPTION(0, "version", "VERSION", OPTION_LIST, versions,
           "the catalogue that was wrong, as events name it:\n"
           "42, or 42+1f3a9c07 where it was edited by hand; may\n"
           "be repeated"),
    OPTION('n', "dry-run", NULL, OPTION_FLAG, dry_run,
           "show what would go elsewhere; publish nothing"),
    OPTION(0, "also", "WHICH", OPTION_LIST, also,
           "ruled, forwarded or begun: tickets that are\n"
           "otherwise left alone, see above; deadline: those\n"
           "that stay, with another time limit; may be repeated"),
    OPTION('w', "wait", NULL, OPTION_FLAG, wait,
           "wait for the dispatcher's answers, and count them"),
    TICKET_TIMEOUT_OPTION,
    OPTION(0, "json", NULL, OPTION_FLAG, json, "JSON lines, for programs"),
    LIVE_CATALOGUE_OPTIONS(struct ticket_job),
    CTL_TOPICS_OPTION(struct ticket_job),
    CTL_KAFKA_OPTIONS(struct ticket_job),
};

static const struct command_line command_line = {
    .usage = "--version VERSION",
    .about =
        "Finds the open tickets whose last dispatch was decided by a catalogue "
        "that was\nwrong, matches them again by the one that Redis holds now, "
        "and shows which would\ngo elsewhere and how many from whom to whom. "
        "Unless --dry-run is given it then\npublishes for each of these a "
        "`reclassified` that corrects nothing: the\ndispatcher matches the "
        "ticket again as it is, never to who has returned it. The\nold "
        "departments get WITHDRAWN and their clocks CANCELLED, the new ones "
        "get\nREASSIGNED with a first response from now and a resolution "
        "from the beginning;\na department that stays keeps its first "
        "response. A pause ends, and so does an\nopen question to a desk. "
        "Running it again sends nothing twice.\n\n"
        "Only what the catalogue decided is taken back. Left alone, and "
        "counted, is a\nticket that would go elsewhere\n"
        "  with-desk  that a desk has to decide, while the catalogue names "
        "who returned it:\n"
        "             no question of the catalogue\n"
        "  nobody     where whoever the catalogue names has returned it\n"
        "  ruled      that a desk sent, or corrected and so sent, to who would "
        "lose it\n"
        "  forwarded  that who would lose it has from above: a district took "
        "it as its own\n"
        "  begun      of which who would lose it has contacted the citizen "
        "or resolved its\n"
        "             part; to have signed off alone does not count\n"
        "The last three go too with --also. A rule whose conditions (office "
        "hours) held\nwhen the ticket was dispatched is no reason to move it "
        "later. A time limit alone\nmoves nothing unless --also deadline is "
        "given.",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .examples = "  dispatchctl catalogue rollback 41 --note 'gas was wrong'\n"
                "  dispatchctl redispatch --version 42 --dry-run\n"
                "  dispatchctl redispatch --version 42 --wait",
};

/* ------------------------------------------------------------------- options
 */

static const enum redispatch_verdict addable[] = {
    REDISPATCH_RULED, REDISPATCH_FORWARDED, REDISPATCH_BEGUN,
    REDISPATCH_DEADLINE};
enum { ADDABLE = sizeof(addable) / sizeof(addable[0]) };

/* Which verdicts lead to an event. False: a text that is none. */
static bool read_also(const struct option_list *also,
                      bool sends[REDISPATCH_VERDICTS], const char **wrong)
{
    sends[REDISPATCH_MOVES] = true;
    for (size_t i = 0; i < also->n; i++) {
        bool found = false;

        for (size_t j = 0; j < ADDABLE; j++) {
            if (strcmp(also->items[i], redispatch_name(addable[j])) != 0)
                continue;
            sends[addable[j]] = true;
            found = true;
        }
        *wrong = also->items[i];
        if (!found)
            return false;
    }
    return true;
}

static bool has_version(const struct ticket_job *job, const char *version)
{
    for (size_t i = 0; i < job->versions.n; i++)
        if (strcmp(job->versions.items[i], version) == 0)
            return true;
    return false;
}

/* ------------------------------------------------------------------- tickets
 */

/* Open, decided by one of the versions, and whole. */
static bool wants(const void *context, const Dispatch__V1__TicketState *state)
{
    return state->status == DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_OPEN &&
           state->n_parts > 0 && state->ticket != NULL &&
           state->ticket->n_matters <= DECODE_MAX_MATTERS &&
           has_version(context, state->catalogue_version);
}

/* Once for a version and a catalogue: a second try is a repeat. */
static bool add_event(struct ticket_build *b, const char *ticket_id,
                      const Dispatch__V1__TicketState *state)
{
    char event_id[EVENT_ID_SIZE];

    snprintf(event_id, sizeof event_id, REDISPATCH_EVENT_PREFIX "%.40s/%.40s",
             state->catalogue_version, catalogue_version(b->cat));
    b->job->event_id = event_id;
    bool good = ticket_build_add(b, ticket_id, state, "reclassified",
                                 json_object(), NULL);
    b->job->event_id = NULL;
    return good;
}

static bool judge_all(struct ticket_build *b, struct ticket_states *states,
                      const bool sends[REDISPATCH_VERDICTS],
                      struct redispatch_list *list)
{
    struct dispatch_plan *plan = memory_new(sizeof *plan);
    bool good = true;

    for (size_t i = 0; i < ticket_states_count(states) && good; i++) {
        const char *id = ticket_states_id(states, i);
        const Dispatch__V1__TicketState *state = ticket_states_at(states, i);
        enum redispatch_verdict verdict =
            redispatch_judge(b->cat, state, b->job->now_ms, plan);

        redispatch_list_add(list, id, state, plan, verdict, sends[verdict]);
        if (sends[verdict])
            good = add_event(b, id, state);
    }
    free(plan);
    return good;
}

/* ------------------------------------------------------------------- command
 */

/* A dispatcher that has refused the catalogue goes on with the one before. */
static bool obeyed_another(const struct ticket_build *b)
{
    for (size_t i = 0; i < b->plan.n; i++) {
        const struct planned_event *item = &b->plan.items[i];

        for (size_t j = 0; j < item->n_outputs; j++) {
            const struct told *told = item->outputs[j];

            if (told->topic == CTL_ASSIGNMENTS &&
                strcmp(told->assignment->catalogue_version,
                       catalogue_version(b->cat)) != 0)
                return true;
        }
    }
    return false;
}

static int send_events(struct ticket_build *b)
{
    const struct plan_terms terms = {
        .command = b->job->command,
        .kafka = &b->job->kafka,
        .topics = &b->job->topics,
        .local = &b->job->local,
        .json = b->job->json,
        .dry_run = b->job->dry_run,
        .brief = true,
        .wait = b->job->wait,
        .timeout_s = b->job->timeout_s,
    };

    int code = plan_send(&terms, &b->plan);
    if (terms.wait && !terms.dry_run && obeyed_another(b))
        code = ticket_job_failed(b->job,
                                 "the dispatcher decides by another catalogue "
                                 "than %s; its status page says why",
                                 catalogue_version(b->cat));
    return code;
}

static int redispatch(struct ticket_build *b,
                      const bool sends[REDISPATCH_VERDICTS])
{
    const struct ticket_wish wish = {.state = wants, .context = b->job};
    struct ticket_states *states = ticket_job_states(b->job, &wish, NULL, 0);
    struct redispatch_list list = {0};
    int code = CTL_FAILED;

    if (states == NULL)
        return CTL_FAILED;
    if (judge_all(b, states, sends, &list)) {
        if (b->job->json)
            redispatch_list_print_json(&list, catalogue_version(b->cat));
        else
            redispatch_list_print(&list, catalogue_version(b->cat));
        fflush(stdout);
        code = send_events(b);
    }
    redispatch_list_deinit(&list);
    ticket_states_free(&states);
    return code;
}

static int run(struct ticket_job *job, char **operands)
{
    bool sends[REDISPATCH_VERDICTS] = {false};
    const char *wrong = NULL;
    char why[REDIS_WHY_SIZE];
    struct ticket_build b;
    int code;

    if (operands[0] != NULL)
        return options_wrong(job->command, "%s is no option", operands[0]);
    if (job->versions.n == 0)
        return options_wrong(job->command, "--version VERSION is missing");
    if (!read_also(&job->also, sends, &wrong))
        return options_wrong(job->command,
                             "--also %s: must be ruled, forwarded, begun or "
                             "deadline",
                             wrong);
    struct catalogue *cat = live_catalogue_read(&job->live, CATALOGUE_MS, why);
    if (cat == NULL)
        return ticket_job_failed(job, "%s", why);
    ticket_build_init(&b, job, &cat);
    b.several = true;
    if (has_version(job, catalogue_version(b.cat)))
        code = ticket_job_failed(job,
                                 "Redis still holds catalogue %s: load the "
                                 "right one first",
                                 catalogue_version(b.cat));
    else
        code = redispatch(&b, sends);
    ticket_build_end(&b);
    return code;
}

int redispatch_command(int argc, char **argv)
{
    struct ticket_job job = ticket_job_default(argv[0]);

    job.verb = ticket_verb_find("reclassify");
    return ticket_job_run(&job, &command_line, argc, argv, run);
}
