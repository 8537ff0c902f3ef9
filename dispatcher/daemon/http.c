/*
 * libmicrohttpd on a thread of its own, a socket that we open ourselves so
 * that its errors are ours to tell, and a table of pages.
 */
#include "http.h"

#include "http_address.h"
#include "log.h"
#include "memory.h"
#include "pages.h"
#include "settings.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MAX_CONNECTIONS = 128,
    MAX_OF_ADDRESS = 32,      /* one client cannot keep the probes out */
    IDLE_SECONDS = 10,        /* a silent connection is closed */
    CONNECTION_BYTES = 16384, /* for request line and headers */
    BACKLOG = 32,
};

struct http {
    struct http_view view;
    struct MHD_Daemon *daemon;
};

static const struct {
    const char *path;
    const char *content_type;
    unsigned (*write)(const struct http_view *view, FILE *out);
    unsigned (*answer)(const struct http_view *view,
                       const struct http_parameters *asked_for, FILE *out);
} pages[] = {
    {"/metrics", "text/plain; version=0.0.4; charset=utf-8", page_metrics,
     NULL},
    {"/livez", "text/plain; charset=utf-8", page_live, NULL},
    {"/readyz", "text/plain; charset=utf-8", page_ready, NULL},
    {"/status.json", "application/json", page_status, NULL},
    {"/explain", "application/json", NULL, page_explain},
};

static const size_t n_pages = sizeof pages / sizeof *pages;

/* --------------------------------------------------------------- answering */

/* Takes `body`, which came from malloc. */
static enum MHD_Result send_body(struct MHD_Connection *connection,
                                 unsigned status, const char *content_type,
                                 char *body, size_t size)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(size, body, MHD_RESPMEM_MUST_FREE);

    if (response == NULL) {
        free(body);
        return MHD_NO;
    }
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                            content_type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL,
                            "no-store");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result send_text(struct MHD_Connection *connection,
                                 unsigned status, const char *text)
{
    return send_body(connection, status, "text/plain; charset=utf-8",
                     memory_copy_text(text), strlen(text));
}

static enum MHD_Result take_parameter(void *opaque, enum MHD_ValueKind kind,
                                      const char *name, const char *value)
{
    struct http_parameters *all = opaque;

    (void)kind;
    if (all->n == HTTP_MAX_PARAMETERS) {
        all->left_out = true;
        return MHD_NO;
    }
    all->items[all->n].name = name;
    all->items[all->n++].value = value != NULL ? value : "";
    return MHD_YES;
}

static unsigned write_page(const struct http *http,
                           struct MHD_Connection *connection, size_t i,
                           FILE *out)
{
    struct http_parameters all = {.n = 0};

    if (pages[i].write != NULL)
        return pages[i].write(&http->view, out);
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take_parameter,
                              &all);
    return pages[i].answer(&http->view, &all, out);
}

static enum MHD_Result send_page(const struct http *http,
                                 struct MHD_Connection *connection, size_t i)
{
    char *body = NULL;
    size_t size;
    FILE *out = open_memstream(&body, &size);

    if (out == NULL)
        return MHD_NO;
    unsigned status = write_page(http, connection, i, out);
    if (fclose(out) != 0) {
        free(body);
        return MHD_NO;
    }
    return send_body(connection, status, pages[i].content_type, body, size);
}

/* Called on libmicrohttpd's thread, first when the headers are there. Who
 * answers then, and not in the second call, ends the connection, and
 * Prometheus would connect anew for each scrape. */
static enum MHD_Result answer(void *opaque, struct MHD_Connection *connection,
                              const char *url, const char *method,
                              const char *version, const char *upload,
                              size_t *upload_size, void **request)
{
    const struct http *http = opaque;

    (void)version, (void)upload, (void)upload_size;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 &&
        strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return send_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
                         "only GET and HEAD\n");
    if (*request == NULL) {
        *request = opaque;
        return MHD_YES;
    }
    for (size_t i = 0; i < n_pages; i++)
        if (strcmp(pages[i].path, url) == 0)
            return send_page(http, connection, i);
    return send_text(connection, MHD_HTTP_NOT_FOUND,
                     "/metrics, /livez, /readyz, /status.json, /explain\n");
}

static void log_microhttpd(void *opaque, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
static void log_microhttpd(void *opaque, const char *format, va_list args)
{
    char line[LOG_VALUE_SIZE];
    struct log_text text;

    (void)opaque;
    vsnprintf(line, sizeof line, format, args);
    log_debug("http", "text=%s", log_value(&text, line));
}

/* --------------------------------------------------------------- listening */

/* A listening socket, or -1 with errno set. */
static int listen_on(const struct addrinfo *info)
{
    const int yes = 1;
    int fd = socket(info->ai_family,
                    info->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 &&
        listen(fd, BACKLOG) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* As listen_on, for host:port; *why is for a person. */
static int open_socket(const char *address, const char **why)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct http_address parts = http_address_split(address);
    const char *host = *parts.host != '\0' ? parts.host : NULL;
    struct addrinfo *infos = NULL;
    int fd = -1;

    int error = getaddrinfo(host, parts.port, &hints, &infos);
    if (error != 0) {
        *why = gai_strerror(error);
        return -1;
    }
    for (struct addrinfo *info = infos; info != NULL && fd < 0;
         info = info->ai_next)
        fd = listen_on(info);
    *why = strerror(errno);
    freeaddrinfo(infos);
    return fd;
}

static unsigned port_of(int fd)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;

    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        return 0;
    if (address.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

struct http *http_start(const struct http_view *view)
{
    const char *address = view->cfg->http_listen, *why = "";
    struct log_text text, reason;
    struct http *http = memory_new(sizeof *http);
    int fd = open_socket(address, &why);

    http->view = *view;
    if (fd >= 0)
        http->daemon = MHD_start_daemon(
            MHD_USE_AUTO_INTERNAL_THREAD | MHD_USE_ERROR_LOG, 0, NULL, NULL,
            answer, http, MHD_OPTION_EXTERNAL_LOGGER, log_microhttpd, NULL,
            MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
            (unsigned)MAX_CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
            (unsigned)MAX_OF_ADDRESS, MHD_OPTION_CONNECTION_TIMEOUT,
            (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
            (size_t)CONNECTION_BYTES, MHD_OPTION_END);
    if (http->daemon != NULL) {
        log_info("http_listening", "address=%s port=%u",
                 log_value(&text, address), port_of(fd));
        return http;
    }
    log_error("http_failed", "address=%s reason=%s", log_value(&text, address),
              log_value(&reason, fd < 0 ? why : "libmicrohttpd refuses"));
    free(http);
    return NULL;
}

void http_stop(struct http **http)
{
    if (*http == NULL)
        return;
    MHD_stop_daemon((*http)->daemon); /* closes the socket as well */
    free(*http);
    *http = NULL;
}
