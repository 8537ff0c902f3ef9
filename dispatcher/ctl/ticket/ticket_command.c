/*
 * dispatchctl ticket: look at tickets, and do to them what desks, departments
 * and leaders do.
 *
 *   show, list        read the topics
 *   return, urge, ... one verb for each kind of TicketEvent (ticket_verbs.h)
 */
#include "ctl.h"
#include "options.h"
#include "suggest.h"
#include "ticket_job.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { MAX_DEFS = 40 };

#define OPTION(letter_, name_, argument_, kind_, member, help_)                \
    {                                                                          \
        .letter = letter_, .name = name_, .argument = argument_,               \
        .kind = kind_, .offset = offsetof(struct ticket_job, member),          \
        .help = help_                                                          \
    }

/* ------------------------------------------------------- groups of options */

static const struct option_def common[] = {
    {.help = "Where things are, and how they are shown:"},
    OPTION(0, "json", NULL, OPTION_FLAG, json,
           "JSON, for programs; times are UTC milliseconds"),
    OPTION(0, "zone", "NAME", OPTION_TEXT, zone_name,
           "of times without an offset, and of those shown,\n"
           "such as Asia/Shanghai [the catalogue's; UTC where\n"
           "that is not to be had]"),
    LIVE_CATALOGUE_OPTIONS(struct ticket_job),
    CTL_TOPICS_OPTION(struct ticket_job),
    CTL_KAFKA_OPTIONS(struct ticket_job),
};

static const struct option_def contacts[] = {
    OPTION('c', "contacts", NULL, OPTION_FLAG, contacts,
           "show the citizen's contact as well"),
};

static const struct option_def selection[] = {
    OPTION(0, "category", "PATH", OPTION_LIST, filter.categories,
           "with a matter of this category, or below it"),
    OPTION(0, "area", "PATH", OPTION_LIST, filter.areas,
           "with a matter in this area, or below it"),
    OPTION(0, "department", "ID", OPTION_LIST, filter.departments,
           "that this department holds or supervises"),
    OPTION(0, "from", "TIME", OPTION_TEXT, from,
           "created at this time or later: 2019-11-07,\n"
           "2019-11-07T08:02, or with an offset"),
    OPTION(0, "to", "TIME", OPTION_TEXT, to, "created before this time"),
    OPTION(0, "status", "STATUS", OPTION_LIST, statuses,
           "open, resolved, closed, merged, cancelled or all\n"
           "[open]"),
};

static const struct option_def list_only[] = {
    OPTION(0, "disputed", NULL, OPTION_FLAG, filter.disputed,
           "a desk must decide"),
    OPTION(0, "fallback", NULL, OPTION_FLAG, filter.fallback,
           "no rule of the catalogue matched"),
    OPTION(0, "not-acknowledged", NULL, OPTION_FLAG, filter.not_acknowledged,
           "a department has not signed off"),
    OPTION(0, "overdue", NULL, OPTION_FLAG, filter.overdue,
           "a clock runs that was due"),
    OPTION(0, "paused", NULL, OPTION_FLAG, filter.paused,
           "the resolution clocks stand"),
    OPTION(0, "supervised", NULL, OPTION_FLAG, filter.supervised,
           "a department watches it"),
    OPTION(0, "count", NULL, OPTION_FLAG, count, "print only how many"),
};

static const struct option_def sending[] = {
    {.help = "The event:"},
    OPTION(0, "event-id", "ID", OPTION_TEXT, event_id,
           "so that sending it again is a repeat; with several\n"
           "tickets each one's id is added [a new one]"),
    OPTION(0, "at", "TIME", OPTION_TEXT, at,
           "when it happened; counts only if that was at most\n"
           "the catalogue's report_delay ago [now]"),
    OPTION(0, "actor", "NAME", OPTION_TEXT, actor,
           "who did it [the name you logged in with]"),
    OPTION(0, "actor-department", "ID", OPTION_TEXT, actor_department,
           "for which department; without it for a desk"),
    OPTION(0, "source", "NAME", OPTION_TEXT, source,
           "the system that publishes [dispatchctl]"),
    {.help = "How it is sent:"},
    OPTION('n', "dry-run", NULL, OPTION_FLAG, dry_run,
           "show the events, and what they would lead to"),
    OPTION('y', "yes", NULL, OPTION_FLAG, yes,
           "send to all tickets that were selected"),
    OPTION('f', "force", NULL, OPTION_FLAG, force,
           "send also what the dispatcher will refuse"),
    OPTION('w', "wait", NULL, OPTION_FLAG, wait,
           "wait for the dispatcher's answer, and show it"),
    TICKET_TIMEOUT_OPTION,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A command's options while its table is put together. */
struct table {
    struct option_def defs[MAX_DEFS];
    size_t n;
};

static bool has_option(const struct table *table, const char *name)
{
    for (size_t i = 0; i < table->n; i++)
        if (name != NULL && table->defs[i].name != NULL &&
            strcmp(table->defs[i].name, name) == 0)
            return true;
    return false;
}

/* What a verb calls by the same name is the verb's. */
static void add_group(struct table *table, const struct option_def *group,
                      size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (has_option(table, group[i].name))
            continue;
        assert(table->n < MAX_DEFS);
        table->defs[table->n++] = group[i];
    }
}

#define ADD(table, group) add_group(table, group, COUNT(group))

static void add_fields(struct table *table, const struct ticket_verb *verb)
{
    for (size_t i = 0; i < verb->n_fields; i++) {
        const struct verb_field *field = &verb->fields[i];
        struct option_def def = {.name = field->option,
                                 .argument = field->argument,
                                 .kind = OPTION_TEXT,
                                 .help = field->help};

        def.offset = offsetof(struct ticket_job, values.texts) +
                     i * sizeof(const char *);
        if (field->kind == VERB_URIS || field->kind == VERB_CATEGORIES) {
            def.kind = OPTION_LIST;
            def.offset = offsetof(struct ticket_job, values.lists) +
                         i * sizeof(struct option_list);
        } else if (field->argument == NULL) {
            def.kind = OPTION_FLAG;
            def.offset =
                offsetof(struct ticket_job, values.flags) + i * sizeof(bool);
        }
        add_group(table, &def, 1);
    }
}

/* ------------------------------------------------------------ sub-commands */

static const struct command_line show_line = {
    .usage = "TICKET",
    .about =
        "Tells a ticket's whole story: every event about it, what the "
        "dispatcher made of\nit, what time alone led to, and who has it now. "
        "It reads the one partition of\neach topic in which the ticket lies, "
        "as a read_committed reader sees it.",
    .examples = "  dispatchctl ticket show BJ-7\n"
                "  dispatchctl ticket show BJ-7 --json | jq .state.status",
};

static const struct command_line list_line = {
    .usage = "",
    .about = "Lists tickets as the dispatcher remembers them, oldest first. "
             "An option that is\ngiven several times means any of its "
             "values; a ticket must be all that the\noptions say. With "
             "--department, --fallback, --not-acknowledged and --overdue are\n"
             "about that department's part.",
    .examples =
        "  dispatchctl ticket list --overdue --department gas\n"
        "  dispatchctl ticket list --disputed --count\n"
        "  dispatchctl ticket list --area 110000/110102 --from 2019-11-07",
};

static const char verb_usage[] = "TICKET... | SELECTION";
static const char merge_usage[] = "TICKET...";

static bool takes_selection(const struct ticket_verb *verb)
{
    return verb->kind_case != DISPATCH__V1__TICKET_EVENT__KIND_MERGED;
}

static void build_verb(struct table *table, const struct ticket_verb *verb)
{
    static const struct option_def heading = {
        .help = "Which tickets, instead of their ids:"};

    add_fields(table, verb);
    if (takes_selection(verb)) {
        add_group(table, &heading, 1);
        ADD(table, selection);
    }
    ADD(table, sending);
    ADD(table, common);
}

static void build_list(struct table *table)
{
    ADD(table, selection);
    ADD(table, list_only);
    ADD(table, contacts);
    ADD(table, common);
}

static void build_show(struct table *table)
{
    ADD(table, contacts);
    ADD(table, common);
}

static int run_named(const char *name, int argc, char **argv)
{
    char command[32];
    struct table table = {.n = 0};
    struct command_line line;

    snprintf(command, sizeof command, "ticket %s", name);
    struct ticket_job job = ticket_job_default(command);
    job.verb = ticket_verb_find(name);
    argv[0] = command; /* for messages */
    if (strcmp(name, "show") == 0) {
        line = show_line;
        build_show(&table);
    } else if (job.verb == NULL) {
        line = list_line;
        build_list(&table);
    } else {
        line = (struct command_line){
            .usage = takes_selection(job.verb) ? verb_usage : merge_usage,
            .about = job.verb->about,
            .examples = job.verb->examples};
        build_verb(&table, job.verb);
    }
    line.options = table.defs;
    line.n_options = table.n;
    if (job.verb != NULL)
        return ticket_job_run(&job, &line, argc, argv, ticket_verb_command);
    return ticket_job_run(&job, &line, argc, argv,
                          strcmp(name, "show") == 0 ? ticket_show_command
                                                    : ticket_list_command);
}

/* ----------------------------------------------------------------- command */

static int help(FILE *out)
{
    size_t n;
    const struct ticket_verb *verbs = ticket_verbs(&n);

    fputs("usage: dispatchctl ticket COMMAND [options] ...\n\nCommands:\n"
          "  show        tell a ticket's whole story\n"
          "  list        list tickets as the dispatcher remembers them\n"
          "\nVerbs, each of which publishes an event:\n",
          out);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "  %-12s%s\n", verbs[i].name, verbs[i].description);
    fputs("\ndispatchctl ticket COMMAND --help explains one.\n", out);
    return out == stdout ? CTL_OK : CTL_USAGE;
}

static int wrong_name(const char *name)
{
    struct suggest near;
    char hint[SUGGEST_TEXT_SIZE];
    size_t n;
    const struct ticket_verb *verbs = ticket_verbs(&n);

    suggest_begin(&near, name);
    suggest_consider(&near, "show");
    suggest_consider(&near, "list");
    for (size_t i = 0; i < n; i++)
        suggest_consider(&near, verbs[i].name);
    return options_wrong("ticket", "no command is called %s%s", name,
                         suggest_text(&near, hint));
}

int ticket_command(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;

    if (name == NULL)
        return help(stderr);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return help(stdout);
    if (strcmp(name, "show") == 0 || strcmp(name, "list") == 0 ||
        ticket_verb_find(name) != NULL)
        return run_named(name, argc - 1, argv + 1);
    return wrong_name(name);
}
