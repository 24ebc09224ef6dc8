"""docs/measures.md is what the definitions, examples and catalogue say today, and holds every measure."""

from __future__ import annotations

from analysis.measures.registry import DEFINITIONS
from analysis.shown.document import PAGE, document


def test_the_page_is_in_step() -> None:
    assert PAGE.read_text("utf-8") == document(), "run `make measures-doc`"


def test_every_measure_is_complete_on_it() -> None:
    text = document()
    for definition in DEFINITIONS:
        section = text.split(f"## M{definition.number} ")[1].split("\n## ")[0]
        for label in ("Numerator", "Denominator", "Window", "Unit", "Source", "Released", "Reading"):
            assert f"**{label}**" in section, (definition.id, label)
        assert "What we cannot know" in section
        assert "Worked examples" in section


def test_children_are_written_about_with_respect() -> None:
    # docs/domain.md#words: no wording that puts the harm on the child.
    for phrase in ("put themselves at risk", "lifestyle", "promiscu", "prostitut", "absconder", "abscond"):
        assert phrase not in document().lower()
