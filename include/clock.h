/*
 * The two clocks of the process. Only the daemon's loops read them; the core
 * gets times as arguments.
 */
#ifndef DISPATCHER_CLOCK_H
#define DISPATCHER_CLOCK_H

#include <stdint.h>

/* UTC milliseconds; jumps when somebody sets the machine's clock. */
int64_t clock_wall_ms(void);

/* Microseconds since some moment; never jumps. */
int64_t clock_steady_us(void);

/* Milliseconds of the same clock, asked of the kernel itself: what the other
 * two show can be faked for a process. */
int64_t clock_kernel_ms(void);

#endif
