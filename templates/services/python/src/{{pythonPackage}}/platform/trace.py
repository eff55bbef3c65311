import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import uuid4

from starlette.datastructures import Headers


@dataclass(frozen=True, slots=True)
class Trace:
    """Ties the work for one request together across services."""

    request_id: str
    trace_id: str
    span_id: str
    flags: str

    def headers(self) -> dict[str, str]:
        """For a request made on behalf of this one."""
        traceparent = f"00-{self.trace_id}-{self.span_id}-{self.flags}"
        return {"x-request-id": self.request_id, "traceparent": traceparent}


_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# W3C trace context. Only versions to come may have further fields.
_TRACEPARENT = re.compile(
    r"(?!ff)(?P<version>[0-9a-f]{2})-(?!0{32})(?P<trace_id>[0-9a-f]{32})"
    r"-(?!0{16})[0-9a-f]{16}-(?P<flags>[0-9a-f]{2})(?P<more>-.*)?"
)

_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current_trace() -> Trace | None:
    """The trace of the request that the calling code works for."""
    return _current.get()


def enter_trace(trace: Trace) -> None:
    """Makes it the current one, of this task and those that it starts."""
    _current.set(trace)


def start_trace(headers: Headers) -> Trace:
    """Continues the caller's trace when its headers hold a valid one, else starts one."""
    given_id = headers.get("x-request-id", "")
    request_id = given_id if _REQUEST_ID.fullmatch(given_id) else str(uuid4())
    trace_id, flags = _parse(headers.getlist("traceparent")) or (secrets.token_hex(16), "01")
    return Trace(request_id, trace_id, secrets.token_hex(8), flags)


def _parse(values: list[str]) -> tuple[str, str] | None:
    match = _TRACEPARENT.fullmatch(values[0]) if len(values) == 1 else None
    if match is None or (match["version"] == "00" and match["more"]):
        return None
    return match["trace_id"], match["flags"]
