"""`suoi run metrics`: measures in the background and serves the page, on loopback.

A scrape hands over text that lies ready; it asks nobody. Stopped or frozen, it answers nothing, and
Prometheus says so itself (`up` 0).
"""

import threading
from collections.abc import Callable
from http.server import ThreadingHTTPServer

from prometheus_client import REGISTRY, generate_latest

from consumers.loop import stop_on_signals
from infra.errors import Fatal
from infra.local.home import Home
from infra.metrics.sampler import shelf_of
from infra.metrics.server import open_server
from infra.readiness import say_ready
from infra.settings import Settings
from schemas.catalogue import Catalogue
from suoi.measuring.lanes import lanes, run_lanes


def run(settings: Settings, catalogue: Catalogue) -> None:
    """Measure and serve until told to stop (SIGTERM, SIGINT).

    Raises:
        Fatal: the stack of the settings is not there, or the port is taken.
    """
    home, stop = Home(settings.home), stop_on_signals()
    home.refuse_absent()
    found = lanes(home, catalogue, settings.timing.metrics)
    shelf = shelf_of(found)
    # Beside what we measure: what this very process costs (process_cpu_seconds_total …)
    server = _listen(settings, lambda: shelf.page() + generate_latest(REGISTRY))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say_ready()
    try:
        run_lanes(found, shelf, stop)
    finally:
        server.shutdown()
        server.server_close()


def _listen(settings: Settings, page: Callable[[], bytes]) -> ThreadingHTTPServer:
    try:
        return open_server(settings.metrics_host, settings.metrics_port, page)
    except OSError as error:
        message = (
            f"metrics cannot listen on port {settings.metrics_port}: {error.strerror}. "
            "End what has it, or set SUOI_METRICS_PORT."
        )
        raise Fatal(message) from error
