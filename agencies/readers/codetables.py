"""Code tables: values as case systems write them -> codes of the contract. Data in agencies/mappings/tables.

Values are compared without case, punctuation or a list prefix (`a) WBRI`). A value may be dated: SSDA903 codes come
and go with the collection year, and one used outside of its dates is still read, with a warning.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from agencies.errors import AgencyError

TABLES = Path(__file__).parents[1] / "mappings" / "tables"

UNKNOWN_WORDS = frozenset({"unknown", "u", "unk", "n k", "nk", "not known", "dont know", "dk", "unsure"})
BLANK_WORDS = frozenset({"", "null", "nan", "n a", "na", "not applicable", "not recorded", "not entered", "blank"})
YES = frozenset({"y", "yes", "1", "true", "t"})
NO = frozenset({"n", "no", "0", "false", "f"})

_PREFIX = re.compile(r"^[a-z]{1,2}\) *", re.IGNORECASE)
_DROPPED = re.compile(r"['’`]")
_OTHER = re.compile(r"[^a-z0-9+]+")


@lru_cache(maxsize=65536)
def normal(text: str) -> str:
    """`a) Children's Home ` -> `childrens home`."""
    return _OTHER.sub(" ", _DROPPED.sub("", _PREFIX.sub("", text.strip()).casefold())).strip()


class CodeEntry(BaseModel):
    """One value's code, and the days it may be used on (both ends included)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    first: date | None = None
    last: date | None = None

    def in_force(self, day: date | None) -> bool:
        """Whether the value was part of its list on a day."""
        return day is None or ((self.first is None or self.first <= day) and (self.last is None or day <= self.last))


def load_yaml(path: Path) -> object:
    """A YAML file with every scalar as text: in plain YAML the value `N` would be false and `1` a number."""
    return yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  (constructs text only)


def _entry(value: object) -> object:
    return {"code": value} if isinstance(value, str) else value


Entries = dict[str, Annotated[CodeEntry, BeforeValidator(_entry)]]


class CodeTable(BaseModel):
    """A table file: where it comes from, and its values."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    values: Entries

    @model_validator(mode="after")
    def _values_are_distinct(self) -> CodeTable:
        normalised(self.values)
        return self


def normalised(values: dict[str, CodeEntry]) -> dict[str, CodeEntry]:
    """The table keyed by normalised value; raises `ValueError` when two values come to the same and disagree."""
    found: dict[str, CodeEntry] = {}
    for value, entry in values.items():
        if found.setdefault(normal(value), entry) != entry:
            raise ValueError(f"{value!r} is listed twice with different codes")
    return found


class TableError(AgencyError):
    """A shipped table that cannot be used; names the file."""


@cache
def shipped_table(name: str) -> dict[str, CodeEntry]:
    """A table of agencies/mappings/tables by name; raises `TableError`."""
    path = TABLES / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in TABLES.glob("*.yaml")))
        raise TableError(f"there is no code table {name!r}; there are: {known}")
    try:
        return normalised(CodeTable.model_validate(load_yaml(path)).values)
    except (yaml.YAMLError, ValidationError) as error:
        raise TableError(f"{path.name}: {error}") from None
