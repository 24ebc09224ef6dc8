"""The central intake over real HTTP: who may send what, what is said of it, and what then lies on the raw topic."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from agencies.serve import credentials
from agencies.serve.limits import IntakeLimits
from demo.processes import free_port
from models.service import clock
from tests.agencies.serve.support import JSON, NDJSON, Gateway, on_topic, request
from tests.factories import BOARD, CARE, OTHER_BOARD, POLICE, SCHOOLS, event, wire
from tests.support.waiting import poll_until, unique

pytestmark = [pytest.mark.embedded, pytest.mark.slow]

CANARY = "Kanarienvogel 9990000018"
BATCH = "application/cloudevents-batch+json"


def mine(gateway: Gateway, identity: str, agency: str = POLICE) -> list[Any]:
    """The records of one event id on an agency's raw topic."""
    return [r for r in on_topic(gateway.bootstrap, agency) if json.loads(r.value)["data"]["event_id"] == identity]


def test_one_event_is_on_the_agencys_topic_before_202(gateway: Gateway) -> None:
    sent = event("cse_concern", record=unique("a"))
    answer = gateway.send("/v1/events", wire(sent))
    assert answer.status == 202, answer.body
    assert answer.json() == {"status": "accepted", "request_id": answer.headers["x-request-id"]}
    (record,) = mine(gateway, sent["data"]["event_id"])
    assert record.key == BOARD.encode()
    assert dict(record.headers)["content-type"] == b"application/cloudevents+json"
    assert json.loads(record.value)["data"]["tokens"] == sent["data"]["tokens"]


def test_a_repeat_is_answered_202_again_with_the_same_key_and_bytes(gateway: Gateway) -> None:
    sent = event(record=unique("a"))
    assert [gateway.send("/v1/events", wire(sent)).status for _ in range(2)] == [202, 202]
    one, other = mine(gateway, sent["data"]["event_id"])
    assert (one.key, one.value, one.partition) == (other.key, other.value, other.partition)


def test_a_batch_tells_of_every_line_and_sends_the_good_ones(gateway: Gateway) -> None:
    good, other = event(record=unique("a")), event("withdrawal", record=unique("a"))
    named = event(record=unique("a"), forename=CANARY)
    stranger = event(record=unique("a"), agency=CARE)
    answer = gateway.batch([good, b"", named, b"{" + CANARY.encode(), other, stranger])
    assert answer.status == 202, answer.body
    told = {one["index"]: one for one in answer.json()["outcomes"]}
    assert {index: one["status"] for index, one in told.items()} == {
        0: "accepted", 2: "refused", 3: "refused", 4: "accepted", 5: "refused",
    }  # fmt: skip
    assert told[2]["refusals"] == [{"rule": "schema.extra_forbidden", "path": "data.<unknown>"}]
    assert told[3]["refusals"] == [{"rule": "not-json", "path": "(whole message)"}]
    assert told[5]["refusals"] == [{"rule": "agency-not-topic", "path": "data.agency"}]
    assert mine(gateway, good["data"]["event_id"])
    assert mine(gateway, other["data"]["event_id"])
    assert not mine(gateway, stranger["data"]["event_id"])
    assert not mine(gateway, stranger["data"]["event_id"], CARE)


def test_what_is_sent_on_is_what_was_understood(gateway: Gateway) -> None:
    sent = event(record=unique("a"))
    twice = wire(sent).replace(b'"data": {', b'"data": {"sex": "Kanarienvogel", "sex": "F", ', 1)
    assert gateway.send("/v1/events", twice).status == 202
    (record,) = mine(gateway, sent["data"]["event_id"])
    assert b"Kanarienvogel" not in record.value


def test_binary_mode_is_put_together(gateway: Gateway) -> None:
    sent = event(record=unique("a"))
    attributes = {f"ce-{name}": value for name, value in sent.items() if name not in ("data", "datacontenttype")}
    answer = gateway.send("/v1/events", json.dumps(sent["data"]).encode(), "application/json", headers=attributes)
    assert answer.status == 202, answer.body
    assert mine(gateway, sent["data"]["event_id"])
    assert gateway.send("/v1/events", wire(sent), "application/json").status == 415


@pytest.mark.parametrize("media", [None, "application/json", "application/json; charset=utf-8"])
def test_binary_mode_as_sdks_write_it(gateway: Gateway, media: str | None) -> None:
    """One SDK sends no content type, all write fractions of a second, and headers are percent-encoded."""
    sent = event(record=unique("a"))
    attributes = {f"ce-{name}": value for name, value in sent.items() if name not in ("data", "datacontenttype")}
    attributes |= {
        "ce-time": "2026-05-01T11%3A00%3A00.477%2B01:00",
        "ce-traceparent": "00-x",
        "ce-source": quoted(sent),
    }
    answer = gateway.send("/v1/events", json.dumps(sent["data"]).encode(), media, headers=attributes)
    assert answer.status == 202, answer.body
    assert "warnings" not in answer.json()
    (record,) = mine(gateway, sent["data"]["event_id"])
    assert json.loads(record.value) == {name: sent[name] for name in sent if name != "datacontenttype"}


def quoted(sent: dict[str, Any]) -> str:
    """The source as an HTTP header may have it: within quotation marks, and percent-encoded."""
    return f'"{str(sent["source"]).replace("/", "%2F")}"'


def test_batched_mode_is_a_json_array(gateway: Gateway) -> None:
    good, other = event(record=unique("a")), event(record=unique("a")) | {"time": "2026-05-01T10:00:00.477Z"}
    body = json.dumps([good, event(record=unique("a"), sex=CANARY), 5, other]).encode()
    answer = gateway.send("/v1/events:batch", body, f"{BATCH}; charset=utf-8")
    assert answer.status == 202, answer.body
    told = {one["index"]: one for one in answer.json()["outcomes"]}
    assert {index: one["status"] for index, one in told.items()} == {
        0: "accepted", 1: "refused", 2: "refused", 3: "accepted",
    }  # fmt: skip
    assert told[1]["refusals"] == [{"rule": "schema.enum", "path": "data.sex"}]
    assert mine(gateway, good["data"]["event_id"])
    assert mine(gateway, other["data"]["event_id"])
    for bad in (b"{}", b"[" * 900, b"[1,", b"\xff"):
        assert gateway.send("/v1/events:batch", bad, BATCH).status == 400
    assert gateway.send("/v1/events:batch", b"[]", BATCH).status == 400
    assert gateway.send("/v1/events:batch", json.dumps([5] * (IntakeLimits().lines + 1)).encode(), BATCH).status == 413


def test_what_is_dropped_is_told_in_the_answer_and_never_sent_on(gateway: Gateway) -> None:
    nhs = "943 476 5919"
    sent = event(record=unique("a")) | {"subject": nhs, "partitionkey": "any", "dataschema": "https://example.org/x"}
    answer = gateway.send("/v1/events", wire(sent), headers={"X-Patient": "QQ123456C", "Cookie": f"a={nhs}"})
    assert answer.status == 202, answer.body
    assert answer.json()["warnings"] == [
        {"rule": "identifier.nhs-number", "path": "(attribute)"}, {"rule": "identifier.nino", "path": "(header)"},
    ]  # fmt: skip
    other = event(record=unique("a"))
    batch = gateway.batch([b"{}", wire(sent), other])
    told = {one["index"]: one.get("warnings") for one in batch.json()["outcomes"]}
    assert told == {0: None, 1: [{"rule": "identifier.nhs-number", "path": "(attribute)"}], 2: None}
    for record in mine(gateway, sent["data"]["event_id"]):
        assert set(json.loads(record.value)) == {"specversion", "id", "source", "type", "time", "data"}
        assert record.key == BOARD.encode()
        assert [name for name, _ in record.headers] == ["content-type"]
    metrics = gateway.watched("/metrics").body
    assert b'ypsem_gateway_warned_total{rule="identifier.nino"}' in metrics
    for text in (answer.body, batch.body, metrics, gateway.log().encode()):
        # Four digits alone would be found in a counter now and then.
        assert nhs.encode() not in text
        assert nhs.replace(" ", "").encode() not in text
        assert b"QQ123456C" not in text


REFUSED: list[tuple[dict[str, Any], str]] = [
    (event(agency=CARE), "agency-not-topic"),
    (event(board=OTHER_BOARD, agency=SCHOOLS), "board-not-registered"),
    (event(agreement_id="dsa-nobody"), "no-agreement"),
    (event(occurred_on="2001-01-01"), "date-window"),
    (event(areas={"home": "X05999999"}), "area-not-in-board"),
    (event() | {"source": "/agencies/aldermere-health"}, "source-mismatch"),
    (event() | {"time": "2031-05-01T10:00:00Z"}, "time-in-future"),
    (event(tokens=[{"kind": "nhs", "epoch": 1, "token": "lt_" + "a" * 40}] * 2), "token-repeated"),
    (event(tokens=[{"kind": "nhs", "epoch": 1, "token": "ct_" + "a" * 40}]), "token-stage"),
    (event() | {"time": "2010-02-01T00:00:00Z"}, "date-window"),
    (event() | {"datacontenttype": "text/xml"}, "schema.literal_error"),
]


@pytest.mark.parametrize(("document", "rule"), REFUSED, ids=[rule for _, rule in REFUSED])
def test_what_check_and_intake_refuse_is_refused_here(gateway: Gateway, document: dict[str, Any], rule: str) -> None:
    agency = SCHOOLS if rule == "board-not-registered" else POLICE
    answer = gateway.send("/v1/events", wire(document), agency=agency)
    assert answer.status == 422, answer.body
    assert rule in [one["rule"] for one in answer.json()["refusals"]]


def test_without_a_credential_nothing_is_read(gateway: Gateway) -> None:
    body = wire(event())
    for header in (None, "", "Bearer", "Bearer x", "Basic " + gateway.tokens[POLICE], gateway.tokens[POLICE]):
        given = {} if header is None else {"Authorization": header}
        answer = gateway.send("/v1/events", body, agency=None, headers=given)
        assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
    changed = gateway.tokens[POLICE][:-2] + "AA"
    other = gateway.tokens[CARE].split("_", 2)
    mixed = "_".join([*gateway.tokens[POLICE].split("_", 2)[:2], other[2]])
    for token in (changed, mixed):
        assert gateway.send("/v1/events", body, headers={"Authorization": f"Bearer {token}"}).status == 401


@pytest.mark.parametrize(
    "media",
    [None, "text/csv", "multipart/form-data; boundary=x", "application/cloudevents-batch+json", "application/xml",
     "application/cloudevents+json; charset=utf-16", "application/x-ndjson"],
)  # fmt: skip
def test_any_other_content_type_is_refused(gateway: Gateway, media: str | None) -> None:
    assert gateway.send("/v1/events", wire(event()), media).status == 415


def test_there_is_no_way_in_for_files(gateway: Gateway) -> None:
    for media in ("multipart/form-data; boundary=x", "text/csv"):
        assert gateway.send("/v1/files", b"CHILD,DOB\r\n", media).status == 404
        assert gateway.send("/v1/events:batch", b"CHILD,DOB\r\n", media).status == 415
    assert gateway.send("/v1/events", wire(event()), headers={"Content-Encoding": "gzip"}).status == 415


def test_sizes_are_limited(gateway: Gateway) -> None:
    limits = IntakeLimits()
    assert gateway.send("/v1/events", b" " * (limits.line + 1)).status == 413
    deep = b"[" * 900 + b"]" * 900
    assert gateway.send("/v1/events", deep).status == 413
    assert gateway.send("/v1/events:batch", b"{}\n" * (limits.lines + 1), NDJSON).status == 413
    assert gateway.send("/v1/events:batch", b" " * (limits.body + 1), NDJSON).status == 413
    long = wire(event()).replace(b"{", b"{" + b" " * limits.line, 1)
    told = gateway.batch([event(record=unique("a")), long, deep]).json()["outcomes"]
    assert [one.get("refusals", [{}])[0].get("rule") for one in told] == [None, "too-large", "too-deep"]


def test_a_body_without_a_length_is_limited_as_it_comes(gateway: Gateway) -> None:
    head = (
        f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {gateway.tokens[POLICE]}\r\n"
        f"Content-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", gateway.port), 20) as connection:
        connection.sendall(head.encode())
        for _ in range(5):
            connection.sendall(b"4000\r\n" + b" " * 0x4000 + b"\r\n")
        assert connection.recv(64).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("body", [b"", b" \n ", b"\n\n"])
def test_an_empty_body_is_no_request(gateway: Gateway, body: bytes) -> None:
    assert gateway.send("/v1/events", body).status == 400
    assert gateway.send("/v1/events:batch", body, NDJSON).status == 400


def test_methods_and_addresses_that_are_not_there(gateway: Gateway) -> None:
    assert request(gateway.port, "GET", "/v1/events").status == 405
    for path in ("/", "/docs", "/metrics", "/live", f"/v1/{CANARY.replace(' ', '%20')}"):
        answer = request(gateway.port, "GET", path)
        assert answer.status == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert b"Kanarien" not in answer.body


def test_answers_metrics_and_log_hold_nothing_that_was_sent(gateway: Gateway) -> None:
    spoilt = [
        event(record=unique("a"), forename=CANARY), event(record=unique("a"), sex=CANARY),
        event(record=unique("a")) | {CANARY: 1}, event(record=unique("a")) | {"type": CANARY},
    ]  # fmt: skip
    answers = [gateway.send("/v1/events", wire(one)) for one in spoilt]
    answers.append(gateway.batch([*spoilt, CANARY.encode()]))
    answers.append(gateway.send("/v1/events", wire(event()), headers={"X-Request-Id": CANARY, "ce-x": CANARY}))
    answers.append(gateway.send("/v1/events?name=Kanarienvogel", b"{}"))
    # An attribute of the envelope that is not ours is dropped, in the batch too.
    assert [one.status for one in answers] == [422, 422, 202, 422, 202, 202, 422]
    shown = b"".join(one.body + repr(one.headers).encode() for one in answers)
    metrics = gateway.watched("/metrics").body
    for text in (shown, metrics, gateway.log().encode()):
        assert b"Kanarien" not in text
        assert b"9990000018" not in text
    assert gateway.tokens[POLICE].split("_")[2] not in gateway.log()
    assert b'ypsem_gateway_requests_total{code="422"}' in metrics
    assert POLICE.encode() not in metrics
    assert "request" in gateway.log()
    assert f"agency={POLICE}" in gateway.log()


def test_it_is_alive_and_ready(gateway: Gateway) -> None:
    poll_until(lambda: gateway.watched("/ready").status == 200, 10)
    assert gateway.watched("/live").status == 200
    assert gateway.watched("/v1/events").status == 404


def test_credentials_in_clear_need_loopback_or_a_proxy(gateway: Gateway) -> None:
    child = gateway.child
    port = gateway.port, gateway.metrics_port
    try:
        other = gateway.start("--host", "0.0.0.0", "--port", str(free_port()), wait=False)  # noqa: S104
        assert other.wait(30) == 2
        assert "credentials would travel in clear" in other.tail()
    finally:
        gateway.child, (gateway.port, gateway.metrics_port) = child, port


def test_a_credential_that_is_rotated_or_revoked_ends_at_once(gateway: Gateway) -> None:
    first = gateway.tokens[SCHOOLS]
    body = wire(event(record=unique("a"), agency=SCHOOLS))
    gateway.tokens[SCHOOLS] = credentials.rotate(gateway.credentials, SCHOOLS, clock.now())
    old = {"Authorization": f"Bearer {first}"}
    assert gateway.send("/v1/events", body, agency=None, headers=old).status == 401
    assert gateway.send("/v1/events", body, agency=SCHOOLS).status == 202
    assert credentials.revoke(gateway.credentials, lambda one: one.agency == SCHOOLS) == 2
    assert gateway.send("/v1/events", body, agency=SCHOOLS).status == 401
    gateway.tokens[SCHOOLS] = credentials.create(gateway.credentials, SCHOOLS)
    gateway.credentials.chmod(0o644)
    assert gateway.send("/v1/events", body, agency=SCHOOLS).status == 503
    assert "chmod 600" in gateway.log()
    gateway.credentials.chmod(0o600)
    assert gateway.send("/v1/events", body, agency=SCHOOLS).status == 202
