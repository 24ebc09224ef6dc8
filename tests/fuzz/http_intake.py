"""Hostile requests to the central HTTP intake: bodies, lines, headers, addresses and bytes that are no HTTP."""

from __future__ import annotations

import http.client
import json
import random
import socket
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.agencies.serve.support import JSON, NDJSON, Gateway
from tests.factories import SCHOOLS
from tests.fuzz.hostile import Message, canary, messages
from tests.fuzz.neighbours import Owners, copies
from tests.fuzz.surfaces import WORDS

LINES = 40
ALLOWED = {202, 400, 401, 404, 405, 408, 409, 413, 415, 422, 429}
"""503 too, if the broker were away; it is not. 500 never."""


@dataclass
class Answers:
    """What came back, by status, and what should not have."""

    sent: int = 0
    """Messages: lines of a batch, and requests."""
    rows: int = 0
    """Of files."""
    valid: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


class Client:
    """One connection that is kept, and opened anew when the intake closes it."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def post(self, path: str, body: bytes, headers: dict[str, str], answers: Answers) -> tuple[int, bytes]:
        """Send it; what comes back is searched here."""
        for attempt in (0, 1):
            try:
                self._connection.request("POST", path, body, headers)
                answer = self._connection.getresponse()
                found = answer.read()
                break
            except (http.client.HTTPException, OSError):
                self._connection.close()
                if attempt:
                    answers.problems.append("a well-formed request was not answered")
                    return 0, b""
        told = found + repr(answer.getheaders()).encode()
        answers.statuses[answer.status] += 1
        answers.problems += [f"{word} in an answer {answer.status}" for word in words_in(told)]
        if answer.status not in ALLOWED:
            answers.problems.append(f"status {answer.status}")
        return answer.status, found


def fuzz(gateway: Gateway, seed: int, count: int) -> Answers:
    """Send about `count` hostile messages as one agency; valid ones among them must be taken."""
    rng = random.Random(seed)
    answers = Answers()
    client = Client(gateway.port)
    bearer = {"Authorization": f"Bearer {gateway.tokens[SCHOOLS]}"}
    source = messages(seed, count, SCHOOLS)
    while batch := _take(source, LINES if rng.random() < 0.15 else 1):
        answers.sent += len(batch)
        if len(batch) > 1:
            _batch(client, batch, bearer, answers)
        elif batch[0].valid:
            _single(client, batch[0], bearer, answers)
        else:
            _odd(rng, client, gateway, batch[0], bearer, answers)
    return answers


def under_copied_ids(gateway: Gateway, names: Sequence[str], seed: int, owners: Owners, answers: Answers) -> None:
    """Events, withdrawals and erasures of one agency under the ids of another's records: all of them must be taken."""
    client = Client(gateway.port)
    bearer = {"Authorization": f"Bearer {gateway.tokens[SCHOOLS]}"}
    for message in copies(seed, names, SCHOOLS, owners):
        answers.sent += 1
        _single(client, message, bearer, answers)
        owners.note(message)


def _take(source: object, count: int) -> list[Message]:
    found = []
    for message in source:  # type: ignore[attr-defined]
        found.append(message)
        if len(found) == count:
            break
    return found


def _line(message: Message) -> bytes:
    """A message as one line; what would be two lines is one with spaces."""
    return (message.value or b"").replace(b"\n", b" ")


def _batch(client: Client, batch: list[Message], bearer: dict[str, str], answers: Answers) -> None:
    body = b"\n".join(map(_line, batch))
    status, found = client.post("/v1/events:batch", body, bearer | {"Content-Type": NDJSON}, answers)
    wanted = {index for index, message in enumerate(batch) if message.valid}
    answers.valid += len(wanted)
    if wanted and status != 202:
        answers.problems.append(f"a batch with valid events was answered {status}")
    elif wanted:
        taken = {one["index"] for one in json.loads(found)["outcomes"] if one["status"] == "accepted"}
        if not wanted <= taken:
            answers.problems.append(f"{len(wanted - taken)} valid lines were refused")


def _single(client: Client, message: Message, bearer: dict[str, str], answers: Answers) -> None:
    answers.valid += 1
    status, _ = client.post("/v1/events", message.value or b"", bearer | {"Content-Type": JSON}, answers)
    if status != 202:
        answers.problems.append(f"a valid event was answered {status}")


def _odd(
    rng: random.Random, client: Client, gateway: Gateway, message: Message, bearer: dict[str, str], answers: Answers
) -> None:
    """One request that is odd in its body, headers, address, method or bytes."""
    word = canary(rng.randrange(10**8))
    body = message.value or b""
    kind = rng.randrange(8)
    if kind == 0:
        client.post(f"/v1/{word}?{word}={word}", body, bearer | {"Content-Type": JSON}, answers)
    elif kind == 1:
        client.post(
            "/v1/events", body, bearer | {"Content-Type": rng.choice([word, f"{JSON}; charset={word}"])}, answers
        )
    elif kind == 2:
        wrong = rng.choice(
            [f"Bearer {word}", word, f"Bearer ypsem_{word}_{word}", "Bearer " + "a" * 5000, f"Basic {word}"]
        )
        client.post("/v1/events", body, {"Authorization": wrong, "Content-Type": JSON}, answers)
    elif kind == 3:
        odd = {"X-Request-Id": word, "Cookie": f"{word}={word}", f"X-{word}": word * 100, "Forwarded": f"for={word}"}
        client.post("/v1/events", body, bearer | {"Content-Type": JSON} | odd, answers)
    elif kind == 4:
        names = {"ce-specversion": "1.0", "ce-id": word, f"ce-{word}": word, "ce-type": f"%{word}%00%ff"}
        client.post("/v1/events", body, bearer | {"Content-Type": "application/json"} | names, answers)
    elif kind == 5:
        _raw(gateway, bearer, body, word, rng, answers)
    else:
        client.post("/v1/events", body, bearer | {"Content-Type": JSON}, answers)


def words_in(told: bytes) -> list[str]:
    """What may be in no answer."""
    return [name for name, word in WORDS.items() if word.search(told)]


def _raw(
    gateway: Gateway, bearer: dict[str, str], body: bytes, word: str, rng: random.Random, answers: Answers
) -> None:
    """Bytes on the wire that are hardly HTTP; an answer or none, but nothing repeated."""
    told = {"Host": word, "Content-Type": JSON} | bearer
    head = "POST /v1/events HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in told.items())
    sent = rng.choice(
        [
            word.encode() + b"\r\n\r\n",
            f"{word} /v1/events HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
            f"GET /{word} HTTP/9.9\r\n\r\n".encode(),
            head.encode() + b"Content-Length: -1\r\n\r\n" + body,
            head.encode() + f"Content-Length: {word}\r\n\r\n".encode(),
            head.encode() + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
            head.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + word.encode() + b"\r\n",
            head.encode() + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
            head.encode() + f"X-{word}: {'a' * 70_000}\r\n\r\n".encode(),
            head.encode() + f"bad header {word}\r\n\r\n".encode(),
            head.encode() + b"Content-Length: 999999\r\n\r\n" + body[:100],
            b"\x16\x03\x01\x02\x00\x01" + word.encode(),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + word.encode(),
        ]
    )
    on_the_wire(gateway.port, sent, answers)


def on_the_wire(port: int, sent: bytes, answers: Answers) -> None:
    """Send these bytes and look at whatever comes back."""
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as connection:
            connection.settimeout(5)
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            found = b""
            while part := connection.recv(65_536):
                found += part
    except OSError:
        return
    answers.problems += [f"{word} in an answer to bytes that are no HTTP" for word in words_in(found)]
    if found.startswith(b"HTTP/1.1 5"):
        answers.problems.append("status 5xx for bytes that are no HTTP")
