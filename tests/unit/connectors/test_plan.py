"""Wanted against running."""

from connectors.plan import HIDDEN, Action, plan

REFERENCE = "${file:/s/x.properties:password}"


def test_nothing_differs_although_connect_adds_the_name() -> None:
    [step] = plan({"a": {"k": "1"}}, {"a": {"k": "1", "name": "a"}})
    assert (step.action, step.changes) == (Action.UNCHANGED, ())


def test_a_missing_connector_is_made() -> None:
    [step] = plan({"a": {"k": "1"}}, {})
    assert step.action is Action.CREATE


def test_changed_added_and_removed_settings_are_named() -> None:
    [step] = plan({"a": {"k": "2", "new": "x"}}, {"a": {"k": "1", "old": "y"}})
    assert step.action is Action.UPDATE
    assert [(c.key, c.running, c.wanted) for c in step.changes] == [
        ("k", "1", "2"),
        ("new", None, "x"),
        ("old", "y", None),
    ]


def test_a_connector_nobody_wants_is_named_and_left_alone() -> None:
    [step] = plan({}, {"stranger": {"k": "1"}})
    assert step.action is Action.UNKNOWN


def test_a_password_somebody_typed_into_connect_is_never_shown() -> None:
    [step] = plan({"a": {"database.password": REFERENCE}}, {"a": {"database.password": "hunter2"}})
    [change] = step.changes
    assert (change.running, change.wanted) == (HIDDEN, REFERENCE)
