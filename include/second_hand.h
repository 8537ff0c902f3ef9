/*
 * A second thread that lends a hand: it does one piece of work after the other
 * while its owner goes on.
 */
#ifndef DISPATCHER_SECOND_HAND_H
#define DISPATCHER_SECOND_HAND_H

struct second_hand;

/* Pieces of work that can be given and not be done yet. */
enum { SECOND_HAND_PIECES = 8 };

/* Starts the thread. Never NULL: without a thread the owner does all itself. */
struct second_hand *second_hand_new(void);

/* Ends the thread when all is done, sets *h to NULL. NULL is allowed. */
void second_hand_free(struct second_hand **h);

/* Has work(opaque) done in the other thread, in the order in which it was
 * given; waits while there is as much as can be. */
void second_hand_give(struct second_hand *h, void (*work)(void *opaque),
                      void *opaque);

/* Waits until all is done. */
void second_hand_wait(struct second_hand *h);

#endif
