/*
 * One GET over a plain socket: no library, no thread, no log.
 */
#include "healthcheck.h"

#include "http_address.h"
#include "settings.h"

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    WAIT_SECONDS = 3, /* below the limit that the image gives to the check */
    ANSWER_SIZE = 4096,
};

static const char request[] = "GET /livez HTTP/1.0\r\n\r\n";

/* An address that listens on everything is reached over loopback: that is
 * what getaddrinfo makes of no host, and Linux of 0.0.0.0 and ::. */
static struct addrinfo *resolve(const char *listen)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICSERV};
    struct http_address address = http_address_split(listen);
    const char *host = *address.host != '\0' ? address.host : NULL;
    struct addrinfo *infos = NULL;
    int error = getaddrinfo(host, address.port, &hints, &infos);

    if (error == 0)
        return infos;
    printf("%s: %s\n", listen, gai_strerror(error));
    return NULL;
}

/* A connected socket, or -1 with errno set. */
static int connect_to(const struct addrinfo *info)
{
    const struct timeval wait = {.tv_sec = WAIT_SECONDS};
    int fd = socket(info->ai_family, info->ai_socktype | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    if (connect(fd, info->ai_addr, info->ai_addrlen) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static int connect_first(const struct addrinfo *infos)
{
    int fd = -1;

    for (; infos != NULL && fd < 0; infos = infos->ai_next)
        fd = connect_to(infos);
    return fd;
}

/* Sends the request and reads to the end, or until the answer is full. */
static bool ask(int fd, char answer[ANSWER_SIZE])
{
    size_t used = 0;
    ssize_t n = send(fd, request, sizeof request - 1, MSG_NOSIGNAL);

    while (n > 0 && used < ANSWER_SIZE - 1) {
        n = read(fd, answer + used, ANSWER_SIZE - 1 - used);
        used += n > 0 ? (size_t)n : 0;
    }
    answer[used] = '\0';
    return n >= 0;
}

/* errno in words; a socket's time that is over counts as EAGAIN, or as
 * EINPROGRESS while it connects. */
static const char *what_failed(void)
{
    if (errno == EAGAIN || errno == EINPROGRESS)
        return "no answer in time";
    return strerror(errno);
}

/* Prints the body, and tells whether the status is 200. */
static bool judge(const char *answer)
{
    static const char ok[] = " 200 ";
    const char *status = strchr(answer, ' ');
    const char *body = strstr(answer, "\r\n\r\n");

    if (strncmp(answer, "HTTP/1.", 7) != 0 || body == NULL) {
        puts("this is no HTTP");
        return false;
    }
    fputs(body + 4, stdout);
    return status != NULL && strncmp(status, ok, sizeof ok - 1) == 0;
}

int healthcheck(const struct settings *cfg)
{
    char answer[ANSWER_SIZE];
    struct addrinfo *infos = resolve(cfg->http_listen);
    bool alive = false;

    if (infos == NULL)
        return EXIT_FAILURE;
    int fd = connect_first(infos);
    freeaddrinfo(infos);
    if (fd < 0 || !ask(fd, answer))
        printf("%s: %s\n", cfg->http_listen, what_failed());
    else
        alive = judge(answer);
    if (fd >= 0)
        close(fd);
    return alive ? EXIT_SUCCESS : EXIT_FAILURE;
}
