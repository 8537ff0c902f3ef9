/*
 * Reading the clocks.
 */
#include "clock.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int64_t clock_wall_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_steady_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

bool clock_is_over(int64_t since_us, int64_t pause_us)
{
    return (uint64_t)(clock_steady_us() - since_us) >= (uint64_t)pause_us;
}

int64_t clock_kernel_ms(void)
{
    struct timespec t;

    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
