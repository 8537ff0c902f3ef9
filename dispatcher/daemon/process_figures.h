/*
 * What the kernel says about this process.
 */
#ifndef DISPATCHER_PROCESS_FIGURES_H
#define DISPATCHER_PROCESS_FIGURES_H

/* Figures that the kernel does not give are 0. */
struct process_figures {
    double cpu_seconds;
    double resident_bytes;
    double virtual_bytes;
    double open_fds;
    double max_fds;
};

void process_figures_read(struct process_figures *out);

#endif
