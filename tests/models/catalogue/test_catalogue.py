"""The catalogue is whole, has what docs/domain.md#indicators says, and a board may edit everything but the codes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from agencies.readers.codetables import normal, shipped_table
from demo.synthetic.catalogue import CATALOGUE, LETTER
from models.catalogue import CatalogueError, Tier, load_catalogue, shipped
from models.catalogue.load import SHIPPED
from models.catalogue.types import SECTORS
from models.register import load_register
from tests.demo.synthetic.support import REGISTER


def test_the_significant_tier_is_that_of_decision_5() -> None:
    assert shipped().significant == {
        "MISS_REPEAT", "MISS_OVERNIGHT", "CTRL_ADULT", "UNK_VEHICLE", "HOTEL_TAXI_FOOD", "RISKY_AREA", "GIFTS_MONEY",
        "ONLINE_GROOM", "STI_REPEAT", "TRAFFICKED", "DISCLOSURE",
    }  # fmt: skip


def test_observers_and_categories_are_those_the_demo_was_built_on() -> None:
    sectors = {agency.id: agency.sector for agency in load_register(REGISTER).agencies}
    for code, (category, letters) in CATALOGUE.items():
        entry = shipped().by_code[code]
        assert entry.category == category
        assert set(entry.observers) & set(sectors.values()) == {sectors[LETTER[letter]] for letter in letters}


@pytest.mark.parametrize("sector", sorted({str(sector) for sector in SECTORS} - {"other"}))
def test_every_sector_is_in_a_position_to_see_what_a_child_discloses_and_more(sector: str) -> None:
    expected = shipped().expected(sector)
    assert "DISCLOSURE" in expected
    assert len(expected) > 1


def test_what_the_sandwell_tool_has_in_one_line_has_one_tier() -> None:
    """In the Sandwell tool "recurring sexually transmitted infections/repeat terminations" is significant, and
    "sexually transmitted infections/pregnancies/termination of pregnancies" is not."""
    tiers = {code: shipped().by_code[code].tier for code in ("STI_REPEAT", "STI", "PREG_TERM")}
    assert tiers == {"STI_REPEAT": Tier.SIGNIFICANT, "STI": Tier.MODERATE, "PREG_TERM": Tier.MODERATE}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Repeat terminations", "STI_REPEAT"),
        ("Termination of pregnancy", "PREG_TERM"),
        ("Second phone", "GIFTS_MONEY"),
        ("Phone/internet use of concern", "PHONE_USE"),
    ],
)
def test_exports_words_go_to_the_code_whose_tier_they_have(words: str, code: str) -> None:
    assert shipped_table("indicators")[normal(words)].code == code


def edited(folder: Path, day: str, **changes: object) -> None:
    content = yaml.safe_load(next(SHIPPED.glob("indicators-*.yaml")).read_text("utf-8"))
    content["version"] = date.fromisoformat(day)
    entry = next(e for e in content["indicators"] if e["code"] == "GIFTS_MONEY")
    entry |= changes
    (folder / f"indicators-{day}.yaml").write_text(yaml.safe_dump(content), "utf-8")


def test_a_board_edits_labels_tiers_observers_and_use_by_a_dated_copy(tmp_path: Path) -> None:
    edited(tmp_path, "2024-04-01")
    edited(tmp_path, "2026-01-01", label="Things nobody can explain", tier="moderate", observers=["housing"])
    edited(tmp_path, "2026-04-01", used=False)
    before, during = load_catalogue(tmp_path, date(2025, 12, 31)), load_catalogue(tmp_path, date(2026, 1, 1))
    assert "GIFTS_MONEY" in before.significant
    assert during.by_code["GIFTS_MONEY"].tier is Tier.MODERATE
    assert "GIFTS_MONEY" in during.expected("housing", "material")
    assert "GIFTS_MONEY" not in during.expected("education")
    after = load_catalogue(tmp_path)
    assert "material" not in after.categories
    assert "GIFTS_MONEY" not in after.expected("education")


@pytest.mark.parametrize(
    "changes", [{"code": "NEW_CODE"}, {"tier": "urgent"}, {"observers": []}, {"score": 5}, {"code": "DRUGS"}]
)
def test_what_a_board_may_not_do(tmp_path: Path, changes: dict[str, object]) -> None:
    edited(tmp_path, "2026-01-01", **changes)
    with pytest.raises(CatalogueError):
        load_catalogue(tmp_path)


def test_a_catalogue_must_be_in_force_and_named_for_its_date(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no indicators"):
        load_catalogue(tmp_path)
    edited(tmp_path, "2026-01-01")
    (tmp_path / "indicators-2026-01-01.yaml").rename(tmp_path / "indicators-2026-02-01.yaml")
    with pytest.raises(CatalogueError, match="its name says"):
        load_catalogue(tmp_path)
