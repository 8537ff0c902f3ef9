/*
 * getopt_long, fed from a command's table.
 */
#include "options.h"

#include "ctl.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPTIONS = 40, HELP_COLUMN = 28, FIRST_VALUE = 256 };

int options_wrong(const char *command, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "dispatchctl %s: ", command);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\nSee dispatchctl help %s.\n", command);
    va_end(args);
    return CTL_USAGE;
}

/* "  -b, --brokers HOST:PORT   help", with the help's further lines below. */
static void print_option(const struct option_def *def)
{
    char left[80];
    if (def->name == NULL && def->letter == 0) { /* a heading */
        printf("\n%s\n", def->help);
        return;
    }
    int n = snprintf(
        left, sizeof left, "  %c%c%s%s%s%s%s", def->letter != 0 ? '-' : ' ',
        def->letter != 0 ? def->letter : ' ',
        def->letter != 0 && def->name != NULL ? ", " : "",
        def->letter == 0 ? "  " : "", def->name != NULL ? "--" : "",
        def->name != NULL ? def->name : "", def->argument != NULL ? " " : "");
    printf("%s%s", left, def->argument != NULL ? def->argument : "");
    n += def->argument != NULL ? (int)strlen(def->argument) : 0;
    if (n >= HELP_COLUMN) {
        putchar('\n');
        n = 0;
    }
    printf("%*s", HELP_COLUMN - n, "");
    for (const char *p = def->help; *p != '\0'; p++) {
        putchar(*p);
        if (*p == '\n')
            printf("%*s", HELP_COLUMN, "");
    }
    putchar('\n');
}

static void print_help(const struct command_line *line, const char *command)
{
    printf("usage: dispatchctl %s [options] %s\n\n%s\n\nOptions:\n", command,
           line->usage, line->about);
    for (size_t i = 0; i < line->n_options; i++)
        print_option(&line->options[i]);
    printf("%-*s%s\n", HELP_COLUMN, "  -h, --help", "print this");
    if (line->examples != NULL)
        printf("\nExamples:\n%s\n", line->examples);
}

/* The place of `value` among the words of "now|occurred", or -1. */
static int choice_index(const char *choices, const char *value)
{
    size_t size = strlen(value);
    int index = 0;
    for (const char *p = choices;; p++, index++) {
        size_t word = strcspn(p, "|");
        if (word == size && strncmp(p, value, size) == 0)
            return index;
        p += word;
        if (*p == '\0')
            return -1;
    }
}

static bool store_number(const struct option_def *def, const char *value,
                         long *out)
{
    char *end;
    errno = 0;
    long number = strtol(value, &end, 10);
    if (end == value || *end != '\0' || errno != 0 || number < def->min ||
        number > def->max)
        return false;
    *out = number;
    return true;
}

static bool store(const struct option_def *def, char *target, const char *value)
{
    void *at = target + def->offset;
    struct option_list *list = at;
    int choice;

    switch (def->kind) {
    case OPTION_FLAG:
        *(bool *)at = true;
        return true;
    case OPTION_TEXT:
        *(const char **)at = value;
        return true;
    case OPTION_NUMBER:
        return store_number(def, value, at);
    case OPTION_CHOICE:
        choice = choice_index(def->argument, value);
        if (choice >= 0)
            *(int *)at = choice;
        return choice >= 0;
    case OPTION_LIST:
        if (list->n == OPTION_LIST_MAX)
            return false;
        list->items[list->n++] = value;
        return true;
    }
    return false;
}

static int complain(const struct option_def *def, const char *command,
                    const char *value)
{
    const char *dashes = def->name != NULL ? "--" : "-";
    char letter[2] = {def->letter, '\0'};
    const char *name = def->name != NULL ? def->name : letter;

    if (def->kind == OPTION_NUMBER)
        return options_wrong(command,
                             "%s%s %s: must be a number from %ld to %ld",
                             dashes, name, value, def->min, def->max);
    if (def->kind == OPTION_CHOICE)
        return options_wrong(command, "%s%s %s: must be one of %s", dashes,
                             name, value, def->argument);
    return options_wrong(command, "%s%s is given too often", dashes, name);
}

/* getopt's two tables. A long option's value is its place in ours. */
static void fill_getopt(const struct command_line *line, struct option *longs,
                        char *letters)
{
    *letters++ = 'h';
    *longs++ = (struct option){"help", no_argument, NULL, 'h'};
    for (size_t i = 0; i < line->n_options; i++) {
        const struct option_def *def = &line->options[i];
        bool valued = def->kind != OPTION_FLAG;
        if (def->name != NULL)
            *longs++ = (struct option){def->name,
                                       valued ? required_argument : no_argument,
                                       NULL, FIRST_VALUE + (int)i};
        if (def->letter != 0)
            *letters++ = def->letter;
        if (def->letter != 0 && valued)
            *letters++ = ':';
    }
    *letters = '\0';
    *longs = (struct option){0};
}

static const struct option_def *find(const struct command_line *line, int value)
{
    if (value >= FIRST_VALUE)
        return &line->options[value - FIRST_VALUE];
    for (size_t i = 0; i < line->n_options; i++)
        if (line->options[i].letter == value)
            return &line->options[i];
    return NULL;
}

enum options_result options_read(const struct command_line *line, int argc,
                                 char **argv, void *target, int *first)
{
    struct option longs[MAX_OPTIONS + 2];
    char letters[2 * MAX_OPTIONS + 2];
    int value;

    assert(line->n_options <= MAX_OPTIONS);
    fill_getopt(line, longs, letters);
    optind = 0; /* glibc: begin anew */
    while ((value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        if (value == 'h') {
            print_help(line, argv[0]);
            return OPTIONS_HELP;
        }
        const struct option_def *def = find(line, value);
        if (def == NULL) { /* getopt has said what is wrong */
            fprintf(stderr, "See dispatchctl help %s.\n", argv[0]);
            return OPTIONS_USAGE;
        }
        if (!store(def, target, optarg)) {
            complain(def, argv[0], optarg);
            return OPTIONS_USAGE;
        }
    }
    *first = optind;
    return OPTIONS_OK;
}
