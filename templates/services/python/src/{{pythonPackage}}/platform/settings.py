import re
from collections.abc import Mapping
from urllib.parse import urlsplit

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0}


class Settings:
    """Reads typed settings from environment variables and keeps every problem, to show all at once.

    `effective` is what is in effect, under the names of the variables.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        self.problems: list[str] = []
        self.effective: dict[str, str | int] = {}
        self._env = env

    def text(self, name: str, fallback: str) -> str:
        value = self._env.get(name) or fallback
        self.effective[name] = value
        return value

    def port(self, name: str, fallback: int) -> int:
        value = self.text(name, str(fallback))
        port = int(value) if re.fullmatch(r"[0-9]{1,5}", value) else 0
        if not 1 <= port <= 65_535:
            self._refuse(name, value, "a port from 1 to 65535")
        self.effective[name] = port
        return port

    def one_of(self, name: str, values: tuple[str, ...], fallback: str) -> str:
        value = self.text(name, fallback)
        if value not in values:
            self._refuse(name, value, f"one of {', '.join(values)}")
        return value

    def duration(self, name: str, fallback: str, *, minimum: float = 0) -> float:
        """In seconds."""
        value = self.text(name, fallback)
        match = re.fullmatch(r"([0-9]{1,4})(ms|s|m)", value)
        seconds = int(match[1]) * _SECONDS[match[2]] if match else -1
        if seconds < minimum:
            self._refuse(name, value, "a duration such as 500ms, 2s or 1m")
        return seconds

    def url(self, name: str, fallback: str) -> str:
        """Without a slash at its end."""
        value = self.text(name, fallback)
        if not _is_plain_url(value):
            # The value is not shown: it may hold a password.
            self.problems.append(f"{name}: must be an http or https URL without user and password")
        return value.rstrip("/")

    def _refuse(self, name: str, value: str, wanted: str) -> None:
        self.problems.append(f"{name}: must be {wanted}, not {value!r}")


def _is_plain_url(value: str) -> bool:
    try:
        url = urlsplit(value)
        return (
            url.scheme in ("http", "https")
            and bool(url.hostname)
            and "@" not in url.netloc
            and url.port != 0  # reading it checks it
            and not (url.query or url.fragment or re.search(r"[\s\x00-\x1f]", value))
        )
    except ValueError:
        return False
