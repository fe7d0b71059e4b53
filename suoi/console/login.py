"""Login, logout, language, assets, and the description of the API: routes that are no page."""

import math
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from suoi.console import words as wording
from suoi.console.assets import read_asset
from suoi.console.audit import DONE, REFUSED, Deed
from suoi.console.described import describe, login_body
from suoi.console.gate import cookie_name, visit_of
from suoi.console.refusal import Refusal
from suoi.console.rendering import render
from suoi.console.routes import API, NO_STORE, REFUSALS
from suoi.console.services import Services, Visit
from suoi.console.sessions import Ended, Session

_YEAR_S = 365 * 86400


def add_doors(app: FastAPI, services: Services) -> None:
    """Add the routes by which people come in and go."""

    async def show(request: Request) -> Response:
        visit = visit_of(request)
        if visit.session is not None:
            return RedirectResponse("/", 303)
        why = request.query_params.get("why", "")
        return login_page(visit, request, f"ended.{why}" if why in set(Ended) else "")

    async def enter(request: Request) -> Response:
        return await run_in_threadpool(_enter, services, request)

    async def enter_api(request: Request) -> Response:
        return await run_in_threadpool(_enter_api, services, request)

    async def leave(request: Request) -> Response:
        session = visit_of(request).session
        assert session is not None  # noqa: S101  the gate lets nobody else in
        await run_in_threadpool(services.sessions.end, session)
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(cookie_name(services), path="/")
        return answer

    for path, do, methods, name in (
        ("/login", show, ["GET"], "login"),
        ("/login", enter, ["POST"], "login"),
        ("/logout", leave, ["POST"], "logout"),
        ("/language", _language, ["POST"], "language"),
        ("/static/{asset}", _asset, ["GET"], "static"),
    ):
        app.add_api_route(path, do, methods=methods, name=name, include_in_schema=False)
    app.add_api_route(
        f"{API}/login",
        enter_api,
        methods=["POST"],
        name="api:login",
        operation_id="login",
        responses=REFUSALS,
        openapi_extra=login_body(),
    )
    _add_description(app, services)


def _add_description(app: FastAPI, services: Services) -> None:
    async def described() -> Response:
        return JSONResponse(describe(app, services))

    app.add_api_route(f"{API}/openapi.json", described, name="openapi", include_in_schema=False)


def login_page(visit: Visit, request: Request, why: str, **facts: object) -> Response:
    """Show the login; *why* is a key of the words, what is said above the form."""
    found: dict[str, Any] = {
        "name": "login",
        "user": None,
        "navigation": [],
        "csrf": "",
        "here": "/login",
        "address": "/login",
        "why": visit.words(why, **facts) if why else "",
        "next": _inside(request.query_params.get("next", "") or visit.form.get("next", "")),
        "done": "",
        "live": "",
    }
    status = 200 if not why or request.method == "GET" else 401
    return HTMLResponse(render("login.html", visit.words, found), status, NO_STORE)


def _enter(services: Services, request: Request) -> Response:
    visit = visit_of(request)
    try:
        token, _ = _logged_in(services, request)
    except Refusal as refusal:
        return login_page(visit, request, f"refusal.{refusal.code}", **refusal.facts)
    answer = RedirectResponse(_inside(visit.form.get("next", "")), 303)
    return _with_cookie(services, answer, token)


def _enter_api(services: Services, request: Request) -> Response:
    """Log in; the answer holds the token that every unsafe request must bring."""
    token, csrf = _logged_in(services, request)
    return _with_cookie(services, JSONResponse({"csrf": csrf}, headers=NO_STORE), token)


def _logged_in(services: Services, request: Request) -> tuple[str, str]:
    """Return the token and the CSRF token of a new session.

    Raises:
        Refusal: the name or the password is wrong, or it was wrong too often.
    """
    visit = visit_of(request)
    name, password = visit.form.get("name", "").strip(), visit.form.get("password", "")
    address = request.client.host if request.client else ""
    wait_s = services.lockout.wait_s(name, address)
    if wait_s:
        raise Refusal(401, "wait", seconds=math.ceil(wait_s))
    user = services.accounts.verify(name, password)
    if user is None:
        services.lockout.fail(name, address)
        _note_refused(services, name, address)
        raise Refusal(401, "login")
    services.lockout.clear(name)
    token = services.sessions.start(user, request.cookies.get(cookie_name(services)))
    services.audit.note(user, Deed(action="login", subject=user.name), DONE, address=address)
    session = services.sessions.find(token)
    assert isinstance(session, Session)  # noqa: S101  it was made just now
    return token, session.csrf


def _note_refused(services: Services, name: str, address: str) -> None:
    """Write a wrong login down where its name is one of ours; a slip may be a password."""
    user = services.accounts.find(name)
    if user is not None:
        services.audit.note(user, Deed(action="login", subject=name), REFUSED, address=address)


def _with_cookie(services: Services, answer: Response, token: str) -> Response:
    answer.set_cookie(
        cookie_name(services),
        token,
        path="/",
        secure=services.secure,
        httponly=True,
        samesite="strict",
    )
    return answer


async def _language(request: Request) -> Response:
    form = visit_of(request).form
    chosen = form.get("language", "")
    answer = RedirectResponse(_inside(form.get("next", "")), 303)
    if chosen in wording.LANGUAGES:
        answer.set_cookie(wording.COOKIE, chosen, max_age=_YEAR_S, httponly=True, samesite="strict")
    return answer


async def _asset(asset: str) -> Response:
    found = read_asset(asset)
    if found is None:
        raise Refusal(404, "nothing", path=f"/static/{asset[:80]}")
    body, media = found
    keep = {"Cache-Control": f"public, max-age={_YEAR_S}, immutable"}
    return Response(body, media_type=media, headers=keep)


def _inside(path: str) -> str:
    """Return *path* where it is one of ours, never another site's."""
    is_ours = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if is_ours and path.isprintable() else "/"
