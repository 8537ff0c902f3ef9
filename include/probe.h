/*
 * Looks at broker and topics every few seconds, on a thread of its own, so
 * that a worker that hangs in a call hides nothing from the operator.
 */
#ifndef DISPATCHER_PROBE_H
#define DISPATCHER_PROBE_H

#include "broker.h"
#include "status.h"

struct health;
struct probe;
struct settings;

/* Starts the thread, which sets the conditions `broker` and `topics`. NULL
 * with a reason in why[512]. */
struct probe *probe_start(const struct settings *cfg, struct health *health,
                          char *why);

/* OK once broker and topics were found good: *facts is set then. RETRY until
 * then. FATAL when access is missing or a setting is wrong: logged. */
MUST_CHECK enum status probe_facts(struct probe *probe,
                                   struct topics_facts *facts);

/* Ends the thread (within seconds when the broker is gone), sets NULL. */
void probe_stop(struct probe **probe);

#endif
