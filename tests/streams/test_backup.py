"""A backup is encrypted, whole or nothing, without what was erased, and comes back where no new record collides."""

from __future__ import annotations

import gzip
import random
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiokafka import ConsumerRecord
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from analysis.ledger.coordinates import SHIFT_OF_A_CUT, SHIFT_OF_A_RESTORE
from models.contract import topics
from models.operations.topic_specs import all_topics
from models.service.clock import now
from streams.__main__ import cli
from streams.backup import commands
from streams.backup.archive import NotABackup, lines, newest, outs, state_topics
from streams.backup.seal import SealError, seal, unseal
from streams.operators.broker import NoBroker
from streams.outputs import Out
from tests.factories import BOARD, POLICE, event
from tests.streams.test_cuts import as_read
from tests.streams.test_erasure import Held, accepted

REGISTER = Path(__file__).parents[2] / "demo" / "register"
SPECS = state_topics(all_topics(["aldermere-police"]))
NAMED = {spec.name: spec for spec in SPECS}
SECRET = b"a token that nobody may read"


def record(offset: int, key: bytes, value: bytes | None, partition: int = 3, topic: str = topics.ACCEPTED) -> Any:
    headers = (("raw", b"2:%d" % offset),)
    return ConsumerRecord(topic, partition, offset, 1000 + offset, 0, key, value, None, 0, 0, headers)


def marks_of(held: Held) -> list[Any]:
    """The ledger's marks as their changelog has them."""
    return [record(n, key, value, topic=topics.MARKS_CHANGELOG) for n, (key, value) in enumerate(held.marked.items())]


def archive(*records: Any, topic: str = topics.ACCEPTED) -> list[bytes]:
    return list(lines([(NAMED[topic], records)], Counter()))


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """Certificate and key of two people."""
    folder = tmp_path_factory.mktemp("keys")
    made = {}
    for who in ("custodian", "stranger"):
        key, certificate = folder / f"{who}.key", folder / f"{who}.pem"
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={who}"]
        subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
        made[who] = certificate, key
    return made


def test_only_topics_that_are_state_are_backed_up() -> None:
    names = set(NAMED)
    assert {topics.ACCEPTED, topics.MARKS_CHANGELOG, topics.RELEASED_CHANGELOG, topics.REMEDIES} <= names
    assert not any(topics.family(name) in ("raw", "receipts", "requests", "dead-letters") for name in names)


def test_what_was_erased_or_replaced_is_not_in_it() -> None:
    found = newest([record(0, b"a", b"1"), record(1, b"b", SECRET), record(2, b"a", b"2"), record(3, b"b", None)])
    assert [(r.key, r.value) for r in found] == [(b"a", b"2")]
    assert SECRET not in b"".join(archive(record(0, b"b", SECRET), record(1, b"b", None)))


def test_a_record_comes_back_with_its_time_and_coordinates_of_its_own() -> None:
    [out] = outs(archive(record(7, b"k|0", b"{}")))
    assert out == Out(topics.ACCEPTED, 3, b"k|0", b"{}", 1007, (("raw", b"%d:7" % (2 + SHIFT_OF_A_RESTORE)),))


def test_marks_move_with_the_records_they_count() -> None:
    value = orjson.dumps(["X08000001", "a", 2, [[1, [4, 5]]], 739000])
    [out] = outs(archive(record(0, b"e|a|00", value, topic=topics.MARKS_CHANGELOG), topic=topics.MARKS_CHANGELOG))
    assert orjson.loads(out.value or b"")[3] == [[1 + SHIFT_OF_A_RESTORE, [4, 5]]]


def test_what_was_accepted_before_and_after_a_cut_comes_back_where_neither_a_new_record_nor_a_new_cut_will() -> None:
    """The new cluster's logs have lost nothing yet: their places begin at generation 0, and may come to 1 again."""
    held = Held()
    before, after = accepted(event(record="1"), event(record="2")), accepted(event(record="3"), generation=1)
    held.fold(*before, *after, passed={before[1].offset: "skipped"})
    log = [*before, *after]
    archived = lines([(NAMED[topics.ACCEPTED], log), (NAMED[topics.MARKS_CHANGELOG], marks_of(held))], Counter())
    brought = list(outs(archived))
    anew = Held()
    anew.marked |= {o.key or b"": o.value or b"" for o in brought if o.topic == topics.MARKS_CHANGELOG}
    anew.ledger.rebuild()
    records = [as_read(out, n) for n, out in enumerate(one for one in brought if one.topic == topics.ACCEPTED)]
    anew.fold(*records, passed={1: "skipped"})
    assert (anew.account().accepted, anew.receipt().through) == (3, ()), "nothing lies on the new topics"
    both = {SHIFT_OF_A_RESTORE + 2, SHIFT_OF_A_RESTORE + SHIFT_OF_A_CUT + 2}
    assert {partition for partition, _ in anew.ledger.marks.accepted.places()[BOARD, POLICE]} == both
    # The same places of the new topics, before and after a cut there: four records more, each with its own.
    for generation in (0, 1):
        anew.fold(*accepted(event(record="4"), event(record="5"), generation=generation))
    account = anew.account()
    assert (account.accepted, account.rows.current, account.rows.duplicate, account.skipped) == (7, 4, 2, 1)
    assert anew.receipt().through == ((2, 1),)


@pytest.mark.parametrize("spoilt", [[], [b'["something else"]'], archive(record(0, b"a", b"1"))[:-1]])
def test_a_part_is_no_backup(spoilt: list[bytes]) -> None:
    with pytest.raises(NotABackup):
        list(outs(spoilt))


def test_only_its_key_opens_it_and_nothing_of_it_is_plain(tmp_path: Path, keys: dict[str, tuple[Path, Path]]) -> None:
    path = tmp_path / "b.cms"
    whole = archive(*(record(n, b"%d" % n, SECRET) for n in range(2000)))
    seal(whole, path, keys["custodian"][0])
    assert list(unseal(path, *keys["custodian"])) == whole
    assert path.stat().st_mode & 0o077 == 0
    assert SECRET not in path.read_bytes()
    with pytest.raises(SealError):
        next(unseal(path, *keys["stranger"]))


@pytest.mark.parametrize(
    ("kind", "wanted", "never"),
    [
        (["rsa:2048"], ["rsaesOaep", "sha256"], ["rsaEncryption"]),
        (["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], ["dhSinglePass-stdDH-sha256kdf-scheme"], ["sha1kdf"]),
    ],
)
def test_the_key_of_a_backup_is_wrapped_in_a_way_that_is_approved(
    kind: list[str], wanted: list[str], never: list[str], tmp_path: Path
) -> None:
    """OAEP, or a derivation with SHA-256: read from the file, as whoever opens it finds it."""
    key, certificate, sealed = tmp_path / "key", tmp_path / "certificate", tmp_path / "sealed"
    command = ["openssl", "req", "-x509", "-newkey", *kind, "-nodes", "-days", "1", "-subj", "/CN=x"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    seal([b"line\n"], sealed, certificate)
    shown = ["openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in", str(sealed), "-noout"]
    told = subprocess.run(shown, check=True, capture_output=True, text=True).stdout
    for words in wanted:
        assert words in told
    assert not [words for words in never if words in told.partition("encryptedContentInfo")[0]]
    assert list(unseal(sealed, certificate, key)) == [b"line\n"]


def test_a_backup_with_the_padding_of_before_is_still_opened(
    tmp_path: Path, keys: dict[str, tuple[Path, Path]]
) -> None:
    certificate, key = keys["custodian"]
    old, packed = tmp_path / "old", gzip.compress(b"line\n")
    command = ["openssl", "cms", "-encrypt", "-binary", "-aes-256-gcm", "-outform", "DER", "-out", str(old)]
    subprocess.run([*command, str(certificate)], input=packed, check=True, capture_output=True)
    assert list(unseal(old, certificate, key)) == [b"line\n"]


def test_an_altered_backup_gives_not_a_line(tmp_path: Path, keys: dict[str, tuple[Path, Path]]) -> None:
    path = tmp_path / "b.cms"
    seal(archive(*(record(n, b"%d" % n, b"x" * 40) for n in range(2000))), path, keys["custodian"][0])
    altered = bytearray(path.read_bytes())
    altered[len(altered) // 2] ^= 1
    path.write_bytes(altered)
    with pytest.raises(SealError):
        next(unseal(path, *keys["custodian"]))


def test_a_backup_that_fails_half_way_leaves_nothing(tmp_path: Path, keys: dict[str, tuple[Path, Path]]) -> None:
    def broken() -> Any:
        # More than a pipe holds, and nothing that gzip could make small.
        yield random.Random(1).randbytes(3_000_000)
        raise LookupError

    with pytest.raises(LookupError):
        seal(broken(), tmp_path / "b.cms", keys["custodian"][0])
    with pytest.raises(SealError):
        seal([b"x"], tmp_path / "b.cms", keys["custodian"][1])
    assert list(tmp_path.iterdir()) == []


class Holds:
    """A broker that holds one accepted record."""

    def __init__(self, *_: object) -> None:
        pass

    def __enter__(self) -> Holds:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def read(self, topic: str) -> list[Any]:
        return [record(0, b"a", SECRET)] if topic == topics.ACCEPTED else []


class Away(Holds):
    """One that stops answering half way."""

    def read(self, topic: str) -> list[Any]:
        raise NoBroker("no broker answers")


def values(text: str) -> dict[str, float]:
    """What the node exporter's textfile collector would read."""
    found = text_string_to_metric_families(text)
    return {sample.name: sample.value for family in found for sample in family.samples}


def test_a_success_is_told_in_a_file_and_a_failure_leaves_the_last_success(
    tmp_path: Path, keys: dict[str, tuple[Path, Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, told = tmp_path / "backups", tmp_path / "metrics" / "ypsem-backup.prom"
    told.parent.mkdir()
    command = ["--to", str(folder), "--register", str(REGISTER)]
    command += ["--certificate", str(keys["custodian"][0]), "--metrics-file", str(told)]
    started = now().timestamp()
    with monkeypatch.context() as patched:
        patched.setattr(commands, "OperatorsBroker", Holds)
        done = CliRunner().invoke(cli, ["backup", *command])
    assert done.exit_code == 0, done.output
    [path] = folder.iterdir()
    first = values(told.read_text())
    assert started <= first["ypsem_backup_last_success_timestamp_seconds"] <= now().timestamp()
    assert first["ypsem_backup_records"] == 1
    assert first["ypsem_backup_bytes"] == path.stat().st_size
    assert [one.name for one in told.parent.iterdir()] == [told.name], "nothing half written beside it"
    assert told.stat().st_mode & 0o777 == 0o644
    monkeypatch.setattr(commands, "OperatorsBroker", Away)
    assert CliRunner().invoke(cli, ["backup", *command]).exit_code == 2
    assert values(told.read_text()) == first


def test_a_metrics_file_that_cannot_be_written_does_not_pass_for_a_success(
    tmp_path: Path, keys: dict[str, tuple[Path, Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "OperatorsBroker", Holds)
    command = ["--to", str(tmp_path / "backups"), "--register", str(REGISTER)]
    command += ["--certificate", str(keys["custodian"][0]), "--metrics-file", str(tmp_path / "none" / "x.prom")]
    done = CliRunner().invoke(cli, ["backup", *command])
    assert done.exit_code == 2
    assert "is written and complete" in done.output
    assert len(list((tmp_path / "backups").iterdir())) == 1
