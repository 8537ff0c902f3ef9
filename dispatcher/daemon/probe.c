/*
 * The thread that looks at the broker.
 */
#include "probe.h"

#include "health.h"
#include "kafka_conf.h"
#include "log.h"
#include "memory.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    ANSWER_MS = 2000, /* the broker's time for one answer */
    PAUSE_MS = 1000,  /* between two looks, when all is well */
    RETRY_MS = 200,   /* before the first good one */
};

struct probe {
    struct broker *broker;
    struct health *health;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stopping;
    enum status status; /* RETRY until the first good look */
    struct topics_facts facts;
};

/* Which of the two conditions does a failure belong to? */
static void report(struct probe *p, enum status status, const char *why)
{
    bool broker_away = !strncmp(why, "broker ", strlen("broker "));

    if (status == STATUS_OK) {
        health_set(p->health, 0, HEALTH_BROKER, true, "%s", "");
        health_set(p->health, 0, HEALTH_TOPICS, true, "%s", "");
        return;
    }
    health_set(p->health, 0, HEALTH_BROKER, !broker_away, "%s",
               broker_away ? why : "");
    if (!broker_away)
        health_set(p->health, 0, HEALTH_TOPICS, false, "%s", why);
}

/* Keeps the first good facts: workers were built on them. */
static void keep(struct probe *p, enum status status,
                 const struct topics_facts *facts)
{
    pthread_mutex_lock(&p->mutex);
    if (p->status == STATUS_RETRY) {
        p->status = status;
        p->facts = *facts;
    }
    pthread_mutex_unlock(&p->mutex);
}

/* True when the thread is to end. */
static bool rest(struct probe *p)
{
    struct timespec until;
    bool stopping;
    long ms;

    pthread_mutex_lock(&p->mutex);
    ms = p->status == STATUS_RETRY ? RETRY_MS : PAUSE_MS;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    if (!p->stopping)
        pthread_cond_timedwait(&p->wake, &p->mutex, &until);
    stopping = p->stopping;
    pthread_mutex_unlock(&p->mutex);
    return stopping;
}

static void *loop(void *opaque)
{
    struct probe *p = opaque;
    struct log_text text;

    do {
        struct topics_facts facts = {0};
        char why[KAFKA_WHY_SIZE] = "";
        enum status status =
            broker_check_topics(p->broker, &facts, ANSWER_MS, why);

        report(p, status, why);
        if (status == STATUS_FATAL)
            log_error("start_failed", "reason=%s", log_value(&text, why));
        keep(p, status, &facts);
    } while (!rest(p));
    return NULL;
}

struct probe *probe_start(const struct settings *cfg, struct health *health,
                          char *why)
{
    struct broker *broker = broker_new(cfg, why);
    struct probe *p;

    if (!broker)
        return NULL;
    p = memory_new(sizeof *p);
    *p = (struct probe){
        .broker = broker, .health = health, .status = STATUS_RETRY};
    pthread_mutex_init(&p->mutex, NULL);
    pthread_cond_init(&p->wake, NULL);
    if (pthread_create(&p->thread, NULL, loop, p)) {
        log_error("thread_failed", "thread=probe");
        abort();
    }
    return p;
}

enum status probe_facts(struct probe *probe, struct topics_facts *facts)
{
    enum status status;

    pthread_mutex_lock(&probe->mutex);
    status = probe->status;
    if (status == STATUS_OK)
        *facts = probe->facts;
    pthread_mutex_unlock(&probe->mutex);
    return status;
}

void probe_stop(struct probe **probe)
{
    if (!*probe)
        return;
    pthread_mutex_lock(&(*probe)->mutex);
    (*probe)->stopping = true;
    pthread_cond_signal(&(*probe)->wake);
    pthread_mutex_unlock(&(*probe)->mutex);
    pthread_join((*probe)->thread, NULL);
    broker_free(&(*probe)->broker);
    pthread_cond_destroy(&(*probe)->wake);
    pthread_mutex_destroy(&(*probe)->mutex);
    free(*probe);
    *probe = NULL;
}
