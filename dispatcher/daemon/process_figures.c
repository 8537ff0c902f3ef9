/*
 * From /proc and the resource limits.
 */
#include "process_figures.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static void read_memory(struct process_figures *out)
{
    unsigned long pages = 0, resident = 0;
    double page_size = (double)sysconf(_SC_PAGESIZE);
    FILE *file = fopen("/proc/self/statm", "re");

    if (file == NULL)
        return;
    if (fscanf(file, "%lu %lu", &pages, &resident) == 2) {
        out->virtual_bytes = (double)pages * page_size;
        out->resident_bytes = (double)resident * page_size;
    }
    fclose(file);
}

/* Without ".", ".." and the descriptor that reads the directory. */
static double count_fds(void)
{
    DIR *dir = opendir("/proc/self/fd");
    int n = -3;

    if (dir == NULL)
        return 0;
    while (readdir(dir) != NULL)
        n++;
    closedir(dir);
    return n;
}

void process_figures_read(struct process_figures *out)
{
    struct timespec cpu;
    struct rlimit files;

    *out = (struct process_figures){.open_fds = count_fds()};
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu) == 0)
        out->cpu_seconds = (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0)
        out->max_fds = (double)files.rlim_cur;
    read_memory(out);
}
