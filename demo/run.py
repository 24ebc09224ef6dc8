"""One run of the road from end to end: exports, agencies, Kafka, stream tier, SQL, page; then the reconciliation."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from typing import Any

from demo.accounts import RunAccount, reconcile
from demo.actions import write_actions
from demo.household import Household, say
from demo.publishing import Publishing, read_manifest
from demo.receipts import ReceiptReader
from demo.released import approved_releases, cells_by_state, publish_files, releases_in_sql
from demo.rundir import BOARD, ROOT, RunFolder, module
from demo.services import answers, make_topics, start_broker, start_services
from demo.shown import measures_with_a_figure, needs_shown, planted_needs
from demo.signals import score, silence_has_come
from models.contract.periods import PeriodKind, kind_of, last_year_of, windows_between
from models.register import load_register
from models.store import make_engine

EXPORT_SECONDS = 120
FILES_SECONDS = 600
"""How long it may take to write ten releases as files on a busy machine: a PDF of 860 cells is six seconds' work."""
ACCOUNT_SECONDS = 120
"""How long the stream tier may take over what is published last."""
RELEASE_SECONDS = 60
BUILD_SECONDS = 60
"""How long one release may take on a busy machine."""
SIGNAL_SECONDS = 120
MEASURES = 17
REQUESTER, APPROVER = "demo", "demo-approver"
"""Two people, as the rules want."""
RELEASE_FILES = ROOT / "var" / "releases"
HISTORY = (date(2024, 4, 1), date(2026, 4, 1))
"""What the synthetic exports cover."""


@dataclass(frozen=True)
class RunOptions:
    """What a person may choose."""

    broker: str = "embedded"
    port: int = 8080
    scale: float = 1.0
    years: int = 2
    """How many of the financial years of history are released, each with its quarters; with none, the last quarter."""
    few: bool = False
    """Whether the board releases years and pairs of years, as one with few children does."""


def walk_the_road(household: Household, run: RunFolder, options: RunOptions) -> tuple[dict[str, Any], str]:
    """Walk it once; returns the reconciliation and the address of the page, with all services still running.

    Raises `ChildFailed` when a process ends early, `TimeoutError` when something does not happen in time.
    """
    began = time.monotonic()
    if options.few:
        run.release_years_and_pairs()
    register = load_register(run.register)
    agencies = [agency.id for agency in register.agencies_of(BOARD)]
    accounts = {agency: RunAccount() for agency in agencies}
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
    _request_scan(household, run, environment)
    wanted = windows_of(options.years, register.board_by_code[BOARD].windows)
    release_ids = _request_releases(household, run, environment, wanted)
    _approve(household, run, environment, release_ids)
    write_actions(household, run, environment)
    _write_files(household, run, environment)
    engine = make_engine(run.database_url)
    try:
        cells, approved = cells_by_state(engine), approved_releases(engine)
        signals = score(engine, run.exports / "truth.json")
    finally:
        engine.dispose()
    found = reconcile(accounts, cells, approved, time.monotonic() - began, signals.by_kind)
    if options.scale >= 1 and not options.few:
        # A smaller borough has too few children for a signal: ten must be left without any one agency.
        found["adds_up"]["the planted rise is a signal, and no more false ones came than nominal"] = signals.found
        found["ok"] = found["ok"] and signals.found
        if options.years:
            shown, needs = measures_with_a_figure(url), needs_shown(url)
            likely = {need for need, standing in needs.items() if standing == "likely"}
            say(f"{len(shown)} of {MEASURES} measures show a figure for the year")
            say(f"training needs called likely: {sorted(likely)}")
            found["adds_up"]["every measure shows a figure for the year"] = len(shown) == MEASURES
            # What compares a sector with its own past needs the year before.
            planted = planted_needs(run.exports / "truth.json")
            sound = likely <= planted and (options.years < 2 or bool(likely))
            found["adds_up"]["every training need called likely is planted, and there is one"] = sound
            found["ok"] = all([found["ok"], *found["adds_up"].values()])
    found["page"] = answers(url)
    found["ok"] = found["ok"] and found["page"] == 200
    return found, url


def windows_of(years: int, kinds: tuple[PeriodKind, ...] = ("quarter", "year")) -> list[str]:
    """The windows a run releases: all that end in the newest financial years, or the last of the shorter kind alone."""
    windows = windows_between(*HISTORY, kinds)
    newest = sorted({last_year_of(window) for window in windows})[-years:] if years else []
    last = [window for window in windows if kind_of(window) == kinds[0]][-1]
    return [window for window in windows if last_year_of(window) in newest] or [last]


def _account_for_all(household: Household, reader: ReceiptReader, accounts: dict[str, RunAccount]) -> None:
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


def _request_scan(household: Household, run: RunFolder, environment: dict[str, str | None]) -> None:
    """Ask for the full scan, which while history is loaded tells the signals of its last year."""
    say("asking for the signals")
    command = module("consumers", "request-scan", "--board", BOARD, "--as", REQUESTER)
    household.run("request for a scan", command, run.log("request-scan"), environment, RELEASE_SECONDS)
    engine = make_engine(run.database_url)
    try:
        household.wait_for(lambda: silence_has_come(engine), SIGNAL_SECONDS, "the signals are in SQL", every=0.3)
        found = score(engine, run.exports / "truth.json")
        say(f"{found.total} signals: {found.of_the_rise} of the planted rise, {found.elsewhere} elsewhere")
    finally:
        engine.dispose()


def _request_releases(
    household: Household, run: RunFolder, environment: dict[str, str | None], windows: list[str]
) -> list[str]:
    """Ask for the releases of some windows; returns the ids of all that are in SQL."""
    every = windows_between(*HISTORY, load_register(run.register).board_by_code[BOARD].windows)
    say(f"requesting {len(windows)} releases of the {len(every)} that the exports cover: {', '.join(windows)}")
    began, wanted = time.monotonic(), set(windows)
    ask = [option for window in windows for option in ("--window", window)]
    command = module("consumers", "request-release", "--board", BOARD, "--as", REQUESTER, *ask)
    household.run("request for releases", command, run.log("request-release"), environment, RELEASE_SECONDS)
    engine = make_engine(run.database_url)
    try:
        there = f"{len(wanted)} releases are in SQL"

        def all_there() -> bool:
            return wanted <= set(releases_in_sql(engine, BOARD).values())

        household.wait_for(all_there, BUILD_SECONDS * len(wanted), there, every=0.3)
        say(f"{there}, built in {time.monotonic() - began:.0f} s")
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
    household.run("export of the releases", command, run.log("export"), environment, FILES_SECONDS)
    publish_files(run.path / "releases", RELEASE_FILES)
    say(f"the releases are in {RELEASE_FILES.relative_to(ROOT)}: JSON, CSV, XLSX, ODS and PDF")
