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
from demo.released import cells_by_state, windows_in_sql
from demo.rundir import BOARD, REGISTER, RunFolder, module
from demo.services import answers, make_topics, start_broker, start_services
from models.contract.periods import quarters_between
from models.register import load_register
from models.store import make_engine

EXPORT_SECONDS = 120
ACCOUNT_SECONDS = 120
"""How long the stream tier may take over what is published last."""
RELEASE_SECONDS = 60
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
    windows = _request_releases(household, run, environment)
    engine = make_engine(run.database_url)
    try:
        cells = cells_by_state(engine)
    finally:
        engine.dispose()
    found = reconcile(accounts, cells, windows, time.monotonic() - began)
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


def _request_releases(household: Household, run: RunFolder, environment: dict[str, str | None]) -> int:
    """Ask for the release of every quarter the exports cover; returns how many are in SQL."""
    say("requesting the releases")
    wanted = set(quarters_between(*HISTORY))
    ask = [option for window in sorted(wanted) for option in ("--window", window)]
    command = module("consumers", "request-release", "--board", BOARD, "--as", "demo", *ask)
    household.run("request for releases", command, run.log("request-release"), environment, RELEASE_SECONDS)
    engine = make_engine(run.database_url)
    try:
        every = f"the releases of {len(wanted)} quarters are in SQL"
        household.wait_for(lambda: wanted <= windows_in_sql(engine, BOARD), RELEASE_SECONDS, every, every=0.3)
        say(every)
        return len(windows_in_sql(engine, BOARD))
    finally:
        engine.dispose()
