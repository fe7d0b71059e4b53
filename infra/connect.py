"""Kafka Connect's REST face: configurations, states, offsets. What passes is tried again."""

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx

from infra.errors import Fatal, Transient

Config = dict[str, str]

_CONFLICT, _MISSING, _SERVER = 409, 404, 500
"""409 = the worker is rebalancing: ask again."""
_SHORTEST_TRY_S, _LONGEST_TRY_S = 0.5, 20.0
"""One that is silent takes no more of our time than our patience; the last try is no empty one."""
_STRANGER = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)
"""It does not know our REST user; said in plain text."""


class ConnectorState(NamedTuple):
    """What Connect says of one connector: RUNNING, PAUSED, STOPPED, FAILED or UNASSIGNED."""

    connector: str
    task: str
    cause: str
    """Classes of the task's failure, outermost first; never its text, which may quote a row."""

    @property
    def running(self) -> bool:
        """True where both the connector and its one task run."""
        return self.connector == self.task == "RUNNING"


class Connect:
    """A client of one Connect cluster, as one REST user."""

    def __init__(self, client: httpx.Client, patience_s: float = 30.0) -> None:
        """Take a client that knows address and login; *patience_s* bounds every question."""
        self._client = client
        self._patience_s = patience_s

    def names(self) -> list[str]:
        """Names of the connectors there are, sorted."""
        return sorted(self._ask("GET", "/connectors").json())

    def config(self, name: str) -> Config | None:
        """What connector *name* runs with, references unresolved; None where there is none."""
        answer = self._ask("GET", f"/connectors/{name}/config")
        return None if answer.status_code == _MISSING else dict(answer.json())

    def configure(self, name: str, config: Mapping[str, str]) -> None:
        """Create or change connector *name*. It restarts even when nothing differs: compare first.

        Raises:
            Fatal: Connect refuses the configuration.
        """
        self._ask("PUT", f"/connectors/{name}/config", json=dict(config))

    def state(self, name: str) -> ConnectorState | None:
        """How connector *name* and its task are; None where there is no such connector."""
        answer = self._ask("GET", f"/connectors/{name}/status")
        if answer.status_code == _MISSING:
            return None
        found = answer.json()
        task = next(iter(found["tasks"]), {"state": "UNASSIGNED"})
        trace = task.get("trace") or found["connector"].get("trace") or ""
        return ConnectorState(found["connector"]["state"], task["state"], _causes(trace))

    def offset(self, name: str) -> dict[str, Any] | None:
        """The source position connector *name* has committed; None before the first commit.

        None too after `forget_offset`, whose tombstone Connect shows for a moment as null.
        """
        answer = self._ask("GET", f"/connectors/{name}/offsets")
        if answer.status_code == _MISSING:
            return None
        stored = next(iter(answer.json()["offsets"]), {"offset": None})["offset"]
        return None if stored is None else dict(stored)

    def forget_offset(self, name: str) -> None:
        """Delete the position connector *name* has committed; it must be stopped.

        Raises:
            Fatal: it is not stopped.
        """
        self._ask("DELETE", f"/connectors/{name}/offsets")

    def restart_failed(self, name: str) -> None:
        """Start anew what of connector *name* has failed; what runs is left alone."""
        self._ask("POST", f"/connectors/{name}/restart?includeTasks=true&onlyFailed=true")

    def restart(self, name: str) -> None:
        """Start connector *name* and its tasks anew, whatever they do now."""
        self._ask("POST", f"/connectors/{name}/restart?includeTasks=true")

    def pause(self, name: str) -> None:
        """Pause connector *name*: it sends nothing; tasks, offsets and configuration stay."""
        self._ask("PUT", f"/connectors/{name}/pause")

    def stop(self, name: str) -> None:
        """Stop connector *name* and take its tasks away; its offsets and configuration stay."""
        self._ask("PUT", f"/connectors/{name}/stop")

    def resume(self, name: str) -> None:
        """Let a stopped or paused connector *name* run again."""
        self._ask("PUT", f"/connectors/{name}/resume")

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()

    def _ask(self, method: str, path: str, json: object = None) -> httpx.Response:
        """Ask until Connect is settled.

        Raises:
            Transient: it is away, rebalancing, failing, or answers with what is not Connect's,
                for longer than our patience.
            Fatal: it understood the question and refuses it.
        """
        deadline = time.monotonic() + self._patience_s
        wait_s = 0.1
        while True:
            left_s = max(deadline - time.monotonic(), _SHORTEST_TRY_S)
            answer, away = self._try(method, path, json, min(left_s, _LONGEST_TRY_S))
            if answer is not None and _settled(answer):
                return _accepted(answer)
            if time.monotonic() + wait_s > deadline:
                raise Transient(_unsettled(answer, away))
            time.sleep(wait_s)
            wait_s = min(wait_s * 2, 2.0)

    def _try(
        self, method: str, path: str, json: object, timeout_s: float
    ) -> tuple[httpx.Response | None, httpx.TransportError | None]:
        try:
            return self._client.request(method, path, json=json, timeout=timeout_s), None
        except httpx.TransportError as error:
            return None, error


def open_connect(url: str, user: str, password: str, patience_s: float = 30.0) -> Connect:
    """Open a client of the Connect cluster at *url*."""
    return Connect(httpx.Client(base_url=url, auth=(user, password)), patience_s)


def _settled(answer: httpx.Response) -> bool:
    if answer.status_code in _STRANGER:
        return True
    return answer.status_code != _CONFLICT and answer.status_code < _SERVER and _written(answer)


def _written(answer: httpx.Response) -> bool:
    """Say whether Connect itself has answered: in JSON, or to an order with no word at all.

    While it starts or stops, its web server answers in its place, also with 200 or 404, in text or
    with nothing; that tells neither what there is nor what is not there.
    """
    if answer.is_success and not answer.content:
        return answer.request.method != "GET"
    try:
        answer.json()
    except ValueError:  # no JSON, or no UTF-8
        return False
    return True


def _accepted(answer: httpx.Response) -> httpx.Response:
    if answer.is_success or answer.status_code == _MISSING:
        return answer
    if answer.status_code in _STRANGER:
        message = "Kafka Connect refused our REST user; compare its users file with our secret."
        raise Fatal(message)
    said = str(answer.json().get("message", "")).replace("\n", " ")[:400]
    message = f"Kafka Connect refused {answer.request.method} {answer.request.url.path}: {said}"
    raise Fatal(message)


def _unsettled(answer: httpx.Response | None, away: httpx.TransportError | None) -> str:
    if answer is None:
        return (
            f"Kafka Connect does not answer ({type(away).__name__}). Is the stack up (suoi status)?"
        )
    if answer.status_code == _CONFLICT:
        return "Kafka Connect has been rebalancing for too long; look at its log, then ask again."
    if answer.status_code < _SERVER:
        said = f"Kafka Connect answers {answer.status_code} without JSON, as if it were stopping"
        return f"{said}; look at its log, then ask again."
    return f"Kafka Connect fails with {answer.status_code}; look at its log, then ask again."


def _causes(trace: str) -> str:
    """Name a Java stack trace's exceptions, outermost first, without messages (invariant 6)."""
    heads = [line for line in trace.splitlines() if line and not line.startswith(("\t", " "))]
    names = (line.removeprefix("Caused by: ").split(":")[0].rsplit(".", 1)[-1] for line in heads)
    return " < ".join(dict.fromkeys(name for name in names if name.isidentifier()))
