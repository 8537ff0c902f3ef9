/*
 * Lets other languages ask the time module: one question a line on standard
 * input, one answer a line on standard output. Times are UTC milliseconds.
 *
 *   calendar ID JSON      ok
 *   inherit ID PARENT JSON
 *   due ID START DURATION AT PROVISIONAL
 *   before ID END DURATION AT
 *   elapsed ID FROM TO    MILLISECONDS
 *   advance ID START OPEN AT PROVISIONAL
 *   open ID AT            0 or 1
 *   day ID yyyy-mm-dd     KIND MINUTES
 *   local ZONE AT         LOCAL
 *   utc ZONE LOCAL        AT
 */
#include "calendar.h"
#include "calendar_spec.h"
#include "civil.h"
#include "zone.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NAMES = 256, MAX_WORDS = 4 };

struct question {
    char *words[MAX_WORDS];
    char *rest; /* behind the words that the command takes */
};

static struct {
    char *id;
    struct calendar_spec *spec;
    struct calendar *cal;
} calendars[MAX_NAMES];

static struct {
    char *name;
    struct zone *zone;
} zones[MAX_NAMES];

static void die(const char *what, const char *why)
{
    fprintf(stderr, "calendar: %s: %s\n", what, why);
    exit(1);
}

static int find_calendar(const char *id)
{
    for (int i = 0; i < MAX_NAMES && calendars[i].id != NULL; i++)
        if (strcmp(calendars[i].id, id) == 0)
            return i;
    die(id, "no such calendar");
    return 0;
}

static const struct calendar *calendar_of(const struct question *q)
{
    return calendars[find_calendar(q->words[0])].cal;
}

static void add_calendar(const char *id, const char *parent, const char *json)
{
    char why[CALENDAR_WHY_SIZE];
    int i = 0;
    while (calendars[i].id != NULL)
        if (++i == MAX_NAMES)
            die(id, "too many calendars");
    calendars[i].spec = calendar_spec_parse(json, strlen(json), why);
    if (calendars[i].spec == NULL)
        die(id, why);
    const struct calendar_spec *lineage[2] = {calendars[i].spec};
    size_t n = 1;
    if (parent != NULL)
        lineage[n++] = calendars[find_calendar(parent)].spec;
    if (!calendar_compile(id, lineage, n, &calendars[i].cal, why))
        die(id, why);
    calendars[i].id = strdup(id);
    puts("ok");
}

static void answer_calendar(const struct question *q)
{
    add_calendar(q->words[0], NULL, q->rest);
}

static void answer_inherit(const struct question *q)
{
    add_calendar(q->words[0], q->words[1], q->rest);
}

static struct duration duration_of(const char *text)
{
    char why[CALENDAR_WHY_SIZE];
    struct duration d;
    if (!duration_parse(text, &d, why, sizeof why))
        die(text, why);
    return d;
}

static int64_t number(const char *text)
{
    return strtoll(text, NULL, 10);
}

static void print_due(struct calendar_due due)
{
    printf("%" PRId64 " %d\n", due.at, due.provisional);
}

static void answer_due(const struct question *q)
{
    print_due(calendar_due(calendar_of(q), number(q->words[1]),
                           duration_of(q->words[2])));
}

static void answer_before(const struct question *q)
{
    printf("%" PRId64 "\n", calendar_before(calendar_of(q), number(q->words[1]),
                                            duration_of(q->words[2])));
}

static void answer_elapsed(const struct question *q)
{
    printf("%" PRId64 "\n",
           calendar_elapsed(calendar_of(q), number(q->words[1]),
                            number(q->words[2])));
}

static void answer_advance(const struct question *q)
{
    print_due(calendar_advance(calendar_of(q), number(q->words[1]),
                               number(q->words[2])));
}

static void answer_open(const struct question *q)
{
    printf("%d\n", calendar_is_open(calendar_of(q), number(q->words[1])));
}

static void answer_day(const struct question *q)
{
    int32_t day_number;
    if (!civil_parse(q->words[1], &day_number))
        die(q->words[1], "no date");
    struct calendar_day day = calendar_day(calendar_of(q), day_number);
    int minutes = 0;
    for (int i = 0; i < day.hours.n; i++)
        minutes += day.hours.spans[i].until - day.hours.spans[i].from;
    printf("%d %d\n", (int)day.kind, minutes);
}

static const struct zone *zone_of(const char *name)
{
    char why[CALENDAR_WHY_SIZE];
    int i = 0;
    for (; i < MAX_NAMES && zones[i].name != NULL; i++)
        if (strcmp(zones[i].name, name) == 0)
            return zones[i].zone;
    if (i == MAX_NAMES)
        die(name, "too many zones");
    zones[i].zone = zone_load(name, why, sizeof why);
    if (zones[i].zone == NULL)
        die(name, why);
    zones[i].name = strdup(name);
    return zones[i].zone;
}

static void answer_local(const struct question *q)
{
    printf("%" PRId64 "\n",
           zone_to_local(zone_of(q->words[0]), number(q->words[1])));
}

static void answer_utc(const struct question *q)
{
    printf("%" PRId64 "\n",
           zone_to_utc(zone_of(q->words[0]), number(q->words[1])));
}

static const struct {
    const char *name;
    int words;
    void (*answer)(const struct question *q);
} commands[] = {
    {"calendar", 1, answer_calendar}, {"inherit", 2, answer_inherit},
    {"due", 3, answer_due},           {"before", 3, answer_before},
    {"elapsed", 3, answer_elapsed},   {"advance", 3, answer_advance},
    {"open", 2, answer_open},         {"day", 2, answer_day},
    {"local", 2, answer_local},       {"utc", 2, answer_utc},
};

static void answer_line(char *line)
{
    struct question q = {.rest = line};
    const char *name = strsep(&q.rest, " ");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].name, name) != 0)
            continue;
        for (int w = 0; w < commands[i].words; w++) {
            q.words[w] = strsep(&q.rest, " ");
            if (q.words[w] == NULL)
                die(name, "too few words");
        }
        commands[i].answer(&q);
        return;
    }
    die(name, "no such command");
}

static void free_all(void)
{
    for (int i = 0; i < MAX_NAMES; i++) {
        free(calendars[i].id);
        calendar_spec_free(&calendars[i].spec);
        calendar_free(&calendars[i].cal);
        free(zones[i].name);
        zone_free(&zones[i].zone);
    }
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    while ((length = getline(&line, &size, stdin)) > 0) {
        line[strcspn(line, "\n")] = '\0';
        answer_line(line);
    }
    free(line);
    free_all();
    return 0;
}
