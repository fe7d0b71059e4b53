"""Refusals and troubles as answers: a page for people, problem+json for programs; no traceback."""

import traceback
from pathlib import Path
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.errors import Trouble, Usage
from suoi.console.gate import Unknown, words_for
from suoi.console.refusal import Fault, Refusal
from suoi.console.rendering import render
from suoi.console.routes import NO_STORE

PROBLEM = "application/problem+json"
_log = structlog.get_logger()
_CODES = {404: "nothing", 405: "method"}


def add_refusals(app: FastAPI) -> None:
    """Answer whatever is raised with a sentence."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(Unknown, _unknown)
    app.add_exception_handler(Trouble, _away)
    app.add_exception_handler(Usage, _not_now)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_middleware(Unexpected)


def refuse(request: Request, refusal: Refusal) -> Response:
    """Answer *request* with *refusal*."""
    words = words_for(request)
    if _is_for_program(request):
        body = refusal.problem(words)
        return JSONResponse(body, refusal.status, NO_STORE, PROBLEM)
    found: dict[str, Any] = {
        "name": "refused",
        "user": None,
        "navigation": [],
        "csrf": "",
        "here": request.url.path,
        "address": "/",
        "status": refusal.status,
        "sentence": refusal.sentence(words),
        "faults": {name: fault.sentence(words) for name, fault in refusal.faults.items()},
        "done": "",
        "live": "",
    }
    return HTMLResponse(render("refused.html", words, found), refusal.status, NO_STORE)


def _is_for_program(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/live/", "/static/"))


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101  registered for this class alone
    return refuse(request, error)


async def _unknown(request: Request, error: Exception) -> Response:
    """Send a person to the login, and back afterwards; tell a program."""
    assert isinstance(error, Unknown)  # noqa: S101  registered for this class alone
    if _is_for_program(request):
        return refuse(request, Refusal(401, f"ended_{error.ended}"))
    back = request.url.path if request.method == "GET" else "/"
    why = "" if error.ended == "absent" else f"&why={error.ended}"
    return RedirectResponse(f"/login?next={quote(back)}{why}", 303)


async def _away(request: Request, error: Exception) -> Response:
    _log.warning("part.away", path=request.url.path, reason=str(error))
    return refuse(request, Refusal(503, "away", trouble=str(error)))


async def _not_now(request: Request, error: Exception) -> Response:
    return refuse(request, Refusal(409, "not_now", trouble=str(error)))


async def _framework(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    code = _CODES.get(status, "unreadable")
    facts: dict[str, Any] = {"path": request.url.path[:80], "method": request.method}
    return refuse(request, Refusal(status, code, **facts))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for this class alone
    faults = {str(one["loc"][-1]): Fault("missing") for one in error.errors()}
    return refuse(request, Refusal(422, "form", faults))


class Unexpected:
    """Catches what nobody expected, before the framework prints it.

    The error's text may hold a row: it is neither shown nor logged (invariant 6), its place is.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Serve *app*."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass *scope* on; a failure before the first byte is answered, a later one ends it."""
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except Exception as error:  # noqa: BLE001  no traceback may reach anybody
            frame = traceback.extract_tb(error.__traceback__)[-1]
            name, place = type(error).__name__, f"{Path(frame.filename).name}:{frame.lineno}"
            _log.error("request.failed", path=scope.get("path"), error=name, place=place)
            if scope["type"] == "http" and not begun:
                answer = refuse(Request(scope), Refusal(500, "ours", error=f"{name}, {place}"))
                await answer(scope, receive, send)
