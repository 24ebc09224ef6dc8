"""Logins, rights and quotas on real Kafka with TLS: every allowed act works, every other is refused.

What is allowed is written down here by hand, for every user and topic, and not taken from the code that grants it.
"""

from __future__ import annotations

import json
import socket
import ssl
import stat
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from models.contract.topics import raw
from streams.access.passwords import Passwords
from tests.factories import CARE, POLICE, SCHOOLS
from tests.kafka.access.users import (
    AGENCIES,
    GROUPS,
    JOINS,
    LOOKS,
    READS,
    TOPICS,
    WRITES,
    admin_environment,
    as_admin,
    librdkafka,
    write_register,
)
from tests.support.secured import Secured, run
from tests.support.waiting import poll_until

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(600)]

REFUSALS = {
    KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED, KafkaError.SASL_AUTHENTICATION_FAILED,
}  # fmt: skip


def one_in_each(secured: Secured) -> None:
    """A record in the first partition of every topic, so that there is one to read."""
    producer = Producer(as_admin(secured))
    for topic in TOPICS:
        producer.produce(topic, b"{}", b"k", partition=0)
    assert producer.flush(30) == 0


Verdict = str
"""`yes`, `no`, or what went wrong otherwise."""


def verdict(error: KafkaError | None) -> Verdict:
    if error is None:
        return "yes"
    return "no" if error.code() in REFUSALS else str(error.name())


def tried(act: Callable[[], Any]) -> Verdict:
    """Whether an act of the admin client was let through."""
    try:
        for future in act().values():
            future.result(20)
    except KafkaException as error:
        return verdict(error.args[0])
    return "yes"


def writes(secured: Secured, user: str) -> dict[str, Verdict]:
    """Try to write every topic."""
    found: dict[str, Verdict] = {}

    def delivered(topic: str, error: KafkaError | None, _: Any) -> None:
        found[topic] = verdict(error)

    producer = Producer(librdkafka(secured, user, {"enable.idempotence": False, "message.timeout.ms": 20_000}))
    for topic in sorted(TOPICS):
        producer.produce(topic, b"{}", b"k", partition=0, on_delivery=partial(delivered, topic))
    assert producer.flush(30) == 0
    return found


def reads(secured: Secured, user: str) -> dict[str, Verdict]:
    """Try to fetch the first record of every topic; one that does not show in the list may not even be described."""
    consumer = Consumer(
        librdkafka(secured, user, {"group.id": "none", "enable.auto.commit": False, "auto.offset.reset": "earliest"})
    )
    try:
        visible = TOPICS & consumer.list_topics(timeout=20).topics.keys()
        found: dict[str, Verdict] = dict.fromkeys(TOPICS - visible, "no")
        consumer.assign([TopicPartition(topic, 0, 0) for topic in visible])

        def all_told() -> bool:
            for message in consumer.consume(100, timeout=0.5) if visible else ():
                if (topic := message.topic()) is not None:  # None: about the group, which is not what is tried here
                    found.setdefault(topic, verdict(message.error()))
            return found.keys() >= TOPICS

        poll_until(all_told, 40, f"{user} is told about every topic")
    finally:
        consumer.close()
    return found


def joins(secured: Secured, user: str, group: str) -> Verdict:
    """Try to be a member of a group."""
    topic = min(READS[user] or WRITES[user])
    settings = {"group.id": group, "session.timeout.ms": 6000, "enable.auto.commit": False}
    consumer = Consumer(librdkafka(secured, user, settings))
    said: list[Verdict] = []
    try:
        consumer.subscribe([topic], on_assign=lambda _, parts: said.append("yes"))

        def answered() -> bool:
            message = consumer.poll(0.3)
            if message is not None and message.error() is not None:
                said.extend(["no"] * (verdict(message.error()) == "no"))
            return bool(said)

        poll_until(answered, 30, f"{user} is told about group {group}")
    finally:
        consumer.close()
    return said[0]


def show(title: str, rows: dict[str, dict[str, Verdict]], columns: list[str]) -> None:
    """The matrix, for who runs this with -s."""
    sys.stdout.write(f"\n{title}\n")
    for column in columns:
        told = "  ".join(f"{rows[user].get(column, '-'):3}" for user in rows)
        sys.stdout.write(f"  {told}  {column}\n")
    sys.stdout.write("".join(f"  column {n}: {user}\n" for n, user in enumerate(rows, 1)))


@pytest.mark.parametrize(("title", "act", "allowed"), [("write", writes, WRITES), ("read", reads, READS)])
def test_every_user_may_do_this_to_its_own_topics_and_no_other(
    secured: Secured, title: str, act: Callable[[Secured, str], dict[str, Verdict]], allowed: dict[str, frozenset[str]]
) -> None:
    one_in_each(secured)
    found = {user: act(secured, user) for user in allowed}
    show(title, found, sorted(TOPICS))
    wanted = {user: {topic: "yes" if topic in allowed[user] else "no" for topic in TOPICS} for user in allowed}
    assert found == wanted


def test_only_intake_and_ledger_may_join_a_group_and_each_its_own(secured: Secured) -> None:
    found = {user: {group: joins(secured, user, group) for group in GROUPS} for user in WRITES}
    show("join", found, list(GROUPS))
    wanted = {user: {g: "yes" if g in JOINS.get(user, ()) else "no" for g in GROUPS} for user in WRITES}
    assert found == wanted


def shorter(topic: str) -> ConfigResource:
    """A topic that forgets at once."""
    entry = ConfigEntry("retention.ms", "1", incremental_operation=AlterConfigOpType.SET)
    return ConfigResource(ConfigResource.Type.TOPIC, topic, incremental_configs=[entry])


def test_nobody_may_change_the_cluster(secured: Secured) -> None:
    found: dict[str, dict[str, Verdict]] = {}
    for user in WRITES:
        admin = AdminClient(librdkafka(secured, user))
        own = min(WRITES[user] or READS[user])
        all_rights = AclBinding(
            ResourceType.TOPIC, "*", ResourcePatternType.LITERAL, f"User:{user}", "*", AclOperation.ALL,
            AclPermissionType.ALLOW,
        )  # fmt: skip
        login = UserScramCredentialUpsertion(user, ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), b"x")
        acts: dict[str, Callable[[], Any]] = {
            "create a topic": lambda a=admin: a.create_topics([NewTopic("cse.events.mine.v1", 1, 1)]),  # type: ignore[misc]
            "delete its topic": lambda a=admin, t=own: a.delete_topics([t]),  # type: ignore[misc]
            "set its topic": lambda a=admin, t=own: a.incremental_alter_configs([shorter(t)]),  # type: ignore[misc]
            "give itself rights": lambda a=admin, r=all_rights: a.create_acls([r]),  # type: ignore[misc]
            "change its login": lambda a=admin, c=login: a.alter_user_scram_credentials([c]),  # type: ignore[misc]
            "see all groups' members": lambda a=admin: a.describe_consumer_groups(["ypsem-intake"]),  # type: ignore[misc]
        }
        found[user] = {name: tried(act) for name, act in acts.items()}
    show("administer", found, list(found["ypsem-sink"]))
    for user, told in found.items():
        looks = told.pop("see all groups' members")
        # A coordinator that is only starting may say so instead: that is no refusal.
        assert (looks != "no") is ("ypsem-intake" in LOOKS.get(user, ())), (user, looks)
        assert set(told.values()) == {"no"}, user


def test_who_is_not_who_they_say_gets_nowhere(secured: Secured) -> None:
    def connects(settings: dict[str, Any]) -> bool:
        try:
            AdminClient(settings).list_topics(timeout=2)
        except KafkaException:
            return False
        return True

    good = librdkafka(secured, "ypsem-sink")
    assert poll_until(lambda: connects(good), 20)
    assert not connects(librdkafka(secured, "ypsem-sink", password="wrong"))
    assert not connects(librdkafka(secured, "agency.nobody", password="wrong"))
    assert not connects(good | {"sasl.mechanism": "PLAIN"})
    plain = {"bootstrap.servers": secured.cluster.bootstrap, "log_level": 0}
    assert not connects(plain)
    assert not connects(good | {"security.protocol": "sasl_plaintext"})
    assert not connects(plain | {"security.protocol": "ssl", "ssl.ca.location": secured.ca})
    internal = {"bootstrap.servers": secured.cluster.internal, "log_level": 0}
    assert poll_until(lambda: connects(as_admin(secured)), 20)
    assert not connects(internal)
    assert not connects(internal | {"security.protocol": "ssl", "ssl.ca.location": secured.ca}), (
        "it wants a certificate"
    )


def test_old_tls_and_other_authorities_are_refused(secured: Secured) -> None:
    host, _, port = secured.cluster.bootstrap.partition(":")

    def shake(context: ssl.SSLContext) -> str | None:
        with (
            socket.create_connection((host, int(port)), 5) as connection,
            context.wrap_socket(connection, server_hostname=host) as wrapped,
        ):
            return wrapped.version()

    assert shake(ssl.create_default_context(cafile=secured.ca)) in ("TLSv1.2", "TLSv1.3")
    with pytest.raises(ssl.SSLCertVerificationError):
        shake(ssl.create_default_context())


def test_a_second_look_changes_nothing_and_files_are_their_owners(secured: Secured, folder: Path) -> None:
    environment = admin_environment(secured, folder)
    again = run(environment, "streams", "access", "--apply", "--json")
    assert (again.returncode, json.loads(again.stdout)["changes"]) == (0, [])
    files = [*secured.passwords.iterdir(), *secured.certificates.iterdir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files if path.name != "ca.pem"} == {0o600}
    refused = run(secured.login("ypsem-operations") | {"YPSEM_REGISTER": str(folder / "register")}, "streams", "access")
    assert refused.returncode == 2, "who may not see the rights is told so"
    assert "Traceback" not in refused.stderr


def test_a_rule_for_everybody_is_shown_until_it_is_taken_away_or_left(secured: Secured, folder: Path) -> None:
    environment = admin_environment(secured, folder)
    rule = AclBinding(
        ResourceType.TOPIC, "*", ResourcePatternType.LITERAL, "User:*", "*", AclOperation.ALL, AclPermissionType.ALLOW
    )
    admin = AdminClient(as_admin(secured))
    for future in admin.create_acls([rule]).values():
        future.result(10)
    try:
        told = run(environment, "streams", "access", "--json")
        assert told.returncode == 1
        assert json.loads(told.stdout)["strange_rules"] == [{"user": "*", "rule": "allow all on topic * from host *"}]
        applied = run(environment, "streams", "access", "--apply")
        assert applied.returncode == 1, "nothing of ours is left to change, and somebody has to look"
        assert "*: allow all on topic *" in applied.stderr
        assert run(environment, "streams", "access", "--leave", "*").returncode == 0
        assert run(environment, "streams", "access", "--leave", "somebody").returncode == 1
    finally:
        match = AclBindingFilter(
            ResourceType.TOPIC,
            "*",
            ResourcePatternType.LITERAL,
            "User:*",
            "*",
            AclOperation.ANY,
            AclPermissionType.ANY,
        )
        for future in admin.delete_acls([match]).values():
            future.result(10)
    assert run(environment, "streams", "access").returncode == 0


def test_who_leaves_the_register_loses_everything_and_a_new_password_takes_the_place_of_the_old(
    secured: Secured, folder: Path
) -> None:
    user = f"agency.{SCHOOLS}"
    password = Passwords(secured.passwords).read(user)
    environment = admin_environment(secured, folder)
    sink = Passwords(secured.passwords).read("ypsem-sink")
    write_register(folder / "register", (POLICE, CARE))
    try:
        done = run(environment, "streams", "access", "--apply", "--json", "--rotate", "ypsem-sink")
        assert done.returncode == 0, done.stderr
        kinds = {one["change"] for one in json.loads(done.stdout)["changes"] if one["user"] == user}
        assert kinds == {"disallow", "no-quota", "no-login"}
        assert not Passwords(secured.passwords).has(user)
        with pytest.raises(KafkaException):
            AdminClient(librdkafka(secured, user, password=password)).list_topics(timeout=2)
        assert Passwords(secured.passwords).read("ypsem-sink") != sink
        assert AdminClient(librdkafka(secured, "ypsem-sink")).list_topics(timeout=20)
        with pytest.raises(KafkaException):
            AdminClient(librdkafka(secured, "ypsem-sink", password=sink)).list_topics(timeout=2)
    finally:
        write_register(folder / "register", AGENCIES)
    assert run(environment, "streams", "access", "--apply").returncode == 0
    assert Passwords(secured.passwords).read(user) != password
    assert writes(secured, user)[raw(SCHOOLS)] == "yes"
