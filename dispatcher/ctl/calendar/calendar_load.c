/*
 * The calendars of a catalogue by themselves, so that they can be looked at
 * before there is a catalogue around them.
 */
#include "calendar_command.h"

#include "catalogue.h"
#include "catalogue_findings.h"
#include "csv_tables.h"
#include "findings.h"
#include "memory.h"
#include "redis_client.h"
#include "redis_tables.h"
#include "tables.h"

#include <stdio.h>
#include <stdlib.h>

enum { REDIS_MS = 5000 };

static bool say_wrong(const char *why)
{
    fprintf(stderr, "dispatchctl calendar: %s\n", why);
    return false;
}

static bool read_redis(const struct calendar_source *from,
                       struct catalogue_tables *tables)
{
    struct redis_address address;
    char why[REDIS_WHY_SIZE];
    if (!redis_address_parse(from->redis, &address, why))
        return say_wrong(why);
    struct redis_client *client = redis_client_open(&address, REDIS_MS, why);
    bool read = client != NULL &&
                redis_tables_read(client, from->prefix, 1u << TABLE_CALENDARS,
                                  REDIS_RELEASE, tables, why) == STATUS_OK;
    redis_client_close(&client);
    redis_address_deinit(&address);
    return read || say_wrong(why);
}

/* Prints what was found about calendars; true when there is an error. */
static bool print_findings(const struct findings *all, const char *folder)
{
    struct findings own = {0};
    own.items = memory_new_array(all->n + 1, sizeof *own.items);
    for (size_t i = 0; i < all->n; i++) {
        if (all->items[i].table != TABLE_CALENDARS)
            continue;
        own.items[own.n++] = all->items[i]; /* borrowed */
        own.errors += all->items[i].level == FINDING_ERROR;
        own.warnings += all->items[i].level == FINDING_WARNING;
    }
    if (own.n > 0)
        catalogue_findings_print(&own, folder, false);
    bool wrong = own.errors > 0;
    free(own.items);
    return wrong;
}

/* The other files of the folder may be missing. */
static bool read_folder(const struct calendar_source *from,
                        struct catalogue_tables *tables)
{
    struct findings findings = {0};
    bool good = csv_tables_read(from->folder, tables, &findings) == STATUS_OK ||
                !print_findings(&findings, from->folder);
    findings_deinit(&findings);
    return good;
}

struct catalogue *calendar_load(const struct calendar_source *from)
{
    struct catalogue_tables *tables = tables_new();
    struct catalogue_tables *own = tables_new();
    struct catalogue *cat = NULL;
    bool read = from->folder != NULL ? read_folder(from, tables)
                                     : read_redis(from, tables);
    if (read) {
        struct findings findings = {0};
        tables_move(own, tables, TABLE_CALENDARS);
        if (catalogue_compile(own, &findings, &cat) != STATUS_OK)
            cat = NULL;
        (void)print_findings(&findings, from->folder);
        findings_deinit(&findings);
    }
    tables_free(&own);
    tables_free(&tables);
    return cat;
}
