/*
 * dispatchctl's commands. Each takes its own argument vector, argv[0] being
 * the command's name, and returns an exit code.
 */
#ifndef DISPATCHER_CTL_H
#define DISPATCHER_CTL_H

/* Exit codes of every command. */
enum {
    CTL_OK = 0,
    CTL_FAILED = 1, /* something went wrong; it was said on standard error.
                       audit: or there is a violation */
    CTL_LIMIT = 2,  /* lag: a limit that was given is passed */
    CTL_USAGE = 64, /* the command line was wrong */
};

int audit_command(int argc, char **argv);
int catalogue_command(int argc, char **argv);
int calendar_command(int argc, char **argv);
int explain_command(int argc, char **argv);
int lag_command(int argc, char **argv);
int publish_command(int argc, char **argv);
int redispatch_command(int argc, char **argv);
int tail_command(int argc, char **argv);
int ticket_command(int argc, char **argv);

#endif
