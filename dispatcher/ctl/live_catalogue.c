/*
 * Redis -> tables -> a compiled catalogue.
 */
#include "live_catalogue.h"

#include "catalogue.h"
#include "findings.h"
#include "redis_client.h"
#include "redis_tables.h"
#include "tables.h"
#include "zone.h"

#include <stdio.h>
#include <stdlib.h>

struct live_catalogue live_catalogue_default(void)
{
    const char *url = getenv("DISPATCHER_REDIS_URL");

    /* An empty one counts as not set, as for the daemon. */
    if (url == NULL || url[0] == '\0')
        url = "redis://127.0.0.1:6379/0";
    return (struct live_catalogue){.redis = url, .prefix = "dispatch:"};
}

bool live_catalogue_tables(const struct live_catalogue *live, unsigned wanted,
                           struct catalogue_tables *tables, int timeout_ms,
                           char why[REDIS_WHY_SIZE])
{
    struct redis_address address;
    char reason[REDIS_WHY_SIZE];
    bool ok = false;

    if (!redis_address_parse(live->redis, &address, reason)) {
        snprintf(why, REDIS_WHY_SIZE, "the Redis URL is wrong: %.200s", reason);
        return false;
    }
    struct redis_client *client = redis_client_open(&address, timeout_ms, why);
    if (client != NULL)
        ok = redis_tables_read(client, live->prefix, wanted, REDIS_RELEASE,
                               tables, why) == STATUS_OK;
    redis_client_close(&client);
    redis_address_deinit(&address);
    return ok;
}

struct catalogue *live_catalogue_read(const struct live_catalogue *live,
                                      int timeout_ms, char why[REDIS_WHY_SIZE])
{
    struct findings findings = {0};
    struct catalogue_tables *tables = tables_new();
    struct catalogue *cat = NULL;

    if (live_catalogue_tables(live, TABLES_ALL, tables, timeout_ms, why) &&
        catalogue_compile(tables, &findings, &cat) != STATUS_OK) {
        cat = NULL;
        snprintf(why, REDIS_WHY_SIZE,
                 "what Redis holds is no consistent catalogue; `dispatchctl "
                 "catalogue check` says why");
    }
    findings_deinit(&findings);
    tables_free(&tables);
    return cat;
}

struct zone *live_catalogue_zone(const struct live_catalogue *live,
                                 int timeout_ms)
{
    struct catalogue_tables *tables = tables_new();
    const struct table_row *row = NULL;
    struct zone *zone = NULL;
    char why[REDIS_WHY_SIZE];

    if (live_catalogue_tables(live, 1U << TABLE_META, tables, timeout_ms, why))
        row = tables_find(tables, TABLE_META, "time_zone");
    if (row != NULL)
        zone = zone_load(row->value, why, sizeof why);
    tables_free(&tables);
    return zone;
}
