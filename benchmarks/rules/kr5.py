"""KR5, as releases of ladders 1 to 3 were made: rounding at random by the set of children, and a floor for insiders.

Reimplemented for comparison. A set that is counted twice shows the same; a figure is a multiple of five less than five
away, one step up where two agencies between them know nearly all of the children.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from itertools import combinations

from analysis.disclosure.noise import RoundingKeys

BASE = 5
THRESHOLD = 5
WIDTH = 3
LOWEST = 2 * BASE


def protect(children: AbstractSet[str], by_agency: Mapping[str, AbstractSet[str]], keys: RoundingKeys) -> int:
    """The rounded count; what is below `LOWEST` is shown as `<10`. `by_agency` is empty for a cell of one agency."""
    pairs = combinations(by_agency.values(), min(2, len(by_agency))) if by_agency else ()
    known = max((len(frozenset().union(*pair)) for pair in pairs), default=0)
    value = _rounded(len(children), children, keys)
    if value < LOWEST:
        if LOWEST - 1 - known >= WIDTH:
            return value
        value = LOWEST
    while value + BASE - 1 - known < WIDTH:
        value += BASE
    return value


def _rounded(count: int, children: AbstractSet[str], keys: RoundingKeys) -> int:
    if count < THRESHOLD:
        return 0
    whole, rest = divmod(count, BASE)
    total = sum(_blake(child.encode(), keys.record) for child in children) % (1 << 64)
    return BASE * (whole + (_blake(total.to_bytes(8, "big"), keys.rounding) * BASE < rest << 64))


def _blake(message: bytes, key: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(message, digest_size=8, key=key, person=b"ypsem-kr5").digest(), "big")
