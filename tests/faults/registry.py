"""What a fault is, what its injection must prove, and its row in the table."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.faults.bench import SETTLE_SECONDS, Bench
from tests.faults.books import Difference, wait
from tests.faults.loads import mixture
from tests.faults.told import Headers, feed
from tests.support.pace import patience


class NotRun(Exception):
    """The fault cannot be injected here; the message says why, and the table repeats it."""


@dataclass
class Row:
    """One line of the table."""

    name: str
    times: int = 0
    events: int = 0
    lost: int = 0
    doubled: int = 0
    recovery: float | None = None
    seen: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    not_run: str = ""
    small: bool = False
    """Injected fewer times and into smaller loads."""
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Injected, nothing lost, nothing doubled, visible."""
        return not self.not_run and not self.problems and self.times > 0 and not self.lost and not self.doubled

    def add(self, found: Difference) -> None:
        """Take in a comparison."""
        self.lost += found.lost
        self.doubled += found.doubled
        self.problems += [f"{what}: {n}" for what, n in sorted(found.notes.items())]


class Turn:
    """A fault's turn on a bench: how it sends events, reports signs, and waits until all is settled."""

    def __init__(self, bench: Bench, row: Row, rng: random.Random, times: int, scale: float) -> None:
        self.bench = bench
        self.row = row
        self.rng = rng
        self.times = times
        self.scale = scale
        self._feeding: list[threading.Thread] = []
        self._load = 0
        self._written_before = 0

    # -- load -------------------------------------------------------------------------------------------------

    def events(self, wanted: int) -> int:
        """A number of events, scaled to the run."""
        return max(200, int(wanted * self.scale))

    def feed(
        self,
        messages: Iterable[tuple[str, bytes | None]] | None = None,
        *,
        events: int = 2000,
        per_second: float = 0,
        poison: bool | None = None,
        headers: Headers | None = None,
        background: bool = False,
    ) -> None:
        """Publish a load (a seeded mixture by default), now or in the background."""
        seed = self.rng.randrange(10**9)
        load = list(messages) if messages is not None else mixture(seed, self.events(events))
        self.row.events += len(load)
        self.bench.books.read_up()
        self._load, self._written_before = len(load), self.bench.books.rows_written

        def run() -> None:
            feed(self.bench.bootstrap, load, self.bench.told, per_second=per_second, poison=poison, seed=seed,
                 headers=headers)  # fmt: skip

        if not background:
            run()
            return
        thread = threading.Thread(target=run, name="producers")
        thread.start()
        self._feeding.append(thread)

    def mid_stream(self) -> bool:
        """Whether messages are on their way to the ledger, or still with the producers: a quick ledger may have caught
        up with slow producers."""
        return any(thread.is_alive() for thread in self._feeding) or self.bench.mid_stream()

    def fed(self) -> None:
        """Wait until everything that the producers sent is acknowledged."""
        for thread in self._feeding:
            thread.join(patience(150))
            assert not thread.is_alive(), "the producers did not end"
        self._feeding.clear()

    def under_way(self, share: float | None = None, seconds: float = 60) -> None:
        """Wait until the ledger has written rows for a share of the load, random by default: it is in mid-stream."""
        if share is None:
            share = self.rng.uniform(0.02, 0.4)
        books = self.bench.books
        enough = self._written_before + max(1, int(share * self._load))
        self.until(lambda: books.read_up() and books.rows_written >= enough, seconds, "the ledger is writing")

    # -- what it proves ---------------------------------------------------------------------------------------

    def struck(self, took_hold: bool = True) -> None:
        """Count an injection, if it is proven to have had an effect."""
        self.row.times += bool(took_hold)

    def see(self, what: str, visible: bool) -> None:
        """Note a sign by which an operator would see the fault; a sign that was not there is a problem."""
        if not visible:
            self.row.problems.append(f"not visible: {what}")
        elif what not in self.row.seen:
            self.row.seen.append(what)

    def look_for(self, what: str, condition: Callable[[], bool], seconds: float = 30) -> None:
        """Wait for an operator's sign of the fault."""
        self.see(what, wait(condition, seconds) is not None)

    def until(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait; AssertionError if it did not happen in time. The limit is longer on a busy machine."""
        assert wait(condition, seconds) is not None, f"waited {patience(seconds):.0f} s until {what}"

    # -- recovery ---------------------------------------------------------------------------------------------

    def settle(self, seconds: float = SETTLE_SECONDS) -> None:
        """The fault is over: wait until everything acknowledged is in the ledger and in SQL.

        Raises AssertionError if that takes too long; it says how far it got.
        """
        began = time.monotonic()
        self.fed()
        books, told = self.bench.books, self.bench.told
        assert self.bench.settle(seconds) is not None, (
            f"not settled in {patience(seconds):.0f} s: {told.count} told, {len(books.accepted)} accepted, "
            f"{len(books.refused)} refused, {books.in_ledger} in the ledger"
        )
        self.row.recovery = max(self.row.recovery or 0.0, time.monotonic() - began)


Run = Callable[[Turn], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: how it is injected, on which bench, how often, and its chapter in the runbook."""

    name: str
    bench: str
    """`one` broker, behind a proxy, or `three`; always with PostgreSQL."""
    times: int
    run: Run
    short: bool = False
    """In the short selection of `make test-all`."""
    quick_times: int = 1
    chapter: str = ""
    """Heading of docs/runbook.md that says what to do."""
    weight: int = 1
    """How long it takes beside the others, for the run's schedule."""
    behind: str = ""
    """The family after which it runs, where that is not its own."""
    fresh: bool = False
    """In a whole run it begins a new bench: what came before it has been replayed, and would only be read again."""


FAULTS: list[Fault] = []


def fault(
    name: str,
    *,
    bench: str = "one",
    times: int = 1,
    quick: int = 1,
    short: bool = False,
    weight: int = 1,
    chapter: str,
    behind: str = "",
    fresh: bool = False,
) -> Callable[[Run], Run]:
    """Register a function that injects a fault."""

    def registered(run: Run) -> Run:
        FAULTS.append(Fault(name, bench, times, run, short, quick, chapter, weight, behind, fresh))
        return run

    return registered
