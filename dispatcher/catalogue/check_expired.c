/*
 * Rules whose time has run out: no error, but nobody needs them any more.
 */
#include "calendar.h"
#include "catalogue.h"
#include "findings.h"
#include "snapshot.h"

void catalogue_check_expired(const struct catalogue *cat,
                             const struct catalogue_tables *tables,
                             int64_t now_ms, struct findings *findings)
{
    int32_t today = calendar_local_date(cat->local_time, now_ms);

    for (size_t i = 0; i < cat->n_routes; i++) {
        const struct route *route = &cat->routes[i];
        const struct conditions *c = &cat->bodies[route->body].conditions;

        if (!(c->given >> CONDITION_UNTIL & 1) || c->until >= today)
            continue;
        findings_add(findings, FINDING_WARNING, TABLE_ROUTES,
                     tables_find(tables, TABLE_ROUTES, route->key), "until",
                     "the rule's time ran out on %04d-%02d-%02d; delete the "
                     "rule or give it a later date",
                     c->until / 10000, c->until / 100 % 100, c->until % 100);
    }
}
