"""A rule that nobody here made is seen whatever its form: one for everybody is of the same form as our own."""

from __future__ import annotations

from typing import Any, cast

import pytest
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    KafkaAdminClient,
    ResourcePattern,
    ResourceType,
)

from streams.access.cluster import AccessCluster, Strange
from streams.access.principals import Right


class Answering:
    """Answers as the admin client does, with one rule."""

    def __init__(self, principal: str, **changed: Any) -> None:
        given = {"host": "*", "operation": ACLOperation.READ, "permission": ACLPermissionType.ALLOW} | changed
        pattern = ResourcePattern(
            given.get("resource", ResourceType.TOPIC),
            given.get("name", "ypsem.releases.v1"),
            given.get("form", ACLResourcePatternType.LITERAL),
        )
        self.rule = ACL(principal, given["host"], given["operation"], given["permission"], pattern)

    def describe_acls(self, _asked: object) -> tuple[list[ACL], None]:
        """All there are."""
        return [self.rule], None


def cluster(principal: str, **changed: Any) -> AccessCluster:
    return AccessCluster(cast(KafkaAdminClient, Answering(principal, **changed)))


def test_a_rule_of_ours_is_none() -> None:
    seen = cluster("User:ypsem-sink")
    assert seen.strange_rules() == []
    assert seen.rights() == {"ypsem-sink": {Right("topic", "ypsem.releases.v1", "read")}}


def test_everybody_on_every_topic_is_said_in_words() -> None:
    seen = cluster("User:*", operation=ACLOperation.ALL, name="*")
    assert seen.strange_rules() == [Strange("*", "allow all on topic * from host *")]


@pytest.mark.parametrize(
    ("principal", "changed"),
    [
        ("User:somebody", {}),
        ("Group:ypsem-sink", {}),
        ("User:ypsem-sink", {"host": "10.0.0.1"}),
        ("User:ypsem-sink", {"permission": ACLPermissionType.DENY}),
        ("User:ypsem-sink", {"form": ACLResourcePatternType.PREFIXED, "name": "ypsem."}),
        ("User:ypsem-sink", {"resource": ResourceType.TRANSACTIONAL_ID, "name": "*"}),
    ],
)
def test_any_other_form_is_strange_as_well(principal: str, changed: dict[str, Any]) -> None:
    assert len(cluster(principal, **changed).strange_rules()) == 1
