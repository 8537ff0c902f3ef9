/*
 * Tries the settings on clients that connect to nobody: what librdkafka finds
 * wrong only when all its properties stand together (a time-out that exceeds
 * another one, a certificate that cannot be read) shows before the start.
 */
#include "kafka_conf.h"
#include "kafka_destroy.h"

/* The least that librdkafka takes; topics say later how much it really is. */
enum { MESSAGE_SIZE = 1000 };

/* What it has to say is said once, by the clients that work. */
static void no_log(const rd_kafka_t *rk, int level, const char *facility,
                   const char *text)
{
    (void)rk, (void)level, (void)facility, (void)text;
}

static bool try_client(const struct settings *cfg, enum kafka_client client,
                       rd_kafka_type_t type, char *why)
{
    rd_kafka_conf_t *conf = kafka_conf_new(cfg, client, 0, MESSAGE_SIZE, why);
    rd_kafka_t *rk;

    if (!conf)
        return false;
    rd_kafka_conf_set_log_cb(conf, no_log);
    rk = rd_kafka_new(type, conf, why, KAFKA_WHY_SIZE);
    if (!rk) {
        rd_kafka_conf_destroy(conf); /* not taken */
        return false;
    }
    kafka_destroy(rk);
    return true;
}

bool kafka_conf_try(const struct settings *cfg, char *why)
{
    static char nobody[] = "";
    struct settings alone = *cfg;

    alone.kafka_bootstrap_servers = nobody;
    return try_client(&alone, CLIENT_CONSUMER, RD_KAFKA_CONSUMER, why) &&
           try_client(&alone, CLIENT_PRODUCER, RD_KAFKA_PRODUCER, why);
}
