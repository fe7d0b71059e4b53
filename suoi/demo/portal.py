"""The open data portal as any citizen's program asks it: HTTP, no password."""

from typing import Any

import httpx

from infra.errors import Transient

_TIMEOUT_S = 5.0
_PRODUCTS = "/data/nnmt_ocop.json"


class Portal:
    """A reader of the portal that asks for the products and for nothing it already has (ETag)."""

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        """Take the portal's address, as `suoi env --json` gives it; *transport* is for tests."""
        self.url = url.rstrip("/")
        self._client = httpx.Client(
            base_url=self.url, timeout=_TIMEOUT_S, trust_env=False, transport=transport
        )
        self._tag = ""
        self._rows: list[dict[str, Any]] = []

    def stars(self, code: str) -> int | None:
        """Return the stars of a product by its code; None while the portal does not show it.

        Raises:
            Transient: the portal does not answer.
        """
        self._ask()
        found = (row["so_sao"] for row in self._rows if row.get("ma_san_pham") == code)
        return next(found, None)

    def close(self) -> None:
        """Leave."""
        self._client.close()

    def _ask(self) -> None:
        try:
            answer = self._client.get(_PRODUCTS, headers={"If-None-Match": self._tag})
        except httpx.HTTPError as error:
            message = f"The portal at {self.url} does not answer; see `suoi status`."
            raise Transient(message) from error
        if answer.status_code == httpx.codes.OK:  # 304: nothing new; 503: the cache is being filled
            self._tag = answer.headers.get("ETag", "")
            self._rows = answer.json()["rows"]
