from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .health import Health
from .trace import enter_trace, start_trace


class Identify:
    """Gives every request its ids, before anything can go wrong that should name them."""

    def __init__(self, app: ASGIApp, health: Health) -> None:
        self._app = app
        self._health = health

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        trace = start_trace(Headers(scope=scope))

        async def send_identified(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = trace.request_id
                if self._health.status == "draining":
                    # Callers with a kept connection then open their next one, elsewhere.
                    headers["connection"] = "close"
            await send(message)

        enter_trace(trace)
        await self._app(scope, receive, send_identified)
