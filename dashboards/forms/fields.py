"""A form as data: its questions, and the check of what was answered. One template shows them all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from dashboards.forms.sent import NOTHING, SentForm
from dashboards.words import day as day_words
from models.store.texts import LONGEST, TextRefused, check_text


class Input(StrEnum):
    """How a question is asked."""

    LINE = "line"
    AREA = "area"
    ONE = "one"
    """Radio buttons: one of a few."""
    SOME = "some"
    """Check boxes: any number."""
    PICK = "pick"
    """A list to choose one from: many."""
    DAY = "day"


@dataclass(frozen=True)
class Choice:
    """One answer that is offered."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class Field:
    """One question."""

    name: str
    label: str
    kind: Input
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    start: str = ""
    """What it holds before anything was typed; of a day, as ISO 8601 writes it."""

    @property
    def target(self) -> str:
        """The id that an error leads to."""
        return {
            Input.DAY: f"{self.name}-day",
            Input.ONE: f"{self.name}-1",
            Input.SOME: f"{self.name}-1",
        }.get(self.kind, self.name)


@dataclass(frozen=True)
class Form:
    """One page with questions and a button."""

    title: str
    button: str
    back: tuple[str, str]
    """Where it goes without doing anything: address and words."""
    fields: tuple[Field, ...] = ()
    text: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    warning: str = ""
    """What cannot be undone."""
    hidden: Mapping[str, str] = field(default_factory=dict)
    check: bool = False
    """Whether the answers are shown once more before anything is done."""


_CODE = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
NAMES_NOBODY = (
    f"At most {LONGEST} characters. Name no child, no other person and no address: what looks like it is refused."
)
"""The hint of every question that is answered in one's own words."""


def radios(name: str, label: str, choices: Iterable[tuple[str, str]], hint: str = "", start: str = "") -> Field:
    """A question with one of a few answers."""
    return Field(name, label, Input.ONE, hint, tuple(Choice(*pair) for pair in choices), start)


class Checked:
    """The answers of a form, checked one by one; what is wrong is in `errors`, by the name of the question."""

    def __init__(self, form: Form, sent: SentForm) -> None:
        self.sent = sent
        self.errors: dict[str, str] = {}
        self._fields = {field.name: field for field in form.fields}

    def asks(self, name: str) -> bool:
        """Whether the form has this question."""
        return name in self._fields

    def one(self, name: str, missing: str) -> str:
        """One of the answers that were offered; `missing` is what the page says where none was chosen."""
        value = self.sent.one(name)
        if value not in {choice.value for choice in self._fields[name].choices}:
            self.errors[name] = missing
        return value

    def some(self, name: str, missing: str = "") -> tuple[str, ...]:
        """Some of the answers that were offered; with `missing`, at least one."""
        offered = [choice.value for choice in self._fields[name].choices]
        chosen = tuple(value for value in offered if value in self.sent.many(name))
        if missing and not chosen:
            self.errors[name] = missing
        return chosen

    def text(self, name: str, missing: str = "") -> str:
        """A text of at most 280 characters that names nobody; with `missing`, not an empty one."""
        value = self.sent.one(name)
        if missing and not value:
            self.errors[name] = missing
            return ""
        try:
            check_text(value)
        except TextRefused as refusal:
            self.errors[name] = _in_words(str(refusal))
        return value

    def number(self, name: str, most: int) -> int | None:
        """A whole number from 0 to `most`."""
        value = self.sent.one(name)
        if value.isascii() and value.isdigit() and len(value) < 20 and int(value) <= most:
            return int(value)
        self.errors[name] = f"{self._fields[name].label} Give a whole number from 0 to {most:,}"
        return None

    def code(self, name: str, missing: str, longest: int) -> str:
        """An id of ours, such as a rule's."""
        value = self.sent.one(name)
        if not value:
            self.errors[name] = missing
        elif not _CODE.fullmatch(value) or len(value) > longest:
            self.errors[name] = "That is no id: letters, digits, dots and dashes, a letter first"
        return value

    def day(self, name: str, missing: str = "") -> date | None:
        """A day; with `missing`, not an empty one."""
        label = self._fields[name].label
        try:
            value = self.sent.day(name)
        except ValueError:
            self.errors[name] = f"{label}: give a real day, such as 27 3 2026"
            return None
        if value is None and missing:
            self.errors[name] = missing
        return value


_RULES = {
    "identifier.not-ascii": "it holds a letter with an accent or another sign that is not on an English keyboard",
    "identifier.email": "it holds what looks like an address of e-mail",
    "identifier.url": "it holds what looks like an address of the web",
    "identifier.nhs-number": "it holds what looks like an NHS number",
    "identifier.date": "it holds what looks like a date: give days in their own fields, or write a month in words",
    "identifier.phone": "it holds what looks like a telephone number",
    "identifier.postcode": "it holds what looks like a postcode",
    "identifier.number": "it holds a long number",
    "identifier.name": "it holds two words with capital letters, or a title, which looks like somebody's name",
}


def _in_words(refusal: str) -> str:
    """The refusal of a text, for the person who wrote it. It repeats nothing of the text."""
    rule = refusal.rpartition(": ")[2]
    if refusal.startswith("the text is longer"):
        return f"Shorten the text to {LONGEST} characters. It has {rule.removeprefix('it has ')}"
    return f"Write it without naming anybody: {_RULES.get(rule, 'it holds what looks like a number of a person')}"


def start_day(value: str) -> dict[str, str]:
    """The three parts of a day that a question begins with."""
    if not value:
        return {"day": "", "month": "", "year": ""}
    begun = date.fromisoformat(value)
    return {"day": str(begun.day), "month": str(begun.month), "year": str(begun.year)}


def shown(asked: Field, sent: SentForm) -> dict[str, object]:
    """What the template needs of one question: what was typed is kept."""
    typed = sent is not NOTHING
    values: object
    if asked.kind is Input.DAY:
        begun = start_day(asked.start)
        values = {part: sent.one(f"{asked.name}-{part}") if typed else begun[part] for part in begun}
    elif asked.kind is Input.SOME:
        values = sent.many(asked.name)
    else:
        values = sent.one(asked.name) if typed else asked.start
    return {"field": asked, "value": values}


def answer_words(asked: Field, sent: SentForm) -> str:
    """An answer as the page to check says it."""
    if asked.kind is Input.DAY:
        value = sent.day(asked.name)
        return day_words(value) if value else "none given"
    if asked.kind in (Input.LINE, Input.AREA):
        return sent.one(asked.name) or "none given"
    chosen = sent.many(asked.name)
    return "; ".join(choice.label for choice in asked.choices if choice.value in chosen) or "none"


def kept(form: Form, sent: SentForm) -> list[tuple[str, str]]:
    """Names and values of all answers, for the page to check to carry along."""
    names: list[str] = []
    for asked in form.fields:
        names += (
            [f"{asked.name}-{part}" for part in ("day", "month", "year")] if asked.kind is Input.DAY else [asked.name]
        )
    return [(name, value) for name in names for value in sent.many(name)]
