"""Checks every string, number and key of an outgoing event for identifiers; it reports a rule, never a value."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from functools import lru_cache

from models.contract import codes
from models.contract.detect import find_identifier, key_is_denied
from models.contract.periods import RETURN_NAME
from models.contract.refusals import Refusal, safe_path

_DATE = re.compile(r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}$")
_ID = re.compile(r"^[a-p]{40}$")
_AREA = re.compile(r"^([A-Z][0-9]{8}(-T[0-9]{1,2})?|out_of_area|unknown|not_recorded)$")
_REGISTERED = re.compile(r"^[a-z]+(-(?:[a-z]+|[0-9]{1,3}|20[0-9]{2}))*$")

# The few fields whose own form holds digits or would look like a date elsewhere. The whole value must match: nothing
# can be appended to it. A date of birth cannot hide in a date field: event dates are within the board's accepted dates.
_OWN_FORM: dict[str, re.Pattern[str]] = {
    **dict.fromkeys(
        (
            "occurred_on", "recorded_on", "ended_on", "returned_on", "offered_on", "completed_on",
            "opened_on", "closed_on", "held_on", "submitted_on",
        ),
        _DATE,
    ),
    **dict.fromkeys(("event_id", "about_event_id"), _ID),
    "token": re.compile(r"^(lt|ct)_[a-p]{40}$"),
    "id": re.compile(r"^[a-p]{40}\.[0-9]{1,6}$"),
    "time": re.compile(r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|\+00:00)$"),
    "period": re.compile(f"^(?=20){RETURN_NAME}$"),
    **dict.fromkeys(("board", "partitionkey", "home", "occurred", "missing_from", "found"), _AREA),
    **dict.fromkeys(("agency", "agreement_id"), _REGISTERED),
}  # fmt: skip

# A code of the contract is safe whatever it looks like: `police_app_2017` holds four digits.
_CODES = frozenset(
    str(member.value)
    for listed in vars(codes).values()
    if isinstance(listed, type) and issubclass(listed, enum.StrEnum)
    for member in listed
)

LARGEST_NUMBER = 999_999
"""Counts and revisions stay below this; a longer number is somebody's reference."""

Path = tuple[int | str, ...]


def scan(event: Mapping[str, object]) -> list[Refusal]:
    """Every identifier in an event or its data, one refusal for each leaf or key; empty when it may be sent."""
    refusals: list[Refusal] = []
    _walk(dict(event), "", (), refusals)
    return refusals


def _walk(node: object, name: str, path: Path, refusals: list[Refusal]) -> None:
    """`name` is the nearest key above a leaf: the elements of a list are judged as their field."""
    if isinstance(node, str):
        if rule := leaf_rule(name, node):
            refusals.append(Refusal(rule, safe_path(path)))
    elif isinstance(node, dict):
        for key, value in node.items():
            here = (*path, str(key))
            if rule := key_rule(str(key)):
                refusals.append(Refusal(rule, safe_path(here)))
            else:
                _walk(value, str(key), here, refusals)
    elif isinstance(node, list | tuple):
        for index, value in enumerate(node):
            _walk(value, name, (*path, index), refusals)
    elif isinstance(node, bool) or node is None:
        return
    elif isinstance(node, int | float):
        if rule := number_rule(node):
            refusals.append(Refusal(rule, safe_path(path)))
    else:
        refusals.append(Refusal("identifier.not-json", safe_path(path)))


@lru_cache(maxsize=1024)
def key_rule(key: str) -> str | None:
    """The rule that forbids a key of this name, because it promises an identifier or is one; None if it is allowed."""
    return "identifier.key" if key_is_denied(key) else find_identifier(key)


def leaf_rule(name: str, value: str) -> str | None:
    """The rule that forbids a text in the field `name`; None if it is allowed."""
    own = _OWN_FORM.get(name)
    if own is not None and own.fullmatch(value):
        return None
    return _detect(value)


def number_rule(value: float) -> str | None:
    """The rule that forbids a number in any field; None if it is allowed."""
    return "identifier.number" if abs(value) > LARGEST_NUMBER else None


@lru_cache(maxsize=16384)
def _detect(value: str) -> str | None:
    return None if value in _CODES else find_identifier(value)
