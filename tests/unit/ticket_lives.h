/*
 * Random lives of tickets: a small city, and events of any kind from any
 * department at any time.
 */
#ifndef TESTS_TICKET_LIVES_H
#define TESTS_TICKET_LIVES_H

#include "ticket_script.h"

enum { NAMES = 8 };

static const char *const names[NAMES] = {"city", "xc",   "xc-1", "dc",
                                         "gas",  "heat", "desk", "stranger"};

static const struct test_row city[] = {
    {D("city", "{}")},
    {D("xc", "{\"parent\":\"city\"}")},
    {D("xc-1", "{\"parent\":\"xc\"}")},
    {D("dc", "{\"parent\":\"city\",\"calendar\":\"office\"}")},
    {D("gas", "{}")},
    {D("heat", "{\"parent\":\"gas\"}")},
    {D("desk", "{}")},
    {TABLE_CALENDARS, "office",
     "{\"time_zone\":\"UTC\",\"week\":{\"mon\":[\"09:00-17:00\"],"
     "\"tue\":[\"09:00-17:00\"],\"wed\":[\"09:00-17:00\"]}}"},
    {TABLE_AREAS, "1", "{\"department\":\"city\"}"},
    {TABLE_AREAS, "1/xc",
     "{\"department\":\"xc\",\"units\":{\"heat\":\"heat\"}}"},
    {TABLE_AREAS, "1/dc", "{\"department\":\"dc\"}"},
    {P("p", "{\"first_response\":\"1h\",\"resolution\":\"10h\",\"warn\":["
            "\"50%\",\"-1h\"],\"escalate\":[{\"after\":\"0m\",\"to\":"
            "\"@parent\"},{\"after\":\"2h\",\"to\":\"desk\"}],"
            "\"reopen_on_unsolved\":true,\"close_after\":\"20h\"}")},
    {P("w", "{\"resolution\":\"6wh\",\"calendar\":\"office\",\"warn\":["
            "\"75%\"],\"restart_on_reassign\":true,\"max_extensions\":3,"
            "\"return_within\":\"5h\",\"max_pause\":\"9h\","
            "\"urgency\":{\"EMERGENCY\":{\"first_response\":\"30m\","
            "\"resolution\":\"1h\"}}}")},
    {R("|g", "{\"department\":\"gas\",\"policy\":\"p\",\"co\":[\"heat\"]}")},
    {R("|h", "{\"department\":\"heat\",\"policy\":\"w\"}")},
    {R("|a", "{\"department\":\"@area\",\"policy\":\"w\"}")},
    {R("1/xc|a", "{\"department\":\"xc\",\"policy\":\"p\"}")},
    {M("default_policy", "p")},
    {M("default_department", "desk")},
    {0},
};

static uint64_t seed = 20260302;

static inline uint32_t pick(uint32_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

static inline const char *random_matters(char text[256])
{
    static const char *const categories[] = {"g", "h", "a", "zoo"};
    size_t n = 1 + pick(3);
    size_t size = (size_t)snprintf(text, 256, "'matters':[");

    for (size_t i = 0; i < n; i++)
        size += (size_t)snprintf(text + size, 256 - size, "%s{'category':'%s'}",
                                 i ? "," : "", categories[pick(4)]);
    snprintf(text + size, 256 - size, "]");
    return text;
}

static inline const char *random_event(int64_t minute, char text[SCRIPT_TEXT])
{
    static const char *const reasons[] = {
        "WRONG_AREA",       "NOT_RESPONSIBLE", "UNCLEAR_OWNERSHIP",
        "OVERLAPPING_DUTY", "DUPLICATE",       "OTHER"};
    static const char *const urgencies[] = {"NORMAL", "URGENT", "EMERGENCY"};
    static const char *const areas[] = {"1", "1/xc", "1/dc"};
    const char *a = names[pick(NAMES)];
    const char *b = names[pick(NAMES)];
    char matters[256];
    long long later = minute + 1 + pick(300);

    switch (pick(20)) {
    case 0:
        snprintf(text, SCRIPT_TEXT, "'acknowledged':{'department_id':'%s'}", a);
        break;
    case 1:
        snprintf(text, SCRIPT_TEXT, "'contacted':{'department_id':'%s'}", a);
        break;
    case 2:
    case 3:
        snprintf(text, SCRIPT_TEXT, "'resolved':{'department_id':'%s'}", a);
        break;
    case 4:
    case 5:
    case 6:
        snprintf(text, SCRIPT_TEXT,
                 "'returned':{'department_id':'%s','reason':'%s'}", a,
                 reasons[pick(6)]);
        break;
    case 7:
        snprintf(text, SCRIPT_TEXT,
                 "'returned':{'department_id':'%s','reason':'%s',"
                 "'suggested_department_id':'%s','suggested_area':'%s'}",
                 a, reasons[pick(6)], b, areas[pick(3)]);
        break;
    case 8:
        snprintf(text, SCRIPT_TEXT, "'reassigned':{'department_id':'%s'}", a);
        break;
    case 9:
    case 10:
        snprintf(text, SCRIPT_TEXT,
                 "'reassigned':{'department_id':'%s','by_department_id':'%s'}",
                 a, b);
        break;
    case 11:
        snprintf(text, SCRIPT_TEXT,
                 "'reclassified':{'area':'%s','urgency':'%s',%s}",
                 areas[pick(3)], urgencies[pick(3)], random_matters(matters));
        break;
    case 12:
        snprintf(text, SCRIPT_TEXT, "'paused':{'until_at':%s%lld}",
                 pick(2) ? "@" : "0.", later);
        if (strstr(text, "0."))
            snprintf(text, SCRIPT_TEXT, "'paused':{}");
        break;
    case 13:
        snprintf(text, SCRIPT_TEXT, "'resumed':{}");
        break;
    case 14:
        snprintf(text, SCRIPT_TEXT,
                 "'extended':{'clock':'%s','by':'%u%s'},"
                 "'actor_department_id':'%s'",
                 pick(3) ? "RESOLUTION" : "FIRST_RESPONSE", 1 + pick(5),
                 pick(2) ? "h" : "wh", a);
        break;
    case 15:
        snprintf(text, SCRIPT_TEXT, "'callback':{'solved':'%s'}",
                 pick(2) ? "YES" : "NO");
        break;
    case 16:
        snprintf(text, SCRIPT_TEXT, "'reopened':{}");
        break;
    case 17:
        snprintf(text, SCRIPT_TEXT,
                 "'updated':{'urgency':'%s',"
                 "'supervised_by':'city'}",
                 urgencies[pick(3)]);
        break;
    case 18:
        snprintf(text, SCRIPT_TEXT, "'urged':{}");
        break;
    default:
        snprintf(text, SCRIPT_TEXT,
                 pick(3) ? "'updated':{'description':'more'}"
                         : "'merged':{'into_ticket_id':'older'}");
    }
    return text;
}

/* How a ticket begins. */
static inline const char *random_created(char text[SCRIPT_TEXT])
{
    char matters[256];

    snprintf(text, SCRIPT_TEXT, "'created':{'area':'%s','urgency':'%s',%s}",
             pick(2) ? "1/xc" : "1/dc", pick(4) ? "NORMAL" : "EMERGENCY",
             random_matters(matters));
    return text;
}

/* The city's rows and further ones, up to 64. */
static inline void lives_catalogue(const struct test_row *more,
                                   struct test_row rows[64])
{
    size_t n = 0;

    for (; city[n].field; n++)
        rows[n] = city[n];
    for (; more->field; more++)
        rows[n++] = *more;
    rows[n] = (struct test_row){0};
}

#endif
