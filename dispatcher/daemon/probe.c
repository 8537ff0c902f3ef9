/*
 * The thread that looks at the broker.
 */
#include "probe.h"

#include "health.h"
#include "kafka_conf.h"
#include "log.h"
#include "memory.h"
#include "ticker.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    ANSWER_MS = 2000, /* the broker's time for one answer */
    PAUSE_MS = 1000,  /* between two looks, when all is well */
    RETRY_MS = 200,   /* before the first good one */
};

struct probe {
    struct broker *broker;
    struct health *health;
    struct ticker *ticker;
    pthread_mutex_t mutex; /* of what follows */
    enum status status;    /* RETRY until the first good look */
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

/* Keeps the first good facts: workers were built on them. What no repetition
 * can mend counts at any time. Returns how long to rest. */
static int keep(struct probe *p, enum status status,
                const struct topics_facts *facts)
{
    int pause_ms;

    pthread_mutex_lock(&p->mutex);
    if (p->status == STATUS_RETRY || status == STATUS_FATAL) {
        p->status = status;
        p->facts = *facts;
    }
    pause_ms = p->status == STATUS_RETRY ? RETRY_MS : PAUSE_MS;
    pthread_mutex_unlock(&p->mutex);
    return pause_ms;
}

static int turn(void *opaque)
{
    struct probe *p = opaque;
    struct topics_facts facts = {0};
    char why[KAFKA_WHY_SIZE] = "";
    struct log_text text;
    enum status status = broker_check_topics(p->broker, &facts, ANSWER_MS, why);

    report(p, status, why);
    if (status == STATUS_FATAL)
        log_error("topics_refused", "reason=%s", log_value(&text, why));
    return keep(p, status, &facts);
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
    p->ticker = ticker_start("probe", turn, p);
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
    ticker_stop(&(*probe)->ticker);
    broker_free(&(*probe)->broker);
    pthread_mutex_destroy(&(*probe)->mutex);
    free(*probe);
    *probe = NULL;
}
