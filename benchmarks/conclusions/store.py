"""Results on disk, a line for each board, so that a run can be stopped and taken up again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.conclusions.judged import Judged, StatedNeed, ToldEffect


@dataclass(frozen=True, slots=True)
class Kept:
    """One board that was judged."""

    code: str
    """Of the code that judged it: results of another are not mixed in."""
    number: int
    null: bool
    judged: Judged


class Store:
    """An append-only file; what another version of the code wrote is passed over."""

    def __init__(self, path: Path, code: str) -> None:
        self._path, self._code = path, code

    def add(self, number: int, *, null: bool, judged: Judged) -> None:
        """Write one board, whole, at the end; on a line of its own even after a run that was killed while writing."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"code": self._code, "number": number, "null": null, "judged": judged.json()})
        torn = self._path.exists() and not self._path.read_bytes().endswith(b"\n")
        with self._path.open("a", encoding="utf-8") as out:
            out.write("\n" * torn + line + "\n")

    def all(self) -> list[Kept]:
        """Every board of this code, each once."""
        found = {(kept.judged.children, kept.null, kept.number): kept for kept in self._read()}
        return [found[key] for key in sorted(found)]

    def _read(self) -> Iterator[Kept]:
        if not self._path.exists():
            return
        for line in self._path.read_text("utf-8").splitlines():
            try:
                told = json.loads(line)
            except json.JSONDecodeError:
                continue  # the last line of a run that was killed
            if told["code"] == self._code:
                yield Kept(told["code"], told["number"], told["null"], _judged(told["judged"]))


def _judged(told: dict[str, Any]) -> Judged:
    return Judged(
        **{
            **told,
            "needs": [StatedNeed(**one) for one in told["needs"]],
            "effects": [ToldEffect(**one) for one in told["effects"]],
        }
    )
