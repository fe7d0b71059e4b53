"""Findings against a real PostgreSQL: in any order of arrival, what the oracle says is found."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import finding_oracle
from support.plain_postgres import Server, plain_province
from support.registry_of_rows import Province

from consumers.batch import Move
from consumers.findings import follower as following
from consumers.findings import judge as judging
from consumers.findings.finder import Finder
from consumers.findings.judge import Judge
from consumers.findings.rules import RULES, rules_of
from infra import faults
from infra.errors import NotOwner, Transient
from infra.kafka_reader import Place
from infra.migrations import migrate
from infra.postgres import Database
from infra.queries import read_queries
from schemas import topics
from schemas.catalogue import read_catalogue

DATASETS = sorted({side.dataset for rule in RULES for side in rule.sides})
CATALOGUE = {name: one for name, one in read_catalogue().items() if name in DATASETS}
DAY = date(2026, 3, 2)
DEATH = "bhxh_the_bhyt.rule.entitlement_after_death"
PARCEL = "nnmt_thua_dat.rule.duplicate_number"
MARRIED = "tp_ket_hon.rule.active_marriage"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(*CATALOGUE.values()) as running:
        yield running


@pytest.fixture(scope="module")
def kept(server: Server) -> Iterator[Province]:
    province = Province(server.dsn(), CATALOGUE)  # type: ignore[arg-type]
    yield province
    province.close()


@pytest.fixture
def province(kept: Province) -> Province:
    kept.clear()
    return kept


@pytest.fixture(scope="module")
def database(server: Server) -> Iterator[Database]:
    found = Database("test", server.dsn("province_findings"))
    yield found
    found.close()


def new_finder(
    database: Database, province: Province, rules: tuple[Any, ...] | None = None
) -> Finder:
    """A finder just started, by the rules in force unless a test names others."""
    finder = Finder(database, province, Judge(rules or rules_of(CATALOGUE), CATALOGUE))
    finder.begin(CATALOGUE)
    return finder


def settle(finder: Finder) -> None:
    while finder.turn():
        pass


def expected(province: Province) -> list[Any]:
    return finding_oracle.findings({name: province.live(name) for name in DATASETS})


def birth(number: int = 1, **facts: object) -> dict[str, Any]:
    return {
        "so_dang_ky": f"{number}/2026",
        "co_quan_dang_ky": "03646",
        "co_quan_dang_ky_goc": "03646",
        "co_quan_dang_ky_he": "DVHC-2025",
        "ho": "Lò",
        "chu_dem": "Thị",
        "ten": "Mẫu",
        "ngay_sinh": DAY,
        "me_so_giay_to": None,
        "ngay_dang_ky": DAY,
    } | facts


def marriage(husband: str | None, wife: str | None, **facts: object) -> dict[str, Any]:
    parties = {"chong_so_giay_to": husband, "vo_so_giay_to": wife}
    return parties | {"tinh_trang": "hieu_luc", "ngay_dang_ky": DAY} | facts


def death(number: int, person: str | None, died: str, **facts: object) -> dict[str, Any]:
    register = {name: birth(number)[name] for name in birth() if "dang_ky" in name}
    return register | {"so_dinh_danh": person, "ngay_chet": died} | facts


def card(person: str, until: date, **facts: object) -> dict[str, Any]:
    dates = {"gia_tri_tu": date(2026, 1, 1), "gia_tri_den": until}
    return {"so_dinh_danh": person, "trang_thai": "hieu_luc"} | dates | facts


def parcel(code: str | None, state: str = "hien_hanh") -> dict[str, Any]:
    return {"ma_dinh_danh_thua": code, "trang_thai": state}


def practice(kind: str, card: str | None, issued: date | None) -> dict[str, Any]:
    return {"loai_hanh_nghe": kind, "so_the": card, "ngay_cap": issued}


def product(code: str | None, recognised: date | None) -> dict[str, Any]:
    return {"ma_san_pham": code, "ngay_cong_nhan": recognised}


NUMBERS = st.sampled_from(["P1", "P1", "P2", None])
DAYS = st.sampled_from([DAY, DAY + timedelta(1), DAY - timedelta(40)])
NAMES = st.sampled_from(["Lò", "LO", "Hà", None])
VERSIONS = {
    "tp_khai_sinh": st.builds(
        birth,
        st.integers(1, 2),
        co_quan_dang_ky_he=st.sampled_from(["DVHC-2025", "DVHC-2004"]),
        ho=NAMES,
        ngay_sinh=DAYS,
        me_so_giay_to=NUMBERS,
        ngay_dang_ky=DAYS,
    ),
    "tp_ket_hon": st.builds(
        marriage,
        NUMBERS,
        NUMBERS,
        tinh_trang=st.sampled_from(["hieu_luc", "hieu_luc", "ly_hon"]),
        ngay_dang_ky=DAYS,
    ),
    "tp_khai_tu": st.builds(
        death,
        st.integers(1, 2),
        NUMBERS,
        st.sampled_from(["2026", "2026-03", "2026-03-02", "2026-01-15"]),
        ngay_dang_ky=DAYS,
    ),
    "bhxh_the_bhyt": st.builds(
        card,
        st.sampled_from(["P1", "P2"]),
        st.sampled_from(
            [date(2026, 2, 14), date(2026, 2, 15), date(2026, 4, 30), date(2027, 2, 1)]
        ),
        trang_thai=st.sampled_from(["hieu_luc", "het_han"]),
    ),
    "tp_luat_su_cong_chung": st.builds(
        practice,
        st.sampled_from(["luat_su", "cong_chung_vien"]),
        NUMBERS,
        st.one_of(DAYS, st.none()),
    ),
    "nnmt_ocop": st.builds(product, NUMBERS, st.one_of(DAYS, st.none())),
    "nnmt_thua_dat": st.builds(parcel, NUMBERS, st.sampled_from(["hien_hanh", "lich_su"])),
}


def changes(names: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """A version of one of four rows of a dataset; one in four is a delete."""
    return st.sampled_from(names).flatmap(
        lambda name: st.tuples(
            st.just(name),
            st.sampled_from(["[1]", "[2]", "[3]", "[4]"]),
            st.one_of(VERSIONS[name], VERSIONS[name], VERSIONS[name], st.none()),
        )
    )


HISTORIES = st.sampled_from(
    [
        ("tp_khai_sinh",),
        ("tp_ket_hon",),
        ("tp_khai_tu", "bhxh_the_bhyt"),
        ("tp_luat_su_cong_chung", "nnmt_ocop", "nnmt_thua_dat"),
        tuple(VERSIONS),
    ]
).flatmap(lambda names: st.lists(changes(names), min_size=6, max_size=24))


@settings(
    max_examples=int(os.environ.get("SUOI_EXAMPLES", "40")),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=HISTORIES, data=st.data())
def test_any_order_of_arrival_gives_what_the_oracle_finds(
    province: Province, database: Database, history: list[Any], data: st.DataObject
) -> None:
    numbered = [(*change, position) for position, change in enumerate(history, 1)]
    told = []
    for _ in range(2):
        province.clear()
        finder = new_finder(database, province)
        for change in data.draw(st.permutations(numbered)):
            province.apply(*change)
            if data.draw(st.booleans()):
                finder.turn()
                if data.draw(st.integers(0, 3)) == 0:
                    finder = new_finder(database, province)  # killed, and started again
        settle(finder)
        told.append(province.findings())
        assert told[-1] == expected(province)
    assert told[0] == told[1]


def test_two_rows_that_claim_one_number_are_one_finding_that_names_both_in_order(
    province: Province, database: Database
) -> None:
    finder = new_finder(database, province)
    province.apply("tp_khai_sinh", "[7]", birth(5, ngay_dang_ky=DAY), 1)
    province.apply("tp_khai_sinh", "[9]", birth(5, ngay_dang_ky=DAY - timedelta(1)), 2)
    province.apply("tp_khai_sinh", "[10]", birth(5, ngay_dang_ky=DAY), 3)
    settle(finder)
    rows = [("tp_khai_sinh", key) for key in ("[9]", "[10]", "[7]")]
    assert province.findings() == [("tp_khai_sinh.rule.duplicate_number", rows)]


def test_a_finding_closes_by_itself_and_opens_again_under_its_number(
    province: Province, database: Database
) -> None:
    finder = new_finder(database, province)
    query = "select id, status, closed_at is null from quarantine.finding"
    province.apply("nnmt_thua_dat", "[1]", parcel("w7er8yt12345"), 1)
    province.apply("nnmt_thua_dat", "[2]", parcel("w7er8yt12345"), 2)
    settle(finder)
    [(number, *_)] = province.ask(query)
    province.apply("nnmt_thua_dat", "[2]", parcel("w7er8yt12345", "lich_su"), 3)
    settle(finder)
    assert province.ask(query) == [(number, "closed", False)]
    province.apply("nnmt_thua_dat", "[2]", parcel("w7er8yt12345"), 4)
    settle(finder)
    assert province.ask(query) == [(number, "open", True)]
    province.apply("nnmt_thua_dat", "[1]", None, 5)
    settle(finder)
    assert province.findings() == []


def test_without_an_event_date_the_local_day_of_the_commit_orders(
    province: Province, database: Database
) -> None:
    finder = new_finder(database, province)
    province.apply("nnmt_thua_dat", "[1]", parcel("w7er8yt12345"), 1)
    province.apply("nnmt_thua_dat", "[2]", parcel("w7er8yt12345"), 2)
    settle(finder)
    assert province.ask("select event_dates from quarantine.finding") == [([date(2026, 5, 2)] * 2,)]


def test_a_death_finds_the_cards_that_outlive_it_by_more_than_thirty_days(
    province: Province, database: Database
) -> None:
    finder = new_finder(database, province)
    died = date(2026, 1, 15)
    province.apply("bhxh_the_bhyt", '["P1",1]', card("P1", died + timedelta(30)), 1)
    province.apply("bhxh_the_bhyt", '["P1",2]', card("P1", died + timedelta(31)), 2)
    settle(finder)
    assert province.findings() == []
    province.apply("tp_khai_tu", "[1]", death(1, "P1", str(died)), 3)
    settle(finder)
    rows = [("bhxh_the_bhyt", '["P1",2]'), ("tp_khai_tu", "[1]")]
    assert province.findings() == [(DEATH, rows)]
    province.apply("tp_khai_tu", "[1]", death(1, "P1", "2026-01"), 4)  # perhaps on the 31st
    settle(finder)
    assert province.findings() == []


def test_a_couple_registered_twice_is_one_finding_and_a_third_marriage_one_more(
    province: Province, database: Database
) -> None:
    finder = new_finder(database, province)
    province.apply("tp_ket_hon", "[1]", marriage("P1", "P2"), 1)
    province.apply("tp_ket_hon", "[2]", marriage("P1", "P2"), 2)
    settle(finder)
    pair = [("tp_ket_hon", "[1]"), ("tp_ket_hon", "[2]")]
    assert province.findings() == [(MARRIED, pair)]
    for husband in ("P1", "P2"):  # whichever of the two digests is the lower
        province.apply("tp_ket_hon", "[3]", marriage(husband, "P9"), 3 if husband == "P1" else 4)
        settle(finder)
        assert province.findings() == [(MARRIED, pair), (MARRIED, [*pair, ("tp_ket_hon", "[3]")])]
    province.apply("tp_ket_hon", "[3]", None, 5)
    settle(finder)
    assert province.findings() == [(MARRIED, pair)]


def test_a_couple_whose_husbands_are_unknown_at_once_is_still_found_by_the_wife(
    province: Province, database: Database
) -> None:
    """Whichever of the two groups stood for both: the other one did not change."""
    finder = new_finder(database, province)
    pair = [("tp_ket_hon", "[1]"), ("tp_ket_hon", "[2]")]
    positions = count(1)
    for husband, wife in (("P1", "P2"), (None, "P2"), ("P2", "P1"), (None, "P1")):
        for _, key in pair:
            province.apply("tp_ket_hon", key, marriage(husband, wife), next(positions))
        settle(finder)
        assert province.findings() == [(MARRIED, pair)]


def test_a_row_is_never_judged_before_it_is_applied(province: Province, database: Database) -> None:
    finder = new_finder(database, province)
    province.apply("nnmt_thua_dat", "[1]", parcel("w7er8yt12345"), 1)
    settle(finder)
    late = ("nnmt_thua_dat", "[2]", parcel("w7er8yt12345"), 2)
    province.send(*late)  # in Kafka, not yet in the table
    assert not finder.turn()
    assert province.ask("select next from quarantine.followed") == [(1,)]
    province.deliver(*late)
    settle(finder)
    assert len(province.findings()) == 1


def test_a_record_whose_row_the_sink_refused_holds_nobody_up(
    province: Province, database: Database
) -> None:
    finder = new_finder(database, province)
    province.apply("nnmt_thua_dat", "[1]", parcel("w7er8yt12345"), 1)
    settle(finder)
    province.send("nnmt_thua_dat", "[2]", parcel("w7er8yt12345"), 2)
    province.move_sink("nnmt_thua_dat")  # quarantined by the sink, which went on
    settle(finder)
    assert province.ask("select next from quarantine.followed") == [(2,)]


def test_a_kill_before_the_commit_leaves_nothing_and_the_next_turn_does_it(  # Invariants 1, 8
    province: Province, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    finder = new_finder(database, province)
    province.apply("nnmt_thua_dat", "[1]", parcel("w7er8yt12345"), 1)
    settle(finder)
    province.apply("nnmt_thua_dat", "[2]", parcel("w7er8yt12345"), 2)
    struck = []

    def strike(name: str) -> None:
        struck.append(name)
        if name == "findings.before_commit":
            raise InterruptedError

    with monkeypatch.context() as patch:
        patch.setattr(faults, "point", strike)
        with pytest.raises(InterruptedError):
            finder.turn()
    assert struck == ["findings.before_commit"]
    assert province.findings() == []
    assert province.ask("select next from quarantine.followed") == [(1,)]
    settle(new_finder(database, province))
    assert len(province.findings()) == 1


def test_of_two_finders_one_writes_and_the_other_looks_again(  # Invariant 3
    province: Province, server: Server, database: Database
) -> None:
    other = Database("test", server.dsn("province_findings"))
    finder = new_finder(database, province)
    province.apply("nnmt_thua_dat", "[1]", parcel("w7er8yt12345"), 1)
    settle(finder)
    province.apply("nnmt_thua_dat", "[2]", parcel("w7er8yt12345"), 2)
    rival = new_finder(other, province)

    class Overtaken:
        def read(self, moves: Mapping[Place, Move]) -> dict[str, list[str]]:
            settle(rival)
            return province.read(moves)

    late = Finder(database, Overtaken(), Judge(rules_of(CATALOGUE), CATALOGUE))
    late.begin(CATALOGUE)
    with pytest.raises(NotOwner):
        late.turn()
    other.close()
    assert len(province.findings()) == 1
    assert not finder.turn()


def test_a_finder_judges_only_while_no_other_does(province: Province, server: Server) -> None:
    """Else one that read older rows could write over what the other found in newer ones."""
    hurried = Database("test", server.dsn("province_findings") + " options='-c lock_timeout=100ms'")
    finder = new_finder(hurried, province)
    province.apply("nnmt_thua_dat", "[1]", parcel("w7er8yt12345"), 1)
    settle(finder)
    province.apply("nnmt_thua_dat", "[2]", parcel("w7er8yt12345"), 2)
    with psycopg.connect(server.dsn("province_findings")) as other:
        other.execute(read_queries("findings")["one_at_a_time"])
        with pytest.raises(Transient):
            finder.turn()
    assert province.findings() == []
    settle(finder)
    assert len(province.findings()) == 1
    hurried.close()


def test_rows_that_stood_before_the_first_finder_are_judged_page_by_page(
    province: Province, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "PAGE_ROWS", 3)
    for number in range(8):
        code = "w7er8yt12345" if number in {0, 7} else f"w7er8yt1230{number}"
        province.apply("nnmt_thua_dat", f"[{number}]", parcel(code), number + 1)
    finder = new_finder(database, province)
    assert finder.turn()["pages"] == 1
    finder = new_finder(database, province)  # killed between two pages
    settle(finder)
    named = [("nnmt_thua_dat", "[0]"), ("nnmt_thua_dat", "[7]")]
    assert province.findings() == [(PARCEL, named)]
    assert province.ask("select refill_after from quarantine.judged") == [(None,)] * len(DATASETS)


def test_a_rule_that_is_gone_takes_its_findings_along_and_a_new_one_reads_the_table(
    province: Province, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 6):
        province.apply("tp_khai_sinh", f"[{number}]", birth(5), number)
    settle(new_finder(database, province))
    assert len(province.findings()) == 1
    monkeypatch.setattr(judging, "PAGE_ROWS", 3)
    others = tuple(one for one in RULES if one.dataset in {"tp_ket_hon", "nnmt_thua_dat"})
    assert new_finder(database, province, others).turn()["pages"] == 1
    assert len(province.findings()) == 1
    settle(new_finder(database, province, others))  # killed between two pages
    assert province.findings() == []
    assert province.ask("select count(*) from quarantine.member") == [(0,)]
    assert province.ask("select count(*) from quarantine.side") == [(2,)]
    settle(new_finder(database, province))
    assert len(province.findings()) == 1


def test_a_topic_made_anew_is_followed_from_where_its_sink_stands(
    province: Province, database: Database
) -> None:
    finder = new_finder(database, province)
    for number in (1, 2, 3):
        province.apply("nnmt_thua_dat", f"[{number}]", parcel(f"w7er8yt1234{number}"), number)
    settle(finder)
    province.keys.clear()
    province.apply("nnmt_thua_dat", "[3]", parcel("w7er8yt12341"), 9)  # its offset is 0 again
    settle(finder)
    assert province.ask("select next from quarantine.followed") == [(1,)]
    assert len(province.findings()) == 1


def test_a_finder_away_for_weeks_reads_the_table_because_tombstones_may_be_gone(
    province: Province, database: Database
) -> None:
    finder = new_finder(database, province)
    for number in (1, 2):
        province.apply("nnmt_thua_dat", f"[{number}]", parcel("w7er8yt12345"), number)
    settle(finder)
    province.deliver("nnmt_thua_dat", "[2]", None, 3)  # its tombstone was compacted away
    province.apply("nnmt_thua_dat", "[3]", parcel("w7er8yt12343"), 4)
    province.do("update quarantine.followed set looked_at = looked_at - interval '15 days'")
    settle(finder)
    assert province.findings() == []


def test_a_register_that_was_quiet_for_weeks_is_not_read_again(  # Invariant 9
    province: Province, database: Database
) -> None:
    finder = new_finder(database, province)
    province.apply("nnmt_thua_dat", "[1]", parcel("w7er8yt12345"), 1)
    settle(finder)
    province.do("update quarantine.followed set looked_at = looked_at - interval '15 days'")
    assert behind_since(province)
    assert not finder.turn()
    assert not behind_since(province)
    province.apply("nnmt_thua_dat", "[2]", parcel("w7er8yt12345"), 2)
    assert finder.turn() == {"turns": 1, "records": 1, "rows": 1, "groups": 1, "opened": 1}


def behind_since(province: Province) -> object:
    [(since,)] = province.ask(read_queries("findings_reader")["behind_since"])
    return since


def test_a_turn_is_bounded_and_who_waited_longest_comes_first(
    province: Province, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    finder = new_finder(database, province)
    for name, fields in (("nnmt_thua_dat", parcel("x")), ("nnmt_ocop", product("y", DAY))):
        province.apply(name, "[0]", fields, 1)
    settle(finder)
    monkeypatch.setattr(following, "TURN_RECORDS", 3)
    for number in range(8):
        province.apply("nnmt_thua_dat", f"[{number}]", parcel(f"x{number}"), 2)
    province.apply("nnmt_ocop", "[1]", product("y", DAY), 2)
    province.do(
        "update quarantine.followed set looked_at = looked_at - interval '1 minute' "
        "where topic ~ 'thua_dat'"
    )
    places = "select next from quarantine.followed order by topic"
    reached = [province.ask(places)]
    while finder.turn():
        reached.append(province.ask(places))
    assert reached == [[(1,), (1,)], [(1,), (4,)], [(2,), (6,)], [(2,), (9,)]]


def test_a_topic_that_no_rule_looks_at_any_more_is_forgotten(
    province: Province, database: Database
) -> None:
    province.apply("nnmt_thua_dat", "[1]", parcel("w7er8yt12345"), 1)
    province.apply("nnmt_ocop", "[1]", product("y", DAY), 1)
    settle(new_finder(database, province))
    settle(new_finder(database, province, tuple(r for r in RULES if r.dataset == "nnmt_ocop")))
    topic = topics.clean(CATALOGUE["nnmt_ocop"])
    assert province.ask("select topic from quarantine.followed") == [(topic,)]


def test_groups_that_are_made_in_another_way_are_made_anew(
    province: Province, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "select bool_and(refill_after is not null) from quarantine.judged"
    settle(new_finder(database, province))
    assert province.ask(query) == [(False,)]
    monkeypatch.setattr(judging, "GROUPING", "as a later Unicode folds")
    new_finder(database, province)
    assert province.ask(query) == [(True,)]


def test_a_rule_is_described_as_this_release_has_it(province: Province, database: Database) -> None:
    ocop = next(rule for rule in RULES if rule.dataset == "nnmt_ocop")
    said = "select field, message from quarantine.rule where dataset = 'nnmt_ocop'"
    new_finder(database, province)
    before = province.ask(said)
    new_finder(database, province, (replace(ocop, field="ten", words="x"),))
    [(field, message)] = province.ask(said)
    assert (field, "Tên" in message) == ("ten", True)
    new_finder(database, province)
    assert province.ask(said) == before


def test_a_province_that_has_a_later_migration_still_gets_this_one(server: Server) -> None:
    with psycopg.connect(server.dsn()) as connection:
        [(newest,)] = connection.execute("select max(number) from ledger.migration").fetchall()
        assert newest > 3
        connection.execute("delete from ledger.migration where number = 3")
        tables = ("finding", "side", "rule", "member", "followed", "judged")
        for name in tables:
            connection.execute(f"drop table quarantine.{name}")  # type: ignore[arg-type]
        assert migrate(connection, "pre") == ["0003_pre_findings"]
        connection.rollback()


def test_the_finder_reads_the_columns_of_its_rules_and_writes_no_row(server: Server) -> None:
    forbidden = (
        "select me_ho_ten from clean.tp_khai_sinh",
        "update clean.tp_khai_sinh set ten = null",
        "update ledger.progress set next = 0",
        "select problems from quarantine.item",
    )
    with psycopg.connect(server.dsn("province_findings"), autocommit=True) as connection:
        connection.execute("select so_dang_ky from clean.tp_khai_sinh")
        for statement in forbidden:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):  # Invariant 6
                connection.execute(statement)  # type: ignore[arg-type]
