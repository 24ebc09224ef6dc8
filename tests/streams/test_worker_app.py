"""Both applications as a worker builds them, without a broker: what docs/faust.md says is switched off is off."""

from __future__ import annotations

import asyncio
import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import faust
import kafka.codec
import pytest
from aiokafka import codec
from faust.types.enums import ProcessingGuarantee

from models.contract import topics
from models.operations.topic_specs import all_topics
from streams.feed.coalescing import ChunkSchema
from streams.feed.table import ConfirmedTable
from streams.feed.transport import ChunkConsumer, ChunkTransport
from streams.intake import app as intake
from streams.ledger import app as ledger
from streams.outputs import Outputs
from streams.settings import StreamSettings
from streams.worker import create_app
from tests.factories import POLICE, register, stream_keys

ROOT = Path(__file__).parents[2]
MEASURED_WITH = {"faust-streaming": "0.15.3", "aiokafka": "0.14.0", "mode-streaming": "0.7.1"}
"""What streams/feed leans on the inside of: another version is to be read before it is taken."""


@pytest.fixture(params=["intake", "ledger"])
def app(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> faust.App:
    """An application, built and not started."""
    # A thread that ends the process when it was stopped; tests/streams/test_fence.py has it in a process of its own.
    monkeypatch.setattr(Outputs, "fence", lambda self: None)
    settings = StreamSettings(keys=stream_keys(tmp_path / "keys"), datadir=tmp_path / "data")

    async def built() -> faust.App:
        made: faust.App = (intake if request.param == "intake" else ledger).build(settings, register())
        return made

    return asyncio.run(built())


def test_an_agent_has_one_chunk_under_way_at_a_time(app: faust.App) -> None:
    """With two, the second's acknowledgement would let Faust commit past the first (its issue 606)."""
    agents: Any = list(app.agents.values())
    assert {agent.concurrency for agent in agents} == {1}
    assert not any(agent.isolated_partitions for agent in agents)
    assert all(isinstance(agent.channel.schema, ChunkSchema) for agent in agents)


def test_transport_and_scheduler_are_ours(app: faust.App) -> None:
    assert isinstance(app.transport, ChunkTransport)
    assert app.transport.Consumer is ChunkConsumer
    guarantee: Any = app.conf.processing_guarantee
    assert guarantee is ProcessingGuarantee.AT_LEAST_ONCE
    assert not app.in_transaction


def test_tables_are_plain_and_their_changelogs_are_made_by_us_with_the_partitions_of_their_source(
    app: faust.App,
) -> None:
    tables: Any = list(app.tables.values())
    ours = {spec.name: spec for spec in all_topics([POLICE])}
    source = ours[topics.ACCEPTED].partitions
    assert bool(tables) is (app.conf.id == topics.LEDGER_APP)
    for table in tables:
        assert type(table) is ConfirmedTable
        assert table.window is None
        # Another name than Faust's own would never be recovered.
        assert table.changelog_topic_name == f"{app.conf.id}-{table.name}-changelog"
        assert ours[table.changelog_topic_name].partitions == source == topics.PARTITIONS
        assert ours[table.changelog_topic_name].config["cleanup.policy"] == "compact"
    assert {name for name in ours if name.endswith("-changelog")} == {
        f"{topics.LEDGER_APP}-{name}-changelog" for name in ("events", "released", "signals", "homes", "marks")
    }
    assert ours[topics.REQUESTS].partitions == source, "both agents of the ledger write its tables"


def test_no_web_server_is_started(app: faust.App) -> None:
    """By default Faust answers on 0.0.0.0:6066, without a login, with any row of any table."""
    boot: Any = app.boot_strategy
    assert list(boot.web_server()) == []
    assert app.conf.web_enabled is False


def test_no_topic_is_made_by_a_worker(app: faust.App) -> None:
    """It has no right to, and Faust would make it with one copy: nothing is asked of the broker, which is not there."""

    async def declared() -> None:
        await asyncio.wait_for(app.topic("one-more").maybe_declare(), 5)
        for table in app.tables.values():
            await asyncio.wait_for(table.changelog_topic.maybe_declare(), 5)

    asyncio.run(declared())
    assert app.conf.topic_disable_leader


def test_neither_livecheck_nor_take_is_used() -> None:
    source = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "streams").rglob("*.py")))
    assert "stream.events()" in source
    assert not re.search(
        r"livecheck|LiveCheck|\.(noack_)?take(_events)?\(\s*\d|stream\.(noack|take)|sys\.exit\(70", source
    )


def credentials(**given: Any) -> Any:
    return create_app("login", [], StreamSettings(**given)).conf.broker_credentials


def test_a_login_is_never_sent_in_clear_by_mistake(tmp_path: Path) -> None:
    """Faust speaks TLS with a login only where it is handed a context; its own `cafile` raises a TypeError."""
    password = tmp_path / "password"
    password.touch(mode=0o600)
    password.write_text("synthetic")
    login = {"kafka_sasl_username": "ypsem-ledger", "kafka_sasl_password_file": password}
    secured = credentials(kafka_security_protocol="SASL_SSL", **login)
    assert secured.protocol.value == "SASL_SSL"
    assert secured.mechanism.value == "SCRAM-SHA-512"
    assert secured.ssl_context.check_hostname
    certificate = credentials(kafka_security_protocol="SSL")
    assert certificate.protocol.value == "SSL"
    assert certificate.context.check_hostname
    assert credentials() is None


def test_every_codec_that_a_producer_may_choose_can_be_read() -> None:
    """The producer picks it, and a consumer without it ends."""
    for name in ("gzip", "snappy", "lz4", "zstd"):
        encode, decode = getattr(codec, f"{name}_encode"), getattr(codec, f"{name}_decode")
        assert decode(encode(b"event" * 50)) == b"event" * 50, name
        assert getattr(kafka.codec, f"has_{name}")(), name


def test_what_leans_on_fausts_inside_is_installed_as_it_was_read() -> None:
    assert {name: importlib.metadata.version(name) for name in MEASURED_WITH} == MEASURED_WITH
    locked = (ROOT / "requirements.lock").read_text("utf-8")
    assert all(f"\n{name}=={version} " in locked for name, version in MEASURED_WITH.items())


@pytest.mark.slow
def test_a_running_worker_logs_no_payload_of_a_client() -> None:
    """aiokafka's debug records hold keys and values, and cost a tenth of the processor even when they are dropped."""
    program = """
import logging
from models.service.logs import log_to_stderr
from streams.settings import StreamSettings
from streams.worker import QuietWorker, create_app
log_to_stderr("streams")
worker = QuietWorker("ledger", create_app("quiet", [], StreamSettings()))
worker._setup_logging()
for name in ("aiokafka.producer.producer", "aiokafka.conn", "faust.topics", "kafka.conn", "mode"):
    print(name, logging.getLogger(name).getEffectiveLevel())
print("streams.worker", logging.getLogger("streams.worker").getEffectiveLevel())
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    levels = dict(line.split() for line in done.stdout.splitlines())
    assert levels.pop("streams.worker") == "20"
    assert set(levels.values()) == {"30"}
