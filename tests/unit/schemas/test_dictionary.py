"""The dictionary tells officers the truth, and nothing they could be hurt by."""

from support.contracts import a_dataset, a_field

from schemas.catalogue import read_catalogue
from schemas.codes import read_codes
from schemas.contract import KINDS, Options
from schemas.dictionary import as_html, as_markdown
from schemas.dictionary.entries import read_dictionary
from schemas.dictionary.forms import form_of
from schemas.reasons import REASONS

CODES = read_codes()


def test_every_kind_has_a_meaning_and_a_form() -> None:
    for kind in KINDS:
        form = form_of(a_field(kind))
        assert form.meaning, kind
        assert form.words or kind == "date"


def test_what_a_contract_says_is_shown_and_never_run() -> None:
    evil = '<script>alert(1)</script> "|` & {{ 7*7 }}'
    dataset = a_dataset(a_field("text", title=evil, description=evil), title=evil)
    page = as_html(dataset, CODES)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7*7 }}" in page
    text = as_markdown(dataset, CODES)
    assert "<script" not in text.replace("\\<script", "")
    assert "\\|\\`" in text


def test_a_date_is_asked_for_in_the_forms_its_column_declares() -> None:
    item = a_field("partial_date", options=Options(date_formats=("dmy", "my", "y")))
    form = form_of(item)
    assert form.words == "ngày/tháng/năm hoặc tháng/năm hoặc năm"
    assert form.example == "05/03/2026 · 03/2026 · 2026"
    assert form_of(a_field("decimal", options=Options(locale="vi"))).example == "1.234,5"


def test_mistakes_are_the_officers_own_sentences() -> None:
    book = read_dictionary(read_catalogue()["tp_khai_sinh"], CODES)
    child = next(entry for entry in book.entries if entry.name == "so_dinh_danh")
    assert child.required == "Bắt buộc khi đã cấp số định danh"
    said = REASONS["id.cccd_shape"].sentence(field=child.title)
    assert said in [one.sentence for one in child.mistakes]
    assert all(len(entry.mistakes) <= 3 for entry in book.entries)


def test_who_may_see_a_personal_field_is_said() -> None:  # Invariant 6
    book = read_dictionary(read_catalogue()["tp_khai_sinh"], CODES)
    readers = {entry.name: entry.readers for entry in book.entries}
    assert readers["so_dinh_danh"].startswith("Chỉ người được phân quyền; là số định danh")
    assert "nhạy cảm" in readers["dan_toc"]
    assert not any(said.startswith("Mọi người") for said in readers.values())


def test_a_code_list_shows_how_the_source_writes_each_code() -> None:
    book = read_dictionary(read_catalogue()["nnmt_ocop"], CODES)
    kind = next(entry for entry in book.entries if entry.name == "loai_chu_the").listing
    assert kind is not None
    assert ("htx", "Hợp tác xã", "HTX") in kind.codes
    long = read_dictionary(read_catalogue()["yt_giay_chung_sinh"], CODES)
    district = next(entry for entry in long.entries if entry.name == "huyen_cu_tru").listing
    assert district is not None
    assert district.codes == ()
    assert district.size > 100
