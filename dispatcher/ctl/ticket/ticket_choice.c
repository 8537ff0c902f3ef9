/*
 * Ids: the partitions in which they lie are read. A selection: all are.
 */
#include "ticket_choice.h"

#include "ctl.h"
#include "memory.h"
#include "murmur2.h"
#include "ticket_states.h"
#include "topic_scan.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------ named by ids */

struct bytes {
    const char *text;
    size_t size;
};

static int compare_bytes(const void *key, const void *member)
{
    const struct bytes *bytes = key;
    const char *id = *(const char *const *)member;
    size_t size = strlen(id);
    int order =
        memcmp(bytes->text, id, bytes->size < size ? bytes->size : size);

    if (order != 0)
        return order;
    return (bytes->size > size) - (bytes->size < size);
}

static bool is_named(const void *context, const char *id, size_t size)
{
    const struct ticket_choice *choice = context;
    const struct bytes key = {id, size};

    return bsearch(&key, choice->by_id, choice->n, sizeof *choice->by_id,
                   compare_bytes) != NULL;
}

static int by_text(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool was_named(const struct ticket_choice *choice, const char *id)
{
    for (size_t i = 0; i < choice->n; i++)
        if (strcmp(choice->ids[i], id) == 0)
            return true;
    return false;
}

/* Each once. */
static void name_all(struct ticket_choice *choice, char **ids)
{
    size_t n = 0;

    while (ids[n] != NULL)
        n++;
    choice->ids = memory_new_array(n, sizeof *choice->ids);
    choice->by_id = memory_new_array(n, sizeof *choice->by_id);
    for (size_t i = 0; i < n; i++)
        if (!was_named(choice, ids[i]))
            choice->ids[choice->n++] = ids[i];
    memcpy(choice->by_id, choice->ids, choice->n * sizeof *choice->by_id);
    qsort(choice->by_id, choice->n, sizeof *choice->by_id, by_text);
}

/* In which partitions the tickets lie; NULL, and said: Kafka failed. */
static bool *find_partitions(const struct ticket_job *job,
                             const struct ticket_choice *choice, int32_t *n)
{
    struct topic_scan *scan = topic_scan_new(&job->kafka);
    bool *partitions = NULL;

    *n = scan != NULL
             ? topic_scan_partitions(scan, job->topics.names[CTL_TICKETS])
             : 0;
    topic_scan_free(&scan);
    if (*n == 0)
        return NULL;
    partitions = memory_new_array((size_t)*n, sizeof *partitions);
    for (size_t i = 0; i < choice->n; i++) {
        const char *id = choice->ids[i];
        partitions[murmur2_partition(id, strlen(id), *n)] = true;
    }
    return partitions;
}

static int choose_named(struct ticket_job *job, char **ids,
                        struct ticket_choice *out)
{
    const struct ticket_wish wish = {.id = is_named, .context = out};
    int32_t n;
    bool *partitions;

    name_all(out, ids);
    partitions = find_partitions(job, out, &n);
    if (partitions == NULL)
        return CTL_FAILED;
    out->states = ticket_job_states(job, &wish, partitions, n);
    free(partitions);
    return out->states != NULL ? CTL_OK : CTL_FAILED;
}

/* ----------------------------------------------------------------- selected */

static bool matches(const void *context, const Dispatch__V1__TicketState *state)
{
    return ticket_filter_matches(context, state);
}

static int choose_selected(struct ticket_job *job, struct ticket_choice *out)
{
    const struct ticket_wish wish = {.state = matches, .context = &job->filter};
    int code = ticket_job_filter(job);

    if (code != CTL_OK)
        return code;
    out->states = ticket_job_states(job, &wish, NULL, 0);
    if (out->states == NULL)
        return CTL_FAILED;
    out->selected = true;
    out->n = ticket_states_count(out->states);
    out->ids = memory_grow(out->ids, out->n + 1, sizeof *out->ids);
    for (size_t i = 0; i < out->n; i++)
        out->ids[i] = ticket_states_id(out->states, i);
    return CTL_OK;
}

static bool has_selection(const struct ticket_job *job)
{
    return job->filter.categories.n > 0 || job->filter.areas.n > 0 ||
           job->filter.departments.n > 0 || job->statuses.n > 0 ||
           job->from != NULL || job->to != NULL;
}

/* A verb's own --department also chooses, but not alone: "resolve
 * --department gas" is not to mean all that gas has. */
static void add_own_department(struct ticket_job *job)
{
    for (size_t i = 0; i < job->verb->n_fields; i++)
        if (strcmp(job->verb->fields[i].option, "department") == 0 &&
            job->values.texts[i] != NULL)
            job->filter.departments.items[job->filter.departments.n++] =
                job->values.texts[i];
}

int ticket_choose(struct ticket_job *job, char **ids, struct ticket_choice *out)
{
    *out = (struct ticket_choice){0};
    if (*ids == NULL && !has_selection(job))
        return options_wrong(job->command,
                             "name tickets, or say which: --category, --area, "
                             "--from and so on");
    if (*ids != NULL && has_selection(job))
        return options_wrong(job->command,
                             "either name tickets or select them, not both");
    if (*ids != NULL)
        return choose_named(job, ids, out);
    add_own_department(job);
    return choose_selected(job, out);
}

void ticket_choice_deinit(struct ticket_choice *choice)
{
    free(choice->ids);
    free(choice->by_id);
    ticket_states_free(&choice->states);
    *choice = (struct ticket_choice){0};
}

const Dispatch__V1__TicketState *
ticket_choice_state(const struct ticket_choice *choice, size_t i)
{
    size_t at = choice->selected
                    ? i
                    : ticket_states_find(choice->states, choice->ids[i]);

    return at != SIZE_MAX ? ticket_states_at(choice->states, at) : NULL;
}
