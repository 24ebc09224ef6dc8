"""The facts for a data protection impact assessment, each taken from what the service itself reads.

Only `RESIDUAL` and the words of schedules are written by hand. All else comes from the register, the contract, the
retention table, the ladder, the rule and the compose file. No fact holds a key, a token, a password or anything about
a child.
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
from models.contract.fields import MAX_TOKENS
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
"""What a board releases. The register sets the schedule; nobody counts a board's children to find out."""


def register_facts(register: Register, today: date) -> Facts:
    """The boards and their settings, the agencies with their agreements, and who may read."""
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
    """Who accepted that the service sees clusters of fewer than ten children and shows them to nobody."""
    if board.clusters_below_ten is None:
        return "seen and not told; the register names nobody who accepted it"
    accepted = board.clusters_below_ten
    return f"seen and not told; accepted by {accepted.accepted_by} on {accepted.accepted_on.isoformat()}"


def _agency(register: Register, agency: Agency, today: date) -> Facts:
    agreements = [
        {
            "id": agreement.id,
            "boards": list(agreement.boards),
            "active_from": agreement.active_from.isoformat(),
            "active_to": agreement.active_to.isoformat() if agreement.active_to else None,
            "active": agreement.active_from <= today and (agreement.active_to is None or today <= agreement.active_to),
            "lawful_basis": agreement.lawful_basis,
        }
        for agreement in register.agreements
        if agreement.agency == agency.id
    ]
    return {
        "id": agency.id,
        "name": agency.name,
        "sector": str(agency.sector),
        "boards": list(agency.boards),
        "may_publish": any(agreement["active"] for agreement in agreements),
        "agreements": agreements,
    }


def _recipients(register: Register) -> Any:
    """The number of accounts by role, if this version of the register lists people. It never names them."""
    people: Iterable[Any] | None = getattr(register, "principals", None)
    if people is None:
        return "the register lists no people: who may read is not configured"
    roles = Counter(
        str(role) for person in people for role in getattr(person, "roles", (getattr(person, "role", "?"),))
    )
    return dict(sorted(roles.items()))


def data_facts() -> Facts:
    """Every field that an event may have. There are no others, and none takes free text."""
    types = {}
    for name, data in DATA_CLASSES.items():
        about = "a child" if issubclass(data, ChildEvent) else "an agency's work"
        types[name] = {"about": about, "fields": list(data.model_fields)}
    return {
        "event_types": types,
        "tokens_made_from": [str(kind) for kind in TokenKind],
        "tokens_of_an_event_at_most": MAX_TOKENS,
    }


def retention_facts(register: Register) -> Facts:
    """The retention table, and the retention settings of the topics."""
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
"""An example window of each kind. All windows of a kind have the same number of cells."""


def protection_facts(register: Register, ladder: Ladder, rule: KeyedNoise, indicators: tuple[str, ...]) -> Facts:
    """The ladder, the rule, and the number of cells in a release of each board."""
    boards = {}
    for board in register.boards:
        shape, own = Shape.of(register, board, indicators), ladder.of(board.releases)
        cells = {kind: len(own.grid(_EXAMPLES[kind], shape)) for kind in board.windows}
        boards[board.code] = {"cells_of_a_release": cells}
    rungs = [rung.model_dump(mode="json") for rung in ladder.rungs]
    return {"rule": parameters(rule), "ladder": {"version": ladder.version, "rungs": rungs}, "boards": boards}


def release_facts(releases: Iterable[Release]) -> list[Facts]:
    """For each release its rule, and the number of cells by state. It holds no figure."""
    facts = []
    for release in sorted(releases, key=lambda release: release.release_id):
        facts.append(
            {
                "release_id": release.release_id,
                "cut_off": release.cut_off.isoformat(),
                "ladder": release.ladder_version,
                "cells_by_state": dict(sorted(Counter(str(cell.state) for cell in release.cells).items())),
                "rule": release.parameters.rule,
            }
        )
    return facts
