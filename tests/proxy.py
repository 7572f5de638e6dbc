"""A TCP proxy that misbehaves where a test says so, between any client and any server of this machine."""

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum

PIECE = 65_536
ABORT = struct.pack("ii", 1, 0)
"""SO_LINGER of no time: closing sends RST instead of FIN."""


class To(Enum):
    """Where bytes go."""

    SERVER = "server"
    CLIENT = "client"


class Ill(Enum):
    """What becomes of a line."""

    CUT = "both ends are closed"
    RESET = "both ends are reset"
    HALF_CLOSE = "the receiver is told that no more will come; the other way stays open"
    SWALLOW = "nothing arrives any more, and nobody is told"


@dataclass(frozen=True)
class Fault:
    """What is done to a line, and when.

    Attributes:
        to: whose bytes are counted and stopped.
        after: bytes that still pass.
        words: the counting begins when these have gone to the server, in this order; at once without any.
    """

    ill: Ill
    to: To = To.CLIENT
    after: int = 0
    words: tuple[bytes, ...] = ()


@dataclass
class Line:
    """One connection through the proxy."""

    writers: dict[To, asyncio.StreamWriter]
    fault: Fault | None = None
    heard: int = 0
    """How many of the fault's words have gone to the server."""
    passed: int = 0
    swallowing: set[To] = field(default_factory=set)


class Proxy:
    """Passes bytes between a port of its own and a server's, in a thread with a loop of its own."""

    def __init__(self, target: int) -> None:
        self.delay = 0.0
        self.lines = 0
        self.struck = 0
        """Lines that a fault has come to."""
        self._target = target
        self._fault: Fault | None = None
        self._times: int | None = 0
        self._serving: set[asyncio.Task[None]] = set()
        """Held here: asyncio refers only weakly to a task that waits, and the collector would take it."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy")
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._let_in, "127.0.0.1", 0)).result(5)
        self.port: int = self._server.sockets[0].getsockname()[1]

    def spoil(self, fault: Fault | None, times: int | None = 1) -> None:
        """Let the fault come to so many lines that carry bytes from now on; to all without a number."""
        self._fault, self._times = fault, times

    def close(self) -> None:
        """Cut every line and stop listening."""
        self._do(self._end()).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    def _do(self, what) -> Future:  # type: ignore[no-untyped-def]
        return asyncio.run_coroutine_threadsafe(what, self._loop)

    async def _end(self) -> None:
        for one in self._server.sockets:
            # Before the server closes: asyncio loses the socket of a line that it lets into a closed server.
            self._loop.remove_reader(one.fileno())
        await self._turns()  # who was let in just now begins, so that he can end
        self._server.close()
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await self._turns()  # an aborted transport closes its socket in the loop's next turn

    async def _turns(self) -> None:
        """Let the loop go round more often than a line needs to begin; any time may pass within one turn."""
        for _ in range(10):
            await asyncio.sleep(0)

    def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines += 1
        line = Line({To.CLIENT: writer})
        try:
            there, line.writers[To.SERVER] = await asyncio.open_connection("127.0.0.1", self._target)
            await asyncio.gather(self._pump(line, To.SERVER, reader), self._pump(line, To.CLIENT, there))
        except OSError:
            # The server is not there: the client sees its line end.
            return
        finally:
            for one in line.writers.values():
                one.transport.abort()

    async def _pump(self, line: Line, to: To, reader: asyncio.StreamReader) -> None:
        try:
            await self._pass_all(line, to, reader)
        except OSError:
            # One end is gone; the other is told by the closing of this line.
            for one in line.writers.values():
                one.close()

    async def _pass_all(self, line: Line, to: To, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(PIECE):
            await asyncio.sleep(self.delay)
            if not await self._pass(line, to, data):
                return
        if to not in line.swallowing:
            line.writers[to].write_eof()

    async def _pass(self, line: Line, to: To, data: bytes) -> bool:
        """Pass a piece on, or what of it may pass; False when the line is over in this direction."""
        if to in line.swallowing:
            return True
        fault = self._fault_of(line, to, data)
        struck = False
        if fault is not None and to is fault.to and line.heard == len(fault.words):
            left = max(fault.after - line.passed, 0)
            line.passed += len(data)
            struck = len(data) > left
            data = data[:left] if struck else data
        line.writers[to].write(data)
        await line.writers[to].drain()
        if fault is not None and to is To.SERVER:
            while line.heard < len(fault.words) and fault.words[line.heard] in data:
                line.heard += 1
        if fault is not None and struck:
            self.struck += 1
            self._strike(line, fault)
        return not struck or to in line.swallowing

    def _fault_of(self, line: Line, to: To, data: bytes) -> Fault | None:
        """The fault of a line; a line without one takes the proxy's when it says the first word."""
        fault = self._fault
        if line.fault is not None or fault is None or self._times == 0:
            return line.fault
        if not fault.words or (to is To.SERVER and fault.words[0] in data):
            line.fault = fault
            self._times = None if self._times is None else self._times - 1
        return line.fault

    def _strike(self, line: Line, fault: Fault) -> None:
        if fault.ill is Ill.SWALLOW:
            line.swallowing.add(fault.to)
        elif fault.ill is Ill.HALF_CLOSE:
            line.writers[fault.to].write_eof()
        else:
            for one in line.writers.values():
                if fault.ill is Ill.RESET:
                    one.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
                one.transport.abort()


@contextmanager
def proxied(target: int) -> Iterator[Proxy]:
    """A proxy before a server's port, for as long as the test needs it."""
    proxy = Proxy(target)
    try:
        yield proxy
    finally:
        proxy.close()
