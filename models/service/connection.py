"""One connection of the health server: it reads a request and writes the answer, and never blocks.

Whatever the client does, a step takes at most one read or one write, memory stays below a few kilobytes, and `deadline`
limits the whole exchange, not each byte of it.

It knows as much of HTTP/1.1 as a scrape and a probe need (RFC 9112). Parsing here takes a fifth of a library's time, so
it takes five times as many requests to shut out an honest client. Of a head it reads the first line, and what ends the
connection. It never reads a body, or a second request sent before the first was answered: the connection ends instead.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import NamedTuple

EXCHANGE_SECONDS = 5.0
"""From the first byte of a request (or from connecting) until the answer is written."""
IDLE_SECONDS = 60.0
"""Between two requests: longer than a scrape interval, so that Prometheus keeps its connection."""
LIFE_SECONDS = 600.0
"""Age of a connection after which the next answer is its last."""
FAREWELL_SECONDS = 1.0
"""How long to discard what a client still sends, so that it can read its answer before a reset."""
HEAD_BYTES = 8192
"""Most bytes of a request's head."""
READ_BYTES = 4096
ALLOWED = (b"GET", b"HEAD")
ENDS = (b"\r\nconnection: close", b"\r\nconnection:close", b"\r\ncontent-length:", b"\r\ntransfer-encoding:")
"""What ends a connection, if the head holds it: the client wants no further answer, or a body follows."""


class Answer(NamedTuple):
    """The answer for a path."""

    status: int
    body: bytes
    content_type: str = "text/plain; charset=utf-8"


Answers = Callable[[str], Answer]
"""A function from a path, without its query, to the answer; it must not block."""


class Connection:
    """One client. Call `step` when its socket can be read, or written to while `writing`."""

    __slots__ = (
        "_answers", "_between", "_born", "_out", "_read_so_far", "answered", "deadline", "last", "socket", "stepped",
    )  # fmt: skip

    def __init__(self, client: socket.socket, answers: Answers, now: float) -> None:
        client.setblocking(False)
        self.socket = client
        self.deadline = now + EXCHANGE_SECONDS
        """When to close it, whatever it is doing."""
        self.stepped = now
        """When it last took a step."""
        self.last = False
        """Whether it gets no further answer."""
        self.answered = 0
        """How many answers were written."""
        self._answers = answers
        self._born = now
        self._between = False
        self._read_so_far = b""
        self._out = b""

    @property
    def writing(self) -> bool:
        """Whether part of an answer is still to be sent; nothing is read meanwhile."""
        return bool(self._out)

    def step(self, now: float) -> bool:
        """Read once or write once; False when the connection is to be closed."""
        self.stepped = now
        try:
            return self._write(now) if self._out else self._read(now)
        except BlockingIOError:
            return True
        except OSError:
            return False

    def close(self) -> None:
        """Close it."""
        self.socket.close()

    def _read(self, now: float) -> bool:
        received = self.socket.recv(READ_BYTES)
        if not received:
            return False
        if self.last:
            return True
        if self._between:
            self._between, self.deadline = False, now + EXCHANGE_SECONDS
        head, end, more = (self._read_so_far + received).partition(b"\r\n\r\n")
        if not end and len(head) <= HEAD_BYTES:
            self._read_so_far = head
            return True
        self._read_so_far = b""
        self.last = not end or bool(more) or now - self._born > LIFE_SECONDS
        self._out = self._answer(head) if end else self._put(plain(431))
        return self._write(now)

    def _answer(self, head: bytes) -> bytes:
        line = head.partition(b"\r\n")[0].split(b" ")
        if len(line) != 3 or line[2] not in (b"HTTP/1.1", b"HTTP/1.0"):
            self.last = True
            return self._put(plain(400))
        rest = head.lower()
        self.last |= line[2] == b"HTTP/1.0" or any(header in rest for header in ENDS)
        if line[0] not in ALLOWED:
            return self._put(plain(405))
        answer = self._answers(line[1].partition(b"?")[0].decode("ascii", "replace"))
        return self._put(answer, body=line[0] != b"HEAD")

    def _put(self, answer: Answer, body: bool = True) -> bytes:
        head = (
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n"
            f"Content-Type: {answer.content_type}\r\nContent-Length: {len(answer.body)}\r\n"
            + "X-Content-Type-Options: nosniff\r\n"
            + ("Allow: GET, HEAD\r\n" if answer.status == 405 else "")
            + ("Connection: close\r\n" if self.last else "")
            + "\r\n"
        )
        return head.encode("ascii") + (answer.body if body else b"")

    def _write(self, now: float) -> bool:
        self._out = self._out[self.socket.send(self._out) :]
        if self._out:
            return True
        self.answered += 1
        if self.last:
            self.deadline = now + FAREWELL_SECONDS
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)
        else:
            self._between, self.deadline = True, now + IDLE_SECONDS
        return True


def plain(status: int) -> Answer:
    """An answer that holds a status's standard phrase."""
    return Answer(status, f"{HTTPStatus(status).phrase.lower()}\n".encode())
