import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

log = logging.getLogger(__name__)


class ListenError(Exception):
    """A port cannot be had."""


def listen(host: str, port: int) -> socket.socket:
    """Raises ListenError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = error.strerror or error
        raise ListenError(f"cannot listen on port {port} of {host}: {reason}") from error


class Server(uvicorn.Server):
    """One port."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        config = uvicorn.Config(
            app,
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=75,
            h11_max_incomplete_event_size=16 * 1024,
        )
        super().__init__(config)
        self._listener = listener
        self._is_listening = asyncio.Event()
        self._serving: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves signals alone: uvicorn would end the process by the one it was stopped with."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._is_listening.set()

    async def start(self) -> None:
        """Returns when it takes connections."""
        self._serving = asyncio.create_task(self.serve(sockets=[self._listener]))
        await self._is_listening.wait()

    async def stop(self, linger: float, limit: float) -> None:
        """Takes no more connections and finishes requests in flight, for at most `limit` seconds.

        Connections without a request may linger: closed at once, their next could be on its way.
        """
        assert self._serving, "not started"
        for server in self.servers:
            server.close()
        loop = asyncio.get_running_loop()
        end = loop.time() + limit
        await self._until_unconnected(min(linger, limit))
        self.should_exit = True
        # Even without a request uvicorn takes two ticks of 0.1 s to end.
        left = max(end - loop.time(), 0.5)
        done, _ = await asyncio.wait([self._serving], timeout=left)
        if not done:
            log.warning("requests in flight are cut: the time for them is over")
            self._cut()
            await asyncio.wait([self._serving], timeout=1)

    async def _until_unconnected(self, limit: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit):
                while self.server_state.connections:  # noqa: ASYNC110 - uvicorn has no event for it
                    await asyncio.sleep(0.01)

    def _cut(self) -> None:
        self.force_exit = True
        for task in self.server_state.tasks:
            task.cancel()
