from typing import Any

from fastapi import FastAPI, Response

from .health import Health
from .version import Version

PROBES = frozenset({"/livez", "/health", "/readyz", "/version"})


def add_probes(app: FastAPI, health: Health, version: Version) -> None:
    """What platforms ask. Liveness never asks a dependency: a restart would not mend it."""

    @app.get("/livez")
    @app.get("/health")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    async def ready(response: Response) -> dict[str, str]:
        response.status_code = 200 if health.status == "ready" else 503
        return {"status": health.status}

    @app.get("/version")
    async def show_version() -> dict[str, Any]:
        return version.public()
