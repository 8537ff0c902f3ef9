/*
 * A consumed record as JSON: where it lay, its key and headers, its value.
 */
#include "record_json.h"

/* Text where the bytes are text, else {"base64": ...}. */
static json_t *bytes_json(const void *bytes, size_t size)
{
    if (bytes == NULL)
        return json_null();
    json_t *text = json_stringn(bytes, size);
    if (text != NULL)
        return text;
    return json_pack("{s:o}", "base64", message_json_base64(bytes, size));
}

/* Of headers with the same name the last one counts, as usual. */
static json_t *headers_json(const rd_kafka_message_t *msg)
{
    json_t *object = json_object();
    rd_kafka_headers_t *headers;
    if (rd_kafka_message_headers(msg, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return object;

    const char *name;
    const void *value;
    size_t size;
    for (size_t i = 0;
         rd_kafka_header_get_all(headers, i, &name, &value, &size) ==
         RD_KAFKA_RESP_ERR_NO_ERROR;
         i++)
        json_object_set_new(object, name, bytes_json(value, size));
    return object;
}

static json_t *timestamp_json(const rd_kafka_message_t *msg,
                              enum message_json_style style)
{
    rd_kafka_timestamp_type_t type;
    int64_t at_ms = rd_kafka_message_timestamp(msg, &type);
    return message_json_time(at_ms, style);
}

static void add_value(json_t *record, const rd_kafka_message_t *msg,
                      const ProtobufCMessageDescriptor *type,
                      enum message_json_style style)
{
    ProtobufCMessage *value = NULL;
    if (type != NULL && msg->payload != NULL)
        value = protobuf_c_message_unpack(type, NULL, msg->len, msg->payload);
    if (value != NULL)
        json_object_set_new(record, "value", message_json_write(value, style));
    else if (msg->payload == NULL)
        json_object_set_new(record, "value", json_null());
    else
        json_object_set_new(record, "value_base64",
                            message_json_base64(msg->payload, msg->len));
    if (value != NULL)
        protobuf_c_message_free_unpacked(value, NULL);
}

json_t *record_json(const rd_kafka_message_t *msg,
                    const ProtobufCMessageDescriptor *type,
                    enum message_json_style style)
{
    json_t *record = json_pack(
        "{s:s, s:i, s:I, s:o, s:o, s:o}", "topic",
        rd_kafka_topic_name(msg->rkt), "partition", (int)msg->partition,
        "offset", (json_int_t)msg->offset, "timestamp",
        timestamp_json(msg, style), "key", bytes_json(msg->key, msg->key_len),
        "headers", headers_json(msg));
    add_value(record, msg, type, style);
    return record;
}
