"""`python -m streams balances`: does every accepted record stand in one class, and if not, which does not."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from analysis.ledger.coordinates import Place, named
from models.contract.fields import size_class
from models.service.exits import DONE, NOT_ALL
from streams.balances.judge import Balances, Statement
from streams.balances.read import balances, by_agency, ids_at
from streams.errors import StreamsError
from streams.operators.broker import OperatorsBroker
from streams.options import register_of, settings_of

Ids = Mapping[tuple[str, Place], str]
Named = list[dict[str, str | None]]
"""`place` on the agency's raw topic, and `event_id` where it is known."""
LOOKS = 3
"""The topics are read one after another while workers write to them: what is on its way is gone at the next look."""
KINDS = {
    "in_no_class": "accepted, and in no class of the ledger",
    "never_accepted": "in the ledger, and never accepted",
    "in_two_classes": "in two classes of the ledger",
}


@click.command(name="balances")
@click.option("--bootstrap", help="Kafka brokers, host:port[,host:port].")
@click.option("--register", "register_dir", type=click.Path(path_type=Path), help="Directory of the register.")
@click.option(
    "--exact",
    is_flag=True,
    help="Show erased and expired records as numbers. Do not copy them into a ticket or a message.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def balances_command(exact: bool, as_json: bool, **given: Any) -> None:
    """Hold every agency's accepted records against the classes of the ledger, and name those that do not add up.

    It reads the ledger's own topics, with the operations login, while the workers run. Records that are on their way
    are named as such: run it again. Ids are keyed hashes; they say nothing outside of the agency.
    """
    settings = settings_of(**given)
    register = register_of(settings)
    try:
        with OperatorsBroker(settings) as broker:
            for _ in range(LOOKS):
                found = balances(broker, sorted(agency.id for agency in register.agencies))
                if found.close:
                    break
            ids = ids_at(broker, by_agency(found))
    except ValueError:
        raise StreamsError("this version cannot read a row of the ledger; see docs/runbook.md") from None
    if as_json:
        click.echo(json.dumps(as_data(found, ids, exact), indent=1))
    else:
        for line in as_lines(found, ids, exact):
            click.echo(line)
    sys.exit(DONE if found.close else NOT_ALL)


def as_data(found: Balances, ids: Ids, exact: bool) -> dict[str, Any]:
    """The accounts for a program: erased, expired and the total as classes, unless `exact`."""
    return {
        "closes": found.close,
        "accounts": [
            {"board": board, "agency": agency, **_figures(one, exact)} | _named(one, agency, ids)
            for (board, agency), one in found.statements.items()
        ],
        "not_in_ledger": {
            agency: _places(agency, places, ids, frozenset()) for agency, places in found.not_in_ledger.items()
        },
    }


def as_lines(found: Balances, ids: Ids, exact: bool) -> Iterator[str]:
    """The same for people."""
    for (board, agency), one in found.statements.items():
        figures = _figures(one, exact)
        closes = figures.pop("closes")
        said = ", ".join(f"{value} {name}" for name, value in figures.items())
        yield f"{board} {agency}: {'closes' if closes else 'DOES NOT CLOSE'}: {said}"
        for kind, places in _named(one, agency, ids).items():
            yield f"  {len(places)} {KINDS[kind]}:"
            yield from _place_lines(places)
    for agency, missing in found.not_in_ledger.items():
        yield f"{agency}: {len(missing)} accepted by intake and not in the ledger yet; if they are the same next time:"
        yield from _place_lines(_places(agency, missing, ids, frozenset()))


def _place_lines(places: Named) -> Iterator[str]:
    for place in places:
        yield f"    raw {place['place']}  {place['event_id'] or 'id no longer on a topic'}"


def _figures(one: Statement, exact: bool) -> dict[str, Any]:
    account, rows = one.account, asdict(one.account.rows)
    rows.pop("conflicts")
    hidden = {"erased": account.erased, "expired": account.expired}
    return {
        "closes": account.closes,
        "accepted": account.accepted if exact else size_class(account.accepted),
        **rows,
        **{name: n if exact else size_class(n) for name, n in hidden.items()},
        "skipped": account.skipped,
    }


def _named(one: Statement, agency: str, ids: Ids) -> dict[str, Named]:
    found = {kind: _places(agency, getattr(one, kind), ids, one.many_copies) for kind in KINDS}
    return {kind: places for kind, places in found.items() if places}


def _places(agency: str, places: list[Place], ids: Ids, but: frozenset[str]) -> Named:
    found = [(place, ids.get((agency, place))) for place in places]
    return [{"place": named(place), "event_id": event_id} for place, event_id in found if event_id not in but]
