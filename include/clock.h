/*
 * The two clocks of the process. Only the daemon's loops read them; the core
 * gets times as arguments.
 */
#ifndef DISPATCHER_CLOCK_H
#define DISPATCHER_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* UTC milliseconds; jumps when somebody sets the machine's clock. */
int64_t clock_wall_ms(void);

/* Microseconds since some moment; never jumps. */
int64_t clock_steady_us(void);

/* Whether so much time has gone by since a moment of that clock; also when the
 * clock went back, which a faked one can. */
bool clock_is_over(int64_t since_us, int64_t pause_us);

/* Milliseconds of the same clock, asked of the kernel itself: what the other
 * two show can be faked for a process. */
int64_t clock_kernel_ms(void);

#endif
