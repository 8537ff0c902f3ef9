/*
 * dispatchctl catalogue: check, load, export and show the catalogue.
 *
 *   folder of CSV files ──check──> findings
 *          │  ^
 *     load │  │ export        load writes the differences only, in one
 *          v  │               transaction, under the next version
 *         Redis ──show──> version, counts
 */
#include "catalogue.h"
#include "catalogue_differences.h"
#include "catalogue_findings.h"
#include "csv_tables.h"
#include "ctl.h"
#include "findings.h"
#include "options.h"
#include "redis_client.h"
#include "redis_tables.h"
#include "suggest.h"
#include "tables.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A million rules may keep Redis busy for seconds. */
enum { CALL_MS = 30000 };

/* The options of all sub-commands, and what they work on. */
struct catalogue_options {
    const char *redis;
    const char *prefix;
    bool json;
    bool dry_run;
    long above;

    struct redis_client *client;
    struct catalogue_tables *stored; /* what Redis holds */
    struct catalogue_tables *edited; /* what the folder holds */
    struct findings findings;
};

#define OFFSET(member) offsetof(struct catalogue_options, member)
static const struct option_def options[] = {
    {0, "redis", "URL", OPTION_TEXT, OFFSET(redis),
     "redis://user:password@host:port/db, rediss:// or\n"
     "unix:///path [DISPATCHER_REDIS_URL, else\n"
     "redis://127.0.0.1:6379/0]",
     0, 0},
    {0, "prefix", "TEXT", OPTION_TEXT, OFFSET(prefix),
     "what the names of the keys begin with [dispatch:]", 0, 0},
    {0, "json", NULL, OPTION_FLAG, OFFSET(json),
     "write JSON lines, for programs", 0, 0},
    /* For `load` only: */
    {'n', "dry-run", NULL, OPTION_FLAG, OFFSET(dry_run),
     "check and show what differs; write nothing", 0, 0},
    {0, "above", "N", OPTION_NUMBER, OFFSET(above),
     "write a version higher than N, after Redis lost\n"
     "the catalogue or went back to an older one",
     0, 1L << 52},
};
enum { COMMON_OPTIONS = 3, LOAD_OPTIONS = sizeof options / sizeof options[0] };

/* ------------------------------------------------------------------- parts */

static int failed(const char *why)
{
    fprintf(stderr, "dispatchctl catalogue: %s\n", why);
    return CTL_FAILED;
}

static bool connect_redis(struct catalogue_options *o)
{
    struct redis_address address;
    char why[REDIS_WHY_SIZE];

    if (!redis_address_parse(o->redis, &address, why)) {
        fprintf(stderr, "dispatchctl catalogue: the Redis URL is wrong: %s\n",
                why);
        return false;
    }
    o->client = redis_client_open(&address, CALL_MS, why);
    redis_address_deinit(&address);
    if (o->client == NULL)
        failed(why);
    return o->client != NULL;
}

static bool read_stored(struct catalogue_options *o, enum redis_hold hold)
{
    char why[REDIS_WHY_SIZE];

    if (!connect_redis(o))
        return false;
    o->stored = tables_new();
    if (redis_tables_read(o->client, o->prefix, TABLES_ALL, hold, o->stored,
                          why) == STATUS_OK)
        return true;
    failed(why);
    return false;
}

/* The version and checksum of a folder say where it came from; they are not
 * part of what is checked and loaded. *base (may be NULL) gets the version,
 * "" when the folder names none. */
static bool read_edited(struct catalogue_options *o, const char *folder,
                        char base[TABLES_VERSION_SIZE])
{
    const struct table_row *version;

    o->edited = tables_new();
    if (csv_tables_read(folder, o->edited, &o->findings) != STATUS_OK)
        return false;
    version = tables_find(o->edited, TABLE_META, "version");
    if (base != NULL)
        snprintf(base, TABLES_VERSION_SIZE, "%s",
                 version == NULL ? "" : version->value);
    tables_remove(o->edited, TABLE_META, "version");
    tables_remove(o->edited, TABLE_META, "checksum");
    return true;
}

static bool compile(struct catalogue_options *o,
                    const struct catalogue_tables *tables)
{
    struct catalogue *cat = NULL;

    if (catalogue_compile(tables, &o->findings, &cat) != STATUS_OK)
        return false;
    catalogue_free(&cat);
    return true;
}

static void print_check(const struct catalogue_options *o,
                        const struct catalogue_tables *tables,
                        const char *folder)
{
    catalogue_findings_print(&o->findings, folder, o->json);
    if (o->json)
        return;
    for (int id = 0; id < TABLE_META; id++)
        printf("%s%zu %s", id == 0 ? "" : ", ", tables->tables[id].n,
               table_name((enum table_id)id));
    printf(": %zu error%s, %zu warning%s\n", o->findings.errors,
           o->findings.errors == 1 ? "" : "s", o->findings.warnings,
           o->findings.warnings == 1 ? "" : "s");
}

/* ------------------------------------------------------------------- check */

static int check_folder(struct catalogue_options *o, const char *folder)
{
    bool good = read_edited(o, folder, NULL) && compile(o, o->edited);

    print_check(o, o->edited, folder);
    return good ? CTL_OK : CTL_FAILED;
}

static int check(struct catalogue_options *o, char **operands)
{
    bool good;

    if (operands[0] != NULL)
        return check_folder(o, operands[0]);
    if (!read_stored(o, REDIS_RELEASE))
        return CTL_FAILED;
    good = compile(o, o->stored);
    print_check(o, o->stored, NULL);
    return good ? CTL_OK : CTL_FAILED;
}

/* -------------------------------------------------------------------- load */

static bool is_empty(const struct catalogue_tables *tables)
{
    size_t n = 0;

    for (int id = 0; id < TABLES; id++)
        n += tables->tables[id].n;
    return n == 0;
}

/* A folder that names the version it was exported from is loaded over that
 * version only, so that nobody's change is lost. */
static bool base_is_current(const struct catalogue_options *o, const char *base,
                            const char *current)
{
    if (base[0] == '\0' || is_empty(o->stored) || strcmp(base, current) == 0)
        return true;
    fprintf(stderr,
            "dispatchctl catalogue: the folder comes from version %s, but "
            "Redis holds %s: export that and merge, or remove the row "
            "`version` from meta.csv to load it all the same\n",
            base, current);
    return false;
}

static int64_t next_version(const struct catalogue_options *o, const char *base)
{
    int64_t number, from = strtoll(base, NULL, 10);

    /* Nonsense in Redis counts as 0 and is overwritten. */
    (void)!tables_version_number(o->stored, &number);
    if (number < from)
        number = from;
    if (number < o->above)
        number = o->above;
    return number + 1;
}

/* The folder follows the version that it became. */
static void write_base(struct catalogue_options *o, const char *folder)
{
    tables_remove(o->edited, TABLE_META, "checksum");
    if (csv_table_write(folder, TABLE_META, o->edited, &o->findings) !=
        STATUS_OK)
        catalogue_findings_print(&o->findings, folder, o->json);
}

static int write_edited(struct catalogue_options *o, const char *folder,
                        const char *base, const char *current)
{
    char checksum[TABLES_CHECKSUM_SIZE], version[TABLES_VERSION_SIZE];
    char why[REDIS_WHY_SIZE];

    if (!o->json)
        catalogue_differences_count(o->stored, o->edited);
    tables_checksum(o->edited, checksum);
    snprintf(version, sizeof version, "%" PRId64, next_version(o, base));
    if (!o->json)
        printf("version      %s -> %s%s\n", current, version,
               o->dry_run ? " (not written)" : "");
    if (o->dry_run)
        return CTL_OK;
    tables_set(o->edited, TABLE_META, "version", version);
    tables_set(o->edited, TABLE_META, "checksum", checksum);
    if (redis_tables_write(o->client, o->prefix, o->stored, o->edited, why) !=
        STATUS_OK)
        return failed(why);
    if (base[0] != '\0')
        write_base(o, folder);
    return CTL_OK;
}

static int load(struct catalogue_options *o, char **operands)
{
    char base[TABLES_VERSION_SIZE], current[TABLES_VERSION_SIZE];
    char stored[TABLES_CHECKSUM_SIZE], edited[TABLES_CHECKSUM_SIZE];
    const char *folder = operands[0];

    if (folder == NULL)
        return options_wrong("catalogue load", "which folder?");
    if (!read_edited(o, folder, base) || !compile(o, o->edited)) {
        print_check(o, o->edited, folder);
        return failed("nothing was loaded");
    }
    catalogue_findings_print(&o->findings, folder, o->json);
    if (!read_stored(o, REDIS_HOLD))
        return CTL_FAILED;
    tables_checksum(o->stored, stored);
    tables_checksum(o->edited, edited);
    tables_version(o->stored, stored, current);
    if (is_empty(o->stored))
        snprintf(current, sizeof current, "none");
    if (!base_is_current(o, base, current))
        return CTL_FAILED;
    if (strcmp(stored, edited) == 0 && strchr(current, '+') == NULL &&
        next_version(o, base) == strtoll(current, NULL, 10) + 1) {
        printf("nothing differs; version %s stays\n", current);
        return CTL_OK;
    }
    return write_edited(o, folder, base, current);
}

/* -------------------------------------------------------------------- diff */

static int diff(struct catalogue_options *o, char **operands)
{
    if (operands[0] == NULL)
        return options_wrong("catalogue diff", "which folder?");
    if (!read_edited(o, operands[0], NULL)) {
        print_check(o, o->edited, operands[0]);
        return CTL_FAILED;
    }
    if (!read_stored(o, REDIS_RELEASE))
        return CTL_FAILED;
    /* What only the tool writes is no difference between contents. */
    tables_remove(o->stored, TABLE_META, "version");
    tables_remove(o->stored, TABLE_META, "checksum");
    catalogue_differences_print(o->stored, o->edited, o->json);
    return CTL_OK;
}

/* ------------------------------------------------------------------ export */

static int export(struct catalogue_options *o, char **operands)
{
    char checksum[TABLES_CHECKSUM_SIZE], version[TABLES_VERSION_SIZE];
    const char *folder = operands[0];

    if (folder == NULL)
        return options_wrong("catalogue export", "to which folder?");
    if (!read_stored(o, REDIS_RELEASE))
        return CTL_FAILED;
    if (is_empty(o->stored))
        return failed("Redis holds no catalogue under this prefix");
    tables_checksum(o->stored, checksum);
    tables_version(o->stored, checksum, version);
    tables_set(o->stored, TABLE_META, "version", version);
    if (csv_tables_write(folder, o->stored, &o->findings) != STATUS_OK) {
        catalogue_findings_print(&o->findings, NULL, o->json);
        return failed("not everything was exported");
    }
    printf("version %s is in %s\n", version, folder);
    return CTL_OK;
}

/* -------------------------------------------------------------------- show */

static int show(struct catalogue_options *o, char **operands)
{
    char checksum[TABLES_CHECKSUM_SIZE], version[TABLES_VERSION_SIZE];

    (void)operands;
    if (!read_stored(o, REDIS_RELEASE))
        return CTL_FAILED;
    if (is_empty(o->stored))
        return failed("Redis holds no catalogue under this prefix");
    tables_checksum(o->stored, checksum);
    tables_version(o->stored, checksum, version);
    if (o->json)
        printf("{\"version\":\"%s\",\"checksum\":\"%s\"", version, checksum);
    else
        printf("version      %s%s\nchecksum     %s\n", version,
               strchr(version, '+') == NULL ? "" : ", edited by hand",
               checksum);
    for (int id = 0; id < TABLE_META; id++) {
        const char *name = table_name((enum table_id)id);
        size_t n = o->stored->tables[id].n;

        if (o->json)
            printf(",\"%s\":%zu", name, n);
        else
            printf("%-12s %zu\n", name, n);
    }
    fputs(o->json ? "}\n" : "", stdout);
    return CTL_OK;
}

/* ---------------------------------------------------------------- commands */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
    const char *name;
    int (*run)(struct catalogue_options *o, char **operands);
    const char *description;
    struct command_line line;
} commands[] = {
    {"check",
     check,
     "say what is wrong with a folder, or with what Redis holds",
     {"[FOLDER]",
      "Checks the catalogue in a folder of CSV files, or in Redis, as the\n"
      "dispatcher does. Exit code 1 when there is an error.",
      options, COMMON_OPTIONS, NULL}},
    {"load",
     load,
     "check a folder and write what differs to Redis",
     {"FOLDER",
      "Checks the folder, shows what differs from Redis and writes that in\n"
      "one transaction under the next version. Refuses when somebody changed\n"
      "the catalogue since the folder was exported (row `version` of\n"
      "meta.csv) or meanwhile.",
      options, LOAD_OPTIONS, "  dispatchctl catalogue load --dry-run city/\n"}},
    {"diff",
     diff,
     "show each entry in which a folder differs from Redis",
     {"FOLDER",
      "Shows what `load` would write: what goes after a minus, what comes\n"
      "after a plus.",
      options, COMMON_OPTIONS, NULL}},
    {"export",
     export,
     "write what Redis holds to a folder",
     {"FOLDER", "Writes the catalogue as CSV files, one for each table.",
      options, COMMON_OPTIONS, NULL}},
    {"show",
     show,
     "version, checksum and number of entries",
     {"", "Shows which catalogue Redis holds.", options, COMMON_OPTIONS, NULL}},
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

static void clean_up(struct catalogue_options *o)
{
    redis_client_close(&o->client);
    tables_free(&o->stored);
    tables_free(&o->edited);
    findings_deinit(&o->findings);
}

static int run_command(size_t i, int argc, char **argv)
{
    const char *url = getenv("DISPATCHER_REDIS_URL");
    struct catalogue_options o = {
        .redis = url == NULL ? "redis://127.0.0.1:6379/0" : url,
        .prefix = "dispatch:",
    };
    char name[32];
    int first, result;

    snprintf(name, sizeof name, "catalogue %s", commands[i].name);
    argv[0] = name; /* for messages */
    switch (options_read(&commands[i].line, argc, argv, &o, &first)) {
    case OPTIONS_HELP:
        return CTL_OK;
    case OPTIONS_USAGE:
        return CTL_USAGE;
    case OPTIONS_OK:
        break;
    }
    if (argc - first > 1)
        return options_wrong(name, "one folder at a time");
    result = commands[i].run(&o, argv + first);
    clean_up(&o);
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
