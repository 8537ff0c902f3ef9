/*
 * Records of all topics as the real rules make them from scripts, to be spoilt
 * and audited: all in partition 0, offsets from 0. Tickets and state have an
 * empty partition more.
 */
#ifndef TESTS_AUDIT_FEED_H
#define TESTS_AUDIT_FEED_H

#include "audit.h"
#include "ticket_script.h"

struct feed_record {
    enum audit_topic topic;
    int32_t partition;
    int64_t offset;
    size_t step; /* of the script, from 1 */
    char *key;   /* NULL: none */
    uint8_t *value;
    size_t size;
    bool gone; /* taken out */
    struct audit_letter letter;
};

struct feed {
    struct script script;
    struct catalogue *others; /* to be changed to; NULL: none */
    struct feed_record *records;
    size_t n;
    size_t steps;
    int64_t next[AUDIT_TOPICS];
    struct audit_log log[AUDIT_TOPICS]; /* partition 0 */
    struct audit_log pair[AUDIT_TOPICS][2];
    struct audit_logs logs;
    size_t max_memory; /* 0: plenty */

    /* Of the last audit. */
    struct audit_figures figures;
    char findings[16384]; /* lines "kind ticket: message" */
};

static inline void feed_begin(struct feed *f, const struct test_row *rows)
{
    *f = (struct feed){0};
    script_begin(&f->script, rows);
}

static inline void feed_clear(struct feed *f)
{
    for (size_t i = 0; i < f->n; i++) {
        free(f->records[i].key);
        free(f->records[i].value);
    }
    free(f->records);
    f->records = NULL;
    f->n = 0;
    f->steps = 0;
    memset(f->next, 0, sizeof(f->next));
    script_forget(&f->script);
}

static inline void feed_end(struct feed *f)
{
    feed_clear(f);
    script_end(&f->script);
}

/* Adds a record; `value` NULL is a tombstone. */
static inline struct feed_record *feed_add(struct feed *f,
                                           enum audit_topic topic,
                                           const char *key, const void *value,
                                           size_t size)
{
    f->records = realloc(f->records, (f->n + 1) * sizeof(*f->records));
    struct feed_record *rec = &f->records[f->n++];

    *rec = (struct feed_record){
        .topic = topic,
        .offset = f->next[topic]++,
        .step = f->steps,
        .key = key ? strdup(key) : NULL,
        .value = value ? malloc(size + 1) : NULL,
        .size = size,
    };
    if (value && size > 0)
        memcpy(rec->value, value, size);
    return rec;
}

static inline struct feed_record *feed_add_message(struct feed *f,
                                                   enum audit_topic topic,
                                                   const char *key,
                                                   const ProtobufCMessage *msg)
{
    size_t size = protobuf_c_message_get_packed_size(msg);
    uint8_t *bytes = malloc(size + 1);

    protobuf_c_message_pack(msg, bytes);
    struct feed_record *rec = feed_add(f, topic, key, bytes, size);
    free(bytes);
    return rec;
}

static inline void feed_letter(struct feed *f, const struct feed_record *input,
                               enum reject_code code)
{
    const int64_t offset = input->offset;
    struct feed_record *rec =
        feed_add(f, AUDIT_DEAD_LETTERS, input->key, input->value, input->size);

    rec->letter = (struct audit_letter){
        .code = reject_name(code), .topic = "tickets", .offset = offset};
}

static inline void feed_state(struct feed *f)
{
    const struct script *s = &f->script;

    feed_add(f, AUDIT_STATE, "t", s->packed, s->size);
}

static inline void feed_outputs(struct feed *f, const struct outputs *out)
{
    for (size_t i = 0; i < out->n; i++) {
        const struct output *o = &out->items[i];

        if (o->topic == OUTPUT_DEPARTMENT)
            continue;
        feed_add(f,
                 o->topic == OUTPUT_ASSIGNMENTS ? AUDIT_ASSIGNMENTS
                                                : AUDIT_DEADLINES,
                 "t", o->value, o->value_size);
        f->script.sequence++;
    }
}

/* One step of a script, as the dispatcher would do it. */
static inline void feed_step(struct feed *f, const struct step *step)
{
    struct script *s = &f->script;
    uint32_t before = s->sequence;
    enum reject_code code = REJECT_NONE;
    struct outputs out;

    f->steps++;
    arena_reset(s->arena);
    outputs_init(&out, s->arena, s->max_size);
    if (step->event) {
        code = script_apply(s, step, &out);
        s->n_events--; /* the same event once more, for its bytes */
        feed_add_message(f, AUDIT_TICKETS, "t", &script_event(s, step)->base);
        if (code != REJECT_NONE)
            feed_letter(f, &f->records[f->n - 1], code);
    } else {
        struct ticket_context ctx = script_context(s, step->minute);
        Dispatch__V1__TicketState *state = script_state(s);

        assert_int_equal(ticket_fire(&ctx, &state, ctx.now_ms, &out),
                         REJECT_NONE);
        script_keep(s, state);
    }
    feed_outputs(f, &out);
    if (s->sequence != before || step->event)
        feed_state(f);
}

/* The other catalogue counts from now on. */
static inline void feed_recalendar(struct feed *f, int64_t minute)
{
    struct script *s = &f->script;
    struct catalogue *before = s->cat;
    uint32_t sequence = s->sequence;
    struct outputs out;

    s->cat = f->others;
    f->others = before;
    if (!s->packed)
        return;
    f->steps++;
    arena_reset(s->arena);
    outputs_init(&out, s->arena, s->max_size);
    const struct ticket_context ctx = script_context(s, minute);
    Dispatch__V1__TicketState *state = script_state(s);
    assert_int_equal(ticket_recalendar(&ctx, &state, &out), REJECT_NONE);
    script_keep(s, state);
    feed_outputs(f, &out);
    if (s->sequence != sequence)
        feed_state(f);
}

static inline void feed_steps(struct feed *f, const struct step *steps)
{
    for (size_t i = 0; steps[i].expected; i++)
        feed_step(f, &steps[i]);
}

static inline void feed_found(void *opaque, const struct audit_finding *finding)
{
    struct feed *f = opaque;
    size_t n = strlen(f->findings);

    assert_true(finding->message[0] != '\0');
    assert_true(finding->n_places <= 2);
    snprintf(f->findings + n, sizeof(f->findings) - n, "%s %s: %s\n",
             audit_kind_name(finding->kind), finding->ticket_id,
             finding->message);
}

/* All logs are whole, all is settled, and the group has read all inputs. */
static inline void feed_close(struct feed *f)
{
    static const char *const names[AUDIT_TOPICS] = {
        "dead-letters", "assignments", "deadlines", "tickets", "state"};

    for (int i = 0; i < AUDIT_TOPICS; i++) {
        f->log[i] = (struct audit_log){.whole = true,
                                       .settled = f->next[i],
                                       .end = f->next[i],
                                       .committed = f->next[i]};
        f->logs.topics[i].name = names[i];
        f->logs.topics[i].partitions = f->pair[i];
        f->logs.topics[i].n = i >= AUDIT_TICKETS ? 2 : 1;
    }
}

static inline void feed_take(struct feed *f, struct audit *a)
{
    for (enum audit_topic topic = 0; topic < AUDIT_TOPICS; topic++) {
        for (size_t i = 0; i < f->n; i++) {
            const struct feed_record *rec = &f->records[i];
            const struct audit_record record = {
                .topic = topic,
                .partition = rec->partition,
                .offset = rec->offset,
                .key = rec->key,
                .key_size = rec->key ? strlen(rec->key) : 0,
                .value = rec->value,
                .value_size = rec->size,
                .letter = &rec->letter,
            };

            if (rec->topic == topic && !rec->gone &&
                rec->offset >= f->log[topic].begin &&
                rec->offset < f->log[topic].end)
                audit_take(a, &record);
        }
    }
}

/* Audits the records between the logs' ends; how many violations. */
static inline uint64_t feed_audit(struct feed *f)
{
    const struct audit_options options = {
        .logs = &f->logs,
        .now_ms = script_base + (int64_t)100000 * MINUTE_MS,
        .max_memory = f->max_memory ? f->max_memory : 64 << 20,
        .max_clocks = 10,
        .found = feed_found,
        .opaque = f,
    };
    for (int i = 0; i < AUDIT_TOPICS; i++) {
        f->pair[i][0] = f->log[i];
        f->pair[i][1] = (struct audit_log){.whole = true};
    }
    struct audit *a = audit_new(&options);

    f->findings[0] = '\0';
    do {
        feed_take(f, a);
        audit_judge(a);
    } while (audit_next(a));
    f->figures = *audit_figures(a);
    audit_free(&a);
    return f->figures.violations;
}

/* The records for a person who looks for the cause of a failure. */
static inline void feed_print(const struct feed *f)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct feed_record *rec = &f->records[i];
        const ProtobufCMessageDescriptor *type = NULL;

        if (rec->topic == AUDIT_ASSIGNMENTS)
            type = &dispatch__v1__assignment_event__descriptor;
        else if (rec->topic == AUDIT_DEADLINES)
            type = &dispatch__v1__deadline_event__descriptor;
        else if (rec->topic == AUDIT_TICKETS)
            type = &dispatch__v1__ticket_event__descriptor;
        ProtobufCMessage *msg =
            type ? protobuf_c_message_unpack(type, NULL, rec->size, rec->value)
                 : NULL;
        json_t *json = msg ? message_json_write(msg, MESSAGE_JSON_EXACT) : NULL;
        if (json)
            json_object_del(json, "ticket");
        char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
        fprintf(stderr, "%zu %s@%lld%s %s %s\n", rec->step,
                f->logs.topics[rec->topic].name, (long long)rec->offset,
                rec->gone ? " (gone)" : "",
                rec->letter.code ? rec->letter.code : "", text ? text : "");
        free(text);
        json_decref(json);
        if (msg)
            protobuf_c_message_free_unpacked(msg, NULL);
    }
}

#endif
