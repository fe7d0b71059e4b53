"""The statements between two contracts bring the old table to the new one, adding before taking."""

import re
from dataclasses import replace
from typing import Any

import pytest
from support.contracts import a_dataset, a_field

from infra.migrations import _NAME
from schemas.catalogue import read_catalogue
from schemas.contract import Dataset
from schemas.ddl import definitions
from schemas.evolution.migration import Script, scripts

OCOP = read_catalogue()["nnmt_ocop"]
_STATEMENTS = {
    "add": re.compile(r'add column "(\w+)" (.+);'),
    "drop": re.compile(r'drop column "(\w+)";'),
    "type": re.compile(r'alter column "(\w+)" type (.+);'),
    "rename": re.compile(r'rename column "(\w+)" to "(\w+)";'),
}


def applied(table: dict[str, str], script: Script) -> dict[str, str]:
    """What *script* makes of *table*, column -> declaration; a wrong statement fails."""
    held = dict(table)
    for line in script.text.splitlines():
        for deed, pattern in _STATEMENTS.items():
            if found := pattern.search(line):
                _do(held, deed, found.groups())
    return held


def _do(held: dict[str, str], deed: str, words: tuple[str, ...]) -> None:
    name = words[0]
    if deed == "add":
        assert name not in held
        held[name] = words[1]
    elif deed == "type":
        assert name in held
        held[name] = words[1]
    else:
        gone = held.pop(name)
        if deed == "rename":
            held[words[1]] = gone


def field_changed(field: str, **facts: Any) -> Dataset:  # noqa: ANN401
    made = [replace(item, **facts) if item.name == field else item for item in OCOP.fields]
    return replace(OCOP, fields=tuple(made), revision=2)


CHANGES = {
    "added": replace(
        OCOP, revision=2, fields=(*OCOP.fields, a_field("text", name="moi", columns=("moi",)))
    ),
    "removed": replace(OCOP, revision=2, fields=OCOP.fields[:-1]),
    "renamed": field_changed("ma_xa", name="xa"),
    "retyped": field_changed("so_sao", kind="text", type="string"),
    "of a person": field_changed("ten", kind="name"),
    "widened": field_changed("san_luong_nam", precision=16),
    "narrowed": field_changed("san_luong_nam", precision=9),
    "nothing": OCOP,
    "everything": a_dataset(a_field("text"), id="nnmt_ocop", revision=3),
}


@pytest.mark.parametrize("new", CHANGES.values(), ids=list(CHANGES))
def test_the_table_after_both_is_the_table_of_the_new_contract(new: Dataset) -> None:
    table = definitions(OCOP)
    for script in scripts(OCOP, new, 7):
        table = applied(table, script)
    assert table == definitions(new)


@pytest.mark.parametrize("new", CHANGES.values(), ids=list(CHANGES))
def test_before_the_upgrade_nothing_is_taken_away(new: Dataset) -> None:
    for script in scripts(OCOP, new, 7):
        assert _NAME.fullmatch(script.name), script.name
        if "_pre_" in script.name:
            assert "drop " not in script.text
            assert "suoi dataset pause" in script.text or " rename " not in script.text
        else:
            assert "add " not in script.text


def test_a_renamed_column_keeps_its_values_but_for_rows_written_since() -> None:
    [_pre, post] = scripts(OCOP, CHANGES["renamed"], 7)
    copy = 'update clean.nnmt_ocop set "xa_goc" = "ma_xa_goc" where _ruleset < 2;'
    assert copy in post.text  # Invariant 7
    assert post.text.index(copy) < post.text.index('drop column "ma_xa_goc"')


def test_only_a_title_is_only_a_comment() -> None:
    [pre] = scripts(OCOP, field_changed("ten", title="Tên gọi 'mới'"), 12)
    assert pre.name == "0012_pre_nnmt_ocop_r2.sql"
    lines = pre.text.splitlines()[1:]
    assert lines == ["""comment on column clean.nnmt_ocop."ten" is 'Tên gọi ''mới''';"""]
