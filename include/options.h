/*
 * Options of dispatchctl's commands: one table for each command, from which
 * the command line is read and --help is printed.
 */
#ifndef DISPATCHER_OPTIONS_H
#define DISPATCHER_OPTIONS_H

#include <stddef.h>

/* What an option's value becomes in the command's struct of options. */
enum option_kind {
    OPTION_FLAG,   /* bool: no value; set to true */
    OPTION_TEXT,   /* const char *: borrowed from argv */
    OPTION_NUMBER, /* long, between min and max */
    OPTION_CHOICE, /* int: the place in `argument`, "now|occurred", from 0 */
    OPTION_LIST,   /* struct option_list: may be given several times */
};

/* The values of an option that may be given several times. */
enum { OPTION_LIST_MAX = 64 };
struct option_list {
    const char *items[OPTION_LIST_MAX];
    size_t n;
};

/* One option; without letter and name it is a heading in --help. */
struct option_def {
    char letter;          /* -b; 0: none */
    const char *name;     /* --brokers; NULL: only the letter */
    const char *argument; /* what --help calls the value */
    enum option_kind kind;
    size_t offset; /* in the command's struct of options */
    const char *help;
    long min, max; /* of OPTION_NUMBER */
};

/* How a command is called. */
struct command_line {
    const char *usage; /* operands: "FILE..." */
    const char *about; /* what it does; whole sentences, lines of 80 columns */
    const struct option_def *options;
    size_t n_options;
    const char *examples; /* lines, or NULL */
};

enum options_result {
    OPTIONS_OK,
    OPTIONS_HELP,  /* --help was given and is printed */
    OPTIONS_USAGE, /* wrong; it was said on standard error */
};

/* Reads argv into *target, which holds the defaults before. Options may
 * stand anywhere; operands are moved to the end of argv, the first one to
 * argv[*first]. Each option without a value in argv is looked up nowhere else:
 * defaults from the environment are the caller's. */
enum options_result options_read(const struct command_line *line, int argc,
                                 char **argv, void *target, int *first);

/* Says what is wrong with the command line and where help is; returns
 * CTL_USAGE. */
int options_wrong(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
