"""Code lists are the product's own copies, named by folder and file, read when needed."""

from pathlib import Path

import pytest

from schemas.codes import CodeLists, read_codes


def test_a_list_gives_its_rows_and_labels() -> None:
    codes = read_codes()
    assert codes.labels("gender")["2"] == "Nữ"
    assert codes.rows("crosswalks/gender")[0] == {
        "system": "canonical",
        "source_value": "0",
        "code": "0",
        "status": "checked",
        "note": "",
    }


def test_a_list_is_read_once_and_only_when_needed(tmp_path: Path) -> None:
    (tmp_path / "codes").mkdir()
    file = tmp_path / "codes/mau.csv"
    file.write_text("code,label\n01,Một\n", "utf-8")
    codes = CodeLists(tmp_path)
    assert codes.rows("codes/mau") == ({"code": "01", "label": "Một"},)
    file.unlink()
    assert codes.labels("mau") == {"01": "Một"}


def test_an_unknown_list_is_a_sentence() -> None:
    with pytest.raises(LookupError, match=r"no code list 'codes/khong_co'"):
        read_codes().rows("codes/khong_co")


def test_a_line_separator_inside_a_cell_does_not_end_the_line(tmp_path: Path) -> None:
    (tmp_path / "codes").mkdir()
    (tmp_path / "codes/mau.csv").write_text("code,label\n01,a\u2028b\n", "utf-8")
    assert CodeLists(tmp_path).labels("mau") == {"01": "a\u2028b"}


def test_the_fingerprint_follows_the_contents_not_the_order_of_names(tmp_path: Path) -> None:
    (tmp_path / "codes").mkdir()
    for name in ("a", "b"):
        (tmp_path / f"codes/{name}.csv").write_text("code,label\n1,x\n", "utf-8")
    before = CodeLists(tmp_path).fingerprint(["codes/a", "codes/b"])
    assert before == CodeLists(tmp_path).fingerprint(["codes/b", "codes/a", "codes/a"])
    assert before != CodeLists(tmp_path).fingerprint(["codes/a"])
    (tmp_path / "codes/a.csv").write_text("code,label\n1,y\n", "utf-8")
    assert before != CodeLists(tmp_path).fingerprint(["codes/a", "codes/b"])


def test_only_a_test_profile_knows_more_places_of_personal_numbers() -> None:
    assert read_codes().extra_cccd_places == ()
    assert read_codes(("099",)).extra_cccd_places == ("099",)


def test_every_crosswalk_leads_to_codes_that_exist() -> None:
    codes = read_codes()
    for name in codes.names():
        rows = codes.rows(name)
        if name.startswith("crosswalks/") and "system" in rows[0]:
            known = codes.labels(name.removeprefix("crosswalks/"))
            assert {row["code"] for row in rows} <= set(known), name


def test_the_province_has_its_75_new_and_200_old_communes_each_mapped() -> None:
    codes = read_codes()
    rows = codes.rows("crosswalks/commune_2004_to_2025")
    assert {row["old_code"] for row in rows} == set(codes.labels("commune_dvhc2004"))
    assert {row["new_code"] for row in rows} == set(codes.labels("commune_dvhc2025"))
    assert (len(rows), len(codes.labels("commune_dvhc2025"))) == (200, 75)
