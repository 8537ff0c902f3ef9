/*
 * dispatcher --healthcheck: asks another dispatcher on this machine whether
 * it lives. An image then needs no curl for its HEALTHCHECK.
 */
#ifndef DISPATCHER_HEALTHCHECK_H
#define DISPATCHER_HEALTHCHECK_H

struct settings;

/* Asks /livez at cfg->http_listen and prints what it says to standard output.
 * Returns the exit code: 0 when it lives, else 1. It waits 3 seconds for an
 * answer.
 *
 * Not /readyz: whoever sees an unhealthy process starts it anew, and that
 * brings no broker back. */
int healthcheck(const struct settings *cfg);

#endif
