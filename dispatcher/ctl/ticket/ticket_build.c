/*
 * options -> message -> event -> forecast -> plan
 */
#include "ticket_build.h"

#include "arena.h"
#include "catalogue.h"
#include "ctl.h"
#include "event_forecast.h"
#include "suggest.h"
#include "ticket_source.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

/* ----------------------------------------------------------------- event ids
 */

/* 16 random bytes: nobody else has them. */
static void random_id(char *text, size_t size)
{
    uint64_t chance[2] = {0, 0};

    while (getrandom(chance, sizeof chance, 0) != sizeof chance)
        ;
    snprintf(text, size, "ctl-%016" PRIx64 "%016" PRIx64, chance[0], chance[1]);
}

static const char *event_id(struct ticket_build *b, const char *ticket_id,
                            char *text, size_t size)
{
    if (b->job->event_id == NULL) {
        random_id(text, size);
        return text;
    }
    if (!b->several)
        return b->job->event_id;
    return arena_printf(b->source, "%s/%s", b->job->event_id, ticket_id);
}

/* -------------------------------------------------------------------- events
 */

json_t *ticket_build_message(struct ticket_build *b,
                             const Dispatch__V1__TicketState *state)
{
    char why[VERB_WHY_SIZE];
    json_t *message = ticket_verb_message(b->job->verb, &b->job->values, state,
                                          &b->job->local, why);

    if (message == NULL)
        options_wrong(b->job->command, "%s", why);
    return message;
}

/* Errors name the option, or the field where there is none. */
static void say(const struct ticket_build *b, const char *ticket_id,
                const struct mapping_error *error)
{
    char text[VERB_WHY_SIZE];
    const char *where = ticket_verb_option(b->job->verb, error->where, text);

    ticket_job_failed(b->job, "%s%s%s%s%s", ticket_id,
                      ticket_id[0] != '\0' ? ": " : "", where,
                      where[0] != '\0' ? ": " : "", error->message);
}

/* Takes over the message. The record lies in b->source. */
static bool make_record(struct ticket_build *b, const char *ticket_id,
                        const char *kind, json_t *message,
                        struct source_event *record,
                        struct mapping_error *error)
{
    char text[64];
    arena_reset(b->source);
    const struct event_head head = {
        .event_id = event_id(b, ticket_id, text, sizeof text),
        .ticket_id = ticket_id,
        .occurred_at = b->occurred_at,
        .source = b->job->source,
        .actor = b->job->actor,
        .actor_department_id = b->job->actor_department,
    };
    json_t *event = ticket_verb_event(&head, kind, message);
    if (event == NULL) { /* a key of the state topic may be anything */
        *error = (struct mapping_error){.message = "the id is no text"};
        return false;
    }
    bool good = ticket_source_json(b->source, NULL, event, b->job->now_ms,
                                   record, error);

    json_decref(event);
    return good;
}

bool ticket_build_add(struct ticket_build *b, const char *ticket_id,
                      const Dispatch__V1__TicketState *state, const char *kind,
                      json_t *message, const struct reject *objection)
{
    struct source_event record;
    struct mapping_error error;
    struct forecast forecast;

    if (!make_record(b, ticket_id, kind, message, &record, &error)) {
        say(b, ticket_id, &error);
        return false;
    }
    arena_reset(b->forecast);
    event_forecast(b->cat, b->forecast, state, record.event, b->job->now_ms,
                   &forecast);
    if (objection != NULL && objection->code != REJECT_NONE)
        forecast.reject = *objection;
    event_plan_add(&b->plan, record.event, state != NULL ? state->sequence : 0,
                   &forecast, b->job->force, b->job->dry_run);
    return true;
}

/* ------------------------------------------------------------------- options
 */

/* An event for nobody shows what is wrong with the options themselves. */
static int try_options(struct ticket_build *b)
{
    char why[VERB_WHY_SIZE];
    const char *lack = ticket_verb_lacks(b->job->verb, &b->job->values, why);
    struct source_event record;
    struct mapping_error error;
    json_t *message;

    if (lack != NULL)
        return options_wrong(b->job->command, "%s", lack);
    if (!ticket_job_time(b->job, "--at", b->job->at, &b->occurred_at))
        return CTL_USAGE;
    message = ticket_build_message(b, NULL);
    if (message == NULL)
        return CTL_USAGE;
    if (make_record(b, "-", b->job->verb->kind, message, &record, &error))
        return CTL_OK;
    say(b, "", &error);
    return CTL_USAGE;
}

static bool check_department(const struct ticket_build *b, const char *option,
                             const char *id)
{
    struct suggest near;
    char hint[SUGGEST_TEXT_SIZE];

    if (id == NULL || id[0] == '\0' || catalogue_department(b->cat, id) != NULL)
        return true;
    suggest_begin(&near, id);
    for (size_t i = 0; i < catalogue_departments_count(b->cat); i++)
        suggest_consider(&near, catalogue_department_at(b->cat, i)->id);
    ticket_job_failed(b->job, "--%s %s: the catalogue has no such department%s",
                      option, id, suggest_text(&near, hint));
    return b->job->force;
}

static bool check_departments(const struct ticket_build *b)
{
    const struct ticket_verb *verb = b->job->verb;
    bool good =
        check_department(b, "actor-department", b->job->actor_department);

    for (size_t i = 0; i < verb->n_fields && good; i++)
        if (verb->fields[i].kind == VERB_DEPARTMENT)
            good = check_department(b, verb->fields[i].option,
                                    b->job->values.texts[i]);
    return good;
}

void ticket_build_init(struct ticket_build *b, struct ticket_job *job,
                       struct catalogue **cat)
{
    *b = (struct ticket_build){
        .job = job,
        .cat = *cat,
        .source = arena_new(TICKET_SOURCE_MEMORY),
        .forecast = arena_new(FORECAST_MEMORY),
        .occurred_at = job->now_ms,
    };
    *cat = NULL; /* owned by b now */
}

int ticket_build_begin(struct ticket_build *b, struct ticket_job *job)
{
    char why[REDIS_WHY_SIZE];
    struct catalogue *none = NULL;
    int code;

    ticket_build_init(b, job, &none);
    code = try_options(b);
    if (code != CTL_OK)
        return code;
    b->cat = live_catalogue_read(&job->live, TICKET_REDIS_MS, why);
    if (b->cat != NULL)
        return check_departments(b) ? CTL_OK : CTL_FAILED;
    ticket_job_failed(job,
                      "warning: the catalogue cannot be read, so departments "
                      "are not checked, and of tickets only the status: %s",
                      why);
    return CTL_OK;
}

void ticket_build_end(struct ticket_build *b)
{
    event_plan_deinit(&b->plan);
    catalogue_free(&b->cat);
    arena_free(&b->source);
    arena_free(&b->forecast);
}
