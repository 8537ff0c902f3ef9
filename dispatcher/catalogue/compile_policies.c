/*
 * Policies: limits by urgency, warnings, escalations.
 */
#include "compile.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { WARNS_MAX = 16, ESCALATIONS_MAX = 16 };

/* A policy while it is read: limits by urgency stand over the plain ones,
 * whichever comes first in the JSON text. */
struct draft {
    struct policy policy;
    struct duration plain[CLOCKS];
    struct duration urgent[URGENCIES][CLOCKS];
};

static const struct member limit_members[] = {
    {"first_response", read_duration,
     CLOCK_FIRST_RESPONSE * sizeof(struct duration), false},
    {"resolution", read_duration, CLOCK_RESOLUTION * sizeof(struct duration),
     false},
};

static void read_limits(struct entry *e, json_t *value, void *field)
{
    if (json_is_object(value))
        entry_read_object(e, value, limit_members, CLOCKS, field);
    else
        entry_error(e, "'%s' is no object; write {\"resolution\": \"2h\"}",
                    e->name);
}

static void read_urgency(struct entry *e, json_t *value, void *field)
{
    struct member members[URGENCIES];

    for (int i = 0; i < URGENCIES; i++)
        members[i] = (struct member){
            .name = urgency_name((size_t)i),
            .read = read_limits,
            .offset = (size_t)i * sizeof(struct duration[CLOCKS]),
        };
    if (json_is_object(value))
        entry_read_object(e, value, members, URGENCIES, field);
    else
        entry_error(e, "'urgency' is no object; write {\"EMERGENCY\": "
                       "{\"resolution\": \"2h\"}}");
}

static void read_first_response_by(struct entry *e, json_t *value, void *field)
{
    const char *text = entry_string(e, value);

    if (!text)
        return;
    bool acknowledged = strcmp(text, "acknowledged") == 0;
    if (!acknowledged && strcmp(text, "contacted") != 0)
        entry_error(e, "'%s': '%s' is neither contacted nor acknowledged",
                    e->name, text);
    *(bool *)field = acknowledged;
}

/* "80%" as 80; 0 when it is no share. */
static uint32_t parse_percent(const char *text)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    bool is_share = text[0] >= '0' && text[0] <= '9' && strcmp(end, "%") == 0;

    return is_share && n >= 1 && n <= 99 ? (uint32_t)n : 0;
}

static bool parse_warn(const char *text, struct warn_point *warn)
{
    char why[128];

    warn->percent = parse_percent(text);
    if (warn->percent > 0)
        return true;
    return text[0] == '-' &&
           duration_parse(text + 1, &warn->before, why, sizeof(why));
}

static void read_warn(struct entry *e, json_t *value, void *field)
{
    struct policy *p = &((struct draft *)field)->policy;
    size_t n = json_array_size(value);

    if (!json_is_array(value) || n > WARNS_MAX) {
        entry_error(e,
                    "'warn' is no list of at most %d; write [\"50%%\", "
                    "\"-1h\"]",
                    WARNS_MAX);
        return;
    }
    struct warn_point *warns = compile_alloc(e->c, n * sizeof(*warns));
    for (size_t i = 0; i < n; i++) {
        const char *text = entry_string(e, json_array_get(value, i));
        if (text && !parse_warn(text, &warns[i]))
            entry_error(e,
                        "'warn': '%s' is neither a share (1%% to 99%%) nor "
                        "a duration before the end (-1h)",
                        text);
    }
    p->warns = warns;
    p->n_warns = n;
}

static void read_escalation_to(struct entry *e, json_t *value, void *field)
{
    const char *text = json_string_value(value);

    if (text && strcmp(text, "@parent") == 0)
        return; /* NULL stands for the parent. */
    read_department(e, value, field);
}

static const struct member escalation_members[] = {
    {"after", read_duration, offsetof(struct escalation, after), true},
    {"to", read_escalation_to, offsetof(struct escalation, to), true},
};

static void read_escalate(struct entry *e, json_t *value, void *field)
{
    struct policy *p = &((struct draft *)field)->policy;
    size_t n = json_array_size(value);

    if (!json_is_array(value) || n > ESCALATIONS_MAX) {
        entry_error(e,
                    "'escalate' is no list of at most %d; write "
                    "[{\"after\": \"0m\", \"to\": \"@parent\"}]",
                    ESCALATIONS_MAX);
        return;
    }
    struct escalation *levels = compile_alloc(e->c, n * sizeof(*levels));
    for (size_t i = 0; i < n; i++) {
        json_t *level = json_array_get(value, i);
        if (json_is_object(level))
            entry_read_object(e, level, escalation_members, 2, &levels[i]);
        else
            entry_error(e, "'escalate' holds something that is no object; "
                           "write {\"after\": \"1d\", \"to\": \"@parent\"}");
    }
    p->escalations = levels;
    p->n_escalations = n;
}

#define IN_POLICY(field) offsetof(struct draft, policy.field)
static const struct member members[] = {
    {"first_response", read_duration,
     offsetof(struct draft, plain[CLOCK_FIRST_RESPONSE]), false},
    {"resolution", read_duration,
     offsetof(struct draft, plain[CLOCK_RESOLUTION]), false},
    {"urgency", read_urgency, offsetof(struct draft, urgent), false},
    {"first_response_by", read_first_response_by,
     IN_POLICY(first_response_by_acknowledged), false},
    {"warn", read_warn, 0, false},
    {"escalate", read_escalate, 0, false},
    {"calendar", read_calendar, IN_POLICY(calendar), false},
    {"return_within", read_duration, IN_POLICY(return_within), false},
    {"pausable", read_flag, IN_POLICY(pausable), false},
    {"max_pause", read_duration, IN_POLICY(max_pause), false},
    {"max_extensions", read_count, IN_POLICY(max_extensions), false},
    {"restart_on_reassign", read_flag, IN_POLICY(restart_on_reassign), false},
    {"reopen_on_unsolved", read_flag, IN_POLICY(reopen_on_unsolved), false},
    {"reopen_resolution", read_duration, IN_POLICY(reopen_resolution), false},
    {"close_after", read_duration, IN_POLICY(close_after), false},
};

static void settle_limits(struct draft *d)
{
    for (int urgency = 0; urgency < URGENCIES; urgency++) {
        for (int clock = 0; clock < CLOCKS; clock++) {
            struct duration own = d->urgent[urgency][clock];
            d->policy.limits[urgency][clock] =
                own.unit == DURATION_NONE ? d->plain[clock] : own;
        }
    }
}

static bool counts_working_time(const struct policy *p)
{
    for (int urgency = 0; urgency < URGENCIES; urgency++) {
        for (int clock = 0; clock < CLOCKS; clock++) {
            if (duration_is_working(p->limits[urgency][clock]))
                return true;
        }
    }
    return false;
}

static const struct department *without_calendar(const struct catalogue *cat)
{
    for (size_t i = 0; i < cat->n_departments; i++) {
        if (!cat->departments[i].calendar)
            return &cat->departments[i];
    }
    return NULL;
}

static void check_calendar(struct compile *c, const struct policy *p,
                           const struct table_row *row)
{
    const struct department *department = without_calendar(c->cat);

    if (p->calendar || !department || !counts_working_time(p))
        return;
    findings_add(c->findings, FINDING_WARNING, TABLE_POLICIES, row, "calendar",
                 "'%s' counts working time but has no calendar, and neither "
                 "has department '%s': every hour would be a working hour; "
                 "add a calendar to one of them",
                 p->id, department->id);
}

void compile_policies(struct compile *c)
{
    const struct table *t = &c->tables->tables[TABLE_POLICIES];
    struct catalogue *cat = c->cat;

    cat->policies = compile_alloc(c, t->n * sizeof(cat->policies[0]));
    for (size_t i = 0; i < t->n; i++) {
        struct draft draft = {
            .policy = {.id = compile_text(c, t->rows[i].field),
                       .pausable = true,
                       .max_extensions = 1,
                       .close_after = {DURATION_DAYS, 7}},
        };
        entry_read(c, TABLE_POLICIES, &t->rows[i], members,
                   sizeof(members) / sizeof(members[0]), &draft);
        settle_limits(&draft);
        cat->policies[i] = draft.policy;
        check_calendar(c, &draft.policy, &t->rows[i]);
    }
    cat->n_policies = t->n;
}
