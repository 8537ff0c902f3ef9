/*
 * A message -> JSON -> "name  value" lines.
 */
#include "event_fields.h"

#include "local_time.h"
#include "message_json.h"
#include "rfc3339.h"
#include "terminal.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_WIDTH = 16 };

const char *event_kind_name(const Dispatch__V1__TicketEvent *event)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(event->base.descriptor,
                                                (unsigned)event->kind_case);

    return field != NULL ? field->name : "nothing";
}

void contacts_remove(json_t *json)
{
    const char *name;
    json_t *value;
    size_t i;

    json_array_foreach(json, i, value)
    {
        contacts_remove(value);
    }
    /* Only an object: an answer may be called so too. */
    if (json_is_object(json_object_get(json, "contact")))
        json_object_del(json, "contact");
    json_object_foreach(json, name, value)
    {
        contacts_remove(value);
    }
}

static bool is_time(const char *name)
{
    size_t size = strlen(name);

    return size > 3 && strcmp(name + size - 3, "_at") == 0;
}

static void print_text(FILE *out, const char *name, const char *text,
                       const struct local_time *local)
{
    char local_text[LOCAL_TIME_SIZE];
    int64_t at_ms;

    if (is_time(name) && rfc3339_parse(text, &at_ms))
        text = local_time_text(local, at_ms, local_text);
    terminal_print(out, text);
}

/* One value in one line. */
static void print_value(FILE *out, const char *name, json_t *value,
                        const struct local_time *local)
{
    const char *member, *separator = "";
    json_t *item;
    size_t i;

    if (json_is_string(value)) {
        print_text(out, name, json_string_value(value), local);
        return;
    }
    if (!json_is_array(value) && !json_is_object(value)) {
        char *text =
            json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));
        terminal_print(out, text);
        free(text);
        return;
    }
    json_array_foreach(value, i, item)
    {
        fputs(separator, out);
        print_value(out, name, item, local);
        separator = "; ";
    }
    json_object_foreach(value, member, item)
    {
        terminal_printf(out, "%s%s ", separator, member);
        print_value(out, member, item, local);
        separator = ", ";
    }
}

void event_print_fields(FILE *out, const Dispatch__V1__TicketEvent *event,
                        const struct local_time *local, int indent,
                        bool contacts)
{
    json_t *json = message_json_write(&event->base, MESSAGE_JSON_PEOPLE);
    json_t *message = json_object_get(json, event_kind_name(event));
    const char *name;
    json_t *value;

    if (!contacts)
        contacts_remove(message);
    json_object_foreach(message, name, value)
    {
        terminal_printf(out, "%*s%-*s ", indent, "", NAME_WIDTH, name);
        print_value(out, name, value, local);
        fputc('\n', out);
    }
    json_decref(json);
}
