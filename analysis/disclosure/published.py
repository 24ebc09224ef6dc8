"""All that is published of a board besides the figures of its cells, for the audit format: word by word."""

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
    """What was said of a release after it came out: it is wrong, or it was taken away. Never what would be right."""

    release_id: Annotated[str, Field(max_length=60)]
    kind: Literal["correction", "withdrawal"]
    on: date
    reason: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    measure: Annotated[str, Field(pattern=r"^(m[0-9]{1,2}_[a-z0-9_]{1,40})?$")] = ""
    """Whose figures are wrong; empty for all of the release."""


def published_of(
    sources: Sequence[Release | ReleaseFile],
    signals: Sequence[Signal | OperationalSignal] = (),
    notices: Sequence[Notice] = (),
) -> Json:
    """What the files say beside their cells, the ladders they are built on, and what was said elsewhere."""
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
        "releases": sorted(releases, key=lambda one: (str(one["cut_off"]), one["release_id"])),
        "ladders": {version: ladder.model_dump(mode="json") for version, ladder in sorted(ladders.items())},
        "signals": [signal.model_dump(mode="json") for signal in sorted(signals, key=lambda one: one.signal_id)],
        "notices": [one.model_dump(mode="json") for one in sorted(notices, key=lambda one: (one.on, one.release_id))],
    }
