"""The releases that are shown, as documents, for the pages of measures and of training.

A page reads the documents of the windows that it shows, however many the board has: each is read and parsed when it is
first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary, ref

from sqlalchemy import Connection, select

from analysis.training.released import ReleasedBoard
from dashboards.queries.opened import KEPT
from dashboards.queries.releases import Released, every_release, of_windows
from models.releases import Release
from models.store import ReleaseRow

T = TypeVar("T")


def parsed(body: bytes) -> Release:
    """A stored release. It is kept, because a release never changes; whether it may be shown is checked every time."""
    return KEPT.open(body).release


class Bodies(Mapping[str, bytes]):
    """Window -> the stored bytes of a release that is shown, read from the database when they are first asked for."""

    def __init__(self, connection: Connection, ids: Mapping[str, str]) -> None:
        """`ids` has the release of each window."""
        # Weak, because what is known of a connection must not keep it.
        self._connection, self._engine, self._ids = ref(connection), connection.engine, ids
        self._read: dict[str, bytes] = {}

    def read(self, windows: Iterable[str]) -> None:
        """Read those of some windows at once; windows without a release that is shown are passed over."""
        wanted = {self._ids[window]: window for window in windows if window in self._ids and window not in self._read}
        if not wanted:
            return
        rows = select(ReleaseRow.release_id, ReleaseRow.body).where(ReleaseRow.release_id.in_(wanted))
        connection = self._connection()
        if connection is None or connection.closed:
            # Whether they are shown was asked on this page's own connection, and their bytes never change.
            with self._engine.connect() as another:
                found = another.execute(rows).all()
        else:
            found = connection.execute(rows).all()
        self._read |= {wanted[release_id]: body for release_id, body in found}

    def __getitem__(self, window: str) -> bytes:
        if window not in self._ids:
            raise KeyError(window)
        self.read((window,))
        return self._read[window]

    def __contains__(self, window: object) -> bool:
        return window in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


class Made(Mapping[str, T], Generic[T]):
    """Window -> what is made of the bytes of its release, when it is asked for."""

    def __init__(self, bodies: Bodies, make: Callable[[bytes], T]) -> None:
        self._bodies, self._make = bodies, make
        self._made: dict[str, T] = {}

    def __getitem__(self, window: str) -> T:
        if window not in self._made:
            self._made[window] = self._make(self._bodies[window])
        return self._made[window]

    def __contains__(self, window: object) -> bool:
        return window in self._bodies

    def __iter__(self) -> Iterator[str]:
        return iter(self._bodies)

    def __len__(self) -> int:
        return len(self._bodies)


@dataclass(frozen=True)
class Documents:
    """For one board: the release that counts for each window, and the document of each that is shown."""

    standing: Mapping[str, Released]
    bodies: Bodies
    """Window -> the stored bytes of a release that is shown."""
    shown: Mapping[str, Release]
    """The same, parsed."""
    figures: Mapping[str, ReleasedBoard]
    """The cells of the whole board of each."""


_of_connection: WeakKeyDictionary[Connection, dict[str, Documents]] = WeakKeyDictionary()
"""What was read for a page is not read twice: a connection serves one page."""


def documents(connection: Connection, board: str, windows: Iterable[str] = ()) -> Documents:
    """The releases and documents of one board as of now. Those of `windows` are read at once."""
    known = _of_connection.setdefault(connection, {})
    if board not in known:
        standing = of_windows(every_release(connection, board))
        bodies = Bodies(connection, {window: row.release_id for window, row in standing.items() if row.shown})
        shown = Made(bodies, lambda body: KEPT.open(body).release)
        known[board] = Documents(standing, bodies, shown, Made(bodies, lambda body: KEPT.open(body).figures))
    known[board].bodies.read(windows)
    return known[board]
