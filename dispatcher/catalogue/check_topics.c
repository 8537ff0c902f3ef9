/*
 * Whether each department's topic is one that the setting permits.
 */
#include "catalogue.h"
#include "findings.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Whether `topic` is an item of a comma-separated list, blanks aside. */
static bool is_listed(const char *list, const char *topic)
{
    size_t size = strlen(topic);

    for (const char *item = list; *item;) {
        while (is_blank(*item))
            item++;
        size_t item_size = strcspn(item, ",");
        const char *next = item + item_size + (item[item_size] == ',');
        while (item_size > 0 && is_blank(item[item_size - 1]))
            item_size--;
        if (item_size == size && memcmp(item, topic, size) == 0)
            return true;
        item = next;
    }
    return false;
}

bool catalogue_check_topics(const struct catalogue *cat,
                            const struct catalogue_tables *tables,
                            const char *permitted, struct findings *findings)
{
    bool good = true;

    for (size_t i = 0; i < catalogue_departments_count(cat); i++) {
        const struct department *d = catalogue_department_at(cat, i);

        if (d->topic[0] == '\0' || is_listed(permitted, d->topic))
            continue;
        good = false;
        findings_add(findings, FINDING_ERROR, TABLE_DEPARTMENTS,
                     tables_find(tables, TABLE_DEPARTMENTS, d->id), "topic",
                     "the topic '%s' is not in the setting "
                     "topics.departments; add it there or correct it",
                     d->topic);
    }
    return good;
}
