/*
 * What a ticket costs in the pure core: nanoseconds of CPU time, the median
 * over batches of a thousand different tickets, under 50,000 rules.
 *
 *   utf8    whether bytes are text, in GB/s
 *   decode  the walk over the bytes, unpacking into the arena, all checks
 *   apply   decode, dispatch, and the outputs packed
 */
#include "apply.h"
#include "arena.h"
#include "catalogue.h"
#include "findings.h"
#include "tables.h"
#include "utf8.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TICKETS = 1000, AREAS = 500, CATEGORIES = 100, DEPARTMENTS = 64 };
enum { TEXT_SIZE = 64 * 1024, ARENA_CAP = 4 << 20, MAX_SIZE = 256 * 1024 };
enum { FULL_BATCHES = 501, QUICK_BATCHES = 51 };

static const int64_t occurred_at = INT64_C(1573088400000);

/* One record on `tickets`. */
struct record {
    char key[32];
    uint8_t value[2048];
    size_t size;
};

struct bench {
    struct record *records;
    struct arena *arena;
    struct catalogue *catalogue;
    uint8_t *text;
    int batches;
};

/* CPU time: what else the machine does must not count. */
static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "bench_core: %s: %s\n", what, why);
    exit(1);
}

/* The median of what one batch takes, nanoseconds. */
static double median_ns(const struct bench *b, void (*batch)(struct bench *b))
{
    int64_t times[FULL_BATCHES];

    for (int i = 0; i < b->batches; i++) {
        int64_t begin = now_ns();

        batch((struct bench *)(uintptr_t)b);
        times[i] = now_ns() - begin;
    }
    qsort(times, (size_t)b->batches, sizeof(times[0]), compare);
    return (double)times[b->batches / 2];
}

/* ------------------------------------------------------------- what is run */

static void run_utf8(struct bench *b)
{
    if (!utf8_is_text(b->text, TEXT_SIZE))
        fail("utf8", "not text");
}

static struct decode_input input_of(const struct record *rec)
{
    return (struct decode_input){
        .key = rec->key,
        .key_size = strlen(rec->key),
        .value = rec->value,
        .value_size = rec->size,
        .max_size = MAX_SIZE,
    };
}

static void run_unpack(struct bench *b)
{
    for (int i = 0; i < TICKETS; i++) {
        const struct record *rec = &b->records[i];

        dispatch__v1__ticket_event__free_unpacked(
            dispatch__v1__ticket_event__unpack(NULL, rec->size, rec->value),
            NULL);
    }
}

static void run_decode(struct bench *b)
{
    for (int i = 0; i < TICKETS; i++) {
        struct decode_input in = input_of(&b->records[i]);
        Dispatch__V1__TicketEvent *event;
        struct reject r;

        arena_reset(b->arena);
        if (decode_ticket_event(b->arena, &in, &event, &r) != REJECT_NONE)
            fail("decode", r.why);
    }
}

static void run_apply(struct bench *b)
{
    const struct ticket_context ctx = {.catalogue = b->catalogue,
                                       .timestamp_ms = occurred_at + 5000,
                                       .now_ms = occurred_at + 5000};
    struct tickets *tickets = tickets_new();

    for (int i = 0; i < TICKETS; i++) {
        struct decode_input in = input_of(&b->records[i]);
        struct outputs out;
        struct applied applied;

        arena_reset(b->arena);
        outputs_init(&out, b->arena, MAX_SIZE);
        if (apply_record(tickets, &ctx, &in, &out, &applied) != STATUS_OK ||
            applied.step.code != REJECT_NONE)
            fail("apply", applied.reject.why);
    }
    tickets_commit(tickets);
    tickets_free(&tickets);
}

/* ---------------------------------------------------------------- the world */

static void add_row(struct catalogue_tables *t, enum table_id id,
                    const char *field, const char *value)
{
    tables_add(t, id, field, strlen(field), value, strlen(value), 0);
}

static void add_routes(struct catalogue_tables *t)
{
    char field[64];
    char value[128];

    for (int i = 0; i < AREAS * CATEGORIES; i++) {
        int area = i / CATEGORIES;

        snprintf(field, sizeof(field), "city/d%d/a%d|c%d/s%d", area % 16, area,
                 i % 10, i % CATEGORIES);
        snprintf(value, sizeof(value),
                 "{\"department\":\"d%d\",\"policy\":\"general\"}",
                 i % DEPARTMENTS);
        add_row(t, TABLE_ROUTES, field, value);
    }
}

static struct catalogue *new_catalogue(void)
{
    struct catalogue_tables *t = tables_new();
    struct catalogue *cat = NULL;
    struct findings findings = {0};
    char field[64];

    for (int i = 0; i < DEPARTMENTS; i++) {
        snprintf(field, sizeof(field), "d%d", i);
        add_row(t, TABLE_DEPARTMENTS, field, "{\"name\":\"西城区住房委\"}");
    }
    add_routes(t);
    add_row(t, TABLE_POLICIES, "general",
            "{\"first_response\":\"24h\",\"resolution\":\"5wd\","
            "\"warn\":[\"80%\"],\"calendar\":\"office\"}");
    add_row(t, TABLE_CALENDARS, "office",
            "{\"time_zone\":\"Asia/Shanghai\",\"week\":{"
            "\"mon\":[\"09:00-18:00\"],\"tue\":[\"09:00-18:00\"],"
            "\"wed\":[\"09:00-18:00\"],\"thu\":[\"09:00-18:00\"],"
            "\"fri\":[\"09:00-18:00\"]}}");
    add_row(t, TABLE_META, "version", "42");
    tables_sort(t);
    if (catalogue_compile(t, &findings, &cat) != STATUS_OK)
        fail("catalogue", findings.n ? findings.items[0].message : "refused");
    findings_deinit(&findings);
    tables_free(&t);
    return cat;
}

/* A ticket of about 280 bytes with `n_matters` matters. */
static void make_record(struct record *rec, int number, size_t n_matters)
{
    Dispatch__V1__TicketEvent event = DISPATCH__V1__TICKET_EVENT__INIT;
    Dispatch__V1__TicketCreated created = DISPATCH__V1__TICKET_CREATED__INIT;
    Dispatch__V1__Contact contact = DISPATCH__V1__CONTACT__INIT;
    Dispatch__V1__Matter items[4];
    Dispatch__V1__Matter *matters[4];
    char categories[4][32];
    char area[64];

    snprintf(rec->key, sizeof(rec->key), "20191107-%06d", number);
    snprintf(area, sizeof(area), "city/d%d/a%d", number % AREAS % 16,
             number % AREAS);
    for (size_t i = 0; i < n_matters; i++) {
        int category = (number * 7 + (int)i * 13) % CATEGORIES;

        snprintf(categories[i], sizeof(categories[i]), "c%d/s%d", category % 10,
                 category);
        items[i] = (Dispatch__V1__Matter)DISPATCH__V1__MATTER__INIT;
        items[i].category = categories[i];
        matters[i] = &items[i];
    }
    event.event_id = rec->key;
    event.ticket_id = rec->key;
    event.occurred_at = occurred_at + number;
    event.source = (char *)"hotline";
    event.kind_case = DISPATCH__V1__TICKET_EVENT__KIND_CREATED;
    event.created = &created;
    created.title = (char *)"小区路灯不亮";
    created.description = (char *)"小区东门外路灯已经三天不亮，老人夜里出门"
                                  "很不安全，希望尽快维修并回复。";
    created.channel = (char *)"phone";
    created.area = area;
    created.address = (char *)"广安门外大街7号院";
    created.contact = &contact;
    contact.phone = (char *)"555-0100";
    created.matters = matters;
    created.n_matters = n_matters;
    rec->size = dispatch__v1__ticket_event__pack(&event, rec->value);
}

static void make_records(struct bench *b, size_t n_matters)
{
    for (int i = 0; i < TICKETS; i++)
        make_record(&b->records[i], i, n_matters);
}

static void make_text(struct bench *b, const char *sample)
{
    size_t size = strlen(sample);

    for (size_t i = 0; i + size <= TEXT_SIZE; i += size)
        memcpy(b->text + i, sample, size);
    memset(b->text + TEXT_SIZE / size * size, 'x', TEXT_SIZE % size);
}

/* ------------------------------------------------------------------ the rows
 */

static void measure_utf8(struct bench *b, const char *name, const char *sample)
{
    make_text(b, sample);
    printf("%-22s %6.2f GB/s\n", name, TEXT_SIZE / median_ns(b, run_utf8));
}

static void measure(struct bench *b, const char *name,
                    void (*batch)(struct bench *b))
{
    printf("%-22s %6.0f ns\n", name, median_ns(b, batch) / TICKETS);
}

int main(int argc, char **argv)
{
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    struct bench b = {
        .records = calloc(TICKETS, sizeof(struct record)),
        .arena = arena_new(ARENA_CAP),
        .catalogue = new_catalogue(),
        .text = malloc(TEXT_SIZE),
        .batches = quick ? QUICK_BATCHES : FULL_BATCHES,
    };

    if (!b.records || !b.text)
        fail("start", "out of memory");
    measure_utf8(&b, "utf8, ASCII", "The street light at the gate is dark. ");
    measure_utf8(&b, "utf8, Chinese", "小区东门外路灯已经三天不亮");
    make_records(&b, 1);
    printf("a ticket of %zu bytes, %zu rules\n", b.records[0].size,
           catalogue_routes_count(b.catalogue));
    measure(&b, "protobuf-c alone", run_unpack);
    measure(&b, "decode", run_decode);
    measure(&b, "apply, 1 matter", run_apply);
    make_records(&b, 3);
    measure(&b, "apply, 3 matters", run_apply);
    catalogue_free(&b.catalogue);
    arena_free(&b.arena);
    free(b.records);
    free(b.text);
    return 0;
}
