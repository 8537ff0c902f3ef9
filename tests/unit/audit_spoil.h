/*
 * What may happen to records that nobody may touch, in one line each:
 *
 *   "drop event 5"            the event t/5 is not there
 *   "again event 5"           is there once more, at the end of its topic
 *   "swap event 5 7"          of one topic change places
 *   "edit event 5 late_ms=3"  a field of it is another one
 *   "new assignments {...}"   a message that nobody sent
 *   "raw state"               bytes that are no message
 *
 * For `event N` may stand `input N`, `letter N` (by offset) and `state`: the
 * last one. In JSON ' stands for ", and @90 for the time of minute 90.
 */
#ifndef TESTS_AUDIT_SPOIL_H
#define TESTS_AUDIT_SPOIL_H

#include "audit_feed.h"

static const ProtobufCMessageDescriptor *const spoil_types[AUDIT_TOPICS] = {
    [AUDIT_DEAD_LETTERS] = &dispatch__v1__ticket_event__descriptor,
    [AUDIT_ASSIGNMENTS] = &dispatch__v1__assignment_event__descriptor,
    [AUDIT_DEADLINES] = &dispatch__v1__deadline_event__descriptor,
    [AUDIT_TICKETS] = &dispatch__v1__ticket_event__descriptor,
    [AUDIT_STATE] = &dispatch__v1__ticket_state__descriptor,
};

/* Numbers that JSON has no room for; nobody here looks at them. */
static inline void spoil_drop_hashes(json_t *json)
{
    json_t *value;
    const char *name;
    size_t i;

    json_object_del(json, "recent_inputs");
    json_object_del(json, "calendar_fingerprint");
    json_object_foreach(json, name, value) spoil_drop_hashes(value);
    json_array_foreach(json, i, value) spoil_drop_hashes(value);
}

static inline json_t *spoil_json(const struct feed_record *rec)
{
    ProtobufCMessage *msg = protobuf_c_message_unpack(
        spoil_types[rec->topic], NULL, rec->size, rec->value);
    json_t *json;

    assert_non_null(msg);
    json = message_json_write(msg, MESSAGE_JSON_EXACT);
    protobuf_c_message_free_unpacked(msg, NULL);
    spoil_drop_hashes(json);
    return json;
}

/* Puts a message in the place of the record's value. */
static inline void spoil_set(struct feed *f, size_t i, const json_t *json)
{
    struct feed_record *rec = &f->records[i];
    struct message_json_error error = {{0}, {0}};
    ProtobufCMessage *msg;

    arena_reset(f->script.arena);
    if (!message_json_read(f->script.arena, json, spoil_types[rec->topic], &msg,
                           &error))
        fail_msg("%s: %s", error.path, error.message);
    free(rec->value);
    rec->size = protobuf_c_message_get_packed_size(msg);
    rec->value = malloc(rec->size + 1);
    protobuf_c_message_pack(msg, rec->value);
}

static inline bool spoil_is_event(const struct feed_record *rec,
                                  const char *number)
{
    char id[32];

    if (rec->topic != AUDIT_ASSIGNMENTS && rec->topic != AUDIT_DEADLINES)
        return false;
    json_t *json = spoil_json(rec);
    snprintf(id, sizeof(id), "t/%s", number);
    bool is_it =
        strcmp(json_string_value(json_object_get(json, "event_id")), id) == 0;
    json_decref(json);
    return is_it;
}

/* The record that two words name. */
static inline size_t spoil_find(const struct feed *f, const char *what,
                                const char *number)
{
    long long offset = strtoll(number, NULL, 10);
    size_t found = SIZE_MAX;

    for (size_t i = 0; i < f->n; i++) {
        const struct feed_record *rec = &f->records[i];

        if ((strcmp(what, "event") == 0 && spoil_is_event(rec, number)) ||
            (strcmp(what, "input") == 0 && rec->topic == AUDIT_TICKETS &&
             rec->offset == offset) ||
            (strcmp(what, "letter") == 0 && rec->topic == AUDIT_DEAD_LETTERS &&
             rec->offset == offset) ||
            (strcmp(what, "state") == 0 && rec->topic == AUDIT_STATE))
            found = i;
    }
    if (found == SIZE_MAX)
        fail_msg("there is no %s %s", what, number);
    return found;
}

/* "parts.0.role=ROLE_LEAD": numbers are places in lists. */
static inline void spoil_field(json_t *json, char *path)
{
    char *value = strchr(path, '=');
    char *save = NULL, *last = NULL;

    assert_non_null(value);
    *value++ = '\0';
    for (char *step = strtok_r(path, ".", &save); step;
         step = strtok_r(NULL, ".", &save)) {
        if (last)
            json = json_is_array(json)
                       ? json_array_get(json, strtoul(last, NULL, 10))
                       : json_object_get(json, last);
        assert_non_null(json);
        last = step;
    }
    json_object_set_new(json, last, json_string(value));
}

static inline enum audit_topic spoil_topic(const char *name)
{
    static const char *const names[AUDIT_TOPICS] = {
        "letters", "assignments", "deadlines", "tickets", "state"};

    for (enum audit_topic i = 0; i < AUDIT_TOPICS; i++) {
        if (strcmp(name, names[i]) == 0)
            return i;
    }
    fail_msg("which topic is %s?", name);
    return AUDIT_TOPICS;
}

static inline void spoil_again(struct feed *f, size_t i)
{
    const struct feed_record old = f->records[i];
    struct feed_record *rec =
        feed_add(f, old.topic, old.key, old.value, old.size);

    rec->letter = old.letter;
}

static inline void spoil_swap(struct feed *f, size_t i, size_t j)
{
    const struct feed_record one = f->records[i], two = f->records[j];

    assert_int_equal(one.topic, two.topic);
    f->records[i] = two;
    f->records[i].offset = one.offset;
    f->records[j] = one;
    f->records[j].offset = two.offset;
}

static inline void spoil_new(struct feed *f, const char *topic,
                             const char *text)
{
    char inner[SCRIPT_TEXT];
    json_error_t why;

    script_json(text, inner);
    json_t *json = json_loads(inner, 0, &why);
    if (!json)
        fail_msg("%s: %s", inner, why.text);
    feed_add(f, spoil_topic(topic), "t", NULL, 0);
    spoil_set(f, f->n - 1, json);
    json_decref(json);
}

/* "letter 3 no_route": record 3 of tickets, whatever it is. */
static inline void spoil_letter(struct feed *f, const char *offset,
                                const char *code)
{
    long long number = strtoll(offset, NULL, 10);
    struct feed_record rec = {.key = NULL, .value = NULL};

    if (number < f->next[AUDIT_TICKETS])
        rec = f->records[spoil_find(f, "input", offset)];
    feed_add(f, AUDIT_DEAD_LETTERS, rec.key, rec.value, rec.size)->letter =
        (struct audit_letter){
            .code = code, .topic = "tickets", .offset = number};
}

static inline void spoil(struct feed *f, const char *line)
{
    char text[SCRIPT_TEXT], *save = NULL;

    snprintf(text, sizeof(text), "%s", line);
    const char *verb = strtok_r(text, " ", &save);
    const char *what = strtok_r(NULL, " ", &save);
    const char *number = "";
    if (strcmp(verb, "new") == 0) {
        spoil_new(f, what, save);
        return;
    }
    if (strcmp(verb, "raw") == 0) {
        feed_add(f, spoil_topic(what), "t", "\xff\xff", 2);
        return;
    }
    if (strcmp(verb, "letter") == 0) {
        /* The code outlives the line: it is a literal of the test. */
        spoil_letter(f, what, strrchr(line, ' ') + 1);
        return;
    }
    if (strcmp(what, "state") != 0)
        number = strtok_r(NULL, " ", &save);
    size_t i = spoil_find(f, what, number);
    if (strcmp(verb, "drop") == 0) {
        f->records[i].gone = true;
    } else if (strcmp(verb, "again") == 0) {
        spoil_again(f, i);
    } else if (strcmp(verb, "forget") == 0) {
        feed_add(f, AUDIT_STATE, "t", NULL, 0);
    } else if (strcmp(verb, "move") == 0) {
        f->records[i].partition = 1;
    } else if (strcmp(verb, "swap") == 0) {
        spoil_swap(f, i, spoil_find(f, what, save));
    } else if (strcmp(verb, "edit") == 0) {
        json_t *json = spoil_json(&f->records[i]);

        spoil_field(json, save);
        spoil_set(f, i, json);
        json_decref(json);
    } else {
        fail_msg("what is %s?", verb);
    }
}

#endif
