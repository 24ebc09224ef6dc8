"""An end-to-end run with canaries: an agency's commands, intake, ledger, sink and pages on the embedded broker."""

from __future__ import annotations

import csv
import json
import sqlite3
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer, KafkaProducer

from analysis.release import LADDER_VERSION
from dashboards.exports import formats
from dashboards.queries.views import VIEWS
from demo.processes import ChildProcess, free_port
from models.contract import topics
from models.service.keyfiles import write_key
from tests.agencies.command_line import Agency
from tests.attacks.canaries import CANARIES as C
from tests.attacks.canaries import of_topic
from tests.attacks.injected import Series, inject
from tests.attacks.leaving import leave, opened
from tests.factories import BOARD, event
from tests.kafka.road import read_all
from tests.support.services import start_module
from tests.support.waiting import poll_until

MAPPING = """
name: Synthetic canaries
source_system: spreadsheet
optional: [Postcode]
identifiers:
  nhs: NHS
  upn: UPN
  local: Person
  demog: {surname: Surname, first_name: First, dob: DOB, sex: Sex}
tables:
  kinds: {Gone: missing}
child:
  sex: {code: Sex, table: sex}
  age_band: {age_from: dob, column: DOB}
  areas.home: {first_of: [{area: Ward}, {area: Postcode, postcode: true}]}
events:
  - type: missing_episode
    key: [Ref]
    fields:
      occurred_on: {date: Start}
      status: {code: Kind, table: kinds}
"""
GOOD = {
    "Ref": C["record"], "Person": C["local"], "Kind": "Gone", "Start": "01/06/2025", "Sex": "Female", "DOB": C["birth"],
    "Ward": "", "Postcode": C["postcode"], "NHS": C["nhs"], "UPN": C["upn"], "Surname": C["surname"],
    "First": C["first-name"],
}  # fmt: skip
WINDOWS = ("2025Q2", "2025Q3", "2025Q4", "2026Q1", "2025FY")
"""The financial year of the good rows, and its quarters."""
ASK = ("request-release", "--board", BOARD, "--as", "test", *(o for window in WINDOWS for o in ("--window", window)))
SHOWN = ("2025Q2", "2025FY")
PAGES = (
    f"/boards/{BOARD}", f"/boards/{BOARD}/signals", "/methods",
    *(f"/boards/{BOARD}/{page}" for page in ("measures", "voices", "training", "actions", "files", "pack")),
    *(f"/boards/{BOARD}/{page}" for page in ("where", "kinds", "recognition", "responses", "compared", "inspection")),
    f"/boards/{BOARD}/places/{BOARD}-T1",
    *(f"/boards/{BOARD}/measures/m{number}" for number in range(1, 22)),
    *(f"/boards/{BOARD}/figures?window={window}&view={view.name}" for window in SHOWN for view in VIEWS),
)  # fmt: skip
FILES = (
    *(
        f"{BOARD}.{window}.l{LADDER_VERSION}.{suffix}"
        for window in SHOWN
        for suffix in sorted(set(formats.TYPES) - {formats.VOICES})
    ),
    f"{BOARD}.2025FY.l{LADDER_VERSION}.{formats.VOICES}",
)
IDENTIFYING = {"Ref", "Person", "NHS", "UPN", "Surname", "First", "DOB", "Postcode"}


def export_rows() -> list[dict[str, str]]:
    """A good row, each canary in each column where it does not belong, and twelve plain ones."""
    rows = [GOOD]
    for number, (column, text) in enumerate((column, text) for column in GOOD for text in C.values()):
        plain = {name: "" if name in IDENTIFYING else value for name, value in GOOD.items()}
        rows.append(plain | {"Ref": f"{C['record']}{number}", "Ward": "Ward 01", column: text})
    return rows


def spoilt_events(agency: str) -> Iterator[dict[str, Any]]:
    """Canonical events with a canary in every kind of place; none of them may be taken."""
    for number, text in enumerate(C.values()):
        for place in ("key", "status", "occurred_on", "event_id", "agency", "token", "source", "area", "list", "type"):
            yield _spoilt(canonical(agency, f"{number}-{place}"), place, text)


def canonical(agency: str, record: str) -> dict[str, Any]:
    """A good event of the agency."""
    return event(record=record, child=record, agency=agency, agreement_id="dsa-test")


def _spoilt(document: dict[str, Any], place: str, text: str) -> dict[str, Any]:
    data = document["data"]
    if place == "key":
        data[text] = text
    elif place == "token":
        data["tokens"][0]["token"] = text
    elif place == "area":
        data["areas"] = {"home": text}
    elif place == "list":
        data["reasons"] = [text]
    elif place in ("source", "type"):
        document[place] = text
    else:
        data[place] = text
    return document


@dataclass
class Run:
    """One run: what it wrote, and the text of each process's /metrics."""

    agency: Agency
    folder: Path
    metrics: dict[str, str] = field(default_factory=dict)
    page: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    """Address -> headers and HTML of every page that shows figures or signals, once the releases are approved."""
    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    """Name -> headers and content of each file that the pages offer."""
    printed: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    """What each command said that writes something that leaves."""
    published: int = 0
    moved: dict[str, dict[Series, float]] = field(default_factory=dict)
    """Which series each injected event moved."""
    released: list[set[bytes]] = field(default_factory=list)
    """For each release, every content that was ever sent under its key."""
    found: dict[str, bytes] = field(default_factory=dict, repr=False)
    """Its surfaces while the broker was there."""
    found_later: dict[str, bytes] = field(default_factory=dict, repr=False)
    """The dead letters after a test has planted a canary among them."""

    @property
    def bootstrap(self) -> str:
        return self.agency.bootstrap

    def surfaces(self) -> dict[str, bytes]:
        """Every place where something of the run can be read, but the agency's own exports and the key files."""
        found = {f"metrics:{name}": text.encode() for name, text in self.metrics.items()}
        found["page:/"] = self.page.encode()
        found |= {f"page:{path}": text.encode() for path, text in self.pages.items()}
        found |= {f"taken:{name}": content for name, content in self.files.items()}
        found |= {f"printed:{number}": text.encode() for number, text in enumerate(self.printed)}
        found |= {f"printed:{command}": text.encode() for command, text in self.said.items()}
        for path in sorted(self.folder.rglob("*")):
            inside = path.relative_to(self.folder)
            if path.is_file() and not {"exports", "keys", "gate", "ledger-keys"} & set(inside.parts):
                family = {"outbox.sqlite": "outbox", "sink.db": "database"}.get(path.name.split("-")[0], "file")
                found[f"{family}:{inside}"] = b"\n".join([str(inside).encode(), *opened(path)])
        for name in self.topics():
            found |= of_topic(name, read_all(self.bootstrap, name))
        return found

    def topics(self) -> list[str]:
        """Every topic of the broker."""
        consumer = KafkaConsumer(bootstrap_servers=self.bootstrap, group_id=None)
        try:
            return sorted(consumer.topics())
        finally:
            consumer.close()


def run(folder: Path, bootstrap: str) -> Run:
    """Publish, inject, wait until all is decided and released, and stop the services."""
    folder.mkdir()
    agency = Agency.found(folder, bootstrap, topics=False)
    done = Run(agency, folder)
    environment = agency.environment(
        YPSEM_DATABASE_URL=f"sqlite:///{folder / 'sink.db'}", YPSEM_IDEMPOTENT="false", YPSEM_SESSION_TIMEOUT="6",
        YPSEM_KAFKA_IDEMPOTENCE="false", YPSEM_SCHEDULE_SECONDS="1",
        YPSEM_POISON_LIMIT="100000", YPSEM_SIGN_IN="off",
    )  # fmt: skip
    write_key(folder / "gate" / "gate-1.key", "gate", 1)
    for name in ("record", "rounding"):
        write_key(folder / "ledger-keys" / f"{name}.key", name)
    _finish(start_module(folder, "streams", "topics", "--apply", env=environment))
    with ExitStack() as stack:
        ports, page = {}, free_port()
        for name, module, keys in (
            ("intake", ("streams", "worker", "--role", "intake"), "gate"),
            ("ledger", ("streams", "worker", "--role", "ledger"), "ledger-keys"),
            ("sink", ("consumers", "sink"), "none"),
            ("pages", ("dashboards", "serve", "--port", str(page)), "none"),
        ):
            ports[name] = free_port()
            own = {
                "YPSEM_KEYS": str(folder / keys), "YPSEM_DATADIR": str(folder / "state" / name),
                "YPSEM_METRICS_PORT": str(ports[name]),
            }  # fmt: skip
            stack.enter_context(start_module(folder, *module, env=environment | own))
        _agency_commands(done)
        refused, taken = _inject(done)
        accepted = done.published + taken

        def waited(topic: str, least: int) -> None:
            # A revision of one event is one key of the changelog, so distinct keys are counted everywhere.
            def enough() -> bool:
                return len({record.key for record in read_all(bootstrap, topic)}) >= least

            poll_until(enough, 60, f"{least} records are on {topic}")

        waited(topics.ACCEPTED, accepted)
        waited(topics.DEAD_LETTERS, refused)
        waited(topics.LEDGER_CHANGELOG, accepted)
        _finish(start_module(folder, "consumers", *ASK, env=environment))
        # Others come on schedule, too: it is these that have to be there.
        wanted = set(WINDOWS)
        poll_until(lambda: wanted <= _windows(folder / "sink.db") or None, 240, "the sink has the releases")
        for name, port in ports.items():
            done.metrics[name] = _fetch(port, "/metrics")[1]
        done.page = "\n".join(_fetch(page, "/"))
        done.said = leave(folder, environment)
        done.pages = {path: "\n".join(_fetch(page, path)) for path in PAGES}
        done.files = {name: _taken_away(page, name) for name in FILES}
        _inject_and_ask_again(done, environment, ports)
    return done


def _inject_and_ask_again(done: Run, environment: dict[str, str], ports: dict[str, int]) -> None:
    """One event after another into what was released already, and the same request once more."""
    done.moved = inject(
        done.bootstrap, done.agency.id, lambda: {name: _fetch(port, "/metrics")[1] for name, port in ports.items()}
    )
    _finish(start_module(done.folder, "consumers", *ASK, env=environment))

    def sent() -> list[Any] | None:
        found = read_all(done.bootstrap, topics.RELEASES)
        times = Counter(record.key for record in found)
        return found if sum(number >= 2 for number in times.values()) >= len(WINDOWS) else None

    contents: dict[bytes, set[bytes]] = {}
    for record in poll_until(sent, 60, "every release is sent again"):
        contents.setdefault(record.key, set()).add(record.value)
    done.released = list(contents.values())


def _taken_away(port: int, name: str) -> bytes:
    """A file from the pages; of those that are packed, `leaving` opens the same ones."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/releases/{name}", timeout=120) as answer:
            content: bytes = answer.read()
            return str(answer.headers).encode() + content
    except urllib.error.HTTPError as error:
        if error.code != 501:  # a PDF, and no Pango here
            raise
        return str(error.headers).encode()


def _agency_commands(done: Run) -> None:
    agency, exports = done.agency, done.folder / "exports"
    exports.mkdir()
    (exports / "mapping.yaml").write_text(MAPPING, "utf-8")
    (exports / "postcodes.csv").write_text(f"postcode,ward\n{C['postcode']},X05000001\n", "utf-8")
    with (exports / "list.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, GOOD)
        writer.writeheader()
        writer.writerows(export_rows())
    own = [json.dumps(canonical(agency.id, "good"))] + [json.dumps(one) for one in spoilt_events(agency.id)]
    (exports / "events.jsonl").write_text("\n".join(own), "utf-8")
    mapped = ["--format", "mapped-csv", "--mapping", str(exports / "mapping.yaml")]
    mapped += ["--postcodes", str(exports / "postcodes.csv"), "--board", BOARD]
    outbox = {"YPSEM_KAFKA_IDEMPOTENCE": "false"}
    for arguments in (
        ["check", str(exports / "list.csv"), *mapped, "--preview", "20"],
        ["check", str(exports / "list.csv"), *mapped, "--preview", "20", "--json"],
        ["check", str(exports / "events.jsonl"), "--format", "events", "--board", BOARD, "--preview", "5"],
        ["publish", str(exports / "list.csv"), "--agency", agency.id, *mapped, "--json", "--quiet"],
        ["publish", str(exports / "events.jsonl"), "--agency", agency.id, "--format", "events", "--json", "--quiet"],
        ["receipts", "--wait", "30"],
        ["report"],
    ):
        result = agency.run(*arguments, **outbox)
        done.printed.append(f"{result.output}\n{result.stderr}\n{result.exception!r}")
        if arguments[0] == "publish":
            done.published += int(json.loads(result.stdout)["published"])


Message = tuple[bytes | None, bytes, list[tuple[str, bytes]]]


def _inject(done: Run) -> tuple[int, int]:
    """Write to the raw topic past the agency's own checks; returns how many are to be refused and how many taken."""
    bad, good = injected(done.agency.id)
    producer = KafkaProducer(bootstrap_servers=done.bootstrap, enable_idempotence=False)
    try:
        for key, value, headers in (*bad, *good):
            producer.send(topics.raw(done.agency.id), key=key, value=value, headers=headers)
        producer.flush(30)
    finally:
        producer.close()
    return len(bad), len(good)


def injected(agency: str) -> tuple[list[Message], list[Message]]:
    """Key, value and headers of messages that intake must refuse, and of those it must take."""
    bad: list[Message] = [(None, json.dumps(one).encode(), []) for one in spoilt_events(agency)]
    good: list[Message] = [(BOARD.encode(), _good(agency, f"plain-{n}"), []) for n in range(3)]
    for kind, text in C.items():
        raw = text.encode()
        # Beside an event, and in an attribute that is not ours: dropped. The event is taken, and nothing of it is seen.
        good += [
            (raw, _good(agency, f"{kind}-1"), []),
            (None, _good(agency, f"{kind}-2"), [("x-note", raw)]),
            (None, _good(agency, f"{kind}-3"), [(text, b"")]),
            (None, json.dumps(canonical(agency, f"{kind}-4") | {"dataschema": text, text: text}).encode(), []),
        ]
        bad += [
            (None, b'{"data": {"note": "' + raw, []),
            (None, raw, []),
            (None, json.dumps({"note": text * 8000}).encode(), []),
        ]
    return bad, good


def _good(agency: str, record: str) -> bytes:
    return json.dumps(canonical(agency, record)).encode()


def _windows(database: Path) -> set[str]:
    """The windows of the first board's releases that the sink has stored."""
    if not database.exists():
        return set()
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        try:
            found = connection.execute("SELECT window FROM releases WHERE board = ?", (BOARD,))
            return {window for (window,) in found}
        except sqlite3.OperationalError:
            return set()


def _fetch(port: int, path: str) -> tuple[str, str]:
    """Headers and body of a page."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        return str(answer.headers), answer.read().decode()


def _finish(child: ChildProcess) -> None:
    with child:
        assert child.wait(60) == 0, child.tail()
