"""A worker that was cut off for most of its session ends before it sends anything more; a short gap is only told."""

from __future__ import annotations

import asyncio
import logging
import socket
import subprocess
import sys

import pytest
from prometheus_client import REGISTRY

from streams.reach import Reach

SESSION = 40.0


class Line:
    """A broker's line with a clock: each look takes a second, and answers as it is told to."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waiting = 0.0
        self.silent = False
        self.answering = True

    async def answers(self, within: float) -> bool:
        self.now += 1
        self.silent = not self.answering and self.silent
        return self.answering


def ended_after(refused: int, silent: int, then_answers: bool) -> tuple[bool, Line]:
    """Whether the process would have ended after so many looks, of a second each, without an answer."""
    line, ended = Line(), list[bool]()
    reach = Reach(line, SESSION, lambda: ended.append(True), lambda: line.now)

    async def run() -> None:
        await reach.look()
        for number in range(refused + silent):
            line.answering, line.silent = False, number >= refused
            await reach.look()
        if then_answers:
            line.answering = True
            await reach.look()

    asyncio.run(run())
    return bool(ended), line


@pytest.mark.parametrize(
    ("refused", "silent", "then_answers", "ends"),
    [
        (0, 20, True, False),
        (20, 0, True, False),
        (300, 0, False, False),
        (31, 0, True, True),
        (0, 31, False, True),
        (31, 1, False, True),
    ],
)
def test_it_ends_when_the_line_stays_silent_or_the_broker_is_back_too_late(
    refused: int, silent: int, then_answers: bool, ends: bool
) -> None:
    assert ended_after(refused, silent, then_answers)[0] == ends


def test_nothing_is_sent_when_the_broker_is_back_too_late() -> None:
    """The producer's own request may be sooner than the next look."""
    line, ended = Line(), list[bool]()
    reach = Reach(line, SESSION, lambda: ended.append(True), lambda: line.now)
    line.answering = False
    asyncio.run(reach.look())
    line.now += 20
    reach.check()
    assert not ended
    line.now += 20
    reach.check()
    assert ended


def test_what_it_finds_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    line = Line()
    reach = Reach(line, SESSION, lambda: None, lambda: line.now)

    async def run() -> None:
        for answering in (True, False, False, True, True):
            line.answering = answering
            await reach.look()
            assert REGISTRY.get_sample_value("ypsem_streams_broker_reached") == reach.good == answering

    with caplog.at_level(logging.WARNING, "streams.reach"):
        asyncio.run(run())
    assert [record.getMessage() for record in caplog.records] == [
        "broker out of reach: no answer",
        "broker within reach again after 2 s",
    ]


def test_a_broker_that_confirms_nothing_is_out_of_reach() -> None:
    line = Line()
    line.waiting = 11
    reach = Reach(line, SESSION, lambda: None, lambda: line.now)
    asyncio.run(reach.look())
    assert not reach.good


def test_sockets_end_with_a_reset() -> None:
    """In a process of its own kind: a child, whose end the other side sees as a reset and not as an end in order."""
    program = """
import os, socket, sys
from streams.reach import reset_sockets
line = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
line.sendall(b"x")
reset_sockets()
os._exit(70)
"""

    with socket.create_server(("127.0.0.1", 0)) as server:
        child = subprocess.Popen([sys.executable, "-c", program, str(server.getsockname()[1])])
        connection, _ = server.accept()
        assert child.wait(60) == 70
        with connection, pytest.raises(ConnectionResetError):
            read_to_the_end(connection)


def read_to_the_end(connection: socket.socket) -> None:
    while connection.recv(10):
        pass
