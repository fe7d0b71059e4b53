"""The description of /api/v1 (OpenAPI 3.1): pages, actions, and how a refusal looks."""

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI

from suoi.console.action import Action, only_reason
from suoi.console.gate import cookie_name
from suoi.console.services import Services

INTRODUCTION = (
    "Everything the pages show, as JSON. Log in with POST /api/v1/login (name, password): the "
    "answer sets the session's cookie and holds `csrf`, which every POST brings in the header "
    "X-CSRF-Token. Refusals are problem+json (RFC 9457) with one entry in `errors` for each field."
)
_TEXT = {"type": "string"}
_FAULT = {
    "type": "object",
    "required": ["field", "detail"],
    "properties": {"field": _TEXT, "detail": _TEXT},
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "errors": {"type": "array", "items": _FAULT},
    },
}


def body_of(action: Action) -> dict[str, Any]:
    """Return the request body of *action*, as far as its fields do not depend on its target."""
    names = ["reason"] if action.fields is only_reason else []
    schema: dict[str, Any] = {"type": "object", "additionalProperties": _TEXT, "required": names}
    schema["properties"] = {name: {**_TEXT, "maxLength": 500} for name in names}
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}


def login_body() -> dict[str, Any]:
    """Return the request body of the login."""
    names = ["name", "password"]
    schema = {"type": "object", "required": names, "properties": dict.fromkeys(names, _TEXT)}
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}


def gaps(path: str) -> dict[str, Any]:
    """Return the parameters of *path*: whatever stands in braces."""
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    listed = [{"name": one, "in": "path", "required": True, "schema": _TEXT} for one in names]
    return {"parameters": listed} if listed else {}


def asked(names: Iterable[str]) -> list[dict[str, Any]]:
    """Return *names* as parameters of a query."""
    return [{"name": one, "in": "query", "required": False, "schema": _TEXT} for one in names]


def describe(app: FastAPI, services: Services) -> dict[str, Any]:
    """Return the description of *app*."""
    found = app.openapi()
    found["info"]["description"] = INTRODUCTION
    components = found.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    cookie = {"type": "apiKey", "in": "cookie", "name": cookie_name(services)}
    components["securitySchemes"] = {"session": cookie}
    found["security"] = [{"session": []}]
    return found
