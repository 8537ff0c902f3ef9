/*
 * Writing a catalogue as the next version: the differences, the history and
 * the version itself in one transaction.
 */
#include "catalogue_differences.h"
#include "catalogue_job.h"
#include "clock.h"
#include "ctl.h"
#include "redis_versions.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Differences that a person is shown of each table. */
enum { DIFFERENCES_SHOWN = 20 };

int64_t job_next_version(const struct catalogue_job *job, int64_t least)
{
    int64_t number;

    /* Nonsense in Redis counts as 0 and is overwritten. */
    (void)!tables_version_number(job->stored, &number);
    if (number < least)
        number = least;
    if (number < job->above)
        number = job->above;
    return number + 1;
}

static void show_differences(const struct catalogue_job *job)
{
    size_t shown = job->json ? SIZE_MAX : DIFFERENCES_SHOWN;

    catalogue_differences_print(job->stored, job->edited, shown, job->json);
    if (!job->json)
        catalogue_differences_count(job->stored, job->edited);
}

static void show_version(const struct catalogue_job *job, const char *current,
                         const char *version, bool written)
{
    if (job->json)
        printf("{\"version_before\":\"%s\",\"version\":\"%s\","
               "\"written\":%s}\n",
               current, version, written ? "true" : "false");
    else
        printf("version      %s -> %s%s\n", current, version,
               written ? "" : " (not written)");
}

int job_write_nothing(const struct catalogue_job *job, const char *current)
{
    if (job->json)
        show_version(job, current, current, false);
    else
        printf("nothing differs; version %s stays\n", current);
    return CTL_OK;
}

/* What is replaced is kept too, if the history has not got it: it was made by
 * hand, or before there was a history. */
static void add_replaced(const struct catalogue_job *job, struct versions *kept,
                         const char *current, int64_t now_ms)
{
    if (job_is_empty(job) || versions_find(kept, current) != NULL)
        return;
    versions_add(kept, job->stored, now_ms, "",
                 strchr(current, '+') != NULL ? "changed by hand" : "found");
}

static enum status write_all(const struct catalogue_job *job,
                             const char *current, const char *note,
                             char why[REDIS_WHY_SIZE])
{
    struct versions kept = {0};
    int64_t now_ms = clock_wall_ms();
    enum status status =
        redis_versions_read(job->client, job->prefix, &kept, why);

    if (status == STATUS_OK) {
        add_replaced(job, &kept, current, now_ms);
        versions_add(&kept, job->edited, now_ms, job->author, note);
        status = redis_tables_write(job->client, job->prefix, job->stored,
                                    job->edited, why);
    }
    if (status == STATUS_OK)
        status = redis_versions_write(job->client, job->prefix, &kept, why);
    if (status == STATUS_OK)
        status = redis_tables_commit(job->client, why);
    versions_deinit(&kept);
    return status;
}

int job_write(struct catalogue_job *job, const char *current, int64_t least,
              const char *note)
{
    char checksum[TABLES_CHECKSUM_SIZE], version[TABLES_VERSION_SIZE];
    char why[REDIS_WHY_SIZE];

    show_differences(job);
    snprintf(version, sizeof version, "%" PRId64, job_next_version(job, least));
    tables_checksum(job->edited, checksum);
    tables_set(job->edited, TABLE_META, "version", version);
    tables_set(job->edited, TABLE_META, "checksum", checksum);
    if (!job->dry_run && write_all(job, current, note, why) != STATUS_OK)
        return job_failed(why);
    show_version(job, current, version, !job->dry_run);
    return CTL_OK;
}
