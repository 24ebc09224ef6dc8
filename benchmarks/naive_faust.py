"""The peer: the same job as intake and ledger, written as Faust's tutorial would, one event at a time.

Same validation, same re-keying, same table, same topics; none of the protection: it acknowledges input before the
broker has confirmed the output, and loses events when killed. Run as `python -m benchmarks.naive_faust`
(settings from the environment).
"""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import faust
import orjson

from benchmarks.load import RAW_TOPICS
from models.contract import topics
from models.register import load_register
from models.service.clock import now, today
from streams.intake.app import gate_keys
from streams.intake.decide import Accepted, IntakeRules, decide

app = faust.App(
    "naive",
    broker=f"kafka://{os.environ['YPSEM_BOOTSTRAP']}",
    store="memory://",
    web_enabled=False,
    topic_partitions=topics.PARTITIONS,
    topic_allow_declare=False,
    topic_disable_leader=True,
    table_standby_replicas=0,
    broker_session_timeout=10,
    broker_heartbeat_interval=3,
    autodiscover=False,
)
raw = app.topic(*RAW_TOPICS, value_type=bytes, value_serializer="raw")
accepted = app.topic(topics.ACCEPTED, key_type=bytes, value_type=bytes, value_serializer="raw")
ledger = app.Table("events", key_type=bytes, value_type=bytes)
RULES = IntakeRules(
    load_register(Path(os.environ["YPSEM_REGISTER"])), gate_keys(Path(os.environ["YPSEM_KEYS"])), now(), today()
)


@app.agent(raw, name="naive-intake")
async def intake(stream: Any) -> AsyncIterator[None]:
    """Validate, re-key and forward each event."""
    async for event in stream.events():
        agency = event.message.topic.split(".")[2]
        decision = decide(agency, event.value, (), RULES)
        if isinstance(decision, Accepted):
            await accepted.send(key=decision.key, value=decision.value, partition=decision.partition)
        yield


@app.agent(accepted, name="naive-ledger")
async def fold(stream: Any) -> AsyncIterator[None]:
    """Keep the newest revision of each event."""
    async for event in stream.events():
        data = orjson.loads(event.value)["data"]
        key = data["event_id"].encode()
        stored = ledger.get(key)
        if stored is None or orjson.loads(stored)["revision"] < data["revision"]:
            ledger[key] = orjson.dumps(data)
        yield


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    for name in ("aiokafka", "faust", "mode"):
        logging.getLogger(name).setLevel(logging.ERROR)
    faust.Worker(app, loglevel="WARNING", override_logging=False, redirect_stdouts=False).execute_from_commandline()
