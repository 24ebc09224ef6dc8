"""Settled home areas as records of the ledger table `homes` (ADR 0008, ADR 0025). Personal data.

A record's key is `board|financial year|kind:token`, so that erasing a token is to delete the keys that end in it; its
value is the area and the cut-off of the release that settled it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

import orjson

from analysis.homes import Settled, settled
from analysis.ledger.links import digest

Pair = tuple[bytes, bytes]


def record_of(board: str, home: Settled) -> Pair:
    """Key and value of a settled home."""
    key = f"{board}|{home.year}|{home.kind}:{home.token}".encode()
    return key, orjson.dumps([home.area, home.at])


def homes_in(records: Iterable[Pair]) -> Iterator[Settled]:
    """The settled homes in some records of one board."""
    for key, value in records:
        _, year, named = key.decode().split("|")
        kind, _, token = named.partition(":")
        area, at = orjson.loads(value)
        yield settled(year, kind, token, area, at)


def records_of_board(table: Mapping[bytes, bytes], board: str, years: frozenset[str]) -> list[Pair]:
    """The records of a board in some financial years."""
    wanted = {f"{board}|{year}|".encode() for year in years}
    prefix = len(next(iter(wanted))) if wanted else 0
    return sorted((key, value) for key, value in table.items() if key[:prefix] in wanted)


def keys_of_links(table: Iterable[bytes], board: str, links: Set[str]) -> list[bytes]:
    """The keys that go when none of a board's events carries the tokens with these digests any more, of every year."""
    prefix = f"{board}|".encode()
    return [key for key in table if key.startswith(prefix) and digest(key.decode().rpartition(":")[2]) in links]
