/*
 * Reading and checking a catalogue, for the sub-commands of dispatchctl
 * catalogue.
 */
#include "catalogue_job.h"

#include "catalogue.h"
#include "catalogue_findings.h"
#include "clock.h"
#include "csv_tables.h"
#include "ctl.h"
#include "redis_client.h"

#include <stdio.h>

/* A million rules may keep Redis busy for seconds. */
enum { CALL_MS = 30000 };

int job_failed(const char *why)
{
    fprintf(stderr, "dispatchctl catalogue: %s\n", why);
    return CTL_FAILED;
}

bool job_connect(struct catalogue_job *job)
{
    struct redis_address address;
    char why[REDIS_WHY_SIZE];

    if (!redis_address_parse(job->redis, &address, why)) {
        fprintf(stderr, "dispatchctl catalogue: the Redis URL is wrong: %s\n",
                why);
        return false;
    }
    job->client = redis_client_open(&address, CALL_MS, why);
    redis_address_deinit(&address);
    if (job->client == NULL)
        job_failed(why);
    return job->client != NULL;
}

bool job_read_stored(struct catalogue_job *job, enum redis_hold hold)
{
    char why[REDIS_WHY_SIZE];

    if (!job_connect(job))
        return false;
    job->stored = tables_new();
    if (redis_tables_read(job->client, job->prefix, TABLES_ALL, hold,
                          job->stored, why) == STATUS_OK)
        return true;
    job_failed(why);
    return false;
}

bool job_read_folder(struct catalogue_job *job, const char *folder,
                     char base[TABLES_VERSION_SIZE])
{
    const struct table_row *version;

    job->edited = tables_new();
    if (csv_tables_read(folder, job->edited, &job->findings) != STATUS_OK)
        return false;
    version = tables_find(job->edited, TABLE_META, "version");
    if (base != NULL)
        snprintf(base, TABLES_VERSION_SIZE, "%s",
                 version == NULL ? "" : version->value);
    tables_remove(job->edited, TABLE_META, "version");
    tables_remove(job->edited, TABLE_META, "checksum");
    return true;
}

struct catalogue *job_compile(struct catalogue_job *job,
                              const struct catalogue_tables *tables)
{
    struct catalogue *cat = NULL;

    if (catalogue_compile(tables, &job->findings, &cat) != STATUS_OK)
        return NULL;
    catalogue_check_expired(cat, tables, clock_wall_ms(), &job->findings);
    catalogue_check_calendars(cat, tables, clock_wall_ms(), &job->findings);
    return cat;
}

bool job_check(struct catalogue_job *job, const struct catalogue_tables *tables)
{
    struct catalogue *cat = job_compile(job, tables);
    bool good = cat != NULL;

    if (good)
        catalogue_free(&cat);
    return good;
}

void job_print_check(const struct catalogue_job *job,
                     const struct catalogue_tables *tables, const char *folder)
{
    catalogue_findings_print(&job->findings, folder, job->json);
    if (job->json)
        return;
    for (int id = 0; id < TABLE_META; id++)
        printf("%s%zu %s", id == 0 ? "" : ", ", tables->tables[id].n,
               table_name((enum table_id)id));
    printf(": %zu error%s, %zu warning%s\n", job->findings.errors,
           job->findings.errors == 1 ? "" : "s", job->findings.warnings,
           job->findings.warnings == 1 ? "" : "s");
}

bool job_is_empty(const struct catalogue_job *job)
{
    size_t n = 0;

    for (int id = 0; id < TABLES; id++)
        n += job->stored->tables[id].n;
    return n == 0;
}

void job_version(const struct catalogue_job *job,
                 char checksum[TABLES_CHECKSUM_SIZE],
                 char version[TABLES_VERSION_SIZE])
{
    tables_checksum(job->stored, checksum);
    if (job_is_empty(job))
        snprintf(version, TABLES_VERSION_SIZE, "none");
    else
        tables_version(job->stored, checksum, version);
}

void job_clean_up(struct catalogue_job *job)
{
    redis_client_close(&job->client);
    tables_free(&job->stored);
    tables_free(&job->edited);
    findings_deinit(&job->findings);
}
