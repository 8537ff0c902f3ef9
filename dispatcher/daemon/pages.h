/*
 * The pages of the HTTP server. Each writes its body and returns the HTTP
 * status; none takes a lock that a worker waits for.
 */
#ifndef DISPATCHER_PAGES_H
#define DISPATCHER_PAGES_H

#include "http.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { HTTP_OK = 200, HTTP_BAD_REQUEST = 400, HTTP_UNAVAILABLE = 503 };

/* Whether all is there that is needed and no call hangs. */
bool view_is_ready(const struct http_view *view);

unsigned page_metrics(const struct http_view *view, FILE *out);
unsigned page_live(const struct http_view *view, FILE *out);
unsigned page_ready(const struct http_view *view, FILE *out);
unsigned page_status(const struct http_view *view, FILE *out);

/* What stands behind the question mark of a URL, decoded. Texts are borrowed
 * and never NULL. */
enum { HTTP_MAX_PARAMETERS = 32 };
struct http_parameters {
    struct http_parameter {
        const char *name;
        const char *value;
    } items[HTTP_MAX_PARAMETERS];
    size_t n;
    bool left_out; /* there were more */
};

unsigned page_explain(const struct http_view *view,
                      const struct http_parameters *asked_for, FILE *out);

#endif
