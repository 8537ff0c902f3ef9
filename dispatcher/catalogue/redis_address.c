/*
 * Parses the URL of a Redis.
 */
#include "redis_address.h"

#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEFAULT_PORT = 6379,
    SENTINEL_PORT = 26379,
    MAX_PORT = 65535,
    MAX_DATABASE = 1000000,
};

static bool because(char why[REDIS_WHY_SIZE], const char *reason)
{
    snprintf(why, REDIS_WHY_SIZE, "%s", reason);
    return false;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* A copy without percent-encoding; NULL when that is wrong or makes a NUL. */
static char *decode(const char *text, size_t size)
{
    char *decoded = memory_new(size + 1);
    size_t used = 0;

    for (size_t i = 0; i < size; i++) {
        int high, low;

        if (text[i] != '%') {
            decoded[used++] = text[i];
            continue;
        }
        high = size - i > 2 ? hex_digit(text[i + 1]) : -1;
        low = size - i > 2 ? hex_digit(text[i + 2]) : -1;
        if (high < 0 || low < 0 || high + low == 0) {
            free(decoded);
            return NULL;
        }
        decoded[used++] = (char)(high * 16 + low);
        i += 2;
    }
    return decoded;
}

/* Digits only, at most `max`; -1: not so. */
static int parse_number(const char *text, size_t size, int max)
{
    int number = 0;

    if (size == 0)
        return -1;
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        number = number * 10 + (text[i] - '0');
        if (number > max)
            return -1;
    }
    return number;
}

/* "user:password" or ":password". */
static bool parse_login(const char *text, size_t size, struct redis_login *out,
                        char why[REDIS_WHY_SIZE])
{
    const char *colon = memchr(text, ':', size);
    size_t user_size = colon == NULL ? size : (size_t)(colon - text);

    if (user_size > 0)
        out->user = decode(text, user_size);
    if (colon != NULL)
        out->password = decode(colon + 1, size - user_size - 1);
    if ((user_size > 0 && out->user == NULL) ||
        (colon != NULL && out->password == NULL))
        return because(why, "user or password is not percent-encoded rightly");
    if (out->user != NULL && out->password == NULL)
        return because(why, "a user needs a password: user:password");
    return true;
}

static void login_deinit(struct redis_login *login)
{
    free(login->user);
    if (login->password != NULL)
        explicit_bzero(login->password, strlen(login->password));
    free(login->password);
}

static char *copy(const char *text, size_t size)
{
    return memcpy(memory_new(size + 1), text, size);
}

/* "host", "host:port", "[::1]:port". out->port holds the default before. */
static bool parse_host(const char *text, size_t size, struct redis_host *out,
                       char why[REDIS_WHY_SIZE])
{
    const char *end = text + size, *host = text, *host_end, *after;

    if (size > 0 && text[0] == '[') {
        host = text + 1;
        host_end = memchr(text, ']', size);
        if (host_end == NULL)
            return because(why, "the host begins with [ but has no ]");
        after = host_end + 1;
    } else {
        host_end = memchr(text, ':', size);
        if (host_end == NULL)
            host_end = end;
        after = host_end;
    }
    if (after < end && *after != ':')
        return because(why, "a colon and the port must follow the host");
    if (after < end)
        out->port =
            parse_number(after + 1, (size_t)(end - after - 1), MAX_PORT);
    if (out->port <= 0)
        return because(why, "the port is no number from 1 to 65535");
    out->name = host_end > host ? copy(host, (size_t)(host_end - host))
                                : memory_copy_text("127.0.0.1");
    return true;
}

static bool parse_database(const char *text, const char *end,
                           struct redis_address *out, char why[REDIS_WHY_SIZE])
{
    out->database =
        text == end ? 0
                    : parse_number(text, (size_t)(end - text), MAX_DATABASE);
    if (out->database < 0)
        return because(why, "the database is no number: write /0");
    return true;
}

/* Takes the login from *text, which ends at `end`. The last @ ends it:
 * passwords with an @ that is not encoded are common. */
static bool take_login(const char **text, const char *end,
                       struct redis_address *out, char why[REDIS_WHY_SIZE])
{
    const char *at = memrchr(*text, '@', (size_t)(end - *text));

    if (at == NULL)
        return true;
    if (!parse_login(*text, (size_t)(at - *text), &out->login, why))
        return false;
    *text = at + 1;
    return true;
}

/* What follows redis:// and rediss://. */
static bool parse_network(const char *text, struct redis_address *out,
                          char why[REDIS_WHY_SIZE])
{
    struct redis_host host = {.port = DEFAULT_PORT};
    const char *slash;

    if (!take_login(&text, text + strlen(text), out, why))
        return false;
    slash = strchrnul(text, '/');
    if (!parse_host(text, (size_t)(slash - text), &host, why))
        return false;
    out->host = host.name;
    out->port = host.port;
    text = *slash == '/' ? slash + 1 : slash;
    return parse_database(text, text + strlen(text), out, why);
}

/* "host:port,host:port" up to `end`. */
static bool parse_sentinels(const char *text, const char *end,
                            struct redis_address *out, char why[REDIS_WHY_SIZE])
{
    out->sentinels =
        memory_new_array(REDIS_SENTINELS_MAX, sizeof *out->sentinels);
    for (;;) {
        const char *comma = memchr(text, ',', (size_t)(end - text));
        struct redis_host host = {.port = SENTINEL_PORT};

        if (comma == NULL)
            comma = end;
        if (comma == text)
            return because(why, "a Sentinel's host is missing");
        if (out->n_sentinels == REDIS_SENTINELS_MAX)
            return because(why, "these are too many Sentinels; name some");
        if (!parse_host(text, (size_t)(comma - text), &host, why))
            return false;
        out->sentinels[out->n_sentinels++] = host;
        if (comma == end)
            return true;
        text = comma + 1;
    }
}

/* What follows the service's name: "/db?sentinel=user:password". */
static bool parse_service_end(const char *text, struct redis_address *out,
                              char why[REDIS_WHY_SIZE])
{
    const char *query = strchrnul(text, '?');

    if (!parse_database(text + (*text == '/'), query, out, why))
        return false;
    if (*query == '\0')
        return true;
    if (strncmp(query, REDIS_SENTINEL_LOGIN, strlen(REDIS_SENTINEL_LOGIN)) != 0)
        return because(why, "only " REDIS_SENTINEL_LOGIN "user:password, the "
                            "Sentinels' own login, may follow the service");
    text = query + strlen(REDIS_SENTINEL_LOGIN);
    return parse_login(text, strlen(text), &out->sentinel_login, why);
}

/* What follows sentinel://. */
static bool parse_service(const char *text, struct redis_address *out,
                          char why[REDIS_WHY_SIZE])
{
    const char *slash, *end = strstr(text, REDIS_SENTINEL_LOGIN);

    if (end == NULL)
        end = text + strlen(text);
    if (!take_login(&text, end, out, why))
        return false;
    slash = strchrnul(text, '/');
    if (!parse_sentinels(text, slash, out, why))
        return false;
    text = *slash == '/' ? slash + 1 : slash;
    end = text + strcspn(text, "/?");
    if (end == text)
        return because(why, "the name of the service must follow the "
                            "Sentinels: sentinel://host,host/service");
    out->service = decode(text, (size_t)(end - text));
    if (out->service == NULL)
        return because(why, "the service is not percent-encoded rightly");
    return parse_service_end(end, out, why);
}

/* What follows unix://: "user:password@/path?db=1". */
static bool parse_unix(const char *text, struct redis_address *out,
                       char why[REDIS_WHY_SIZE])
{
    static const char parameter[] = "?db=";
    const char *slash = strchr(text, '/'), *query;

    if (slash == NULL || (slash > text && slash[-1] != '@'))
        return because(why, "write unix:///path/of/the.sock");
    if (slash > text &&
        !parse_login(text, (size_t)(slash - 1 - text), &out->login, why))
        return false;
    query = strchr(slash, '?');
    if (query == NULL)
        query = slash + strlen(slash);
    else if (strncmp(query, parameter, strlen(parameter)) != 0)
        return because(why, "only ?db=NUMBER may follow the path");
    out->path = decode(slash, (size_t)(query - slash));
    if (out->path == NULL)
        return because(why, "the path is not percent-encoded rightly");
    text = *query == '?' ? query + strlen(parameter) : query;
    return parse_database(text, text + strlen(text), out, why);
}

static bool parse(const char *url, struct redis_address *out,
                  char why[REDIS_WHY_SIZE])
{
    static const struct {
        const char *scheme;
        bool (*parse)(const char *, struct redis_address *, char *);
        bool tls;
    } schemes[] = {
        {"redis://", parse_network, false},
        {"rediss://", parse_network, true},
        {"unix://", parse_unix, false},
        {"sentinel://", parse_service, false},
    };

    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t size = strlen(schemes[i].scheme);

        if (strncmp(url, schemes[i].scheme, size) != 0)
            continue;
        out->tls = schemes[i].tls;
        return schemes[i].parse(url + size, out, why);
    }
    return because(why, "must be redis://host:port/db, rediss://..., "
                        "unix:///path or sentinel://host,host/service");
}

bool redis_address_parse(const char *url, struct redis_address *out,
                         char why[REDIS_WHY_SIZE])
{
    struct redis_address address = {0};

    if (!parse(url, &address, why)) {
        redis_address_deinit(&address);
        return false;
    }
#ifndef HAVE_HIREDIS_SSL
    if (address.tls) {
        redis_address_deinit(&address);
        return because(why, "rediss:// needs hiredis 1.0 or later with its TLS "
                            "library; this program was built without");
    }
#endif
    *out = address;
    return true;
}

void redis_address_deinit(struct redis_address *address)
{
    for (size_t i = 0; i < address->n_sentinels; i++)
        free(address->sentinels[i].name);
    free(address->sentinels);
    free(address->service);
    free(address->host);
    free(address->path);
    login_deinit(&address->login);
    login_deinit(&address->sentinel_login);
    *address = (struct redis_address){0};
}

const char *redis_address_name(const struct redis_address *address,
                               char text[REDIS_NAME_SIZE])
{
    if (address->service != NULL)
        snprintf(text, REDIS_NAME_SIZE, "the master of %s/%d", address->service,
                 address->database);
    else if (address->path != NULL)
        snprintf(text, REDIS_NAME_SIZE, "%s?db=%d", address->path,
                 address->database);
    else
        snprintf(text, REDIS_NAME_SIZE,
                 strchr(address->host, ':') ? "[%s]:%d/%d" : "%s:%d/%d",
                 address->host, address->port, address->database);
    return text;
}
