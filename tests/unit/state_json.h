/*
 * TicketStates for tests, written as JSON in which ' stands for ".
 */
#ifndef TESTS_STATE_JSON_H
#define TESTS_STATE_JSON_H

#include "arena.h"
#include "message_json.h"

#include <dispatch/v1/state.pb-c.h>
#include <stdio.h>
#include <string.h>

enum { STATE_TEXT = 8192 };

/* `type` is the message's; what it points to lies in the arena. */
static inline ProtobufCMessage *
message_of(struct arena *a, const ProtobufCMessageDescriptor *type,
           const char *quoted)
{
    char text[STATE_TEXT];
    struct message_json_error error = {{0}, {0}};
    ProtobufCMessage *msg = NULL;
    json_error_t why = {0};

    assert_true(strlen(quoted) < sizeof text);
    for (size_t i = 0; i <= strlen(quoted); i++)
        text[i] = quoted[i] == '\'' ? '"' : quoted[i];
    json_t *json = json_loads(text, 0, &why);
    if (!json || !message_json_read(a, json, type, &msg, &error))
        fail_msg("%s: %s %s %s", text, why.text, error.path, error.message);
    json_decref(json);
    return msg;
}

static inline Dispatch__V1__TicketState *state_of(struct arena *a,
                                                  const char *quoted)
{
    return (Dispatch__V1__TicketState *)message_of(
        a, &dispatch__v1__ticket_state__descriptor, quoted);
}

#endif
