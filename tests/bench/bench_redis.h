/*
 * A Redis of the benchmark's own on a free port, that keeps nothing.
 */
#ifndef TESTS_BENCH_REDIS_H
#define TESTS_BENCH_REDIS_H

#include "redis_client.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START_TRIES = 100, START_WAIT_US = 50000 };

struct bench_redis {
    pid_t pid;
    int port;
    char url[64];
};

static inline void die(const char *why)
{
    fprintf(stderr, "%s\n", why);
    exit(EXIT_FAILURE);
}

static inline int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        die("no port is free");
    close(fd);
    return ntohs(address.sin_port);
}

static inline pid_t fork_redis(int port)
{
    char text[16];

    fflush(stdout); /* or the child writes it once more */
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    snprintf(text, sizeof text, "%d", port);
    if (freopen("/dev/null", "w", stdout) != NULL)
        execlp("redis-server", "redis-server", "--port", text, "--bind",
               "127.0.0.1", "--save", "", "--appendonly", "no", (char *)NULL);
    _exit(127);
}

/* A connection; NULL: nobody answers. */
static inline struct redis_client *try_redis(const struct bench_redis *redis,
                                             int timeout_ms)
{
    struct redis_address address;
    struct redis_client *c;
    char why[REDIS_WHY_SIZE];

    if (!redis_address_parse(redis->url, &address, why))
        die(why);
    c = redis_client_open(&address, timeout_ms, why);
    redis_address_deinit(&address);
    return c;
}

static inline struct redis_client *
bench_redis_open(const struct bench_redis *redis, int timeout_ms)
{
    struct redis_client *c = try_redis(redis, timeout_ms);

    if (c == NULL)
        die("Redis does not answer");
    return c;
}

static inline void bench_redis_stop(struct bench_redis *redis)
{
    kill(redis->pid, SIGKILL);
    waitpid(redis->pid, NULL, 0);
}

/* False: it does not start. */
static inline bool bench_redis_start(struct bench_redis *redis)
{
    redis->port = free_port();
    snprintf(redis->url, sizeof redis->url, "redis://127.0.0.1:%d",
             redis->port);
    redis->pid = fork_redis(redis->port);
    for (int i = 0; redis->pid > 0 && i < START_TRIES; i++) {
        struct redis_client *c = try_redis(redis, 1000);

        if (c != NULL) {
            redis_client_close(&c);
            return true;
        }
        if (waitpid(redis->pid, NULL, WNOHANG) == redis->pid)
            return false;
        usleep(START_WAIT_US);
    }
    if (redis->pid > 0)
        bench_redis_stop(redis);
    return false;
}

#endif
