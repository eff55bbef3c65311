import logging
from time import perf_counter

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .metrics import Metrics
from .probes import PROBES

log = logging.getLogger(__name__)

CALLER_LEFT = 499
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE"})


class Observe:
    """Counts, times and logs every request but probes."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        status = CALLER_LEFT
        started = perf_counter()

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start" and not await request.is_disconnected():
                status = message["status"]
            await send(message)

        self._metrics.request_started()
        try:
            await self._app(scope, receive, send_observed)
        finally:
            seconds = perf_counter() - started
            self._metrics.request_ended(_method_label(scope), _route_of(scope), status, seconds)
            log.log(
                logging.ERROR if status >= 500 else logging.INFO,
                "request",
                extra={
                    "method": scope["method"],
                    "route": _route_of(scope),
                    "path": scope["raw_path"].decode("latin-1"),
                    "status": status,
                    "duration_ms": round(seconds * 1000, 3),
                },
            )


def _route_of(scope: Scope) -> str:
    """The pattern, `/v1/items/{id}`: one label value however many items there are."""
    route = scope.get("route")
    return route.path if route else "unmatched"


def _method_label(scope: Scope) -> str:
    """Keeps invented methods from making label values."""
    method: str = scope["method"]
    return method if method in METHODS else "_OTHER"
