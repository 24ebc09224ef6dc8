"""Dirty files to `/v1/files`, where the intake runs inside one agency with its own keys, outbox and broker."""

from __future__ import annotations

from pathlib import Path

from agencies.keys import create_keys
from tests.agencies.serve.support import Gateway
from tests.agencies.serve.test_multipart import form
from tests.factories import SCHOOLS
from tests.fuzz.dirty_files import Upload, uploads
from tests.fuzz.http_intake import Answers, Client
from tests.support.waiting import poll_until

OUTBOX = "outbox.sqlite"


def inside(folder: Path, bootstrap: str, environment: dict[str, str]) -> Gateway:
    """The intake of the agency whose raw topic is searched; not yet started."""
    create_keys(folder / "keys")
    settings = {"YPSEM_KEYS": str(folder / "keys"), "YPSEM_OUTBOX": str(folder / OUTBOX)}
    return Gateway(folder, bootstrap, environment=settings | environment)


def fuzz_files(gateway: Gateway, seed: int, count: int) -> Answers:
    """Upload `count` files; the good ones among them must be taken. Returns once the broker has what was taken."""
    answers = Answers()
    client = Client(gateway.port)
    for upload in uploads(seed, count):
        answers.sent += 1
        answers.rows += upload.rows
        _send(client, gateway, upload, answers)
    poll_until(lambda: pending(gateway) == 0, 60, "the outbox is empty")
    return answers


def _send(client: Client, gateway: Gateway, upload: Upload, answers: Answers) -> None:
    media, body = form(*upload.parts)
    body = body[: int(len(body) * upload.cut)]
    headers = {"Authorization": f"Bearer {gateway.tokens[SCHOOLS]}", "Content-Type": media + upload.media}
    status, _ = client.post("/v1/files", body, headers, answers)
    if upload.good:
        answers.valid += 1
        if status != 202:
            answers.problems.append(f"a good file ({upload.how}) was answered {status}")


def pending(gateway: Gateway) -> float:
    """How many messages wait in the outbox, as a scrape sees it."""
    text = gateway.watched("/metrics").body.decode()
    name = "ypsem_gateway_outbox_pending_messages"
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(name))
