"""Everything that is published about a board besides the figures of its cells, word for word, for the audit format."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from analysis.disclosure.ladder import Ladder
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.release_file import ReleaseFile
from models.contract.fields import Closed
from models.releases import Release
from models.signals import OperationalSignal, Signal

Json = dict[str, Any]


class Notice(Closed):
    """A notice about a published release: figures are wrong, or it was withdrawn. It never gives the right figures."""

    release_id: Annotated[str, Field(max_length=60)]
    kind: Literal["correction", "withdrawal"]
    on: date
    reason: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    measure: Annotated[str, Field(pattern=r"^(m[0-9]{1,2}_[a-z0-9_]{1,40})?$")] = ""
    """The measure whose figures are wrong; empty for the whole release."""


def published_of(
    sources: Sequence[Release | ReleaseFile],
    signals: Sequence[Signal | OperationalSignal] = (),
    notices: Sequence[Notice] = (),
) -> Json:
    """What the files say besides their cells, the ladders that they are built on, signals and notices."""
    releases, ladders = [], dict[str, Ladder]()
    for source in sources:
        if isinstance(source, Release):
            ladder = LADDERS[source.ladder_version]
            releases.append({"file": "stored", **source.model_dump(mode="json", exclude={"cells"})})
        else:
            ladder = source.ladder
            shared = source.model_dump(mode="json", exclude={"releases", "ladder"})
            shared |= {"file": "protected", "ladder_version": ladder.version}
            releases += [{**shared, **tables.model_dump(exclude={"cells"})} for tables in source.releases]
        ladders[str(ladder.version)] = ladder
    return {
        "releases": sorted(releases, key=lambda release: (str(release["cut_off"]), release["release_id"])),
        "ladders": {version: ladder.model_dump(mode="json") for version, ladder in sorted(ladders.items())},
        "signals": [signal.model_dump(mode="json") for signal in sorted(signals, key=lambda s: s.signal_id)],
        "notices": [notice.model_dump(mode="json") for notice in sorted(notices, key=lambda n: (n.on, n.release_id))],
    }
