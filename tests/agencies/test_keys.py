"""The `keys` commands' promises: safe files, nothing overwritten, nothing shown, one shared link key."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from agencies.__main__ import main
from agencies.keys import create_keys, link_files, list_keys, load_keys, rotate_link
from models.service.keyfiles import KeyFileError


def test_created_keys_are_owner_only_and_load(tmp_path: Path) -> None:
    made = create_keys(tmp_path / "keys")
    assert {path.name for path in made} == {"link-1.key", "event-id.key", "local.key"}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in made)
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert load_keys(tmp_path / "keys").epoch == 1


def test_two_agencies_share_the_link_key_and_nothing_else(tmp_path: Path) -> None:
    create_keys(tmp_path / "a")
    create_keys(tmp_path / "b", tmp_path / "a/link-1.key")
    one, other = load_keys(tmp_path / "a"), load_keys(tmp_path / "b")
    assert one.link == other.link
    assert one.local != other.local
    assert one.event_id != other.event_id
    assert len({one.link, one.local, one.event_id, one.record}) == 4


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    create_keys(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(KeyFileError, match="nothing was made"):
        create_keys(tmp_path)
    with pytest.raises(KeyFileError, match="keys rotate"):
        create_keys(tmp_path, tmp_path / "link-1.key")
    with pytest.raises(KeyFileError, match="epoch 1 is in use"):
        rotate_link(tmp_path, tmp_path / "link-1.key")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_rotation_adds_an_epoch_and_changes_tokens_but_no_event_ids(tmp_path: Path) -> None:
    create_keys(tmp_path)
    before = load_keys(tmp_path)
    assert rotate_link(tmp_path).name == "link-2.key"
    after = load_keys(tmp_path)
    assert after.epoch == 2
    assert after.link != before.link
    assert after.local != before.local
    assert (after.event_id, after.record) == (before.event_id, before.record)
    assert list(link_files(tmp_path)) == [1, 2]


def test_a_key_others_can_read_is_refused(tmp_path: Path) -> None:
    create_keys(tmp_path)
    (tmp_path / "local.key").chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        load_keys(tmp_path)


def test_a_renamed_link_key_is_refused(tmp_path: Path) -> None:
    create_keys(tmp_path)
    (tmp_path / "link-1.key").rename(tmp_path / "link-3.key")
    with pytest.raises(KeyFileError, match="holds the key of epoch 1"):
        load_keys(tmp_path)


def test_no_command_prints_a_key(tmp_path: Path) -> None:
    run = CliRunner()
    keys = ["--keys", str(tmp_path / "k")]
    output = ""
    for command in (["create"], ["rotate"], ["list"], ["create"]):
        done = run.invoke(main, ["keys", *command, *keys])
        assert done.exit_code == (2 if command == ["create"] and output else 0), done.output
        output += done.output
    secrets = [path.read_text().split()[-1] for path in (tmp_path / "k").iterdir()]
    assert len(secrets) == 4
    assert not any(secret in output for secret in secrets)
    assert not re.search(r"[0-9a-f]{32}", output)
    assert [line.split()[:3] for line in output.splitlines() if "epoch" in line and ".key" in line] == [
        ["link", "epoch", "1"], ["link", "epoch", "2"], ["event-id", "epoch", "0"], ["local", "epoch", "0"],
    ]  # fmt: skip
    assert [key.purpose for key in list_keys(tmp_path / "k")] == ["link", "link", "event-id", "local"]
