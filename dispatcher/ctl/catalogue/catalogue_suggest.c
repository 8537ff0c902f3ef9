/*
 * dispatchctl catalogue suggest: past tickets in, rules out.
 *
 *   files -> past_tickets ─┬─> rule_learner ──> rules
 *                          └─> route_history ─> present rules that are wrong
 */
#include "catalogue_suggest.h"

#include "catalogue.h"
#include "ctl.h"
#include "explain.h"
#include "options.h"
#include "past_tickets.h"
#include "suggest_print.h"

#include <stdio.h>

enum output { OUTPUT_TABLE, OUTPUT_CSV, OUTPUT_JSON };

struct suggest_options {
    const char *mapping;
    const char *column;
    const char *catalogue;
    const char *redis;
    const char *prefix;
    long gain;
    long support;
    long purity;
    bool catch_all;
    int output;
    bool json;
};

#define OPTION(letter_, name_, argument_, kind_, member, help_)                \
    {                                                                          \
        .letter = letter_, .name = name_, .argument = argument_,               \
        .kind = kind_, .offset = offsetof(struct suggest_options, member),     \
        .help = help_                                                          \
    }
#define NUMBER(name_, argument_, member, min_, max_, help_)                    \
    {                                                                          \
        .name = name_, .argument = argument_, .kind = OPTION_NUMBER,           \
        .offset = offsetof(struct suggest_options, member), .min = min_,       \
        .max = max_, .help = help_                                             \
    }

static const struct option_def options[] = {
    OPTION('m', "mapping", "FILE", OPTION_TEXT, mapping,
           "which columns of a CSV make area and category, as\n"
           "for `publish`; without it these are the names of\n"
           "the columns"),
    OPTION('d', "department-column", "NAME", OPTION_TEXT, column,
           "the column, or the name in a line of JSON, that\n"
           "holds the department [department]"),
    NUMBER("gain", "N", gain, 0, 1000000000,
           "a rule routes at least N tickets right that would\n"
           "go elsewhere without it; 0 follows the majority\n"
           "down to a single ticket [0]"),
    NUMBER("support", "N", support, 1, 1000000000,
           "a rule decides at least N tickets [1]"),
    NUMBER("purity", "PERCENT", purity, 0, 100,
           "at least so many of these went to its department\n"
           "[0]"),
    OPTION(0, "catch-all", NULL, OPTION_FLAG, catch_all,
           "allow rules for all categories; without it unknown\n"
           "ones stay with the areas' departments"),
    OPTION('C', "catalogue", "FOLDER", OPTION_TEXT, catalogue,
           "compare with the catalogue in this folder"),
    OPTION(0, "redis", "URL", OPTION_TEXT, redis,
           "compare with the catalogue in this Redis"),
    OPTION(0, "prefix", "TEXT", OPTION_TEXT, prefix,
           "what the names of its keys begin with [dispatch:]"),
    OPTION('o', "output", "table|csv|json", OPTION_CHOICE, output,
           "for people [table], rows of routes.csv, or JSON"),
    OPTION(0, "json", NULL, OPTION_FLAG, json, "the same as --output json"),
};

static const struct command_line command_line = {
    .usage = "FILE...",
    .about =
        "Reads past tickets with the department that handled them in the end "
        "and\nproposes the fewest rules that route them the same way: "
        "counting over the trees\nof areas and categories, with a rule below "
        "another only where its majority\ndiffers. Says for each how many "
        "tickets it decides and how many of them went to\nits department, "
        "and which present rules history contradicts. A ticket counts by\nits "
        "first matter. Files are CSV or JSON lines, also what `dispatchctl "
        "tail\nassignments --json` prints; - is standard input. Nothing is "
        "written.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .examples =
        "  dispatchctl catalogue suggest -m examples/newyork/mapping.ini \\\n"
        "      -d Agency -C examples/newyork/catalogue \\\n"
        "      examples/newyork/tickets.csv.gz",
};

/* Where past tickets go. */
struct learning {
    struct rule_learner *learner;
    struct route_history *record; /* NULL: nothing to compare with */
};

static void take(void *opaque, const struct past_ticket *ticket)
{
    const struct learning *to = opaque;

    rule_learner_add(to->learner, ticket->query.area, ticket->query.category,
                     ticket->end.department, ticket->end.count);
    if (to->record != NULL)
        route_history_add(to->record, &ticket->query, &ticket->end);
}

static void print(const struct suggest_options *chosen,
                  const struct suggestion *s)
{
    static void (*const printers[])(FILE *, const struct suggestion *) = {
        [OUTPUT_TABLE] = suggest_print_people,
        [OUTPUT_CSV] = suggest_print_csv,
        [OUTPUT_JSON] = suggest_print_json,
    };

    printers[chosen->json ? OUTPUT_JSON : chosen->output](stdout, s);
}

static int learn(const struct suggest_options *chosen,
                 const struct learning *to, const struct suggestion *s)
{
    const struct rule_learner_options worth = {
        .min_gain = (uint64_t)chosen->gain,
        .min_support = (uint64_t)chosen->support,
        .min_purity = (unsigned)chosen->purity,
        .catch_all = chosen->catch_all,
    };

    if (!rule_learner_learn(to->learner, &worth)) {
        fputs("dispatchctl catalogue suggest: there are too many different "
              "areas, categories and departments to learn from: leave out "
              "the last step of the paths\n",
              stderr);
        return CTL_FAILED;
    }
    print(chosen, s);
    return s->refused > 0 ? CTL_FAILED : CTL_OK;
}

static int run(const struct suggest_options *chosen, char **files)
{
    struct learning to = {0};
    struct past_tickets past = {.mapping = chosen->mapping,
                                .column = chosen->column,
                                .take = take,
                                .opaque = &to};
    struct catalogue *present = NULL;
    bool ok = true;

    if (chosen->catalogue != NULL || chosen->redis != NULL) {
        present = explain_load_catalogue(chosen->catalogue, chosen->redis,
                                         chosen->prefix);
        if (present == NULL)
            return CTL_FAILED;
        to.record = route_history_new(present);
    }
    to.learner = rule_learner_new();
    for (; ok && *files != NULL; files++)
        ok = past_tickets_read(&past, *files);
    const struct suggestion suggestion = {
        .learner = to.learner,
        .present = present,
        .record = to.record,
        .min_support = (uint64_t)chosen->support,
        .refused = past.refused,
        .ignored = past.ignored,
    };
    int code = ok ? learn(chosen, &to, &suggestion) : CTL_FAILED;
    rule_learner_free(&to.learner);
    route_history_free(&to.record);
    catalogue_free(&present);
    return code;
}

int catalogue_suggest(int argc, char **argv)
{
    struct suggest_options chosen = {
        .column = "department", .prefix = "dispatch:", .support = 1};
    char name[] = "catalogue suggest";
    int first = 0;

    argv[0] = name; /* for messages */
    enum options_result result =
        options_read(&command_line, argc, argv, &chosen, &first);
    if (result != OPTIONS_OK)
        return result == OPTIONS_HELP ? CTL_OK : CTL_USAGE;
    if (first == argc)
        return options_wrong(name, "no file of past tickets is named");
    return run(&chosen, argv + first);
}
