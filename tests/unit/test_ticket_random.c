/*
 * Thousands of random lives: whatever comes, in whatever order, the story that
 * the outputs tell holds together.
 *
 * For each ticket: ids without gaps (the script checks them); a deadline is
 * scheduled before anything else happens to it, once at a time, breached at
 * most once, and nothing happens after its end; an open ticket has exactly one
 * lead; nobody is told of its withdrawal who did not hold it; the end closes
 * every holder and every deadline.
 */
#include "ticket_script.h"

enum { TICKETS = 1500, STEPS = 24, NAMES = 8 };

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

/* What the outputs said of one ticket so far. */
struct story {
    int roles[NAMES]; /* 0: does not hold it */
    bool open[NAMES][3];
    bool breached[NAMES][3];
    bool ended;
};

static uint64_t seed = 20260302;

static uint32_t pick(uint32_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

static size_t number_of(const char *department_id)
{
    for (size_t i = 0; i < NAMES; i++) {
        if (strcmp(names[i], department_id) == 0)
            return i;
    }
    fail_msg("who is %s?", department_id);
    return 0;
}

static void read_assignment(struct story *s, const struct output *o)
{
    Dispatch__V1__AssignmentEvent *msg =
        dispatch__v1__assignment_event__unpack(NULL, o->value_size, o->value);
    size_t who = number_of(msg->department_id);

    switch (msg->kind) {
    case DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_REFUSED:
        break;
    case DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_WITHDRAWN:
        assert_int_not_equal(s->roles[who], 0);
        s->roles[who] = 0;
        break;
    case DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_CLOSED:
        assert_int_not_equal(s->roles[who], 0);
        s->ended = true;
        break;
    case DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_REOPENED:
        assert_int_equal(s->roles[who], msg->role);
        s->ended = false;
        break;
    case DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_UPDATED:
    case DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_URGED:
        assert_int_equal(s->roles[who], msg->role);
        break;
    default:
        if (msg->role != 0) /* a desk that is only asked has none */
            s->roles[who] = (int)msg->role;
    }
    dispatch__v1__assignment_event__free_unpacked(msg, NULL);
}

static void read_deadline(struct story *s, const struct output *o)
{
    Dispatch__V1__DeadlineEvent *msg =
        dispatch__v1__deadline_event__unpack(NULL, o->value_size, o->value);
    size_t who = number_of(msg->department_id);
    bool *open = &s->open[who][msg->clock];
    bool *breached = &s->breached[who][msg->clock];

    switch (msg->kind) {
    case DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_SCHEDULED:
        assert_false(*open);
        *open = true;
        *breached = false;
        break;
    case DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_MET:
    case DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_CANCELLED:
        assert_true(*open);
        *open = false;
        break;
    case DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_BREACHED:
        assert_false(*breached);
        *breached = true;
        assert_true(*open);
        break;
    case DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_ESCALATED:
        /* An order of supervision needs no clock. */
        assert_true(*open || msg->explanation[0]);
        break;
    default:
        assert_true(*open);
    }
    dispatch__v1__deadline_event__free_unpacked(msg, NULL);
}

/* Policies that nobody uses any more are forgotten. */
static void check_policies(const Dispatch__V1__TicketState *state)
{
    uint64_t used = 0;

    for (size_t i = 0; i < state->n_parts; i++) {
        const Dispatch__V1__TicketPart *part = state->parts[i];

        used |= (uint64_t)1 << part->policy_number;
        for (size_t j = 0; j < part->n_clocks; j++)
            used |= (uint64_t)1 << part->clocks[j]->policy_number;
    }
    assert_int_equal(used | 1, ((uint64_t)2 << state->n_policies) - 1);
}

static void check_whole(const struct story *s,
                        const Dispatch__V1__TicketState *state)
{
    size_t leads = 0;
    bool whole = state && state->ticket;

    for (size_t i = 0; i < NAMES; i++) {
        leads += s->roles[i] == DISPATCH__V1__ROLE__ROLE_LEAD;
        if (s->ended)
            assert_false(s->open[i][1] || s->open[i][2]);
    }
    assert_int_equal(leads, 1);
    if (!whole)
        return;
    assert_int_equal(state->parts[0]->role, DISPATCH__V1__ROLE__ROLE_LEAD);
    for (size_t i = 0; i < state->n_parts; i++) {
        const Dispatch__V1__TicketPart *part = state->parts[i];

        assert_int_equal(s->roles[number_of(part->department_id)], part->role);
    }
    check_policies(state);
}

static void read_story(struct story *s, const struct outputs *out)
{
    for (size_t i = 0; i < out->n; i++) {
        if (out->items[i].topic == OUTPUT_ASSIGNMENTS)
            read_assignment(s, &out->items[i]);
        else
            read_deadline(s, &out->items[i]);
    }
}

static const char *random_matters(char text[256])
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

static const char *random_event(int64_t minute, char text[SCRIPT_TEXT])
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

/* One step: an event, or time alone. */
static void random_step(struct script *s, struct story *story, int64_t minute,
                        const char *event)
{
    const struct step step = {minute, event, ""};
    struct outputs out;
    char text[SCRIPT_TEXT] = "";

    arena_reset(s->arena);
    outputs_init(&out, s->arena, s->max_size);
    if (event) {
        enum reject_code code = script_apply(s, &step, &out);

        assert_true(code == REJECT_NONE || code == REJECT_WRONG_STATE ||
                    code == REJECT_INVALID_FIELD);
    } else {
        const struct ticket_context ctx = script_context(s, minute);
        Dispatch__V1__TicketState *state = script_state(s);

        assert_int_equal(ticket_fire(&ctx, &state, ctx.now_ms, &out),
                         REJECT_NONE);
        script_keep(s, state);
    }
    script_print(s, &out, minute, text);
    read_story(story, &out);
    check_whole(story, script_state(s));
}

static void random_life(struct script *s)
{
    char text[SCRIPT_TEXT];
    char matters[256];
    struct story story = {0};
    int64_t minute = 0;

    script_forget(s);
    snprintf(text, sizeof(text), "'created':{'area':'%s','urgency':'%s',%s}",
             pick(2) ? "1/xc" : "1/dc", pick(4) ? "NORMAL" : "EMERGENCY",
             random_matters(matters));
    random_step(s, &story, 0, text);
    for (int i = 0; i < STEPS; i++) {
        minute += pick(120);
        random_step(s, &story, minute,
                    pick(5) ? random_event(minute, text) : NULL);
    }
}

static void run_lives(const struct test_row *more)
{
    struct test_row rows[64];
    struct script s;
    size_t n = 0;

    for (; city[n].field; n++)
        rows[n] = city[n];
    for (; more->field; more++)
        rows[n++] = *more;
    rows[n] = (struct test_row){0};
    script_begin(&s, rows);
    for (int i = 0; i < TICKETS; i++)
        random_life(&s);
    script_end(&s);
}

static void lives_under_automatic_returns_hold_together(void **state)
{
    static const struct test_row more[] = {{M("max_returns", "3")}, {0}};

    (void)state;
    run_lives(more);
}

static void lives_under_review_hold_together(void **state)
{
    static const struct test_row more[] = {{M("returns", "review")}, {0}};

    (void)state;
    run_lives(more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lives_under_automatic_returns_hold_together),
        cmocka_unit_test(lives_under_review_hold_together),
    };
    return cmocka_run_group_tests_name("ticket_random", tests, NULL, NULL);
}
