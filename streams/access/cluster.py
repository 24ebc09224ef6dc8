"""What the brokers know of users, rights and quotas, and the changing of it, with kafka-python's admin client.

kafka-python 3.0.12 has calls for rights and SCRAM logins. For quotas it has the protocol's messages and no call, so
they are sent through the connection manager that its own calls use; the version is pinned and a test on real Kafka
holds it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import kafka.errors
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    KafkaAdminClient,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    ScramMechanism,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)
from kafka.errors import KafkaError
from kafka.protocol.admin import AlterClientQuotasRequest, DescribeClientQuotasRequest

from streams.access.principals import Quota, Right, ours
from streams.errors import StreamsError

ITERATIONS = 8192
"""PBKDF2 rounds; the passwords are 256 random bits, so this is for form (RFC 7677 asks for 4096)."""
QUOTA_KEYS = ("producer_byte_rate", "consumer_byte_rate", "request_percentage")
_RESOURCES = {"topic": ResourceType.TOPIC, "group": ResourceType.GROUP, "cluster": ResourceType.CLUSTER}
_NAMES = {kind: name for name, kind in _RESOURCES.items()}


class Strange(NamedTuple):
    """A rule that this command did not make and does not take away."""

    user: str
    """Who it is about; `*` is everybody."""
    text: str
    """The rule in words."""


class AccessRefused(StreamsError):
    """The brokers would not say or do it; the message is the kind of error."""


class AccessCluster:
    """The brokers, as one who may alter them sees them."""

    def __init__(self, admin: KafkaAdminClient) -> None:
        self._admin: Any = admin

    def users(self) -> set[str]:
        """Users with a SCRAM-SHA-512 login."""
        found = self._admin.describe_user_scram_credentials()
        return {
            user
            for user, described in found.items()
            if any(one["mechanism"] is ScramMechanism.SCRAM_SHA_512 for one in described["credential_infos"])
        }

    def set_password(self, user: str, password: str) -> None:
        """Make or change a login; only a salted hash is sent."""
        wanted = UserScramCredentialUpsertion(user, ScramMechanism.SCRAM_SHA_512, password, ITERATIONS)
        self._settled(self._admin.alter_user_scram_credentials([wanted]))

    def remove_user(self, user: str) -> None:
        """Take a login away; what it has connected stays until the broker asks it again."""
        gone = UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_512)
        self._settled(self._admin.alter_user_scram_credentials([gone]))

    def _settled(self, answer: dict[str, Any]) -> None:
        if any(error is not None for error in answer.values()):
            raise AccessRefused("the brokers refused to change a login")

    def rights(self) -> dict[str, set[Right]]:
        """User -> what it is allowed; what is denied, or said of one host or a prefix, is not of our making."""
        found: defaultdict[str, set[Right]] = defaultdict(set)
        for acl in self._rules():
            if _plain(acl):
                pattern = acl.resource_pattern
                right = Right(_NAMES[pattern.resource_type], pattern.resource_name, acl.operation.name.lower())  # type: ignore[arg-type]
                found[acl.principal.removeprefix("User:")].add(right)
        return dict(found)

    def strange_rules(self) -> list[Strange]:
        """Every rule that is not of the form that this command makes, or about somebody it does not know.

        One of them for `*` would give everybody what nobody else is given.
        """
        found = []
        for acl in self._rules():
            user = acl.principal.removeprefix("User:")
            if not (_plain(acl) and ours(user)):
                pattern = acl.resource_pattern
                form = "" if pattern.pattern_type is ACLResourcePatternType.LITERAL else " (prefix)"
                what = f"{acl.permission_type.name} {acl.operation.name} on {pattern.resource_type.name}".lower()
                found.append(Strange(user, f"{what} {pattern.resource_name}{form} from host {acl.host}"))
        return sorted(found)

    def _rules(self) -> list[ACL]:
        anything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
        acls, _ = self._admin.describe_acls(ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ANY, anything))
        return list(acls)

    def allow(self, rights: Iterable[tuple[str, Right]]) -> None:
        """Add rights."""
        acls = [_acl(user, right) for user, right in rights]
        if acls and self._admin.create_acls(acls)["failed"]:
            raise AccessRefused("the brokers refused to add a right")

    def disallow(self, rights: Iterable[tuple[str, Right]]) -> None:
        """Take rights away."""
        filters = []
        for user, right in rights:
            acl = _acl(user, right)
            filters.append(ACLFilter(acl.principal, acl.host, acl.operation, acl.permission_type, acl.resource_pattern))
        if filters and any(error is not kafka.errors.NoError for _, _, error in self._admin.delete_acls(filters)):
            raise AccessRefused("the brokers refused to take a right away")

    def quotas(self) -> dict[str, dict[str, float]]:
        """User -> limits, of those that have any of their own."""
        # Match type 2 is "any that names a user".
        request = DescribeClientQuotasRequest(components=[("user", 2, None)], strict=True)
        response = self._admin._manager.run(self._admin._manager.send, request)
        _raise_for(response)
        found = {}
        for entry in response.entries or ():
            (entity,) = entry.entity
            if entity.entity_name is not None:
                found[entity.entity_name] = {one.key: one.value for one in entry.values}
        return found

    def set_quota(self, user: str, quota: Quota | None) -> None:
        """Set a user's limits; None takes them away."""
        values = {} if quota is None else quota_values(quota)
        entry = AlterClientQuotasRequest.EntryData
        operations = [
            entry.OpData(key=key, value=float(values.get(key, 0)), remove=key not in values) for key in QUOTA_KEYS
        ]
        entity = [entry.EntityData(entity_type="user", entity_name=user)]
        request = AlterClientQuotasRequest(entries=[entry(entity=entity, ops=operations)], validate_only=False)
        response = self._admin._manager.run(self._admin._manager.send, request)
        for answer in response.entries:
            _raise_for(answer)

    def close(self) -> None:
        """Disconnect."""
        self._admin.close()


def quota_values(quota: Quota) -> dict[str, float]:
    """A quota as the brokers have it."""
    return {key: float(getattr(quota, key)) for key in QUOTA_KEYS}


def _plain(acl: ACL) -> bool:
    """Whether it allows one user something on one named resource, from anywhere: what this command makes."""
    pattern = acl.resource_pattern
    return (
        pattern.pattern_type is ACLResourcePatternType.LITERAL
        and pattern.resource_type in _NAMES
        and acl.permission_type is ACLPermissionType.ALLOW
        and acl.host == "*"
        and acl.principal.startswith("User:")
    )


def _raise_for(response: Any) -> None:
    error = kafka.errors.for_code(response.error_code)
    if error is not kafka.errors.NoError:
        raise error()


def _acl(user: str, right: Right) -> ACL:
    return ACL(
        f"User:{user}",
        "*",
        ACLOperation[right.operation.upper()],
        ACLPermissionType.ALLOW,
        ResourcePattern(_RESOURCES[right.resource], right.name, ACLResourcePatternType.LITERAL),
    )


__all__ = ["AccessCluster", "AccessRefused", "KafkaError", "Strange", "quota_values"]
