"""What a paper of the pack is made of, however it is written: parts, and in them sentences, tables and pictures. Pure.

A released number is never plain text here: it is a `Figure`, which knows the cell that it comes from. So a test can ask
a paper for all of its figures, and look each of them up in the release's file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from markupsafe import Markup

from models.releases import Cell


@dataclass(frozen=True)
class Figure:
    """One released cell as pages show it."""

    text: str
    """`315`, or its state in words."""
    window: str = ""
    cell: Cell | None = None
    """None if the release has no such cell."""
    low: int | None = None
    high: int | None = None
    """The range that is likely 9 times in 10."""

    @property
    def value(self) -> int | None:
        """The number; None for a state."""
        return self.cell.value if self.cell is not None else None

    @property
    def few(self) -> bool:
        """Whether it is "fewer than 10"."""
        return self.cell is not None and self.cell.state == "low"

    @property
    def likely(self) -> str:
        """`308 to 322`; empty for what is no number."""
        return "" if self.value is None or self.high is None else f"{self.low:,} to {self.high:,}"

    @property
    def told(self) -> str:
        """Within a sentence: `315 (likely 308 to 322)`."""
        return f"{self.text} (likely {self.likely})" if self.likely else self.text

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Itself."""
        return (self,)


@dataclass(frozen=True)
class Share:
    """A share of two released figures."""

    text: str
    likely: str
    part: Figure
    whole: Figure
    value: float | None = None
    low: float | None = None
    high: float | None = None
    """From 0 to 1."""

    @property
    def told(self) -> str:
        """Within a sentence: `68% (likely 64 to 72%)`."""
        return f"{self.text} (likely {self.likely})" if self.likely else self.text

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The two that it is worked out from."""
        return (self.part, self.whole)


Entry = str | Figure | Share
"""What stands in a table."""


@dataclass(frozen=True)
class Said:
    """A paragraph, and the figures in it."""

    text: str
    figures: tuple[Figure, ...] = ()
    strong: bool = False


@dataclass(frozen=True)
class Points:
    """A list of short sentences."""

    points: tuple[Said, ...]

    @property
    def figures(self) -> Iterator[Figure]:
        """All of them."""
        return (figure for point in self.points for figure in point.figures)


@dataclass(frozen=True)
class Row:
    """One row of a table: what it is about, its entries, and what is drawn as a bar."""

    name: str
    entries: tuple[Entry, ...]
    bar: Figure | Share | None = None

    @property
    def figures(self) -> Iterator[Figure]:
        """All of them."""
        for entry in self.entries:
            if not isinstance(entry, str):
                yield from entry.figures


@dataclass(frozen=True)
class Grid:
    """A table. With `most`, each row has a bar after its first entry, drawn from nothing to `most`."""

    caption: str
    columns: tuple[str, ...]
    """The heading of the names of rows, then of the entries."""
    rows: tuple[Row, ...]
    note: str = ""
    most: float = 0
    numeric: bool = True
    """Whether the entries are numbers, to be set to the right."""

    @property
    def figures(self) -> Iterator[Figure]:
        """All of them."""
        return (figure for row in self.rows for figure in row.figures)


@dataclass(frozen=True)
class Drawing:
    """A picture of released figures."""

    title: str
    svg: Markup
    said: str = ""
    """What to see in it, in a sentence."""
    points: tuple[tuple[str, Entry], ...] = ()
    """The same as data, for slides and for tests: a name and its entry."""
    wide: bool = False
    """Whether it needs the whole width of a page."""
    key: tuple[tuple[Markup, str], ...] = ()
    """What its colours and patterns mean: how each looks, and its words."""
    note: str = ""
    """How to read it."""

    @property
    def figures(self) -> Iterator[Figure]:
        """Those that are drawn."""
        for _, entry in self.points:
            if not isinstance(entry, str):
                yield from entry.figures


@dataclass(frozen=True)
class Choice:
    """One answer that the group may give, and what speaks for it."""

    option: str
    because: str


@dataclass(frozen=True)
class Decision:
    """What the group is asked to decide."""

    question: str
    why: Said
    choices: tuple[Choice, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Those of its reason."""
        return self.why.figures


@dataclass(frozen=True)
class Heat:
    """A table of figures that are shaded by how many children they are of."""

    caption: str
    columns: tuple[str, ...]
    """The heading of the names of rows, then of the figures."""
    rows: tuple[tuple[str, tuple[Figure, ...]], ...]
    note: str = ""

    @property
    def figures(self) -> Iterator[Figure]:
        """All of them."""
        return (figure for _, figures in self.rows for figure in figures)


Block = Said | Points | Grid | Drawing | Heat | Decision


@dataclass(frozen=True)
class Part:
    """A chapter of a paper."""

    title: str
    blocks: tuple[Block, ...]
    fresh: bool = False
    """Whether it begins a page."""


@dataclass(frozen=True)
class Stamp:
    """What every page of every paper says: of which release, for whom, made when."""

    board: str
    period: str
    release_id: str
    checksum: str
    """SHA-256 of the release's stored bytes."""
    taken_by: str
    made_on: str
    handling: str
    synthetic: str
    safety: str
    referral_route: str


@dataclass(frozen=True)
class Paper:
    """One paper of the pack."""

    kind: str
    """`meeting`, `brief`, `agency`, `slides` or `police`."""
    title: str
    stamp: Stamp
    facts: tuple[tuple[str, str], ...]
    """What the first page says of the release."""
    parts: tuple[Part, ...]
    cover: bool = False
    """Whether it has a title page."""
    notices: tuple[str, ...] = field(default=())
    """Correction notices: figures of the release that are wrong."""

    @property
    def figures(self) -> Iterator[Figure]:
        """Every released figure in it."""
        for part in self.parts:
            for block in part.blocks:
                yield from block.figures
