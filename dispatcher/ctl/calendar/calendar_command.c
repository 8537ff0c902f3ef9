/*
 * dispatchctl calendar: shows a year of a calendar, and reads the days of an
 * iCalendar file.
 */
#include "calendar_command.h"

#include "calendar.h"
#include "catalogue.h"
#include "civil.h"
#include "ctl.h"
#include "live_catalogue.h"
#include "options.h"
#include "suggest.h"

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct calendar_options {
    long year; /* 0: not given */
    struct calendar_source from;
    const char *workday;
    bool json;
};

#define OPTION(letter_, name_, argument_, kind_, member, help_)                \
    {                                                                          \
        .letter = letter_, .name = name_, .argument = argument_,               \
        .kind = kind_, .offset = offsetof(struct calendar_options, member),    \
        .help = help_, .min = CALENDAR_FIRST_YEAR, .max = CALENDAR_LAST_YEAR   \
    }

static const struct option_def show_options[] = {
    OPTION('y', "year", "YEAR", OPTION_NUMBER, year, "[this year]"),
    OPTION('C', "catalogue", "FOLDER", OPTION_TEXT, from.folder,
           "a folder with calendars.csv, instead of Redis"),
    OPTION(0, "redis", "URL", OPTION_TEXT, from.redis,
           "redis://user:password@host:port/db, rediss://,\n"
           "unix:///path or sentinel://host,host/service/db\n"
           "[DISPATCHER_REDIS_URL, else redis://127.0.0.1:6379/0]"),
    OPTION(0, "prefix", "TEXT", OPTION_TEXT, from.prefix,
           "what the names of the keys begin with [dispatch:]"),
    OPTION(0, "json", NULL, OPTION_FLAG, json, "print one JSON object"),
};

static const struct option_def import_options[] = {
    OPTION('y', "year", "YEAR", OPTION_NUMBER, year,
           "only the days of this year [all; of events that\n"
           "recur: this year and the next]"),
    OPTION('w', "workdays", "TEXT", OPTION_TEXT, workday,
           "events with this text in their summary are make-up\n"
           "working days [班]"),
    OPTION(0, "json", NULL, OPTION_FLAG, json,
           "print one JSON object, as in the catalogue"),
};

static long this_year(void)
{
    time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    return local.tm_year + 1900L;
}

static int show(const struct calendar_options *o, const char *id)
{
    long year = o->year != 0 ? o->year : this_year();
    struct catalogue *cat = calendar_load(&o->from);
    if (cat == NULL)
        return CTL_FAILED;
    const struct calendar *cal = catalogue_calendar(cat, id);
    if (cal == NULL)
        fprintf(stderr,
                "dispatchctl calendar show: no calendar is called "
                "%s\n",
                id);
    else if (o->json)
        calendar_print_year(cal, (int32_t)year);
    else
        calendar_draw_year(cal, (int32_t)year);
    catalogue_free(&cat);
    return cal != NULL ? CTL_OK : CTL_FAILED;
}

/* As a cell of calendars.csv. */
static void print_cell(const char *name, const int32_t *days, int32_t n)
{
    printf("%s:", name);
    for (int32_t i = 0; i < n; i++) {
        char date[CIVIL_TEXT_SIZE];
        printf("%s %s", i > 0 ? ";" : "", civil_format(days[i], date));
    }
    putchar('\n');
}

static json_t *dates_json(const int32_t *days, int32_t n)
{
    json_t *list = json_array();
    for (int32_t i = 0; i < n; i++) {
        char date[CIVIL_TEXT_SIZE];
        json_array_append_new(list, json_string(civil_format(days[i], date)));
    }
    return list;
}

static void print_days(const struct ics_days *days, bool json)
{
    if (!json) {
        print_cell("holidays", days->holidays, days->n_holidays);
        print_cell("workdays", days->workdays, days->n_workdays);
        return;
    }
    json_t *object = json_pack(
        "{s:o, s:o}", "holidays", dates_json(days->holidays, days->n_holidays),
        "workdays", dates_json(days->workdays, days->n_workdays));
    json_dumpf(object, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
    putchar('\n');
    json_decref(object);
}

static int import(const struct calendar_options *o, const char *path)
{
    struct ics_days days;
    char why[512];
    struct ics_filter filter = {
        .first_year = (int32_t)(o->year != 0 ? o->year : CALENDAR_FIRST_YEAR),
        .last_year = (int32_t)(o->year != 0 ? o->year : this_year() + 1),
        .workday = o->workday,
    };
    if (!ics_read(path, &filter, &days, why, sizeof why)) {
        fprintf(stderr, "dispatchctl calendar import: %s\n", why);
        return CTL_FAILED;
    }
    print_days(&days, o->json);
    if (days.n_skipped > 0)
        fprintf(stderr,
                "dispatchctl calendar import: events with a time of day were "
                "left out (%d): write half days by hand\n",
                days.n_skipped);
    ics_days_deinit(&days);
    return CTL_OK;
}

static const struct {
    const char *name;
    int (*run)(const struct calendar_options *o, const char *operand);
    const char *description;
    struct command_line line;
} commands[] = {
    {"show",
     show,
     "draw a year of a calendar",
     {"ID",
      "Draws a year of a calendar of the catalogue: working days, holidays,\n"
      "half days and make-up days. 24x7 always exists.",
      show_options, sizeof show_options / sizeof show_options[0],
      "  dispatchctl calendar show china --year 2026 \\\n"
      "      --catalogue examples/calendars\n"}},
    {"import",
     import,
     "read holidays and make-up days from an iCalendar file",
     {"FILE.ics",
      "Prints the days of the all-day events of an iCalendar file as they\n"
      "are written in calendars.csv. Nothing is changed.",
      import_options, sizeof import_options / sizeof import_options[0],
      "  dispatchctl calendar import holidays.ics --year 2027\n"}},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static int help(FILE *out)
{
    fputs("usage: dispatchctl calendar COMMAND [options] ...\n\nCommands:\n",
          out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-12s%s\n", commands[i].name, commands[i].description);
    fputs("\ndispatchctl calendar COMMAND --help explains one.\n", out);
    return out == stdout ? CTL_OK : CTL_USAGE;
}

static int run_command(size_t i, int argc, char **argv)
{
    const struct live_catalogue live = live_catalogue_default();
    struct calendar_options o = {
        .from = {.redis = live.redis, .prefix = live.prefix},
        .workday = "班",
    };
    char name[32];
    int first;
    snprintf(name, sizeof name, "calendar %s", commands[i].name);
    argv[0] = name; /* for messages */
    switch (options_read(&commands[i].line, argc, argv, &o, &first)) {
    case OPTIONS_HELP:
        return CTL_OK;
    case OPTIONS_USAGE:
        return CTL_USAGE;
    case OPTIONS_OK:
        break;
    }
    if (argc - first != 1)
        return options_wrong(name, "one %s, please", commands[i].line.usage);
    return commands[i].run(&o, argv[first]);
}

int calendar_command(int argc, char **argv)
{
    struct suggest near;
    char hint[SUGGEST_TEXT_SIZE];
    if (argc < 2)
        return help(stderr);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return help(stdout);
    suggest_begin(&near, argv[1]);
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) == 0)
            return run_command(i, argc - 1, argv + 1);
        suggest_consider(&near, commands[i].name);
    }
    return options_wrong("calendar", "no command is called %s%s", argv[1],
                         suggest_text(&near, hint));
}
