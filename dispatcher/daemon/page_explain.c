/*
 * /explain?area=...&category=...: who would get a ticket, under the catalogue
 * that is in force here and now. The same JSON as `dispatchctl explain --json`.
 */
#include "arena.h"
#include "calendar.h"
#include "catalogue.h"
#include "catalogue_watch.h"
#include "clock.h"
#include "decode.h"
#include "explain.h"
#include "message_json.h"
#include "pages.h"
#include "path.h"
#include "source_time.h"
#include "suggest.h"
#include "utf8.h"
#include "zone.h"

#include <jansson.h>
#include <string.h>

enum { MEMORY = 1 << 20, WHY_SIZE = 512 };

/* What is asked, and what is wrong with it. */
struct asked {
    json_t *created; /* the ticket, as TicketCreated */
    const char *at;  /* NULL: now */
    char why[WHY_SIZE];
};

/* Parameters, and the field of TicketCreated that each one fills. */
static const struct {
    const char *name;
    const char *field; /* NULL: not a text of its own */
} parameters[] = {
    {"area", "area"},       {"category", NULL},       {"urgency", "urgency"},
    {"channel", "channel"}, {"type", "request_type"}, {"at", NULL},
};
enum { PARAMETERS = sizeof parameters / sizeof *parameters };

static bool fail(struct asked *a, const char *where, const char *message)
{
    snprintf(a->why, sizeof a->why, "%.100s: %.380s", where, message);
    return false;
}

static bool fail_name(struct asked *a, const char *name)
{
    struct suggest near;
    char hint[SUGGEST_TEXT_SIZE], message[160];

    suggest_begin(&near, name);
    for (size_t i = 0; i < PARAMETERS; i++)
        suggest_consider(&near, parameters[i].name);
    snprintf(message, sizeof message, "no such parameter%s",
             suggest_text(&near, hint));
    return fail(a, name, message);
}

static bool add_category(struct asked *a, const char *value)
{
    json_t *matters = json_object_get(a->created, "matters");

    if (matters == NULL) {
        matters = json_array();
        json_object_set_new(a->created, "matters", matters);
    }
    if (json_array_size(matters) == DECODE_MAX_MATTERS)
        return fail(a, "category", "a ticket has at most 16 matters");
    json_array_append_new(matters, json_pack("{s:s}", "category", value));
    return true;
}

static bool add_parameter(struct asked *a, const struct http_parameter *p)
{
    char why[PATH_WHY_SIZE];
    bool is_path =
        strcmp(p->name, "area") == 0 || strcmp(p->name, "category") == 0;

    if (!utf8_is_text(p->value, strlen(p->value)))
        return fail(a, p->name, "is not UTF-8");
    if (is_path && !path_check(p->value, strlen(p->value), why))
        return fail(a, p->name, why);
    if (strcmp(p->name, "category") == 0)
        return add_category(a, p->value);
    if (strcmp(p->name, "at") == 0) {
        a->at = p->value;
        return true;
    }
    for (size_t i = 0; i < PARAMETERS; i++)
        if (strcmp(parameters[i].name, p->name) == 0) {
            json_object_set_new(a->created, parameters[i].field,
                                json_string(p->value));
            return true;
        }
    return fail_name(a, p->name);
}

static bool read_parameters(struct asked *a,
                            const struct http_parameters *asked_for)
{
    if (asked_for->left_out)
        return fail(a, "parameters", "there are too many");
    for (size_t i = 0; i < asked_for->n; i++)
        if (!add_parameter(a, &asked_for->items[i]))
            return false;
    if (json_object_get(a->created, "area") == NULL &&
        json_object_get(a->created, "matters") == NULL)
        return fail(a, "area, category", "at least one of them is needed");
    return true;
}

/* The moment asked for: with an offset, or local to the catalogue's zone. */
static bool read_time(struct asked *a, const struct catalogue *cat,
                      int64_t *at_ms)
{
    char why[256];

    if (a->at == NULL) {
        *at_ms = clock_wall_ms();
        return true;
    }
    struct zone *zone = zone_load(calendar_time_zone(catalogue_local_time(cat)),
                                  why, sizeof why);
    const struct source_time source = {.zone = zone};
    bool ok = zone != NULL && source_time_read(&source, a->at, at_ms);
    zone_free(&zone);
    return ok || fail(a, "at",
                      "write 2018-10-21T23:42, or with an offset such as "
                      "-04:00 (in a URL %2B is the plus sign)");
}

/* The ticket as a message in `arena`; NULL: *a says why not. */
static Dispatch__V1__TicketEvent *read_event(struct arena *arena,
                                             struct asked *a, int64_t at_ms)
{
    struct message_json_error why;
    ProtobufCMessage *msg;
    json_t *json = json_pack("{s:s, s:s, s:I, s:O}", "event_id", "explain",
                             "ticket_id", "explain", "occurred_at",
                             (json_int_t)at_ms, "created", a->created);
    bool ok = message_json_read(
        arena, json, &dispatch__v1__ticket_event__descriptor, &msg, &why);

    json_decref(json);
    if (ok)
        return (Dispatch__V1__TicketEvent *)msg;
    fail(a, why.path, why.message);
    return NULL;
}

static unsigned write_error(unsigned status, const char *why, FILE *out)
{
    json_t *json =
        json_pack("{s:o}", "error",
                  utf8_is_text(why, strlen(why)) ? json_string(why)
                                                 : json_string("is not UTF-8"));

    json_dumpf(json, out, JSON_COMPACT);
    fputc('\n', out);
    json_decref(json);
    return status;
}

static unsigned explain(const struct catalogue *cat, struct asked *a, FILE *out)
{
    struct arena *arena = arena_new(MEMORY);
    Dispatch__V1__TicketEvent *event = NULL;
    int64_t at_ms;

    if (read_time(a, cat, &at_ms))
        event = read_event(arena, a, at_ms);
    if (event != NULL) {
        json_t *json = explain_ticket(cat, event, NULL, CALENDAR_ENGLISH);
        json_dumpf(json, out, JSON_COMPACT);
        fputc('\n', out);
        json_decref(json);
    }
    arena_free(&arena);
    return event != NULL ? HTTP_OK : write_error(HTTP_BAD_REQUEST, a->why, out);
}

unsigned page_explain(const struct http_view *view,
                      const struct http_parameters *asked_for, FILE *out)
{
    struct asked a = {.created = json_object()};
    unsigned status;

    if (!read_parameters(&a, asked_for)) {
        status = write_error(HTTP_BAD_REQUEST, a.why, out);
    } else {
        const struct catalogue *cat = catalogue_watch_take(view->catalogue);

        status = cat != NULL ? explain(cat, &a, out)
                             : write_error(HTTP_UNAVAILABLE,
                                           "there is no catalogue yet", out);
        if (cat != NULL)
            catalogue_watch_release(view->catalogue, cat);
    }
    json_decref(a.created);
    return status;
}
