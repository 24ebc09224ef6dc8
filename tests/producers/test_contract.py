"""The published document is enough and true: its examples are accepted, and what it says in words is tried."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
import referencing
from pydantic import TypeAdapter

from models.contract import examples, topics
from models.contract.checkdigits import nhs_number_is_valid, upn_is_valid
from models.contract.codes import TokenKind
from models.contract.events import DATA_CLASSES, EVENT, EVENT_CLASSES, MAX_BYTES, short_name
from models.contract.receipts import Receipt
from models.schemas import prose
from models.schemas.generate import FOLDER
from streams.access.principals import principals
from streams.intake.decide import Accepted, IntakeRules, Refused, decide
from tests.factories import register
from tests.operations.files import ROOT
from tests.producers import toolchains

DOCUMENT: dict[str, Any] = json.loads((FOLDER / "asyncapi.json").read_text("utf-8"))
MESSAGES: dict[str, Any] = DOCUMENT["components"]["messages"]
TYPES = [short_name(name) for name in DATA_CLASSES]
RULES = IntakeRules(register(), {1: b"g" * 32}, datetime(2026, 5, 11, 9, tzinfo=UTC), date(2026, 5, 11))

Headers = list[tuple[str, bytes]]


def shown(message: str) -> tuple[bytes, Headers]:
    """Value and headers of a message's example, as they would be on the wire."""
    (example,) = MESSAGES[message]["examples"]
    headers = [(name, text.encode("ascii")) for name, text in example["headers"].items()]
    return json.dumps(example["payload"]).encode(), headers


def decided(value: bytes | None, headers: Headers | None = None, key: bytes | None = None) -> Accepted | Refused:
    return decide(examples.AGENCY, value, headers or [], RULES, key)


def changed(short: str = "missing_episode", /, **data: Any) -> bytes:
    """An example with other values in `data`."""
    event = examples.example(short)
    event["data"] |= data
    event["id"] = f"{event['data']['event_id']}.{event['data']['revision']}"
    return json.dumps(event).encode()


def refused(value: bytes | None, headers: Headers | None = None) -> str:
    found = decided(value, headers)
    assert isinstance(found, Refused)
    return found.refusal.rule


def validator(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    """Of a schema that names the files beside the document."""

    def retrieve(uri: str) -> referencing.Resource[Any]:
        return referencing.Resource.from_contents(json.loads((FOLDER / uri).read_text("utf-8")))

    registry: referencing.Registry[Any] = referencing.Registry(retrieve=retrieve)  # type: ignore[call-arg]
    return jsonschema.Draft202012Validator(schema, registry=registry)


def test_every_type_is_shown_in_both_modes_on_the_raw_channel() -> None:
    raw = set(DOCUMENT["channels"]["raw"]["messages"])
    assert raw == {*TYPES, *(f"{short}.binary" for short in TYPES)} <= set(MESSAGES)


@pytest.mark.parametrize("short", TYPES)
def test_the_example_of_a_type_is_accepted_in_both_modes_and_means_the_same(short: str) -> None:
    structured, binary = decided(*shown(short)), decided(*shown(f"{short}.binary"))
    assert isinstance(structured, Accepted), structured
    assert structured == binary
    EVENT.validate_json(shown(short)[0])


@pytest.mark.parametrize("name", [*TYPES, *(f"{short}.binary" for short in TYPES)])
def test_an_example_holds_by_the_schemas_beside_it_and_the_headers_say_what_is_needed(name: str) -> None:
    message = MESSAGES[name]
    (example,) = message["examples"]
    payload = validator(message["payload"]["schema"])
    payload.validate(example["payload"])
    beside = example["payload"] | {"surname": "x"}
    if "data" in beside:
        assert payload.is_valid(beside), "another attribute is dropped"
        beside["data"] = beside["data"] | {"surname": "x"}
    assert not payload.is_valid(beside), "an unknown field in data is refused"
    headers = validator(message["headers"])
    headers.validate(example["headers"])
    required = {f"ce_{name}" for name, field in EVENT_CLASSES[0].model_fields.items() if field.is_required()}
    assert set(message["headers"].get("required", ())) == (required - {"ce_data"} if "binary" in name else set())
    for needed in message["headers"].get("required", ()):
        less = {name: value for name, value in example["headers"].items() if name != needed}
        assert not headers.is_valid(less)
        value, _ = shown(name)
        assert isinstance(decided(value, [(name, text.encode()) for name, text in less.items()]), Refused)


@pytest.mark.parametrize("short", TYPES)
def test_an_example_is_a_full_one(short: str) -> None:
    """Every field that means something has a value in it, so that nobody has to guess a form."""
    left_out = {"withdrawal": {"source_system", "recorded_on"}, "return_interview": {"not_offered_reason"}}
    left_out |= {name: {"recorded_on"} for name in ("erasure", "submission_return")}
    model = DATA_CLASSES[f"ypsem.{short}.v1"]
    missing = set(model.model_fields) - set(examples.example(short)["data"])
    assert missing == left_out.get(short, set()) | ({"nil"} if short == "submission_return" else set())


def test_the_channels_are_the_topics_with_the_agency_as_parameter() -> None:
    channels = DOCUMENT["channels"]
    assert channels["raw"]["address"] == topics.raw("{agency}")
    assert channels["receipts"]["address"] == topics.receipts("{agency}")
    assert all("agency" in channels[name]["parameters"] for name in ("raw", "receipts"))
    assert channels["raw"]["x-max-event-bytes"] == MAX_BYTES


def test_the_login_is_the_one_that_agencies_are_given() -> None:
    (login,) = DOCUMENT["components"]["securitySchemes"].values()
    assert login["type"] == "scramSha512"
    (own,) = [one for one in principals(register()) if one.user == f"agency.{examples.AGENCY}"]
    assert login["description"].count("`agency.<your id>`") == 1
    rights = {(right.resource, right.name.replace(examples.AGENCY, "{agency}")) for right in own.rights}
    channels = DOCUMENT["channels"]
    assert rights == {("topic", channels["raw"]["address"]), ("topic", channels["receipts"]["address"])}
    assert DOCUMENT["servers"]["kafka"]["protocol"] == "kafka-secure"
    assert DOCUMENT["servers"]["kafka"]["security"] == [{"$ref": "#/components/securitySchemes/login"}]


def test_every_kind_of_receipt_is_there_with_an_example_that_is_one_and_what_to_do() -> None:
    receipt: TypeAdapter[Receipt] = TypeAdapter(Receipt)
    kinds = set()
    for name in DOCUMENT["channels"]["receipts"]["messages"]:
        (example,) = MESSAGES[name]["examples"]
        parsed = receipt.validate_json(json.dumps(example["payload"]))
        kinds.add(parsed.kind)
        assert "**Do**: " in MESSAGES[name]["description"]
    assert kinds == {get_args(cls.model_fields["kind"].annotation)[0] for cls in get_args(get_args(Receipt)[0])}


def test_the_refusals_are_those_of_the_rules_page() -> None:
    listed = {one["rule"] for one in MESSAGES["intake_receipt"]["x-refusals"]}
    named = {"too-large", "id-mismatch", "date-window", "token-repeated", "schema.extra_forbidden"}
    assert named | {"identifier.nhs-number"} <= listed
    assert all(one["means"] and one["do"] for one in MESSAGES["intake_receipt"]["x-refusals"])
    page = (ROOT / "docs" / "rules.md").read_text("utf-8")
    section = page.partition("\n## At intake\n")[2].partition("\n## Not")[0]
    section += page.partition("\n### Identifiers that may not leave\n")[2].partition("\n### ")[0]
    assert listed == set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))


def test_the_size_limit_is_of_the_value_to_the_byte() -> None:
    event = changed()
    assert isinstance(decided(event.ljust(MAX_BYTES)), Accepted)
    assert refused(event.ljust(MAX_BYTES + 1)) == "too-large"


def test_the_key_is_any_and_a_tombstone_is_refused() -> None:
    for key in (None, b"", examples.BOARD.encode(), examples.record_id("missing_episode").encode()):
        assert isinstance(decided(changed(), key=key), Accepted)
    assert refused(None) == refused(b"") == "empty"


def test_a_header_without_a_value_is_an_attribute_that_is_not_there() -> None:
    """Kafka has null as a header's value, which once ended the worker; `specversion` without one is structured mode."""
    value, headers = shown("missing_episode.binary")
    nothing: Any = None
    assert decided(value, [*headers, ("ce_subject", nothing), ("x", nothing)]) == decided(value, headers)
    assert refused(value, [(name, nothing) for name, _ in headers]).startswith("schema.")


def test_another_attribute_is_dropped_in_both_modes_and_an_identifier_in_it_is_warned_of() -> None:
    value, headers = shown("missing_episode.binary")
    plain = decided(value, headers)
    for subject, rules in (("x", []), ("943 476 5919", ["identifier.nhs-number"])):
        in_header = decided(value, [*headers, ("ce_subject", subject.encode())])
        in_value = decided(json.dumps(examples.example("missing_episode") | {"subject": subject}).encode())
        for found in (in_header, in_value):
            assert isinstance(found, Accepted)
            assert isinstance(plain, Accepted)
            assert found.value == plain.value
            assert [warning.rule for warning in found.warnings] == rules


def test_what_is_left_out_null_or_the_default_is_one_content_and_the_order_of_tokens_does_not_count() -> None:
    event = examples.example("missing_episode")
    tokens = event["data"]["tokens"]
    bare = {name: value for name, value in event["data"].items() if name not in ("ended_on", "sex", "cse_marker")}
    spelt = bare | {"ended_on": None, "sex": "not_recorded", "cse_marker": "not_recorded", "tokens": tokens[::-1]}
    found = [decided(json.dumps(event | {"data": data}).encode()) for data in (bare, spelt)]
    assert isinstance(found[0], Accepted)
    assert found[0] == found[1] or (isinstance(found[1], Accepted) and found[0].value == found[1].value)
    several = [decided(changed(reasons=reasons)) for reasons in (["conflict", "abuse"], ["abuse", "conflict"])]
    assert all(isinstance(one, Accepted) for one in several)
    assert len({one.value for one in several if isinstance(one, Accepted)}) == 2


def test_the_check_letters_and_digits_are_those_that_the_text_describes() -> None:
    """Written from the text, and held against the code on every remainder."""
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    assert letters in prose.SECTIONS["Child tokens"]
    for number in range(200):
        digits = f"{number * 7919:012d}"
        letter = letters[sum(int(d) * weight for d, weight in zip(digits, range(2, 14), strict=True)) % 23]
        assert [one for one in letters if upn_is_valid(one + digits)] == [letter]
        nine = digits[-9:]
        last = 11 - sum(int(d) * weight for d, weight in zip(nine, range(10, 1, -1), strict=True)) % 11
        valid = [d for d in "0123456789" if nhs_number_is_valid(nine + d)]
        assert valid == ([] if last == 10 else [str(last % 11)])


@pytest.mark.parametrize(
    "time",
    [
        *re.findall(r"`(2026-[^`]+Z|2026-[^`]+:00)`", prose.SECTIONS["Time and dates"]),
        *("2026-05-01T10:00:00.5Z", "2026-05-12T08:59:59Z", "2026-05-01t10:00:00z"),
    ],
)
def test_each_form_of_time_is_taken(time: str) -> None:
    event = examples.example("missing_episode") | {"time": time}
    assert isinstance(decided(json.dumps(event).encode()), Accepted)


def test_what_is_no_time_is_refused() -> None:
    for time in ("2026-05-01T10:00:00", "2026-05-01", "2026-05-12T09:00:01Z", 1777629600):
        event = examples.example("missing_episode") | {"time": time}
        assert isinstance(decided(json.dumps(event).encode()), Refused)


def test_an_event_is_its_topics_agencys() -> None:
    event = examples.example("missing_episode")
    for agency in ("aldermere-social-care", "aldermere-schools"):
        found = decide(agency, json.dumps(event).encode(), [], RULES)
        assert isinstance(found, Refused)
        assert found.refusal.rule == "agency-not-topic"
    assert refused(json.dumps(event | {"source": "/agencies/aldermere-schools"}).encode()) == "source-mismatch"
    assert refused(json.dumps(event | {"id": "a" * 40 + ".0"}).encode()) == "id-mismatch"


def letters(digest: bytes) -> str:
    """As the document says it: the first 20 bytes, each half byte as a letter a to p."""
    return "".join("abcdefghijklmnop"[half] for byte in digest[:20] for half in (byte >> 4, byte & 15))


def derived(secret: bytes, info: str) -> bytes:
    """HKDF by its RFC, for one block."""
    extracted = hmac.new(bytes(32), secret, hashlib.sha256).digest()
    return hmac.new(extracted, info.encode() + b"\x01", hashlib.sha256).digest()


def test_ids_and_tokens_are_made_as_the_document_says() -> None:
    said = prose.SECTIONS["Event id"] + prose.SECTIONS["Derived keys"] + prose.SECTIONS["Child tokens"]
    for quoted in ("0|event-id|v1", "1|link|v1", "1|local|v1", "ypsem/event/v1", "ypsem/link/v1", "0x1F"):
        assert quoted in said, quoted
    example = examples.example("missing_episode")["data"]
    record = "MISPER/2026/1"
    message = f"ypsem/event/v1\x1fX08000001\x1fypsem.missing_episode.v1|niche\x1f{record}".encode()
    by_hand = letters(hmac.new(derived(bytes(range(64, 96)), "0|event-id|v1"), message, hashlib.sha256).digest())
    assert example["event_id"] == by_hand
    spelt = {"nhs": "9990000018", "upn": "K999400123001", "demog": "osampletest|z|2010-02-01|F", "local": "P 77"}
    assert spelt["demog"] in said
    secrets = dict.fromkeys(("nhs", "upn", "demog"), (bytes(range(32)), "1|link|v1"))
    secrets["local"] = bytes(range(32, 64)), "1|local|v1"
    for kind, text in spelt.items():
        key = derived(*secrets[kind])
        token = "lt_" + letters(hmac.new(key, f"ypsem/link/v1\x1f{kind}\x1f{text}".encode(), hashlib.sha256).digest())
        assert {"kind": kind, "epoch": 1, "token": token} in example["tokens"]
    assert {token["kind"] for token in example["tokens"]} == {kind.value for kind in TokenKind}


def test_an_event_without_tokens_is_taken_and_one_with_nine_is_not() -> None:
    forms = [{"kind": "demog", "epoch": 1, "token": "lt_" + letters(bytes([n]) * 20)} for n in range(9)]
    assert isinstance(decided(changed(tokens=[])), Accepted)
    assert isinstance(decided(changed(tokens=forms[:8])), Accepted)
    assert refused(changed(tokens=forms)) == "schema.too_long"


def test_the_document_names_no_section_that_does_not_exist_and_all_text_is_in_it() -> None:
    text = DOCUMENT["info"]["description"]
    assert all(f"\n## {title}\n\n{body}" in text for title, body in prose.SECTIONS.items())
    for path in re.findall(r"docs/[\w./-]+", text):
        assert (ROOT / Path(path.rstrip("."))).is_file(), path


@pytest.mark.slow
def test_the_document_is_one_by_the_schema_of_asyncapi_3() -> None:
    packages = toolchains.packages_of_npm("asyncapi", Path(__file__).parent / "asyncapi") / "node_modules"
    schema = json.loads((packages / "@asyncapi/specs/schemas/3.0.0.json").read_text("utf-8"))
    validator = jsonschema.Draft7Validator(schema)
    validator.validate(DOCUMENT)
    spoilt = json.loads(json.dumps(DOCUMENT))
    spoilt["channels"]["raw"]["surname"] = 1
    assert not validator.is_valid(spoilt)
