/*
 * dispatchctl catalogue history and rollback: the versions that are kept, and
 * one of them as the next version. A version is never taken back, since the
 * daemons obey no lower one (their events name it); its contents return under
 * a higher number.
 */
#include "catalogue_findings.h"
#include "catalogue_job.h"
#include "ctl.h"
#include "output.h"
#include "redis_versions.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------------- history */

static void print_text(const struct version_entry *entry)
{
    char at[OUTPUT_TIME_SIZE];

    output_time(entry->written_at, at);
    printf("%-14s %.10s %.8s  %.12s %8zu  %-12s %s\n", entry->version, at,
           at + sizeof "2026-01-01T" - 1, entry->checksum, entry->entries,
           entry->author, entry->note);
}

static void print_json(const struct version_entry *entry)
{
    json_t *json =
        json_pack("{s:s, s:I, s:s, s:s, s:s, s:I, s:I}", "version",
                  entry->version, "written_at", (json_int_t)entry->written_at,
                  "author", entry->author, "note", entry->note, "checksum",
                  entry->checksum, "entries", (json_int_t)entry->entries,
                  "packed_size", (json_int_t)entry->packed_size);

    json_dumpf(json, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(json);
}

int catalogue_history_command(struct catalogue_job *job, char **operands)
{
    struct versions kept = {0};
    char why[REDIS_WHY_SIZE];

    (void)operands;
    if (!job_connect(job))
        return CTL_FAILED;
    if (redis_versions_read(job->client, job->prefix, &kept, why) != STATUS_OK)
        return job_failed(why);
    if (!job->json && kept.n > 0)
        printf("%-14s %-20s %-12s %8s  %-12s %s\n", "version", "written (UTC)",
               "checksum", "entries", "author", "note");
    for (size_t i = 0; i < kept.n; i++)
        (job->json ? print_json : print_text)(&kept.items[i]);
    versions_deinit(&kept);
    return CTL_OK;
}

/* ---------------------------------------------------------------- rollback */

/* Reads the tables of a version into job->edited. */
static bool fetch(struct catalogue_job *job, const char *version)
{
    struct versions kept = {0};
    const struct version_entry *entry = NULL;
    char why[REDIS_WHY_SIZE];
    enum status status =
        redis_versions_read(job->client, job->prefix, &kept, why);

    if (status == STATUS_OK) {
        entry = versions_find(&kept, version);
        snprintf(why, sizeof why,
                 "version %.40s is not kept; `dispatchctl catalogue history` "
                 "shows which are",
                 version);
    }
    job->edited = tables_new();
    if (entry == NULL || redis_versions_fetch(job->client, job->prefix, entry,
                                              job->edited, why) != STATUS_OK) {
        versions_deinit(&kept);
        job_failed(why);
        return false;
    }
    tables_remove(job->edited, TABLE_META, "version");
    tables_remove(job->edited, TABLE_META, "checksum");
    versions_deinit(&kept);
    return true;
}

int catalogue_rollback_command(struct catalogue_job *job, char **operands)
{
    char checksum[TABLES_CHECKSUM_SIZE], current[TABLES_VERSION_SIZE];
    char note[TABLES_VERSION_SIZE + 32];

    if (!job_read_stored(job, REDIS_HOLD) || !fetch(job, operands[0]))
        return CTL_FAILED;
    if (!job_check(job, job->edited)) {
        job_print_check(job, job->edited, NULL);
        return job_failed("nothing was written");
    }
    catalogue_findings_print(&job->findings, NULL, job->json);
    job_version(job, checksum, current);
    if (strcmp(current, operands[0]) == 0)
        return job_write_nothing(job, current);
    snprintf(note, sizeof note, "back to %s", operands[0]);
    return job_write(job, current, strtoll(operands[0], NULL, 10),
                     job->note[0] != '\0' ? job->note : note);
}
