"""Kinds of bad records, each with the code of its dead letter."""

from cities import ticket


def tombstone(pb, n):
    return f"t{n}", None


def empty(pb, n):
    return f"t{n}", b""


def too_large(pb, n):
    event = ticket(pb, n)
    event.created.description = "x" * 300_000
    return event.ticket_id, event.SerializeToString()


def truncated(pb, n):
    return f"t{n}", ticket(pb, n).SerializeToString()[:-3]


def wrong_wire_type(pb, n):
    # Field 2, ticket_id, as a varint.
    return f"t{n}", b"\x10\x01" + ticket(pb, n).SerializeToString()


def not_utf8(pb, n):
    value = ticket(pb, n).SerializeToString()
    return f"t{n}", value.replace(b"It is cold", b"It \xff\xfe cold")


def too_many_matters(pb, n):
    event = ticket(pb, n)
    for _ in range(16):
        event.created.matters.add(category="housing")
    return event.ticket_id, event.SerializeToString()


def no_event_id(pb, n):
    event = ticket(pb, n)
    event.event_id = ""
    return event.ticket_id, event.SerializeToString()


def wrong_key(pb, n):
    return f"other-{n}", ticket(pb, n).SerializeToString()


def bad_path(pb, n):
    event = ticket(pb, n)
    event.created.matters[0].category = "housing//heating"
    return event.ticket_id, event.SerializeToString()


def bad_framing(pb, n):
    return f"t{n}", b"\x00\x00\x00"


def other_kind(pb, n):
    event = pb.TicketEvent(event_id=f"e{n}", ticket_id=f"t{n}",
                           occurred_at=1, urged=pb.TicketUrged(reason="?"))
    return event.ticket_id, event.SerializeToString()


def newer_kind(pb, n):
    # Field 99: a kind of event that a later schema may have.
    event = pb.TicketEvent(event_id=f"e{n}", ticket_id=f"t{n}", occurred_at=1)
    return event.ticket_id, event.SerializeToString() + b"\x9a\x06\x00"


KINDS = [
    (tombstone, "tombstone"), (empty, "empty"), (too_large, "too_large"),
    (truncated, "malformed"), (wrong_wire_type, "malformed"),
    (not_utf8, "bad_text"), (too_many_matters, "too_many"),
    (no_event_id, "missing_id"), (wrong_key, "key_mismatch"),
    (bad_path, "invalid_field"), (bad_framing, "bad_framing"),
    (other_kind, "unknown_ticket"), (newer_kind, "not_supported"),
]
