/*
 * The catalogue that explain works with, compiled as the daemon compiles it.
 */
#include "catalogue.h"
#include "catalogue_findings.h"
#include "csv_tables.h"
#include "explain.h"
#include "findings.h"
#include "live_catalogue.h"
#include "redis_tables.h"
#include "tables.h"

#include <stdio.h>

/* A large catalogue may keep Redis busy for seconds. */
enum { REDIS_MS = 30000 };

static bool read_redis(const char *url, const char *prefix,
                       struct catalogue_tables *tables)
{
    const struct live_catalogue live = {.redis = url, .prefix = prefix};
    char why[REDIS_WHY_SIZE];

    if (live_catalogue_tables(&live, TABLES_ALL, tables, REDIS_MS, why))
        return true;
    fprintf(stderr, "dispatchctl explain: %s\n", why);
    return false;
}

struct catalogue *explain_load_catalogue(const char *folder,
                                         const char *redis_url,
                                         const char *prefix)
{
    struct findings findings = {0};
    struct catalogue_tables *tables = tables_new();
    struct catalogue *cat = NULL;

    bool read = folder != NULL
                    ? csv_tables_read(folder, tables, &findings) == STATUS_OK
                    : read_redis(redis_url, prefix, tables);
    if (read && catalogue_compile(tables, &findings, &cat) != STATUS_OK)
        cat = NULL;
    if (cat == NULL)
        catalogue_findings_print(&findings, folder, false);
    findings_deinit(&findings);
    tables_free(&tables);
    return cat;
}
