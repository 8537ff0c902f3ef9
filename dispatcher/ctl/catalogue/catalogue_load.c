/*
 * dispatchctl catalogue load: a folder becomes the next version.
 */
#include "catalogue_findings.h"
#include "catalogue_job.h"
#include "csv_tables.h"
#include "ctl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A folder that names the version it was exported from is loaded over that
 * version only, so that nobody's change is lost. */
static bool base_is_current(const struct catalogue_job *job, const char *base,
                            const char *current)
{
    if (base[0] == '\0' || job_is_empty(job) || strcmp(base, current) == 0)
        return true;
    fprintf(stderr,
            "dispatchctl catalogue: the folder comes from version %s, but "
            "Redis holds %s: export that and merge, or remove the row "
            "`version` from meta.csv to load it all the same\n",
            base, current);
    return false;
}

/* Nothing differs, the version is the tool's own and high enough. */
static bool is_loaded(const struct catalogue_job *job, const char *checksum,
                      const char *current, int64_t least)
{
    char edited[TABLES_CHECKSUM_SIZE];

    tables_checksum(job->edited, edited);
    return strcmp(checksum, edited) == 0 && strchr(current, '+') == NULL &&
           job_next_version(job, least) == strtoll(current, NULL, 10) + 1;
}

/* The folder follows the version that it became. */
static void write_base(struct catalogue_job *job, const char *folder)
{
    tables_remove(job->edited, TABLE_META, "checksum");
    if (csv_table_write(folder, TABLE_META, job->edited, &job->findings) !=
        STATUS_OK)
        catalogue_findings_print(&job->findings, folder, job->json);
}

int catalogue_load_command(struct catalogue_job *job, char **operands)
{
    char base[TABLES_VERSION_SIZE], current[TABLES_VERSION_SIZE];
    char checksum[TABLES_CHECKSUM_SIZE];
    const char *folder = operands[0];
    int64_t least;
    int result;

    if (!job_read_folder(job, folder, base) || !job_check(job, job->edited)) {
        job_print_check(job, job->edited, folder);
        return job_failed("nothing was loaded");
    }
    catalogue_findings_print(&job->findings, folder, job->json);
    if (!job_read_stored(job, REDIS_HOLD))
        return CTL_FAILED;
    job_version(job, checksum, current);
    if (!base_is_current(job, base, current))
        return CTL_FAILED;
    least = strtoll(base, NULL, 10);
    if (is_loaded(job, checksum, current, least))
        return job_write_nothing(job, current);
    result = job_write(job, current, least, job->note);
    if (result == CTL_OK && !job->dry_run && base[0] != '\0')
        write_base(job, folder);
    return result;
}
