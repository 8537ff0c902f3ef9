/*
 * Past tickets with the department that handled them in the end.
 *
 * They come from a CSV with a mapping, as for `publish`, and a column for the
 * department; from a CSV that has the columns area, category and department,
 * and if need be count; or from JSON lines: objects with these names,
 * TicketEvents with a `department` beside, or what `dispatchctl tail
 * assignments --json` prints, of which the lead's CLOSED events count.
 */
#ifndef DISPATCHER_PAST_TICKETS_H
#define DISPATCHER_PAST_TICKETS_H

#include "decode.h"
#include "match.h"
#include "route_history.h"
#include "status.h"

#include <stdbool.h>

struct past_ticket {
    struct match_query query; /* of the first matter */
    struct past_end end;
};

/* What is read, and how it went. Start with the first three set. */
struct past_tickets {
    const char *mapping; /* a mapping file; NULL: none */
    const char *column;  /* of the department */
    void (*take)(void *opaque, const struct past_ticket *ticket);
    void *opaque;

    unsigned long taken;
    unsigned long refused; /* rows that are wrong: they are said */
    unsigned long ignored; /* no department, or records of another kind */
};

/* Reads one file, "-" for standard input. False, and said on standard error,
 * when it cannot be read at all or to its end. */
MUST_CHECK bool past_tickets_read(struct past_tickets *past, const char *path);

#endif
