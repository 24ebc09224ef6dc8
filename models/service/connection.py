"""One connection of the health server: reads a request, writes the answer, and never waits for either.

Whatever the client does, a step takes at most one read or one write, memory stays below some kilobytes, and `deadline`
holds for the whole exchange, not for a byte of it.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import NamedTuple

import h11

EXCHANGE_SECONDS = 5.0
"""From the first byte of a request (or from connecting) until the answer is written."""
IDLE_SECONDS = 60.0
"""Between two requests: longer than a scrape interval, so that Prometheus keeps its connection."""
LIFE_SECONDS = 600.0
"""After which an answer is the last one of its connection."""
FAREWELL_SECONDS = 1.0
"""How long what a client still sends is thrown away, so that it reads its answer instead of a reset."""
HEAD_BYTES = 8192
"""Most bytes of a request's head."""
READ_BYTES = 4096
ALLOWED = (b"GET", b"HEAD")


class Answer(NamedTuple):
    """What a path is answered with."""

    status: int
    body: bytes
    content_type: str = "text/plain; charset=utf-8"


Answers = Callable[[str], Answer]
"""From a path, without its query, to the answer; must not wait for anything."""


class Connection:
    """A step is taken when the socket can be read, or written to while `writing`; see `step`."""

    def __init__(self, client: socket.socket, answers: Answers, now: float) -> None:
        client.setblocking(False)
        self.socket = client
        self.deadline = now + EXCHANGE_SECONDS
        """When to close it, whatever it is at."""
        self.stepped = now
        """When it was last looked at."""
        self.last = False
        """Whether nothing more is answered on it."""
        self.answers = 0
        """How many were written."""
        self._answers = answers
        self._born = now
        self._http: h11.Connection | None = None
        self._between = False
        self._out = b""

    @property
    def writing(self) -> bool:
        """Whether a part of an answer has not been taken yet: nothing is read meanwhile."""
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
        if self._http is None:
            # Only now: a silent connection costs a socket and little else.
            self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES)
        try:
            self._http.receive_data(received)
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                return True
            if not isinstance(event, h11.Request):
                return False
            # A body or a second request is not read: this answer is the last.
            more = self._http.next_event()
            self.last = not isinstance(more, h11.EndOfMessage) or bool(self._http.trailing_data[0])
            self._put(self._http, event, self._to(event), now)
        except h11.RemoteProtocolError as wrong:
            self.last = True
            self._put(self._http, None, plain(wrong.error_status_hint), now)
        return self._write(now)

    def _to(self, request: h11.Request) -> Answer:
        if request.method not in ALLOWED:
            return plain(405)
        return self._answers(request.target.partition(b"?")[0].decode("ascii", "replace"))

    def _put(self, http: h11.Connection, request: h11.Request | None, answer: Answer, now: float) -> None:
        headers = [("Content-Type", answer.content_type), ("Content-Length", str(len(answer.body)))]
        if answer.status == 405:
            headers.append(("Allow", b", ".join(ALLOWED).decode()))
        self.last |= now - self._born > LIFE_SECONDS
        if self.last:
            headers.append(("Connection", "close"))
        reason = HTTPStatus(answer.status).phrase
        parts = [http.send(h11.Response(status_code=answer.status, headers=headers, reason=reason.encode()))]
        if request is None or request.method != b"HEAD":
            parts.append(http.send(h11.Data(data=answer.body)))
        parts.append(http.send(h11.EndOfMessage()))
        self._out = b"".join(part for part in parts if part)

    def _write(self, now: float) -> bool:
        self._out = self._out[self.socket.send(self._out) :]
        if self._out:
            return True
        self.answers += 1
        assert self._http is not None  # noqa: S101 - there is no answer without a request
        if self.last or self._http.our_state is h11.MUST_CLOSE:
            self.last, self.deadline = True, now + FAREWELL_SECONDS
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)
            return True
        self._http.start_next_cycle()
        self._between, self.deadline = True, now + IDLE_SECONDS
        return True


def plain(status: int) -> Answer:
    """A status in its own words."""
    return Answer(status, f"{HTTPStatus(status).phrase.lower()}\n".encode())
