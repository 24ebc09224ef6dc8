"""A mapping file: which columns of an agency's export hold what, as closed YAML checked before any row is read.

agencies/mappings/ has worked examples. A mapping that names a field, code or table that does not exist is refused
with the place and what would be right; it can hold no data about a child.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from agencies.errors import AgencyError
from agencies.readers.codetables import Entries, TableError, load_yaml
from agencies.readers.mapping_check import mistakes_in
from agencies.readers.moments import DateFormat
from agencies.readers.rules import RULE_FORMS, Conditions, Rule
from models.contract.codes import SourceSystem
from models.contract.events import DATA_CLASSES, type_name

MAPPINGS = Path(__file__).parents[1] / "mappings"


class MappingError(AgencyError):
    """A mapping file that cannot be used; the message names the place in it and what to mend."""


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Demographics(_Closed):
    """Columns of the demographic token; all four are needed in a row for one to be made."""

    surname: str
    first_name: str
    dob: str
    sex: str
    sex_table: str = "sex"


class Identifiers(_Closed):
    """Columns that identify a child: used at the agency for tokens and never sent."""

    nhs: str | None = None
    upn: str | None = None
    local: str | None = None
    demog: Demographics | None = None

    def columns(self) -> Iterator[str]:
        """Every column named."""
        yield from (column for column in (self.nhs, self.upn, self.local) if column)
        if self.demog:
            yield from (self.demog.surname, self.demog.first_name, self.demog.dob, self.demog.sex)


class About(_Closed):
    """The event this one is about, by its own key columns, in the same agency and source system."""

    type: str
    key: Annotated[tuple[str, ...], Field(min_length=1)]

    @field_validator("type")
    @classmethod
    def _known(cls, short: str) -> str:
        return _event_type(short)


class EventRule(_Closed):
    """One event a row may give."""

    type: str
    key: Annotated[tuple[str, ...], Field(min_length=1)]
    """Columns that identify the record in the source system; dates among them are compared as dates."""
    suffix: str = ""
    """Tells apart several events of one type in one row (`before`, `after`)."""
    when: Conditions = ()
    """All must hold, or the row gives no such event."""
    needs: tuple[str, ...] = ()
    """Fields without which there is no event (an indicator list that turns out empty)."""
    ward: str | None = None
    """Field whose ward decides the board; by default the first area that is known."""
    about: About | None = None
    fields: dict[str, Rule]

    @field_validator("type")
    @classmethod
    def _known(cls, short: str) -> str:
        return _event_type(short)


class Mapping(_Closed):
    """A whole mapping file."""

    name: str
    source_system: SourceSystem
    note: str = ""
    sheet: str | int | None = None
    """Name or number (from 1) of the worksheet; the first by default."""
    dates: DateFormat = "dd/mm/yyyy"
    optional: tuple[str, ...] = ()
    """Columns that may be absent; they then count as blank."""
    identifiers: Identifiers = Identifiers()
    tables: dict[str, Entries] = {}
    """Code tables of this mapping; the shipped ones (mappings/tables) are there by name."""
    child: dict[str, Rule] = {}
    """Fields that every event of a row has in common."""
    events: Annotated[tuple[EventRule, ...], Field(min_length=1)]

    @field_validator("sheet", mode="before")
    @classmethod
    def _number(cls, sheet: object) -> object:
        return int(sheet) if isinstance(sheet, str) and sheet.isdigit() else sheet

    @model_validator(mode="after")
    def _something_is_mapped(self) -> Mapping:
        for event in self.events:
            names = {"ward"} | {name.split(".")[0] for name in (*self.child, *event.fields)}
            known = set(DATA_CLASSES[event.type].model_fields)
            if unmapped := [name for name in event.needs if name.split(".")[0] not in names & known]:
                raise ValueError(f"{event.type}: needs {unmapped}, which no rule gives")
        return self

    def columns(self) -> list[str]:
        """Every column the mapping reads, in order of first use."""
        found: dict[str, None] = dict.fromkeys(self.identifiers.columns())
        for rule in self.child.values():
            found.update(dict.fromkeys(rule.columns()))
        for event in self.events:
            found.update(dict.fromkeys(event.key + (event.about.key if event.about else ())))
            for condition in event.when:
                found[condition.column] = None
            for rule in event.fields.values():
                found.update(dict.fromkeys(rule.columns()))
        return list(found)

    def required(self) -> list[str]:
        """The columns the header row must have."""
        optional = {column.casefold() for column in self.optional}
        return [column for column in self.columns() if column.casefold() not in optional]


def _event_type(short: str) -> str:
    known_names = [name.split(".")[1] for name in DATA_CLASSES]
    if short not in known_names or short in ("withdrawal", "erasure"):
        known = ", ".join(name for name in known_names if name not in ("withdrawal", "erasure"))
        raise ValueError(f"{short!r} is not an event type; there are: {known}")
    return type_name(short)


def find_mapping(name: str | Path) -> Path:
    """A path as given, or a worked mapping by its name (`compact-missing`); raises `MappingError`."""
    path = Path(name)
    if path.is_file():
        return path
    shipped = MAPPINGS / (path.name if path.suffix else f"{path.name}.yaml")
    if str(path) == path.name and shipped.is_file():
        return shipped
    known = ", ".join(sorted(file.stem for file in MAPPINGS.glob("*.yaml")))
    raise MappingError(f"{path.name}: no such mapping file; worked ones, by name: {known}")


def load_mapping(name: str | Path) -> Mapping:
    """Read and check a mapping file; raises `MappingError` with one line for each mistake."""
    path = find_mapping(name)
    try:
        mapping = Mapping.model_validate(load_yaml(path))
        mistakes = [
            mistake for event in mapping.events for mistake in mistakes_in(mapping.child, event, mapping.tables)
        ]
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise MappingError(f"{path.name}: not readable as YAML: {error}") from None
    except TableError as error:
        raise MappingError(f"{path.name}: {error}") from None
    except ValidationError as error:
        lines = [f"{path.name}: {_place(item['loc'])}: {item['msg']}" for item in error.errors(include_url=False)]
        raise MappingError("\n".join(lines)) from None
    if mistakes:
        raise MappingError("\n".join(f"{path.name}: {mistake}" for mistake in mistakes))
    return mapping


def _place(location: tuple[int | str, ...]) -> str:
    named = [str(part) for part in location if str(part) not in RULE_FORMS or part == location[-1]]
    return ".".join(named) or "(whole file)"
