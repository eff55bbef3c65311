from fastapi import FastAPI
from starlette.middleware import Middleware

from .problem import explain_requests


def create_app(*middleware: Middleware) -> FastAPI:
    """An app that has no routes yet. The first middleware is the outermost."""
    app = FastAPI(openapi_url=None, redirect_slashes=False, middleware=middleware)
    explain_requests(app)
    return app
