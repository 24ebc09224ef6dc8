"""Intake, ledger, sink, an agency's publish and the HTTP intake over TLS, each with its own login and least rights."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition
from sqlalchemy import select

from agencies.keys import create_keys
from demo.processes import ChildProcess, start
from demo.rundir import ROOT
from models.contract.topics import raw
from models.service.clock import now
from models.store import ReleaseRow, make_engine
from streams.access.passwords import Passwords
from tests.agencies.serve.support import Gateway
from tests.factories import BOARD, CARE, POLICE, event, stream_keys
from tests.kafka.access.users import WRITES
from tests.support.secured import Secured, run
from tests.support.waiting import poll_until

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(600)]


def services(secured: Secured, folder: Path) -> Iterator[tuple[str, list[str], dict[str, str]]]:
    """Each process with its own login and keys, as the compose file starts them."""
    common = {
        "YPSEM_REGISTER": str(folder / "register"), "YPSEM_SESSION_TIMEOUT": "6", "PYTHONUNBUFFERED": "1",
        "YPSEM_DATABASE_URL": f"sqlite:///{folder / 'sink.db'}",
    }  # fmt: skip
    keys = stream_keys(folder / "keys")
    for role in ("intake", "ledger"):
        own = {"YPSEM_KEYS": str(keys), "YPSEM_DATADIR": str(folder / "streams" / role)}
        yield role, ["streams", "worker", "--role", role], common | own | secured.login(f"ypsem-{role}")
    yield "sink", ["consumers", "sink"], common | secured.login("ypsem-sink")


def agency_environment(secured: Secured, folder: Path, agency: str) -> dict[str, str]:
    """What an agency has: the settings file it was handed, with the CA's certificate beside it."""
    text = (secured.passwords / f"agency.{agency}.conf").read_text().replace("ca.pem", secured.ca)
    own = folder / agency
    own.mkdir(exist_ok=True)
    handle = os.open(own / "kafka.conf", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    if not (own / "keys").exists():
        create_keys(own / "keys")
    return {
        "YPSEM_REGISTER": str(folder / "register"), "YPSEM_KEYS": str(own / "keys"),
        "YPSEM_OUTBOX": str(own / "outbox.sqlite"), "YPSEM_BOOTSTRAP": secured.cluster.bootstrap,
        "YPSEM_KAFKA_CONFIG": str(own / "kafka.conf"),
    }  # fmt: skip


def test_everything_runs_end_to_end_with_the_least_rights(secured: Secured, folder: Path) -> None:
    with ExitStack() as stack:
        children: dict[str, ChildProcess] = {}
        started = {}
        for name, module, environment in services(secured, folder):
            started[name] = (module, environment)
            child = start(name, [sys.executable, "-m", *module], folder / f"{name}.log", env=environment, cwd=ROOT)
            children[name] = stack.enter_context(child)
        police = agency_environment(secured, folder, POLICE)
        export = folder / "Missing.csv"
        rows = [f"{500000 + n},01/02/2011,M,{n:02}/03/2026," for n in range(1, 21)]
        export.write_text("\n".join(["CHILD,DOB,MISSING,MIS_START,MIS_END", *rows]) + "\n")
        command = ["publish", str(export), "--agency", POLICE, "--format", "ssda903-missing", "--board", BOARD]
        published = run(police, "agencies", *command, "--json", "--wait", "90")
        assert published.returncode == 0, published.stdout + published.stderr + children["intake"].tail()
        told = json.loads(published.stdout)
        assert (told["published"], told["intake"]["accepted"], told["intake"]["undecided"]) == (20, 20, 0)
        assert sum(one["current"] for one in told["intake"]["ledger"]) == 20, children["ledger"].tail()

        # The same agency's own login on another's topic: refused before anything is sent.
        other = run(police | {"YPSEM_OUTBOX": str(folder / "other.sqlite")}, "agencies", *_as(command, CARE))
        assert other.returncode == 2
        assert f"no access to {raw(CARE)}" in other.stdout

        through_http(secured, folder)

        sink = next(environment for name, _, environment in services_again(secured, folder) if name == "sink")
        asked = run(sink, "consumers", "request-release", "--board", BOARD, "--as", "tester")
        assert asked.returncode == 0, asked.stderr
        engine = make_engine(f"sqlite:///{folder / 'sink.db'}")
        try:
            poll_until(lambda: _released(engine), 90, "a release is in SQL")
        finally:
            engine.dispose()
        operations = secured.login("ypsem-operations") | {"YPSEM_REGISTER": str(folder / "register")}
        resumed = run(operations, "streams", "resume", "--agency", POLICE)
        assert resumed.returncode == 0, resumed.stderr
        skipped = run(operations, "streams", "skip", "--topic", raw(POLICE), "--partition", "0", "--offset", "0",
                      "--reason", "tried out")  # fmt: skip
        assert skipped.returncode == 1, "handled already: it could be asked for, and was refused for what it is"
        assert "already handled" in skipped.stderr
        backed_up(secured, folder)
        children["intake"].stop()
        operations = passed_over(secured, folder, police)
        module, environment = started["intake"]
        file = folder / "intake-again.log"
        again = start("intake", [sys.executable, "-m", *module], file, env=environment, cwd=ROOT)
        children["intake"] = stack.enter_context(again)
        let_through(operations)
        for name, child in children.items():
            assert child.exit_code is None, f"{name}: {child.tail()}"
            log = child.log.read_text("utf-8")
            assert "uthorization" not in log, f"{name} was refused something: {child.tail()}"
            assert not [user for user in WRITES if Passwords(secured.passwords).read(user) in log]


def passed_over(secured: Secured, folder: Path, police: dict[str, str]) -> dict[str, str]:
    """Skip by the login of operations, while intake is away; its environment, with intake's keys, as compose has it."""
    before = ends(secured)
    late = folder / "Late.csv"
    late.write_text("CHILD,DOB,MISSING,MIS_START,MIS_END\n599999,01/02/2011,M,25/03/2026,\n")
    command = ["publish", str(late), "--agency", POLICE, "--format", "ssda903-missing", "--board", BOARD]
    assert run(police, "agencies", *command).returncode == 0
    ((partition, offset),) = before.items() - ends(secured).items()
    operations = secured.login("ypsem-operations")
    operations |= {"YPSEM_KEYS": str(folder / "keys"), "YPSEM_REGISTER": str(folder / "register")}
    place = ("--topic", raw(POLICE), "--partition", str(partition), "--offset", str(offset))
    skipped = run(operations, "streams", "skip", *place, "--reason", "tried out")
    assert skipped.returncode == 0, skipped.stderr
    return operations


def let_through(operations: dict[str, str]) -> None:
    """Redrive by the login of operations, once intake has met the skipped record and written its dead letter."""
    since = (now() - timedelta(days=1)).date().isoformat()

    def redriven() -> str | None:
        done = run(operations, "streams", "redrive", "--rule", "skipped", "--since", since)
        assert done.returncode in (0, 1), done.stderr
        return done.stdout if done.returncode == 0 else None

    told = poll_until(redriven, 90, "there is something to redrive")
    assert "1 records were refused by skipped" in told
    assert "1 forwarded, 0 still refused" in told


def ends(secured: Secured) -> dict[int, int]:
    """Where each partition of the raw topic ends."""
    consumer = KafkaConsumer(**secured.client("ypsem-operations"))
    try:
        partitions = consumer.partitions_for_topic(raw(POLICE)) or set()
        found = consumer.end_offsets([TopicPartition(raw(POLICE), one) for one in partitions])
        return {place.partition: offset for place, offset in found.items()}
    finally:
        consumer.close()


def backed_up(secured: Secured, folder: Path) -> None:
    """A backup by its own login, which may only read; it is restored as the administrator, into a new cluster."""
    certificate, key = folder / "backup.pem", folder / "backup.key"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=backup"]
    subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    register = {"YPSEM_REGISTER": str(folder / "register")}
    to = ("--to", str(folder / "off-host"), "--certificate", str(certificate))
    backup = run(secured.login("ypsem-backup") | register, "streams", "backup", *to)
    assert backup.returncode == 0, backup.stderr
    other = run(secured.login("ypsem-sink") | register, "streams", "backup", "--to", str(folder / "sinks"), *to[2:])
    assert other.returncode == 2, other.stdout
    assert not [path for path in (folder / "sinks").iterdir() if path.stat().st_size], "half of a backup was left"
    (path,) = (folder / "off-host").iterdir()
    opening = ("--from", str(path), "--certificate", str(certificate), "--key", str(key))
    restore = run(secured.admin() | register, "streams", "restore", *opening)
    assert restore.returncode == 1, "the administrator is let in, and told that the topics are not empty"


def _as(command: list[str], agency: str) -> list[str]:
    return [agency if word == POLICE else word for word in command]


def _released(engine: Any) -> bool:
    with engine.connect() as connection:
        return connection.execute(select(ReleaseRow)).first() is not None


def services_again(secured: Secured, folder: Path) -> Iterator[tuple[str, list[str], dict[str, str]]]:
    """The sink's environment, without making keys anew."""
    yield "sink", [], {
        "YPSEM_REGISTER": str(folder / "register"), "YPSEM_DATABASE_URL": f"sqlite:///{folder / 'sink.db'}"
    } | secured.login("ypsem-sink")  # fmt: skip


def through_http(secured: Secured, folder: Path) -> None:
    """The central intake with the gateway's login: an event of an agency that has no Kafka of its own."""
    kafka = {k: v for k, v in secured.login("ypsem-gateway").items() if k != "YPSEM_BOOTSTRAP"}
    with Gateway(folder / "gateway", secured.cluster.bootstrap, environment=kafka) as gateway:
        sent = event("cse_concern", record="http", agency=CARE)
        assert gateway.batch([sent], CARE).status == 202
        log = gateway.log()
        assert Passwords(secured.passwords).read("ypsem-gateway") not in log
