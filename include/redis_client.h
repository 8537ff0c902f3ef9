/*
 * A connection to Redis, made by hiredis, which only the files redis_*.c know.
 *
 * Everything that can go wrong is put into words here, once; a password is
 * never among them. A connection on which a call failed with STATUS_RETRY is
 * of no use any more: a late answer would be taken for the next one. Close it.
 * Not to be shared between threads.
 */
#ifndef DISPATCHER_REDIS_CLIENT_H
#define DISPATCHER_REDIS_CLIENT_H

#include "redis_address.h"
#include "status.h"

#include <stddef.h>

struct redisReply;
struct redis_client;

/* Connects, logs in, selects the database; with Sentinels it asks them first
 * and takes none but a master. A call, connecting and asking may each take
 * `timeout_ms`. NULL with the reason in `why`. */
MUST_CHECK struct redis_client *
redis_client_open(const struct redis_address *address, int timeout_ms,
                  char why[REDIS_WHY_SIZE]);

/* Closes the connection and sets *c to NULL. NULL is allowed. */
void redis_client_close(struct redis_client **c);

/* One command, its words and their sizes (NULL: each ends in NUL), and its
 * answer, to be freed with redis_reply_free. STATUS_RETRY: no answer came.
 * STATUS_REJECT: Redis refused; the connection is still good. */
MUST_CHECK enum status redis_client_call(struct redis_client *c, size_t n,
                                         const char *const *words,
                                         const size_t *sizes,
                                         struct redisReply **reply,
                                         char why[REDIS_WHY_SIZE]);

/* The same, for a command whose answer does not matter. */
MUST_CHECK enum status redis_client_do(struct redis_client *c, size_t n,
                                       const char *const *words,
                                       char why[REDIS_WHY_SIZE]);

/* Whether the server answers, and is a master still where Sentinels named it
 * as one. */
MUST_CHECK enum status redis_client_ping(struct redis_client *c,
                                         char why[REDIS_WHY_SIZE]);

/* The next answer, for which it waits: after redis_client_send, or pushed to a
 * subscriber. */
MUST_CHECK enum status redis_client_send(struct redis_client *c, size_t n,
                                         const char *const *words,
                                         const size_t *sizes,
                                         char why[REDIS_WHY_SIZE]);
MUST_CHECK enum status redis_client_receive(struct redis_client *c,
                                            struct redisReply **reply,
                                            char why[REDIS_WHY_SIZE]);

/* Sends now what was put together: nobody waits for the answer yet. */
MUST_CHECK enum status redis_client_flush(struct redis_client *c,
                                          char why[REDIS_WHY_SIZE]);

/* As redis_client_receive, with refusals told as redis_client_call does. */
MUST_CHECK enum status redis_client_answer(struct redis_client *c,
                                           struct redisReply **reply,
                                           char why[REDIS_WHY_SIZE]);

/* Takes the texts of arrays within an array: `text`, not ended by NUL and gone
 * after the call, is number `i` of array number `array`. */
struct redis_texts {
    void (*take)(void *context, size_t array, size_t i, const char *text,
                 size_t size);
    void *context;
};

/* From now on such texts in answers go to `texts` (borrowed; NULL: no more),
 * while their places in the arrays stay empty: an object for each text of a
 * large table would take more time and memory than the table. */
void redis_client_divert(struct redis_client *c,
                         const struct redis_texts *texts);

/* An answer that has already been read from the socket; NULL: none. */
struct redisReply *redis_client_received(struct redis_client *c);

void redis_reply_free(struct redisReply **reply);

/* The socket, to poll. */
int redis_client_fd(const struct redis_client *c);

/* Where the connection leads to. */
const char *redis_client_name(const struct redis_client *c);

#endif
