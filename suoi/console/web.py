"""The console put together: state, sampler, gate, routes; and `suoi run console`."""

from collections.abc import Mapping
from dataclasses import replace

import structlog
import uvicorn
from fastapi import Depends, FastAPI

from infra.errors import Fatal
from infra.local.files import write_whole
from infra.local.home import Home
from infra.local.ports import is_free
from infra.settings import ConsoleAccess, Settings
from schemas.catalogue import Catalogue
from schemas.register.reading import read_register
from suoi.console.accounts import Accounts, User, generated
from suoi.console.askers import owed, parts
from suoi.console.audit import Audit
from suoi.console.errors import add_refusals
from suoi.console.facts import read_facts
from suoi.console.gate import Gate
from suoi.console.headers import Headers
from suoi.console.live import add_streams
from suoi.console.lockout import Lockout
from suoi.console.login import add_doors
from suoi.console.roles import Role
from suoi.console.routes import add_actions, add_pages
from suoi.console.sampler import Sampler
from suoi.console.services import Services
from suoi.console.sessions import Sessions
from suoi.console.snapshot import Snapshot, empty
from suoi.console.stack_hands import StackHands
from suoi.console.store import Store, state_file
from suoi.law import connected

ADMIN = "admin"
_STOP_S = 2
_log = structlog.get_logger()


def make_app(services: Services) -> FastAPI:
    """Build the application over *services*; nothing is asked of a stack here."""
    app = FastAPI(
        title="Suối",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(Gate(services))],
    )
    add_refusals(app)
    app.add_middleware(Headers, hosts=services.hosts, secure=services.secure)
    add_doors(app, services)
    add_actions(app, services)
    add_pages(app, services)
    add_streams(app, services)
    return app


def make_services(home: Home, law: Catalogue, access: ConsoleAccess) -> Services:
    """Put together what requests are served with, for the stack at *home*."""
    store = Store(state_file(home))
    catalogue = connected(law)
    return Services(
        accounts=Accounts(store),
        sessions=Sessions(store, idle_s=access.idle_s),
        lockout=Lockout(store),
        audit=Audit(store),
        sampler=Sampler(_first(law), parts(home, law, access.sample_s)),
        hands=StackHands(home, catalogue),
        units=units(),
        secure=access.secure,
        hosts=access.hosts,
    )


def units() -> Mapping[str, str]:
    """Return the units of the register and their titles."""
    return {name: unit.title for name, unit in read_register().units.items()}


def make_admin(home: Home, accounts: Accounts) -> None:
    """Make the first user, whose password stands in a file of mode 0600; once."""
    if accounts.all():
        return
    password, path = generated(), home.secrets / "console_admin"
    write_whole(path, password + "\n")  # before the user: killed in between, it is made again
    accounts.add(User(name=ADMIN, role=Role.ADMIN), password)
    _log.info("admin.made", user=ADMIN, password_file=str(path))


def run(settings: Settings, law: Catalogue) -> None:
    """Serve the console until told to stop (SIGTERM, SIGINT).

    Raises:
        Fatal: there is no stack, or another program has the port.
    """
    home, access = Home(settings.home), settings.console
    home.refuse_absent()
    if not is_free(access.port):
        message = (
            f"port {access.port} of the console is taken by another program; end that, or set "
            "SUOI_CONSOLE_PORT."
        )
        raise Fatal(message)
    services = make_services(home, law, access)
    make_admin(home, services.accounts)
    services.sampler.start()
    try:
        uvicorn.run(
            make_app(services),
            host=access.host,
            port=access.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_STOP_S,
        )
    finally:
        services.sampler.stop()


def _first(law: Catalogue) -> Snapshot:
    """Return what is known before the stack is asked: contracts, and what the units owe."""
    faults = {path.name: str(error) for path, error in law.problems.items()}
    facts = read_facts(connected(law))
    return replace(empty(facts), units=owed(law), faults=faults)
