"""The forms a field's rule may take in a mapping file: one small closed model each.

`{code: Sex, table: sex}`, `{date: [Last Seen, Reported]}`, `{constant: care}`: the first key says which form it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator


def as_list(value: object) -> object:
    """One name is a list of one."""
    return [value] if isinstance(value, str) else value


Columns = Annotated[tuple[str, ...], BeforeValidator(as_list), Field(min_length=1)]
"""One or more columns; the first that is not blank counts."""

Names = Annotated[tuple[str, ...], BeforeValidator(as_list)]


class RowCondition(BaseModel):
    """A test of one column: `is` filled or blank, or its value among some, in the words of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    column: str
    state: Annotated[Literal["filled", "blank"] | None, Field(alias="is")] = None
    among: Annotated[Names, Field(alias="in")] = ()
    not_among: Annotated[Names, Field(alias="not_in")] = ()
    separator: str | None = None
    """With it the column is a list, and one element among the values is enough."""

    @model_validator(mode="after")
    def _one_test(self) -> RowCondition:
        if sum((self.state is not None, bool(self.among), bool(self.not_among))) != 1:
            raise ValueError("a condition has exactly one of: is, in, not_in")
        return self


Conditions = Annotated[
    tuple[RowCondition, ...], BeforeValidator(lambda value: [value] if isinstance(value, dict) else value)
]


class RuleForm(BaseModel):
    """Base of the forms; `when` makes a rule count only in rows where it holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    when: Conditions = ()

    def columns(self) -> Iterator[str]:
        """The columns the rule reads."""
        yield from (condition.column for condition in self.when)


class Constant(RuleForm):
    """The same code in every row."""

    constant: str


class Code(RuleForm):
    """A code by table; the contract's own code in any case is understood too."""

    code: Columns
    table: Names = ()
    own_codes: bool = True
    """False where the column holds words of another list: a risk level M is no missing status M."""
    otherwise: str = "refuse"
    """What a value that is in no table becomes: `refuse` the row, `blank`, or a code such as `unknown`."""
    blank: str | None = None
    """What a blank becomes; by default the field is left out, which means not recorded."""

    def columns(self) -> Iterator[str]:
        yield from super().columns()
        yield from self.code


class Codes(RuleForm):
    """A list of codes in one or more cells."""

    codes: Columns
    table: Names = ()
    separator: str = "|"
    otherwise: str = "refuse"
    """`refuse` the row, `drop` the element, or a code."""

    def columns(self) -> Iterator[str]:
        yield from super().columns()
        yield from self.codes


class Date(RuleForm):
    """A London date; its time of day, if any, goes no further than an hour band."""

    date: Columns

    def columns(self) -> Iterator[str]:
        yield from super().columns()
        yield from self.date


class Month(RuleForm):
    """The first of a month, where the source has months only."""

    month: Columns

    def columns(self) -> Iterator[str]:
        yield from super().columns()
        yield from self.month


class Hour(RuleForm):
    """The hour band of a date with time."""

    hour: Columns

    def columns(self) -> Iterator[str]:
        yield from super().columns()
        yield from self.hour


class DurationSpan(RuleForm):
    """The duration band from a start column (or several) to an end column."""

    duration_from: Columns
    to: str

    def columns(self) -> Iterator[str]:
        yield from super().columns()
        yield from (*self.duration_from, self.to)


class Within72h(RuleForm):
    """Whether `completed` is within 72 hours of the return."""

    returned: str
    completed: str

    def columns(self) -> Iterator[str]:
        yield from super().columns()
        yield from (self.returned, self.completed)


class Age(RuleForm):
    """An age band from a date of birth, an age in years or a school year group, on the day of the event."""

    age_from: Literal["dob", "age", "year_group"]
    column: str

    def columns(self) -> Iterator[str]:
        yield from super().columns()
        yield self.column


class YesNoRule(RuleForm):
    """Y/N/Yes/No/1/0/True/False."""

    yes_no: Columns

    def columns(self) -> Iterator[str]:
        yield from super().columns()
        yield from self.yes_no


class Flag(RuleForm):
    """A plain true or false; blank is false."""

    flag: str

    def columns(self) -> Iterator[str]:
        yield from super().columns()
        yield self.flag


class Number(RuleForm):
    """A count or a score; `scale` turns a score on that scale into 0-10."""

    number: str
    scale: tuple[float, float] | None = None
    """Lowest and highest score of the source's scale."""

    def columns(self) -> Iterator[str]:
        yield from super().columns()
        yield self.number

    @model_validator(mode="after")
    def _scale_rises(self) -> Number:
        if self.scale and self.scale[0] >= self.scale[1]:
            raise ValueError("scale is [lowest, highest]")
        return self


class Area(RuleForm):
    """A ward code, or a ward's name in the register; with `postcode` the column is looked up in --postcodes."""

    area: Columns
    postcode: bool = False

    def columns(self) -> Iterator[str]:
        yield from super().columns()
        yield from self.area


class PeriodRule(RuleForm):
    """`2026Q1` or `2026-01`."""

    period: str

    def columns(self) -> Iterator[str]:
        yield from super().columns()
        yield self.period


class InterviewStateRule(RuleForm):
    """How far a return interview has got, from its yes/no columns (docs/domain.md#return-home-interviews)."""

    interview_offered: str
    accepted: str
    completed: str
    """A yes/no column, or a date column that is filled once it was held."""

    def columns(self) -> Iterator[str]:
        yield from super().columns()
        yield from (self.interview_offered, self.accepted, self.completed)


class FirstOf(RuleForm):
    """Several rules for one field; the first that gives a value counts."""

    first_of: Annotated[tuple[Rule, ...], Field(min_length=2)]

    def columns(self) -> Iterator[str]:
        yield from super().columns()
        for rule in self.first_of:
            yield from rule.columns()


_FORMS: tuple[type[RuleForm], ...] = (
    Constant, Code, Codes, Date, Month, Hour, DurationSpan, Within72h, Age, YesNoRule, Flag, Number, Area, PeriodRule,
    InterviewStateRule, FirstOf,
)  # fmt: skip
RULE_FORMS: dict[str, type[RuleForm]] = {
    next(name for name in form.model_fields if name != "when"): form for form in _FORMS
}
"""Defining key -> form."""


def _which(value: object) -> str | None:
    if isinstance(value, RuleForm):
        return next(key for key, form in RULE_FORMS.items() if isinstance(value, form))
    found = [key for key in RULE_FORMS if isinstance(value, dict) and key in value]
    return found[0] if len(found) == 1 else None


Rule = Annotated[
    Annotated[Constant, Tag("constant")]
    | Annotated[Code, Tag("code")]
    | Annotated[Codes, Tag("codes")]
    | Annotated[Date, Tag("date")]
    | Annotated[Month, Tag("month")]
    | Annotated[Hour, Tag("hour")]
    | Annotated[DurationSpan, Tag("duration_from")]
    | Annotated[Within72h, Tag("returned")]
    | Annotated[Age, Tag("age_from")]
    | Annotated[YesNoRule, Tag("yes_no")]
    | Annotated[Flag, Tag("flag")]
    | Annotated[Number, Tag("number")]
    | Annotated[Area, Tag("area")]
    | Annotated[PeriodRule, Tag("period")]
    | Annotated[InterviewStateRule, Tag("interview_offered")]
    | Annotated[FirstOf, Tag("first_of")],
    Discriminator(
        _which,
        custom_error_type="rule_form",
        custom_error_message=f"a rule has exactly one of: {', '.join(RULE_FORMS)}",
    ),
]

FirstOf.model_rebuild()
