"""The facts of a data protection impact assessment, each from what the service itself reads.

Nothing here is written by hand but `RESIDUAL`: register, contract, retention table, ladder, rule and compose file are
asked. No fact holds a key, a token, a password or anything about a child.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from analysis.disclosure.cells import Shape
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.noise import KeyedNoise
from analysis.verification.kit import parameters
from models.contract.codes import TokenKind
from models.contract.events import DATA_CLASSES, ChildEvent
from models.contract.periods import PeriodKind
from models.operations.retention import POLICY
from models.operations.topic_specs import all_topics
from models.register import Agency, Board, Register
from models.register.types import Schedule
from models.releases import Release

Facts = dict[str, Any]

RESIDUAL = (
    "An agency looks up children it already knows; no key or rounding prevents that.",
    "Whoever holds both a link key and the gate key of an epoch can test whether a known child is in the ledger.",
    "Whoever can read Kafka's offsets and lags sees counts of events: an agency has its own raw topic, and a board its "
    "own partition. Broker tools and exporters are for operations only.",
    "Figures exclude nothing and move odds: by how much at most, for one record, is in docs/privacy.md. A child with "
    "many records, over many periods, is protected less than one record of it.",
    "A signal says that about ten children or more remain, by a count that carries noise, after any one agency's "
    "events are left out; two agencies that send invented children for a year learn something of how many others hold.",
)


SCHEDULE_WORDS: Mapping[Schedule, str] = {
    "quarters_and_years": "quarters and financial years, for a board with 300 children a year or more in all streams",
    "years_and_pairs_of_years": "financial years and pairs of them, the whole board and towns only, for a board with "
    "fewer than 300 children a year in all streams",
}
"""What a board releases, as its register says: nobody counts its children to find out."""


def register_facts(register: Register, today: date) -> Facts:
    """Boards and their settings, agencies with their agreements, and who may read."""
    boards = []
    for board in register.boards:
        first, last = board.accepted_dates(today)
        boards.append(
            {
                "code": board.code,
                "name": board.name,
                "local_authorities": list(board.covers),
                "accepts_events_from": first.isoformat(),
                "accepts_events_to": last.isoformat(),
                "retention_months": board.retention_months,
                "releases": SCHEDULE_WORDS[board.releases],
                "released_days_after_the_window": board.cut_off_days,
                "live_from": board.live_from.isoformat(),
                "repeat_missing": f"{board.repeat_missing.episodes} in {board.repeat_missing.days} days",
                "clusters_below_ten": _accepted(board),
                "case_route": board.case_route or "the register names none",
                "towns": len(board.towns),
                "wards": len(board.wards),
            }
        )
    return {
        "version": register.version.isoformat(),
        "synthetic": register.synthetic,
        "boards": boards,
        "agencies": [_agency(register, agency, today) for agency in register.agencies],
        "recipients": _recipients(register),
    }


def _accepted(board: Board) -> str:
    """Who accepted that clusters of fewer than ten children are seen and not told."""
    if board.clusters_below_ten is None:
        return "seen and not told; the register names nobody who accepted it"
    accepted = board.clusters_below_ten
    return f"seen and not told; accepted by {accepted.accepted_by} on {accepted.accepted_on.isoformat()}"


def _agency(register: Register, agency: Agency, today: date) -> Facts:
    agreements = [
        {
            "id": one.id,
            "boards": list(one.boards),
            "active_from": one.active_from.isoformat(),
            "active_to": one.active_to.isoformat() if one.active_to else None,
            "active": one.active_from <= today and (one.active_to is None or today <= one.active_to),
            "lawful_basis": one.lawful_basis,
        }
        for one in register.agreements
        if one.agency == agency.id
    ]
    return {
        "id": agency.id,
        "name": agency.name,
        "sector": str(agency.sector),
        "boards": list(agency.boards),
        "may_publish": any(one["active"] for one in agreements),
        "agreements": agreements,
    }


def _recipients(register: Register) -> Any:
    """Accounts by role, where the register of this version lists people; how many, never who."""
    people: Iterable[Any] | None = getattr(register, "principals", None)
    if people is None:
        return "the register lists no people: who may read is not configured"
    roles = Counter(
        str(role) for person in people for role in getattr(person, "roles", (getattr(person, "role", "?"),))
    )
    return dict(sorted(roles.items()))


def data_facts() -> Facts:
    """Every field an event may have: there are no others, and none that takes free text."""
    types = {}
    for name, data in DATA_CLASSES.items():
        about = "a child" if issubclass(data, ChildEvent) else "an agency's work"
        types[name] = {"about": about, "fields": list(data.model_fields)}
    return {
        "event_types": types,
        "tokens_made_from": [str(kind) for kind in TokenKind],
        "tokens_of_an_event_at_most": 3,
    }


def retention_facts(register: Register) -> Facts:
    """The retention table, and what the topics are set to."""
    months = max((board.retention_months for board in register.boards), default=0)
    lags = "min.compaction.lag.ms", "max.compaction.lag.ms"
    settings = ("cleanup.policy", "retention.ms", "delete.retention.ms", *lags, "segment.ms")
    return {
        "stores": [
            {"store": k.store, "what": k.what, "holds": k.holds, "time": k.time, "removed_by": k.by, "built": k.built}
            for k in POLICY
        ],
        "topics": {
            spec.name: {name: spec.config[name] for name in settings if name in spec.config}
            for spec in all_topics([agency.id for agency in register.agencies], months)
        },
    }


_EXAMPLES: Mapping[PeriodKind, str] = {"quarter": "2025Q2", "year": "2025FY", "pair": "2024FY2"}
"""A window of each kind: all have the same cells."""


def protection_facts(register: Register, ladder: Ladder, rule: KeyedNoise, indicators: tuple[str, ...]) -> Facts:
    """The ladder that releases are built by, the rule, and how many cells a release has."""
    boards = {}
    for board in register.boards:
        shape, own = Shape.of(register, board, indicators), ladder.of(board.releases)
        cells = {kind: len(own.grid(_EXAMPLES[kind], shape)) for kind in board.windows}
        boards[board.code] = {"cells_of_a_release": cells}
    rungs = [rung.model_dump(mode="json") for rung in ladder.rungs]
    return {"rule": parameters(rule), "ladder": {"version": ladder.version, "rungs": rungs}, "boards": boards}


def release_facts(releases: Iterable[Release]) -> list[Facts]:
    """Each release: its rule, and the states of its cells; no figure."""
    found = []
    for release in sorted(releases, key=lambda one: one.release_id):
        found.append(
            {
                "release_id": release.release_id,
                "cut_off": release.cut_off.isoformat(),
                "ladder": release.ladder_version,
                "cells_by_state": dict(sorted(Counter(str(cell.state) for cell in release.cells).items())),
                "rule": release.parameters.rule,
            }
        )
    return found
