/*
 * Compiling the catalogue: the passes, and how one JSON value is read. For the
 * files of this folder only.
 *
 *   meta.time_zone, calendars, departments, policies, areas, meta, routes
 *
 * A pass may refer to what the passes before it made. Each goes on after an
 * error, so that a person sees all findings at once; the snapshot is thrown
 * away at the end if there was any.
 */
#ifndef DISPATCHER_COMPILE_H
#define DISPATCHER_COMPILE_H

#include "findings.h"
#include "snapshot.h"
#include "suggest.h"

#include <jansson.h>

struct compile {
    const struct catalogue_tables *tables;
    struct findings *findings;
    struct catalogue *cat;
};

/* The passes. */
void compile_meta(struct compile *c);
void compile_calendars(struct compile *c);
void compile_departments(struct compile *c);
void compile_policies(struct compile *c);
void compile_areas(struct compile *c);
void compile_routes(struct compile *c);

/* The part of compile_routes that reads the values of the routes whose keys
 * are in place, once for each distinct text. */
void compile_bodies(struct compile *c);

/* Checks of the whole, of what the passes did not refuse. */
void check_fallbacks(struct compile *c);
void check_routes(struct compile *c);
void check_paths(struct compile *c);

/* Memory of the snapshot. */
void *compile_alloc(struct compile *c, size_t size);
const char *compile_text(struct compile *c, const char *text);

/* Whether each field of a table can be an id: UTF-8, not empty, at most 512
 * bytes, no control characters, not there twice. Findings for those that are
 * not. */
void compile_check_fields(struct compile *c, enum table_id table);

/* " (line 4)" of another row that a finding is about, "" where it has none.
 * Returns text. */
enum { LINE_TEXT_SIZE = 24 };
const char *compile_line(const struct table_row *row,
                         char text[LINE_TEXT_SIZE]);

/* The suggestion in words; where no name is near, `otherwise`. */
const char *compile_advice(const struct suggest *s,
                           char text[SUGGEST_TEXT_SIZE], const char *otherwise);

/* One entry while its value is read. `name` is that of the member at hand. */
struct entry {
    struct compile *c;
    enum table_id table;
    const struct table_row *row;
    const char *name;
};

/* A name that the JSON object of an entry may have, and who reads its value
 * into `record`. */
struct member {
    const char *name;
    void (*read)(struct entry *e, json_t *value, void *field);
    size_t offset; /* of the field in the record */
    bool required;
};

/* Parses the value of a row, reads each member, and adds findings for names
 * that are unknown or missing. An empty text counts as missing. `record` must
 * hold the defaults. */
void entry_read(struct compile *c, enum table_id table,
                const struct table_row *row, const struct member *members,
                size_t n, void *record);

/* Reads the members of a nested object in the same way. */
void entry_read_object(struct entry *e, json_t *object,
                       const struct member *members, size_t n, void *record);

#define entry_error(e, ...)                                                    \
    findings_add((e)->c->findings, FINDING_ERROR, (e)->table, (e)->row,        \
                 (e)->name, __VA_ARGS__)
#define entry_warning(e, ...)                                                  \
    findings_add((e)->c->findings, FINDING_WARNING, (e)->table, (e)->row,      \
                 (e)->name, __VA_ARGS__)

/* Readers of one value into a field of the type in the comment. Each leaves
 * the field as it was when the value is wrong. */
void read_text(struct entry *e, json_t *value, void *field);  /* const char * */
void read_flag(struct entry *e, json_t *value, void *field);  /* bool */
void read_count(struct entry *e, json_t *value, void *field); /* uint32_t */
void read_duration(struct entry *e, json_t *value,
                   void *field); /* struct duration */
void read_department(struct entry *e, json_t *value,
                     void *field); /* const struct department * */
void read_calendar(struct entry *e, json_t *value,
                   void *field); /* const struct calendar * */
void read_policy(struct entry *e, json_t *value,
                 void *field); /* const struct policy * */

/* The text of a JSON string; NULL with a finding when it is none or empty. */
const char *entry_string(struct entry *e, json_t *value);

/* The same, where the id must exist. NULL with a finding otherwise. */
const struct department *entry_department(struct entry *e, const char *id);
const struct calendar *entry_calendar(struct entry *e, const char *id);
const struct policy *entry_policy(struct entry *e, const char *id);

#endif
