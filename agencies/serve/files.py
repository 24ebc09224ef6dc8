"""Inside one agency: `POST /v1/files` reads, checks, pseudonymises and publishes an export, as `publish` does.

Uploads hold identifiers: they are written to a folder beside the outbox that only this user can open, and are gone
when the request ends; what a killed process left there goes at the next start. 202 means that every event is in the
outbox, on disk; it is delivered in the background for as long as that takes.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agencies import readers
from agencies.keys import load_keys
from agencies.mint import Minter, MintError
from agencies.outbox import Outbox, OutboxError, confirmations
from agencies.publish.broker import BrokerProblem
from agencies.publish.receipt import Receipt
from agencies.publish.run import NeedsYes, publish_rows
from agencies.publish.session import drain, follow_receipts
from agencies.readers.mapping import MAPPINGS
from agencies.serve import metrics
from agencies.serve.answers import ProblemAnswer
from agencies.serve.form import FileForm, read_file_form
from agencies.serve.front import Front
from agencies.serve.multipart import MultipartForm, NotMultipart, read_form
from agencies.settings import KafkaSettings
from models.register import Register
from models.service import clock
from models.service.atomic import disk_words
from models.service.keyfiles import KeyFileError

log = logging.getLogger("agencies.serve")

MEDIA = "multipart/form-data"
SUFFIXES = frozenset({".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".json", ".jsonl", ".ndjson"})
UNPACKED = 256 * 1024 * 1024
"""Most bytes that a spreadsheet, which is a zip file, may unpack to."""
BODY = 32 * 1024 * 1024
DELIVER_EVERY = 5.0
RECEIPTS_EVERY = 60.0
"""Seconds between two looks at the receipts while something is undecided: what was never read is sent again."""


@dataclass(frozen=True)
class Inside:
    """What one agency's own intake works with."""

    agency: str
    register: Callable[[], Register]
    keys: Path
    outbox: Path
    bootstrap: str
    kafka: KafkaSettings


class Files:
    """The address for files, and the delivery behind it. One thing at a time: the outbox has one user."""

    def __init__(self, front: Front, inside: Inside) -> None:
        """Raises `KeyFileError` or `MintError` where the agency could not publish at all."""
        self._front = front
        self._inside = inside
        self._one = ThreadPoolExecutor(1, thread_name_prefix="outbox")
        self._next_look = 0.0
        self._uploads = inside.outbox.resolve().parent / f".{inside.outbox.name}-uploads"
        shutil.rmtree(self._uploads, ignore_errors=True)
        Minter(inside.agency, inside.register(), load_keys(inside.keys), clock.today())

    def routes(self) -> list[Route]:
        """`POST /v1/files`."""
        return [self._front.route("/v1/files", self._upload, (MEDIA,), BODY)]

    async def _upload(self, request: Request, agency: str, body: bytes) -> Response:
        if agency != self._inside.agency:
            raise ProblemAnswer(403, "this intake is another agency's")
        try:
            form = read_form(request.headers["content-type"], body, SUFFIXES)
            wanted = read_file_form(form, _mappings())
        except NotMultipart as reason:
            raise ProblemAnswer(400, str(reason)) from None
        receipt = await asyncio.get_running_loop().run_in_executor(self._one, self._take, wanted, form)
        answer: dict[str, Any] = {"receipt": receipt.as_dict(), "request_id": request.state.request_id}
        taken = receipt.new + receipt.revised + receipt.withdrawn + receipt.unchanged
        if receipt.rows_refused and not taken:
            raise ProblemAnswer(422, receipt=answer["receipt"])
        return JSONResponse(answer, 202)

    def _take(self, wanted: FileForm, form: MultipartForm) -> Receipt:
        today = clock.today()
        try:
            self._uploads.mkdir(mode=0o700, exist_ok=True)
            return self._taken(wanted, form, today)
        except OSError as error:
            raise ProblemAnswer(503, "the disk of this intake cannot be written now", log=disk_words(error)) from None

    def _taken(self, wanted: FileForm, form: MultipartForm, today: date) -> Receipt:
        inside = self._inside
        with tempfile.TemporaryDirectory(dir=self._uploads) as folder:
            paths = _write(Path(folder), form)
            try:
                register = inside.register()
                minter = Minter(inside.agency, register, load_keys(inside.keys), today, wanted.board)
                rows = readers.read(
                    paths["file"], wanted.format, register=register, today=today, mapping=wanted.mapping,
                    board=wanted.board, collection_year=wanted.collection_year, header=paths.get("header"),
                    episodes=paths.get("episodes"), previous=paths.get("previous"), postcodes=paths.get("postcodes"),
                )  # fmt: skip
                receipt = Receipt(inside.agency, wanted.format, wanted.mapping)
                with Outbox(inside.outbox) as outbox:
                    publish_rows(
                        rows, minter, outbox, receipt, source=wanted.source, complete=wanted.complete, yes=wanted.yes
                    )
                    receipt.spooled = outbox.pending()
            except readers.UnreadableFile as error:
                raise ProblemAnswer(422, str(error), refusals=[{"rule": error.rule, "path": "(whole file)"}]) from None
            except (readers.MappingError, MintError) as error:
                raise ProblemAnswer(422, str(error)) from None
            except NeedsYes as question:
                raise ProblemAnswer(409, str(question)) from None
            except (OutboxError, KeyFileError) as error:
                raise ProblemAnswer(503, "the outbox or the keys cannot be used now", log=str(error)) from None
        metrics.OUTBOX_PENDING.set(receipt.spooled)
        return receipt

    async def deliver_forever(self) -> None:
        """Send what waits in the outbox, again and again."""
        while True:
            await asyncio.get_running_loop().run_in_executor(self._one, self._deliver)
            await asyncio.sleep(DELIVER_EVERY)

    def _deliver(self) -> None:
        if not self._inside.outbox.exists():
            return
        try:
            with Outbox(self._inside.outbox) as outbox:
                if outbox.pending():
                    done = drain(outbox, self._inside.bootstrap, self._inside.kafka, quiet=True)
                    if done.problem is not None:
                        log.warning("events wait in the outbox: %s", done.problem)
                self._read_receipts(outbox)
                metrics.OUTBOX_PENDING.set(outbox.pending())
        except OutboxError as error:
            log.warning("the outbox cannot be used now: %s", error)

    def _read_receipts(self, outbox: Outbox) -> None:
        if time.monotonic() < self._next_look or not confirmations.undecided(outbox):
            return
        self._next_look = time.monotonic() + RECEIPTS_EVERY
        try:
            followed = follow_receipts(outbox, self._inside.bootstrap, self._inside.kafka, seconds=0)
        except BrokerProblem as problem:
            log.warning("receipts not read: %s", problem)
            return
        for line in followed.never_read_lines():
            log.warning("%s", line)

    def close(self) -> None:
        """Wait for what is being done; the outbox keeps the rest."""
        self._one.shutdown(wait=True, cancel_futures=True)
        shutil.rmtree(self._uploads, ignore_errors=True)


def _mappings() -> frozenset[str]:
    return frozenset(path.stem for path in MAPPINGS.glob("*.yaml"))


def _write(folder: Path, form: MultipartForm) -> dict[str, Path]:
    """The files under names of our own; a spreadsheet that unpacks to too much is refused."""
    paths = {}
    for name, (suffix, content) in form.files.items():
        paths[name] = folder / f"{name}{suffix}"
        paths[name].write_bytes(content)
        if content.startswith(b"PK"):
            try:
                with zipfile.ZipFile(paths[name]) as packed:
                    size = sum(entry.file_size for entry in packed.infolist())
            except zipfile.BadZipFile:
                continue  # the reader says what is wrong with it
            if size > UNPACKED:
                raise ProblemAnswer(413, "a spreadsheet unpacks to too much")
    return paths
