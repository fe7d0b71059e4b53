"""What every answer carries, as plain ASGI, so that streams pass through; and our host names."""

from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""No inline script and no inline style: what somebody smuggles into a page does not run."""

HEADERS = {
    "Content-Security-Policy": CONTENT,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICT_TRANSPORT = ("Strict-Transport-Security", "max-age=31536000")
_STRANGER = "Máy chủ này không phục vụ tên miền đó. This server does not answer to that name.\n"


class Headers:
    """Adds the headers; a request for another host's name is turned away before all else."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str], *, secure: bool) -> None:
        """Serve *app* under the names *hosts* (none = any); *secure* = through TLS only."""
        self._app, self._hosts = app, frozenset(hosts)
        self._headers = HEADERS | dict([STRICT_TRANSPORT] if secure else [])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass *scope* on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif self._hosts and _host(scope) not in self._hosts:
            await _turn_away(send)
        else:
            await self._app(scope, receive, self._adding(send))

    def _adding(self, send: Send) -> Send:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
            await send(message)

        return sent


def _host(scope: Scope) -> str:
    """Return the name a request asks for, without its port: a page elsewhere may point here."""
    given = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return str(given.decode("latin-1")).rpartition(":")[0] or str(given.decode("latin-1"))


async def _turn_away(send: Send) -> None:
    body = _STRANGER.encode()
    plain = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 421, "headers": plain})
    await send({"type": "http.response.body", "body": body})
