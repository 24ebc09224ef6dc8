"""Roles and boards from the claims of a sign-in: which claim holds them, and how they are written. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from dashboards.people.person import EVERY, LONGEST_NAME, Grant, Role
from models.service.errors import SettingsError
from models.service.yaml_text import read_yaml

_BOARD = re.compile(r"[A-Z][0-9]{8}")
_AGENCY = re.compile(r"[a-z][a-z0-9-]{1,30}")
MOST = 200
"""Roles of one person that are read: more than anybody has, and few enough for a row."""


def grant_of(text: str) -> Grant | None:
    """The role that a text means, `role:board` or `viewer:board:agency`; None if it means none.

    A viewer's is for one board and one agency. Any other role may have `*` for every board.
    """
    name, _, place = text.partition(":")
    board, _, agency = place.partition(":")
    if name not in set(Role):
        return None
    role = Role(name)
    if role is Role.VIEWER:
        return Grant(role, board, agency) if _BOARD.fullmatch(board) and _AGENCY.fullmatch(agency) else None
    if agency or place.endswith(":"):
        return None
    return Grant(role, board) if board == EVERY or _BOARD.fullmatch(board) else None


def grants_in(
    claims: Mapping[str, object], claim: str, translation: Mapping[str, tuple[str, ...]] | None = None
) -> frozenset[Grant]:
    """The roles in one claim. Values that mean no role here are passed over: a provider's roles serve others too.

    With a translation only its values count, so that nobody gains a role by naming a group of the provider like one.
    """
    texts = [value for value in _listed(_at(claims, claim)) if isinstance(value, str)][:MOST]
    if translation is not None:
        texts = [meant for value in texts for meant in translation.get(value, ())]
    return frozenset(grant for text in texts if (grant := grant_of(text)) is not None)


def name_in(claims: Mapping[str, object]) -> str:
    """What to call the person: one line, without anything that does not print."""
    name = claims.get("name")
    printable = "".join(letter for letter in name if letter.isprintable()) if isinstance(name, str) else ""
    return " ".join(printable.split())[:LONGEST_NAME]


def read_translation(path: Path) -> dict[str, tuple[str, ...]]:
    """A file that translates the provider's values, such as ids of groups, into roles of ours.

    Raises `SettingsError`, which says which line's value cannot be used.
    """
    try:
        given = read_yaml(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise SettingsError(f"{path}: no readable YAML file of roles") from None
    if not isinstance(given, dict):
        raise SettingsError(f"{path}: has to be a list of `provider's value: role:board`")
    found: dict[str, tuple[str, ...]] = {}
    for number, (value, meant) in enumerate(given.items(), 1):
        texts = _listed(meant)
        if not isinstance(value, str) or not texts or any(grant_of(str(text)) is None for text in texts):
            raise SettingsError(f"{path}: entry {number} is not `value: role:board` or `value: viewer:board:agency`")
        found[value] = tuple(map(str, texts))
    return found


def _at(claims: Mapping[str, object], claim: str) -> object:
    """The value of a claim: by its whole name first, then step by step where the name has dots."""
    if claim in claims:
        return claims[claim]
    found: object = claims
    for step in claim.split("."):
        if not isinstance(found, Mapping) or step not in found:
            return None
        found = found[step]
    return found


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]
