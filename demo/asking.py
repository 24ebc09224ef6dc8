"""What people request of every board once the events are in: the scan, releases, their approval, and the files."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from datetime import date

from demo.household import Household, say
from demo.planted import Planted
from demo.released import publish_files, releases_in_sql
from demo.rundir import ROOT, RunFolder, module
from demo.signals import score, silence_has_come
from models.contract.periods import PeriodKind, kind_of, last_year_of, windows_between
from models.register import Register
from models.store import make_engine

FILES_SECONDS = 600
"""How long it may take to write twenty releases as files on a busy machine: a PDF of 860 cells is six seconds' work."""
ASK_SECONDS = 60
BUILD_SECONDS = 60
"""How long one release may take on a busy machine."""
SIGNAL_SECONDS = 120
REQUESTER, APPROVER = "demo", "demo-approver"
"""Two people, as the rules require."""
RELEASE_FILES = ROOT / "var" / "releases"
HISTORY = (date(2024, 4, 1), date(2026, 4, 1))
"""What the synthetic exports cover."""

Environment = Mapping[str, str | None]


def windows_of(years: int, kinds: tuple[PeriodKind, ...] = ("quarter", "year")) -> list[str]:
    """The windows a run releases: all that end in the newest financial years, or the last of the shorter kind alone."""
    windows = windows_between(*HISTORY, kinds)
    newest = sorted({last_year_of(window) for window in windows})[-years:] if years else []
    last = [window for window in windows if kind_of(window) == kinds[0]][-1]
    return [window for window in windows if last_year_of(window) in newest] or [last]


def ask_for_scans(household: Household, run: RunFolder, environment: Environment, boards: Collection[str]) -> None:
    """Ask for the full scans. While history is being loaded, they publish the signals of its last year."""
    say("asking for the signals")
    jobs = [
        (
            f"request for a scan of {board}",
            module("consumers", "request-scan", "--board", board, "--as", REQUESTER),
            run.log(f"request-scan-{board}"),
        )
        for board in boards
    ]
    household.run_together(jobs, environment, ASK_SECONDS)


def ask_for_releases(
    household: Household, run: RunFolder, environment: Environment, register: Register, years: int
) -> dict[str, list[str]]:
    """Ask for the releases of every board; returns the windows asked for, by board."""
    wanted = {board.code: windows_of(years, board.windows) for board in register.boards}
    for board, windows in wanted.items():
        every = windows_between(*HISTORY, register.board_by_code[board].windows)
        covered = f"{len(every)} that the exports cover"
        say(f"{board}: requesting {len(windows)} releases of the {covered}: {', '.join(windows)}")
    jobs = [
        (
            f"request for releases of {board}",
            module("consumers", "request-release", "--board", board, "--as", REQUESTER, *_each_window(windows)),
            run.log(f"request-release-{board}"),
        )
        for board, windows in wanted.items()
    ]
    household.run_together(jobs, environment, ASK_SECONDS)
    return wanted


def wait_for_signals(household: Household, run: RunFolder, register: Register, planted: Mapping[str, Planted]) -> None:
    """Wait until the signals of every board are in SQL, and say how many there are."""
    engine = make_engine(run.database_url)
    try:
        there = "the signals of every board are in SQL"
        household.wait_for(lambda: silence_has_come(engine, planted), SIGNAL_SECONDS, there, every=0.3)
        for board, of_board in planted.items():
            scored = score(engine, register.board_by_code[board], of_board)
            counts = f"{scored.of_the_rise} of the planted rise, {scored.elsewhere} elsewhere"
            say(f"{board}: {scored.total} signals: {counts}")
    finally:
        engine.dispose()


def wait_for_releases(household: Household, run: RunFolder, wanted: Mapping[str, Collection[str]]) -> list[str]:
    """Wait until all releases asked for are in SQL; returns their ids."""
    began, count = time.monotonic(), sum(map(len, wanted.values()))
    engine = make_engine(run.database_url)
    try:
        there = f"{count} releases are in SQL"

        def all_there() -> bool:
            return all(set(windows) <= set(releases_in_sql(engine, b).values()) for b, windows in wanted.items())

        household.wait_for(all_there, BUILD_SECONDS * count, there, every=0.3)
        say(f"{there}, waited for {time.monotonic() - began:.0f} s")
        return sorted(release for board in wanted for release in releases_in_sql(engine, board))
    finally:
        engine.dispose()


def _each_window(windows: Collection[str]) -> list[str]:
    return [option for window in windows for option in ("--window", window)]


def approve(household: Household, run: RunFolder, environment: Environment, release_ids: list[str]) -> None:
    """Have somebody other than the requester approve the releases: until then no page shows a figure."""
    say(f"{APPROVER} approves what {REQUESTER} asked for")
    command = module("dashboards", "approve", *release_ids, "--as", APPROVER)
    household.run("approval", command, run.log("approve"), environment, ASK_SECONDS)
    check = module("dashboards", "audit", "verify")
    household.run("check of the audit log", check, run.log("audit"), environment, ASK_SECONDS)


def write_files(household: Household, run: RunFolder, environment: Environment) -> None:
    """Write the approved releases as files, into the run's folder and, for people to find, into var/releases."""
    say("writing the releases as files")
    command = module("dashboards", "export", "--all", "--out", str(run.path / "releases"))
    household.run("export of the releases", command, run.log("export"), environment, FILES_SECONDS)
    publish_files(run.path / "releases", RELEASE_FILES)
    say(f"the releases are in {RELEASE_FILES.relative_to(ROOT)}: JSON, CSV, XLSX, ODS and PDF")
