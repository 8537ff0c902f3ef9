/*
 * The table of verbs. Each row is what --help prints, what options there are
 * and which field each of them fills.
 */
#include "ticket_verbs.h"

#include <string.h>

#define DEPARTMENT(help)                                                       \
    {                                                                          \
        "department", "ID", "department_id", VERB_DEPARTMENT, VERB_MAY, NULL,  \
            help                                                               \
    }
#define TEXT(option, argument, path, help)                                     \
    {                                                                          \
        option, argument, path, VERB_TEXT, VERB_MAY, NULL, help                \
    }
#define TIME(option, path, help)                                               \
    {                                                                          \
        option, "TIME", path, VERB_TIME, VERB_MAY, NULL, help                  \
    }
#define REASON TEXT("reason", "TEXT", "reason", "why")
#define APPROVED_BY TEXT("approved-by", "NAME", "approved_by", "who allowed it")
#define OFFICIAL TEXT("official", "NAME", "official", "the person who does it")
#define NOTE TEXT("note", "TEXT", "note", "in words")
#define URGENCY "normal, urgent or emergency"

static const struct verb_field acknowledge_fields[] = {
    DEPARTMENT("who signs off [the lead]"),
    OFFICIAL,
    TEXT("plan", "TEXT", "plan", "what is going to be done"),
    TIME("promised", "promised_at", "by when, as it was told to the citizen"),
};

static const struct verb_field contact_fields[] = {
    DEPARTMENT("who contacted the citizen [the lead]"),
    OFFICIAL,
    TEXT("method", "TEXT", "method", "phone, visit, message, ..."),
    NOTE,
};

static const struct verb_field return_fields[] = {
    DEPARTMENT("who returns it [the lead]"),
    {"reason", "REASON", "reason", VERB_TEXT, VERB_MUST, NULL,
     "wrong_area, not_responsible, unclear_ownership,\n"
     "overlapping_duty, missing_information, out_of_scope,\n"
     "duplicate or other"},
    NOTE,
    {"suggest-department", "ID", "suggested_department_id", VERB_DEPARTMENT,
     VERB_MAY, NULL, "who should have it"},
    TEXT("suggest-area", "PATH", "suggested_area", "where it belongs"),
};

static const struct verb_field reassign_fields[] = {
    {"to-department", "ID", "department_id", VERB_DEPARTMENT, VERB_MUST, NULL,
     "who gets it"},
    {"by-department", "ID", "by_department_id", VERB_DEPARTMENT, VERB_MAY, NULL,
     "who forwards it to a department below it; without\n"
     "it a desk rules"},
    TEXT("lead-official", "NAME", "lead_official", "who answers for it there"),
    NOTE,
};

static const struct verb_field reclassify_fields[] = {
    TEXT("to-area", "PATH", "area", "where it is"),
    {"to-category", "PATH", "matters", VERB_CATEGORIES, VERB_MAY, NULL,
     "what it is about; repeat it for the second matter\n"
     "and so on. A matter keeps its description, address\n"
     "and area; matters without a category are dropped"},
    {"to-scheme", "NAME", "matters", VERB_SCHEME, VERB_MAY, NULL,
     "in which scheme those categories are coded"},
    TEXT("to-urgency", "URGENCY", "urgency", URGENCY),
    {"again", NULL, "", VERB_NOTHING, VERB_MAY, NULL,
     "nothing was corrected: match it by the catalogue of\n"
     "today, but never to who has returned it"},
};

static const struct verb_field update_fields[] = {
    TEXT("description", "TEXT", "description", "is added to what is known"),
    TEXT("contact-name", "NAME", "contact.name", "of the citizen"),
    TEXT("contact-phone", "NUMBER", "contact.phone", "of the citizen"),
    TEXT("contact-email", "ADDRESS", "contact.email", "of the citizen"),
    {"attach", "URI", "attachments", VERB_URIS, VERB_MAY, NULL,
     "is added; may be repeated"},
    TEXT("urgency", "URGENCY", "urgency", URGENCY),
    TEXT("lead-official", "NAME", "lead_official", "who answers for it (点将)"),
    {"supervised-by", "ID", "supervised_by", VERB_DEPARTMENT, VERB_MAY, NULL,
     "the department that watches it (督办)"},
};

static const struct verb_field resolve_fields[] = {
    DEPARTMENT("who has done its part [the lead]"),
    {"outcome", "OUTCOME", "outcome", VERB_TEXT, VERB_MUST, NULL,
     "solved, explained, on_record or out_of_scope"},
    TEXT("plan", "TEXT", "plan", "what was done"),
    TEXT("reply", "TEXT", "reply", "what the citizen was told"),
};

static const struct verb_field extend_fields[] = {
    {"clock", "CLOCK", "clock", VERB_TEXT, VERB_MAY, "resolution",
     "first_response or resolution [resolution]"},
    {"by", "DURATION", "by", VERB_DURATION, VERB_ONE_OF, NULL,
     "24h, 7d, 12wh, 5wd, ... after its present end"},
    {"until", "TIME", "until_at", VERB_TIME, VERB_ONE_OF, NULL, "its new end"},
    APPROVED_BY,
    REASON,
};

static const struct verb_field pause_fields[] = {
    REASON,
    TIME("until", "until_at", "when it goes on by itself [never]"),
    APPROVED_BY,
};

static const struct verb_field reason_fields[] = {REASON};

static const struct verb_field merge_fields[] = {
    {"into", "TICKET", "into_ticket_id", VERB_TEXT, VERB_MUST, NULL,
     "the older ticket, which lives on"},
};

static const struct verb_field callback_fields[] = {
    {"result", "RESULT", "result", VERB_TEXT, VERB_MUST, NULL,
     "reached, not_reached or declined"},
    TEXT("contacted", "ANSWER", "contacted",
         "did the department call? yes, no or not_asked"),
    TEXT("solved", "ANSWER", "solved", "is it solved? yes, no or not_asked"),
    TEXT("satisfaction", "TEXT", "satisfaction",
         "satisfied, mostly_satisfied or dissatisfied"),
    TEXT("excluded-reason", "TEXT", "excluded_reason",
         "why this call does not count"),
    NOTE,
};

#define KIND(name) DISPATCH__V1__TICKET_EVENT__KIND_##name
#define FIELDS(name)                                                           \
    name##_fields, sizeof name##_fields / sizeof name##_fields[0]

static const struct ticket_verb verbs[] = {
    {"acknowledge", "acknowledged", KIND(ACKNOWLEDGED), false,
     "a department signs off that it has it (签收)",
     "A department signs off that it has the ticket (签收).",
     "  dispatchctl ticket acknowledge BJ-7 --department gas --plan 'visit'",
     FIELDS(acknowledge)},
    {"contact", "contacted", KIND(CONTACTED), false,
     "a department contacted the citizen",
     "A department contacted the citizen, which meets its first response.",
     "  dispatchctl ticket contact BJ-7 --department gas --method phone",
     FIELDS(contact)},
    {"return", "returned", KIND(RETURNED), false,
     "a department returns it (退单)",
     "A department returns the ticket (退单). Where it goes then depends on "
     "the\n"
     "reason and the catalogue.",
     "  dispatchctl ticket return BJ-7 --department gas --reason wrong_area "
     "\\\n"
     "      --suggest-area 110000/110101",
     FIELDS(return )},
    {"reassign", "reassigned", KIND(REASSIGNED), false,
     "a desk sends it elsewhere (改派), a holder forwards it (转派)",
     "A desk sends the ticket elsewhere and rules on a dispute (改派), or a\n"
     "holder forwards it to a department below it (转派).",
     "  dispatchctl ticket reassign BJ-7 --to-department heating\n"
     "  dispatchctl ticket reassign BJ-7 --by-department xicheng \\\n"
     "      --to-department xicheng-street-7",
     FIELDS(reassign)},
    {"reclassify", "reclassified", KIND(RECLASSIFIED), true,
     "area, categories or urgency were wrong",
     "Corrects area, categories or urgency. Another area or category "
     "dispatches\n"
     "the ticket anew.",
     "  dispatchctl ticket reclassify BJ-7 --to-category gas/leak\n"
     "  dispatchctl ticket reclassify BJ-7 --again",
     FIELDS(reclassify)},
    {"update", "updated", KIND(UPDATED), true,
     "more is known; an official is named (点将); supervision (督办)",
     "Adds to a ticket, names the official who answers for it (点将), or puts "
     "it\n"
     "under supervision (督办).",
     "  dispatchctl ticket update BJ-7 --description 'also at number 9'\n"
     "  dispatchctl ticket update --lead-official 'Wang Fang' \\\n"
     "      --category heating --area 110000/110102 --from 2019-11-07 --yes",
     FIELDS(update)},
    {"resolve", "resolved", KIND(RESOLVED), false,
     "a department has done its part (办结)",
     "A department has done its part (办结).",
     "  dispatchctl ticket resolve BJ-7 --department gas --outcome solved \\\n"
     "      --reply 'the valve is new'",
     FIELDS(resolve)},
    {"extend", "extended", KIND(EXTENDED), false,
     "a clock gets more time (延期)",
     "Gives a clock more time (延期): that of --actor-department, else the\n"
     "lead's.",
     "  dispatchctl ticket extend BJ-7 --by 5wd --approved-by 'Director Li'",
     FIELDS(extend)},
    {"pause", "paused", KIND(PAUSED), false,
     "the resolution clocks stand still (挂起)",
     "Lets the resolution clocks stand still (挂起).",
     "  dispatchctl ticket pause BJ-7 --reason 'waits for a part' \\\n"
     "      --until 2019-12-01T09:00",
     FIELDS(pause)},
    {"resume", "resumed", KIND(RESUMED), false, "they go on",
     "Lets paused clocks go on.",
     "  dispatchctl ticket resume BJ-7 --reason 'the part is there'",
     FIELDS(reason)},
    {"urge", "urged", KIND(URGED), false, "the citizen asks again (催办)",
     "The citizen or the desk urges (催办): each department is told.",
     "  dispatchctl ticket urge BJ-7 --reason 'still cold'", FIELDS(reason)},
    {"callback", "callback", KIND(CALLBACK), false,
     "the citizen was called back (回访)",
     "What the citizen said when called back (回访). After all have resolved "
     "it\n"
     "closes or reopens the ticket; before, it is noted.",
     "  dispatchctl ticket callback BJ-7 --result reached --contacted yes \\\n"
     "      --solved yes --satisfaction satisfied",
     FIELDS(callback)},
    {"reopen", "reopened", KIND(REOPENED), false, "begins a new round",
     "Begins a new round with the same departments.",
     "  dispatchctl ticket reopen BJ-7 --reason 'leaks again'", FIELDS(reason)},
    {"merge", "merged", KIND(MERGED), false,
     "is one with an older ticket (并单)",
     "Merges tickets into an older one (并单): `merged` on each of them, and\n"
     "`updated` on the older one, which names them. Each must be younger.",
     "  dispatchctl ticket merge BJ-9 BJ-12 --into BJ-7", FIELDS(merge)},
    {"cancel", "cancelled", KIND(CANCELLED), false,
     "ends it; it cannot come back",
     "Ends a ticket that should not be; it cannot come back.",
     "  dispatchctl ticket cancel BJ-7 --reason 'a test call'", FIELDS(reason)},
};

const struct ticket_verb *ticket_verbs(size_t *n)
{
    *n = sizeof(verbs) / sizeof(verbs[0]);
    return verbs;
}

const struct ticket_verb *ticket_verb_find(const char *name)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}
