"""One run of the road from end to end: exports, agencies, Kafka, stream tier, SQL, page; then the reconciliation."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from demo import checks
from demo.accounts import RunAccount, reconcile
from demo.actions import write_actions
from demo.asking import (
    approve,
    ask_for_releases,
    ask_for_scans,
    wait_for_releases,
    wait_for_signals,
    write_files,
)
from demo.household import Household, say
from demo.planted import put_back, take
from demo.provider.people import OF_BOTH_BOARDS
from demo.publishing import Export, Publishing, read_manifest
from demo.receipts import ReceiptReader
from demo.released import approved_releases, cells_by_state
from demo.rundir import RunFolder, module
from demo.services import make_topics, start_broker, start_services
from demo.signals import Score, score
from demo.visitor import DemoVisitor
from models.register import Register, load_register
from models.store import make_engine

EXPORT_SECONDS = 120
ACCOUNT_SECONDS = 120
"""How long the stream tier may take over what is published last."""


@dataclass(frozen=True)
class RunOptions:
    """What a person may choose."""

    broker: str = "embedded"
    port: int = 8080
    scale: float = 1.0
    years: int = 2
    """How many of the financial years of history are released, each with its quarters; with none, the last quarter."""
    few: bool = False
    """Whether the boards release years and pairs of years, as one with few children does."""


@dataclass(frozen=True)
class Stored:
    """What a run left in SQL."""

    cells: Mapping[str, int]
    """Cells of approved releases by state."""
    releases: Mapping[str, int]
    """Board -> approved releases."""
    scores: Mapping[str, Score]
    """Board -> its signals, counted."""


def walk_the_road(household: Household, run: RunFolder, options: RunOptions) -> tuple[dict[str, Any], str]:
    """Walk it once; returns the reconciliation and the address of the page, with all services still running.

    Raises `ChildFailed` when a process ends early, `TimeoutError` when something does not happen in time.
    """
    began = time.monotonic()
    run.write_register(options.few)
    register = load_register(run.register)
    accounts = {agency.id: RunAccount() for agency in register.agencies}
    run.make_keys(accounts)
    exports, truths = _write_exports(household, run, register, options.scale)
    planted = {board: truth["planted"] for board, truth in truths.items()}
    bootstrap = start_broker(household, run, options.broker)
    environment = run.environment(bootstrap, embedded=options.broker == "embedded")
    make_topics(household, run, environment)
    url = start_services(household, run, environment, options.port)

    publishing = Publishing(household, run, environment, exports, accounts)
    with ReceiptReader(bootstrap, accounts) as reader:
        while not publishing.finished:
            household.check()
            publishing.step()
            reader.read(wait_ms=200)
        _account_for_all(household, reader, accounts)
    ask_for_scans(household, run, environment, planted)
    wanted = ask_for_releases(household, run, environment, register, options.years)
    write_actions(household, run, environment)  # while the ledger scans and builds
    wait_for_signals(household, run, register, planted)
    approve(household, run, environment, wait_for_releases(household, run, wanted))
    write_files(household, run, environment)

    stored = _stored(run, register, planted)
    by_kind = {board: dict(board_score.by_kind) for board, board_score in stored.scores.items()}
    result = reconcile(accounts, stored.cells, stored.releases, time.monotonic() - began, by_kind)
    with DemoVisitor(url, OF_BOTH_BOARDS) as visitor:
        result["adds_up"] |= checks.of_every_size(visitor.read, register, stored.releases)
        if options.scale >= 1 and not options.few:
            # A smaller borough has too few children for a signal: ten must be left without any one agency.
            result["adds_up"] |= checks.of_signals(stored.scores, planted)
            if options.years:
                result["adds_up"] |= checks.of_the_year(visitor.read, planted, register, options.years)
        result["page"] = visitor.status("")
    result["adds_up"] |= checks.of_people(url)
    result["ok"] = result["ok"] and all(result["adds_up"].values()) and result["page"] == 200
    for board, truth in truths.items():
        put_back(run.exports_of(board), truth)
    return result, url


def _write_exports(
    household: Household, run: RunFolder, register: Register, scale: float
) -> tuple[list[Export], dict[str, dict[str, Any]]]:
    """Have the synthetic agencies write their exports; returns them, and what was planted, by board."""
    say("synthetic agencies write their exports")
    boards = [board.code for board in register.boards]
    jobs = [
        (
            f"synthetic exports for {board}",
            module("demo.synthetic", "--out", str(run.exports_of(board)), "--scale", str(scale), "--board", board),
            run.log(f"synthetic-{board}"),
        )
        for board in boards
    ]
    household.run_together(jobs, {}, EXPORT_SECONDS)
    exports = [export for board in boards for export in read_manifest(run.exports_of(board))]
    return exports, {board: take(run.exports_of(board)) for board in boards}


def _stored(run: RunFolder, register: Register, planted: Mapping[str, Mapping[str, Any]]) -> Stored:
    engine = make_engine(run.database_url)
    try:
        scores = {board: score(engine, register.board_by_code[board], of_board) for board, of_board in planted.items()}
        return Stored(cells_by_state(engine), {board: approved_releases(engine, board) for board in planted}, scores)
    finally:
        engine.dispose()


def _account_for_all(household: Household, reader: ReceiptReader, accounts: dict[str, RunAccount]) -> None:
    """Wait until every published record is accounted for; when time runs out the reconciliation will say so."""
    deadline = time.monotonic() + ACCOUNT_SECONDS
    last_said = 0.0
    while not all(account.balanced for account in accounts.values()):
        household.check()
        reader.read()
        if time.monotonic() > deadline:
            say(f"gave up after {ACCOUNT_SECONDS} s: not every record is accounted for")
            return
        if time.monotonic() - last_said > 2:
            last_said = time.monotonic()
            left = sum(account.unaccounted for account in accounts.values())
            say(f"{left} published records are not accounted for yet")
    say("every published record is accounted for")
