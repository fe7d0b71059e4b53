"""The page over HTTP, for a Prometheus beside us: GET /metrics, and nothing else."""

import gzip
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST

PATH: Final = "/metrics"
_QUICK = 1
"""Level of compression: text of this kind is a tenth of itself at the cheapest level."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    page: Callable[[], bytes]


class _Asked(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        """Answer one scrape."""
        if self.path.partition("?")[0] != PATH:
            self._answer(HTTPStatus.NOT_FOUND, b"the metrics are at /metrics\n", "text/plain")
            return
        self._answer(HTTPStatus.OK, self.server.page(), CONTENT_TYPE_LATEST)

    def _answer(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        packed = "gzip" in self.headers.get("Accept-Encoding", "")
        body = gzip.compress(body, _QUICK) if packed else body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write no line for each scrape."""


def open_server(host: str, port: int, page: Callable[[], bytes]) -> ThreadingHTTPServer:
    """Listen on *host* (loopback, unless a person chose otherwise) and *port*; 0 = any free one.

    The caller runs `serve_forever` and closes it.

    Raises:
        OSError: the port is taken.
    """
    server = _Server((host, port), _Asked)
    server.page = page
    return server
