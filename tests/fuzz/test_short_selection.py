"""Two thousand of the hostile messages of `make fuzz`, through the real intake, ledger, sink and HTTP intake."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from analysis.ledger.row import Row
from tests.conftest import KafkaCluster
from tests.factories import CARE, POLICE
from tests.fuzz.hostile import BENDS, CANARY, canary, messages
from tests.fuzz.neighbours import Owners, copies
from tests.fuzz.run import fuzz_everything


def test_every_way_of_bending_comes_and_nearly_every_message_has_its_own_word() -> None:
    made = list(messages(3, 2000, POLICE))
    ways = Counter(message.how for message in made)
    assert set(ways) == {bend.__name__ for bend in BENDS} | {"valid"}
    words: Counter[bytes] = Counter()
    for message in made:
        parts = [message.value or b"", message.key or b"", *(n.encode() + b"\0" + v for n, v in message.headers)]
        found = set(CANARY.findall(b"\0".join(parts)))
        assert not (message.valid and found)
        words.update(found)
    assert not [word for word, n in words.items() if n > 1]
    # A bit flipped or a cut may have hit the word itself, and what is compressed shows none.
    assert len(words) > 0.9 * (len(made) - ways["valid"])
    assert canary(12) != canary(13)


def test_the_same_seed_gives_the_same_messages() -> None:
    assert list(messages(5, 200, POLICE)) == list(messages(5, 200, POLICE))
    assert list(messages(5, 200, POLICE)) != list(messages(6, 200, POLICE))


def test_what_two_agencies_send_under_one_id_is_known_for_each() -> None:
    owners = Owners()
    names = [f"record-{n}" for n in range(12)]
    for message in copies(1, names, CARE, owners):
        owners.note(message)
    assert len(owners.erased) == 3
    assert {one.agency for one in owners.told.events.values()} == {CARE}
    assert len(owners.told.events) == 9
    rows = {
        own: Row(kind, revision, "", {"occurred_on": day}, 0, one.records)
        for own, one in owners.told.events.items()
        for revision, kind, day, _ in [one.standing]
    }
    assert owners.problems(rows) == []
    changed = next(iter(rows))
    rows[changed].data["occurred_on"] = "2025-01-01"
    assert owners.problems(rows) == ["1 rows that are not what their agency sent"]
    del rows[changed]
    back = next(iter(owners.erased))
    rows[back] = next(iter(rows.values()))
    assert owners.problems(rows) == [
        "1 valid events without a row of their agency's", "1 erased events that still have a row",
    ]  # fmt: skip


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_service_stops_and_no_word_comes_out(tmp_path: Path, kafka_cluster: KafkaCluster) -> None:
    result = fuzz_everything(tmp_path / "run", kafka_cluster().bootstrap, 2, 1200, 800, 60)
    assert result.problems == []
    assert (result.raw, result.http, result.files) == (1200, 800, 60)
    assert result.valid > 50
    assert result.shared > 10
    assert result.opaque > 50
    assert {202, 401, 404, 415, 422} <= set(result.statuses)
    assert {202, 400, 422} <= set(result.file_statuses)
    assert result.surfaces > 20
