"""Every rule id that the code can give, collected from its source."""

from __future__ import annotations

import ast
import re
from functools import cache

from agencies.readers.rule_texts import RULE_TEXTS
from models.contract.detect import DETECTORS
from tests.operations.files import sources

GIVERS = {
    "Refusal": 0, "Refused": 0, "CellRefused": 0, "BadIdentifier": 0, "UnknownArea": 0, "UnreadableFile": 0,
    "dead_letter": 1,
}  # fmt: skip
"""Functions that take a rule id -> the position of that argument."""

PASSED_ON = {
    "rule",
    "error.rule",
    "refusal",
    "refused.refusal",
    "understood.refusals[0]",
    "f\"schema.{first['type']}\"",
}
"""Expressions for ids that are collected elsewhere in the code; a person looks at anything new before it is added."""

BOTH = ("models/contract", "models/register")
"""Packages whose rules hold for every way in."""

DFE = re.compile(r"^(\d{3,4}|INT\d{2})$")


@cache
def given(*packages: str) -> tuple[frozenset[str], frozenset[str]]:
    """(rule ids written down where one is given, expressions that are no constant) in these packages."""
    ids: set[str] = set()
    others: set[str] = set()
    for _, tree in sources(*packages):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = GIVERS.get(name)
            if place is None or len(node.args) <= place:
                continue
            for one in _choices(node.args[place]):
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    ids.add(one.value)
                elif not (isinstance(one, ast.Call) and getattr(one.func, "id", "") == "Refusal"):
                    others.add(ast.unparse(one))
    return frozenset(ids), frozenset(others)


def _choices(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.IfExp):
        return [*_choices(node.body), *_choices(node.orelse)]
    return [node]


def dfe_numbers() -> set[str]:
    """Numbers of DfE's rules in the 903 reader."""
    return {
        node.value
        for path, tree in sources("agencies")
        if path.name in {"ssda903_rules.py", "ssda903.py"}
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and DFE.match(node.value)
    }


def at_the_agency() -> set[str]:
    """Ids that `check` and `publish` can give, `schema.` ones aside."""
    literal, _ = given("agencies", *BOTH)
    found = literal | set(RULE_TEXTS) | {rule for rule, _ in DETECTORS} | _written("models/contract", "identifier.")
    return {rule for rule in found if not rule.startswith("schema.")}


def _written(package: str, prefix: str) -> set[str]:
    """Whole string constants that begin with a family's prefix."""
    return {
        node.value
        for _, tree in sources(package)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(prefix)
    } - {prefix}


def at_intake() -> set[str]:
    """Ids that intake can give."""
    literal, _ = given("streams/intake", *BOTH)
    return {rule for rule in literal - _of_identifiers() if not rule.startswith("identifier.")}


def _of_identifiers() -> set[str]:
    """Ids about an agency's own columns: they are in a part of the contract that no way in uses."""
    return {
        str(node.args[0].value)
        for _, tree in sources("models/contract")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "BadIdentifier"
        and isinstance(node.args[0], ast.Constant)
    }


def of_our_own_records() -> set[str]:
    """Ids of dead letters about records that the service wrote itself."""
    return set(given("streams/ledger")[0] | given("consumers")[0])
