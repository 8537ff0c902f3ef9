/*
 * A connection to Redis: connecting, logging in, one command and its answer.
 */
#include "redis_client.h"

#include "memory.h"
#include "redis_sentinel.h"
#include "redis_tls.h"

#include <assert.h>
#include <errno.h>
#include <hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

enum { MAX_WORDS = 2048 };

struct redis_client {
    redisContext *context;
    const char *kind; /* "Redis" or "Sentinel" */
    char name[REDIS_NAME_SIZE];
    int timeout_ms;
    bool by_sentinel; /* Sentinels named it as a master */

    /* How hiredis makes objects, and how it does while texts are diverted. */
    redisReplyObjectFunctions *usual;
    redisReplyObjectFunctions diverting;
    const struct redis_texts *texts;
};

/* hiredis reports a time-out as the error of a read that would block. */
static const char *io_reason(const redisContext *context)
{
    if (context->err == REDIS_ERR_EOF)
        return "the connection was closed";
    if (context->err == REDIS_ERR_IO &&
        (errno == EAGAIN || errno == EWOULDBLOCK || errno == ETIMEDOUT))
        return "no answer in time";
    return context->errstr;
}

static enum status lost(const struct redis_client *c, char why[REDIS_WHY_SIZE])
{
    snprintf(why, REDIS_WHY_SIZE, "%s at %s: %.80s", c->kind, c->name,
             io_reason(c->context));
    return STATUS_RETRY;
}

/* What Redis answers to a command that it refuses begins with a word for
 * programs. What it means for an operator: */
static const struct {
    const char *word;
    enum status status;
    const char *advice;
} refusals[] = {
    {"NOAUTH", STATUS_RETRY,
     "it wants a password; put it in redis.url (a Sentinel's own: "
     "?sentinel=user:password at the end)"},
    {"WRONGPASS", STATUS_RETRY, "user or password is wrong"},
    {"NOPERM", STATUS_RETRY, "the user lacks a permission"},
    {"LOADING", STATUS_RETRY, "it is still loading its data"},
    {"MASTERDOWN", STATUS_RETRY, "it is a replica whose master is away"},
    {"BUSY", STATUS_RETRY, "it is busy with a script"},
    {"READONLY", STATUS_REJECT, "it is a replica; write to its master"},
    {"WRONGTYPE", STATUS_REJECT, "the key is there and is no hash"},
    {"OOM", STATUS_REJECT, "it has no memory left"},
};

static enum status refused(const struct redis_client *c, const char *error,
                           char why[REDIS_WHY_SIZE])
{
    size_t size = strcspn(error, " ");

    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        if (strlen(refusals[i].word) != size ||
            strncmp(refusals[i].word, error, size) != 0)
            continue;
        snprintf(why, REDIS_WHY_SIZE, "%s at %s: %s (%.60s)", c->kind, c->name,
                 refusals[i].advice, error);
        return refusals[i].status;
    }
    snprintf(why, REDIS_WHY_SIZE, "%s at %s: %.80s", c->kind, c->name, error);
    return STATUS_REJECT;
}

enum status redis_client_send(struct redis_client *c, size_t n,
                              const char *const *words, const size_t *sizes,
                              char why[REDIS_WHY_SIZE])
{
    const char *argv[MAX_WORDS];

    assert(n > 0 && n <= MAX_WORDS);
    /* hiredis does not write to them; its type says less than it could. */
    memcpy(argv, words, n * sizeof *words);
    if (redisAppendCommandArgv(c->context, (int)n, argv, sizes) != REDIS_OK)
        return lost(c, why);
    return STATUS_OK;
}

enum status redis_client_flush(struct redis_client *c, char why[REDIS_WHY_SIZE])
{
    int done = 0;

    while (!done) {
        if (redisBufferWrite(c->context, &done) != REDIS_OK)
            return lost(c, why);
    }
    return STATUS_OK;
}

enum status redis_client_receive(struct redis_client *c,
                                 struct redisReply **reply,
                                 char why[REDIS_WHY_SIZE])
{
    void *received = NULL;

    errno = 0;
    if (redisGetReply(c->context, &received) != REDIS_OK || received == NULL)
        return lost(c, why);
    *reply = received;
    return STATUS_OK;
}

/* What stands for a text that was taken; nobody looks at it. */
static char taken;

/* hiredis attaches nothing to the array around the text itself: that is done
 * by the functions that make objects, so here it is left out. */
static void *create_text(const redisReadTask *task, char *text, size_t size)
{
    const struct redis_client *c = task->privdata;

    if (task->type != REDIS_REPLY_STRING || task->parent == NULL ||
        task->parent->parent == NULL)
        return c->usual->createString(task, text, size);
    c->texts->take(c->texts->context, (size_t)task->parent->idx,
                   (size_t)task->idx, text, size);
    return &taken;
}

void redis_client_divert(struct redis_client *c,
                         const struct redis_texts *texts)
{
    redisReader *reader = c->context->reader;

    if (c->usual == NULL) {
        c->usual = reader->fn;
        c->diverting = *reader->fn;
        c->diverting.createString = create_text;
    }
    c->texts = texts;
    reader->fn = texts == NULL ? c->usual : &c->diverting;
    reader->privdata = texts == NULL ? NULL : c;
}

struct redisReply *redis_client_received(struct redis_client *c)
{
    void *received = NULL;

    if (redisGetReplyFromReader(c->context, &received) != REDIS_OK)
        return NULL;
    return received;
}

enum status redis_client_answer(struct redis_client *c,
                                struct redisReply **reply,
                                char why[REDIS_WHY_SIZE])
{
    struct redisReply *received = NULL;
    enum status status = redis_client_receive(c, &received, why);

    if (status != STATUS_OK)
        return status;
    if (received->type == REDIS_REPLY_ERROR) {
        status = refused(c, received->str, why);
        freeReplyObject(received);
        return status;
    }
    *reply = received;
    return STATUS_OK;
}

enum status redis_client_call(struct redis_client *c, size_t n,
                              const char *const *words, const size_t *sizes,
                              struct redisReply **reply,
                              char why[REDIS_WHY_SIZE])
{
    enum status status = redis_client_send(c, n, words, sizes, why);

    return status == STATUS_OK ? redis_client_answer(c, reply, why) : status;
}

enum status redis_client_do(struct redis_client *c, size_t n,
                            const char *const *words, char why[REDIS_WHY_SIZE])
{
    struct redisReply *reply = NULL;
    enum status status = redis_client_call(c, n, words, NULL, &reply, why);

    redis_reply_free(&reply);
    return status;
}

void redis_reply_free(struct redisReply **reply)
{
    if (*reply != NULL)
        freeReplyObject(*reply);
    *reply = NULL;
}

/* Redis may repeat the words of a command that it does not know or does not
 * take, so the text of its answer is not shown. */
static enum status log_in(struct redis_client *c,
                          const struct redis_address *address,
                          char why[REDIS_WHY_SIZE])
{
    const char *words[3] = {"AUTH"};
    struct redisReply *reply = NULL;
    enum status status;
    size_t n = 1;

    if (address->login.password == NULL)
        return STATUS_OK;
    if (address->login.user != NULL)
        words[n++] = address->login.user;
    words[n++] = address->login.password;
    status = redis_client_send(c, n, words, NULL, why);
    if (status == STATUS_OK)
        status = redis_client_receive(c, &reply, why);
    if (status == STATUS_OK && reply->type == REDIS_REPLY_ERROR) {
        snprintf(why, REDIS_WHY_SIZE, "%s at %s: refuses user and password%s",
                 c->kind, c->name,
                 strncmp(reply->str, "ERR AUTH", 8) == 0
                     ? "; none is set there for the default user"
                     : "");
        status = STATUS_RETRY;
    }
    redis_reply_free(&reply);
    return status;
}

static enum status select_database(struct redis_client *c,
                                   const struct redis_address *address,
                                   char why[REDIS_WHY_SIZE])
{
    char database[16];
    const char *words[] = {"SELECT", database};

    if (address->database == 0)
        return STATUS_OK;
    snprintf(database, sizeof database, "%d", address->database);
    return redis_client_do(c, 2, words, why);
}

static bool connect_socket(struct redis_client *c,
                           const struct redis_address *address,
                           char why[REDIS_WHY_SIZE])
{
    struct timeval timeout = {.tv_sec = c->timeout_ms / 1000,
                              .tv_usec = c->timeout_ms % 1000 * 1000};

    if (address->path != NULL)
        c->context = redisConnectUnixWithTimeout(address->path, timeout);
    else
        c->context =
            redisConnectWithTimeout(address->host, address->port, timeout);
    if (c->context == NULL) {
        snprintf(why, REDIS_WHY_SIZE, "%s at %s: out of memory", c->kind,
                 c->name);
        return false;
    }
    if (c->context->err != 0 ||
        redisSetTimeout(c->context, timeout) != REDIS_OK) {
        (void)lost(c, why);
        return false;
    }
    /* So that a machine that vanished shows; unix sockets have no such thing,
     * and a refusal would be written into the context as its error. */
    if (address->path == NULL)
        redisEnableKeepAlive(c->context);
    return !address->tls ||
           redis_tls_begin(c->context, address->host, c->name, why);
}

static struct redis_client *open_server(const struct redis_address *address,
                                        int timeout_ms,
                                        char why[REDIS_WHY_SIZE])
{
    struct redis_client *c = memory_new(sizeof *c);

    c->timeout_ms = timeout_ms;
    c->kind = address->is_sentinel ? "Sentinel" : "Redis";
    redis_address_name(address, c->name);
    if (!connect_socket(c, address, why) ||
        log_in(c, address, why) != STATUS_OK ||
        select_database(c, address, why) != STATUS_OK)
        redis_client_close(&c);
    return c;
}

struct redis_client *redis_client_open(const struct redis_address *address,
                                       int timeout_ms, char why[REDIS_WHY_SIZE])
{
    struct redis_address master;
    struct redis_client *c;

    if (address->service == NULL)
        return open_server(address, timeout_ms, why);
    if (!redis_sentinel_ask(address, timeout_ms, &master, why))
        return NULL;
    c = open_server(&master, timeout_ms, why);
    redis_address_deinit(&master);
    if (c != NULL) {
        c->by_sentinel = true;
        if (redis_client_ping(c, why) != STATUS_OK)
            redis_client_close(&c);
    }
    return c;
}

/* The first question to a server that Sentinels named is whether it still is
 * what they said. */
enum status redis_client_ping(struct redis_client *c, char why[REDIS_WHY_SIZE])
{
    const char *ping = "PING";

    return c->by_sentinel ? redis_sentinel_verify(c, why)
                          : redis_client_do(c, 1, &ping, why);
}

void redis_client_close(struct redis_client **c)
{
    if (*c == NULL)
        return;
    if ((*c)->context != NULL)
        redisFree((*c)->context);
    free(*c);
    *c = NULL;
}

int redis_client_fd(const struct redis_client *c)
{
    return c->context->fd;
}

const char *redis_client_name(const struct redis_client *c)
{
    return c->name;
}
