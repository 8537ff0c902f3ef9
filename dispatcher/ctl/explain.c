/*
 * dispatchctl explain: the command line, and the ticket that it describes.
 */
#include "explain.h"

#include "arena.h"
#include "calendar.h"
#include "catalogue.h"
#include "ctl.h"
#include "live_catalogue.h"
#include "options.h"
#include "source_time.h"
#include "ticket_source.h"
#include "zone.h"

#include <string.h>
#include <time.h>

struct explain_options {
    const char *ticket;
    const char *area;
    struct option_list categories;
    const char *urgency;
    const char *channel;
    const char *type;
    const char *at;
    const char *catalogue;
    const char *redis;
    const char *prefix;
    const char *language_name;
    enum calendar_language language;
    bool json;
};

#define OPTION(letter_, name_, argument_, kind_, member, help_)                \
    {                                                                          \
        .letter = letter_, .name = name_, .argument = argument_,               \
        .kind = kind_, .offset = offsetof(struct explain_options, member),     \
        .help = help_                                                          \
    }

static const struct option_def options[] = {
    OPTION('t', "ticket", "FILE", OPTION_TEXT, ticket,
           "a ticket as JSON, a TicketEvent or its `created`\n"
           "alone; - is standard input; the options below\n"
           "overrule it"),
    OPTION('a', "area", "PATH", OPTION_TEXT, area, "the ticket's area"),
    OPTION('c', "category", "PATH", OPTION_LIST, categories,
           "a matter's category; repeat it for several matters"),
    OPTION('u', "urgency", "URGENCY", OPTION_TEXT, urgency,
           "normal, urgent or emergency [normal]"),
    OPTION(0, "channel", "CHANNEL", OPTION_TEXT, channel, "phone, web, ..."),
    OPTION(0, "type", "TYPE", OPTION_TEXT, type,
           "inquiry, help, complaint, report or suggestion"),
    OPTION(0, "at", "TIME", OPTION_TEXT, at,
           "when it happens, 2018-10-21T23:42, local to the\n"
           "catalogue's time zone or with an offset [the\n"
           "ticket's time, else now]"),
    OPTION('C', "catalogue", "FOLDER", OPTION_TEXT, catalogue,
           "a folder of CSV files, instead of Redis"),
    OPTION(0, "redis", "URL", OPTION_TEXT, redis,
           "redis://user:password@host:port/db, rediss://,\n"
           "unix:///path or sentinel://host,host/service/db\n"
           "[DISPATCHER_REDIS_URL, else redis://127.0.0.1:6379/0]"),
    OPTION(0, "prefix", "TEXT", OPTION_TEXT, prefix,
           "what the names of the keys begin with [dispatch:]"),
    OPTION(0, "language", "LANGUAGE", OPTION_TEXT, language_name,
           "of the steps of each deadline, en or zh [en]"),
    OPTION(0, "json", NULL, OPTION_FLAG, json,
           "print one JSON object; times are UTC milliseconds"),
};

static const struct command_line command_line = {
    .usage = "",
    .about = "Says who would get a ticket: the rules that are candidates for "
             "each matter in\ntheir order, which one wins and why, the "
             "departments with their roles, and the\ndeadlines that follow. "
             "Nothing is published.",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .examples =
        "  dispatchctl explain --catalogue examples/newyork/catalogue \\\n"
        "      --area new-york/BRONX --category 'Noise - Residential'\n"
        "  dispatchctl explain --ticket ticket.json --at 2026-10-01T09:00",
};

/* The command's JSON of the ticket: the file's, or an empty one. */
static json_t *read_ticket(const char *path)
{
    json_error_t error;
    if (path == NULL)
        return json_object();
    json_t *json = strcmp(path, "-") == 0
                       ? json_loadf(stdin, JSON_DISABLE_EOF_CHECK, &error)
                       : json_load_file(path, JSON_DISABLE_EOF_CHECK, &error);
    if (json != NULL && json_is_object(json))
        return json;
    fprintf(stderr, "%s:%d: %s\n", path, json != NULL ? 1 : error.line,
            json != NULL ? "must be an object in curly brackets" : error.text);
    json_decref(json);
    return NULL;
}

/* A bare TicketCreated becomes an event; an event gets what it need not have
 * to be explained. Takes over the reference. */
static json_t *complete(json_t *json)
{
    if (json_object_get(json, "created") == NULL &&
        json_object_get(json, "ticket_id") == NULL)
        json = json_pack("{s:o}", "created", json);
    json_t *defaults =
        json_pack("{s:s, s:s}", "event_id", "explain", "ticket_id", "explain");
    json_object_update_missing(json, defaults);
    json_decref(defaults);
    return json;
}

static void set_text(json_t *object, const char *name, const char *text)
{
    if (text != NULL)
        json_object_set_new(object, name, json_string(text));
}

/* Puts the options over what the file says. */
static void overrule(json_t *event, const struct explain_options *chosen)
{
    json_t *created = json_object_get(event, "created");
    set_text(created, "area", chosen->area);
    set_text(created, "urgency", chosen->urgency);
    set_text(created, "channel", chosen->channel);
    set_text(created, "request_type", chosen->type);
    if (chosen->categories.n == 0)
        return;
    json_t *matters = json_array();
    for (size_t i = 0; i < chosen->categories.n; i++)
        json_array_append_new(matters, json_pack("{s:s}", "category",
                                                 chosen->categories.items[i]));
    json_object_set_new(created, "matters", matters);
}

static bool set_time(json_t *event, const char *text, const struct zone *zone)
{
    const struct source_time source = {.zone = zone};
    int64_t at_ms;
    if (text == NULL)
        return true;
    if (!source_time_read(&source, text, &at_ms)) {
        fprintf(stderr,
                "dispatchctl explain: --at %s: write 2018-10-21T23:42, or "
                "with an offset such as -04:00\n",
                text);
        return false;
    }
    json_object_set_new(event, "occurred_at", json_integer(at_ms));
    json_object_del(json_object_get(event, "created"), "requested_at");
    return true;
}

static int explain(const struct catalogue *cat, const struct zone *zone,
                   const json_t *json, const struct explain_options *chosen)
{
    struct arena *a = arena_new(TICKET_SOURCE_MEMORY);
    struct mapping_error error;
    struct source_event record;
    int code = CTL_FAILED;

    if (!ticket_source_json(a, NULL, json, (int64_t)time(NULL) * 1000, &record,
                            &error)) {
        fprintf(stderr, "dispatchctl explain: %s%s%s\n", error.where,
                error.where[0] != '\0' ? ": " : "", error.message);
    } else if (record.event->kind_case !=
               DISPATCH__V1__TICKET_EVENT__KIND_CREATED) {
        fputs("dispatchctl explain: the event is not of the kind created\n",
              stderr);
    } else {
        json_t *explanation = explain_ticket(
            cat, record.event, chosen->json ? NULL : zone, chosen->language);
        if (chosen->json) {
            json_dumpf(explanation, stdout, JSON_COMPACT);
            putchar('\n');
        } else {
            explain_print(stdout, explanation);
        }
        json_decref(explanation);
        code = CTL_OK;
    }
    arena_free(&a);
    return code;
}

/* Everything from the options on; frees what it makes. */
static int run(const struct explain_options *chosen)
{
    char why[256];
    int code = CTL_FAILED;
    struct zone *zone = NULL;
    json_t *event = read_ticket(chosen->ticket);
    if (event == NULL)
        return CTL_FAILED;
    event = complete(event);
    overrule(event, chosen);

    struct catalogue *cat = explain_load_catalogue(
        chosen->catalogue, chosen->redis, chosen->prefix);
    if (cat == NULL)
        goto out;
    zone = zone_load(calendar_time_zone(catalogue_local_time(cat)), why,
                     sizeof why);
    if (zone == NULL) {
        fprintf(stderr, "dispatchctl explain: %s\n", why);
        goto out;
    }
    if (set_time(event, chosen->at, zone))
        code = explain(cat, zone, event, chosen);
out:
    zone_free(&zone);
    catalogue_free(&cat);
    json_decref(event);
    return code;
}

int explain_command(int argc, char **argv)
{
    const struct live_catalogue live = live_catalogue_default();
    struct explain_options chosen = {
        .redis = live.redis,
        .prefix = live.prefix,
        .language_name = "en",
    };
    int first = 0;

    enum options_result result =
        options_read(&command_line, argc, argv, &chosen, &first);
    if (result != OPTIONS_OK)
        return result == OPTIONS_HELP ? CTL_OK : CTL_USAGE;
    if (first != argc)
        return options_wrong(argv[0], "%s is no option", argv[first]);
    if (chosen.ticket == NULL && chosen.area == NULL &&
        chosen.categories.n == 0)
        return options_wrong(argv[0],
                             "describe a ticket: --ticket, or --area and "
                             "--category");
    if (!calendar_language_parse(chosen.language_name, &chosen.language))
        return options_wrong(argv[0], "--language %s: write en or zh",
                             chosen.language_name);
    return run(&chosen);
}
