/*
 * Defaults, then the file, then the environment.
 *
 * The file is lines of `name = value`. It is read here and not by inih: as
 * Debian builds that, a line ends after 199 bytes, which three brokers'
 * names can exceed, and " ;" in a password begins a comment.
 */
#include "settings_sources.h"

#include "kafka_properties.h"
#include "settings_table.h"
#include "suggest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VARIABLE_PREFIX "DISPATCHER_"

enum { NAME_SIZE = 128, HOST_SIZE = 256 };

void read_defaults(struct reading *r)
{
    char host[HOST_SIZE] = "";

    if (gethostname(host, sizeof host - 1) != 0 || host[0] == '\0')
        snprintf(host, sizeof host, "localhost");
    for (size_t i = 0; i < settings_count(); i++) {
        const char *value = setting_at(i)->fallback;
        reading_assign(r, "default", setting_at(i)->name,
                       value != NULL ? value : host);
    }
}

/* Takes white space off both ends, in place. */
static char *trim(char *text)
{
    static const char blank[] = " \t\r\n";

    text += strspn(text, blank);
    size_t size = strlen(text);
    while (size > 0 && strchr(blank, text[size - 1]) != NULL)
        size--;
    text[size] = '\0';
    return text;
}

static void read_line(struct reading *r, const char *where, char *line)
{
    char *text = trim(line);
    char *equals = strchr(text, '=');

    if (*text == '\0' || *text == '#' || *text == ';')
        return;
    if (*text == '[') {
        reading_refuse(r, where,
                       "sections are not used; write redis.url = "
                       "..., not [redis]");
        return;
    }
    if (equals == NULL || equals == text) {
        reading_refuse(r, where, "expected name = value");
        return;
    }
    *equals = '\0';
    reading_assign(r, where, trim(text), trim(equals + 1));
}

void read_file(struct reading *r, const char *path)
{
    char where[4096 + 24], *line = NULL;
    size_t capacity = 0;
    FILE *file = fopen(path, "re");

    if (file == NULL) {
        reading_refuse(r, path, "%s", strerror(errno));
        return;
    }
    for (unsigned number = 1;; number++) {
        errno = 0;
        ssize_t size = getline(&line, &capacity, file);
        if (size < 0)
            break;
        snprintf(where, sizeof where, "%.4096s:%u", path, number);
        if (memchr(line, '\0', (size_t)size) != NULL)
            reading_refuse(r, where, "holds a NUL; this is no text file");
        else
            read_line(r, where, line);
    }
    if (errno != 0)
        reading_refuse(r, path, "%s", strerror(errno));
    free(line);
    fclose(file);
}

/* redis.url becomes REDIS_URL. */
static void variable_of(const char *name, char out[NAME_SIZE])
{
    size_t i = 0;

    for (; name[i] != '\0' && i < NAME_SIZE - 1; i++) {
        char c = name[i];
        if (c == '.' || c == '-')
            c = '_';
        out[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    out[i] = '\0';
}

/* Lower case; underscores become `joint`. */
static void name_of(const char *variable, char joint, char out[NAME_SIZE])
{
    size_t i = 0;

    for (; variable[i] != '\0' && i < NAME_SIZE - 1; i++) {
        char c = variable[i];
        if (c == '_')
            c = joint;
        out[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    out[i] = '\0';
}

/* KAFKA_CONSUMER_FETCH_MIN_BYTES: its prefix, and librdkafka's name. */
static void assign_kafka(struct reading *r, const char *where,
                         const char *variable, const char *value)
{
    static const char *const prefixes[][2] = {
        {"KAFKA_CONSUMER_", "kafka.consumer."},
        {"KAFKA_PRODUCER_", "kafka.producer."},
        {"KAFKA_", "kafka."},
    };
    char property[NAME_SIZE], name[NAME_SIZE + 16];
    size_t i = 0;

    while (strncmp(variable, prefixes[i][0], strlen(prefixes[i][0])) != 0)
        i++;
    variable += strlen(prefixes[i][0]);
    /* Nearly all of librdkafka's names have dots, a few underscores. */
    name_of(variable, '_', property);
    if (!kafka_property_exists(property))
        name_of(variable, '.', property);
    snprintf(name, sizeof name, "%s%s", prefixes[i][1], property);
    reading_assign(r, where, name, value);
}

/* Kubernetes tells each container about every service: for one that is called
 * "dispatcher", as DISPATCHER_SERVICE_HOST, DISPATCHER_PORT_9464_TCP, ... */
static bool is_from_kubernetes(const char *variable)
{
    return strncmp(variable, "SERVICE_HOST", 12) == 0 ||
           strncmp(variable, "SERVICE_PORT", 12) == 0 ||
           strcmp(variable, "PORT") == 0 || strncmp(variable, "PORT_", 5) == 0;
}

static void refuse_variable(struct reading *r, const char *where,
                            const char *variable)
{
    static char names[64][NAME_SIZE];
    struct suggest nearest;
    char text[SUGGEST_TEXT_SIZE];

    suggest_begin(&nearest, variable);
    for (size_t i = 0; i < settings_count() && i < 64; i++) {
        variable_of(setting_at(i)->name, names[i]);
        suggest_consider(&nearest, names[i]);
    }
    if (nearest.best != NULL) {
        reading_refuse(r, where, "no such setting; did you mean %s%s?",
                       VARIABLE_PREFIX, nearest.best);
        return;
    }
    reading_refuse(r, where, "no such setting%s", suggest_text(&nearest, text));
}

static void read_variable(struct reading *r, const char *where,
                          const char *variable, const char *value)
{
    char name[NAME_SIZE];

    for (size_t i = 0; i < settings_count(); i++) {
        variable_of(setting_at(i)->name, name);
        if (strcmp(name, variable) != 0)
            continue;
        reading_assign(r, where, setting_at(i)->name, value);
        return;
    }
    if (strncmp(variable, "KAFKA_", 6) == 0)
        assign_kafka(r, where, variable, value);
    else if (!is_from_kubernetes(variable))
        refuse_variable(r, where, variable);
}

void read_environment(struct reading *r, char **environment)
{
    const size_t prefix = sizeof VARIABLE_PREFIX - 1;
    char where[NAME_SIZE];

    for (; *environment != NULL; environment++) {
        const char *equals = strchr(*environment, '=');
        if (equals == NULL ||
            strncmp(*environment, VARIABLE_PREFIX, prefix) != 0)
            continue;
        /* Compose files pass on what is unset as empty. */
        if (equals[1] == '\0')
            continue;
        snprintf(where, sizeof where, "%.*s", (int)(equals - *environment),
                 *environment);
        read_variable(r, where, where + prefix, equals + 1);
    }
}
