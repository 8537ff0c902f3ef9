/*
 * What was learned, for people, as the rows of routes.csv, and as JSON.
 */
#ifndef DISPATCHER_SUGGEST_PRINT_H
#define DISPATCHER_SUGGEST_PRINT_H

#include "route_history.h"
#include "rule_learner.h"

#include <stdio.h>

/* All of it is borrowed. */
struct suggestion {
    const struct rule_learner *learner;
    const struct catalogue *present; /* NULL: nothing to compare with */
    struct route_history *record;    /* of the present rules; NULL: none */
    uint64_t min_support;
    unsigned long refused, ignored; /* rows of the history left out */
};

void suggest_print_people(FILE *out, const struct suggestion *s);
void suggest_print_csv(FILE *out, const struct suggestion *s);
void suggest_print_json(FILE *out, const struct suggestion *s);

#endif
