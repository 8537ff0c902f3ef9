/*
 * What --help and --check print.
 */
#include "kafka_properties.h"
#include "settings.h"
#include "settings_table.h"

#include <string.h>

enum { COLUMNS = 78, INDENT = 6 };

static const char usage[] =
    "Usage: dispatcher [-c FILE] [--set NAME=VALUE]... [--check]\n"
    "\n"
    "Sends citizens' tickets to the departments that are responsible, exactly\n"
    "once, from Kafka to Kafka.\n"
    "\n"
    "  -c FILE           read settings from FILE, lines of name = value\n"
    "  --set NAME=VALUE  set one; may be repeated\n"
    "  --check           print all settings and exit; 78 when one is wrong\n"
    "  --healthcheck     ask /livez at http.listen and exit: 0 when it lives\n"
    "  --version         print the version and exit\n"
    "  -h, --help        print this and exit\n"
    "\n"
    "The command line overrides the environment, which overrides the file.\n"
    "The variable of redis.url is DISPATCHER_REDIS_URL.\n"
    "\n"
    "Settings and their defaults:\n";

static const char usage_kafka[] =
    "  kafka.PROPERTY, kafka.consumer.PROPERTY, kafka.producer.PROPERTY\n"
    "      librdkafka's own, for both clients or one of them. Those that a\n"
    "      guarantee rests on are refused, with the reason.\n";

/* Words of a text, wrapped. */
static void print_wrapped(const char *text, FILE *out)
{
    size_t column = 0;

    while (*text != '\0') {
        size_t word = strcspn(text, " ");
        if (column == 0 || column + 1 + word > COLUMNS) {
            fprintf(out, "%s%*s", column == 0 ? "" : "\n", INDENT, "");
            column = INDENT;
        } else {
            fputc(' ', out);
            column++;
        }
        fprintf(out, "%.*s", (int)word, text);
        column += word;
        text += word + (text[word] == ' ');
    }
    fputc('\n', out);
}

void settings_help(FILE *out)
{
    char values[128];

    fputs(usage, out);
    for (size_t i = 0; i < settings_count(); i++) {
        const struct setting *setting = setting_at(i);
        const char *fallback = setting->fallback;

        fprintf(out, "  %s = %s", setting->name,
                fallback != NULL ? fallback : "(host name)");
        setting_describe(setting, values);
        if (setting->type != SETTING_TEXT)
            fprintf(out, "    (%s)", values);
        fputc('\n', out);
        print_wrapped(setting->help, out);
    }
    fputs(usage_kafka, out);
}

void settings_print(const struct settings *cfg, FILE *out)
{
    static const char *const prefixes[] = {
        [KAFKA_BOTH] = "kafka.",
        [KAFKA_CONSUMER] = "kafka.consumer.",
        [KAFKA_PRODUCER] = "kafka.producer.",
    };

    for (size_t i = 0; i < settings_count(); i++) {
        fprintf(out, "%s = ", setting_at(i)->name);
        setting_print(setting_at(i), cfg, out);
        fputc('\n', out);
    }
    for (size_t i = 0; i < cfg->n_kafka_properties; i++) {
        const struct kafka_property *p = &cfg->kafka_properties[i];
        fprintf(out, "%s%s = %s\n", prefixes[p->scope], p->name,
                kafka_property_is_secret(p->name) ? "***" : p->value);
    }
}
