/*
 * A thread that does one thing again and again, with a rest between two
 * turns, until it is stopped.
 */
#ifndef DISPATCHER_TICKER_H
#define DISPATCHER_TICKER_H

struct ticker;

/* One turn; returns how many milliseconds to rest before the next one. */
typedef int ticker_turn(void *opaque);

/* Starts the thread, the first turn at once. `name` is shown by ps and top,
 * at most 15 characters. Never NULL. */
struct ticker *ticker_start(const char *name, ticker_turn *turn, void *opaque);

/* Waits for the end of a turn that is under way, ends the thread, sets
 * *ticker to NULL. NULL is allowed. */
void ticker_stop(struct ticker **ticker);

#endif
