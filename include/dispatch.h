/*
 * Who gets a ticket, and by when: the decision, as data (docs/rules.md).
 *
 * Pure: the same ticket, catalogue and time give the same plan.
 */
#ifndef DISPATCHER_DISPATCH_H
#define DISPATCHER_DISPATCH_H

#include "catalogue.h"
#include "reject.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct candidate;
struct match;
struct match_query;

enum {
    DISPATCH_MAX_CO = 8,      /* co-handlers that one route may name */
    DISPATCH_MAX_PARTS = 144, /* 16 matters x (1 + DISPATCH_MAX_CO) */
};

/* One clock of one department. */
struct clock_plan {
    bool exists;
    struct duration limit; /* from started_at to due_at */
    int64_t started_at;
    int64_t due_at;
    int64_t warn_at; /* next warning; 0: none to come */
    bool provisional;
    const struct policy *policy; /* that set this limit */
    const struct calendar *calendar;
};

/* What one department has to do with the ticket. */
struct dispatch_part {
    const struct department *department;
    Dispatch__V1__Role role; /* LEAD or CO_HANDLER */
    uint16_t matters;        /* bit i: matter i; 0: ticket has none */
    uint16_t own;            /* those of them that it is not only `co` for */
    const char *rule;        /* key of the route; "": fallback */
    bool fallback;
    bool co_only;                /* only named by `co`: no clock */
    const char *lead_official;   /* "": none; may lie in the ticket */
    const struct policy *policy; /* NULL: no clocks */
    struct clock_plan clocks[CLOCKS];
};

/* Part 0 is the lead. Each department appears once. */
struct dispatch_plan {
    size_t n_parts;
    struct dispatch_part parts[DISPATCH_MAX_PARTS];
};

/* What a decision depends on beside ticket and catalogue: when things happened
 * (UTC milliseconds), and who is out of the question. */
struct dispatch_terms {
    int64_t occurred_at;   /* conditions of rules hold at this moment */
    int64_t requested_at;  /* resolution clocks start here */
    int64_t assigned_at;   /* the first-response clock starts here */
    int64_t now;           /* warn points before this are skipped */
    char *const *excluded; /* ids of departments that get nothing */
    size_t n_excluded;
};

/* Those of a `created` event by the rules: requested_at (else
 * occurred_at) stands however old and starts both clocks; one in the future
 * counts as the record's Kafka timestamp (negative: the record has none). */
struct dispatch_terms
dispatch_terms_created(const Dispatch__V1__TicketEvent *event,
                       int64_t timestamp_ms);

/* Decides. On REJECT_NONE *plan is filled (pointers into `cat` and `ticket`);
 * otherwise its contents are undefined. A ticket without matters is matched by
 * its area alone. Each text of `ticket` that is a path must be valid, and there
 * are at most DECODE_MAX_MATTERS matters. A department that several matters
 * name has the rule of the first of its own ones. REJECT_NO_ROUTE when a matter
 * has neither rule nor fallback. */
enum reject_code dispatch_ticket(const struct catalogue *cat,
                                 const Dispatch__V1__TicketCreated *ticket,
                                 const struct dispatch_terms *terms,
                                 struct dispatch_plan *plan, struct reject *r);

/* Who takes one matter, and why; texts lie in the catalogue. */
struct dispatch_decision {
    const struct department *department;
    const struct department *co[DISPATCH_MAX_CO];
    size_t n_co;
    const char *rule; /* "": fallback */
    const struct policy *policy;
    const char *lead_official; /* the route's; "": none */
};

/* What the rules look at for a matter in `area` (empty: the ticket's). */
struct match_query dispatch_query(const Dispatch__V1__TicketCreated *ticket,
                                  const char *area, const char *category,
                                  int64_t at_ms);

/* What a rule that holds decides: a candidate of match_next. */
void dispatch_by_rule(const struct match *match,
                      const struct candidate *candidate,
                      struct dispatch_decision *out);

/* What is decided where no rule holds. False: nobody takes the matter. */
bool dispatch_by_fallback(const struct match *match,
                          struct dispatch_decision *out);

/* One clock under a policy (NULL: none): due date, and the first warning after
 * `now_ms` and before the end. Shares of a working clock are shares of its
 * working time. `exists` is false when the policy has no such limit. */
struct clock_plan dispatch_clock(const struct policy *policy,
                                 const struct department *department,
                                 enum clock_kind kind, enum urgency urgency,
                                 int64_t start_ms, int64_t now_ms);

/* Unspecified and unknown urgencies are normal. */
enum urgency dispatch_urgency(Dispatch__V1__Urgency urgency);

#endif
