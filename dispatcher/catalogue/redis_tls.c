/*
 * TLS to Redis. The session is made here and not by hiredis, which does not
 * compare the certificate's name with the host's.
 */
#include "redis_tls.h"

#include <stdio.h>

#ifdef HAVE_HIREDIS_SSL

#include <arpa/inet.h>
#include <hiredis.h>
#include <hiredis_ssl.h>
#include <openssl/ssl.h>

static bool is_number(const char *host)
{
    struct in6_addr address;

    return inet_pton(AF_INET, host, &address) == 1 ||
           inet_pton(AF_INET6, host, &address) == 1;
}

static bool expect_host(SSL *ssl, const char *host)
{
    if (is_number(host))
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1;
    return SSL_set1_host(ssl, host) == 1 &&
           SSL_set_tlsext_host_name(ssl, host) == 1;
}

static SSL *session_new(const char *host)
{
    SSL_CTX *settings = SSL_CTX_new(TLS_client_method());
    SSL *ssl = NULL;

    if (settings != NULL &&
        SSL_CTX_set_min_proto_version(settings, TLS1_2_VERSION) == 1 &&
        SSL_CTX_set_default_verify_paths(settings) == 1) {
        SSL_CTX_set_verify(settings, SSL_VERIFY_PEER, NULL);
        ssl = SSL_new(settings);
    }
    SSL_CTX_free(settings); /* the session keeps what it needs */
    if (ssl != NULL && !expect_host(ssl, host)) {
        SSL_free(ssl);
        ssl = NULL;
    }
    return ssl;
}

bool redis_tls_begin(struct redisContext *context, const char *host,
                     const char *name, char why[REDIS_WHY_SIZE])
{
    SSL *ssl = session_new(host);

    if (ssl == NULL) {
        snprintf(why, REDIS_WHY_SIZE, "Redis at %s: TLS cannot be set up",
                 name);
        return false;
    }
    if (redisInitiateSSL(context, ssl) == REDIS_OK)
        return true; /* the context owns the session now */
    SSL_free(ssl);
    snprintf(why, REDIS_WHY_SIZE, "Redis at %s: TLS: %.120s", name,
             context->errstr);
    return false;
}

#else

bool redis_tls_begin(struct redisContext *context, const char *host,
                     const char *name, char why[REDIS_WHY_SIZE])
{
    (void)context;
    (void)host;
    snprintf(why, REDIS_WHY_SIZE, "Redis at %s: built without TLS", name);
    return false;
}

#endif
