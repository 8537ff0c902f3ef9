/*
 * Lets another language live through the tickets of one partition: one command
 * a line on standard input, its answer on standard output. Times are UTC
 * milliseconds; keys, values and texts are hexadecimal, "-" for none.
 *
 *   begin MAX_SIZE RETENTION_MS     no ticket is known any more
 *   catalogue ROWS                  the next ROWS lines are table, field and
 *                                   value, divided by tabs
 *   apply TIMESTAMP NOW KEY EVENT
 *   fire UNTIL [blind]              what is due first; blind: no catalogue
 *   recalendar AT                   the next ticket with another calendar
 *   commit, abort
 *   look                            nothing is done
 *   restore                         no ticket is in memory any more
 *   load KEY VALUE                  one record of the state topic
 *
 * Answers are any number of lines
 *
 *   output TOPIC KEY EVENT_ID TYPE DEPARTMENT OCCURRED_AT KIND VALUE
 *   record KEY VALUE
 *
 * and at last `done CODE REPEAT NEXT_DUE TICKETS...`. CODE is that of a dead
 * letter, or none; "fatal" where a call was. TICKETS: how many there are in
 * each status, of unspecified: in all.
 */
#include "arena.h"
#include "catalogue.h"
#include "decode.h"
#include "findings.h"
#include "tables.h"
#include "tickets.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    STATUSES = 6,
    MAX_WORDS = 5,
    ARENA_CAP = 16 << 20,
    INPUT_MAX = 256 << 10
};

struct bytes {
    void *data; /* NULL: none */
    size_t size;
};

/* All there is. */
static struct life {
    struct catalogue *cat;
    struct tickets *tickets;
    struct arena *arena;
    size_t max_size;
    int64_t retention_ms;
    size_t cursor; /* of recalendar */
} life;

static void die(const char *what, const char *why)
{
    fprintf(stderr, "life: %s: %s\n", what, why);
    exit(1);
}

static int64_t number(const char *text)
{
    char *end;
    long long n = strtoll(text, &end, 10);

    if (end == text || *end)
        die(text, "is no number");
    return n;
}

static int digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c) : NULL;

    if (!at)
        die("value", "is not hexadecimal");
    return (int)(at - digits);
}

static struct bytes parse_hex(const char *text)
{
    struct bytes b = {NULL, 0};

    if (strcmp(text, "-") == 0)
        return b;
    b.size = strlen(text) / 2;
    uint8_t *data = arena_alloc(life.arena, b.size + 1);
    if (!data)
        die("value", "is too long");
    for (size_t i = 0; i < b.size; i++)
        data[i] = (uint8_t)(digit(text[2 * i]) * 16 + digit(text[2 * i + 1]));
    b.data = data;
    return b;
}

static void print_hex(const void *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *p = bytes;

    putchar(' ');
    if (!bytes)
        putchar('-');
    for (size_t i = 0; bytes && i < size; i++) {
        putchar(digits[p[i] >> 4]);
        putchar(digits[p[i] & 15]);
    }
}

static void print_output(const struct output *o)
{
    static const char *const topics[] = {
        [OUTPUT_ASSIGNMENTS] = "assignments",
        [OUTPUT_DEADLINES] = "deadlines",
    };

    printf("output %s", o->topic == OUTPUT_DEPARTMENT ? o->department_topic
                                                      : topics[o->topic]);
    print_hex(o->key, o->key_size);
    print_hex(o->event_id, strlen(o->event_id));
    printf(" %s", o->type);
    print_hex(o->department_id, strlen(o->department_id));
    printf(" %" PRId64 " %d", o->occurred_at, o->kind);
    print_hex(o->value, o->value_size);
    putchar('\n');
}

static void print_step(enum status status, const struct outputs *out,
                       const struct ticket_step *step)
{
    for (size_t i = 0; i < out->n; i++)
        print_output(&out->items[i]);
    if (step->record.key) {
        printf("record");
        print_hex(step->record.key, step->record.key_size);
        print_hex(step->record.value, step->record.value_size);
        putchar('\n');
    }
    printf("done %s %d %" PRId64,
           status == STATUS_OK ? reject_name(step->code) : "fatal",
           step->repeat, tickets_next_due(life.tickets));
    for (int i = 0; i < STATUSES; i++)
        printf(" %zu",
               tickets_count(life.tickets, (Dispatch__V1__TicketStatus)i));
    putchar('\n');
    fflush(stdout);
}

static void print_done(enum status status)
{
    const struct outputs none = {0};
    const struct ticket_step step = {0};

    print_step(status, &none, &step);
}

static struct ticket_context context_at(int64_t at)
{
    return (struct ticket_context){
        .catalogue = life.cat,
        .timestamp_ms = at,
        .now_ms = at,
        .retention_ms = life.retention_ms,
    };
}

static void do_begin(char **words)
{
    tickets_free(&life.tickets);
    life.tickets = tickets_new();
    life.max_size = (size_t)number(words[0]);
    life.retention_ms = number(words[1]);
    life.cursor = 0;
    print_done(STATUS_OK);
}

static void add_row(struct catalogue_tables *tables, char *line)
{
    char *rest = line;
    const char *name = strsep(&rest, "\t");
    const char *field = strsep(&rest, "\t");
    enum table_id id = table_by_name(name);

    if (id == TABLES || !rest)
        die(name, "is no row of a catalogue");
    tables_add(tables, id, field, strlen(field), rest, strlen(rest), 0);
}

static void read_rows(struct catalogue_tables *tables, int64_t n)
{
    char *line = NULL;
    size_t size = 0;

    for (int64_t i = 0; i < n; i++) {
        if (getline(&line, &size, stdin) <= 0)
            die("catalogue", "ends too early");
        line[strcspn(line, "\n")] = '\0';
        add_row(tables, line);
    }
    free(line);
    tables_sort(tables);
}

static void do_catalogue(char **words)
{
    struct catalogue_tables *tables = tables_new();
    struct findings findings = {0};

    read_rows(tables, number(words[0]));
    catalogue_free(&life.cat);
    if (catalogue_compile(tables, &findings, &life.cat) != STATUS_OK) {
        for (size_t i = 0; i < findings.n; i++)
            fprintf(stderr, "life: %s: %s\n", findings.items[i].field,
                    findings.items[i].message);
        exit(1);
    }
    findings_deinit(&findings);
    tables_free(&tables);
    life.cursor = 0;
    print_done(STATUS_OK);
}

static void do_apply(char **words)
{
    struct ticket_context ctx = context_at(number(words[0]));
    struct bytes key = parse_hex(words[2]);
    struct bytes value = parse_hex(words[3]);
    const struct decode_input in = {key.data, key.size, value.data, value.size,
                                    INPUT_MAX};
    struct ticket_step step = {0};
    struct reject r = {REJECT_NONE, ""};
    Dispatch__V1__TicketEvent *event;
    enum status status = STATUS_OK;
    struct outputs out;

    ctx.now_ms = number(words[1]);
    outputs_init(&out, life.arena, life.max_size);
    step.code = decode_ticket_event(life.arena, &in, &event, &r);
    if (step.code == REJECT_NONE)
        status = tickets_apply(life.tickets, &ctx, event, &out, &step, &r);
    if (status == STATUS_OK && r.code != step.code)
        die("apply", "the reason is another than the code");
    print_step(status, &out, &step);
}

static void do_fire(char **words)
{
    int64_t until = number(words[0]);
    struct ticket_context ctx = context_at(until);
    struct ticket_step step = {0};
    struct outputs out;

    if (words[1])
        ctx.catalogue = NULL;
    outputs_init(&out, life.arena, life.max_size);
    print_step(tickets_fire(life.tickets, &ctx, until, &out, &step), &out,
               &step);
}

/* Goes on until one ticket has moved, or to the end. */
static void do_recalendar(char **words)
{
    enum { AT_ONCE = 2 };
    const struct ticket_context ctx = context_at(number(words[0]));
    struct ticket_step step = {0};
    enum status status = STATUS_OK;
    struct outputs out;

    outputs_init(&out, life.arena, life.max_size);
    while (status == STATUS_OK && life.cursor != TICKETS_END &&
           !step.record.key)
        status = tickets_recalendar(life.tickets, &ctx, &life.cursor, AT_ONCE,
                                    &out, &step);
    if (life.cursor == TICKETS_END && !step.record.key)
        life.cursor = 0;
    print_step(status, &out, &step);
}

static void do_commit(char **words)
{
    (void)words;
    tickets_commit(life.tickets);
    print_done(STATUS_OK);
}

static void do_abort(char **words)
{
    (void)words;
    tickets_abort(life.tickets);
    print_done(STATUS_OK);
}

static void do_look(char **words)
{
    (void)words;
    print_done(STATUS_OK);
}

static void do_restore(char **words)
{
    (void)words;
    tickets_free(&life.tickets);
    life.tickets = tickets_new();
    life.cursor = 0;
    print_done(STATUS_OK);
}

static void do_load(char **words)
{
    struct bytes key = parse_hex(words[0]);
    struct bytes value = parse_hex(words[1]);
    const struct ticket_record record = {key.data, key.size, value.data,
                                         value.size};

    print_done(tickets_load(life.tickets, &record));
}

static const struct {
    const char *name;
    int words; /* needed; one more may follow */
    void (*run)(char **words);
} commands[] = {
    {"begin", 2, do_begin},           {"catalogue", 1, do_catalogue},
    {"apply", 4, do_apply},           {"fire", 1, do_fire},
    {"recalendar", 1, do_recalendar}, {"commit", 0, do_commit},
    {"abort", 0, do_abort},           {"look", 0, do_look},
    {"restore", 0, do_restore},       {"load", 2, do_load},
};

static void run_line(char *line)
{
    char *words[MAX_WORDS + 1] = {NULL};
    const char *name = strsep(&line, " ");
    int n = 0;

    while (line && n < MAX_WORDS)
        words[n++] = strsep(&line, " ");
    arena_reset(life.arena);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(commands[i].name, name) != 0)
            continue;
        if (n < commands[i].words)
            die(name, "too few words");
        commands[i].run(words);
        return;
    }
    die(name, "no such command");
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;

    life.arena = arena_new(ARENA_CAP);
    while (getline(&line, &size, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        run_line(line);
    }
    free(line);
    tickets_free(&life.tickets);
    arena_free(&life.arena);
    catalogue_free(&life.cat);
    return 0;
}
