/*
 * dispatchctl catalogue: check, load, export and show the catalogue, and bring
 * back what it was.
 *
 *   folder of CSV files ──check──> findings
 *          │  ^
 *     load │  │ export        load writes the differences only, in one
 *          v  │               transaction, under the next version
 *         Redis ──show──> version, counts
 *          │  ^
 *  history │  │ rollback      the last versions, kept beside the tables
 *          v  │
 */
#include "catalogue_job.h"
#include "catalogue_suggest.h"
#include "ctl.h"
#include "live_catalogue.h"
#include "options.h"
#include "suggest.h"
#include "utf8.h"

#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define OFFSET(member) offsetof(struct catalogue_job, member)

/* One table; each sub-command takes a window of it: what all of them take
 * stands between what is for `diff` and what is for those that write. */
static const struct option_def options[] = {
    CTL_KAFKA_OPTIONS(struct catalogue_job),
    {'t', "topic", "TOPIC", OPTION_TEXT, OFFSET(topic),
     "of the tickets [tickets]", 0, 0},
    {'r', "replay", "N", OPTION_NUMBER, OFFSET(replay),
     "show which of the last N tickets of the topic\n"
     "would go elsewhere, instead of the entries",
     1, 100000000},
    /* For all of them: */
    {0, "redis", "URL", OPTION_TEXT, OFFSET(redis),
     "redis://user:password@host:port/db, rediss://,\n"
     "unix:///path or sentinel://host,host/service/db\n"
     "[DISPATCHER_REDIS_URL, else redis://127.0.0.1:6379/0]",
     0, 0},
    {0, "prefix", "TEXT", OPTION_TEXT, OFFSET(prefix),
     "what the names of the keys begin with [dispatch:]", 0, 0},
    {0, "json", NULL, OPTION_FLAG, OFFSET(json),
     "write JSON lines, for programs", 0, 0},
    /* For `load` and `rollback`: */
    {'n', "dry-run", NULL, OPTION_FLAG, OFFSET(dry_run),
     "check and show what differs; write nothing", 0, 0},
    {'m', "note", "TEXT", OPTION_TEXT, OFFSET(note), "why, for the history", 0,
     0},
    {0, "author", "NAME", OPTION_TEXT, OFFSET(author),
     "who, for the history [the name you logged in with]", 0, 0},
    {0, "above", "N", OPTION_NUMBER, OFFSET(above),
     "write a version higher than N, after Redis lost\n"
     "the catalogue or went back to an older one",
     0, 1L << 52},
};
enum {
    FOR_DIFF = 4,
    FOR_ALL = 3,
    FOR_WRITERS = sizeof options / sizeof options[0] - FOR_DIFF - FOR_ALL,
};
#define DIFF_OPTIONS options, FOR_DIFF + FOR_ALL
#define COMMON_OPTIONS options + FOR_DIFF, FOR_ALL
#define WRITE_OPTIONS options + FOR_DIFF, FOR_ALL + FOR_WRITERS

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
    const char *name;
    int (*run)(struct catalogue_job *job, char **operands);
    const char *needs; /* what to ask for without an operand; NULL: nothing */
    const char *description;
    struct command_line line;
} commands[] = {
    {"check",
     catalogue_check_command,
     NULL,
     "say what is wrong with a folder, or with what Redis holds",
     {"[FOLDER]",
      "Checks the catalogue in a folder of CSV files, or in Redis, as the\n"
      "dispatcher does. Exit code 1 when there is an error.",
      COMMON_OPTIONS, NULL}},
    {"diff",
     catalogue_diff_command,
     "which folder?",
     "show in what a folder differs from Redis",
     {"FOLDER",
      "Shows what `load` would write: what goes after a minus, what comes\n"
      "after a plus. With --replay it shows what that means for the last\n"
      "tickets.",
      DIFF_OPTIONS, "  dispatchctl catalogue diff --replay 10000 city/\n"}},
    {"load",
     catalogue_load_command,
     "which folder?",
     "check a folder and write what differs to Redis",
     {"FOLDER",
      "Checks the folder, shows what differs from Redis and writes that in\n"
      "one transaction under the next version. Refuses when somebody changed\n"
      "the catalogue since the folder was exported (row `version` of\n"
      "meta.csv) or meanwhile.",
      WRITE_OPTIONS,
      "  dispatchctl catalogue load --dry-run city/\n"
      "  dispatchctl catalogue load --note 'gas moves to heating' city/\n"}},
    {"history",
     catalogue_history_command,
     NULL,
     "list the versions that are kept",
     {"",
      "Lists the last versions that were loaded, and those that somebody had\n"
      "made by hand before, newest first: at most 20.",
      COMMON_OPTIONS, NULL}},
    {"rollback",
     catalogue_rollback_command,
     "to which version? `dispatchctl catalogue history` lists them",
     "write a former version again, as the next one",
     {"VERSION",
      "Checks a version of the history, shows what differs from Redis and\n"
      "writes that under the next version.",
      WRITE_OPTIONS,
      "  dispatchctl catalogue rollback 41 --note 'wrong area codes'\n"}},
    {"export",
     catalogue_export_command,
     "to which folder?",
     "write what Redis holds to a folder",
     {"FOLDER", "Writes the catalogue as CSV files, one for each table.",
      COMMON_OPTIONS, NULL}},
    {"show",
     catalogue_show_command,
     NULL,
     "version, checksum and number of entries",
     {"", "Shows which catalogue Redis holds.", COMMON_OPTIONS, NULL}},
    /* With options of its own. */
    {"suggest",
     NULL,
     NULL,
     "propose rules that past tickets follow",
     {NULL, NULL, NULL, 0, NULL}},
};

static int help(FILE *out)
{
    fputs("usage: dispatchctl catalogue COMMAND [options] ...\n\nCommands:\n",
          out);
    for (size_t i = 0; i < COUNT(commands); i++)
        fprintf(out, "  %-12s%s\n", commands[i].name, commands[i].description);
    fputs("\ndispatchctl catalogue COMMAND --help explains one.\n", out);
    return out == stdout ? CTL_OK : CTL_USAGE;
}

static const char *user_name(void)
{
    const struct passwd *user = getpwuid(geteuid());

    return user != NULL ? user->pw_name : "";
}

static bool is_text(const char *text)
{
    return utf8_is_text(text, strlen(text));
}

static int run_command(size_t i, int argc, char **argv)
{
    const struct live_catalogue live = live_catalogue_default();
    struct catalogue_job job = {
        .redis = live.redis,
        .prefix = live.prefix,
        .author = user_name(),
        .note = "",
        .topic = "tickets",
    };
    char name[32];
    int first, result;

    if (commands[i].run == NULL)
        return catalogue_suggest(argc, argv);
    snprintf(name, sizeof name, "catalogue %s", commands[i].name);
    argv[0] = name; /* for messages */
    switch (options_read(&commands[i].line, argc, argv, &job, &first)) {
    case OPTIONS_HELP:
        return CTL_OK;
    case OPTIONS_USAGE:
        return CTL_USAGE;
    case OPTIONS_OK:
        break;
    }
    if (argc - first > 1)
        return options_wrong(name, "one at a time");
    if (argc == first && commands[i].needs != NULL)
        return options_wrong(name, "%s", commands[i].needs);
    if (!is_text(job.author) || !is_text(job.note))
        return options_wrong(name, "--author and --note must be UTF-8");
    result = commands[i].run(&job, argv + first);
    job_clean_up(&job);
    return result;
}

int catalogue_command(int argc, char **argv)
{
    struct suggest near;
    char hint[SUGGEST_TEXT_SIZE];

    if (argc < 2)
        return help(stderr);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return help(stdout);
    suggest_begin(&near, argv[1]);
    for (size_t i = 0; i < COUNT(commands); i++) {
        if (strcmp(argv[1], commands[i].name) == 0)
            return run_command(i, argc - 1, argv + 1);
        suggest_consider(&near, commands[i].name);
    }
    return options_wrong("catalogue", "no command is called %s%s", argv[1],
                         suggest_text(&near, hint));
}
