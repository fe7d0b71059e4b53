"""Every rule and every panel asks for what we export, and every alert leads to a page."""

import json
import os
import re
import shutil
import subprocess
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.local.departments import DEPARTMENTS
from infra.local.workers import WORKERS
from suoi.measuring.families import FAMILIES

ROOT = Path(__file__).parents[2]
ALERTS = ROOT / "infra" / "alerts"
RULES = yaml.safe_load((ALERTS / "suoi.yml").read_text("utf-8"))
MANAGER = yaml.safe_load((ALERTS / "alertmanager.yml").read_text("utf-8"))
BOARD = json.loads((ALERTS / "board.json").read_text("utf-8"))
RULE_LIST = [rule for group in RULES["groups"] for rule in group["rules"]]
RUNBOOKS = ROOT / "docs" / "runbooks"
TESTS = sorted((ALERTS / "tests").glob("*.yml"))
PROMTOOL = shutil.which("promtool", path=os.environ.get("PATH"))

HEADINGS = ("What you see", "What it means", "What to do", "How to know that it is over")
OF_JAVA = set(tomllib.loads((ROOT / "tests/data/java_metrics.toml").read_text())["names"])
"""What broker, Connect and Debezium were seen to tell under infra/metrics/jmx-*.yml."""
OF_PROMETHEUS = {"up", "ALERTS", "process_cpu_seconds_total"}
_METRIC = re.compile(r"\b(?:suoi|kafka|debezium|jvm|process)_[A-Za-z0-9_]+|\bup\b|\bALERTS\b")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_LABEL = re.compile(r'([a-zA-Z_]+) *(?:=~|!~|!=|=)"')


def exported() -> set[str]:
    return {one.name for one in FAMILIES} | OF_JAVA | OF_PROMETHEUS


def metrics(expr: str) -> set[str]:
    return set(_METRIC.findall(_STRING.sub("", expr)))


def asked() -> Iterator[tuple[str, str]]:
    """Every question of the board: (panel, expression)."""
    for panel in BOARD["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]
    for one in BOARD["annotations"]["list"]:
        yield one["name"], one["expr"]
    for one in BOARD["templating"]["list"]:
        if one["type"] == "query":
            yield one["name"], one["query"]["query"]


@pytest.mark.parametrize("rule", RULE_LIST, ids=lambda one: one["alert"])
def test_an_alert_uses_only_what_is_exported(rule: dict[str, Any]) -> None:
    assert metrics(rule["expr"])
    assert metrics(rule["expr"]) - exported() == set()


@pytest.mark.parametrize(("panel", "expr"), list(asked()))
def test_a_panel_uses_only_what_is_exported(panel: str, expr: str) -> None:
    assert metrics(expr), panel
    assert metrics(expr) - exported() == set()


def test_the_board_shows_every_metric_of_ours_or_it_is_not_worth_exporting() -> None:
    shown = {name for _, expr in asked() for name in metrics(expr)}
    shown |= {name for rule in RULE_LIST for name in metrics(rule["expr"])}
    unused = {one.name for one in FAMILIES} - shown
    assert unused == {"suoi_part_gathered_timestamp_seconds", "suoi_portal_cache_known"} | {
        "suoi_watermark_age_seconds"  # the age at a measurement; rules compute that of now
    }


@pytest.mark.parametrize("rule", RULE_LIST, ids=lambda one: one["alert"])
def test_the_labels_of_an_expression_are_labels_of_that_metric(rule: dict[str, Any]) -> None:
    for name, inside in re.findall(r"(suoi_\w+)\{([^}]*)\}", rule["expr"]):
        (family,) = (one for one in FAMILIES if one.name == name)
        assert set(_LABEL.findall(inside)) <= set(family.labels)


@pytest.mark.parametrize("rule", RULE_LIST, ids=lambda one: one["alert"])
def test_an_alert_says_what_it_is_and_leads_to_a_page(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert rule["labels"]["cause"]
    notes = rule["annotations"]
    assert set(notes) == {"summary", "description", "runbook_url"}
    assert unicodedata.is_normalized("NFC", notes["summary"])
    assert re.search(r"[\u0300-\u1EF9]", unicodedata.normalize("NFD", notes["summary"]))
    page = (ROOT / notes["runbook_url"]).read_text("utf-8")
    assert [line[3:] for line in page.splitlines() if line.startswith("## ")] == list(HEADINGS)
    assert f"`{rule['alert']}`" in page


def test_an_alert_is_named_once() -> None:
    names = [rule["alert"] for rule in RULE_LIST]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("page", sorted(RUNBOOKS.glob("*.md")), ids=lambda one: one.stem)
def test_a_page_leads_only_to_pages_that_are_there(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        assert (page.parent / link).exists(), link


@pytest.mark.parametrize("page", sorted(RUNBOOKS.glob("*.md")), ids=lambda one: one.stem)
def test_the_commands_of_a_page_exist(page: Path) -> None:
    from suoi.command import COMMANDS  # noqa: PLC0415  it loads every command

    known = {str(name) for name in COMMANDS}
    words = set(re.findall(r"`suoi ([a-z-]+)", page.read_text("utf-8")))
    assert words <= known


def test_every_alert_is_tried_by_promtool_or_needs_no_more_than_a_look() -> None:
    tried = {
        one["alertname"]
        for path in TESTS
        for test in yaml.safe_load(path.read_text("utf-8"))["tests"]
        for one in test["alert_rule_test"]
    }
    plain = {rule["alert"] for rule in RULE_LIST} - tried
    assert plain == {
        "BacklogGrows", "HeapNearlyFull", "JavaMetricsAbsent", "KafkaPartitionsOffline",
        "KafkaUnderReplicated", "LoadNotFinished", "PortalNotReady", "PortalOld",
        "QuarantineForgotten", "SamplesRefused", "WatermarkUnknown",
    }  # fmt: skip


needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not on this machine")


@needs_promtool
def test_promtool_takes_the_rules_and_the_configuration() -> None:
    for words in (["check", "rules", "suoi.yml"], ["check", "config", "prometheus.yml"]):
        done = subprocess.run(
            [str(PROMTOOL), *words], cwd=ALERTS, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


@needs_promtool
@pytest.mark.parametrize("path", TESTS, ids=lambda one: one.stem)
def test_the_rules_fire_when_they_should_and_only_then(path: Path) -> None:
    done = subprocess.run(
        [str(PROMTOOL), "test", "rules", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


Labels = dict[str, str]


def firing(name: str, **labels: str) -> Labels:
    (rule,) = (one for one in RULE_LIST if one["alert"] == name)
    return {"alertname": name, **rule["labels"], **labels}


def matches(labels: Labels, matchers: list[str]) -> bool:
    """Whether Alertmanager would say so: every matcher holds; ~ is anchored."""
    for one in matchers:
        name, regex, value = re.fullmatch(r"(\w+) *=(~?) *\"?([^\"]*)\"?", one).groups()  # type: ignore[union-attr]
        held = labels.get(name, "")
        if not (re.fullmatch(value, held) if regex else value == held):
            return False
    return True


def heard(*alerts: Labels) -> set[str]:
    """What is left when each inhibit rule was applied, as Alertmanager does."""
    return {target["alertname"] for target in alerts if not folded(target, alerts)}


def folded(target: Labels, alerts: tuple[Labels, ...]) -> bool:
    return any(
        matches(target, rule["target_matchers"])
        and matches(source, rule["source_matchers"])
        and all(source.get(name) == target.get(name) for name in rule.get("equal", ()))
        for rule in MANAGER["inhibit_rules"]
        for source in alerts
        if source is not target
    )


def inside(name: str) -> str:
    """The components that the rule *name* is about, or leaves out."""
    (rule,) = (one for one in RULE_LIST if one["alert"] == name)
    (found,) = re.findall(r'component[!=]~"([^"]*)"', rule["expr"])
    return str(found)


@pytest.mark.parametrize("worker", WORKERS)
def test_a_worker_that_is_down_is_called_so_and_is_no_source(worker: str) -> None:
    assert re.fullmatch(inside("SourceDown"), worker)
    told = re.fullmatch(inside("WorkerDown"), worker) is not None
    assert told is not (worker == "metrics")  # without it nobody tells: MetricsAbsent


@pytest.mark.parametrize("source", DEPARTMENTS)
def test_a_department_that_is_away_is_called_so(source: str) -> None:
    assert not re.fullmatch(inside("SourceDown"), source)


def test_who_only_looks_folds_no_lag_away() -> None:
    behind = firing("HopBehind", dataset="tp_khai_sinh", source="so_tu_phap")
    for looker in ("obligations", "portal"):
        alerts = (firing("WorkerDown", component=looker), behind)
        assert heard(*alerts) == {"WorkerDown", "HopBehind"}
    sentinel = firing("WorkerDown", component="sentinel")
    assert heard(sentinel, firing("PartUnknown", component="hops")) == {"WorkerDown"}


def test_a_stopped_connector_is_one_incident() -> None:
    mine = {"source": "so_tu_phap"}
    alerts = (
        firing("ConnectorNotRunning", **mine),
        firing("SlotIdle", **mine),
        firing("HeartbeatOld", **mine),
        firing("WatermarkOld", dataset="tp_khai_sinh", **mine),
        firing("PortalOld", dataset="tp_khai_sinh", **mine),
    )
    assert heard(*alerts) == {"ConnectorNotRunning"}


def test_a_slot_in_danger_is_heard_beside_its_stopped_connector() -> None:
    mine = {"source": "so_tu_phap"}
    slot = tuple(firing(name, **mine) for name in ("SlotNearItsCap", "SlotGrows", "SlotFillsSoon"))
    alerts = (firing("ConnectorNotRunning", **mine), *slot)
    assert heard(*alerts) == {"ConnectorNotRunning", "SlotNearItsCap"}


def test_a_lost_slot_is_the_whole_story_of_its_source_and_of_no_other() -> None:
    mine, other = {"source": "so_tu_phap"}, {"source": "vbdlis_sonla"}
    alerts = (
        firing("SlotLost", **mine),
        firing("ConnectorNotRunning", **mine),
        firing("SlotNearItsCap", **mine),
        firing("DatasetPaused", dataset="tp_khai_sinh", **mine),
        firing("HeartbeatOld", **other),
    )
    assert heard(*alerts) == {"SlotLost", "HeartbeatOld"}


def test_a_broker_that_is_down_is_one_incident() -> None:
    alerts = (
        firing("ServerDown", component="kafka"),
        firing("WorkerDown", component="streams"),
        firing("WorkerDown", component="province_sink"),
        firing("ConnectorNotRunning", source="so_tu_phap"),
        firing("HeartbeatOld", source="so_tu_phap"),
        firing("PartUnknown", component="hops"),
        firing("JavaMetricsAbsent", job="suoi_kafka"),
    )
    assert heard(*alerts) == {"ServerDown"}


def test_a_frozen_worker_folds_its_own_datasets_alone() -> None:
    alerts = (
        firing("WorkerStuck", dataset="tp_khai_sinh", hop="raw_to_verdict"),
        firing("HopBehind", dataset="tp_khai_sinh", hop="raw_to_verdict", source="so_tu_phap"),
        firing("HopBehind", dataset="nnmt_ocop", hop="applied_to_portal", source="so_nnmt"),
    )
    assert heard(*alerts) == {"WorkerStuck", "HopBehind"}
    assert folded(alerts[1], alerts)
    assert not folded(alerts[2], alerts)


def test_the_books_are_never_folded() -> None:
    alerts = tuple(
        firing(rule["alert"], source="s", dataset="d", component="kafka")
        for rule in RULE_LIST
    )  # fmt: skip
    assert {"BooksDoNotClose", "SamplesRefused"} <= heard(*alerts)


def test_every_cause_that_folds_or_is_folded_is_one_of_an_alert() -> None:
    causes = {rule["labels"]["cause"] for rule in RULE_LIST}
    written = {
        word
        for rule in MANAGER["inhibit_rules"]
        for one in (*rule["source_matchers"], *rule["target_matchers"])
        if one.startswith("cause")
        for word in one.partition("=")[2].strip('~ "').split("|")
    }
    assert written <= causes
