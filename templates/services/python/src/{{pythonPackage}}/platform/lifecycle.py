import asyncio
import logging
import os
import signal
from types import FrameType

from starlette.types import ASGIApp

from .config import Config
from .health import Health
from .server import Server, listen

log = logging.getLogger(__name__)

LINGER = 1.0
"""How long kept connections without a request may take to ask once more, in seconds."""


async def serve_until_signal(public: ASGIApp, admin: ASGIApp, config: Config, health: Health) -> None:
    """Serves until SIGTERM or SIGINT, then drains; operators are answered to the end.

    Raises ListenError.
    """
    told = _first_signal()
    with (
        listen(config.host, config.admin_port) as admin_socket,
        listen(config.host, config.http_port) as public_socket,
    ):
        admin_server = Server(admin, admin_socket)
        public_server = Server(public, public_socket)
        await admin_server.start()
        await public_server.start()
        health.status = "ready"
        log.info(
            "ready",
            extra={
                "host": config.host,
                "http_port": config.http_port,
                "admin_port": config.admin_port,
            },
        )

        log.info("draining", extra={"signal": await told})
        health.status = "draining"
        await asyncio.sleep(config.shutdown_drain)
        await public_server.stop(LINGER, config.shutdown_timeout)
        await admin_server.stop(0, LINGER)
    log.info("stopped")


def _first_signal() -> asyncio.Future[str]:
    """Its result is the signal's name. A second signal ends the process."""
    loop = asyncio.get_running_loop()
    told: asyncio.Future[str] = loop.create_future()
    count = 0

    def handle(number: int, _frame: FrameType | None) -> None:
        nonlocal count
        count += 1
        name = signal.Signals(number).name
        if count == 1:
            loop.call_soon_threadsafe(told.set_result, name)
        else:
            log.warning("stopped at once by a second signal", extra={"signal": name})
            os._exit(1)

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
    return told
