/*
 * What a person can do to a ticket, as data: for each verb the kind of
 * TicketEvent and the options that fill its fields.
 *
 *   dispatchctl ticket return T1 --reason wrong_area --suggest-area bj/dc
 *     -> {"returned": {"reason": "wrong_area", "suggested_area": "bj/dc"}}
 *
 * Pure. A new field of the schema is a new row.
 */
#ifndef DISPATCHER_TICKET_VERBS_H
#define DISPATCHER_TICKET_VERBS_H

#include "options.h"
#include "status.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <dispatch/v1/state.pb-c.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct local_time;

/* What the value of an option is. */
enum verb_field_kind {
    VERB_TEXT,       /* as it is: text, enum, path */
    VERB_DEPARTMENT, /* an id that the catalogue knows */
    VERB_DURATION,   /* as in the catalogue */
    VERB_TIME,       /* becomes UTC milliseconds */
    VERB_URIS,       /* a list: one attachment each */
    VERB_CATEGORIES, /* a list: the i-th is that of matter i */
    VERB_SCHEME,     /* of those categories */
    VERB_NOTHING,    /* a flag: the event names nothing */
    VERB_FIELD_KINDS,
};

enum verb_field_need {
    VERB_MAY,
    VERB_MUST,
    VERB_ONE_OF, /* exactly one of the fields with this need */
};

struct verb_field {
    const char *option;   /* without dashes */
    const char *argument; /* what --help calls the value; NULL: a flag */
    const char *path;     /* in the message, "contact.phone" */
    enum verb_field_kind kind;
    enum verb_field_need need;
    const char *standard; /* where nothing is given; NULL: none */
    const char *help;
};

struct ticket_verb {
    const char *name; /* "return" */
    const char *kind; /* the field of TicketEvent: "returned" */
    Dispatch__V1__TicketEvent__KindCase kind_case;
    bool needs_any;          /* at least one field */
    const char *description; /* for the list of verbs */
    const char *about;       /* for its help */
    const char *examples;
    const struct verb_field *fields;
    size_t n_fields;
};

/* What the options of one verb said, by the number of the field. */
enum { VERB_MAX_FIELDS = 8 };
struct verb_values {
    const char *texts[VERB_MAX_FIELDS]; /* NULL: not given */
    struct option_list lists[VERB_MAX_FIELDS];
    bool flags[VERB_MAX_FIELDS];
};

/* All verbs; *n of them. */
const struct ticket_verb *ticket_verbs(size_t *n);

/* NULL: there is no such verb. */
const struct ticket_verb *ticket_verb_find(const char *name);

/* What is missing or too much, naming options; NULL: nothing. `why` holds the
 * text. */
enum { VERB_WHY_SIZE = 256 };
const char *ticket_verb_lacks(const struct ticket_verb *verb,
                              const struct verb_values *values,
                              char why[VERB_WHY_SIZE]);

/* The message of the event, for message_json_read: {"reason": ...}. What the
 * contract replaces as a whole is completed from `state` (NULL: unknown): the
 * matters that a category is given for, the contact. NULL with a reason in
 * `why` when a time or a duration cannot be read. A new reference. */
MUST_CHECK json_t *ticket_verb_message(const struct ticket_verb *verb,
                                       const struct verb_values *values,
                                       const Dispatch__V1__TicketState *state,
                                       const struct local_time *local,
                                       char why[VERB_WHY_SIZE]);

/* Who says what happened to which ticket, and when. */
struct event_head {
    const char *event_id;
    const char *ticket_id;
    int64_t occurred_at;
    const char *source;
    const char *actor;               /* "": nobody in particular */
    const char *actor_department_id; /* "": a desk */
};

/* The whole event as JSON. Takes over the message. A new reference; NULL: a
 * text is not UTF-8. */
json_t *ticket_verb_event(const struct event_head *head, const char *kind,
                          json_t *message);

/* The option that fills the field at this path of message_json_error, as it is
 * written ("--reason"), or the path itself. */
const char *ticket_verb_option(const struct ticket_verb *verb, const char *path,
                               char text[VERB_WHY_SIZE]);

#endif
