"""Our client of Kafka Connect: what passes is tried again, what does not is a sentence."""

from collections.abc import Callable

import httpx
import pytest

from infra.connect import Connect
from infra.errors import Fatal, Transient

Answer = Callable[[httpx.Request], httpx.Response]

TRACE = """org.apache.kafka.connect.errors.ConnectException: row (Nguyễn Văn Giả) failed
\tat a.B.c(B.java:1)
Caused by: org.apache.kafka.common.errors.RecordTooLargeException: 17 MB of Nguyễn Văn Giả
\tat d.E.f(E.java:2)
"""


def client(answer: Answer, patience_s: float = 0.5) -> Connect:
    transport = httpx.MockTransport(answer)
    return Connect(httpx.Client(transport=transport, base_url="http://connect"), patience_s)


def test_a_rebalance_is_waited_out() -> None:
    codes = iter((409, 500, 200))
    connect = client(lambda _: httpx.Response(next(codes), json=["b", "a"]))
    assert connect.names() == ["a", "b"]


def test_a_rebalance_without_end_is_transient() -> None:
    connect = client(lambda _: httpx.Response(409, json={}), patience_s=0.15)
    with pytest.raises(Transient, match="rebalancing"):
        connect.names()


def test_connect_away_is_transient() -> None:
    def away(_: httpx.Request) -> httpx.Response:
        message = "refused"
        raise httpx.ConnectError(message)

    with pytest.raises(Transient, match="does not answer"):
        client(away, patience_s=0.15).names()


def test_one_that_is_silent_takes_no_more_than_our_patience() -> None:
    allowed: list[float] = []

    def silent(request: httpx.Request) -> httpx.Response:
        allowed.append(request.extensions["timeout"]["read"])
        message = "silent"
        raise httpx.ReadTimeout(message, request=request)

    with pytest.raises(Transient, match="does not answer"):
        client(silent, patience_s=0.9).names()
    assert allowed[0] <= 0.9
    assert min(allowed) == 0.5  # the last try is no empty one


@pytest.mark.parametrize("stray", [b"", b"<html>", b"\xff\xfe"])
@pytest.mark.parametrize("code", [200, 404])
def test_what_its_web_server_says_while_it_starts_is_asked_again(code: int, stray: bytes) -> None:
    answers = iter([httpx.Response(code, content=stray), httpx.Response(200, json=["a"])])
    assert client(lambda _: next(answers)).names() == ["a"]


@pytest.mark.parametrize("code", [200, 400, 404])
def test_an_answer_without_json_that_stays_is_transient(code: int) -> None:
    connect = client(lambda _: httpx.Response(code, text="<html>"), patience_s=0.15)
    with pytest.raises(Transient, match="without JSON"):
        connect.state("a")


def test_an_order_that_is_taken_without_a_word_is_given_once() -> None:
    given = []

    def take(request: httpx.Request) -> httpx.Response:
        given.append(request.url.path)
        return httpx.Response(202)

    client(take).stop("a")
    assert given == ["/connectors/a/stop"]


def test_a_refused_configuration_is_fatal_with_what_connect_said() -> None:
    connect = client(lambda _: httpx.Response(400, json={"message": "slot.name is invalid"}))
    with pytest.raises(Fatal, match=r"slot\.name is invalid"):
        connect.configure("a", {})


def test_a_wrong_password_is_fatal() -> None:
    with pytest.raises(Fatal, match="refused our REST user"):
        client(lambda _: httpx.Response(401)).names()


def test_what_is_not_there_is_none() -> None:
    connect = client(lambda _: httpx.Response(404, json={}))
    assert connect.config("a") is connect.state("a") is connect.offset("a") is None


def test_before_the_first_commit_there_is_no_offset() -> None:
    assert client(lambda _: httpx.Response(200, json={"offsets": []})).offset("a") is None


def test_an_offset_given_up_is_none_though_its_tombstone_still_shows() -> None:
    given_up = {"offsets": [{"partition": {"server": "a"}, "offset": None}]}
    assert client(lambda _: httpx.Response(200, json=given_up)).offset("a") is None


def test_a_failure_is_named_by_its_classes_and_quotes_no_row() -> None:  # Invariant 6
    status = {"connector": {"state": "RUNNING"}, "tasks": [{"state": "FAILED", "trace": TRACE}]}
    state = client(lambda _: httpx.Response(200, json=status)).state("a")
    assert state is not None
    assert not state.running
    assert state.cause == "ConnectException < RecordTooLargeException"
