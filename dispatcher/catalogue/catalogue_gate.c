/*
 * Decides whether tables may come into force.
 */
#include "catalogue_gate.h"

#include "catalogue.h"
#include "findings.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool refuse_empty(const struct catalogue_gate *gate,
                         const struct catalogue_tables *tables,
                         const char *checksum, char why[GATE_WHY_SIZE])
{
    const struct table_row *written =
        tables_find(tables, TABLE_META, "checksum");

    if (tables->tables[TABLE_DEPARTMENTS].n == 0) {
        snprintf(why, GATE_WHY_SIZE,
                 "there is no department: load a catalogue with "
                 "`dispatchctl catalogue load`");
        return true;
    }
    /* The tool writes a checksum: an empty table under it is meant. */
    if (written != NULL && strcmp(written->value, checksum) == 0)
        return false;
    for (int id = 0; id < TABLES; id++) {
        if (gate->rows[id] == 0 || tables->tables[id].n > 0)
            continue;
        snprintf(why, GATE_WHY_SIZE,
                 "the table %s lost all its %zu entries: flushed or written "
                 "by half? If it is meant, load it with `dispatchctl "
                 "catalogue load`",
                 table_name((enum table_id)id), gate->rows[id]);
        return true;
    }
    return false;
}

static bool refuse_lower(const struct catalogue_gate *gate, int64_t number,
                         char why[GATE_WHY_SIZE])
{
    if (!gate->loaded || number >= gate->number)
        return false;
    snprintf(why, GATE_WHY_SIZE,
             "version %" PRId64 " is lower than %" PRId64
             ", which is in force: an old backup? To use it all the same, load "
             "it with `dispatchctl catalogue load --above %" PRId64 "`",
             number, gate->number, gate->number);
    return true;
}

/* The first error stands for all of them; `catalogue check` shows the rest. */
static void explain(const struct findings *findings, char why[GATE_WHY_SIZE])
{
    size_t i = 0;

    while (i < findings->n && findings->items[i].level != FINDING_ERROR)
        i++;
    if (i == findings->n) {
        snprintf(why, GATE_WHY_SIZE, "the tables are inconsistent");
        return;
    }
    snprintf(why, GATE_WHY_SIZE, "%s %.120s%s%.60s: %.200s",
             table_name(findings->items[i].table), findings->items[i].field,
             findings->items[i].name[0] != '\0' ? " " : "",
             findings->items[i].name, findings->items[i].message);
    if (findings->errors > 1) {
        size_t used = strlen(why);

        snprintf(why + used, GATE_WHY_SIZE - used, " (and %zu more)",
                 findings->errors - 1);
    }
}

static bool compile(const struct catalogue_gate *gate,
                    const struct catalogue_tables *tables, const char *checksum,
                    struct catalogue **out, char why[GATE_WHY_SIZE])
{
    struct findings findings = {0};
    struct catalogue *cat = NULL;
    bool good =
        catalogue_compile_known(tables, checksum, &findings, &cat) == STATUS_OK;

    if (good && gate->topics != NULL)
        good = catalogue_check_topics(cat, tables, gate->topics, &findings);
    if (good)
        *out = cat;
    else
        explain(&findings, why);
    if (!good && cat != NULL)
        catalogue_free(&cat);
    findings_deinit(&findings);
    return good;
}

enum gate_result gate_try(struct catalogue_gate *gate,
                          const struct catalogue_tables *tables,
                          struct catalogue **out, char why[GATE_WHY_SIZE])
{
    char checksum[TABLES_CHECKSUM_SIZE], version[TABLES_VERSION_SIZE];
    int64_t number;

    tables_checksum(tables, checksum);
    tables_version(tables, checksum, version);
    if (gate->loaded && strcmp(checksum, gate->checksum) == 0 &&
        strcmp(version, gate->version) == 0)
        return GATE_SAME;
    if (!tables_version_number(tables, &number)) {
        snprintf(why, GATE_WHY_SIZE, "meta version: is no number");
        return GATE_REFUSED;
    }
    if (refuse_empty(gate, tables, checksum, why) ||
        refuse_lower(gate, number, why) ||
        !compile(gate, tables, checksum, out, why))
        return GATE_REFUSED;
    gate->loaded = true;
    gate->number = number;
    memcpy(gate->checksum, checksum, sizeof checksum);
    memcpy(gate->version, version, sizeof version);
    for (int id = 0; id < TABLES; id++)
        gate->rows[id] = tables->tables[id].n;
    return GATE_NEW;
}
