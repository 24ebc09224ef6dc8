"""Starts the pages as a process, asks for every address as somebody who signed in, and says how long each took."""

from __future__ import annotations

import http.client
import secrets
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select

from analysis.measures.registry import BY_ID
from dashboards.exports import formats
from dashboards.pack.kinds import BY_FILE
from dashboards.people.cookies import Cookies
from dashboards.people.mapped import COSTLY, ROUTES
from dashboards.people.permissions import Act
from dashboards.people.person import Person, Role, stored
from demo.processes import free_port, start
from models.register import Register
from models.store import ActionRow, ReleaseRow, writing
from models.store.sessions import open_session

START_SECONDS = 60
PLENTY = str(10**6)
"""Requests a minute: what is measured here is not the limit."""


@dataclass(frozen=True)
class Address:
    """One address of a route."""

    route: str
    path: str
    file: bool
    """Whether it gives a file or checks a whole log, and is no page."""


@dataclass(frozen=True)
class Answer:
    """How long an address took: by the clock, and of the pages' processor time."""

    address: Address
    again: bool
    status: int
    seconds: float
    cpu: float
    size: int


def addresses(engine: Engine, register: Register) -> tuple[list[Address], list[str]]:
    """Every address that can be asked for, board by board, and the routes that need something unknown here."""
    agencies = {board.code: register.agencies_of(board.code)[0].id for board in register.boards}
    asked: list[Address] = []
    unknown: list[str] = []
    with engine.connect() as connection:
        for number, board in enumerate(register.boards):
            action = connection.scalar(select(ActionRow.action_id).where(ActionRow.board == board.code).limit(1))
            newest = select(ReleaseRow.release_id).where(ReleaseRow.board == board.code)
            release = connection.scalar(newest.order_by(ReleaseRow.ends_before.desc(), ReleaseRow.starts_on).limit(1))
            places = {
                "code": [board.code],
                "measure": list(BY_ID),
                "release": [str(release)],
                "name": [f"{release}.{suffix}" for suffix in formats.TYPES],
                "action": [str(action)],
                "place": [board.wards[0].code, board.towns[0].code],
                "agency": [agencies[board.code]],
                "paper": list(BY_FILE),
                "number": ["1", "2"],
            }
            for (method, route), act in ROUTES.items():
                file = (method, route) in COSTLY
                # Files of one board are enough: some take seconds, and have no target.
                if method != "GET" or act is Act.SIGN_OUT or (file and number):
                    continue
                paths = list(_filled(route, places))
                unknown += [route] * (not paths)
                asked += [Address(route, path, file) for path in paths]
    return list(dict.fromkeys(asked)), sorted(set(unknown))


def _filled(route: str, values: Mapping[str, list[str]]) -> Iterator[str]:
    """The addresses of a route; none if it has a part that is not known."""
    before, opened, rest = route.partition("{")
    if not opened:
        yield route
        return
    name, _, after = rest.partition("}")
    for value in values.get(name, ()):
        for end in _filled(after, values):
            yield before + value + end


@contextmanager
def serving(engine: Engine, url: str, register: Path, log: Path) -> Iterator[tuple[int, str, int]]:
    """The pages over a database: their port, the number of a session with every role, and the process."""
    port = free_port()
    every = (f"{role}:*" for role in Role)
    person = Person("https://provider.example", "reader", "Rita Reader", stored(every))
    with writing(engine).begin() as connection:
        number = open_session(
            connection, secrets.token_hex(8), issuer=person.issuer, subject=person.subject, who=person.who,
            name=person.name, grants=map(str, person.grants),
        )  # fmt: skip
    settings = {
        "YPSEM_DATABASE_URL": url,
        "YPSEM_REGISTER": str(register),
        "YPSEM_WEB_URL": f"http://127.0.0.1:{port}",
        "YPSEM_SIGN_IN": "oidc",
        "YPSEM_SIGN_IN_ISSUER": "https://provider.example",
        "YPSEM_SIGN_IN_CLIENT_ID": "ypsem",
        "YPSEM_WEB_PAGES_PER_MINUTE": PLENTY,
        "YPSEM_WEB_FILES_PER_MINUTE": PLENTY,
    }
    command = [sys.executable, "-m", "dashboards", "serve", "--port", str(port), "--metrics-port", "0"]
    with start("the pages", command, log, env=settings) as process:
        process.wait_for_port(port, START_SECONDS)
        yield port, number, process.pid


def ask(port: int, session: str, pid: int, asked: Iterable[Address], again: bool) -> list[Answer]:
    """Ask for each in turn, over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    answers = []
    for address in asked:
        cpu, began = cpu_seconds(pid), time.perf_counter()
        connection.request("GET", address.path, headers={"Cookie": f"{Cookies(tls=False).session}={session}"})
        answer = connection.getresponse()
        body, status = answer.read(), answer.status
        if status >= 500:  # a fault, after which the pages close the connection
            connection.close()
        took = time.perf_counter() - began
        answers.append(Answer(address, again, status, took, cpu_seconds(pid) - cpu, len(body)))
    return answers


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far: what other programs on the machine do is not in it."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def memory_mb(pid: int) -> float:
    """The most memory that a process has had in use."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
