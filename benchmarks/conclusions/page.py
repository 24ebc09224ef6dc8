"""docs/conclusions-validation.md: what is concluded, how often it is false, and what is found."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from analysis.training.effect import LEVEL
from analysis.training.needs import LIKELY, WORTH_ASKING
from benchmarks.conclusions import tables
from benchmarks.conclusions.plans import BLIND_TO, SECTOR_OF, SIZES
from benchmarks.conclusions.store import Kept
from benchmarks.conclusions.tables import KINDS, Share

OUT = Path(__file__).parents[2] / "docs" / "conclusions-validation.md"
WORDS = {
    "m18": "signs of a topic (M18)",
    "m18 any": "signs of any kind (M18)",
    "m2": "recognising in time (M2)",
    "m4": "raising concerns (M4)",
    "m7": "screening (M7), never called likely",
    "m6": "signs of a topic by coverage (M6), no longer used",
}
WANTED_NULL, WANTED_PLANTED = 200, 50


def write(kept: Sequence[Kept]) -> None:
    """The page, of the boards there are."""
    OUT.write_text("\n".join(lines(kept)) + "\n", "utf-8")


def lines(kept: Sequence[Kept]) -> Iterator[str]:
    """Every line."""
    yield "# What is concluded, and how often it is false"
    yield ""
    yield from _say(
        """Made by `make validate-conclusions`; do not edit. Boards are invented (`benchmarks/conclusions`): the demo's
        children and signs, with agencies that are harder to read than the demo's. There are several in a sector, each
        with habits of its own that shift from year to year. Contact lasts for part of the time. Signs and children are
        plain to all or to nobody, so that agencies do not notice independently. Records are copied from others, have no
        identifier, or one that nobody else has. Each board is released twice, a year apart, by the counting of the
        measures and the draw of a release. **A probability on the page of training is a probability in boards like
        these**; a real one may be harder still."""
    )
    nulls = [one for one in kept if one.null]
    yield from _say(
        f"""{len(kept)} boards: {len(nulls)} with nothing planted, {len(kept) - len(nulls)} with one to three things
        planted. {_complete(kept)} A figure in brackets is a share with its exact 95 % limits."""
    )
    yield from _verdicts(kept)
    yield from _false(kept)
    yield from _calibration(kept)
    yield from _found(kept)
    yield from _effects(kept)
    yield from _coverage(kept)


def _say(text: str) -> list[str]:
    """A paragraph, in lines."""
    return [*textwrap.wrap(" ".join(text.split()), 118, break_long_words=False, break_on_hyphens=False), ""]


def _complete(kept: Sequence[Kept]) -> str:
    short = [
        f"{size}: {len(tables.of_size(kept, size, null=True))} and {len(tables.of_size(kept, size, null=False))}"
        for size in SIZES
        if len(tables.of_size(kept, size, null=True)) < WANTED_NULL
        or len(tables.of_size(kept, size, null=False)) < WANTED_PLANTED * 4
    ]
    if not short:
        return "The run is complete."
    return (
        "The run is not complete (children a year, with nothing and with something planted: "
        f"{'; '.join(short)}); the same command goes on with it."
    )


def _verdicts(kept: Sequence[Kept]) -> Iterator[str]:
    stated = tables.stated_and_true(kept, KINDS, LIKELY, 1.01)
    false = Share(stated.of - stated.hits, stated.of)
    none = tables.with_a_false_one([one for one in kept if one.null])
    told = tables.effects(kept, "effective", "useless", "none")
    yield from ("", "## In short", "", "| asked | measured |", "|---|---|")
    yield f"| of the needs called likely (stated {LIKELY:.0%} or more), at most 10 % are false | {false} |".replace(
        "0%", "0 %"
    )
    yield f"| with nothing planted, at most one board in twenty shows a false one | {none} |"
    yield f"| an effect's {LEVEL:.0%} interval holds the truth 9 times in 10 | {tables.holding(told)} |".replace(
        "5%", "5 %"
    )


def _false(kept: Sequence[Kept]) -> Iterator[str]:
    yield from ("", "## With nothing planted", "")
    yield from _say(
        """Boards that show at least one need called likely which is false. Agencies differ all the same, so that a few
        needs are true on these boards."""
    )
    yield ("| children a year | boards | any kind | " + " | ".join(WORDS[kind] for kind in KINDS) + " |")
    yield "|---" * (3 + len(KINDS)) + "|"
    for size in tables.sizes(kept):
        of = tables.of_size(kept, size, null=True)
        cells = [str(tables.with_a_false_one(of)), *(str(tables.with_a_false_one(of, (kind,)).hits) for kind in KINDS)]
        yield f"| {size:,} | {len(of)} | {' | '.join(cells)} |"


def _calibration(kept: Sequence[Kept]) -> Iterator[str]:
    yield from ("", "## Stated and true", "")
    yield from _say(
        "All boards, by the probability that is stated. Of fewer than 20 stated there are too few to judge."
    )
    yield from ("| kind | stated | mean stated | true |", "|---|---|---|---|")
    for kinds, words in (
        (KINDS, "all that may be called likely"),
        *(((kind,), WORDS[kind]) for kind in (*KINDS, "m7", "m6")),
    ):
        for low, high in tables.BINS:
            share = tables.stated_and_true(kept, kinds, low, high)
            if share.of:
                few = "" if share.of >= tables.FEW else ", too few to judge"
                mean = tables.mean_stated(kept, kinds, low, high)
                yield f"| {words} | {low:.1f} to {min(high, 1.0):.1f} | {mean:.2f} | {share}{few} |"


def _found(kept: Sequence[Kept]) -> Iterator[str]:
    planted = [one for one in kept if not one.null]
    yield from ("", "## What is found", "")
    yield from _say(
        f"""Of the boards with a thing planted, those on which just that is called likely ({LIKELY} and more); in
        brackets worth asking or likely ({WORTH_ASKING} and more). A gap in signs leaves so much of noticing. Fewer
        screenings are never called likely, whatever their probability."""
    )
    sizes = tables.sizes(planted)
    yield from (
        "| planted | " + " | ".join(f"{size:,} a year" for size in sizes) + " |",
        "|---" * (1 + len(sizes)) + "|",
    )
    kinds = [("blind sector", str(left)) for left in BLIND_TO] + [("late recogniser", ""), ("under-reporter", "")]
    kinds.append(("fewer screenings", ""))
    for kind, left in kinds:
        cells = []
        for size in sizes:
            of = tables.of_size(planted, size, null=False)
            both = [tables.found(of, kind, least, left) for least in (LIKELY, WORTH_ASKING)]
            cells.append(f"{both[0].hits} ({both[1].hits}) of {both[0].of}")
        name = f"{kind}, {float(left):.0%} left".replace("%", " %") if left else kind
        yield f"| {name} | {' | '.join(cells)} |"
    yield ""
    yield from _say(
        """An agency that falls silent or loses its identifiers needs no training. Boards on which its sector has a need
        called likely all the same:"""
    )
    yield from (
        "| planted | " + " | ".join(f"{size:,} a year" for size in sizes) + " |",
        "|---" * (1 + len(sizes)) + "|",
    )
    for kind in ("silent agency", "untokened agency"):
        shares = (tables.blamed(tables.of_size(planted, size, null=False), kind, dict(SECTOR_OF)) for size in sizes)
        yield f"| {kind} | {' | '.join(f'{share.hits} of {share.of}' for share in shares)} |"


def _effects(kept: Sequence[Kept]) -> Iterator[str]:
    yield from ("", "## Effects of training", "")
    yield from _say(
        """Told where two untrained sectors have figures in both years; else refused. The truth is the change that the
        training makes in the children recorded, as is to be expected of the board."""
    )
    heads = ("told, refused", "interval holds the truth", "clear where training worked", "clear where nothing changed")
    yield f"| children a year | {' | '.join(heads)} |"
    yield "|---|---|---|---|---|"
    for size in tables.sizes(kept):
        of = [one for one in kept if one.judged.children == size]
        every = tables.effects(of, "effective", "useless", "none")
        refused = sum(one.judged.refused for one in of)
        worked, not_worked = (tables.effects(of, *names) for names in (("effective",), ("useless", "none")))
        cells = (f"{len(every)}, {refused}", tables.holding(every), tables.clear(worked), tables.clear(not_worked))
        yield f"| {size:,} | {' | '.join(map(str, cells))} |"


def _coverage(kept: Sequence[Kept]) -> Iterator[str]:
    yield from ("", "## Coverage, which gives no needs any more", "")
    yield from _say(
        f"""Rows by coverage (M6), as the page had them before, stated with {WORTH_ASKING} or more: those that are true,
        by topic. Judged on one board of four."""
    )
    yield from ("| topic | true |", "|---|---|")
    for topic, share in tables.false_topics(kept, "m6", WORTH_ASKING):
        yield f"| {topic} | {share} |"
