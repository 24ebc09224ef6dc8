"""One fuzzing run: real Kafka, real services, hostile messages on every way in, and a table of what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from models.contract import topics
from tests.agencies.serve.support import JSON, Gateway
from tests.factories import SCHOOLS
from tests.fuzz import surfaces
from tests.fuzz.file_intake import OUTBOX, fuzz_files, inside
from tests.fuzz.http_intake import Answers, Client, fuzz, on_the_wire, under_copied_ids
from tests.fuzz.raw_topic import Run
from tests.fuzz.surfaces import Surface, all_leaks, leaks
from tests.kafka.road import log_end

COPIED = 400
"""Records whose event ids are used over HTTP, too, at the most."""
Say = Callable[[str], object]


@dataclass
class Result:
    """What a run found; good when there is nothing in `problems`."""

    raw: int = 0
    http: int = 0
    files: int = 0
    rows: int = 0
    valid: int = 0
    kinds: int = 0
    surfaces: int = 0
    shared: int = 0
    """Event ids that more than one agency used."""
    opaque: int = 0
    opaque_refused: int = 0
    """Valid events under opaque keys and headers, and how many of them were refused for that."""
    statuses: dict[int, int] = field(default_factory=dict)
    file_statuses: dict[int, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0


def fuzz_everything(
    folder: Path, bootstrap: str, seed: int, raw: int, over_http: int, files: int, say: Say = lambda _: None
) -> Result:
    """Send, wait until all of it was decided, search; then plant in every place, and search once more."""
    began = time.monotonic()
    with ExitStack() as stack:
        run = Run.begin(folder, bootstrap, stack)
        clock = "YPSEM_CLOCK_OFFSET_SECONDS"
        environment = {clock: run.services.environment[clock]}
        gateways = {
            "the HTTP intake": Gateway(folder / "gateway", bootstrap, environment=environment),
            "the agency's intake": inside(folder / "agency", bootstrap, environment),
        }
        central, agency = gateways.values()
        stack.enter_context(central)
        agency.start("--agency", SCHOOLS)
        stack.enter_context(agency)
        say(f"sending {over_http} messages over HTTP")
        answers = fuzz(central, seed + 100, over_http)
        say(f"sending {files} files to an intake inside an agency")
        of_files = fuzz_files(agency, seed + 200, files)
        say(f"sending {raw} messages to raw topics")
        run.feed(seed, raw)
        copied = Answers()
        say(f"sending the same event ids over HTTP, as another agency: {min(COPIED, len(run.names))} of them")
        under_copied_ids(central, run.names[:COPIED], seed + 300, run.owners, copied)
        through = log_end(bootstrap, topics.raw(SCHOOLS))
        say(f"waiting for {run.sent.count + through} records to be decided")
        valid = len(run.sent.valid) + answers.valid + copied.valid + of_files.valid
        result = Result(run.sent.count, answers.sent, of_files.sent, of_files.rows, valid, len(run.sent.how))
        try:
            run.settle(run.sent.count + through, timeout=300 + raw / 200)
        except AssertionError as error:
            result.problems.append(str(error)[:500])
        result.problems += [f"{name} does not run" for name in run.alive()]
        result.problems += sorted({*answers.problems, *copied.problems, *of_files.problems})
        result.opaque, result.opaque_refused = len(run.sent.opaque), run.opaque_refused
        result.shared = run.owners.told.shared()
        result.problems += run.ownership()
        result.problems += [f"{name} does not run" for name, gateway in gateways.items() if not _alive(gateway)]
        result.problems += [f"{path.name} was left by an upload" for path in _left(agency)]
        say("searching everything that came out")
        places = [*run.surfaces(), *(place for name, gateway in gateways.items() for place in _of(name, gateway))]
        result.surfaces = len(places)
        result.problems += leaks(places)
        if not result.problems:
            say("planting in every place, and searching again")
            run.stop()
            for gateway in gateways.values():
                gateway.__exit__()
            result.problems += _not_found(places, agency)
        result.statuses = dict(sorted(answers.statuses.items()))
        result.file_statuses = dict(sorted(of_files.statuses.items()))
    result.seconds = time.monotonic() - began
    return result


def _alive(gateway: Gateway) -> bool:
    running = gateway.child is not None and gateway.child.exit_code is None
    return running and gateway.watched("/live").status == 200


def _of(name: str, gateway: Gateway) -> list[Surface]:
    found = [surfaces.file(path, f"log of {name}") for path in sorted(gateway.folder.glob("agencies-*.log"))]
    found.append(surfaces.scrape(gateway.metrics_port, name))
    if (outbox := gateway.folder / OUTBOX).exists():
        found.append(surfaces.file(outbox, "the outbox", frozenset({"lt token"})))
    return found


def _left(agency: Gateway) -> list[Path]:
    return [path for path in (agency.folder / f".{OUTBOX}-uploads").rglob("*") if path.is_file()]


def _not_found(places: list[Surface], agency: Gateway) -> list[str]:
    """What a search does not find although it was just planted: nothing, or the search has shown nothing.

    Into files, the database and topics it is put for real. What processes answer is asked of a server that repeats it.
    """
    problems = []
    with surfaces.repeating() as port:
        planted = []
        for place in places:
            if place.plant is not None:
                place.plant()
                planted.append(place)
            else:
                planted.append(replace(place, read=surfaces.scrape(port, "").read))
        found, wanted = set(leaks(planted)), set(all_leaks(planted))
        problems += [f"planted and not found: {what}" for what in sorted(wanted - found)]
        heard = Answers()
        Client(port).post("/v1/events", b"{}", {"Content-Type": JSON}, heard)
        on_the_wire(port, b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", heard)
        if len(heard.problems) != 2 * len(surfaces.WORDS):
            problems.append("the search of answers does not find what is in one")
    left = agency.folder / f".{OUTBOX}-uploads" / "planted" / "x.csv"
    left.parent.mkdir(parents=True)
    left.write_bytes(surfaces.PLANTED)
    if _left(agency) != [left]:
        problems.append("an upload left behind would not be seen")
    return problems
