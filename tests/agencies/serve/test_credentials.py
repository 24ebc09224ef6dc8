"""Credentials: made once, kept as hashes, known again, ended; and never shown by accident."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agencies.__main__ import main
from agencies.serve.credentials import CredentialError, Doorkeeper, create, read, revoke, rotate
from models.service import clock
from tests.factories import CARE, POLICE, register


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "credentials.json"


def bearer(token: str) -> str:
    return f"Bearer {token}"


def test_a_credential_is_its_agencys_and_nobody_elses(path: Path) -> None:
    police, care = create(path, POLICE), create(path, CARE)
    door = Doorkeeper(path)
    assert (door.agency(bearer(police)), door.agency(bearer(care))) == (POLICE, CARE)
    ids = [one.id for one in read(path)]
    for wrong in (None, "", police, bearer(police[:-1]), bearer(police + "A"), bearer(police.replace(ids[0], ids[1]))):
        assert door.agency(wrong) is None


def test_the_file_holds_hashes_and_is_its_owners_alone(path: Path) -> None:
    token = create(path, POLICE)
    text = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert token.split("_")[2] not in text
    assert token.split("_")[2] not in repr(read(path))
    assert json.loads(text)[0]["hash"] not in repr(read(path))


def test_two_of_an_agency_work_until_the_first_ends(path: Path) -> None:
    first = create(path, POLICE)
    door = Doorkeeper(path)
    second = rotate(path, POLICE, clock.now() + timedelta(hours=1))
    assert door.agency(bearer(first)) == door.agency(bearer(second)) == POLICE
    third = rotate(path, POLICE, clock.now())
    assert [door.agency(bearer(t)) for t in (first, second, third)] == [None, None, POLICE]
    assert revoke(path, lambda one: one.agency == POLICE) == 3
    assert door.agency(bearer(third)) is None
    with pytest.raises(CredentialError):
        rotate(path, POLICE, clock.now())


@pytest.mark.parametrize("content", ["", "[]x", '[{"id": "a"}]', "\x00"])
def test_a_file_that_is_no_credentials_file_is_not_used(path: Path, content: str) -> None:
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(CredentialError):
        Doorkeeper(path)


def test_a_file_that_others_can_read_is_not_used(path: Path) -> None:
    create(path, POLICE)
    door = Doorkeeper(path)
    path.chmod(0o640)
    with pytest.raises(CredentialError, match="chmod 600"):
        door.agency("Bearer x")


def run(path: Path, *arguments: str) -> Result:
    registers = path.parent / "register"
    registers.mkdir(exist_ok=True)
    (registers / "register-2024-04-01.yaml").write_text(register().model_dump_json())
    environment = {"YPSEM_REGISTER": str(registers), "YPSEM_SERVE_CREDENTIALS": str(path)}
    return CliRunner().invoke(main, ["serve-token", *arguments], env=environment)


def test_a_credential_is_shown_where_it_was_asked_for_and_nowhere_else(path: Path) -> None:
    neither = run(path, "create", "--agency", POLICE)
    assert neither.exit_code == 2
    assert not path.exists(), "nothing is made that nobody receives"
    out = path.parent / "token"
    to_file = run(path, "create", "--agency", POLICE, "--out", str(out))
    assert to_file.exit_code == 0
    assert out.read_text().strip() not in to_file.output
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert Doorkeeper(path).agency(bearer(out.read_text().strip())) == POLICE
    again = run(path, "create", "--agency", POLICE, "--out", str(out))
    assert again.exit_code == 2
    assert len(read(path)) == 1
    printed = run(path, "rotate", "--agency", POLICE, "--keep-hours", "0", "--print")
    assert Doorkeeper(path).agency(bearer(printed.stdout.strip())) == POLICE
    assert Doorkeeper(path).agency(bearer(out.read_text().strip())) is None
    listed = run(path, "list").stdout
    assert listed.count(POLICE) == 2
    assert printed.stdout.strip() not in listed
    assert run(path, "revoke", "--agency", POLICE).stdout == "2 revoked\n"
    assert run(path, "revoke", "--agency", POLICE).exit_code == 1


def test_only_an_agency_of_the_register_gets_one(path: Path) -> None:
    done = run(path, "create", "--agency", "aldermere-nobody", "--print")
    assert done.exit_code == 2
    assert not path.exists()
