"""Live pages: a changed fragment is rendered once, and the same bytes go to every browser.

What a browser follows is a Channel: page, address, language, role and unit. Two who see the same
share one. A fragment holds no secret of a session, so that sharing it gives nothing away.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, NamedTuple

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from infra.errors import Trouble
from suoi.console.accounts import User
from suoi.console.gate import visit_of
from suoi.console.page import Page, Query
from suoi.console.pages import PAGES
from suoi.console.refusal import Refusal
from suoi.console.rendering import LIVE, render_block
from suoi.console.roles import may
from suoi.console.routes import context, query_of
from suoi.console.services import Services
from suoi.console.sessions import Session
from suoi.console.snapshot import narrowed

APART_S = 0.8
"""At least this long between two fragments of a channel."""
BEAT_S = 10.0
"""How often a stream proves that it lives, and that its session does."""
MOST = 200
"""Browsers that may follow at once."""
EVENT = b"event: live\n"
_log = structlog.get_logger()


class Channel(NamedTuple):
    """What one fragment depends on; whoever shares it sees the same bytes."""

    page: str
    address: str
    """Path and query."""
    language: str
    user: User
    """Role and unit alone: the name is left out."""


class Following:
    """One channel that somebody follows: its newest fragment, and who waits for the next."""

    def __init__(self) -> None:
        """Nothing is rendered yet."""
        self.fragment = b""
        self.changed = asyncio.Condition()
        self.woken = asyncio.Event()
        self.followers = 0
        self.task: asyncio.Task[None] | None = None


class Hub:
    """Renders the channels that are followed, each once a change."""

    def __init__(self, services: Services) -> None:
        """Render from the snapshots of *services*."""
        self._services = services
        self._channels: dict[Channel, Following] = {}
        self._listens = False

    @property
    def followers(self) -> int:
        """How many browsers follow now."""
        return sum(one.followers for one in self._channels.values())

    async def follow(self, channel: Channel, query: Query) -> AsyncIterator[bytes]:
        """Yield each new fragment of *channel*, and an empty one when nothing changed for long."""
        self._listen()
        one = self._channels.setdefault(channel, Following())
        one.followers += 1
        if one.task is None:
            one.task = asyncio.create_task(self._render_on(channel, query, one))
        try:
            sent = b""
            while True:
                self._services.sampler.look()
                async with one.changed:
                    if one.fragment == sent:
                        await _wait(one.changed)
                    is_new, sent = one.fragment != sent, one.fragment
                yield sent if is_new else b""
        finally:
            one.followers -= 1
            if not one.followers and one.task is not None:
                one.task.cancel()
                self._channels.pop(channel, None)

    def _listen(self) -> None:
        """Be told of each change of the snapshot, from whichever thread makes it."""
        if not self._listens:
            self._listens = True
            loop = asyncio.get_running_loop()
            self._services.sampler.subscribe(lambda: _call(loop, self._wake))

    def _wake(self) -> None:
        for one in self._channels.values():
            one.woken.set()

    async def _render_on(self, channel: Channel, query: Query, one: Following) -> None:
        page = next(page for page in PAGES if page.name == channel.page)
        while True:
            one.woken.clear()
            fragment = await run_in_threadpool(self._rendered, page, channel, query)
            if fragment != one.fragment:
                async with one.changed:
                    one.fragment = fragment
                    one.changed.notify_all()
            await asyncio.sleep(APART_S)
            await one.woken.wait()

    def _rendered(self, page: Page, channel: Channel, query: Query) -> bytes:
        """Render the fragment as an event; what cannot be made now leaves the last one standing."""
        seen = narrowed(self._services.sampler.snapshot, channel.user.unit)
        try:
            found = page.answered(self._services, seen, channel.user, query)
            text = render_block(
                f"{page.name}.html", LIVE, query.words, self._around(channel, found)
            )
        except (Refusal, Trouble) as trouble:
            _log.warning("fragment.unmade", page=page.name, reason=str(trouble))
            return self._last(channel)
        except Exception as error:  # noqa: BLE001  one page must not end the streams of all
            _log.error("fragment.failed", page=page.name, error=type(error).__name__)
            return self._last(channel)
        lines = (b"data: " + line.encode() for line in text.splitlines() if line.strip())
        return EVENT + b"\n".join(lines) + b"\n\n"

    def _last(self, channel: Channel) -> bytes:
        return self._channels[channel].fragment if channel in self._channels else b""

    def _around(self, channel: Channel, found: Mapping[str, Any]) -> dict[str, Any]:
        user = channel.user
        return {
            "page": found,
            "user": user,
            "units": self._services.units,
            "may": lambda route: may(user.role, route),
        }


def add_streams(app: FastAPI, services: Services) -> Hub:
    """Add a stream for every page that is live."""
    hub = Hub(services)
    for page in PAGES:
        if page.live:
            _add_stream(app, services, hub, page)
    return hub


def _add_stream(app: FastAPI, services: Services, hub: Hub, page: Page) -> None:
    async def stream(request: Request) -> Response:
        visit = visit_of(request)
        if hub.followers >= MOST:
            raise Refusal(503, "too_many", most=MOST)
        query = query_of(request, visit)
        asked = context(services, visit, request, page.name)["address"]
        user = User(name="", role=visit.user.role, unit=visit.user.unit)
        channel = Channel(page.name, asked, query.words.language, user)
        await run_in_threadpool(  # what cannot be shown at all is refused before the stream begins
            page.answered, services, visit.snapshot(services), visit.user, query
        )
        session = visit.session
        assert session is not None  # noqa: S101  the gate lets nobody else in
        body = _events(services, session, hub.follow(channel, query))
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(body, media_type="text/event-stream", headers=headers)

    app.add_api_route(
        f"/live{page.path}", stream, name=f"live:{page.name}", include_in_schema=False
    )


async def _events(
    services: Services, session: Session, fragments: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    """Pass *fragments* on until the session ends; a beat keeps the line open."""
    loop = asyncio.get_running_loop()
    checked = loop.time()
    yield b"retry: 2000\n\n"
    async for fragment in fragments:
        yield fragment or b": beat\n\n"
        if loop.time() - checked >= BEAT_S:
            checked = loop.time()
            found = await run_in_threadpool(services.sessions.find_hashed, session.token_hash)
            if not isinstance(found, Session) or found.user != session.user:
                yield b"event: ended\ndata: ended\n\n"
                return


async def _wait(changed: asyncio.Condition) -> None:
    """Wait for a change, for one beat at most."""
    try:
        await asyncio.wait_for(changed.wait(), BEAT_S)
    except TimeoutError:
        return


def _call(loop: asyncio.AbstractEventLoop, told: Callable[[], None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(told)
