/*
 * What the sub-commands of dispatchctl catalogue share: their options, the
 * catalogue in Redis and the one in a folder.
 */
#ifndef DISPATCHER_CATALOGUE_JOB_H
#define DISPATCHER_CATALOGUE_JOB_H

#include "ctl_kafka.h"
#include "findings.h"
#include "redis_tables.h"
#include "status.h"
#include "tables.h"

#include <stdbool.h>

struct catalogue;

struct catalogue_job {
    /* Options. */
    const char *redis;
    const char *prefix;
    bool json;
    bool dry_run;
    long above;
    const char *author;
    const char *note;
    long replay;
    const char *topic;
    struct ctl_kafka kafka;

    /* What the job works on; NULL until it is read. */
    struct redis_client *client;
    struct catalogue_tables *stored; /* what Redis holds */
    struct catalogue_tables *edited; /* what it is to hold */
    struct findings findings;        /* about either */
};

/* Says why and returns CTL_FAILED. */
int job_failed(const char *why);

/* Connects. False: it was said. */
MUST_CHECK bool job_connect(struct catalogue_job *job);

/* Connects and reads job->stored. False: it was said. */
MUST_CHECK bool job_read_stored(struct catalogue_job *job,
                                enum redis_hold hold);

/* Reads job->edited from a folder. Version and checksum of a folder say where
 * it came from; they are not part of what is checked and loaded. *base (may be
 * NULL) gets the version, "" when the folder names none. False: findings. */
MUST_CHECK bool job_read_folder(struct catalogue_job *job, const char *folder,
                                char base[TABLES_VERSION_SIZE]);

/* Compiles tables as the daemon does and looks for rules whose time has run
 * out. NULL: findings. The caller frees it. */
MUST_CHECK struct catalogue *job_compile(struct catalogue_job *job,
                                         const struct catalogue_tables *tables);

/* The same, when only the findings matter. */
MUST_CHECK bool job_check(struct catalogue_job *job,
                          const struct catalogue_tables *tables);

/* Prints the findings and the numbers of entries. `folder` NULL: of Redis. */
void job_print_check(const struct catalogue_job *job,
                     const struct catalogue_tables *tables, const char *folder);

/* Whether Redis holds nothing at all under the prefix. */
bool job_is_empty(const struct catalogue_job *job);

/* Checksum and version of what Redis holds; "none" where it is empty. */
void job_version(const struct catalogue_job *job,
                 char checksum[TABLES_CHECKSUM_SIZE],
                 char version[TABLES_VERSION_SIZE]);

/* Frees what the job works on. */
void job_clean_up(struct catalogue_job *job);

/* Shows what differs between job->stored (read with REDIS_HOLD) and
 * job->edited, writes it as the next version above `least` and keeps that in
 * the history with `note`. `current` is the version of what is stored. Returns
 * an exit code. */
int job_write(struct catalogue_job *job, const char *current, int64_t least,
              const char *note);

/* Says that what is stored is what was to be written; returns CTL_OK. */
int job_write_nothing(const struct catalogue_job *job, const char *current);

/* The number that the next version gets, at least `least` and one. */
int64_t job_next_version(const struct catalogue_job *job, int64_t least);

/* The sub-commands; operands end in NULL. They return an exit code. */
int catalogue_check_command(struct catalogue_job *job, char **operands);
int catalogue_diff_command(struct catalogue_job *job, char **operands);
int catalogue_export_command(struct catalogue_job *job, char **operands);
int catalogue_history_command(struct catalogue_job *job, char **operands);
int catalogue_load_command(struct catalogue_job *job, char **operands);
int catalogue_rollback_command(struct catalogue_job *job, char **operands);
int catalogue_show_command(struct catalogue_job *job, char **operands);

#endif
