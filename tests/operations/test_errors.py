"""Every error class belongs to its service's tree and has a name that means one thing."""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from functools import cache
from typing import NamedTuple

import pytest

from agencies.publish.run import NeedsYes
from consumers.errors import SinkStops
from dashboards.errors import DecisionRefused
from models.service.errors import ForeseenError
from models.service.exits import NOT_ALL, TABLE, exits_of
from tests.operations.files import ROOT, sources

PACKAGES = ("models", "agencies", "analysis", "streams", "consumers", "dashboards")
ROOTS = {
    "ForeseenError": "models/service/errors.py",
    "RowError": "agencies/errors.py",
    "RequestError": "agencies/errors.py",
    "WorkerError": "streams/errors.py",
    "Unfinished": "streams/errors.py",
    "OutOfRange": "consumers/errors.py",
    "NotShown": "dashboards/errors.py",
}
"""Base class that says what happens to an error -> the file it is in."""
OWN = {
    "BadIdentifier": "the contract stands alone; whoever asks makes a refusal of it",
    "CertificateUnreadable": "shown as a date that is not known",
    "CommandFailed": "click's, for a command that says by itself what is wrong",
    "DatabaseSilent": "one of psycopg's, so that SQLAlchemy treats it as such",
    "Impossible": "of the checker that is given away, which stands alone",
    "NotCheckable": "of the checker that is given away, which stands alone",
    "NotARecord": "never raised: it stands where a record would, and its text is the rule",
}
"""Error class that is in no tree -> why."""


class Defined(NamedTuple):
    """A class of this repository."""

    name: str
    bases: tuple[str, ...]
    where: str


@cache
def classes() -> tuple[Defined, ...]:
    """Every class of the packages."""
    return tuple(
        Defined(
            node.name,
            tuple(ast.unparse(base).rpartition(".")[2].partition("[")[0] for base in node.bases),
            str(path.relative_to(ROOT)),
        )
        for path, tree in sources(*PACKAGES)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    )


def above(name: str) -> set[str]:
    """Names of all bases of a class."""
    bases = {base for one in classes() if one.name == name for base in one.bases}
    return bases.union(*(above(base) for base in bases if base != name))


def is_error(name: str) -> bool:
    """Whether a class is an exception: one of Python's is above it, or one of a library by its name."""
    return any(
        base.endswith(("Error", "Exception"))
        or (isinstance(found := getattr(builtins, base, None), type) and issubclass(found, BaseException))
        for base in above(name)
    )


ERRORS = [one for one in classes() if is_error(one.name)]


def test_there_are_errors_to_look_at() -> None:
    assert len(ERRORS) > 40
    assert ROOTS.keys() | OWN.keys() <= {one.name for one in ERRORS} | {"OutOfRange"}


@pytest.mark.parametrize("error", ERRORS, ids=lambda one: one.name)
def test_every_error_is_in_a_tree(error: Defined) -> None:
    if error.name in ROOTS:
        assert error.where == ROOTS[error.name]
    elif error.name not in OWN:
        assert above(error.name) & ROOTS.keys(), f"{error.where}: give {error.name} a base of the service's errors.py"


def test_the_name_of_an_error_means_one_thing() -> None:
    counted = Counter(one.name for one in classes())
    assert {one.name: counted[one.name] for one in ERRORS if counted[one.name] > 1} == {}


def test_the_exit_codes_of_errors_are_in_the_table() -> None:
    assert {one.exit_code for one in SinkStops.__subclasses__()} <= exits_of("consumers sink").keys()
    assert DecisionRefused.exit_code == NOT_ALL == NeedsYes.exit_code
    assert {NOT_ALL} <= exits_of("dashboards approve").keys() & exits_of("agencies publish").keys()

    def below(kind: type[ForeseenError]) -> set[type[ForeseenError]]:
        return {kind}.union(*(below(one) for one in kind.__subclasses__()))

    assert {kind.exit_code for kind in below(ForeseenError)} <= {row.code for row in TABLE}
