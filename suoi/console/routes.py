"""Pages and actions become routes: HTML for people, the same as JSON below /api/v1.

Every route has the name of its line in `roles.py`; `api:` or `live:` before it changes no rule.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from suoi.console.action import Action, Outcome, Target
from suoi.console.actions import ACTIONS, BY_NAME
from suoi.console.described import asked, body_of, gaps
from suoi.console.gate import visit_of
from suoi.console.page import LONGEST_VALUE, Page, Query
from suoi.console.pages import PAGES
from suoi.console.refusal import Refusal
from suoi.console.rendering import render
from suoi.console.roles import may
from suoi.console.services import Services, Visit

API = "/api/v1"
NO_STORE = {"Cache-Control": "no-store"}
_PROBLEM = {
    "description": "A sentence, and one for each field (RFC 9457).",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
REFUSALS: dict[int | str, dict[str, Any]] = dict.fromkeys((400, 401, 403, 404, 503), _PROBLEM)


def add_pages(app: FastAPI, services: Services) -> None:
    """Add every page: its HTML and its JSON."""
    for page in PAGES:
        _add_json(app, services, page)
        if page.human:
            _add_html(app, services, page)


def add_actions(app: FastAPI, services: Services) -> None:
    """Add every action: the page that says what follows, the form's answer, and the JSON."""
    for action in ACTIONS:
        _add_action(app, services, action)


def query_of(request: Request, visit: Visit) -> Query:
    """Return what *request* asks for; values longer than any of ours are cut."""
    values = {name: text[:LONGEST_VALUE] for name, text in request.query_params.items()}
    return Query(visit.words, dict(request.path_params), values)


def context(services: Services, visit: Visit, request: Request, name: str) -> dict[str, Any]:
    """Return what the layout of page *name* needs beside the page's own dict."""
    user = visit.user
    done = request.query_params.get("done", "")
    return {
        "name": name,
        "user": user,
        "unit_title": services.units.get(user.unit or "", user.unit),
        "units": services.units,
        "navigation": [one for one in PAGES if one.title and may(user.role, one.name)],
        "csrf": visit.session.csrf if visit.session else "",
        "here": request.url.path,
        "address": _address(request),
        "may": lambda route: may(user.role, route),
        "done": f"act.{done}.done_short" if done in BY_NAME else "",
        "live": "",
    }


def _address(request: Request) -> str:
    asked = {key: text for key, text in request.query_params.items() if key != "done"}
    return request.url.path + (f"?{urlencode(asked)}" if asked else "")


def _add_json(app: FastAPI, services: Services, page: Page) -> None:
    async def answer(request: Request) -> Mapping[str, Any]:
        visit = visit_of(request)
        query = query_of(request, visit)
        return await run_in_threadpool(
            page.answered, services, visit.snapshot(services), visit.user, query
        )

    path = API + ("/home" if page.path == "/" else page.path)
    app.add_api_route(
        path,
        answer,
        name=f"api:{page.name}",
        operation_id=page.name,
        response_model=page.answer,
        responses=REFUSALS,
        summary=(page.view.__doc__ or "").partition("\n")[0],
        openapi_extra=_query(page, path),
    )


def _query(page: Page, path: str) -> dict[str, Any]:
    listed = [*gaps(path).get("parameters", ()), *asked(page.asks)]
    return {"parameters": listed} if listed else {}


def _add_html(app: FastAPI, services: Services, page: Page) -> None:
    async def show(request: Request) -> Response:
        return HTMLResponse(await run_in_threadpool(_page, services, page, request), 200, NO_STORE)

    app.add_api_route(
        page.path, show, name=page.name, include_in_schema=False, response_class=HTMLResponse
    )


def _page(services: Services, page: Page, request: Request) -> str:
    visit = visit_of(request)
    seen, query = visit.snapshot(services), query_of(request, visit)
    found = context(services, visit, request, page.name)
    found["page"] = page.answered(services, seen, visit.user, query)
    if page.live:
        found["live"] = "/live" + found["address"]
    return render(f"{page.name}.html", visit.words, found)


def _add_action(app: FastAPI, services: Services, action: Action) -> None:
    async def show(request: Request) -> Response:
        return await run_in_threadpool(_asked, services, action, request)

    async def done(request: Request) -> Response:
        return await run_in_threadpool(_done, services, action, request)

    async def api(request: Request) -> dict[str, Any]:
        return await run_in_threadpool(_done_json, services, action, request)

    shown: dict[str, Any] = {"name": action.name, "include_in_schema": False}
    app.add_api_route(action.path, show, methods=["GET"], **shown)
    app.add_api_route(action.path, done, methods=["POST"], **shown)
    app.add_api_route(
        API + action.path,
        api,
        methods=["POST"],
        name=f"api:{action.name}",
        operation_id=action.name,
        responses=REFUSALS,
        openapi_extra=body_of(action) | gaps(action.path),
        summary=(action.do.__doc__ or "").partition("\n")[0],
    )


def _asked(services: Services, action: Action, request: Request) -> Response:
    visit = visit_of(request)
    query, seen = query_of(request, visit), visit.snapshot(services)
    target = action.find(services, seen, visit.user, query)
    return form_page(services, request, action, target)


def form_page(
    services: Services,
    request: Request,
    action: Action,
    target: Target,
    refusal: Refusal | None = None,
) -> Response:
    """Show the consequence and the form; *refusal* says what was wrong with it."""
    visit = visit_of(request)
    query, seen = query_of(request, visit), visit.snapshot(services)
    faults = {} if refusal is None else refusal.faults
    found = context(services, visit, request, action.name) | {
        "action": action,
        "target": target,
        "fields": action.form(services, seen, query),
        "given": {name: text for name, text in visit.form.items() if "password" not in name},
        "faults": {name: fault.sentence(visit.words) for name, fault in faults.items()},
    }
    status = 200 if refusal is None else refusal.status
    return HTMLResponse(render("action.html", visit.words, found), status, NO_STORE)


def _done(services: Services, action: Action, request: Request) -> Response:
    visit = visit_of(request)
    query, seen = query_of(request, visit), visit.snapshot(services)
    try:
        target, outcome = action.carried_out(services, seen, visit.user, query, visit.form)
    except Refusal as refusal:
        if not refusal.faults:
            raise
        target = action.find(services, seen, visit.user, query)
        return form_page(services, request, action, target, refusal)
    if outcome.shown:
        return _shown(services, request, action, (target, outcome))
    mark = "&" if "?" in target.back else "?"
    return RedirectResponse(f"{target.back}{mark}done={action.name}", 303)


def _shown(
    services: Services, request: Request, action: Action, ended: tuple[Target, Outcome]
) -> Response:
    visit = visit_of(request)
    target, outcome = ended
    given = {name: text for name, text in visit.form.items() if name not in {"csrf", "reason"}}
    follows = BY_NAME.get(action.after)
    found = context(services, visit, request, action.name) | {
        "action": action,
        "target": target,
        "outcome": outcome,
        "follows": None if follows is None else f"{follows.path}?{urlencode(given)}",
        "following": action.after,
    }
    return HTMLResponse(render("done.html", visit.words, found), 200, NO_STORE)


def _done_json(services: Services, action: Action, request: Request) -> dict[str, Any]:
    visit = visit_of(request)
    query, seen = query_of(request, visit), visit.snapshot(services)
    target, outcome = action.carried_out(services, seen, visit.user, query, visit.form)
    return {
        "action": action.name,
        "subject": target.subject,
        **outcome.facts,
        "shown": dict(outcome.shown),
    }
