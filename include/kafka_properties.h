/*
 * librdkafka's own properties, as settings hand them through: which exist,
 * which may not be set because a guarantee rests on them, which are secret.
 */
#ifndef DISPATCHER_KAFKA_PROPERTIES_H
#define DISPATCHER_KAFKA_PROPERTIES_H

#include "settings.h"
#include "status.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether this librdkafka knows the property. */
bool kafka_property_exists(const char *name);

/* Whether the property may have this value. On false why[size] says for a
 * person why not: it does not exist (and which one may be meant), its value
 * is wrong, or the dispatcher sets it itself. */
MUST_CHECK bool kafka_property_check(const char *name, const char *value,
                                     char *why, size_t size);

/* The clients to which the property means something: librdkafka complains
 * about a compression type that is given to a consumer. */
enum kafka_scope kafka_property_scope(const char *name);

/* Whether its value must not be shown. */
bool kafka_property_is_secret(const char *name);

/* The version of the librdkafka in use: "2.0.2". */
const char *kafka_library_version(void);

#endif
