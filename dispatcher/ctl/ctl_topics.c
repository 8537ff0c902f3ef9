/*
 * Five names and their defaults.
 */
#include "ctl_topics.h"

#include "ctl.h"

#include <string.h>

static const struct {
    const char *role;
    const char *name;
} defaults[CTL_TOPICS] = {
    [CTL_TICKETS] = {"tickets", "tickets"},
    [CTL_ASSIGNMENTS] = {"assignments", "assignments"},
    [CTL_DEADLINES] = {"deadlines", "deadlines"},
    [CTL_DEAD_LETTERS] = {"dead-letters", "dead-letters"},
    [CTL_STATE] = {"state", "dispatcher-state"},
};

static bool name_one(struct ctl_topics *topics, const char *text)
{
    const char *equals = strchr(text, '=');
    size_t size = equals != NULL ? (size_t)(equals - text) : 0;

    if (equals == NULL || equals[1] == '\0')
        return false;
    for (size_t i = 0; i < CTL_TOPICS; i++) {
        const char *role = defaults[i].role;

        if (strlen(role) == size && strncmp(role, text, size) == 0) {
            topics->names[i] = equals + 1;
            topics->is_default[i] = false;
            return true;
        }
    }
    return false;
}

int ctl_topics_name(struct ctl_topics *topics, const char *command)
{
    for (size_t i = 0; i < CTL_TOPICS; i++) {
        topics->names[i] = defaults[i].name;
        topics->is_default[i] = true;
    }
    for (size_t i = 0; i < topics->given.n; i++) {
        if (!name_one(topics, topics->given.items[i]))
            return options_wrong(command,
                                 "--topic %s: write tickets=NAME, "
                                 "assignments=NAME, deadlines=NAME, "
                                 "dead-letters=NAME or state=NAME",
                                 topics->given.items[i]);
    }
    return CTL_OK;
}

enum ctl_topic ctl_topics_find(const struct ctl_topics *topics,
                               const char *name)
{
    size_t i = 0;

    while (i < CTL_TOPICS && strcmp(topics->names[i], name) != 0)
        i++;
    return (enum ctl_topic)i;
}
