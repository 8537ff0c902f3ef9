/*
 * From what the options of a verb said to the JSON of an event.
 */
#include "duration.h"
#include "local_time.h"
#include "message_json.h"
#include "ticket_verbs.h"

#include <stdio.h>
#include <string.h>

/* ----------------------------------------------------------- what is missing
 */

static bool is_given(const struct verb_values *values, size_t i)
{
    return values->texts[i] != NULL || values->lists[i].n > 0 ||
           values->flags[i];
}

static const char *lacks_field(const struct ticket_verb *verb,
                               const struct verb_values *values, char *why)
{
    for (size_t i = 0; i < verb->n_fields; i++) {
        const struct verb_field *field = &verb->fields[i];

        if (field->need != VERB_MUST || is_given(values, i))
            continue;
        snprintf(why, VERB_WHY_SIZE, "--%s %s is missing", field->option,
                 field->argument);
        return why;
    }
    return NULL;
}

/* "--by or --until" */
static const char *lacks_choice(const struct ticket_verb *verb,
                                const struct verb_values *values, char *why)
{
    size_t fields = 0, given = 0;
    size_t used = (size_t)snprintf(why, VERB_WHY_SIZE, "say exactly one of");

    for (size_t i = 0; i < verb->n_fields; i++) {
        if (verb->fields[i].need != VERB_ONE_OF)
            continue;
        used += (size_t)snprintf(why + used, VERB_WHY_SIZE - used, "%s --%s",
                                 fields++ > 0 ? " and" : "",
                                 verb->fields[i].option);
        given += is_given(values, i);
    }
    return fields > 0 && given != 1 ? why : NULL;
}

/* "say at least one of --reason, --until" */
static const char *lacks_all(const struct ticket_verb *verb, char *why)
{
    size_t used = (size_t)snprintf(why, VERB_WHY_SIZE, "say at least one of");

    for (size_t i = 0; i < verb->n_fields; i++)
        used += (size_t)snprintf(why + used, VERB_WHY_SIZE - used, "%s --%s",
                                 i > 0 ? "," : "", verb->fields[i].option);
    return why;
}

static const char *lacks_any(const struct ticket_verb *verb,
                             const struct verb_values *values, char *why)
{
    bool given[VERB_FIELD_KINDS] = {false};
    size_t all = 0;

    for (size_t i = 0; i < verb->n_fields; i++) {
        given[verb->fields[i].kind] |= is_given(values, i);
        all += is_given(values, i);
    }
    if (given[VERB_NOTHING] && all > 1)
        return strcpy(why, "--again means that nothing else is corrected");
    if (given[VERB_SCHEME] && !given[VERB_CATEGORIES])
        return strcpy(why, "--to-scheme belongs to --to-category");
    return verb->needs_any && all == 0 ? lacks_all(verb, why) : NULL;
}

const char *ticket_verb_lacks(const struct ticket_verb *verb,
                              const struct verb_values *values,
                              char why[VERB_WHY_SIZE])
{
    const char *lack = lacks_field(verb, values, why);

    if (lack == NULL)
        lack = lacks_choice(verb, values, why);
    if (lack == NULL)
        lack = lacks_any(verb, values, why);
    return lack;
}

/* --------------------------------------------------------------- the message
 */

/* Takes over the value; makes the objects on the way. */
static void set_path(json_t *object, const char *path, json_t *value)
{
    char step[64];
    size_t size = strcspn(path, ".");

    if (path[size] == '\0') {
        json_object_set_new(object, path, value);
        return;
    }
    snprintf(step, sizeof step, "%.*s", (int)size, path);
    json_t *inner = json_object_get(object, step);
    if (inner == NULL) {
        inner = json_object();
        json_object_set_new(object, step, inner);
    }
    set_path(inner, path + size + 1, value);
}

static json_t *uris_json(const struct option_list *uris)
{
    json_t *list = json_array();

    for (size_t i = 0; i < uris->n; i++)
        json_array_append_new(list, json_pack("{s:s}", "uri", uris->items[i]));
    return list;
}

/* The ticket's matters with these categories: an event replaces them all. */
static json_t *matters_json(const struct option_list *categories,
                            const char *scheme,
                            const Dispatch__V1__TicketState *state)
{
    const Dispatch__V1__TicketCreated *ticket =
        state != NULL ? state->ticket : NULL;
    json_t *list = json_array();

    for (size_t i = 0; i < categories->n; i++) {
        json_t *matter = ticket != NULL && i < ticket->n_matters
                             ? message_json_write(&ticket->matters[i]->base,
                                                  MESSAGE_JSON_EXACT)
                             : json_object();

        json_object_set_new(matter, "category",
                            json_string(categories->items[i]));
        if (scheme != NULL)
            json_object_set_new(matter, "category_scheme", json_string(scheme));
        json_array_append_new(list, matter);
    }
    return list;
}

static const char *scheme_of(const struct ticket_verb *verb,
                             const struct verb_values *values)
{
    for (size_t i = 0; i < verb->n_fields; i++)
        if (verb->fields[i].kind == VERB_SCHEME)
            return values->texts[i];
    return NULL;
}

static bool set_time(json_t *message, const struct verb_field *field,
                     const char *text, const struct local_time *local,
                     char *why)
{
    char reason[LOCAL_TIME_WHY];
    int64_t at_ms;

    if (!local_time_read(local, text, &at_ms, reason)) {
        snprintf(why, VERB_WHY_SIZE, "--%s %.60s: %s", field->option, text,
                 reason);
        return false;
    }
    set_path(message, field->path, json_integer(at_ms));
    return true;
}

static bool set_duration(json_t *message, const struct verb_field *field,
                         const char *text, char *why)
{
    char reason[LOCAL_TIME_WHY];
    struct duration duration;

    if (!duration_parse(text, &duration, reason, sizeof reason)) {
        snprintf(why, VERB_WHY_SIZE, "--%s %.60s: %s", field->option, text,
                 reason);
        return false;
    }
    set_path(message, field->path, json_string(text));
    return true;
}

static bool set_field(json_t *message, const struct ticket_verb *verb,
                      const struct verb_values *values, size_t i,
                      const Dispatch__V1__TicketState *state,
                      const struct local_time *local, char *why)
{
    const struct verb_field *field = &verb->fields[i];
    const char *text =
        values->texts[i] != NULL ? values->texts[i] : field->standard;

    switch (field->kind) {
    case VERB_TEXT:
    case VERB_DEPARTMENT:
        if (text != NULL)
            set_path(message, field->path, json_string(text));
        return true;
    case VERB_DURATION:
        return text == NULL || set_duration(message, field, text, why);
    case VERB_TIME:
        return text == NULL || set_time(message, field, text, local, why);
    case VERB_URIS:
        if (values->lists[i].n > 0)
            set_path(message, field->path, uris_json(&values->lists[i]));
        return true;
    case VERB_CATEGORIES:
        if (values->lists[i].n > 0)
            set_path(message, field->path,
                     matters_json(&values->lists[i], scheme_of(verb, values),
                                  state));
        return true;
    default: /* VERB_SCHEME, VERB_NOTHING: no field of their own */
        return true;
    }
}

/* A contact replaces the one before: what was not said stays. */
static void complete_contact(json_t *message,
                             const Dispatch__V1__TicketState *state)
{
    json_t *contact = json_object_get(message, "contact");

    if (contact == NULL || state == NULL || state->ticket == NULL ||
        state->ticket->contact == NULL)
        return;
    json_t *known =
        message_json_write(&state->ticket->contact->base, MESSAGE_JSON_EXACT);
    json_object_update_missing(contact, known);
    json_decref(known);
}

json_t *ticket_verb_message(const struct ticket_verb *verb,
                            const struct verb_values *values,
                            const Dispatch__V1__TicketState *state,
                            const struct local_time *local,
                            char why[VERB_WHY_SIZE])
{
    json_t *message = json_object();

    for (size_t i = 0; i < verb->n_fields; i++) {
        if (!set_field(message, verb, values, i, state, local, why)) {
            json_decref(message);
            return NULL;
        }
    }
    complete_contact(message, state);
    return message;
}

json_t *ticket_verb_event(const struct event_head *head, const char *kind,
                          json_t *message)
{
    return json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:o}", "event_id",
                     head->event_id, "ticket_id", head->ticket_id,
                     "occurred_at", (json_int_t)head->occurred_at, "source",
                     head->source, "actor", head->actor, "actor_department_id",
                     head->actor_department_id, kind, message);
}

/* "returned.reason" and "reclassified.matters[0].category" without the kind. */
static bool names_field(const char *path, const struct verb_field *field)
{
    const char *rest = strchr(path, '.');
    size_t size = strlen(field->path);

    return rest != NULL && strncmp(rest + 1, field->path, size) == 0 &&
           size > 0 && strchr(".[", rest[1 + size]) != NULL;
}

const char *ticket_verb_option(const struct ticket_verb *verb, const char *path,
                               char text[VERB_WHY_SIZE])
{
    for (size_t i = 0; i < verb->n_fields; i++) {
        if (names_field(path, &verb->fields[i])) {
            snprintf(text, VERB_WHY_SIZE, "--%s", verb->fields[i].option);
            return text;
        }
    }
    return path;
}
