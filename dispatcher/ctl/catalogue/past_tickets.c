/*
 * row -> JSON -> the ticket's TicketCreated -> a query for the matcher.
 */
#include "past_tickets.h"

#include "arena.h"
#include "dispatch.h"
#include "mapping_file.h"
#include "message_json.h"
#include "rows.h"
#include "suggest.h"
#include "ticket_source.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_ERRORS_SHOWN = 20, NO_COLUMN = ROWS_MAX_CELLS };

/* One file while it is read. */
struct reading {
    struct past_tickets *past;
    const char *path;
    struct arena *arena;
    struct mapping *mapping; /* NULL: JSON, or plain columns */
    size_t n_cells;          /* of the header */
    size_t department;       /* the column; NO_COLUMN: JSON */
    size_t area, category;   /* plain columns */
    size_t count;            /* NO_COLUMN: there is none */
};

static void refuse(struct reading *r, const struct row *row, const char *where,
                   const char *message)
{
    if (++r->past->refused > MAX_ERRORS_SHOWN)
        return;
    fprintf(stderr, "%s:%lu: %s%s%s\n", r->path, row->line, where,
            where[0] != '\0' ? ": " : "", message);
    if (r->past->refused == MAX_ERRORS_SHOWN)
        fputs("Further wrong rows are only counted.\n", stderr);
}

/* ------------------------------------------------------------------ header */

static bool find_column(const struct reading *r, const struct row *header,
                        const char *name, size_t *column)
{
    struct suggest near;
    char hint[SUGGEST_TEXT_SIZE];

    suggest_begin(&near, name);
    for (size_t i = 0; i < header->n_cells; i++) {
        if (strcmp(header->cells[i], name) == 0) {
            *column = i;
            return true;
        }
        suggest_consider(&near, header->cells[i]);
    }
    fprintf(stderr, "%s:1: there is no column %s%s\n", r->path, name,
            suggest_text(&near, hint));
    return false;
}

/* Reads the names of the columns. False: it was said. */
static bool read_header(struct reading *r, struct rows *rows)
{
    struct row header;

    r->count = NO_COLUMN;
    if (r->past->mapping != NULL) {
        r->mapping =
            mapping_file_open(r->past->mapping, r->path, rows, &header);
        r->n_cells = r->mapping != NULL ? header.n_cells : 0;
        return r->mapping != NULL &&
               find_column(r, &header, r->past->column, &r->department);
    }
    if (rows_next(rows, &header) != ROWS_ROW) {
        fprintf(stderr, "%s: the file is empty\n", r->path);
        return false;
    }
    r->n_cells = header.n_cells;
    for (size_t i = 0; i < header.n_cells; i++)
        if (strcmp(header.cells[i], "count") == 0)
            r->count = i;
    return find_column(r, &header, "area", &r->area) &&
           find_column(r, &header, "category", &r->category) &&
           find_column(r, &header, r->past->column, &r->department);
}

/* --------------------------------------------------------------------- row */

/* A row of plain columns as the object that a JSON line would hold. */
static json_t *plain_json(const struct reading *r, const struct row *row)
{
    json_t *json = json_pack("{s:s, s:s}", "area", row->cells[r->area],
                             "category", row->cells[r->category]);

    if (r->count != NO_COLUMN)
        json_object_set_new(
            json, "count",
            json_integer(strtoll(row->cells[r->count], NULL, 10)));
    return json;
}

static json_t *row_json(struct reading *r, const struct row *row)
{
    struct mapping_error error = {0};
    json_error_t why;
    json_t *json;

    if (row->text != NULL) {
        json = json_loads(row->text, JSON_REJECT_DUPLICATES, &why);
        if (!json_is_object(json)) {
            refuse(r, row, "", json != NULL ? "is no JSON object" : why.text);
            json_decref(json);
            return NULL;
        }
        return json;
    }
    if (row->n_cells != r->n_cells) {
        refuse(r, row, "", "has more or fewer cells than the header");
        return NULL;
    }
    json = r->mapping != NULL ? mapping_apply(r->mapping, row, &error)
                              : plain_json(r, row);
    if (json == NULL)
        refuse(r, row, error.where,
               error.message[0] != '\0' ? error.message : "is not UTF-8");
    else
        json_object_set_new(json, r->past->column,
                            json_string(row->cells[r->department]));
    return json;
}

/* The ticket in what a line holds, as the JSON of a TicketCreated. A new
 * reference. */
static json_t *ticket_json(const json_t *line)
{
    static const char *const names[] = {"ticket", "created"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_t *ticket = json_object_get(line, names[i]);
        if (json_is_object(ticket))
            return json_incref(ticket);
    }
    json_t *area = json_object_get(line, "area");
    json_t *category = json_object_get(line, "category");
    return json_pack("{s:O?, s:[{s:O?}]}", "area", area, "matters", "category",
                     category);
}

static bool text_is(const json_t *object, const char *name, const char *full,
                    const char *shortened)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text != NULL &&
           (strcmp(text, full) == 0 || strcmp(text, shortened) == 0);
}

/* The department in a line; NULL: it says nothing about the end. */
static const char *department_of(const struct reading *r, const json_t *line)
{
    const char *name = r->past->column;

    if (json_is_object(json_object_get(line, "ticket"))) {
        if (!text_is(line, "kind", "ASSIGNMENT_KIND_CLOSED", "CLOSED") ||
            !text_is(line, "role", "ROLE_LEAD", "LEAD"))
            return NULL;
        name = "department_id";
    }
    const char *text = json_string_value(json_object_get(line, name));
    return text != NULL && text[0] != '\0' ? text : NULL;
}

/* Those that sent the ticket back, as an assignment lists them. */
static size_t list_returned(const json_t *line, const char **list, size_t max)
{
    const json_t *returns = json_object_get(line, "returns");
    size_t n = 0;

    for (size_t i = 0; i < json_array_size(returns) && n < max; i++) {
        const json_t *one = json_array_get(returns, i);
        const char *id =
            json_string_value(json_object_get(one, "department_id"));
        if (id != NULL)
            list[n++] = id;
    }
    return n;
}

/* When it happened: conditions of the present rules hold then. */
static int64_t moment_of(const Dispatch__V1__TicketCreated *ticket,
                         const json_t *line)
{
    const json_t *occurred = json_object_get(line, "occurred_at");

    if (ticket->requested_at != 0)
        return ticket->requested_at;
    if (json_is_integer(occurred))
        return json_integer_value(occurred);
    return (int64_t)time(NULL) * 1000;
}

static bool check_paths(struct reading *r, const struct row *row,
                        const struct match_query *query)
{
    char why[PATH_WHY_SIZE];

    if (!path_check(query->area, strlen(query->area), why)) {
        refuse(r, row, "area", why);
        return false;
    }
    if (!path_check(query->category, strlen(query->category), why)) {
        refuse(r, row, "category", why);
        return false;
    }
    return true;
}

static void take_ticket(struct reading *r, const struct row *row,
                        const json_t *line,
                        const Dispatch__V1__TicketCreated *ticket)
{
    const Dispatch__V1__Matter *matter =
        ticket->n_matters > 0 ? ticket->matters[0] : NULL;
    const json_t *count = json_object_get(line, "count");
    const char *returned[DECODE_MAX_LIST];
    struct past_ticket past = {
        .query = {.area = ticket->area,
                  .category = matter != NULL ? matter->category : "",
                  .channel = ticket->channel,
                  .urgency = dispatch_urgency(ticket->urgency),
                  .type = ticket->request_type,
                  .at_ms = moment_of(ticket, line)},
        .end = {.department = department_of(r, line),
                .returned = returned,
                .n_returned = list_returned(line, returned, DECODE_MAX_LIST),
                .count = 1},
    };

    if (matter != NULL && matter->area[0] != '\0')
        past.query.area = matter->area;
    if (!check_paths(r, row, &past.query))
        return;
    if (count != NULL && json_integer_value(count) < 1) {
        refuse(r, row, "count", "must be a number above 0");
        return;
    }
    if (count != NULL)
        past.end.count = (uint64_t)json_integer_value(count);
    r->past->taken++;
    r->past->take(r->past->opaque, &past);
}

static void take_line(struct reading *r, const struct row *row,
                      const json_t *line)
{
    struct message_json_error why;
    ProtobufCMessage *msg;

    /* Records as `tail --json` prints them. */
    if (json_is_object(json_object_get(line, "value")))
        line = json_object_get(line, "value");
    if (department_of(r, line) == NULL) {
        r->past->ignored++;
        return;
    }
    json_t *ticket = ticket_json(line);
    if (message_json_read(r->arena, ticket,
                          &dispatch__v1__ticket_created__descriptor, &msg,
                          &why))
        take_ticket(r, row, line, (const Dispatch__V1__TicketCreated *)msg);
    else
        refuse(r, row, why.path, why.message);
    json_decref(ticket);
}

static bool read_rows(struct reading *r, struct rows *rows)
{
    struct row row;

    for (;;) {
        enum rows_result result = rows_next(rows, &row);

        if (result == ROWS_END)
            return true;
        if (result == ROWS_FAILED) {
            fprintf(stderr, "%s: %s\n", r->path, rows_why(rows));
            return false;
        }
        json_t *line = row_json(r, &row);
        arena_reset(r->arena);
        if (line != NULL)
            take_line(r, &row, line);
        json_decref(line);
    }
}

bool past_tickets_read(struct past_tickets *past, const char *path)
{
    struct reading r = {.past = past, .path = path, .department = NO_COLUMN};
    char why[ROWS_WHY_SIZE];
    struct rows *rows = rows_open(path, why);
    bool ok;

    if (rows == NULL) {
        fprintf(stderr, "%s: %s\n", path, why);
        return false;
    }
    r.arena = arena_new(TICKET_SOURCE_MEMORY);
    ok = (rows_are_json(rows) || read_header(&r, rows)) && read_rows(&r, rows);
    arena_free(&r.arena);
    mapping_free(&r.mapping);
    rows_close(&rows);
    return ok;
}
