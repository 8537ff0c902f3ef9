/*
 * The operator's view over HTTP: /metrics, /livez, /readyz, /status.json,
 * /explain.
 *
 * It runs on a thread of its own, with bounded connections, sizes and times,
 * and takes no lock that a worker waits for.
 */
#ifndef DISPATCHER_HTTP_H
#define DISPATCHER_HTTP_H

#include "status.h"

#include <stdint.h>

struct catalogue_watch;
struct health;
struct metrics;
struct settings;
struct watchdog;

/* What is shown. All of it is borrowed and must outlive the server. */
struct http_view {
    const struct settings *cfg;
    struct metrics *metrics;
    const struct health *health;
    const struct watchdog *watchdog;
    struct catalogue_watch *catalogue;
    int64_t started_ms; /* of the process; UTC milliseconds */
};

struct http;

/* Listens on cfg->http_listen and logs event=http_listening port=N (port 0
 * takes a free one). NULL when that is not possible; the reason is logged.
 * Signals are to be blocked by the caller: the new thread inherits the
 * mask. */
MUST_CHECK struct http *http_start(const struct http_view *view);

/* Ends the thread and sets *http to NULL. NULL is allowed. */
void http_stop(struct http **http);

#endif
