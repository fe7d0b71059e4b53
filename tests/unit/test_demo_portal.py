"""The demonstration's reader of the portal believes only what the portal says."""

import httpx
import pytest

from infra.errors import Transient
from suoi.demo.portal import Portal

ROWS = {"rows": [{"ma_san_pham": "OCOP-14-00001", "so_sao": 3}]}


def test_stars_are_read_and_asked_for_again_only_when_they_changed() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["If-None-Match"])
        if asked[-1] == '"a"':
            return httpx.Response(304)
        return httpx.Response(200, json=ROWS, headers={"ETag": '"a"'})

    portal = Portal("http://127.0.0.1:1/", httpx.MockTransport(answer))
    assert portal.stars("OCOP-14-00001") == 3
    assert portal.stars("OCOP-14-00002") is None
    assert asked == ["", '"a"']


def test_a_cache_that_is_being_filled_knows_no_product_yet() -> None:
    portal = Portal("http://127.0.0.1:1", httpx.MockTransport(lambda _: httpx.Response(503)))
    assert portal.stars("OCOP-14-00001") is None


def test_a_portal_that_is_away_is_told_with_the_next_step() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        message = "refused"
        raise httpx.ConnectError(message, request=request)

    with pytest.raises(Transient, match="suoi status"):
        Portal("http://127.0.0.1:1", httpx.MockTransport(refuse)).stars("x")
