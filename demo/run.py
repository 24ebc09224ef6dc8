"""One run of the road from end to end: exports, agencies, Kafka, stream tier, SQL, page; then the reconciliation."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from typing import Any

from demo.accounts import Account, reconcile
from demo.household import Household, say
from demo.publishing import Publishing, read_manifest
from demo.receipts import ReceiptReader
from demo.released import approved_releases, cells_by_state, publish_files, releases_in_sql
from demo.rundir import BOARD, REGISTER, ROOT, RunFolder, module
from demo.services import answers, make_topics, start_broker, start_services
from models.contract.periods import quarters_between
from models.register import load_register
from models.store import make_engine

EXPORT_SECONDS = 120
ACCOUNT_SECONDS = 120
"""How long the stream tier may take over what is published last."""
RELEASE_SECONDS = 60
REQUESTER, APPROVER = "demo", "demo-approver"
"""Two people, as the rules want (decision 22)."""
RELEASE_FILES = ROOT / "var" / "releases"
HISTORY = (date(2024, 4, 1), date(2026, 4, 1))
"""What the synthetic exports cover (decision 7)."""


@dataclass(frozen=True)
class Options:
    """What a person may choose."""

    broker: str = "embedded"
    port: int = 8080
    scale: float = 1.0


def walk_the_road(household: Household, run: RunFolder, options: Options) -> tuple[dict[str, Any], str]:
    """Walk it once; returns the reconciliation and the address of the page, with all services still running.

    Raises `ChildFailed` when a process ends early, `TimeoutError` when something does not happen in time.
    """
    began = time.monotonic()
    agencies = [agency.id for agency in load_register(REGISTER).agencies_of(BOARD)]
    accounts = {agency: Account() for agency in agencies}
    run.make_keys(agencies)
    bootstrap = start_broker(household, run, options.broker)
    environment = run.environment(bootstrap, embedded=options.broker == "embedded")
    make_topics(household, run, environment)
    url = start_services(household, run, environment, options.port)

    say("synthetic agencies write their exports")
    write = module("demo.synthetic", "--out", str(run.exports), "--scale", str(options.scale))
    household.run("synthetic exports", write, run.log("synthetic"), environment, EXPORT_SECONDS)
    exports = read_manifest(run.exports)
    publishing = Publishing(household, run, environment, exports, accounts)
    with ReceiptReader(bootstrap, accounts) as reader:
        while not publishing.finished:
            household.check()
            publishing.step()
            reader.read(wait_ms=200)
        _account_for_all(household, reader, accounts)
    release_ids = _request_releases(household, run, environment)
    _approve(household, run, environment, release_ids)
    _write_files(household, run, environment)
    engine = make_engine(run.database_url)
    try:
        cells, approved = cells_by_state(engine), approved_releases(engine)
    finally:
        engine.dispose()
    found = reconcile(accounts, cells, approved, time.monotonic() - began)
    found["page"] = answers(url)
    found["ok"] = found["ok"] and found["page"] == 200
    return found, url


def _account_for_all(household: Household, reader: ReceiptReader, accounts: dict[str, Account]) -> None:
    """Wait until every published record is accounted for; when time runs out the reconciliation will say so."""
    deadline = time.monotonic() + ACCOUNT_SECONDS
    told = 0.0
    while not all(account.balanced for account in accounts.values()):
        household.check()
        reader.read()
        if time.monotonic() > deadline:
            say(f"gave up after {ACCOUNT_SECONDS} s: not every record is accounted for")
            return
        if time.monotonic() - told > 2:
            told = time.monotonic()
            left = sum(account.unaccounted for account in accounts.values())
            say(f"{left} published records are not accounted for yet")
    say("every published record is accounted for")


def _request_releases(household: Household, run: RunFolder, environment: dict[str, str | None]) -> list[str]:
    """Ask for the release of every quarter the exports cover; returns the ids of all that are in SQL."""
    say("requesting the releases")
    wanted = set(quarters_between(*HISTORY))
    ask = [option for window in sorted(wanted) for option in ("--window", window)]
    command = module("consumers", "request-release", "--board", BOARD, "--as", REQUESTER, *ask)
    household.run("request for releases", command, run.log("request-release"), environment, RELEASE_SECONDS)
    engine = make_engine(run.database_url)
    try:
        every = f"the releases of {len(wanted)} quarters are in SQL"

        def all_there() -> bool:
            return wanted <= set(releases_in_sql(engine, BOARD).values())

        household.wait_for(all_there, RELEASE_SECONDS, every, every=0.3)
        say(every)
        return sorted(releases_in_sql(engine, BOARD))
    finally:
        engine.dispose()


def _approve(household: Household, run: RunFolder, environment: dict[str, str | None], release_ids: list[str]) -> None:
    """Have somebody else than who asked approve the releases: until then no page shows a figure."""
    say(f"{APPROVER} approves what {REQUESTER} asked for")
    command = module("dashboards", "approve", *release_ids, "--as", APPROVER)
    household.run("approval", command, run.log("approve"), environment, RELEASE_SECONDS)
    check = module("dashboards", "audit", "verify")
    household.run("check of the audit log", check, run.log("audit"), environment, RELEASE_SECONDS)


def _write_files(household: Household, run: RunFolder, environment: dict[str, str | None]) -> None:
    """Write the approved releases as files, into the run's folder and, for people to find, into var/releases."""
    say("writing the releases as files")
    command = module("dashboards", "export", "--all", "--out", str(run.path / "releases"))
    household.run("export of the releases", command, run.log("export"), environment, EXPORT_SECONDS)
    publish_files(run.path / "releases", RELEASE_FILES)
    say(f"the releases are in {RELEASE_FILES.relative_to(ROOT)}: JSON, CSV, XLSX, ODS and PDF")
