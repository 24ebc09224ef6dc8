"""The pages of two boards in which every stored text is an attack, and people who sign in at a real provider."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, Engine, insert, select
from starlette.testclient import TestClient

from dashboards.life.states import LifeState
from dashboards.people.cookies import SESSION, form_token
from dashboards.people.entrance import WithSessions
from dashboards.people.limits import Limits, Rates
from dashboards.people.mapped import OPEN, ROUTES
from dashboards.people.person import Role
from dashboards.registry import RegisterReader
from dashboards.sign_in.provider import Provider, Registration
from dashboards.sign_in.routes import SignIn
from dashboards.web import create_app
from demo.boards import LARGE, SMALL, content
from models.releases import RequestBuild
from models.service import clock
from models.store import Base, audit, make_engine, upgrade
from tests.dashboards.conftest import HOST, REGISTER, store
from tests.dashboards.sign_in.lying_provider import CLIENT, SECRET, LyingProvider, lying_provider
from tests.dashboards.voices.releases import with_voices
from tests.models.store.factories import make_release

ROOT = f"https://{HOST}"
POISON = """"'></title></textarea></td><zq-el zq-attr=1>{{7*7}}"""
"""Leaves any text, attribute or element that does not escape it, and shows in the page as an element of this name."""
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
PERSON = f"sub:{POISON}"
ACTION, GRANT, ASKED, TOLD = "act-{:016x}", "{:024}", "asked-{}", "aldermere-police"
EVERY_ROLE = tuple(f"{role}:*" for role in Role if role is not Role.VIEWER)


def grant(role: Role, board: str) -> str:
    """A role on a board as the provider's claim writes it."""
    return f"{role}:{board}:{TOLD}" if role is Role.VIEWER else f"{role}:{board}"


def poisoned_register(directory: Path) -> Path:
    """The demo's register of both boards; every free text begins a formula and ends in an attack."""
    both, at = content(), 0

    def poison(part: Any) -> None:
        nonlocal at
        if isinstance(part, dict):
            for name, value in part.items():
                if name in ("name", "referral_route") and isinstance(value, str):
                    part[name] = f"{FORMULAS[at % len(FORMULAS)]}{value} {POISON}"
                    at += 1
                else:
                    poison(value)
        elif isinstance(part, list):
            for one in part:
                poison(one)

    poison(both)
    directory.mkdir()
    (directory / f"register-{both['version']}.yaml").write_text(yaml.safe_dump(both, allow_unicode=True), "utf-8")
    for path in REGISTER.glob("signals-*.yaml"):
        (directory / path.name).write_text(path.read_text("utf-8"), "utf-8")
    return directory


NOT_OURS = {
    "releases", "release_cells", "release_states", "signals", "submissions",  # closed models, checked on the way in
    "leases", "service_state", "sink_offsets",  # on no page
    "sessions", "typed_forms", "service_tokens",  # written by the sign-in and the forms that are attacked here
}  # fmt: skip
"""Tables that no attack here is written into. A new table is attacked until it is put here."""


def poison_tables(connection: Connection, board: str, release: str, number: int) -> None:
    """One row in each other table. What holds no key, no code of ours and no hash holds an attack."""
    now, today = clock.now(), clock.today()
    action, closed = ACTION.format(number), {"closed_on": None, "revoked_at": None, "published_at": None}
    codes: dict[str, dict[str, Any]] = {
        "actions": {"action_id": action, "source": "audit", "impact": "evidenced"},
        "action_acknowledgements": {"action_id": action, "agency": TOLD},
        "action_agencies": {"action_id": action},
        "access_grants": {"grant_id": GRANT.format(number), "role": "chair"},
        "release_annotations": {"annotation_id": f"note-{number}"},
        "release_corrections": {"reason": "return", "measure": ""},
        "requests": {"request_id": f"req-{number}", "kind": "build_releases"},
        "remedy_requests": {
            "request_id": ASKED.format(number),
            "kind": "skip",
            "reason": "stops_worker",
            "requested_at": now,
            "confirmed_by": None,
            "confirmed_at": None,
            "outcome": None,
            "answered_at": None,
        },
        "remedies": {"remedy_id": f"remedy-{number}", "kind": "hold", "rule": ""},
    }
    asked = RequestBuild(request_id=f"req-{number}", board=board, windows=("2026Q1",), requested_at=now)
    codes["requests"]["body"] = asked.model_dump_json().encode()
    people = ("by", "principal", "given_by", "person", "confirmed_by", "revoked_by", "requested_by")
    for table in Base.metadata.sorted_tables:
        if table.name in NOT_OURS or table.name == "audit_log":
            continue
        row: dict[str, Any] = {}
        for column in table.columns:
            kind = column.type.python_type
            made = {str: f"{table.name} {number}{POISON}", int: number, bool: True, bytes: b"{}", date: today}.get(
                kind, now
            )
            row[column.name] = PERSON if column.name in people else made
        row |= {name: value for name, value in {"board": board, "release_id": release, **closed}.items() if name in row}
        connection.execute(insert(table).values(**row | codes.get(table.name, {})))
    for about in (board, release, action):
        audit.append(connection, PERSON, POISON[:32], about, POISON[-32:])
        audit.append(connection, "=cmd|' /C calc'!A0", "+1", about, "@SUM(1)")
        audit.append(connection, "-2", "\t=1", about, "\r=1")


@dataclass
class World:
    """The pages, and whoever comes to them."""

    engine: Engine
    register_dir: Path
    provider: LyingProvider
    limits: Limits
    releases: dict[str, str] = field(default_factory=dict)
    """Board -> a release of it whose figures are shown."""

    def __post_init__(self) -> None:
        known = Registration(self.provider.issuer, CLIENT, SECRET, f"{ROOT}/sign-in/back", f"{ROOT}/signed-out")
        sessions = WithSessions(self.engine, frozenset({HOST}))
        self.app = create_app(
            self.engine, RegisterReader(self.register_dir), sessions, SignIn(Provider(known), "roles"), self.limits
        )

    def browser(self, cookie: str = "") -> TestClient:
        """A browser without a session, or with one."""
        kept = {SESSION: cookie} if cookie else None
        return TestClient(self.app, ROOT, raise_server_exceptions=False, follow_redirects=False, cookies=kept)

    def signed_in(self, *grants: str, client: TestClient | None = None, **claims: Any) -> TestClient:
        """Somebody's browser after they signed in at the provider; `claims` are what it says of them besides."""
        client = client or self.browser()
        self.provider.claims = {"sub": "s-1", "name": "Rita", "roles": list(grants), **claims}
        begun = client.get("/sign-in/start")
        came = client.get(self.provider.authorised(begun.headers["location"]))
        assert came.status_code == 303, came.text
        return client

    def everyone(self, **claims: Any) -> TestClient:
        """Somebody who has every role on both boards."""
        return self.signed_in(*EVERY_ROLE, *(grant(Role.VIEWER, board) for board in (LARGE, SMALL)), **claims)

    def filled(self, board: str = LARGE, **other: str) -> dict[str, str]:
        """A value for every part of an address that is a parameter: things of one board, or others."""
        number = 1 + (board != LARGE)
        release = self.releases[board]
        values = {
            "code": board,
            "measure": "m6",
            "number": "2",
            "release": release,
            "name": f"{release}.csv",
            "agency": TOLD,
            "place": f"{board}-T1",
            "paper": "brief.pdf",
        }
        return (
            values
            | {"action": ACTION.format(number), "grant": GRANT.format(number), "request": ASKED.format(number)}
            | other
        )

    def address(self, path: str, board: str = LARGE, **other: str) -> str:
        """The address of a route; raises `KeyError` for a parameter that nobody has filled in yet."""
        return path.format(**self.filled(board, **other))


def token_of(client: TestClient) -> str:
    """What a form of this browser's session has to carry."""
    return form_token(str(client.cookies[SESSION]))


def routes(method: str) -> list[str]:
    """Every path of the pages that this method is for, those without a session included."""
    return sorted(path for known, path in {*ROUTES, *OPEN} if known == method)


def dump(engine: Engine) -> dict[str, list[Any]]:
    """All that the database holds, but for the log of looks and when a session or a person was last seen."""
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table)).all()]
            for table in Base.metadata.sorted_tables
            if table.name not in ("sessions", "people", "audit_log")
        }


@contextmanager
def world(directory: Path) -> Iterator[World]:
    """One that nobody's requests are too many for."""
    engine = make_engine(f"sqlite:///{directory / 'pages.db'}")
    upgrade(engine)
    big = 10**6
    with lying_provider() as provider:
        made = World(engine, poisoned_register(directory / "register"), provider, Limits(Rates(big, big, big)))
        for number, board in enumerate((LARGE, SMALL), 1):
            quarter, year = make_release(), with_voices()
            release = (quarter if board == LARGE else year).model_copy()
            released = release.model_copy(
                update={"board": board, "release_id": release.release_id.replace(LARGE, board)}
            )
            store(engine, released, checked=number == 1, state=LifeState.APPROVED)
            made.releases[board] = released.release_id
            with engine.begin() as connection:
                poison_tables(connection, board, released.release_id, number)
        try:
            yield made
        finally:
            engine.dispose()
