/*
 * librdkafka before 2.10 waits with C11's cnd_timedwait, until a moment of the
 * wall clock: when the machine's clock is set, a wait of a second can last for
 * hours. This module puts a cnd_timedwait of its own in place of the C
 * library's, which waits for as long, by the steady clock.
 *
 * glibc only: there a cnd_t is a pthread_cond_t, a mtx_t a pthread_mutex_t.
 */
#ifndef DISPATCHER_STEADY_WAITS_H
#define DISPATCHER_STEADY_WAITS_H

/* Nothing but a reference: a program that has it is linked with this module,
 * and the client library with this program. */
void steady_waits_use(void);

#endif
