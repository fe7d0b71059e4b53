"""The whole stack tells how it is: frozen is red, idle is known, nothing of a person is told."""

import signal
import urllib.request

from prometheus_client.parser import text_string_to_metric_families
from support.halting import end, halted
from support.registers import Clerk
from support.stack import Stack
from support.waiting import until

from infra.local.home import Home
from infra.metrics.labels import LABELS
from suoi.measuring.families import FAMILIES

Found = dict[str, dict[frozenset[tuple[str, str]], float]]


def scraped(stack: Stack, which: str = "metrics") -> Found:
    port = Home(stack.home).ports.of(which)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
        page = answer.read().decode()
    found: Found = {}
    for family in text_string_to_metric_families(page):
        for one in family.samples:
            found.setdefault(one.name, {})[frozenset(one.labels.items())] = one.value
    return found


def of(found: Found, name: str, **labels: str) -> float | None:
    return found.get(name, {}).get(frozenset(labels.items()))


def test_every_part_is_known_and_every_family_of_a_sound_stack_is_told(stack: Stack) -> None:
    def unknown() -> set[str] | None:
        known = scraped(stack).get("suoi_part_known", {})
        return {str(set(one)) for one, value in known.items() if not value} if known else None

    until(lambda: unknown() == set(), 120)
    found = scraped(stack)
    quiet = {  # no alarm, no paused dataset, no receipt, no unread sample in a fresh stack
        "suoi_dataset_paused_cause",
        "suoi_receipts_total",
        "suoi_receipt_last_timestamp_seconds",
        "suoi_quarantine_open_items_by_code",
        "suoi_quarantine_oldest_seconds",
        "suoi_slot_cap_bytes",
        "suoi_source_alarm",
        "suoi_outcomes_total",
    }
    assert {one.name for one in FAMILIES} - set(found) <= quiet
    assert of(found, "suoi_samples_refused_total") == 0


def test_no_label_is_unlisted_and_no_canary_is_told(stack: Stack) -> None:  # Invariant 6
    found = scraped(stack)
    for name, samples in found.items():
        if name.startswith(("suoi_", "kafka_")):
            assert {label for labels in samples for label, _ in labels} <= set(LABELS)


def test_a_quiet_dataset_is_complete_through_a_moment_that_moves(stack: Stack) -> None:
    def through() -> float | None:
        name = "suoi_complete_through_timestamp_seconds"
        return of(scraped(stack), name, dataset="tp_ket_hon")

    first = until(through, 120)
    until(lambda: (through() or 0) > first, 60)  # Invariant 9


def test_frozen_streams_are_seen_and_seen_to_recover(stack: Stack) -> None:
    labels = {"dataset": "tp_khai_sinh", "hop": "raw_to_verdict"}
    clerk = Clerk(stack.justice_dsn, seed=6, per_second=5.0)
    clerk.start()
    stack.signal("streams", signal.SIGSTOP)
    try:
        until(lambda: (of(scraped(stack), "suoi_lag_seconds", **labels) or 0) > 5, 60)
    finally:
        stack.signal("streams", signal.SIGCONT)
        assert clerk.stop() > 0
    until(lambda: of(scraped(stack), "suoi_lag_seconds", **labels) == 0, 60)


def test_lag_is_known_again_when_the_broker_that_was_killed_is_back(stack: Stack) -> None:
    labels = {"dataset": "tp_khai_sinh", "hop": "raw_to_verdict"}

    def lag() -> float | None:
        return of(scraped(stack), "suoi_lag_seconds", **labels)

    until(lambda: lag() == 0, 60)
    with halted(stack):
        struck = end(stack, "kafka")
        until(lambda: lag() is None, 60)  # Invariant 9
    stack.wait_restarted("kafka", struck, 120)
    until(lambda: lag() == 0, 90)


def test_broker_and_connect_tell_their_own(stack: Stack) -> None:
    broker, connect = scraped(stack, "kafka_metrics"), scraped(stack, "connect_metrics")
    assert of(broker, "kafka_controller_kafkacontroller_offlinepartitionscount") == 0
    assert broker["jvm_memory_used_bytes"]
    until(lambda: "debezium_metrics_Connected" in scraped(stack, "connect_metrics"), 60)
    assert connect["kafka_connect_connector_status"]
