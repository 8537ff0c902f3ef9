/*
 * dispatchctl catalogue check, export and show: they change nothing in Redis.
 */
#include "catalogue_findings.h"
#include "catalogue_job.h"
#include "csv_tables.h"
#include "ctl.h"

#include <stdio.h>
#include <string.h>

static int check_folder(struct catalogue_job *job, const char *folder)
{
    bool good =
        job_read_folder(job, folder, NULL) && job_check(job, job->edited);

    job_print_check(job, job->edited, folder);
    return good ? CTL_OK : CTL_FAILED;
}

int catalogue_check_command(struct catalogue_job *job, char **operands)
{
    bool good;

    if (operands[0] != NULL)
        return check_folder(job, operands[0]);
    if (!job_read_stored(job, REDIS_RELEASE))
        return CTL_FAILED;
    good = job_check(job, job->stored);
    job_print_check(job, job->stored, NULL);
    return good ? CTL_OK : CTL_FAILED;
}

/* Reads what Redis holds, and which version that is. */
static bool read_version(struct catalogue_job *job,
                         char checksum[TABLES_CHECKSUM_SIZE],
                         char version[TABLES_VERSION_SIZE])
{
    if (!job_read_stored(job, REDIS_RELEASE))
        return false;
    if (job_is_empty(job)) {
        job_failed("Redis holds no catalogue under this prefix");
        return false;
    }
    tables_checksum(job->stored, checksum);
    tables_version(job->stored, checksum, version);
    return true;
}

int catalogue_export_command(struct catalogue_job *job, char **operands)
{
    char checksum[TABLES_CHECKSUM_SIZE], version[TABLES_VERSION_SIZE];
    const char *folder = operands[0];

    if (!read_version(job, checksum, version))
        return CTL_FAILED;
    tables_set(job->stored, TABLE_META, "version", version);
    if (csv_tables_write(folder, job->stored, &job->findings) != STATUS_OK) {
        catalogue_findings_print(&job->findings, NULL, job->json);
        return job_failed("not everything was exported");
    }
    printf("version %s is in %s\n", version, folder);
    return CTL_OK;
}

int catalogue_show_command(struct catalogue_job *job, char **operands)
{
    char checksum[TABLES_CHECKSUM_SIZE], version[TABLES_VERSION_SIZE];

    (void)operands;
    if (!read_version(job, checksum, version))
        return CTL_FAILED;
    if (job->json)
        printf("{\"version\":\"%s\",\"checksum\":\"%s\"", version, checksum);
    else
        printf("version      %s%s\nchecksum     %s\n", version,
               strchr(version, '+') == NULL ? "" : ", edited by hand",
               checksum);
    for (int id = 0; id < TABLE_META; id++)
        printf(job->json ? ",\"%s\":%zu" : "%-12s %zu\n",
               table_name((enum table_id)id), job->stored->tables[id].n);
    fputs(job->json ? "}\n" : "", stdout);
    return CTL_OK;
}
