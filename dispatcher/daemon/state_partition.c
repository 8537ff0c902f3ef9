/*
 * The reserved record, and what it proves.
 */
#include "state_partition.h"

#include <dispatch/v1/state.pb-c.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char key[] = "\0partition";
enum { KEY_SIZE = sizeof key - 1 };

bool state_head_has_key(const struct ticket_record *record)
{
    return record->key_size == KEY_SIZE &&
           memcmp(record->key, key, KEY_SIZE) == 0;
}

bool state_head_read(const struct ticket_record *record, struct state_head *out)
{
    Dispatch__V1__StatePartition *msg =
        record->value ? dispatch__v1__state_partition__unpack(
                            NULL, record->value_size, record->value)
                      : NULL;

    if (!msg)
        return false;
    *out = (struct state_head){
        .there = true,
        .format_version = msg->format_version,
        .partitions = msg->partitions,
        .lineage = msg->lineage,
        .latest_ms = msg->latest_at,
    };
    dispatch__v1__state_partition__free_unpacked(msg, NULL);
    return true;
}

struct ticket_record state_head_record(const struct state_head *head,
                                       uint8_t bytes[STATE_HEAD_SIZE])
{
    Dispatch__V1__StatePartition msg = DISPATCH__V1__STATE_PARTITION__INIT;

    msg.format_version = TICKET_FORMAT_VERSION;
    msg.partitions = head->partitions;
    msg.lineage = head->lineage;
    msg.latest_at = head->latest_ms;
    return (struct ticket_record){
        .key = key,
        .key_size = KEY_SIZE,
        .value = bytes,
        .value_size = dispatch__v1__state_partition__pack(&msg, bytes),
    };
}

static enum status stop(char *why, const char *what, const char *procedure)
{
    snprintf(why, STATE_WHY_SIZE, "%s; see \"%s\" in docs/kafka.md", what,
             procedure);
    return STATUS_FATAL;
}

static enum status judge_head(const struct state_findings *found, char *why)
{
    const struct state_head *head = &found->head;
    char what[256];

    if (!head->there && found->n_tickets == 0)
        return STATUS_OK;
    if (!head->there)
        return stop(why, "the state has tickets but not the reserved record",
                    "A state that is not ours");
    if (head->format_version > TICKET_FORMAT_VERSION) {
        snprintf(what, sizeof what,
                 "the state has format %" PRIu32 ", this version knows %d",
                 head->format_version, TICKET_FORMAT_VERSION);
        return stop(why, what, "A newer format");
    }
    if (head->partitions != (uint32_t)found->partitions) {
        snprintf(what, sizeof what,
                 "the state was begun when tickets had %" PRIu32
                 " partitions, now there are %" PRId32,
                 head->partitions, found->partitions);
        return stop(why, what, "Another number of partitions");
    }
    return STATUS_OK;
}

/* Who looks into the topics finds both there. */
static enum status stop_other_lineage(const struct state_findings *found,
                                      char *why)
{
    char what[256];

    snprintf(what, sizeof what,
             "the state was written by lineage %016" PRIx64
             ", but offset %" PRId64 " was committed by %016" PRIx64,
             found->head.lineage, found->offset, found->stamp.lineage);
    return stop(why, what, "A state that is not ours");
}

static enum status judge_offset(const struct state_findings *found, char *why)
{
    bool is_empty = !found->head.there;

    if (found->offset < 0)
        return is_empty ? STATUS_OK
                        : stop(why,
                               "the state holds tickets, but the group has "
                               "no committed offset",
                               "Offsets that are gone");
    if (found->stamp.lineage == 0) {
        snprintf(why, STATE_WHY_SIZE,
                 "the committed offset has no stamp: it was set by hand, or "
                 "by a version without state");
        return STATUS_REJECT;
    }
    if (is_empty)
        return stop(why,
                    "the offset was committed with a state, but the state "
                    "partition is empty",
                    "A state that is gone");
    if (found->stamp.lineage != found->head.lineage)
        return stop_other_lineage(found, why);
    return STATUS_OK;
}

enum status state_judge(const struct state_findings *found,
                        char why[STATE_WHY_SIZE])
{
    enum status status = judge_head(found, why);

    return status == STATUS_OK ? judge_offset(found, why) : status;
}
