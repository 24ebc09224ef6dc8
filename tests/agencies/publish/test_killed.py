"""The publish process dies by SIGKILL between any two of its steps; the next publish leaves nothing lost or doubled."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.agencies.command_line import Agency, live

STARTS = [f"{day:02}/03/2026" for day in range(1, 29)]
ISO = [f"2026-03-{day:02}" for day in range(1, 29)]

DIES = """
import os, signal, sys
from agencies.__main__ import main
from agencies.outbox import Outbox
from agencies.publish.broker import KafkaSender

step, nth = sys.argv.pop(1), int(sys.argv.pop(1))
place = {"record": Outbox, "acknowledge": Outbox, "send": KafkaSender}[step]
real, calls = getattr(place, step), []

def dying(self, *given):
    calls.append(1)
    if len(calls) == nth and not AFTER:
        os.kill(os.getpid(), signal.SIGKILL)
    done = real(self, *given)
    if len(calls) == nth and AFTER:
        os.kill(os.getpid(), signal.SIGKILL)
    return done

setattr(place, step, dying)
main()
"""


@pytest.mark.embedded
@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("step", "nth", "arrived"), [("record", 1, 0), ("send", 1, 0), ("send", 3, 20), ("acknowledge", 2, 20)]
)
def test_killed_anywhere_nothing_is_lost(
    tmp_path: Path, embedded_broker: str, step: str, nth: int, arrived: int, after: bool
) -> None:
    agency = Agency.found(tmp_path, embedded_broker)
    path = agency.export(STARTS)
    arguments = agency.publish_arguments(path, "--quiet")
    program = DIES.replace("AFTER", str(after)).replace("main()\n", "main(sys.argv[1:])\n")
    config = tmp_path / "kafka.conf"
    config.write_text("batch=10\n")
    config.chmod(0o600)
    killed = agency.process(program, step, str(nth), *arguments, "--kafka-config", str(config))
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    done = agency.publish(path)
    assert done.exit_code == 0, done.output
    events = agency.on_topic(max(28, arrived))
    assert live(events) == ISO
    assert {event["data"]["revision"] for event in events} == {0}
    assert agency.run("drain").output.startswith("0 published")
    contents = {(event["id"], str(event["data"]), event["time"]) for event in events}
    assert len(contents) == 28, "a resent message is the same message"
