from fastapi import FastAPI, Response
from starlette.middleware import Middleware

from .app import create_app
from .health import Health
from .identify import Identify
from .metrics import Metrics
from .probes import add_probes
from .recover import Recover
from .version import Version


def create_admin(metrics: Metrics, health: Health, version: Version) -> FastAPI:
    """The port for operators: metrics and probes. Never routed from outside."""
    app = create_app(Middleware(Identify, health=health), Middleware(Recover))
    add_probes(app, health, version)

    @app.get("/metrics")
    async def show_metrics() -> Response:
        return Response(await metrics.text(), headers={"content-type": metrics.content_type})

    return app
