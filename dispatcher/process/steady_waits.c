/*
 * Waits that do not care for what the clock on the wall shows.
 */
#include "steady_waits.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

enum { SECOND_NS = 1000000000 };

static int64_t nanoseconds(const struct timespec *t)
{
    return (int64_t)t->tv_sec * SECOND_NS + t->tv_nsec;
}

/* Asked of the kernel: futex(2) goes by it also where a process is shown
 * another time. */
static int64_t steady_ns(void)
{
    struct timespec t;

    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
    return nanoseconds(&t);
}

int cnd_timedwait(cnd_t *restrict condition, mtx_t *restrict mutex,
                  const struct timespec *restrict wall_end)
{
    struct timespec wall, end;
    int64_t end_ns;
    int result;

    clock_gettime(CLOCK_REALTIME, &wall);
    end_ns = steady_ns() + nanoseconds(wall_end) - nanoseconds(&wall);
    if (end_ns < 0)
        end_ns = 0;
    end.tv_sec = (time_t)(end_ns / SECOND_NS);
    end.tv_nsec = (long)(end_ns % SECOND_NS);
    result =
        pthread_cond_clockwait((pthread_cond_t *)condition,
                               (pthread_mutex_t *)mutex, CLOCK_MONOTONIC, &end);
    if (result == ETIMEDOUT)
        return thrd_timedout;
    return result == 0 ? thrd_success : thrd_error;
}

void steady_waits_use(void)
{
}
