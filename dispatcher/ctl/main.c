/*
 * dispatchctl: the operator's tool. Its commands stand in one table, from
 * which they are called and listed.
 */
#include "ctl.h"

#include "kafka_destroy.h"
#include "standard_files.h"
#include "suggest.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DESTROY_MS = 5000 }; /* clients may take a second to go */

static int help_command(int argc, char **argv);

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *description;
} commands[] = {
    {"audit", audit_command,
     "prove from the topics that nothing is lost and nothing is there twice"},
    {"catalogue", catalogue_command,
     "check, load, export and roll back the dispatch catalogue"},
    {"calendar", calendar_command,
     "draw a year of a working calendar, read holidays"},
    {"explain", explain_command,
     "say who would get a ticket, why, and by when"},
    {"lag", lag_command, "show how far a consumer group is behind"},
    {"publish", publish_command, "publish tickets from CSV or JSON lines"},
    {"redispatch", redispatch_command,
     "send on what a wrong catalogue sent wrong"},
    {"tail", tail_command, "show a topic's records as they arrive"},
    {"ticket", ticket_command, "look at tickets, and act on them"},
    {"help", help_command, "explain a command"},
};
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void print_help(FILE *out)
{
    fputs("usage: dispatchctl COMMAND [options] ...\n\n"
          "Commands:\n",
          out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-12s%s\n", commands[i].name, commands[i].description);
    fputs(
        "\n"
        "dispatchctl help COMMAND explains one. Kafka is found with --brokers "
        "or\n"
        "DISPATCHER_KAFKA_BOOTSTRAP_SERVERS, Redis with --redis or\n"
        "DISPATCHER_REDIS_URL.\n"
        "Exit codes: 0 done, 1 something failed or audit found a violation, "
        "2 lag is\nabove a limit, 64 the command line is wrong.\n",
        out);
}

static int wrong_command(const char *name)
{
    struct suggest suggest;
    char text[SUGGEST_TEXT_SIZE];
    suggest_begin(&suggest, name);
    for (size_t i = 0; i < COMMANDS; i++)
        suggest_consider(&suggest, commands[i].name);
    fprintf(stderr, "dispatchctl: no command is called %s%s\n\n", name,
            suggest_text(&suggest, text));
    print_help(stderr);
    return CTL_USAGE;
}

static int run_command(int argc, char **argv)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(argv[0], commands[i].name) == 0)
            return commands[i].run(argc, argv);
    return wrong_command(argv[0]);
}

static int help_command(int argc, char **argv)
{
    char option[] = "--help";
    char *inner[] = {argc > 1 ? argv[1] : NULL, argc > 2 ? argv[2] : option,
                     argc > 2 ? option : NULL, NULL};

    if (argc == 1 || strcmp(argv[1], argv[0]) == 0 || argv[1][0] == '-') {
        print_help(stdout);
        return CTL_OK;
    }
    return run_command(argc > 2 ? 3 : 2, inner);
}

int main(int argc, char **argv)
{
    /* A reader that goes away (| head) shows as a failed write, not as a
     * death inside librdkafka. */
    signal(SIGPIPE, SIG_IGN);

    if (!standard_files_reserve())
        return CTL_FAILED;
    if (argc < 2) {
        print_help(stderr);
        return CTL_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(stdout);
        return CTL_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("dispatchctl " DISPATCHER_VERSION);
        return CTL_OK;
    }
    int code = run_command(argc - 1, argv + 1);

    if (!kafka_destroy_wait(DESTROY_MS))
        _exit(code);
    return code;
}
