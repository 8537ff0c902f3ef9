/*
 * All settings, from all sources: default < file < environment < command
 * line. Every mistake is reported, not only the first.
 */
#include "settings.h"

#include "kafka_properties.h"
#include "memory.h"
#include "settings_check.h"
#include "settings_sources.h"
#include "settings_table.h"
#include "suggest.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *prefix;
    enum kafka_scope scope;
} kafka_prefixes[] = {
    {"kafka.consumer.", KAFKA_CONSUMER},
    {"kafka.producer.", KAFKA_PRODUCER},
    {"kafka.", KAFKA_BOTH},
};

void reading_refuse(struct reading *r, const char *where, const char *format,
                    ...)
{
    va_list args;

    r->failed = true;
    fprintf(r->err, "%s: ", where);
    va_start(args, format);
    vfprintf(r->err, format, args);
    va_end(args);
    fputc('\n', r->err);
}

/* A later value of the same property takes the place of the earlier one. */
static void store_property(struct settings *cfg, enum kafka_scope scope,
                           const char *name, const char *value)
{
    struct kafka_property *p = cfg->kafka_properties;
    size_t i = 0;

    while (i < cfg->n_kafka_properties &&
           (p[i].scope != scope || strcmp(p[i].name, name) != 0))
        i++;
    if (i == cfg->n_kafka_properties) {
        p = memory_grow(p, i + 1, sizeof *p);
        p[i] = (struct kafka_property){scope, memory_copy_text(name), NULL};
        cfg->kafka_properties = p;
        cfg->n_kafka_properties++;
    }
    free(p[i].value);
    p[i].value = memory_copy_text(value);
}

static void assign_property(struct reading *r, const char *where,
                            const char *name, const char *value)
{
    char why[SETTING_WHY_SIZE];
    size_t i = 0;

    while (strncmp(name, kafka_prefixes[i].prefix,
                   strlen(kafka_prefixes[i].prefix)) != 0)
        i++;
    const char *property = name + strlen(kafka_prefixes[i].prefix);
    if (!kafka_property_check(property, value, why, sizeof why)) {
        reading_refuse(r, where, "%s: %s", name, why);
        return;
    }
    store_property(r->cfg, kafka_prefixes[i].scope, property, value);
}

static void refuse_unknown(struct reading *r, const char *where,
                           const char *name)
{
    struct suggest nearest;
    char text[SUGGEST_TEXT_SIZE];

    suggest_begin(&nearest, name);
    for (size_t i = 0; i < settings_count(); i++)
        suggest_consider(&nearest, setting_at(i)->name);
    reading_refuse(r, where, "%s: no such setting%s", name,
                   suggest_text(&nearest, text));
}

void reading_assign(struct reading *r, const char *where, const char *name,
                    const char *value)
{
    const struct setting *setting = setting_find(name);
    char why[SETTING_WHY_SIZE];

    if (setting != NULL) {
        if (!setting_parse(setting, r->cfg, value, why))
            reading_refuse(r, where, "%s: %s", name, why);
        return;
    }
    if (strncmp(name, "kafka.", 6) == 0)
        assign_property(r, where, name, value);
    else
        refuse_unknown(r, where, name);
}

static int compare_scope(const void *a, const void *b)
{
    const struct kafka_property *left = a, *right = b;

    return (left->scope != KAFKA_BOTH) - (right->scope != KAFKA_BOTH);
}

static void remove_property(struct settings *cfg, size_t i)
{
    struct kafka_property *p = &cfg->kafka_properties[i];

    free(p->name);
    free(p->value);
    cfg->n_kafka_properties--;
    memmove(p, p + 1, (cfg->n_kafka_properties - i) * sizeof *p);
}

/* Whether a property further down has the same scope and name. */
static bool is_overridden(const struct settings *cfg, size_t i)
{
    const struct kafka_property *p = cfg->kafka_properties;

    for (size_t j = i + 1; j < cfg->n_kafka_properties; j++)
        if (p[j].scope == p[i].scope && strcmp(p[j].name, p[i].name) == 0)
            return true;
    return false;
}

/* A property of `kafka.` that only one client knows goes to that one, unless
 * it is also set for that one by name. */
static void settle_properties(struct settings *cfg)
{
    if (cfg->n_kafka_properties == 0)
        return;
    qsort(cfg->kafka_properties, cfg->n_kafka_properties,
          sizeof *cfg->kafka_properties, compare_scope);
    for (size_t i = cfg->n_kafka_properties; i-- > 0;) {
        struct kafka_property *p = &cfg->kafka_properties[i];
        if (p->scope == KAFKA_BOTH)
            p->scope = kafka_property_scope(p->name);
        if (is_overridden(cfg, i))
            remove_property(cfg, i);
    }
    qsort(cfg->kafka_properties, cfg->n_kafka_properties,
          sizeof *cfg->kafka_properties, compare_scope);
}

static void assign_argument(struct reading *r, const char *argument)
{
    const char *equals = strchr(argument, '=');
    char name[256];

    if (equals == NULL || equals == argument) {
        reading_refuse(r, "--set", "expected NAME=VALUE");
        return;
    }
    snprintf(name, sizeof name, "%.*s", (int)(equals - argument), argument);
    reading_assign(r, "--set", name, equals + 1);
}

static const struct option long_options[] = {
    {"set", required_argument, NULL, 's'},   {"check", no_argument, NULL, 'n'},
    {"healthcheck", no_argument, NULL, 'l'}, {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'v'},     {NULL, 0, NULL, 0},
};

/* The command line, taken apart; nothing is looked into yet. */
struct command_line {
    const char *file;
    const char **sets; /* borrowed from argv */
    size_t n_sets;
};

/* getopt would write to standard error itself, so it is kept quiet. */
static bool parse_arguments(struct command_line *line,
                            struct settings_args *args, int argc, char **argv,
                            FILE *err)
{
    int option;

    opterr = 0;
    optind = 0; /* glibc: start anew, also when called twice */
    while ((option = getopt_long(argc, argv, "+:c:h", long_options, NULL)) !=
           -1) {
        if (option == 'c')
            line->file = optarg;
        else if (option == 's')
            line->sets[line->n_sets++] = optarg;
        else if (option == 'n')
            args->check = true;
        else if (option == 'l')
            args->healthcheck = true;
        else if (option == 'h')
            args->help = true;
        else if (option == 'v')
            args->version = true;
        else
            break;
    }
    if (option == -1 && optind == argc)
        return true;
    args->usage = true;
    if (option == ':')
        fprintf(err, "%s needs a value\n", argv[optind - 1]);
    else if (option == -1)
        fprintf(err, "%s: unexpected argument\n", argv[optind]);
    else
        fprintf(err, "%s: no such option\n", argv[optind - 1]);
    fputs("Try --help.\n", err);
    return false;
}

enum status settings_read(struct settings *cfg, struct settings_args *args,
                          int argc, char **argv, FILE *err)
{
    struct reading r = {.cfg = cfg, .err = err};
    struct command_line line = {0};

    *cfg = (struct settings){0};
    *args = (struct settings_args){0};
    line.sets = memory_new_array((size_t)argc, sizeof *line.sets);
    bool parsed = parse_arguments(&line, args, argc, argv, err);
    if (!parsed || args->help || args->version)
        goto out;
    read_defaults(&r);
    if (line.file != NULL)
        read_file(&r, line.file);
    read_environment(&r, environ);
    for (size_t i = 0; i < line.n_sets; i++)
        assign_argument(&r, line.sets[i]);
    settle_properties(cfg);
    if (!r.failed)
        r.failed = !check_together(cfg, err);
out:
    free(line.sets);
    return parsed && !r.failed ? STATUS_OK : STATUS_REJECT;
}

void settings_deinit(struct settings *cfg)
{
    for (size_t i = 0; i < settings_count(); i++) {
        if (setting_at(i)->type != SETTING_TEXT)
            continue;
        char **text = (char **)((char *)cfg + setting_at(i)->offset);
        free(*text);
    }
    for (size_t i = 0; i < cfg->n_kafka_properties; i++) {
        free(cfg->kafka_properties[i].name);
        free(cfg->kafka_properties[i].value);
    }
    free(cfg->kafka_properties);
    *cfg = (struct settings){0};
}
