"""The gate: every request passes here before its route, or not at all."""

import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from suoi.console import words as wording
from suoi.console.refusal import Refusal
from suoi.console.roles import Rule, admits, rule_of
from suoi.console.services import Services, Visit
from suoi.console.sessions import Ended, Session
from suoi.console.words import Words

LARGEST_BODY = 64 * 1024
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Unknown(Exception):
    """Nobody is logged in where somebody must be; the browser is sent to the login."""

    def __init__(self, ended: Ended) -> None:
        """Say why: *ended*."""
        super().__init__(ended.value)
        self.ended = ended


class Gate:
    """A dependency of the whole application: no route is reached around it."""

    def __init__(self, services: Services) -> None:
        """Judge by the sessions of *services*."""
        self._services = services

    async def __call__(self, request: Request) -> None:
        """Let the request in, with a Visit as its state.

        Raises:
            Refusal: its route is not in the table, it is too large, forged, or not allowed.
            Unknown: it needs a login.
        """
        name = getattr(request.scope.get("route"), "name", None)
        rule = rule_of(name)
        if rule is None:
            raise Refusal(404, "nothing", path=request.url.path[:80])
        is_api = request.url.path.startswith("/api/")
        form = {} if request.method in _SAFE else await _form(request)
        is_at_work = not (name or "").startswith("live:")
        session = await run_in_threadpool(self._session, request, rule, touch=is_at_work)
        request.state.visit = Visit(
            words=words_for(request), session=session, form=form, is_api=is_api
        )
        if request.method not in _SAFE:
            _refuse_forged(request, session, form)

    def _session(self, request: Request, rule: Rule, *, touch: bool) -> Session | None:
        token = request.cookies.get(cookie_name(self._services))
        found = self._services.sessions.find(token, touch=touch)
        session = found if isinstance(found, Session) else None
        if isinstance(found, Ended) and not rule.anonymous:
            raise Unknown(found)
        if session is not None and not admits(rule, session.user.role):
            raise Refusal(403, "forbidden", role=session.user.role.value)
        return session


def cookie_name(services: Services) -> str:
    """Name the session's cookie; browsers hold one of TLS to this host and the whole path."""
    return "__Host-suoi" if services.secure else "suoi_session"


def visit_of(request: Request) -> Visit:
    """Return what the gate has found out about *request*."""
    found: Visit = request.state.visit
    return found


def words_for(request: Request) -> Words:
    """Return the words of the language the browser has chosen; programs name it in a header."""
    chosen = request.cookies.get(wording.COOKIE)
    if chosen is None and request.url.path.startswith("/api/"):
        chosen = request.headers.get("accept-language", "")[:2]
    return wording.words_of(chosen)


def _refuse_forged(request: Request, session: Session | None, form: Mapping[str, str]) -> None:
    """Refuse what another site made the browser send.

    Raises:
        Refusal: its origin is not ours, or it lacks the token of its session.
    """
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise Refusal(403, "forged")
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Refusal(403, "forged")
    if session is None:
        return  # the login itself
    given = request.headers.get("x-csrf-token") or form.get("csrf", "")
    if not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise Refusal(403, "forged")


async def _form(request: Request) -> dict[str, str]:
    """Read the body: a form, or for programs a JSON object of texts and numbers.

    Raises:
        Refusal: it is too large, or neither.
    """
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise Refusal(413, "too_large", most=LARGEST_BODY // 1024)
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    try:
        if kind == "application/json":
            return _object(json.loads(body or b"{}"))
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100))
    except ValueError:
        raise Refusal(400, "unreadable") from None


def _object(found: Any) -> dict[str, str]:  # noqa: ANN401  JSON
    if not isinstance(found, dict) or not all(
        isinstance(value, (str, int)) for value in found.values()
    ):
        raise ValueError
    return {name: str(value) for name, value in found.items()}
