/*
 * The pages of the HTTP server. Each writes its body and returns the HTTP
 * status; none takes a lock that a worker waits for.
 */
#ifndef DISPATCHER_PAGES_H
#define DISPATCHER_PAGES_H

#include "http.h"

#include <stdbool.h>
#include <stdio.h>

enum { HTTP_OK = 200, HTTP_UNAVAILABLE = 503 };

/* Whether all is there that is needed and no call hangs. */
bool view_is_ready(const struct http_view *view);

unsigned page_metrics(const struct http_view *view, FILE *out);
unsigned page_live(const struct http_view *view, FILE *out);
unsigned page_ready(const struct http_view *view, FILE *out);
unsigned page_status(const struct http_view *view, FILE *out);

#endif
