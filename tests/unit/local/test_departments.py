"""Every sample department follows from its file: server, port, way in, and what captures it."""

from pathlib import Path

import pytest

from connectors.sources import read_sources
from infra.errors import Usage
from infra.local.access import reach
from infra.local.departments import DEPARTMENTS, MARIADB, POSTGRES, read_departments
from infra.local.home import Home
from infra.local.plan import SERVERS
from infra.local.ports import read_ports
from infra.local.workers import TASKS
from schemas.catalogue import read_catalogue

SOURCES = read_sources()


def test_every_source_we_capture_has_its_sample_department() -> None:
    assert {name: one.engine for name, one in SOURCES.items()} == {
        name: one.engine for name, one in DEPARTMENTS.items()
    }
    assert {one.database for one in SOURCES.values()} == set(DEPARTMENTS)
    assert read_catalogue().captured(SOURCES).sources == tuple(sorted(SOURCES))


def test_each_department_is_a_server_of_its_own(home: Home) -> None:
    plan = [SERVERS[item.engine](home, item.name) for item in DEPARTMENTS.values()]
    assert [component.name for component in plan] == list(DEPARTMENTS)
    assert len({component.port for component in plan}) == len(plan)
    assert len({component.command for component in plan}) == len(plan)
    assert not any(component.needs for component in plan)  # none waits for another
    assert set(TASKS["departments"]) == set(DEPARTMENTS)


def test_every_department_can_be_reached_with_a_password_of_its_own(home: Home) -> None:
    ways = reach(home)["sources"]
    assert set(ways) == set(DEPARTMENTS)
    for name, way in ways.items():
        assert str(home.ports.of(name)) in way.get("dsn", way.get("url"))
    assert len({home.secret(f"pg_{name}_superuser") for name in DEPARTMENTS}) == len(DEPARTMENTS)


def test_a_file_more_is_a_department_more(tmp_path: Path) -> None:
    for engine, name in ((POSTGRES, "so_b"), (POSTGRES, "so_a"), (MARIADB, "so_c")):
        (tmp_path / engine).mkdir(exist_ok=True)
        (tmp_path / engine / f"{name}.sql").touch()
    assert list(read_departments(tmp_path)) == ["so_a", "so_b", "so_c"]


def test_a_home_made_before_a_department_existed_gets_its_port(tmp_path: Path) -> None:
    place = tmp_path / "ports.json"
    first = read_ports(place, {})
    kept = place.read_text()
    place.write_text("\n".join(line for line in kept.split("\n") if "vbdlis" not in line))
    again = read_ports(place, {"SUOI_PORT_VBDLIS_SONLA": "29999"})
    assert again.departments == {**first.departments, "vbdlis_sonla": 29999}
    assert again.whole().items() - first.whole().items() == {("vbdlis_sonla", 29999)}


def test_a_departments_port_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="SUOI_PORT_SO_TAI_CHINH must be a port number"):
        read_ports(tmp_path / "ports.json", {"SUOI_PORT_SO_TAI_CHINH": "cổng"})
