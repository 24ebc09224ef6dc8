"""Keys through their life: an overlap within three tokens, a safe directory on every use, handing over, destroying."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agencies.__main__ import main
from agencies.keys import create_keys, destroy, export_link, import_link, link_files, list_keys, load_keys, rotate_link
from agencies.mint import Minted
from models.service.keyfiles import KeyFileError
from tests.agencies.support import minter, row

ALL = {"nhs": "9990000018", "upn": "K999400123001", "demog": "sample|t|2010-02-01|F", "local": "77"}


def keys_command(directory: Path, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["keys", *arguments, "--keys", str(directory)], input=typed)


def tokens_of(directory: Path, kinds: tuple[str, ...]) -> list[tuple[str, int, str]]:
    made = minter(directory, keys=load_keys(directory)).mint(row(identifiers={kind: ALL[kind] for kind in kinds}))
    assert isinstance(made, Minted)
    found = made.data.get("tokens", [])
    assert isinstance(found, list)
    return [(token["kind"], token["epoch"], token["token"]) for token in found]


@pytest.mark.parametrize(
    ("kinds", "alone", "overlapping"),
    [
        (("nhs", "upn", "demog", "local"), "nhs upn demog", "nhs2 upn2 nhs1"),
        (("upn", "demog", "local"), "upn demog local", "upn2 demog2 upn1"),
        (("nhs", "local"), "nhs local", "nhs2 local2 nhs1"),
        (("local",), "local", "local2 local1"),
        ((), "", ""),
    ],
)
def test_an_overlap_adds_the_strongest_kind_under_the_older_epoch_within_three(
    kinds: tuple[str, ...], alone: str, overlapping: str, tmp_path: Path
) -> None:
    create_keys(tmp_path)
    before = tokens_of(tmp_path, kinds)
    assert [kind for kind, _, _ in before] == alone.split()
    rotate_link(tmp_path)
    during = tokens_of(tmp_path, kinds)
    assert [f"{kind}{epoch}" for kind, epoch, _ in during] == overlapping.split()
    assert len({token for _, _, token in during}) == len(during)
    assert set(during) & set(before) == set(before[:1]), "the strongest token of the old epoch is the old token"
    destroy(tmp_path, "link", 1)
    after = tokens_of(tmp_path, kinds)
    assert [kind for kind, _, _ in after] == alone.split()
    assert not set(after) & set(before)


def test_only_the_epoch_before_overlaps(tmp_path: Path) -> None:
    create_keys(tmp_path)
    rotate_link(tmp_path)
    rotate_link(tmp_path)
    keys = load_keys(tmp_path)
    assert (keys.epoch, keys.overlap and keys.overlap.epoch) == (3, 2)
    assert [(key.epoch, key.state) for key in list_keys(tmp_path) if key.purpose == "link"] == [
        (1, "kept"), (2, "overlap"), (3, "in use"),
    ]  # fmt: skip


def test_a_directory_that_others_can_open_is_refused_on_every_use(tmp_path: Path) -> None:
    create_keys(tmp_path / "k")
    out, given = tmp_path / "out.key", tmp_path / "given.key"
    export_link(tmp_path / "k", given)
    (tmp_path / "k").chmod(0o750)
    for arguments in (
        ["list"], ["rotate"], ["create"], ["destroy", "link", "1", "--yes"], ["export-link", str(out)],
        ["import-link", str(given)],
    ):  # fmt: skip
        done = keys_command(tmp_path / "k", *arguments)
        assert (done.exit_code, "chmod 700" in done.output) == (2, True), done.output
    with pytest.raises(KeyFileError, match="chmod 700"):
        load_keys(tmp_path / "k")
    assert {path.name for path in (tmp_path / "k").iterdir()} == {"link-1.key", "event-id.key", "local.key"}
    assert not out.exists()


def test_a_link_key_is_handed_over_by_file_alone(tmp_path: Path) -> None:
    ours, theirs, out = tmp_path / "ours", tmp_path / "theirs", tmp_path / "out" / "for-them.key"
    create_keys(ours)
    assert keys_command(ours, "export-link", str(out)).exit_code == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    import_link(theirs, out)
    create_keys(theirs)
    assert load_keys(theirs).link == load_keys(ours).link
    rotate_link(ours)
    again = keys_command(ours, "export-link", str(out))
    assert (again.exit_code, "never overwritten" in again.output) == (2, True)
    out.unlink()
    done = [keys_command(ours, "export-link", str(out)), keys_command(theirs, "import-link", str(out))]
    assert [one.exit_code for one in done] == [0, 0]
    assert load_keys(theirs).link == load_keys(ours).link
    assert load_keys(theirs).epoch == 2
    secret = out.read_text().split()[-1]
    assert not any(secret in one.output or re.search("[0-9a-f]{32}", one.output) for one in done)
    with pytest.raises(KeyFileError, match="epoch 2 is in use"):
        import_link(theirs, out)
    with pytest.raises(KeyFileError, match="no link key of epoch 7"):
        export_link(ours, tmp_path / "x", 7)


def test_destroying_overwrites_the_bytes_before_it_removes_the_name(tmp_path: Path) -> None:
    create_keys(tmp_path / "k")
    rotate_link(tmp_path / "k")
    path = tmp_path / "k" / "link-1.key"
    secret = path.read_bytes().split()[-1]
    (tmp_path / "same-bytes").hardlink_to(path)
    destroy(tmp_path / "k", "link", 1)
    assert not path.exists()
    left = (tmp_path / "same-bytes").read_bytes()
    assert len(left) > 64
    assert secret not in left
    assert b"ypsem" not in left


def test_destroying_asks_for_purpose_and_epoch(tmp_path: Path) -> None:
    create_keys(tmp_path)
    rotate_link(tmp_path)
    for typed in ("", "y\n", "link\n", "link 2\n"):
        refused = keys_command(tmp_path, "destroy", "link", "1", typed=typed)
        assert refused.exit_code != 0
        assert list(link_files(tmp_path)) == [1, 2]
    done = keys_command(tmp_path, "destroy", "link", "1", typed="link 1\n")
    assert done.exit_code == 0, done.output
    assert list(link_files(tmp_path)) == [2]
    assert keys_command(tmp_path, "destroy", "local", "0", "--yes").exit_code == 0
    with pytest.raises(KeyFileError, match=r"local\.key"):
        load_keys(tmp_path)


@pytest.mark.parametrize(("purpose", "epoch"), [("link", "2"), ("link", "3"), ("local", "1")])
def test_what_is_in_use_or_not_there_is_not_destroyed(purpose: str, epoch: str, tmp_path: Path) -> None:
    create_keys(tmp_path)
    rotate_link(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    done = keys_command(tmp_path, "destroy", purpose, epoch, "--yes")
    assert done.exit_code == 2
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_only_link_key_can_be_destroyed_by_one_who_leaves(tmp_path: Path) -> None:
    create_keys(tmp_path)
    destroy(tmp_path, "link", 1)
    with pytest.raises(KeyFileError, match="no link key"):
        load_keys(tmp_path)
