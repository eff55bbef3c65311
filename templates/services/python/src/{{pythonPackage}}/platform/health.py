from dataclasses import dataclass
from typing import Literal


@dataclass
class Health:
    """What /readyz says. Only `ready` takes traffic."""

    status: Literal["starting", "ready", "draining"] = "starting"
