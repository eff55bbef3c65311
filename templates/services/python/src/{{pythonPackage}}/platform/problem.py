from collections.abc import Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from .trace import current_trace


class Problem:
    """What is wrong, in words for the caller. Each of `errors` has a field and a message."""

    def __init__(self, status: int, detail: str, errors: Sequence[dict[str, str]] = ()) -> None:
        self.status = status
        self.detail = detail
        self.errors = errors


INTERNAL_ERROR = Problem(500, "Something went wrong. The trace id finds it in the logs.")


def problem_response(request: Request, problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """An answer after RFC 9457."""
    trace = current_trace()
    content = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.scope["raw_path"].decode("latin-1"),
        "trace_id": trace.trace_id if trace else None,
    }
    if problem.errors:
        content["errors"] = problem.errors
    return JSONResponse(content, problem.status, headers, media_type="application/problem+json")


def explain_requests(app: FastAPI) -> None:
    """Problems for requests that no route takes as they are."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        match error.status_code:
            case 404:
                return problem_response(request, Problem(404, "There is nothing at this path."))
            case 405:
                allowed = ", ".join(sorted(_methods_at(request)))
                problem = Problem(405, f"The methods of this path are {allowed}.")
                return problem_response(request, problem, {"allow": allowed})
            case status:
                return problem_response(request, Problem(status, error.detail))

    @app.exception_handler(RequestValidationError)
    async def not_valid(request: Request, error: RequestValidationError) -> Response:
        return problem_response(request, _problem_of(error, request.headers.get("content-type")))


def _methods_at(request: Request) -> set[str]:
    """A path has a route for each method; the one that refused knows only its own."""
    methods: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            methods |= route.methods or set()
    return methods


def _problem_of(error: RequestValidationError, content_type: str | None) -> Problem:
    if (content_type or "").partition(";")[0].strip().lower() != "application/json":
        return Problem(415, "The body must be application/json.")
    fields = []
    for each in error.errors():
        # Where it is: "body", then the field.
        _, *path = each["loc"]
        if each["type"] == "json_invalid" or not path:
            return Problem(400, "The body is not a JSON object.")
        fields.append({"field": ".".join(map(str, path)), "message": each["msg"]})
    return Problem(400, "The body is not valid.", fields)
