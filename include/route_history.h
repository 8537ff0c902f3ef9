/*
 * What became of the tickets that each rule of a catalogue decides: who had
 * them in the end.
 */
#ifndef DISPATCHER_ROUTE_HISTORY_H
#define DISPATCHER_ROUTE_HISTORY_H

#include "match.h"

#include <stddef.h>
#include <stdint.h>

struct route_history;

/* One rule and the tickets that it decides. Texts live as long as the
 * catalogue and the history. */
struct route_record {
    const struct route *route;
    uint64_t support;
    uint64_t right;      /* ended where the rule sends them */
    uint64_t returned;   /* its department sent them back */
    const char *instead; /* the other department with most; NULL: none */
    uint64_t instead_count;
};

/* The catalogue is borrowed. Free with route_history_free, which sets *h to
 * NULL. */
struct route_history *route_history_new(const struct catalogue *cat);
void route_history_free(struct route_history **h);

/* How a past ticket went. */
struct past_end {
    const char *department;      /* that handled it in the end */
    const char *const *returned; /* those that sent it back */
    size_t n_returned;
    uint64_t count; /* so many tickets alike */
};

/* Matches a past ticket; one that no rule decides is only counted. */
void route_history_add(struct route_history *h, const struct match_query *query,
                       const struct past_end *end);

/* Counts; the rules that history contradicts: another department handled more
 * of the tickets than the rule's own, or that one returned more than it kept.
 * Those with most misrouted tickets first; only rules that decide at least
 * min_support tickets. Valid until the next call. */
const struct route_record *route_history_contradicted(struct route_history *h,
                                                      uint64_t min_support,
                                                      size_t *n);

/* Right, and all, under the catalogue. */
uint64_t route_history_right(const struct route_history *h);
uint64_t route_history_tickets(const struct route_history *h);

#endif
