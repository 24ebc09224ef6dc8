"""Intake's and ledger's key files: made once, listed without a key, and an old epoch's destroyed for good."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from models.service.keyfiles import read_key
from streams.__main__ import cli
from streams.intake.app import gate_keys


def keys(directory: Path, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(cli, ["keys", *words, "--keys", str(directory)], input=typed)


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A directory with the gate keys of epochs 1 and 2."""
    for epoch in ("1", "2"):
        assert keys(tmp_path, "--role", "intake", "--epoch", epoch).exit_code == 0
    return tmp_path


def test_a_role_is_needed_and_nothing_is_overwritten(two: Path) -> None:
    before = read_key(two / "gate-1.key", "gate")
    assert keys(two).exit_code == 2
    assert keys(two, "--role", "intake").exit_code == 2
    assert read_key(two / "gate-1.key", "gate") == before


def test_the_old_epochs_key_is_destroyed_after_its_name_was_typed(two: Path) -> None:
    result = keys(two, "destroy", "1", typed="gate 1\n")
    assert result.exit_code == 0, result.output
    assert "refuses every event with a token of epoch 1" in result.stderr
    assert list(gate_keys(two)) == [2]


@pytest.mark.parametrize("typed", ["", "\n", "gate 2\n", "yes\n"])
def test_nothing_is_destroyed_without_its_name(typed: str, two: Path) -> None:
    # Nothing typed at all, and no more to come, is click's own code for having been broken off.
    assert keys(two, "destroy", "1", typed=typed).exit_code == (2 if typed else 1)
    assert list(gate_keys(two)) == [1, 2]


def test_the_key_in_use_stays_while_an_older_one_is_there(two: Path) -> None:
    result = keys(two, "destroy", "2", "--yes")
    assert result.exit_code == 2
    assert "destroy the older ones first" in result.stderr
    assert keys(two, "destroy", "3", "--yes").exit_code == 2
    assert list(gate_keys(two)) == [1, 2]


def test_destroying_the_only_one_says_that_intake_then_stands(two: Path) -> None:
    assert keys(two, "destroy", "1", "--yes").exit_code == 0
    result = keys(two, "destroy", "2", typed="gate 2\n")
    assert "the only gate key" in result.stderr
    assert list(two.iterdir()) == []


def test_a_key_that_others_can_read_is_left_for_a_person_to_look_at(two: Path) -> None:
    (two / "gate-1.key").chmod(0o644)
    assert keys(two, "destroy", "1", "--yes").exit_code == 2
    assert (two / "gate-1.key").exists()


def test_the_bytes_are_written_over_before_the_file_goes(two: Path) -> None:
    linked = two / "copy"
    linked.hardlink_to(two / "gate-1.key")
    before = linked.read_bytes()
    assert keys(two, "destroy", "1", "--yes").exit_code == 0
    assert len(linked.read_bytes()) == len(before)
    assert b"ypsem-key" not in linked.read_bytes()


def test_no_output_holds_a_key(two: Path) -> None:
    secret = read_key(two / "gate-1.key", "gate").secret.hex()
    texts = [keys(two, "list").output, keys(two, "destroy", "1", "--yes").output]
    assert "gate       epoch 2" in texts[0]
    assert all(secret not in text for text in texts)


def test_the_directory_may_stand_before_the_subcommand(two: Path) -> None:
    result = CliRunner().invoke(cli, ["keys", "--keys", str(two), "destroy", "1", "--yes"])
    assert result.exit_code == 0, result.output
    assert list(gate_keys(two)) == [2]
