/*
 * What the steps of learning rules share: the history, what a rule costs, and
 * the rules as they stand.
 */
#ifndef DISPATCHER_RULE_SEARCH_H
#define DISPATCHER_RULE_SEARCH_H

#include "rule_history.h"
#include "rule_learner.h"

#include <stdbool.h>
#include <stdint.h>

/* Departments by area, NO_DEPARTMENT where there is no rule; one for each node
 * of the tree of areas. */
typedef uint32_t *area_rules;

/* Rules that turned out not to be worth having. */
struct rule_bans {
    struct rule_ban {
        uint32_t category, area, department;
    } * items; /* sorted, up to n_sorted */
    size_t n, n_sorted;
    uint8_t *places; /* by category and area: some rule is banned here */
};

struct rule_search {
    struct history history;
    struct rule_learner_options options;
    area_rules *rules; /* by category; NULL: none */
    struct rule_bans bans;
    uint32_t *departments; /* scratch: a department's place in a demand */
};

/* Misrouted tickets and rules in one number: in first place what they weigh
 * together, in second place, if no gain is asked for, the number of rules. */
typedef int64_t rule_cost;
enum { COST_TICKET_BITS = 24 };

static inline rule_cost cost_of_tickets(uint64_t n)
{
    return (rule_cost)n << COST_TICKET_BITS;
}

/* With a gain asked for, a rule that reaches exactly that pays. */
static inline rule_cost cost_of_rule(const struct rule_search *s)
{
    uint64_t gain = s->options.min_gain;

    return gain == 0 ? 1 : cost_of_tickets(gain) - 1;
}

/* Whether a rule may stand there; bans one, which counts from the next
 * search_sort_bans on; forgets all bans. */
bool search_may_say(const struct rule_search *s, uint32_t category,
                    uint32_t area, uint32_t department);
void search_ban(struct rule_search *s, uint32_t category, uint32_t area,
                uint32_t department);
void search_sort_bans(struct rule_search *s);
void search_forget_bans(struct rule_search *s);

/* A place among the rules. */
struct rule_place {
    uint32_t category;
    uint32_t area;
};

/* The department that the rules of one category name for an area; *at (may be
 * NULL) is where that rule stands. */
uint32_t area_rules_find(const struct rule_search *s, area_rules rules,
                         uint32_t area, uint32_t *at);

/* The rule that decides for a category and an area, and after it, in the
 * catalogue's order, the next one: the search begins at *place and leaves it
 * at the rule. NO_DEPARTMENT: none. */
uint32_t search_decide(const struct rule_search *s, uint32_t area,
                       struct rule_place *place);
uint32_t search_decide_next(const struct rule_search *s, uint32_t area,
                            struct rule_place *place);

/* Which tickets make a demand. */
enum demand_scope {
    DEMAND_BELOW, /* all of the category and of longer ones */
    DEMAND_OWN,   /* of just this category */
    DEMAND_LEFT,  /* all but those that rules of longer categories decide */
};

/* Tickets at and below one category, by area and department. */
struct demand {
    uint32_t category;
    enum demand_scope scope;
    size_t n;              /* departments that occur */
    uint32_t *departments; /* in their order */
    uint64_t *counts;      /* [area * n + department] */
    uint64_t *totals;      /* [area] */
    uint32_t *inherited;   /* [area]: department without a rule */
};

/* Fills a demand. With DEMAND_LEFT what is inherited is what rules of shorter
 * categories say, else nothing. */
void demand_init(struct demand *d, struct rule_search *s, uint32_t category,
                 enum demand_scope scope);
void demand_deinit(struct demand *d);

/* Step 1 and 3: the cheapest rules for a demand. `out` has room for each area;
 * returns how many rules there are. */
size_t rule_fit(const struct rule_search *s, const struct demand *d,
                area_rules out);

/* Step 2: sets s->rules, which are empty before. */
void rule_choice(struct rule_search *s);

#endif
