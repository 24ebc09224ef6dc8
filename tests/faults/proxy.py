"""A TCP proxy between a service and what it depends on, which can cut, stall or slow the line. Runs in a thread."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from demo.processes import free_port


class Proxy:
    """Passes bytes on from `port` to `target` on 127.0.0.1 until told otherwise; a context manager.

    `cut` resets every connection and refuses new ones, `stall` takes bytes and holds them, `slow` delays every piece.
    `heal` ends all three: what a stall held is then delivered, as after a real partition.
    """

    def __init__(self, target: int = 0) -> None:
        self.port = free_port()
        self.target = target
        self.connections_cut = 0
        """Connections that were reset, and new ones that were refused."""
        self.bytes_held = 0
        """Bytes that arrived while stalled."""
        self.pieces_delayed = 0
        self._refusing = False
        self._stalled = False
        self._delay = 0.0
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._server: asyncio.Server | None = None
        self._may_pass = asyncio.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._open())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def cut(self) -> None:
        """Reset every connection and refuse new ones."""
        self._do(self._cut())

    def stall(self) -> None:
        """Hold every byte, in both directions, on old and new connections."""
        self._do(self._stall())

    def slow(self, seconds: float) -> None:
        """Delay every piece of at most 64 KiB by so many seconds."""
        self._delay = seconds

    def heal(self) -> None:
        """Back to normal; what was held is delivered."""
        self._do(self._heal())

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _open(self) -> None:
        self._may_pass.set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _cut(self) -> None:
        self._refusing = True
        # Each connection has two writers: one to the client, one to the target.
        self.connections_cut += len(self._writers) // 2
        for writer in list(self._writers):
            _reset(writer)

    async def _stall(self) -> None:
        self._stalled = True
        self._may_pass.clear()

    async def _heal(self) -> None:
        self._refusing = self._stalled = False
        self._delay = 0.0
        self._may_pass.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            self.connections_cut += 1
            _reset(writer)
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, far_writer}
        self._writers |= ends
        try:
            await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))
        finally:
            self._writers -= ends
            for end in ends:
                end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                if self._stalled:
                    self.bytes_held += len(data)
                    await self._may_pass.wait()
                    if reader.exception() is not None:
                        # The sender has reset the connection meanwhile: a network would not deliver it either.
                        break
                if self._delay:
                    self.pieces_delayed += 1
                    await asyncio.sleep(self._delay)
                writer.write(data)
                await writer.drain()
            if not writer.is_closing():
                writer.write_eof()
        except OSError:
            # One end was reset, and so is the other.
            _reset(writer)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with a reset and not in order, so that what is not sent yet is thrown away."""
    with contextlib.suppress(OSError):  # closed already
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
