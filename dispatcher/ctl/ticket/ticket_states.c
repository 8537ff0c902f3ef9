/*
 * The packed states of the tickets that are wanted, by id; at the end a sorted
 * list of them.
 */
#include "ticket_states.h"

#include "memory.h"
#include "state_partition.h"
#include "ticket.h"
#include "ticket_store.h"

#include <stdlib.h>
#include <string.h>

struct item {
    char *id;
    int64_t created_at;
    const void *value; /* in the store */
    size_t size;
};

struct ticket_states {
    struct ticket_wish wish;
    struct ticket_store *store;
    struct item *items;
    size_t n;
    Dispatch__V1__TicketState *state; /* handed out by ticket_states_at */
};

struct ticket_states *ticket_states_new(const struct ticket_wish *wish)
{
    struct ticket_states *t = memory_new(sizeof *t);

    t->wish = *wish;
    t->store = ticket_store_new();
    return t;
}

static void forget_state(struct ticket_states *t)
{
    if (t->state != NULL)
        dispatch__v1__ticket_state__free_unpacked(t->state, NULL);
    t->state = NULL;
}

void ticket_states_free(struct ticket_states **t)
{
    if (*t == NULL)
        return;
    forget_state(*t);
    for (size_t i = 0; i < (*t)->n; i++)
        free((*t)->items[i].id);
    free((*t)->items);
    ticket_store_free(&(*t)->store);
    free(*t);
    *t = NULL;
}

static enum status check_head(const struct ticket_record *record)
{
    struct state_head head;

    if (!state_head_read(record, &head))
        return STATUS_REJECT;
    return head.format_version > TICKET_FORMAT_VERSION ? STATUS_FATAL
                                                       : STATUS_OK;
}

/* Whether the value is a state, and a wanted one. */
static enum status judge(const struct ticket_states *t, const void *value,
                         size_t size, bool *wanted)
{
    Dispatch__V1__TicketState *state =
        dispatch__v1__ticket_state__unpack(NULL, size, value);
    bool newer;

    if (state == NULL)
        return STATUS_REJECT;
    newer = state->format_version > TICKET_FORMAT_VERSION;
    *wanted = !newer &&
              (t->wish.state == NULL || t->wish.state(t->wish.context, state));
    dispatch__v1__ticket_state__free_unpacked(state, NULL);
    return newer ? STATUS_FATAL : STATUS_OK;
}

enum status ticket_states_take(struct ticket_states *t, const void *key,
                               size_t key_size, const void *value,
                               size_t value_size)
{
    const struct ticket_entry entry = {.id = key,
                                       .id_size = key_size,
                                       .value = value,
                                       .value_size = value_size,
                                       .due_at = TICKET_NEVER};
    const struct ticket_record record = {.key = key,
                                         .key_size = key_size,
                                         .value = value,
                                         .value_size = value_size};
    enum status status = STATUS_OK;
    bool wanted = false;

    if (key == NULL || key_size == 0)
        return STATUS_REJECT;
    if (state_head_has_key(&record))
        return check_head(&record);
    if (t->wish.id != NULL && !t->wish.id(t->wish.context, key, key_size))
        return STATUS_OK;
    if (value != NULL)
        status = judge(t, value, value_size, &wanted);
    if (wanted)
        ticket_store_put(t->store, &entry);
    else
        ticket_store_remove(t->store, key, key_size);
    ticket_store_commit(t->store);
    return status;
}

static int by_creation(const void *left, const void *right)
{
    const struct item *a = left, *b = right;

    if (a->created_at != b->created_at)
        return a->created_at < b->created_at ? -1 : 1;
    return strcmp(a->id, b->id);
}

static char *copy_id(const struct ticket_entry *entry)
{
    char *id = memory_new(entry->id_size + 1);

    memcpy(id, entry->id, entry->id_size);
    return id;
}

void ticket_states_sort(struct ticket_states *t)
{
    struct ticket_entry entry;
    size_t cursor = 0;

    t->items = memory_new_array(ticket_store_count(t->store), sizeof *t->items);
    while (ticket_store_each(t->store, &cursor, &entry)) {
        struct item *item = &t->items[t->n++];

        *item = (struct item){.id = copy_id(&entry),
                              .value = entry.value,
                              .size = entry.value_size};
        item->created_at = ticket_states_at(t, t->n - 1)->created_at;
    }
    qsort(t->items, t->n, sizeof *t->items, by_creation);
}

size_t ticket_states_count(const struct ticket_states *t)
{
    return t->n;
}

const char *ticket_states_id(const struct ticket_states *t, size_t i)
{
    return t->items[i].id;
}

const Dispatch__V1__TicketState *ticket_states_at(struct ticket_states *t,
                                                  size_t i)
{
    forget_state(t);
    t->state = dispatch__v1__ticket_state__unpack(NULL, t->items[i].size,
                                                  t->items[i].value);
    return t->state;
}

size_t ticket_states_find(const struct ticket_states *t, const char *id)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->items[i].id, id) == 0)
            return i;
    return SIZE_MAX;
}
