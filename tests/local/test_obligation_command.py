"""`suoi obligations` on a real PostgreSQL: judged from the ledger, told, signed, reported."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from support.obligations import ALIVE, DUE, KEY, at
from support.plain_postgres import Server, plain_province
from typer.testing import CliRunner, Result

from consumers.ledger.obligations.evidence import Channel, Load, Structure
from consumers.ledger.obligations.judge import Judge, Turn
from infra.errors import Transient, Usage
from infra.local.home import Home
from schemas.catalogue import read_catalogue
from suoi.command import build
from suoi.console import askers
from suoi.console.hands import Nil
from suoi.console.stack_hands import StackHands
from suoi.obligations import asked, witness
from suoi.obligations import desk as desks
from suoi.obligations.desk import opened_desk
from suoi.obligations.witness import Proved

DAY = "2026-11-23"
LAW = read_catalogue()
TABLES = "ledger.obligation, ledger.obligation_paper, ledger.obligation_begin"
EVENTS = "tp_khai_sinh"
CLOCK = SimpleNamespace(now=at(-1))
"""What time it is for the commands."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(LAW["tp_xac_nhan"]) as running:
        yield running


class Chain:
    """The part of the chain that is not PostgreSQL, as the tests want it."""

    def __init__(self) -> None:
        self.through: datetime | None = at(1000)
        self.channel = ALIVE
        self.load = Load(whole=True)
        self.structure = Structure()
        self.opened = 0
        self.walks = 0

    def walk(self) -> Channel:
        """What a walk of the chain adds: nothing, or what the tests want."""
        self.walks += 1
        return self.channel

    @contextmanager
    def books(self, _home: Path) -> Iterator[SimpleNamespace]:
        """Stand in for the books: one watermark for all."""
        self.opened += 1
        proved = {} if self.through is None else dict.fromkeys(LAW, self.through)
        yield SimpleNamespace(complete_through=lambda: proved, reader=None)


@pytest.fixture
def chain(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Chain:
    made = Home(tmp_path / "home")
    made.make()
    monkeypatch.setenv("SUOI_HOME", str(made.root))
    monkeypatch.setattr(desks, "postgres_conninfo", lambda _, role: server.dsn(role))
    told = Chain()
    CLOCK.now = at(-1)
    monkeypatch.setattr(asked, "moment", lambda: CLOCK.now)
    monkeypatch.setattr(witness, "open_books", told.books)
    monkeypatch.setattr(witness, "read_standings", lambda _: {})
    monkeypatch.setattr(witness, "channel", lambda *_: told.channel)
    monkeypatch.setattr(witness, "broken", lambda *_: told.walk())
    monkeypatch.setattr(witness, "loaded", lambda *_: told.load)
    monkeypatch.setattr(witness, "shape", lambda *_: told.structure)
    return told


@pytest.fixture(autouse=True)
def _empty(server: Server) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        for table in TABLES.split(", "):
            connection.execute(f"alter table {table} disable trigger all")  # type: ignore[arg-type]
        connection.execute(
            f"truncate {TABLES}, ledger.count, ledger.refused, quarantine.item,"  # type: ignore[arg-type]
            " clean.tp_xac_nhan restart identity"
        )
        for table in TABLES.split(", "):
            connection.execute(f"alter table {table} enable trigger all")  # type: ignore[arg-type]


@pytest.fixture
def write(server: Server) -> Iterator[Callable[..., None]]:
    """Write into the ledger what the sinks would."""
    with psycopg.connect(server.dsn(), autocommit=True) as connection:

        def wrote(statement: str, *values: object) -> None:
            connection.execute(statement, values)  # type: ignore[arg-type]

        yield wrote


Write = Callable[..., None]


def counted(write: Write, scope: str, n: int, day: str = DAY, **told: str) -> None:
    op, outcome = told.get("op", "c"), told.get("outcome", "applied")
    values = (told.get("dataset", EVENTS), scope, day, op, outcome, n)
    write("insert into ledger.count values (%s, %s, %s, %s, %s, %s)", *values)


def refused(write: Write, scope: str, *codes: str, **told: Any) -> None:  # noqa: ANN401
    """A record of the day that was refused for *codes*; closed at `closed`, if at all."""
    offset, closed = told.get("offset", 0), told.get("closed")
    dataset, day = told.get("dataset", EVENTS), told.get("day", DAY)
    write(
        "insert into ledger.refused (raw_topic, raw_partition, raw_offset, verdict, dataset, scope,"
        " day, op) values ('raw', 0, %s, 'reject', %s, %s, %s, 'c')",
        *(offset, dataset, scope, day),
    )
    problems = json.dumps([{"code": code, "field": "dan_toc"} for code in codes])
    status = "fixed_at_source" if closed else "open"
    write(
        "insert into quarantine.item (dataset, problems, owner_unit, raw_topic, raw_partition,"
        " raw_offset, reject_topic, reject_partition, reject_offset, status, closed_at)"
        " values (%s, %s, 'so_tu_phap', 'raw', 0, %s, 'reject', 0, %s, %s, %s)",
        *(dataset, problems, offset, offset, status, closed),
    )


def said_nothing(write: Write, commune: str, when: datetime, **told: Any) -> None:  # noqa: ANN401
    """The row of a commune that attests."""
    write(
        "insert into clean.tp_xac_nhan (_key, _generation, _position, _step, _ruleset, _source,"
        " _source_ts, _captured_ts, _flags, _hash, _raw, _at, ma_xa, loai_so, ngay, huy)"
        " values (%s, 1, 1, 0, 1, 'so_tu_phap', %s, now(), '{}', '', '', '', %s, 'KS', %s, %s)",
        *(f"[{commune}]", when, commune, told.get("day", DAY), told.get("huy", False)),
    )


def turn(now: datetime, proved: Proved | None = None) -> Turn:
    CLOCK.now = now
    with opened_desk(Path(home())) as desk, closing(desk.look()) as look:
        look.remembering(proved or Proved())
        return Judge(store=desk.store, duties=desk.duties, witness=look).turn(now)


def home() -> str:
    return os.environ["SUOI_HOME"]


def ask(*words: object) -> Result:
    return CliRunner().invoke(build(["obligations"]), ["obligations", *map(str, words)])


def answer(*words: object) -> Any:  # noqa: ANN401  a JSON document
    done = ask(*words, "--json")
    assert done.exit_code == 0, done.exception
    return json.loads(done.stdout)


def births(day: str = DAY) -> dict[str, dict[str, Any]]:
    rows = answer("--date", day)["obligations"]
    return {one["scope"]: one for one in rows if one["dataset"] == EVENTS}


def judged(hours: float, seconds: float = 0) -> dict[str, dict[str, Any]]:
    """Open the day, then judge at so many hours after the cut-off; the births of the day."""
    turn(at(-1))
    turn(at(0))
    turn(at(hours, seconds))
    return births()


def test_the_day_ends_as_the_ledger_says(chain: Chain, write: Write) -> None:
    counted(write, "03646", 3)
    counted(write, "03664", 4, op="r")  # a load is never an event
    counted(write, "03670", 1, outcome="superseded", day="2026-11-22")  # Sunday is of Monday
    counted(write, "03679", 1, outcome="replayed")
    counted(write, "03679", 1, day="2026-11-20")  # Friday's window ended on Friday
    said_nothing(write, "03688", at(-2))
    counted(write, "unassigned", 2)
    found = judged(0, 1)
    ended = {scope: one["status"] for scope, one in found.items()}
    assert len(found) == 75
    assert ended["03646"] == ended["03670"] == "MET_CHANGED"
    assert ended["03688"] == "MET_NIL_ATTESTED"
    assert {ended["03664"], ended["03679"]} == {"PENDING"}
    assert found["03646"]["evidence"]["unassigned"] == 2
    assert found["03646"]["final"] is True
    assert found["03664"]["final"] is False
    assert chain.opened


@pytest.mark.usefixtures("chain")
def test_what_a_person_attests_and_takes_back(write: Write) -> None:
    said_nothing(write, "03646", at(-2), huy=True)
    said_nothing(write, "03664", at(-2), day="2026-11-20")
    said_nothing(write, "03670", at(3))
    counted(write, "03679", 1)
    said_nothing(write, "03679", at(-2))
    found = judged(4)
    assert found["03646"]["status"] == found["03664"]["status"] == "PENDING"
    assert found["03670"]["status"] == "LATE"
    assert found["03679"]["status"] == "MET_CHANGED"
    assert found["03679"]["evidence"]["attest_conflict"] is True


@pytest.mark.usefixtures("chain")
def test_refused_rows_count_until_they_are_put_right(write: Write) -> None:
    counted(write, "03646", 1)
    refused(write, "03646", "code.unknown", offset=1)
    counted(write, "03664", 1)
    refused(write, "03664", "field.missing", offset=2, closed=at(-1))
    refused(write, "03670", "field.missing", "code.unknown", offset=3)
    refused(write, "03679", "rule.all_or_nothing", offset=4, closed=at(3))
    counted(write, "03679", 1)
    found = judged(25)
    assert found["03664"]["status"] == "MET_CHANGED"
    assert (found["03646"]["status"], found["03646"]["cause"]) == ("PARTIAL", "NOT_STANDARDISED")
    assert (found["03670"]["status"], found["03670"]["cause"]) == ("PARTIAL", "MISSING_MANDATORY")
    assert (found["03679"]["status"], found["03679"]["cause"]) == ("LATE", "MISSING_MANDATORY")
    reasons = found["03670"]["evidence"]["by_now"]["reasons"]
    assert {(one["field"], one["code"]) for one in reasons} == {
        ("dan_toc", "field.missing"),
        ("dan_toc", "code.unknown"),
    }


@pytest.mark.usefixtures("chain")
def test_an_event_after_the_cut_off_makes_the_day_late_and_meets_the_next(write: Write) -> None:
    counted(write, "03646", 1, day="2026-11-24")
    found = judged(25)
    assert (found["03646"]["status"], found["03646"]["cause"]) == ("LATE", "UNIT_NOT_UPDATED")
    assert births("2026-11-24")["03646"]["status"] == "MET_CHANGED"
    assert found["03664"]["status"] == "MISSED"


def test_nothing_is_judged_without_a_watermark_and_the_fault_is_ours(
    chain: Chain, write: Write
) -> None:
    counted(write, "03646", 3)
    chain.through, chain.channel = at(0, -1), Channel(connector="FAILED", heartbeat_age_s=900)
    found = judged(2)
    assert {one["status"] for one in found.values()} == {"PENDING"}  # Invariant 9
    assert {one["cause"] for one in found.values()} == {"TECHNICAL"}
    assert found["03646"]["evidence"]["cause"] == {"connector": "FAILED", "heartbeat_age_s": 900}
    chain.through, chain.channel = at(1000), ALIVE
    turn(at(30))
    found = births()
    assert found["03646"]["status"] == "MET_CHANGED", "no unit is late by a fault of ours"
    assert (found["03664"]["status"], found["03664"]["cause"]) == ("MISSED", "UNIT_NOT_UPDATED")


def test_the_attestations_must_be_proved_too(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    proved = dict.fromkeys(set(LAW) - {"tp_xac_nhan"}, at(1000))

    @contextmanager
    def books(_home: Path) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(complete_through=lambda: proved, reader=None)

    assert chain.through
    monkeypatch.setattr(witness, "open_books", books)
    assert {one["status"] for one in judged(25).values()} == {"PENDING"}


@pytest.mark.parametrize(
    ("name", "told", "cause"),
    [
        ("load", Load(whole=False, done=2, total=9), "VOLUME"),
        ("structure", Structure(gated=True, columns=("so_ks",)), "STRUCTURE_NOT_UNIFIED"),
        ("channel", Channel(unreachable=("connect",)), "TECHNICAL"),
    ],
)
def test_a_chain_that_stands_still_gives_its_cause(
    name: str, told: object, cause: str, chain: Chain
) -> None:
    chain.through = None
    setattr(chain, name, told)
    assert {one["cause"] for one in judged(2).values()} == {cause}


def test_the_chain_is_walked_only_while_nothing_proves_it_whole(chain: Chain) -> None:
    judged(2)
    assert chain.walks == 0, "a link that broke since has delayed nothing"
    chain.through = at(-1)
    births()
    assert 0 < chain.walks <= len(LAW), "once a look for each dataset"


def test_kafka_away_is_a_fault_of_ours(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def away(_home: Path) -> Iterator[SimpleNamespace]:
        message = "Kafka does not answer."
        raise Transient(message)
        yield SimpleNamespace()

    assert chain.through
    monkeypatch.setattr(witness, "open_books", away)
    found = judged(2)
    assert {one["cause"] for one in found.values()} == {"TECHNICAL"}
    assert found["03646"]["evidence"]["cause"] == {"unreachable": ["kafka"]}


@pytest.mark.usefixtures("chain")
def test_other_datasets_end_by_their_kind() -> None:
    judged(25)
    rows = answer("--date", DAY)["obligations"]
    others = {one["dataset"]: (one["status"], one["cause"]) for one in rows if one["scope"] == "*"}
    assert others["nnmt_thua_dat"] == ("MET_NO_CHANGE", None)
    assert others["ca_ly_lich_tu_phap"] == ("BLOCKED", "BLOCKED_MINISTRY")
    assert others["xd_van_tai_giay_phep"] == ("PENDING", "TECHNICAL")
    assert answer("--date", DAY)["sums"]["MISSED"] == 225


def test_kafka_is_asked_only_where_the_ledger_does_not_answer(chain: Chain) -> None:
    proved = Proved()
    turn(at(-1), proved)
    assert chain.opened == 0
    turn(at(0), proved)
    assert chain.opened == 1
    turn(at(1), proved)
    turn(at(1.5), proved)
    assert chain.opened == 1, "what was proved stays proved"


@pytest.mark.usefixtures("chain")
def test_an_exemption_a_correction_and_an_override_are_signed_and_kept(write: Write) -> None:
    done = ask(
        "exempt", EVENTS, "--days", f"{DAY}..2026-11-27", "--commune", "03646", "--reason", "lũ"
    )
    assert done.exit_code == 0, done.exception
    assert (
        ask("attest", EVENTS, "--commune", "03664", "--date", DAY, "--reason", "x").exit_code == 0
    )
    counted(write, "03670", 2)
    found = judged(25)
    assert found["03646"]["status"] == "EXEMPT"
    number = found["03679"]["entry"]
    assert ask("override", number, "--cause", "technical", "--reason", "mất điện").exit_code == 0
    one = births()["03679"]
    assert (one["status"], one["cause"], one["cause_computed"]) == (
        "MISSED",
        "TECHNICAL",
        "UNIT_NOT_UPDATED",
    )
    assert one["override"]["reason"] == "mất điện"
    assert one["override"]["key"]
    correct = ("correct", number, "--status", "MET_CHANGED", "--reason", "đã có văn bản")
    assert ask(*correct).exit_code == 0
    one = births()["03679"]
    assert (one["status"], one["correction"]["names"]) == ("MET_CHANGED", number)
    again = ask(*correct)
    assert isinstance(again.exception, Usage)
    assert "corrected already" in str(again.exception)
    told = answer("history", EVENTS, "--commune", "03679", "--date", DAY)
    kinds = ["opened", "verdict", "override", "correction"]
    assert [entry["kind"] for entry in told] == kinds
    assert told[2]["by"]
    assert "mất điện" in ask("history", EVENTS, "--commune", "03679").stdout


@pytest.mark.usefixtures("chain")
def test_what_was_signed_is_taken_back() -> None:
    ask("exempt", EVENTS, "--days", DAY, "--reason", "lũ")
    assert ask("withdraw", 1, "--reason", "nhầm").exit_code == 0
    assert isinstance(ask("withdraw", 7, "--reason", "nhầm").exception, Usage)
    assert {one["status"] for one in judged(25).values()} == {"MISSED"}


@pytest.mark.usefixtures("chain")
def test_what_was_taken_back_is_not_taken_back_again() -> None:
    ask("exempt", EVENTS, "--days", DAY, "--reason", "lũ")
    assert ask("withdraw", 1, "--reason", "nhầm").exit_code == 0
    again = ask("withdraw", 1, "--reason", "nhầm")
    assert "could be taken back" in str(again.exception)


@pytest.mark.usefixtures("chain")
def test_a_judged_duty_is_attested_no_more() -> None:
    judged(25)
    late = ask("attest", EVENTS, "--commune", "03664", "--date", DAY, "--reason", "x")
    assert "judged already (MISSED)" in str(late.exception)
    before = ask("attest", EVENTS, "--commune", "03664", "--date", "2026-11-20", "--reason", "x")
    assert before.exit_code == 0, before.exception


@pytest.mark.usefixtures("chain")
def test_the_console_s_hands_sign_in_the_name_of_who_is_logged_in(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(askers, "postgres_conninfo", lambda _, role: server.dsn(role))
    hands = StackHands(Home(Path(home())), LAW)
    day, unit = date.fromisoformat(DAY), "so_tu_phap"
    nil = Nil(EVENTS, "03664", day, "sổ trống", "lan.anh")
    first = hands.attest(nil)
    assert hands.attestations(day, "so_nnmt") == ()
    (paper,) = hands.attestations(day, unit)
    assert (paper.id, paper.body.by, paper.body.reason) == (first, "lan.anh", "sổ trống")
    hands.withdraw(first, "nhầm", "lan.anh")
    assert hands.attestations(day, None) == ()
    assert hands.paper(first) is None
    second = hands.attest(nil)
    held = hands.paper(second)
    assert held is not None
    assert held.body.scope == "03664"
    number = judged(25)["03679"]["entry"]
    entry = hands.entry(number)
    assert entry is not None
    assert entry.cause == "UNIT_NOT_UPDATED"
    hands.override(number, "TECHNICAL", "mất điện", "chi.hoa")
    told = births()["03679"]
    assert (told["cause"], told["override"]["by"]) == ("TECHNICAL", "chi.hoa")
    stands = {(one.key.dataset, one.key.scope): one for one in hands.duties((day, day), unit)}
    in_time, late = held.stored_at <= DUE, held.stored_at <= DUE + timedelta(days=1)
    wanted = "MET_NIL_ATTESTED" if in_time else "LATE" if late else "MISSED"
    assert stands[EVENTS, "03664"].status == wanted
    with pytest.raises(Usage, match="judged already"):
        hands.attest(nil)


@pytest.mark.usefixtures("chain")
def test_before_the_cut_off_the_console_s_hands_tell_what_has_come(
    server: Server, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(askers, "postgres_conninfo", lambda _, role: server.dsn(role))
    hands, day = StackHands(Home(Path(home())), LAW), date.fromisoformat(DAY)
    counted(write, "03646", 2)
    counted(write, "03664", 3, op="r")  # a load is no event
    refused(write, "03670", "code.unknown")
    said_nothing(write, "03688", at(-2))
    hands.attest(Nil(EVENTS, "03679", day, "sổ trống", "lan.anh"))
    papers = hands.attestations(day, None)
    found = {
        one.key.scope: one for one in hands.so_far(day, None, papers) if one.key.dataset == EVENTS
    }
    assert len(found) == 75
    told = {scope: tuple(one[1:]) for scope, one in found.items() if not one.silent}
    assert told == {
        "03646": (2, 0, False),
        "03670": (0, 1, False),
        "03679": (0, 0, True),
        "03688": (0, 0, True),
    }
    assert len(hands.so_far(day, "so_tu_phap", papers)) == 225
    assert hands.so_far(day, "so_nnmt", papers) == ()
    assert hands.so_far(date(2026, 11, 22), None, papers) == ()  # a Sunday


@pytest.mark.usefixtures("chain")
def test_a_day_that_is_not_in_the_book_is_judged_now_and_not_written(write: Write) -> None:
    counted(write, "03646", 1, day="2026-11-20")
    found = births("2026-11-20")
    assert (found["03646"]["status"], found["03646"]["final"]) == ("MET_CHANGED", False)
    assert found["03646"]["entry"] is None
    assert answer("--date", "2026-11-20")["begun"] is None
    assert answer("history", EVENTS) == []


@pytest.mark.usefixtures("chain")
def test_a_day_off_owes_nothing() -> None:
    told = answer("--date", "2026-02-17")
    assert (told["working"], told["obligations"]) == (False, [])
    assert "không phải ngày làm việc" in ask("--date", "2026-02-17").stdout


@pytest.mark.usefixtures("chain")
def test_one_unit_sees_its_own_lines() -> None:
    rows = answer("--date", DAY, "--unit", "so_nnmt")["obligations"]
    assert {one["unit"] for one in rows} == {"so_nnmt"}
    shown = ask("--date", "2026-11-20").stdout
    assert "Đăng ký khai sinh" in shown
    assert "giờ chốt 17:00" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--unit", "so_tu_phapp"), "did you mean so_tu_phap"),
        (("--date", "23/11/2026"), "write it like 2026-03-31"),
        (("--date", "2031-01-02"), "does not know 2031"),
        (("history", "tp_khai_sin"), "did you mean tp_khai_sinh"),
        (("history", "tp_xac_nhan"), "owed by contract"),
        (("history", EVENTS, "--commune", "0364"), "did you mean"),
        (("history", "nnmt_ocop", "--commune", "03646"), "not owed commune by commune"),
        (("league", "--month", "2026-13"), "not a month"),
        (("override", "9", "--cause", "TECHNICAL", "--reason", "x"), "no entry 9"),
        (("correct", "9", "--status", "MISSED", "--reason", "x"), "no entry 9"),
        (("exempt", EVENTS, "--days", "2026-12-01..2026-11-01", "--reason", "x"), "ends before"),
        (("attest", EVENTS, "--reason", "x"), "give --commune"),
        (("attest", "nnmt_ocop", "--date", "2027-11-24", "--reason", "x"), "has not come"),
        (("attest", "nnmt_ocop", "--date", "2026-11-21", "--reason", "x"), "nothing of nnmt_ocop"),
        (("exempt", EVENTS, "--days", DAY, "--reason", " "), "--reason"),
        (("report", "--unit", "so_yte", "--out", "x.html"), "so_y_te"),
    ],
)
@pytest.mark.usefixtures("chain")
def test_a_wrong_question_gets_a_sentence_and_the_nearest_names(
    words: tuple[str, ...], said: str
) -> None:
    done = ask(*words)
    assert isinstance(done.exception, Usage), done.stdout
    assert said in str(done.exception)


@pytest.mark.usefixtures("chain")
def test_a_wrong_correction_says_what_goes_together() -> None:
    number = judged(25)["03646"]["entry"]
    for words, said in (
        (("correct", number, "--status", "LATE", "--reason", "x"), "give --cause"),
        (("correct", number, "--status", "EXEMPT", "--cause", "VOLUME", "--reason", "x"), "leave"),
        (("correct", number, "--status", "LAET", "--reason", "x"), "did you mean LATE"),
        (("override", number, "--cause", "TECHNICA", "--reason", "x"), "did you mean TECHNICAL"),
        (("correct", 1, "--status", "MISSED", "--cause", "VOLUME", "--reason", "x"), "no verdict"),
    ):
        done = ask(*words)
        assert isinstance(done.exception, Usage), words
        assert said in str(done.exception)


class Page(HTMLParser):
    """The parts of a page that a test asks for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.given: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count it, and keep its attributes."""
        self.tags[tag] += 1
        self.given += attrs
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last."""
        assert self.open.pop() == tag


@pytest.mark.usefixtures("chain")
def test_the_month_of_a_unit_is_one_page_in_vietnamese(write: Write, tmp_path: Path) -> None:
    counted(write, "03646", 3)
    number = judged(25)["03664"]["entry"]
    reason = "<b>mất điện</b> & mưa"
    assert ask("override", number, "--cause", "TECHNICAL", "--reason", reason).exit_code == 0
    out = tmp_path / "report.html"
    done = ask("report", "--unit", "so_tu_phap", "--month", "2026-11", "--out", out)
    assert done.exit_code == 0, done.exception
    text = out.read_text("utf-8")
    page = Page(text)
    assert page.open == []
    assert page.tags["script"] == page.tags["link"] == page.tags["img"] == 0
    assert not [value for name, value in page.given if name in {"src", "href", "style"}]
    assert ("lang", "vi") in page.given
    assert "@media print" in text
    assert "Đơn vị chưa cập nhật trong ngày" in text
    assert "&lt;b&gt;mất điện&lt;/b&gt; &amp; mưa" in text
    assert text.count("<td>Phường Tô Hiệu</td>") == 2 + 3, "what was met is not among what is open"
    assert "Sổ bắt đầu từ ngày 23/11/2026" in text
    assert text.count("Không thực hiện</td>") == 224
    assert page.tags["h2"] == 4


@pytest.mark.usefixtures("chain")
def test_a_month_without_duties_has_a_page_too(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    assert ask("report", "--unit", "so_y_te", "--month", "2026-03", "--out", out).exit_code == 0
    assert "không có nghĩa vụ nào đến hạn" in out.read_text("utf-8")


@pytest.mark.usefixtures("chain")
def test_the_league_tells_each_unit(write: Write) -> None:
    counted(write, "03646", 3)
    judged(25)
    told = {one["unit"]: one for one in answer("league", "--month", "2026-11")["units"]}
    assert len(told) == 18
    assert (told["so_tu_phap"]["on_time"], told["so_tu_phap"]["missing"]) == (3, 224)
    assert told["cong_an_tinh"]["share"] is None
    assert "so_nnmt" in ask("league", "--month", "2026-11").stdout


def test_a_paper_attests_as_the_unit_s_own_table_does(chain: Chain) -> None:
    assert chain.through
    ask("attest", EVENTS, "--commune", "03664", "--date", DAY, "--reason", "không phát sinh")
    found = judged(25)["03664"]
    stored = datetime.fromisoformat(found["evidence"]["attested"]["at"])
    in_time = stored <= DUE
    late = stored <= DUE + timedelta(days=1)
    wanted = "MET_NIL_ATTESTED" if in_time else "LATE" if late else "MISSED"
    assert found["status"] == wanted
    assert found["evidence"]["attested"]["way"] == "paper"
    assert KEY.due.astimezone(UTC).date() == date.fromisoformat(DAY)
