/*
 * The lives of a city's tickets, for benchmarks: a catalogue with working
 * hours, warnings and escalations, the events of a ticket from `created` to
 * the call-back, and the packed states that they lead to.
 */
#ifndef TESTS_BENCH_LIVES_H
#define TESTS_BENCH_LIVES_H

#include "arena.h"
#include "bench_city.h"
#include "catalogue.h"
#include "findings.h"
#include "tickets.h"

#include <stdlib.h>

/* The states of a life; a ticket is open up to URGED. */
enum life_stage {
    LIFE_CREATED,
    LIFE_ACKNOWLEDGED,
    LIFE_CONTACTED,
    LIFE_UPDATED,
    LIFE_URGED,
    LIFE_RESOLVED,
    LIFE_CLOSED,
    LIFE_SHRUNK,
    LIFE_STAGES
};

enum { LIFE_MATTERS = 2, LIFE_HOUR_MS = 3600 * 1000 };
enum { LIFE_MAX_SIZE = 1000000, LIFE_ARENA = 8 << 20 };

static const int64_t life_base = INT64_C(1573088400000);

static inline void life_fail_bench(const char *what, const char *why)
{
    fprintf(stderr, "bench: %s: %s\n", what, why);
    exit(1);
}

static inline void life_category(char text[KEY_SIZE], int group)
{
    snprintf(text, KEY_SIZE, "城市管理%02d/市容环卫/垃圾清运", group);
}

static inline int life_department(int area, int group)
{
    return (area * 7 + group) % DEPARTMENTS;
}

static inline void life_add_routes(struct catalogue_tables *t)
{
    char area[KEY_SIZE], category[KEY_SIZE];

    for (int a = 0; a < AREAS; a++) {
        area_path(area, a);
        for (int g = 0; g < GROUPS; g++) {
            life_category(category, g);
            add_route(t, area, category, life_department(a, g));
        }
    }
}

static inline struct catalogue_tables *life_tables(void)
{
    struct catalogue_tables *t = tables_new();
    char id[KEY_SIZE];

    add(t, TABLE_CALENDARS, "office",
        "{\"time_zone\":\"Asia/Shanghai\",\"week\":{"
        "\"mon\":[\"09:00-18:00\"],\"tue\":[\"09:00-18:00\"],"
        "\"wed\":[\"09:00-18:00\"],\"thu\":[\"09:00-18:00\"],"
        "\"fri\":[\"09:00-18:00\"]}}");
    add(t, TABLE_POLICIES, "general",
        "{\"first_response\":\"24h\",\"resolution\":\"5wd\",\"calendar\":"
        "\"office\",\"warn\":[\"50%\",\"80%\"],\"escalate\":["
        "{\"after\":\"0m\",\"to\":\"@parent\"},"
        "{\"after\":\"1d\",\"to\":\"supervision\"}],\"urgency\":{"
        "\"EMERGENCY\":{\"first_response\":\"10m\",\"resolution\":\"2h\"}}}");
    add(t, TABLE_META, "default_department", "supervision");
    add(t, TABLE_META, "version", "42");
    add(t, TABLE_DEPARTMENTS, "supervision", "{\"name\":\"督导室\"}");
    for (int i = 0; i < DEPARTMENTS; i++) {
        snprintf(id, sizeof(id), "department-%d", i);
        add(t, TABLE_DEPARTMENTS, id,
            "{\"name\":\"西城区住房委\",\"parent\":\"supervision\"}");
    }
    life_add_routes(t);
    tables_sort(t);
    return t;
}

static inline struct catalogue *life_catalogue(void)
{
    struct catalogue_tables *t = life_tables();
    struct catalogue *cat = NULL;
    struct findings findings = {0};

    if (catalogue_compile(t, &findings, &cat) != STATUS_OK)
        life_fail_bench("catalogue",
                        findings.n ? findings.items[0].message : "refused");
    findings_deinit(&findings);
    tables_free(&t);
    return cat;
}

/* An event with all that it points to. */
struct life_event {
    Dispatch__V1__TicketEvent event;
    Dispatch__V1__TicketCreated created;
    Dispatch__V1__TicketAcknowledged acknowledged;
    Dispatch__V1__TicketContacted contacted;
    Dispatch__V1__TicketUpdated updated;
    Dispatch__V1__TicketUrged urged;
    Dispatch__V1__TicketResolved resolved;
    Dispatch__V1__TicketCallback callback;
    Dispatch__V1__Contact contact;
    Dispatch__V1__Point location;
    Dispatch__V1__Matter matters[LIFE_MATTERS];
    Dispatch__V1__Matter *matter_list[LIFE_MATTERS];
    char id[32], event_id[64], area[KEY_SIZE];
    char categories[LIFE_MATTERS][KEY_SIZE];
    char department[KEY_SIZE];
};

/* One ticket in five has two matters. */
static inline size_t life_matters(int number)
{
    return number % 5 == 0 ? 2 : 1;
}

static inline int life_group(int number, size_t matter)
{
    return (number * 7 + (int)matter * 13) % GROUPS;
}

static inline void life_fill_created(struct life_event *e, int number)
{
    Dispatch__V1__TicketCreated *created = &e->created;

    e->contact = (Dispatch__V1__Contact)DISPATCH__V1__CONTACT__INIT;
    e->location = (Dispatch__V1__Point)DISPATCH__V1__POINT__INIT;
    area_path(e->area, number % AREAS);
    for (size_t i = 0; i < life_matters(number); i++) {
        life_category(e->categories[i], life_group(number, i));
        e->matters[i] = (Dispatch__V1__Matter)DISPATCH__V1__MATTER__INIT;
        e->matters[i].category_scheme = (char *)"gb39666";
        e->matters[i].category = e->categories[i];
        e->matter_list[i] = &e->matters[i];
    }
    created->title = (char *)"小区路灯不亮";
    created->description = (char *)"小区东门外路灯已经三天不亮，老人夜里出门"
                                   "很不安全，希望尽快维修并回复。";
    created->channel = (char *)"phone";
    created->area = e->area;
    created->address = (char *)"广安门外大街7号院";
    created->location = &e->location;
    e->location.latitude = 39.89 + number % 100 / 1000.0;
    e->location.longitude = 116.35 + number % 90 / 1000.0;
    created->contact = &e->contact;
    e->contact.name = (char *)"张先生";
    e->contact.phone = (char *)"555-0100";
    created->matters = e->matter_list;
    created->n_matters = life_matters(number);
    created->received_by = (char *)"operator-117";
}

#define LIFE_KIND(NAME, field)                                                 \
    e->event.kind_case = DISPATCH__V1__TICKET_EVENT__KIND_##NAME;              \
    e->event.field = &e->field;                                                \
    dispatch__v1__ticket_##field##__init(&e->field)

/* What leads to the stage. */
static inline void life_fill_kind(struct life_event *e, int number,
                                  enum life_stage stage)
{
    switch (stage) {
    case LIFE_CREATED:
        LIFE_KIND(CREATED, created);
        life_fill_created(e, number);
        return;
    case LIFE_ACKNOWLEDGED:
        LIFE_KIND(ACKNOWLEDGED, acknowledged);
        e->acknowledged.plan = (char *)"明日上午派维修人员到现场";
        return;
    case LIFE_CONTACTED:
        LIFE_KIND(CONTACTED, contacted);
        e->contacted.method = (char *)"phone";
        return;
    case LIFE_UPDATED:
        LIFE_KIND(UPDATED, updated);
        e->updated.description = (char *)"市民补充：北门的路灯也不亮。";
        return;
    case LIFE_URGED:
        LIFE_KIND(URGED, urged);
        return;
    case LIFE_RESOLVED:
        LIFE_KIND(RESOLVED, resolved);
        e->resolved.department_id = e->department;
        e->resolved.outcome = DISPATCH__V1__OUTCOME__OUTCOME_SOLVED;
        e->resolved.reply = (char *)"路灯已修复。";
        return;
    default:
        LIFE_KIND(CALLBACK, callback);
        e->callback.solved = DISPATCH__V1__ANSWER__ANSWER_YES;
    }
}
#undef LIFE_KIND

/* The event of ticket `number` that leads to a stage; `matter` says whose
 * department acts. */
static inline void life_event(struct life_event *e, int number,
                              enum life_stage stage, size_t matter)
{
    e->event = (Dispatch__V1__TicketEvent)DISPATCH__V1__TICKET_EVENT__INIT;
    snprintf(e->id, sizeof(e->id), "BJ20191107%07d", number);
    snprintf(e->event_id, sizeof(e->event_id), "%s-%d-%zu", e->id, (int)stage,
             matter);
    snprintf(e->department, sizeof(e->department), "department-%d",
             life_department(number % AREAS, life_group(number, matter)));
    e->event.event_id = e->event_id;
    e->event.ticket_id = e->id;
    e->event.source = (char *)"hotline";
    e->event.occurred_at =
        life_base + number % 1000 * 1000 + (int64_t)stage * LIFE_HOUR_MS;
    life_fill_kind(e, number, stage);
}

/* The world in which tickets live. */
struct life_world {
    struct catalogue *catalogue;
    struct tickets *tickets;
    struct arena *arena;
    struct life_event event;
};

static inline void life_world_init(struct life_world *w)
{
    *w = (struct life_world){
        .catalogue = life_catalogue(),
        .tickets = tickets_new(),
        .arena = arena_new(LIFE_ARENA),
    };
}

static inline void life_world_deinit(struct life_world *w)
{
    tickets_free(&w->tickets);
    arena_free(&w->arena);
    catalogue_free(&w->catalogue);
}

static inline struct ticket_context life_context(const struct life_world *w,
                                                 int64_t at)
{
    return (struct ticket_context){
        .catalogue = w->catalogue,
        .timestamp_ms = at,
        .now_ms = at,
        .retention_ms = INT64_C(30) * 24 * LIFE_HOUR_MS,
    };
}

/* One event, and what comes of it; nothing is committed. */
static inline struct ticket_record life_apply(struct life_world *w)
{
    const Dispatch__V1__TicketEvent *event = &w->event.event;
    const struct ticket_context ctx = life_context(w, event->occurred_at);
    struct outputs out;
    struct ticket_step step;
    struct reject r = {REJECT_NONE, ""};

    arena_reset(w->arena);
    outputs_init(&out, w->arena, LIFE_MAX_SIZE);
    if (tickets_apply(w->tickets, &ctx, event, &out, &step, &r) != STATUS_OK ||
        step.code != REJECT_NONE || step.repeat)
        life_fail_bench(event->event_id, r.why);
    return step.record;
}

/* Lets time pass until something is left to be remembered small. */
static inline struct ticket_record life_fire(struct life_world *w)
{
    const struct ticket_context ctx =
        life_context(w, tickets_next_due(w->tickets));
    struct outputs out;
    struct ticket_step step;

    arena_reset(w->arena);
    outputs_init(&out, w->arena, LIFE_MAX_SIZE);
    if (tickets_fire(w->tickets, &ctx, ctx.now_ms, &out, &step) != STATUS_OK)
        life_fail_bench("time", "cannot fire");
    return step.record;
}

/* Takes ticket `number` to the next stage. */
static inline struct ticket_record life_step(struct life_world *w, int number,
                                             enum life_stage stage)
{
    if (stage == LIFE_SHRUNK)
        return life_fire(w);
    if (stage == LIFE_RESOLVED && life_matters(number) > 1) {
        life_event(&w->event, number, stage, 1);
        (void)life_apply(w);
    }
    life_event(&w->event, number, stage, 0);
    return life_apply(w);
}

/* A packed state. */
struct life_state {
    uint8_t *bytes;
    size_t size;
};

/* The states of LIFE_SAMPLES whole lives. */
enum { LIFE_SAMPLES = 500 };
struct life_samples {
    struct life_state states[LIFE_SAMPLES][LIFE_STAGES];
};

static inline void life_samples_init(struct life_samples *samples)
{
    struct life_world w;

    life_world_init(&w);
    for (int i = 0; i < LIFE_SAMPLES; i++) {
        for (int stage = 0; stage < LIFE_STAGES; stage++) {
            struct ticket_record record =
                life_step(&w, i, (enum life_stage)stage);
            struct life_state *state = &samples->states[i][stage];

            state->size = record.value_size;
            state->bytes = malloc(record.value_size);
            if (!state->bytes || !record.value)
                life_fail_bench("states", "no memory");
            memcpy(state->bytes, record.value, record.value_size);
            tickets_commit(w.tickets);
        }
        /* Nothing else may become due meanwhile. */
        const struct ticket_record forget = {.key = w.event.id,
                                             .key_size = strlen(w.event.id)};
        if (tickets_load(w.tickets, &forget) != STATUS_OK)
            life_fail_bench("states", "cannot forget");
    }
    life_world_deinit(&w);
}

static inline void life_samples_deinit(struct life_samples *samples)
{
    for (int i = 0; i < LIFE_SAMPLES; i++) {
        for (int stage = 0; stage < LIFE_STAGES; stage++)
            free(samples->states[i][stage].bytes);
    }
}

#endif
