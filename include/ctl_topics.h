/*
 * The names of the dispatcher's topics, for commands that need several.
 */
#ifndef DISPATCHER_CTL_TOPICS_H
#define DISPATCHER_CTL_TOPICS_H

#include "options.h"
#include "status.h"

#include <stdbool.h>

enum ctl_topic {
    CTL_TICKETS,
    CTL_ASSIGNMENTS,
    CTL_DEADLINES,
    CTL_DEAD_LETTERS,
    CTL_STATE,
    CTL_TOPICS, /* none of them */
};

struct ctl_topics {
    struct option_list given;      /* "state=NAME" */
    const char *names[CTL_TOPICS]; /* set by ctl_topics_name */
    bool is_default[CTL_TOPICS];   /* so is this */
};

/* Its line in the table of a command whose struct of options has a member
 * `topics`. */
#define CTL_TOPICS_OPTION(options)                                             \
    {                                                                          \
        .letter = 't', .name = "topic", .argument = "WHICH=NAME",              \
        .kind = OPTION_LIST, .offset = offsetof(options, topics.given),        \
        .help = "a topic's name, when the settings have another\n"             \
                "one: of tickets, assignments, deadlines,\n"                   \
                "dead-letters or state; may be repeated"                       \
    }

/* Fills names from the defaults and what was given. CTL_OK, or CTL_USAGE: a
 * text names no topic, and `command` has said so. */
MUST_CHECK int ctl_topics_name(struct ctl_topics *topics, const char *command);

/* Which of them this is. */
enum ctl_topic ctl_topics_find(const struct ctl_topics *topics,
                               const char *name);

#endif
