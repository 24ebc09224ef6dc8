"""The dry run: it adds up, exits with the documented codes, masks ids and tokens, and lets nothing of the file out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

import agencies
from agencies.__main__ import main
from agencies.check import check_file
from agencies.readers.reading import Reading
from agencies.readers.rule_texts import RULE_TEXTS, rule_text
from agencies.readers.summary import SHOWN_ROWS, ReadingSummary, summarise
from agencies.rows import SourceRow
from tests.agencies.readers.support import TODAY, table, write
from tests.factories import BOARD, event, register

COLUMNS = "Record Ref,NHS Number,DOB,Sex,Ethnic Group,Date Seen,Date Recorded,Indicators (pipe list),Location Type,Ward"
GOOD = "{n},9990000026,01/02/2010,F,White,01/06/2025,02/06/2025,DRUGS,Park,Ward 01"


@pytest.fixture
def register_dir(tmp_path: Path) -> Path:
    """The factories' register as a directory."""
    folder = tmp_path / "register"
    folder.mkdir()
    document = register().model_dump(mode="json")
    (folder / "register-2024-04-01.yaml").write_text(yaml.safe_dump(document))
    return folder


def check(folder: Path, *rows: str, **options: Any) -> ReadingSummary:
    """A dry run of indicator rows."""
    path = write(folder, table(COLUMNS, *rows))
    return check_file(path, "mapped-csv", mapping="indicators", register=register(), today=TODAY, **options)


def run(*arguments: str, clock: str = "2026-05-11") -> tuple[int, str]:
    """The command: exit code and all output."""
    result = CliRunner().invoke(main, ["check", *arguments])
    return result.exit_code, result.output


def test_it_adds_up(tmp_path: Path) -> None:
    rows = [GOOD.format(n=n) for n in range(5)]
    summary = check(tmp_path, *rows, rows[0], "9,,01/02/2010,F,White,31/06/2025,,DRUGS,Park,Nowhere", preview=2)
    assert (summary.read, summary.publishable, summary.refused, summary.duplicates, summary.skipped) == (7, 5, 1, 1, 0)
    assert summary.events == {"indicator_observed": 5}
    assert summary.linkable == 5
    assert set(summary.refused_by_rule) == {"bad-date", "unknown-ward"}
    assert summary.refused_by_rule["bad-date"].lines == [8]
    assert summary.exit_code == 1
    assert len(summary.preview) == 2


def test_a_row_of_two_events_is_one_line(tmp_path: Path) -> None:
    columns = (
        "Referral ID,Date of Concern,Date Recorded,Source Code,Risk Level,Screening Tool Date,"
        "Indicators (pipe list),Model,Location Type,Ward,Outcome,NHS Number"
    )
    path = write(tmp_path, table(columns, "R1,01/06/2025,,,,05/06/2025,,,,,,9990000027"))
    summary = check_file(path, "mapped-csv", mapping="cse-concern", register=register(), today=TODAY)
    assert (summary.read, summary.publishable) == (1, 1)
    assert summary.events == {"cse_concern": 1, "screening": 1}
    assert summary.warnings_by_rule["bad-nhs-number"].rows == 1
    assert summary.linkable == 0
    assert summary.exit_code == 0


def test_line_numbers_are_capped_and_counts_are_not(tmp_path: Path) -> None:
    rows = [f"{n},,01/02/2010,F,White,31/06/2025,,DRUGS,Park," for n in range(50)]
    summary = check(tmp_path, *rows)
    assert summary.refused_by_rule["bad-date"].rows == 50
    assert summary.refused_by_rule["bad-date"].lines == list(range(2, 2 + SHOWN_ROWS))
    assert "…" in summary.to_text()


def test_the_preview_masks_ids_and_tokens(tmp_path: Path) -> None:
    shown = check(tmp_path, GOOD.format(n=1), preview=5).preview[0]
    data = shown["data"]
    assert isinstance(data, dict)
    assert data["event_id"] == "…"
    assert data["tokens"] == [{"kind": "nhs", "token": "lt_…"}]
    assert data["board"] == BOARD
    assert data["age_band"] == "14-15"


def test_the_preview_of_canonical_events_masks_them_too(tmp_path: Path) -> None:
    original = event()
    path = tmp_path / "events.jsonl"
    path.write_text(json.dumps(original))
    text = check_file(path, "events", register=register(), today=TODAY, preview=1).to_json()
    assert original["data"]["event_id"] not in text
    assert original["data"]["tokens"][0]["token"] not in text
    assert not re.search(r"[a-p]{40}", text)


def test_nothing_of_the_file_is_in_any_output(tmp_path: Path) -> None:
    canaries = [
        "9434765919", "B801200005001", "QQ123456C", "ZZ1 1AA", "07700 900123", "canary@example.org", "17/03/2011",
        "Canary Person", "CANARY-1", "4242424242",
    ]  # fmt: skip
    lines = [",".join([canary] * 10) for canary in canaries]
    for place in range(10):
        cells = GOOD.format(n=place).split(",")
        for canary in canaries:
            changed = [canary if column == place else cell for column, cell in enumerate(cells)]
            lines.append(",".join(changed))
    lines += [GOOD.format(n=canary) for canary in canaries]
    summary = check(tmp_path, *lines, preview=200)
    assert summary.refused
    assert summary.publishable
    for output in (summary.to_text(), summary.to_json()):
        for canary in canaries:
            for form in (canary, canary.replace(" ", ""), canary.upper(), canary.lower()):
                assert form not in output


def test_an_identifier_that_came_through_a_reader_is_still_refused() -> None:
    fields = {"occurred_on": "2025-06-01", "areas": {"home": "9434765919"}}
    row = SourceRow(2, "ypsem.missing_episode.v1", "1", fields, {})
    summary = summarise(Reading([row], "test"), "mapped-csv")
    assert (summary.publishable, summary.refused) == (0, 1)
    assert summary.refused_by_rule["identifier.nhs-number"].fields == {"areas.home": 1}


def test_every_rule_shown_has_a_sentence(tmp_path: Path) -> None:
    assert all(text and not text.endswith(".") for text in RULE_TEXTS.values())
    assert rule_text("identifier.nhs-number") != rule_text("schema.enum") != rule_text("something-new")


def test_every_rule_of_the_code_has_a_sentence() -> None:
    code = "\n".join(path.read_text() for path in (Path(agencies.__file__).parent / "readers").glob("*.py"))
    named = set(re.findall(r"(?:Refusal|CellRefused|BadIdentifier|UnknownArea)\(\s*\"([a-zA-Z0-9-]+)\"", code))
    assert len(named) > 20
    assert named <= set(RULE_TEXTS)


def test_exit_codes_of_the_command(tmp_path: Path, register_dir: Path) -> None:
    options = ["--format", "mapped-csv", "--mapping", "indicators", "--register", str(register_dir)]
    good = write(tmp_path, table(COLUMNS, GOOD.format(n=1)), "good.csv")
    bad = write(tmp_path, table(COLUMNS, GOOD.format(n=1), GOOD.format(n=2).replace("01/06/2025", "CANARY")), "bad.csv")
    no_table = write(tmp_path, "CANARY;CANARY\n", "none.csv")
    code, output = run(str(good), *options)
    assert (code, "1 read, 1 can be published" in output) == (0, True)
    code, output = run(str(bad), *options, "--json", "--preview", "1")
    assert code == 1
    assert json.loads(output)["refused_by_rule"]["bad-date"]["lines"] == [3]
    assert "CANARY" not in output
    code, output = run(str(no_table), *options)
    assert code == 2
    assert "missing columns" in output
    assert "CANARY" not in output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "mapped-csv"], "needs --mapping"),
        (["--format", "mapped-csv", "--mapping", "no-such"], "worked ones, by name"),
        (["--format", "ssda903-missing"], "missing columns"),
        (["--format", "events"], "no line of it is JSON"),
        (["--format", "events", "--board", "X08999999"], "no such board in the register"),
    ],
)
def test_wrong_use_ends_in_one_line_and_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.delenv("YPSEM_REGISTER", raising=False)
    path = write(tmp_path, table(COLUMNS, GOOD.format(n=1)))
    code, output = run(str(path), *arguments)
    assert code == 2
    assert said in output
    assert "Traceback" not in output
