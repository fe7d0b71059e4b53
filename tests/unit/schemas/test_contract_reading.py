"""A contract with an error is refused with file, line, field and what was expected."""

from pathlib import Path

import pytest

from schemas.catalogue import CONTRACTS
from schemas.odcs.contract import ContractError, read_contract

OCOP = (CONTRACTS / "so_nnmt/nnmt_ocop.odcs.yaml").read_text("utf-8")
DEATH = (CONTRACTS / "so_tu_phap/tp_khai_tu.odcs.yaml").read_text("utf-8")


def fault(directory: Path, text: str) -> str:
    """What is said of a contract that holds *text*; it must not be readable."""
    path = directory / "thu.odcs.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ContractError) as caught:
        read_contract(path)
    return str(caught.value)


def changed(text: str, old: str, new: str) -> tuple[str, int]:
    """*text* with its first *old* made *new*, and the line where that begins."""
    assert old in text
    start = text.index(old)
    return text.replace(old, new, 1), text[:start].count("\n") + 1


SLIPS = {
    "an unknown kind": ("value: ident}", "value: idnet}", "ma_san_pham.kind", "'ident'"),
    "a wrong type": (
        "logicalType: integer",
        "logicalType: string",
        "so_sao.logicalType",
        "integer",
    ),
    "no ODCS type": ("logicalType: integer", "logicalType: 3", "so_sao.logicalType", "string"),
    "an unknown code list": ("ocop_group", "ocop_grup", "nhom_san_pham.codeList", "'ocop_group'"),
    "an unknown reason": ("number.range]", "number.rang]", "so_sao.rules", "'number.range'"),
    "an unknown option": ("{encoding:", "{encodin:", "chu_the.options.encodin", "known are"),
    "an unknown encoding": ("tcvn3}", "tcvn4}", "chu_the.options.encoding", "'tcvn3'"),
    "an unknown code system": (
        "code_system: so_nnmt}",
        "code_system: so_nnm}",
        "loai_chu_the.options.code_system",
        "so_nnmt",
    ),
    "a date that is no field": (
        "event_date: ngay_cong_nhan",
        "event_date: ngay_nhan",
        "ma_xa.options.event_date",
        "'ngay_nhan'",
    ),
    "a unit that is no field": (
        "unit_field: don_vi_san_luong",
        "unit_field: don_vi",
        "san_luong_nam.options.unit_field",
        "'don_vi'",
    ),
    "a bare code": ('scope: "14"', "scope: 014", "ma_xa.options.scope", "read as 12"),
    "a bare time": ('value: "17:00"', "value: 17:00", "timeOfAvailability", "read as 1020"),
    "a bare number": ('scope: "14"', "scope: 14", "ma_xa.options.scope", "the number 14"),
    "a bare day": ('minimum: "2018-01-01"', "minimum: 2018-01-01", "minimum", "in quotes"),
    "a bare yes": ("required: true", "required: yes", "ma_san_pham.required", "true or false"),
    "an impossible day": ('"2099-12-31"', '"2099-02-30"', "ngay_het_han", "in quotes"),
    "a bound that is not a number": ("{minimum: 3,", "{minimum: ba,", "so_sao", "must be a number"),
    "a misspelt ODCS word": (
        "required: true",
        "requird: true",
        "ma_san_pham.requird",
        "no such word",
    ),
    "an ODCS word nobody judges": (
        "required: true",
        "unique: true",
        "ma_san_pham.unique",
        "judged",
    ),
    "an unknown custom property": (
        "{property: revision,",
        "{property: revison,",
        "'revison'",
        "revision",
    ),
    "an unknown class": ('classification: "N"', 'classification: "X"', "ma_san_pham", "B, I, N, S"),
    "a condition without words": (
        '{name: co_san_luong, words: "có sản lượng"}',
        "{name: co_san_luong}",
        "don_vi_san_luong.condition",
        "name, words",
    ),
    "an expression in place of a name": (
        "name: co_san_luong",
        'name: "san_luong_nam > 0"',
        "don_vi_san_luong.condition",
        "a name of a-z",
    ),
    "a key column that is not taken": (
        "{property: untaken, value: []}",
        '{property: untaken, value: ["id"]}',
        "untaken",
        "the key",
    ),
    "an unknown owner": ("name: so_nnmt", "name: so_nnmd", "team.name", "'so_nnmt'"),
    "another schema name": ("- name: nnmt_ocop", "- name: ocop", "name", "the contract's id"),
    "a version of one part": ('version: "1.0.0"', 'version: "1"', "version", '"1.0.0"'),
    "a revision that is text": ("value: 1}", 'value: "1"}', "revision", "whole number"),
    "a share above one": ('value: "0.95"', 'value: "9.5"', "completenessMin", "a share"),
    "an alias": ("tags: [ocop", "tags: &tags [*tags", "", "aliases"),
    "a derived column's name": ("name: trang_thai", "name: ma_xa_goc", "ma_xa_goc.name", "derives"),
    "an event date that is no date": (
        "eventDate, value: ngay_cong_nhan",
        "eventDate, value: so_sao",
        "eventDate",
        "a date",
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_each_slip_is_named_with_its_line_its_place_and_what_was_expected(
    slip: str, tmp_path: Path
) -> None:
    old, new, where, expected = SLIPS[slip]
    text, line = changed(OCOP, old, new)
    said = fault(tmp_path, text)
    named = [one for one in said.splitlines() if f"thu.odcs.yaml:{line}:" in one]
    assert named, said
    assert any(where in one and expected in one for one in named), said


def test_a_personal_field_open_by_row_is_refused(tmp_path: Path) -> None:
    """Invariant 6: of the class I or S never, of the class B only by a named decision."""
    for pii in ("I", "S"):
        text, _ = changed(OCOP, 'classification: "N"', f'classification: "{pii}"')
        assert "ma_san_pham.open: a field of the class I or S is never published" in fault(
            tmp_path, text
        )
    text, _ = changed(OCOP, "openBecause", "description")
    assert "openBecause" in fault(tmp_path, text)
    text = OCOP.replace('classification: "B"', 'classification: "N"', 2)
    text, _ = changed(text, 'classification: "N"', 'classification: "B"')
    assert "ma_san_pham.open: a personal field" in fault(tmp_path, text)


def test_a_field_more_open_than_its_dataset_is_refused(tmp_path: Path) -> None:
    text, _ = changed(OCOP, "{property: openMode, value: row}", "{property: openMode, value: none}")
    said = fault(tmp_path, text)
    assert "ma_san_pham.open: is more open (row) than its dataset (none)" in said
    assert "openWhen: only a dataset open by row has it" in said


def test_a_field_named_twice_is_refused_at_both_lines(tmp_path: Path) -> None:
    text, line = changed(OCOP, "name: so_sao", "name: nhom_san_pham")
    said = fault(tmp_path, text)
    assert f":{line}: nhom_san_pham.name: the field 'nhom_san_pham' stands 2 times" in said
    assert said.count("stands 2 times") == 2


def test_a_word_that_stands_twice_is_refused_though_yaml_takes_the_last(tmp_path: Path) -> None:
    text, line = changed(OCOP, "status: active", "status: active\nstatus: retired")
    assert f":{line + 1}: status" in (said := fault(tmp_path, text))
    assert f"the first is on line {line}" in said


LAND = (CONTRACTS / "so_nnmt/nnmt_thua_dat.odcs.yaml").read_text("utf-8")
SCHOOLS = (CONTRACTS / "so_gddt/gddt_truong.odcs.yaml").read_text("utf-8")
NIL = (CONTRACTS / "so_tu_phap/tp_xac_nhan.odcs.yaml").read_text("utf-8")
NEWER_SLIPS = {
    "an unknown transform": (LAND, "area_band", "area_bands", "openTransform", "'area_band'"),
    "a transform of what is not open": (
        LAND,
        "{property: open, value: row}\n          - {property: openTransform",
        "{property: open, value: none}\n          - {property: openTransform",
        "openTransform",
        "only a field open by row",
    ),
    "a file that is no file": (SCHOOLS, '"truong_hoc.xlsx"', "truong_hoc", "source", "a file"),
    "a file of another kind": (
        SCHOOLS,
        '"truong_hoc.xlsx"',
        "truong_hoc.pdf",
        "source",
        "file.xlsx",
    ),
    "a database that is a file": (
        NIL,
        "source, value: so_tu_phap",
        "source, value: a.xlsx",
        "source",
        "a plain id",
    ),
    "an internal dataset that is open": (
        NIL,
        "openMode, value: none",
        "openMode, value: aggregate",
        "internal",
        "never open",
    ),
    "an internal that is no flag": (
        NIL,
        "internal, value: true",
        "internal, value: co",
        "internal",
        "true or false",
    ),
    "a padding of nothing": (SCHOOLS, "pad: 5", "pad: 0", "ma_xa.options.pad", "at least 1"),
    "a system that is not of places": (
        SCHOOLS,
        "code_system: DVHC-2025",
        "code_system: prefix2",
        "ma_xa.options.code_system",
        "or column:NAME",
    ),
    "a list by date that is no place": (
        LAND,
        "{code_system: canonical}",
        "{code_system: by_event_date}",
        "muc_dich_su_dung.options.code_system",
        "canonical",
    ),
    "a place without its day": (LAND, ", event_date: event_day", "", "event_date", "name its"),
}


@pytest.mark.parametrize("slip", NEWER_SLIPS)
def test_a_slip_in_a_newer_word_is_named_like_the_others(slip: str, tmp_path: Path) -> None:
    text, old, new, where, expected = NEWER_SLIPS[slip]
    said = fault(tmp_path, changed(text, old, new)[0])
    assert any(where in one and expected in one for one in said.splitlines()), said


def test_requirement_condition_and_rules_must_agree(tmp_path: Path) -> None:
    text, _ = changed(
        DEATH, '{property: requirement, value: "C"}', '{property: requirement, value: "M"}'
    )
    said = fault(tmp_path, text)
    assert "dan_toc.requirement: M does not agree with `required`" in said
    assert "dan_toc.condition: C names its condition, M and O have none" in said
    assert "dan_toc.rules: a field that is M lists field.missing" in said


def test_a_composed_field_uses_each_of_its_columns(tmp_path: Path) -> None:
    marriage = (CONTRACTS / "so_tu_phap/tp_ket_hon.odcs.yaml").read_text("utf-8")
    text, _ = changed(marriage, "{so_tt}/{nam}", "{so_tt}")
    assert "so_dang_ky.options.compose: must use each of so_tt, nam once" in fault(tmp_path, text)


def test_every_error_of_a_file_is_said_at_once(tmp_path: Path) -> None:
    text = OCOP.replace("value: ident}", "value: idnet}", 1).replace("ocop_group", "ocop_grup")
    text = text.replace("logicalType: boolean", "logicalType: 7").replace("number.format", "x.y")
    said = fault(tmp_path, text)
    assert "has 4 errors" in said.splitlines()[0]
    assert [line.split(":")[2].strip() for line in said.splitlines()[1:]] == [
        "ma_san_pham.kind",
        "nhom_san_pham.codeList",
        "san_luong_nam.rules",
        "truy_xuat_nguon_goc.logicalType",
    ]


def test_broken_yaml_is_one_error_with_its_line(tmp_path: Path) -> None:
    text, line = changed(OCOP, "status: active", 'status: "active')
    said = fault(tmp_path, text)
    assert "has one error" in said
    assert "not valid YAML" in said
    assert int(said.splitlines()[1].split(":")[1]) >= line


@pytest.mark.parametrize(
    "text", ["", "- a\n- b\n", "chỉ là chữ\n", "a: {b: [\n", "\x00", "a: b: c"]
)
def test_what_is_no_contract_at_all_is_one_error(text: str, tmp_path: Path) -> None:
    assert "has one error" in fault(tmp_path, text)


@pytest.mark.parametrize(
    "text", ["schema: 5\n", "schema: [1]\n", "team: x\n", "schema: [{properties: {}}]\n"]
)
def test_a_document_of_the_wrong_shape_is_refused_not_a_crash(text: str, tmp_path: Path) -> None:
    assert "has " in fault(tmp_path, text)


def test_a_missing_file_and_a_file_that_is_not_text_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="the file cannot be read"):
        read_contract(tmp_path / "khong_co.odcs.yaml")
    (tmp_path / "latin1.odcs.yaml").write_bytes("Sổ".encode("utf-16"))
    with pytest.raises(ContractError, match="not UTF-8"):
        read_contract(tmp_path / "latin1.odcs.yaml")


def test_the_message_tells_what_to_do_next(tmp_path: Path) -> None:
    assert "suoi contract check" in fault(tmp_path, "kind: x\n")
