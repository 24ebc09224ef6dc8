"""What handling a chunk or a request causes, and in which order the broker has to confirm it."""

from __future__ import annotations

from dataclasses import dataclass, field

from streams.ledger.accepted import PREFIX
from streams.ledger.marks import is_of_skipped
from streams.outputs import Out


@dataclass
class Caused:
    """Records to send: `first` before the changes of the ledger's tables, `outs` with them."""

    first: list[Out] = field(default_factory=list)
    outs: list[Out] = field(default_factory=list)
    removed: bool = False
    """Whether rows went: what was derived from them in memory has to be derived anew, and the rows' tombstones come
    last of all."""

    def stages(self, marks: list[Out], homes: list[Out], rows: list[Out]) -> list[list[Out]]:
        """Everything to send, with the changes of the tables: each stage is confirmed before the next is begun.

        The process may end between any two records of a stage. The input is then read again, so that what is said
        must follow from what is stored by then: marks before the rows whose records they count, and, where rows go,
        nulls, homes and the word that something was removed before the tombstones, for without the rows nothing says
        that they are to be sent. A skipped record's mark says the same of it as a row of an event. What expired is
        counted so before the mark or row that it is taken from goes.
        """
        if self.removed:
            skipped = [out for out in marks if is_of_skipped(out.key)]
            places = [out for out in marks if _is_of_places(out.key)]
            erased = [out for out in marks if not (is_of_skipped(out.key) or _is_of_places(out.key))]
            found = [self.first + self.outs + homes, places, erased, rows + skipped]
        else:
            found = [self.first + marks, self.outs + rows + homes]
        return [stage for stage in found if stage]


def _is_of_places(key: bytes | None) -> bool:
    return key is not None and key.startswith(PREFIX)
