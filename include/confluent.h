/*
 * The prefix that Confluent's serializers put before a protobuf message:
 *
 *   00 | schema id, 4 bytes | message indexes | the message
 *
 * The indexes are the path to the message type in its .proto file: a count,
 * then so many numbers, all of them zigzag varints; [0], the first message of
 * the file, is written as the single byte 00 (and as 02 00 by some writers).
 * https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
 */
#ifndef DISPATCHER_CONFLUENT_H
#define DISPATCHER_CONFLUENT_H

#include "reject.h"

#include <stddef.h>
#include <stdint.h>

/* A bare protobuf message never begins with 00: there is no field 0. */
enum { CONFLUENT_MAGIC = 0x00 };

/* How many bytes of prefix are in front of the message: 0 for bare bytes.
 * The indexes must be [`index`]. REJECT_BAD_FRAMING otherwise. */
enum reject_code confluent_prefix(const uint8_t *bytes, size_t size,
                                  uint32_t index, size_t *prefix_size,
                                  struct reject *r);

#endif
