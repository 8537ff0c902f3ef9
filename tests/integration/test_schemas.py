"""The schemas are what other programs were built on, and protobuf-c and
Google's own protobuf read each other's bytes alike."""

import random
import re
import subprocess

import pytest
from broker import ROOT
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message_factory import GetMessageClass

ROUNDTRIP = ROOT / "build/tools/roundtrip"
CASES = 40

# Number, name and type of every public field. An asterisk means a list, no
# type means a string. Only additions are allowed: readers depend on it.
FIELDS = {
    "TicketEvent": """1 event_id, 2 ticket_id, 3 occurred_at int64, 4 source,
        5 actor, 6 actor_department_id, 10 created TicketCreated,
        11 acknowledged TicketAcknowledged, 12 returned TicketReturned,
        13 reassigned TicketReassigned, 14 reclassified TicketReclassified,
        15 paused TicketPaused, 16 resumed TicketResumed,
        17 extended TicketExtended, 18 resolved TicketResolved,
        19 callback TicketCallback, 20 reopened TicketReopened,
        21 merged TicketMerged, 22 cancelled TicketCancelled,
        23 urged TicketUrged, 24 contacted TicketContacted,
        25 updated TicketUpdated""",
    "TicketCreated": """1 title, 2 description, 3 channel, 4 urgency Urgency,
        5 area, 6 address, 7 location Point, 8 contact Contact,
        9 matters Matter*, 10 lead_official, 11 attributes Attribute*,
        12 requested_at int64, 13 request_type RequestType,
        14 confidential bool, 15 attachments Attachment*,
        16 related_ticket_ids string*, 17 received_by""",
    "Point": "1 latitude double, 2 longitude double",
    "Contact": "1 name, 2 phone, 3 email",
    "Matter": """1 category_scheme, 2 category, 3 description, 4 area,
        5 address""",
    "Attribute": "1 key, 2 value",
    "Attachment": "1 uri, 2 media_type, 3 sha256",
    "TicketAcknowledged": """1 department_id, 2 official, 3 plan,
        4 promised_at int64""",
    "TicketContacted": "1 department_id, 2 official, 3 method, 4 note",
    "TicketReturned": """1 department_id, 2 reason ReturnReason, 3 note,
        4 suggested_department_id, 5 suggested_area""",
    "TicketReassigned": """1 department_id, 2 by_department_id,
        3 lead_official, 4 note""",
    "TicketReclassified": "1 area, 2 matters Matter*, 3 urgency Urgency",
    "TicketUpdated": """1 description, 2 contact Contact,
        3 attachments Attachment*, 4 urgency Urgency, 5 lead_official,
        6 supervised_by, 7 merged_ticket_ids string*""",
    "TicketPaused": "1 reason, 2 until_at int64, 3 approved_by",
    "TicketResumed": "1 reason",
    "TicketReopened": "1 reason",
    "TicketCancelled": "1 reason",
    "TicketUrged": "1 reason",
    "TicketExtended": """1 clock Clock, 2 by, 3 until_at int64, 4 approved_by,
        5 reason""",
    "TicketResolved": "1 department_id, 2 outcome Outcome, 3 plan, 4 reply",
    "TicketCallback": """1 result CallbackResult, 2 contacted Answer,
        3 solved Answer, 4 satisfaction Satisfaction, 5 excluded_reason,
        6 note""",
    "TicketMerged": "1 into_ticket_id",
    "Return": """1 department_id, 2 reason ReturnReason, 3 note,
        4 returned_at int64""",
    "AssignmentEvent": """1 event_id, 2 ticket_id, 3 occurred_at int64,
        4 kind AssignmentKind, 5 department_id, 6 department_name,
        7 role Role, 8 matter_indexes uint32*, 9 co_department_ids string*,
        10 lead_official, 11 fallback bool, 12 rule, 13 catalogue_version,
        14 attempt uint32, 15 reason, 16 caused_by, 17 ticket TicketCreated,
        18 first_response_due_at int64, 19 resolution_due_at int64,
        20 returns Return*, 21 merged_into""",
    "DeadlineEvent": """1 event_id, 2 ticket_id, 3 occurred_at int64,
        4 kind DeadlineKind, 5 clock Clock, 6 department_id, 7 policy_id,
        8 calendar_id, 9 due_at int64, 10 warn_at int64, 11 level uint32,
        12 escalate_to, 13 started_at int64, 14 paused_ms int64,
        15 catalogue_version, 16 caused_by, 17 provisional bool,
        18 explanation, 19 late_ms int64""",
}

# The names of every public enum's values from 1 on; 0 is UNSPECIFIED.
ENUMS = {
    "Urgency": "NORMAL URGENT EMERGENCY",
    "RequestType": "INQUIRY HELP COMPLAINT REPORT SUGGESTION",
    "ReturnReason": """WRONG_AREA NOT_RESPONSIBLE UNCLEAR_OWNERSHIP
        OVERLAPPING_DUTY MISSING_INFORMATION OUT_OF_SCOPE DUPLICATE OTHER""",
    "Clock": "FIRST_RESPONSE RESOLUTION",
    "Outcome": "SOLVED EXPLAINED ON_RECORD OUT_OF_SCOPE",
    "CallbackResult": "REACHED NOT_REACHED DECLINED",
    "Answer": "YES NO NOT_ASKED",
    "Satisfaction": "SATISFIED MOSTLY_SATISFIED DISSATISFIED",
    "AssignmentKind": """ASSIGNED REASSIGNED FORWARDED WITHDRAWN DISPUTED
        UPDATED URGED REFUSED REOPENED CLOSED""",
    "Role": "LEAD CO_HANDLER SUPERVISOR",
    "DeadlineKind": """SCHEDULED RESCHEDULED WARNING BREACHED ESCALATED MET
        PAUSED RESUMED CANCELLED""",
}

SCALARS = {
    FieldDescriptor.TYPE_STRING: "string", FieldDescriptor.TYPE_BOOL: "bool",
    FieldDescriptor.TYPE_INT64: "int64", FieldDescriptor.TYPE_UINT32: "uint32",
    FieldDescriptor.TYPE_DOUBLE: "double",
    FieldDescriptor.TYPE_FIXED64: "fixed64",
}


@pytest.fixture(scope="module")
def files(pb):
    """The descriptors of both schema files."""
    from dispatch.v1 import state_pb2
    return pb.DESCRIPTOR, state_pb2.DESCRIPTOR


@pytest.fixture(scope="module")
def messages(files):
    return {name: message for file in files
            for name, message in file.message_types_by_name.items()}


@pytest.fixture(scope="module")
def roundtrip():
    """Sends messages through protobuf-c: roundtrip(name, bytes) -> bytes."""
    with subprocess.Popen([ROUNDTRIP], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as tool:

        def send(name, data):
            tool.stdin.write(b"%s\n%d\n" % (name.encode(), len(data)) + data)
            tool.stdin.flush()
            size = int(tool.stdout.readline())
            assert size >= 0, f"protobuf-c does not read this {name}"
            return tool.stdout.read(size)

        yield send
        tool.stdin.close()
        assert tool.wait(10) == 0


def type_name(field):
    kind = field.message_type or field.enum_type
    return kind.name if kind else SCALARS[field.type]


def random_text(rng):
    alphabet = "abc/|\n\"\u00e9\u8def\u706f\U0001f6a6"
    return "".join(rng.choices(alphabet, k=rng.choice([1, 5, 130])))


def random_value(rng, field):
    kind = type_name(field)
    if field.enum_type:
        return rng.choice(field.enum_type.values).number
    limits = {"int64": (-2**63, 2**63 - 1), "uint32": (0, 2**32 - 1),
              "fixed64": (0, 2**64 - 1), "bool": (0, 1)}
    if kind in limits:
        low, high = limits[kind]
        return rng.choice([low, high, rng.randint(low, high), high // 2**30])
    if kind == "double":
        # Not -0.0: protobuf-c takes it for the default and leaves it out.
        return rng.choice([0.0, 1e-310, rng.uniform(-180, 180)])
    return random_text(rng)


def fill(rng, msg):
    """Gives every field a random value; of a oneof one member."""
    oneofs = {oneof: rng.choice(oneof.fields)
              for oneof in msg.DESCRIPTOR.oneofs}
    for field in msg.DESCRIPTOR.fields:
        oneof = field.containing_oneof
        if oneof and oneofs[oneof] is not field:
            continue
        value = getattr(msg, field.name)
        for _ in range(rng.randint(1, 3)) if field.is_repeated else ():
            if field.message_type:
                fill(rng, value.add())
            else:
                value.append(random_value(rng, field))
        if field.is_repeated:
            continue
        if field.message_type:
            value.SetInParent()
            fill(rng, value)
        else:
            setattr(msg, field.name, random_value(rng, field))


def test_field_numbers_and_types_are_those_of_the_contract(files):
    found = {}
    for name, message in files[0].message_types_by_name.items():
        found[name] = {
            (field.number, field.name,
             type_name(field) + "*" * field.is_repeated)
            for field in message.fields}
    expected = {}
    for name, table in FIELDS.items():
        rows = [row.split() for row in table.split(",")]
        expected[name] = {(int(row[0]), row[1], (row + ["string"])[2])
                          for row in rows}
    assert found == expected


def test_enum_values_are_those_of_the_contract(files):
    found = {name: {value.number: value.name for value in enum.values}
             for name, enum in files[0].enum_types_by_name.items()}
    expected = {}
    for name, values in ENUMS.items():
        prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper()
        names = ["UNSPECIFIED", *values.split()]
        expected[name] = {i: f"{prefix}_{value}"
                          for i, value in enumerate(names)}
    assert found == expected


def test_the_kinds_of_an_event_are_one_oneof(pb):
    oneof = pb.TicketEvent.DESCRIPTOR.oneofs_by_name["kind"]
    assert {field.number for field in oneof.fields} == set(range(10, 26))


def test_the_package_is_that_of_the_contract(files):
    assert {file.package for file in files} == {"dispatch.v1"}


def test_no_message_uses_what_protobuf_c_cannot_read(messages):
    for message in messages.values():
        proto = descriptor_pb2.DescriptorProto()
        message.CopyToProto(proto)
        assert not any(field.proto3_optional for field in proto.field)
        assert not proto.nested_type, f"{message.name}: a map, or nested"


def test_no_message_contains_itself(messages):
    def walk(message, path):
        assert message.name not in path, " > ".join([*path, message.name])
        for field in message.fields:
            if field.message_type:
                walk(field.message_type, [*path, message.name])

    for message in messages.values():
        walk(message, [])


def test_names_say_times_and_lists(messages):
    for message in messages.values():
        for field in message.fields:
            name = f"{message.name}.{field.name}"
            if field.is_repeated:
                assert field.name.endswith("s"), name
            if type_name(field) == "int64":
                assert re.search(r"_(at|ats|ms)$", field.name), name


def test_enum_values_carry_their_enums_name(files):
    for file in files:
        for name, enum in file.enum_types_by_name.items():
            prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper() + "_"
            numbers = [value.number for value in enum.values]
            assert numbers == list(range(len(numbers)))
            assert enum.values[0].name == prefix + "UNSPECIFIED"
            assert all(v.name.startswith(prefix) for v in enum.values)


def test_the_decoder_knows_the_place_of_ticket_event_in_its_file(pb):
    header = (ROOT / "include/decode.h").read_text()
    index = re.search(r"DECODE_MESSAGE_INDEX = (\d+)", header)
    file = descriptor_pb2.FileDescriptorProto()
    pb.DESCRIPTOR.CopyToProto(file)
    assert file.message_type[int(index[1])].name == "TicketEvent"


def test_both_implementations_read_every_message_alike(messages, roundtrip):
    rng = random.Random(20191107)
    for name, descriptor in messages.items():
        message_class = GetMessageClass(descriptor)
        for _ in range(CASES):
            sent = message_class()
            fill(rng, sent)
            data = roundtrip(name, sent.SerializeToString())
            assert message_class.FromString(data) == sent
            # What protobuf-c wrote, it reads as the same.
            assert roundtrip(name, data) == data


def test_both_implementations_read_empty_messages_alike(messages, roundtrip):
    for name in messages:
        assert roundtrip(name, b"") == b""


def test_every_kind_of_event_comes_back(pb, roundtrip):
    for field in pb.TicketEvent.DESCRIPTOR.oneofs_by_name["kind"].fields:
        sent = pb.TicketEvent(event_id="e", ticket_id="t")
        getattr(sent, field.name).SetInParent()
        data = roundtrip("TicketEvent", sent.SerializeToString())
        assert pb.TicketEvent.FromString(data).WhichOneof("kind") == field.name


def test_fields_of_a_newer_schema_are_handed_on(pb, roundtrip):
    newer = b"\x9a\x06\x02hi\x98\x06\x07"  # field 99: a text, then a number
    sent = pb.TicketCreated(title="x").SerializeToString() + newer
    assert roundtrip("TicketCreated", sent) == sent


def test_numbers_of_an_enum_that_nobody_knows_are_kept(pb, roundtrip):
    for number in (99, 2**31 - 1, -1, -2**31):
        sent = pb.TicketCreated(urgency=number)
        data = roundtrip("TicketCreated", sent.SerializeToString())
        assert pb.TicketCreated.FromString(data).urgency == number
