/*
 * Lives of tickets as scripts: at some minute an event, and what it leads to.
 *
 *   {90, "'acknowledged':{'department_id':'a'}", "UPDATED b/co:1"},
 *   {120, NULL, "WARNING a/R@240"},                     time alone
 *
 * Minutes count from Monday 2026-03-02, 10:00 UTC. In events ' stands for ",
 * and @90 for the time of minute 90. Outputs read
 *
 *   ASSIGNED a/lead:01        to a, as lead, of matters 0 and 1
 *   SCHEDULED a/R@240         a's resolution, due at minute 240 (F: response)
 *   MET a/R@240+5  ~          5 minutes late; ~: explained
 *   ESCALATED a/R@240 0>boss  level 0, to boss
 *   !wrong_state              the event is a dead letter
 *
 * with "30 " before those that did not happen at the step's own minute. After
 * each step the state goes through its bytes; ids must have no gaps; a refused
 * event must change nothing but the sequence number; a repeat nothing.
 */
#ifndef TESTS_TICKET_SCRIPT_H
#define TESTS_TICKET_SCRIPT_H

#include "../../dispatcher/ticket/state_check.h"
#include "arena.h"
#include "catalogue_rows.h"
#include "message_json.h"
#include "ticket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define D(id, value) TABLE_DEPARTMENTS, id, value
#define R(key, value) TABLE_ROUTES, key, value
#define P(id, value) TABLE_POLICIES, id, value
#define M(name, value) TABLE_META, name, value

enum { MINUTE_MS = 60 * 1000, SCRIPT_TEXT = 4096 };
enum { SCRIPT_ARENA = 8 << 20, SCRIPT_MAX_SIZE = 100000 };

/* Monday 2026-03-02, 10:00 in UTC. */
static const int64_t script_base = 1772445600000;

struct step {
    int64_t minute;
    const char *event; /* NULL: time alone */
    const char *expected;
};

struct script {
    struct catalogue *cat;
    struct arena *arena;
    uint8_t *packed; /* the state; NULL: unknown ticket */
    size_t size;
    uint32_t sequence; /* last one seen */
    int64_t retention_ms;
    int64_t timestamp_late_ms; /* the record comes so much after the event */
    size_t n_events;
    size_t max_size;
};

static inline struct catalogue *script_catalogue(const struct test_row *rows)
{
    struct findings findings = {0};
    struct catalogue *cat = catalogue_of(rows, &findings);

    for (size_t i = 0; !cat && i < findings.n; i++)
        fprintf(stderr, "%s %s: %s\n", findings.items[i].field,
                findings.items[i].name, findings.items[i].message);
    findings_deinit(&findings);
    assert_non_null(cat);
    return cat;
}

static inline void script_begin(struct script *s, const struct test_row *rows)
{
    *s = (struct script){
        .cat = script_catalogue(rows),
        .arena = arena_new(SCRIPT_ARENA),
        .retention_ms = (int64_t)30 * 24 * 60 * MINUTE_MS,
        .max_size = SCRIPT_MAX_SIZE,
    };
}

static inline void script_end(struct script *s)
{
    free(s->packed);
    arena_free(&s->arena);
    catalogue_free(&s->cat);
}

/* Another ticket, the same catalogue. */
static inline void script_forget(struct script *s)
{
    free(s->packed);
    s->packed = NULL;
    s->sequence = 0;
}

static inline void *script_alloc(void *data, size_t size)
{
    return arena_alloc(data, size);
}

static inline void script_free(void *data, void *p)
{
    (void)data;
    (void)p;
}

static inline Dispatch__V1__TicketState *script_state(struct script *s)
{
    ProtobufCAllocator allocator = {script_alloc, script_free, s->arena};

    return s->packed ? dispatch__v1__ticket_state__unpack(&allocator, s->size,
                                                          s->packed)
                     : NULL;
}

static inline void script_keep(struct script *s,
                               const Dispatch__V1__TicketState *state)
{
    free(s->packed);
    s->packed = NULL;
    if (!state)
        return;
    assert_true(state_is_sound(state));
    s->size = dispatch__v1__ticket_state__get_packed_size(state);
    s->packed = malloc(s->size + 1);
    dispatch__v1__ticket_state__pack(state, s->packed);
}

/* JSON with ' for " and @N for times. */
static inline void script_json(const char *event, char text[SCRIPT_TEXT])
{
    size_t n = 0;

    for (const char *p = event; *p; p++) {
        if (*p == '@' && p[1] >= '0' && p[1] <= '9') {
            char *end;
            int64_t at = script_base + strtoll(p + 1, &end, 10) * MINUTE_MS;

            n += (size_t)snprintf(text + n, SCRIPT_TEXT - n, "%lld",
                                  (long long)at);
            p = end - 1;
        } else {
            text[n++] = *p == '\'' ? '"' : *p;
        }
        assert_true(n < SCRIPT_TEXT - 32);
    }
    text[n] = '\0';
}

static inline Dispatch__V1__TicketEvent *script_event(struct script *s,
                                                      const struct step *step)
{
    char inner[SCRIPT_TEXT];
    struct message_json_error error = {{0}, {0}};
    ProtobufCMessage *msg = NULL;

    script_json(step->event, inner);
    char *text = arena_printf(
        s->arena,
        "{\"event_id\":\"e%zu\",\"ticket_id\":\"t\",\"occurred_at\":%lld,%s}",
        ++s->n_events, (long long)(script_base + step->minute * MINUTE_MS),
        inner);
    json_error_t why;
    json_t *json = json_loads(text, 0, &why);
    if (!json || !message_json_read(s->arena, json,
                                    &dispatch__v1__ticket_event__descriptor,
                                    &msg, &error))
        fail_msg("%s: %s %s %s", text, why.text, error.path, error.message);
    json_decref(json);
    return (Dispatch__V1__TicketEvent *)msg;
}

static inline const char *script_name(const ProtobufCEnumDescriptor *type,
                                      int value)
{
    const ProtobufCEnumValue *v =
        protobuf_c_enum_descriptor_get_value(type, value);

    return message_json_short_name(type, v->name);
}

static inline double script_minutes(int64_t ms)
{
    return (double)ms / MINUTE_MS;
}

static inline size_t script_print_assignment(const struct output *o, char *text,
                                             size_t size)
{
    static const char *const roles[] = {"desk", "lead", "co", "sup"};
    Dispatch__V1__AssignmentEvent *msg =
        dispatch__v1__assignment_event__unpack(NULL, o->value_size, o->value);
    size_t n;

    assert_non_null(msg);
    assert_string_equal(msg->event_id, o->event_id);
    n = (size_t)snprintf(
        text, size, "%s %s/%s",
        script_name(&dispatch__v1__assignment_kind__descriptor, (int)msg->kind),
        msg->department_id, roles[msg->role]);
    if (msg->n_matter_indexes > 0)
        n += (size_t)snprintf(text + n, size - n, ":");
    for (size_t i = 0; i < msg->n_matter_indexes; i++)
        n += (size_t)snprintf(text + n, size - n, "%u",
                              (unsigned)msg->matter_indexes[i]);
    bool bare =
        msg->kind == DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_WITHDRAWN ||
        msg->kind == DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_REFUSED;
    assert_true(bare == (msg->ticket == NULL));
    dispatch__v1__assignment_event__free_unpacked(msg, NULL);
    return n;
}

static inline size_t script_print_deadline(const struct output *o, char *text,
                                           size_t size)
{
    Dispatch__V1__DeadlineEvent *msg =
        dispatch__v1__deadline_event__unpack(NULL, o->value_size, o->value);
    size_t n;

    assert_non_null(msg);
    n = (size_t)snprintf(
        text, size, "%s %s/%c@%g",
        script_name(&dispatch__v1__deadline_kind__descriptor, (int)msg->kind),
        msg->department_id, "?FR"[msg->clock],
        script_minutes(msg->due_at - script_base));
    if (msg->late_ms > 0)
        n += (size_t)snprintf(text + n, size - n, "+%g",
                              script_minutes(msg->late_ms));
    if (msg->kind == DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_ESCALATED)
        n += (size_t)snprintf(text + n, size - n, " %u>%s",
                              (unsigned)msg->level, msg->escalate_to);
    if (msg->explanation[0])
        n += (size_t)snprintf(text + n, size - n, " ~");
    dispatch__v1__deadline_event__free_unpacked(msg, NULL);
    return n;
}

/* Prints the outputs, and checks that their ids go on without a gap. */
static inline void script_print(struct script *s, const struct outputs *out,
                                int64_t minute, char text[SCRIPT_TEXT])
{
    size_t n = strlen(text);

    for (size_t i = 0; i < out->n; i++) {
        const struct output *o = &out->items[i];
        char id[32];

        assert_true(o->value_size <= s->max_size);
        if (o->topic == OUTPUT_DEPARTMENT)
            continue;
        snprintf(id, sizeof(id), "t/%u", (unsigned)++s->sequence);
        assert_string_equal(o->event_id, id);
        n += (size_t)snprintf(text + n, SCRIPT_TEXT - n, n ? "; " : "");
        if (o->occurred_at != script_base + minute * MINUTE_MS)
            n += (size_t)snprintf(text + n, SCRIPT_TEXT - n, "%g ",
                                  script_minutes(o->occurred_at - script_base));
        if (o->topic == OUTPUT_DEADLINES)
            n += script_print_deadline(o, text + n, SCRIPT_TEXT - n);
        else
            n += script_print_assignment(o, text + n, SCRIPT_TEXT - n);
        assert_true(n < SCRIPT_TEXT);
    }
}

static inline struct ticket_context script_context(const struct script *s,
                                                   int64_t minute)
{
    int64_t at = script_base + minute * MINUTE_MS + s->timestamp_late_ms;

    return (struct ticket_context){
        .catalogue = s->cat,
        .ticket_id = "t",
        .timestamp_ms = at,
        .now_ms = at,
        .retention_ms = s->retention_ms,
    };
}

/* The state's bytes with another sequence number. */
static inline size_t script_bytes(struct script *s, uint32_t sequence,
                                  uint8_t **bytes)
{
    Dispatch__V1__TicketState *state = script_state(s);

    *bytes = NULL;
    if (!state)
        return 0;
    state->sequence = sequence;
    size_t size = dispatch__v1__ticket_state__get_packed_size(state);
    *bytes = arena_alloc(s->arena, size);
    dispatch__v1__ticket_state__pack(state, *bytes);
    return size;
}

/* In place the event has the same effect: `state` and `out` are what it led to
 * on a copy. Returns its code, which should be the same, too. */
static inline enum reject_code
script_apply_in_place(struct script *s, const struct ticket_context *ctx,
                      const Dispatch__V1__TicketEvent *event,
                      const Dispatch__V1__TicketState *state,
                      const struct outputs *out)
{
    struct ticket_context own = *ctx;
    Dispatch__V1__TicketState *other = script_state(s);
    struct outputs again;
    bool repeat;

    own.in_place = true;
    outputs_init(&again, s->arena, s->max_size);
    enum reject_code code =
        ticket_apply(&own, event, &other, &again, &repeat, NULL);
    assert_int_equal(again.n, code == REJECT_NONE ? out->n : 0);
    for (size_t i = 0; i < again.n; i++) {
        assert_int_equal(again.items[i].value_size, out->items[i].value_size);
        assert_memory_equal(again.items[i].value, out->items[i].value,
                            out->items[i].value_size);
    }
    if (code != REJECT_NONE)
        return code;
    size_t size = dispatch__v1__ticket_state__get_packed_size(state);
    uint8_t *bytes = arena_alloc(s->arena, 2 * size);
    assert_int_equal(dispatch__v1__ticket_state__get_packed_size(other), size);
    dispatch__v1__ticket_state__pack(state, bytes);
    dispatch__v1__ticket_state__pack(other, bytes + size);
    assert_memory_equal(bytes, bytes + size, size);
    return code;
}

static inline enum reject_code
script_apply(struct script *s, const struct step *step, struct outputs *out)
{
    const struct ticket_context ctx = script_context(s, step->minute);
    Dispatch__V1__TicketState *state = script_state(s);
    Dispatch__V1__TicketEvent *event = script_event(s, step);
    struct reject r = {REJECT_NONE, ""};
    uint8_t *before, *after;
    size_t size = script_bytes(s, 0, &before);
    bool repeat;
    enum reject_code code = ticket_apply(&ctx, event, &state, out, &repeat, &r);

    assert_int_equal(script_apply_in_place(s, &ctx, event, state, out), code);
    script_keep(s, state);
    if (repeat)
        assert_int_equal(out->n, 0);
    if (code != REJECT_NONE) {
        assert_int_equal(r.code, code);
        assert_true(r.why[0] != '\0');
    }
    if (code != REJECT_NONE || repeat) {
        assert_int_equal(script_bytes(s, 0, &after), size);
        assert_memory_equal(before ? before : (uint8_t *)"",
                            after ? after : (uint8_t *)"", size);
        return code;
    }
    /* Once more: a repeat. */
    size_t n = out->n;
    assert_int_equal(ticket_apply(&ctx, event, &state, out, &repeat, NULL),
                     REJECT_NONE);
    assert_true(repeat);
    assert_int_equal(out->n, n);
    return code;
}

static inline void script_step(struct script *s, const struct step *step,
                               char text[SCRIPT_TEXT])
{
    struct outputs out;
    enum reject_code code = REJECT_NONE;

    arena_reset(s->arena);
    outputs_init(&out, s->arena, s->max_size);
    text[0] = '\0';
    if (step->event) {
        code = script_apply(s, step, &out);
    } else {
        struct ticket_context ctx = script_context(s, step->minute);
        Dispatch__V1__TicketState *state = script_state(s);

        ctx.catalogue = NULL; /* timers need none */
        code = ticket_fire(&ctx, &state, ctx.now_ms, &out);
        assert_int_equal(code, REJECT_NONE);
        if (state)
            assert_true(ticket_next_due(state) > ctx.now_ms);
        script_keep(s, state);
    }
    if (code != REJECT_NONE)
        snprintf(text, SCRIPT_TEXT, "!%s", reject_name(code));
    script_print(s, &out, step->minute, text);
}

/* Runs steps up to the first without `expected`. */
static inline void script_run(struct script *s, const char *name,
                              const struct step *steps)
{
    char text[SCRIPT_TEXT];

    for (size_t i = 0; steps[i].expected; i++) {
        script_step(s, &steps[i], text);
        if (strcmp(text, steps[i].expected) != 0)
            fail_msg("%s, step %zu, minute %lld: %s\n  expected: %s\n"
                     "  but was:  %s",
                     name, i + 1, (long long)steps[i].minute,
                     steps[i].event ? steps[i].event : "(time)",
                     steps[i].expected, text);
    }
}

/* Fields of events that many scripts have. */
#define BY(kind, department) "'" kind "':{'department_id':'" department "'}"
#define RETURNED(department, reason)                                           \
    "'returned':{'department_id':'" department "','reason':'" reason "'}"
#define SUGGESTS(department, reason, other)                                    \
    "'returned':{'department_id':'" department "','reason':'" reason           \
    "','suggested_department_id':'" other "'}"
#define REASSIGNED(department) "'reassigned':{'department_id':'" department "'}"
#define FORWARDED(by, department)                                              \
    "'reassigned':{'department_id':'" department "','by_department_id':'" by   \
    "'}"
#define EXTENDED(fields) "'extended':{'clock':'RESOLUTION'," fields "}"

/* A test that is one script for a new ticket. */
#define SCRIPT(name, rows, ...)                                                \
    static void name(void **state)                                             \
    {                                                                          \
        static const struct step steps[] = {__VA_ARGS__, {0, NULL, NULL}};     \
        struct script s;                                                       \
                                                                               \
        (void)state;                                                           \
        script_begin(&s, rows);                                                \
        script_run(&s, #name, steps);                                          \
        script_end(&s);                                                        \
    }

#endif
