import logging

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problem import INTERNAL_ERROR, problem_response

log = logging.getLogger(__name__)


class Recover:
    """Answers for code that fails in a way nobody foresaw. Only the log has the cause."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def send_noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except Exception:
            if has_begun:
                # Half a response must not look like a whole one: the server cuts the connection.
                raise
            log.exception("unexpected error")
            await problem_response(Request(scope), INTERNAL_ERROR)(scope, receive, send)
