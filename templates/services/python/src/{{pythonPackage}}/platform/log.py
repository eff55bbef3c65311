import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from .trace import current_trace
from .version import Version

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "error": logging.ERROR,
}
_NAMES = {number: name for name, number in _LEVELS.items()}
_CREDENTIALS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
# What every record has; the rest is what `extra` brought.
_ORDINARY = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"})


def configure_logging(level: str, version: Version, stream: TextIO = sys.stdout) -> None:
    """Makes every logger write one JSON object a line; libraries only when something is wrong."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter(version))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(_LEVELS[level], logging.WARNING))
    logging.getLogger(__name__.partition(".")[0]).setLevel(_LEVELS[level])


class JsonFormatter(logging.Formatter):
    """Lines written on behalf of a request say which request it was."""

    def __init__(self, version: Version) -> None:
        super().__init__()
        self._version = version

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": _NAMES.get(record.levelno, "error"),
            "msg": record.getMessage(),
            "service": self._version.name,
            "version": self._version.version,
        }
        if trace := current_trace():
            line["request_id"] = trace.request_id
            line["trace_id"] = trace.trace_id
            line["span_id"] = trace.span_id
        line |= {key: value for key, value in vars(record).items() if key not in _ORDINARY}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(_without_credentials(line), default=str, separators=(",", ":"))


def _without_credentials(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {
        key: "[redacted]" if str(key).lower() in _CREDENTIALS else _without_credentials(inner)
        for key, inner in value.items()
    }
