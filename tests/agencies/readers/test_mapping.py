"""A mapping file is checked before a row is read; every mistake is named with its place and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from agencies.readers.codetables import TABLES, CodeTable, load_yaml, normal, shipped_table
from agencies.readers.mapping import MAPPINGS, EventRule, Mapping, MappingError, load_mapping
from agencies.readers.rules import RULE_FORMS
from tests.agencies.readers.support import write

GOOD = """
name: Synthetic list
source_system: spreadsheet
identifiers: {nhs: NHS Number}
tables:
  grade: {H: high, "No": nar}
child:
  sex: {code: Sex, table: sex}
events:
  - type: missing_episode
    key: [Ref]
    when: {column: Kind, in: [Missing, N]}
    fields:
      occurred_on: {date: [Seen, Reported]}
      police_grade: {code: Risk, table: grade}
"""


def mistake(folder: Path, old: str, new: str) -> str:
    """What loading says of the good mapping with one change."""
    assert old in GOOD
    with pytest.raises(MappingError) as error:
        load_mapping(write(folder, GOOD.replace(old, new), "mapping.yaml"))
    return str(error.value)


def test_a_good_mapping_loads_and_knows_its_columns(tmp_path: Path) -> None:
    mapping = load_mapping(write(tmp_path, GOOD, "mapping.yaml"))
    assert mapping.required() == ["NHS Number", "Sex", "Ref", "Kind", "Seen", "Reported", "Risk"]
    # Plain YAML would read N as false and No as a key of that kind.
    assert mapping.events[0].when[0].among == ("Missing", "N")
    assert set(mapping.tables["grade"]) == {"H", "No"}


def test_optional_columns_are_not_required(tmp_path: Path) -> None:
    text = GOOD.replace("identifiers:", "optional: [SEX]\nidentifiers:")
    assert "Sex" not in load_mapping(write(tmp_path, text, "mapping.yaml")).required()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("source_system: spreadsheet", "source_system: excel", "source_system"),
        ("type: missing_episode", "type: missing", "'missing' is not an event type"),
        ("type: missing_episode", "type: withdrawal", "is not an event type"),
        ("key: [Ref]", "key: []", "key"),
        ("    key: [Ref]\n", "", "key"),
        ("police_grade:", "police_risk:", "no such field"),
        ("police_grade:", "event_id:", "no such field"),
        ("      occurred_on: {date: [Seen, Reported]}\n", "", "occurred_on is required"),
        ("{date: [Seen, Reported]}", "{code: Seen}", "cannot fill a field of kind date"),
        ("{date: [Seen, Reported]}", "{day: Seen}", "a rule has exactly one of"),
        ("{date: [Seen, Reported]}", "{date: Seen, code: Seen}", "a rule has exactly one of"),
        ("{date: [Seen, Reported]}", "{date: Seen, format: iso}", "Extra inputs"),
        ("table: grade", "table: grades", "no code table 'grades'"),
        ("table: grade", "table: sex", "gives F, M, which this field does not have"),
        ("H: high", "H: hihg", "gives hihg"),
        ('H: high, "No": nar', "H: high, h: low", "listed twice"),
        ("{code: Risk, table: grade}", "{constant: severe}", "'severe' is not a value"),
        ("{code: Risk, table: grade}", "{code: Risk, otherwise: drop}", "otherwise"),
        ("{code: Risk, table: grade}", "{code: Risk, blank: severe}", "blank"),
        ("{code: Risk, table: grade}", "{yes_no: Risk}", "gives other codes"),
        ("sex: {code: Sex, table: sex}", "height: {number: Height}", "no event type has this field"),
        ("when: {column: Kind, in: [Missing, N]}", "when: {column: Kind}", "exactly one of: is, in, not_in"),
        ("when: {column: Kind, in: [Missing, N]}", "when: {column: Kind, is: full}", "filled"),
        ("when: {column: Kind, in: [Missing, N]}", "needs: [indicators]", "which no rule gives"),
        ("name: Synthetic list", "name: Synthetic list\nsecret: 1", "Extra inputs"),
        ("events:", "events: [", "not readable as YAML"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = mistake(tmp_path, old, new)
    assert said in text
    assert text.startswith("mapping.yaml: ")


def test_every_mistake_has_its_line(tmp_path: Path) -> None:
    text = mistake(tmp_path, "police_grade:", "police_risk:\n        {constant: low}\n      harm:")
    assert len(text.splitlines()) == 2


def test_worked_mappings_are_found_by_name_and_unknown_names_list_them() -> None:
    assert load_mapping("compact-missing").name == load_mapping("compact-missing.yaml").name
    with pytest.raises(MappingError, match="cse-concern"):
        load_mapping("compact")


@pytest.mark.parametrize("path", sorted(TABLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_table_loads_and_names_its_source(path: Path) -> None:
    table = CodeTable.model_validate(load_yaml(path))
    assert len(table.source) > 20
    assert shipped_table(path.stem)


def test_values_are_compared_without_case_punctuation_or_list_prefix() -> None:
    assert normal("a) WBRI ") == normal("wbri")
    assert normal(" Children’s  Home") == normal("childrens-home")
    assert normal("18+") != normal("18")


def test_the_readme_describes_every_form_and_part() -> None:
    text = (MAPPINGS / "README.md").read_text("utf-8")
    assert not [form for form in RULE_FORMS if f"{{{form}: " not in text]
    assert not [name for name in (*Mapping.model_fields, *EventRule.model_fields) if f"`{name}`" not in text]
