/*
 * Reads messages and writes them again with protobuf-c, for the comparison
 * with another implementation.
 *
 *   in:  name LF, size in decimal LF, that many bytes; again and again
 *   out: size in decimal LF, the bytes; -1 LF when they do not unpack
 *
 * A name is that of a message without its package: TicketEvent.
 */
#include <dispatch/v1/dispatch.pb-c.h>
#include <dispatch/v1/state.pb-c.h>
#include <stdio.h>
#include <string.h>

#define MESSAGES(X)                                                            \
    X(point)                                                                   \
    X(contact)                                                                 \
    X(matter)                                                                  \
    X(attribute)                                                               \
    X(attachment)                                                              \
    X(return )                                                                 \
    X(ticket_event)                                                            \
    X(ticket_created)                                                          \
    X(ticket_acknowledged)                                                     \
    X(ticket_contacted)                                                        \
    X(ticket_returned)                                                         \
    X(ticket_reassigned)                                                       \
    X(ticket_reclassified)                                                     \
    X(ticket_updated)                                                          \
    X(ticket_paused)                                                           \
    X(ticket_resumed)                                                          \
    X(ticket_reopened)                                                         \
    X(ticket_cancelled)                                                        \
    X(ticket_urged)                                                            \
    X(ticket_extended)                                                         \
    X(ticket_resolved)                                                         \
    X(ticket_callback)                                                         \
    X(ticket_merged)                                                           \
    X(assignment_event)                                                        \
    X(deadline_event)                                                          \
    X(state_partition)                                                         \
    X(policy_limit)                                                            \
    X(policy_escalation)                                                       \
    X(policy)                                                                  \
    X(scheduled_escalation)                                                    \
    X(ticket_clock)                                                            \
    X(ticket_part)                                                             \
    X(ticket_pause)                                                            \
    X(ticket_dispute)                                                          \
    X(ticket_state)

static const ProtobufCMessageDescriptor *const messages[] = {
#define DESCRIPTOR(name) &dispatch__v1__##name##__descriptor,
    MESSAGES(DESCRIPTOR)
#undef DESCRIPTOR
};

enum { MAX_SIZE = 1 << 20 };

static const ProtobufCMessageDescriptor *find_message(const char *name)
{
    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
        if (strcmp(messages[i]->short_name, name) == 0)
            return messages[i];
    }
    return NULL;
}

static void write_again(const ProtobufCMessageDescriptor *d,
                        const uint8_t *bytes, size_t size)
{
    static uint8_t packed[2 * MAX_SIZE];
    ProtobufCMessage *msg = protobuf_c_message_unpack(d, NULL, size, bytes);

    if (!msg || protobuf_c_message_get_packed_size(msg) > sizeof(packed)) {
        printf("-1\n");
    } else {
        size_t n = protobuf_c_message_pack(msg, packed);
        printf("%zu\n", n);
        fwrite(packed, 1, n, stdout);
    }
    fflush(stdout);
    protobuf_c_message_free_unpacked(msg, NULL);
}

int main(void)
{
    static uint8_t bytes[MAX_SIZE];
    char name[64];
    size_t size;

    while (scanf("%63s %zu", name, &size) == 2) {
        const ProtobufCMessageDescriptor *d = find_message(name);

        if (!d || size > MAX_SIZE || getchar() != '\n' ||
            fread(bytes, 1, size, stdin) != size) {
            fprintf(stderr, "roundtrip: bad request for %s\n", name);
            return 1;
        }
        write_again(d, bytes, size);
    }
    return 0;
}
