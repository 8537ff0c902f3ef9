/*
 * The tables behind the metrics: families, labels, buckets. Labels of events
 * come from the schema, those of dead letters from the reject codes, so that
 * none is written down twice.
 */
#include "metrics_table.h"

#include "reject.h"

#include <assert.h>
#include <dispatch/v1/dispatch.pb-c.h>
#include <pthread.h>
#include <string.h>

static_assert((int)REJECT_COUNT <= (int)METRIC_LABELS, "room for all codes");
static_assert((int)METRIC_ABORT_COUNT <= (int)METRIC_LABELS,
              "room for all reasons");

static const struct metric_family families[] = {
#define METRIC_ROW(id, name, type, labels, help)                               \
    [METRIC_ID_##id] = {name, METRIC_##type, labels, help},
    METRIC_FAMILIES(METRIC_ROW)
#undef METRIC_ROW
};

const struct metric_family *metric_family(enum metric_id id)
{
    assert(id < METRIC_ID_COUNT);
    return &families[id];
}

const char *metric_type_name(enum metric_type type)
{
    static const char *const names[] = {
        [METRIC_COUNTER] = "counter",
        [METRIC_GAUGE] = "gauge",
        [METRIC_HISTOGRAM] = "histogram",
    };

    return names[type];
}

const char *metric_load_name(enum metric_load result)
{
    static const char *const names[] = {
        [METRIC_LOAD_ACCEPTED] = "accepted",
        [METRIC_LOAD_REFUSED] = "refused",
        [METRIC_LOAD_FAILED] = "failed",
    };

    return names[result];
}

/* ----------------------------------------------------------------- labels */

enum { LABEL_SIZE = 32 };

/* "ASSIGNMENT_KIND_ASSIGNED" becomes "assigned". */
static void lower_enumerator(const ProtobufCEnumDescriptor *of,
                             const char *enumerator, char out[LABEL_SIZE])
{
    size_t i = 0;

    /* The prefix is the enum's name with an underscore before each capital
     * but the first, and one at the end. */
    for (const char *c = of->short_name; *c != '\0'; c++)
        enumerator += 1 + (c != of->short_name && *c >= 'A' && *c <= 'Z');
    enumerator++;
    for (; enumerator[i] != '\0' && i < LABEL_SIZE - 1; i++)
        out[i] = enumerator[i] >= 'A' && enumerator[i] <= 'Z'
                     ? (char)(enumerator[i] - 'A' + 'a')
                     : enumerator[i];
    out[i] = '\0';
}

static char event_labels[METRIC_COUNTERS][METRIC_LABELS][LABEL_SIZE];

/* Value 0 is "unspecified", which no event of ours is. */
static void fill_from_enum(enum metric_counter counter,
                           const ProtobufCEnumDescriptor *of)
{
    for (unsigned i = 0; i < of->n_values; i++) {
        int value = of->values[i].value;
        if (value > 0 && value < METRIC_LABELS)
            lower_enumerator(of, of->values[i].name,
                             event_labels[counter][value]);
    }
}

/* The kinds of a ticket event are the fields of its oneof. */
static void fill_ticket_kinds(void)
{
    const ProtobufCMessageDescriptor *of =
        &dispatch__v1__ticket_event__descriptor;

    for (unsigned i = 0; i < of->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &of->fields[i];
        if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0)
            continue;
        assert(field->id < METRIC_LABELS);
        strncat(event_labels[METRIC_TICKETS][field->id], field->name,
                LABEL_SIZE - 1);
    }
}

static void fill_labels(void)
{
    fill_ticket_kinds();
    fill_from_enum(METRIC_ASSIGNMENTS,
                   &dispatch__v1__assignment_kind__descriptor);
    fill_from_enum(METRIC_DEADLINES, &dispatch__v1__deadline_kind__descriptor);
}

static const char *event_label(enum metric_counter counter, unsigned label)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, fill_labels);
    const char *text = event_labels[counter][label];
    return *text != '\0' ? text : NULL;
}

static const char *const abort_labels[METRIC_LABELS] = {
#define METRIC_ABORT_ROW(id, label) [METRIC_ABORT_##id] = (label),
    METRIC_ABORTS_X(METRIC_ABORT_ROW)
#undef METRIC_ABORT_ROW
};

static const char *const rebalance_labels[METRIC_LABELS] = {
    [METRIC_REBALANCE_ASSIGNED] = "assigned",
    [METRIC_REBALANCE_REVOKED] = "revoked",
    [METRIC_REBALANCE_LOST] = "lost",
};

const char *metric_label(enum metric_counter counter, unsigned label)
{
    assert(label < METRIC_LABELS);
    switch (counter) {
    case METRIC_TICKETS:
    case METRIC_ASSIGNMENTS:
    case METRIC_DEADLINES:
        return event_label(counter, label);
    case METRIC_DEAD_LETTERS:
        return label > REJECT_NONE && label < REJECT_COUNT
                   ? reject_name((enum reject_code)label)
                   : NULL;
    case METRIC_ABORTS:
        return abort_labels[label];
    case METRIC_REBALANCES:
        return rebalance_labels[label];
    case METRIC_COMMITS:
    case METRIC_PRODUCERS:
    case METRIC_REPEATS:
    case METRIC_RESTORED:
    case METRIC_COUNTERS:
        break;
    }
    return label == 0 ? "" : NULL;
}

/* ---------------------------------------------------------------- buckets */

/* Microseconds, or records. */
static const struct metric_buckets buckets[] = {
    [METRIC_TRANSACTION_SECONDS] = {15,
                                    1000000,
                                    {1000, 2500, 5000, 10000, 25000, 50000,
                                     100000, 250000, 500000, 1000000, 2500000,
                                     5000000, 10000000, 30000000, 60000000}},
    [METRIC_TRANSACTION_RECORDS] = {14,
                                    1,
                                    {0, 1, 2, 5, 10, 20, 50, 100, 200, 500,
                                     1000, 2000, 5000, 10000}},
    [METRIC_LATENCY_SECONDS] = {16,
                                1000000,
                                {5000, 10000, 25000, 50000, 100000, 250000,
                                 500000, 1000000, 2500000, 5000000, 10000000,
                                 30000000, 60000000, 300000000, 900000000,
                                 3600000000}},
    [METRIC_TIMER_SECONDS] = {13,
                              1000000,
                              {2000, 5000, 10000, 20000, 50000, 100000, 300000,
                               1000000, 5000000, 30000000, 60000000, 600000000,
                               3600000000}},
};

const struct metric_buckets *metric_buckets(enum metric_histogram histogram)
{
    assert(histogram < METRIC_HISTOGRAMS);
    return &buckets[histogram];
}
