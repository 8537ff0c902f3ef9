/*
 * Learns the rules of dispatch from past tickets: the fewest rules that, under
 * the catalogue's order of matching, send each ticket where most tickets of
 * its area and category went.
 *
 * Nothing but counting over the two trees of paths. A rule costs as much as
 * `min_gain` misrouted tickets, and the sum of both is made as small as it
 * gets in three steps:
 *
 *   1. For each category, how its areas would best be divided (rule_fit.c).
 *   2. Which categories speak for themselves and which leave it to a shorter
 *      one, and whether they do so with one department for all areas or with
 *      the division of step 1 (rule_choice.c).
 *   3. Each category's areas once more, now that it is known which tickets the
 *      longer categories take; repeated until nothing changes.
 *
 * Steps 1 and 2 are exact: with one tree alone the result is the smallest
 * there is. With both it is the smallest that this search finds. The same
 * history gives the same rules, in whatever order it is added.
 */
#ifndef DISPATCHER_RULE_LEARNER_H
#define DISPATCHER_RULE_LEARNER_H

#include "status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rule_learner;

/* What makes a rule worth having. */
struct rule_learner_options {
    /* A rule routes at least so many tickets of the history right that would
     * go elsewhere without it. 0: each area and category gets the department
     * that most of its tickets went to, down to a single ticket. */
    uint64_t min_gain;
    uint64_t min_support; /* tickets that the rule decides, at least */
    unsigned min_purity;  /* per cent of them that went to its department */
    /* Rules with an empty category are allowed. Without them a category that
     * no rule names stays with the areas' departments (fallback). */
    bool catch_all;
};

/* One rule. Texts live as long as the learner. */
struct learned_rule {
    const char *area;
    const char *category;
    const char *department;
    uint64_t support; /* tickets of the history that it decides */
    uint64_t right;   /* of these, those that went to its department */
    /* What would decide these tickets without it: NULL when nothing would, or
     * not one and the same rule. */
    const struct learned_rule *general;
    uint64_t right_without; /* how many would be right without it */
};

/* The history as a whole, under the rules. */
struct learned_summary {
    uint64_t tickets;
    uint64_t leaves;   /* different pairs of area and category */
    uint64_t majority; /* right if each leaf had a rule for its majority */
    uint64_t right;    /* right under the rules */
    uint64_t left;     /* decided by no rule */
};

/* An empty history. Free with rule_learner_free, which sets *l to NULL. */
struct rule_learner *rule_learner_new(void);
void rule_learner_free(struct rule_learner **l);

/* Adds `count` tickets that ended at this department. Paths are valid
 * (path_check); texts are copied. Not after rule_learner_learn. */
void rule_learner_add(struct rule_learner *l, const char *area,
                      const char *category, const char *department,
                      uint64_t count);

/* Learns from what was added; may be called again with other options. False:
 * the history has more areas, categories and departments than fit into memory
 * (RULE_LEARNER_MAX_PAIRS of areas and categories or of either and
 * departments, prefixes included). */
enum { RULE_LEARNER_MAX_PAIRS = 1 << 26 };
MUST_CHECK bool rule_learner_learn(struct rule_learner *l,
                                   const struct rule_learner_options *options);

/* The rules, by category and then area, and the summary. Valid until the next
 * rule_learner_learn. */
const struct learned_rule *rule_learner_rules(const struct rule_learner *l,
                                              size_t *n);
struct learned_summary rule_learner_summary(const struct rule_learner *l);

#endif
