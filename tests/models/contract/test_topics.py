"""Topics are named in one place and metric labels are families."""

from __future__ import annotations

from models.contract import topics
from models.operations.topic_specs import all_topics


def test_topic_names_are_lower_case_dotted_and_versioned() -> None:
    specs = all_topics(["aldermere-police"])
    names = [spec.name for spec in specs]
    assert len(set(names)) == len(names)
    for spec in specs:
        assert spec.name == spec.name.lower()
        assert spec.name.endswith((".v1", "-changelog"))
    partitions = {spec.name: spec.partitions for spec in specs}
    for like_accepted in (topics.LEDGER_CHANGELOG, topics.RELEASED_CHANGELOG, topics.HOMES_CHANGELOG, topics.REQUESTS):
        assert partitions[like_accepted] == partitions[topics.ACCEPTED]


def test_a_metric_label_never_names_an_agency() -> None:
    families = {topics.family(spec.name) for spec in all_topics(["aldermere-police"])}
    assert families == {
        "raw", "receipts", "accepted", "signals", "releases", "requests", "submissions", "remedies", "remedy-requests",
        "positions", "dead-letters", "changelog",
    }  # fmt: skip
