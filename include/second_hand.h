/*
 * A second thread that lends a hand: it does one piece of work while its owner
 * does another.
 */
#ifndef DISPATCHER_SECOND_HAND_H
#define DISPATCHER_SECOND_HAND_H

struct second_hand;

/* Starts the thread. Never NULL: without a thread the owner does all itself. */
struct second_hand *second_hand_new(void);

/* Ends the thread, sets *h to NULL. NULL is allowed. */
void second_hand_free(struct second_hand **h);

/* Has work(opaque) done, at once or in the other thread; work that was given
 * before must be over. */
void second_hand_give(struct second_hand *h, void (*work)(void *opaque),
                      void *opaque);

/* Waits until it is done. */
void second_hand_wait(struct second_hand *h);

#endif
