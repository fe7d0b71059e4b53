"""The schema registry (Confluent's REST face, `/apis/ccompat/v7`): schemas by subject and by id."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx
import orjson

from infra.errors import Fatal, Transient

_JSON = {"content-type": "application/vnd.schemaregistry.v1+json"}
Schema = dict[str, Any]


class Registry:
    """A client of one registry; what it read by id is kept, for an id never changes meaning."""

    def __init__(self, url: str) -> None:
        """Remember *url*, such as http://127.0.0.1:8081/apis/ccompat/v7; nothing is asked yet."""
        self._client = httpx.Client(base_url=url.rstrip("/"), headers=_JSON, timeout=10.0)
        self._known: dict[int, Schema] = {}

    def register(self, subject: str, schema: Schema) -> int:
        """Register *schema* under *subject* so that every later reader can read every older record.

        The same schema again gives the same id.

        Raises:
            Fatal: the schema breaks compatibility with an earlier version.
            Transient: the registry does not answer.
        """
        text = orjson.dumps(schema).decode()
        answer = self._ask("POST", f"/subjects/{subject}/versions", {"schema": text})
        self._ask("PUT", f"/config/{subject}", {"compatibility": "BACKWARD_TRANSITIVE"})
        return int(answer["id"])

    def schema_id(self, subject: str) -> int:
        """Give the id of the newest schema of *subject*.

        Raises:
            Transient: the registry does not answer, or does not know the subject yet.
        """
        return int(self._ask("GET", f"/subjects/{subject}/versions/latest")["id"])

    def known_id(self, subject: str, schema: Mapping[str, Any]) -> int:
        """Give the id under which *subject* holds exactly *schema*.

        Raises:
            Transient: the registry does not answer, or was not given this schema yet.
        """
        text = orjson.dumps(schema).decode()
        return int(self._ask("POST", f"/subjects/{subject}", {"schema": text})["id"])

    def schema(self, number: int) -> Schema:
        """Give the schema with id *number*.

        Raises:
            Transient: the registry does not answer, or does not know the id yet.
        """
        if number not in self._known:
            answer = self._ask("GET", f"/schemas/ids/{number}")
            self._known[number] = orjson.loads(answer["schema"])
        return self._known[number]

    def close(self) -> None:
        """Close the connections to the registry."""
        self._client.close()

    def _ask(self, method: str, path: str, body: Schema | None = None) -> Schema:
        content = None if body is None else orjson.dumps(body)
        try:
            answer = self._client.request(method, path, content=content)
        except httpx.HTTPError as error:
            message = f"The schema registry does not answer ({type(error).__name__})."
            raise Transient(message) from error
        if answer.is_success:
            return dict(orjson.loads(answer.content))
        raise _refusal(method, path, answer)


def _refusal(method: str, path: str, answer: httpx.Response) -> Transient | Fatal:
    status = answer.status_code
    if status == HTTPStatus.CONFLICT:
        return Fatal(
            f"The schema registry refused {path}: the schema is not compatible with an earlier "
            "one; give the new column a default or raise the dataset's major version."
        )
    if status == HTTPStatus.NOT_FOUND or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Transient(f"The schema registry has no answer to {method} {path} ({status}).")
    return Fatal(f"The schema registry refused {method} {path} ({status}); read its log.")
