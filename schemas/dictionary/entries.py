"""The data dictionary as values: what an officer is told of a dataset, before it has a page."""

from dataclasses import dataclass
from typing import NamedTuple

from schemas.codes import CodeLists
from schemas.contract import Dataset, Field
from schemas.dictionary.forms import form_of, limits_of
from schemas.dictionary.mistakes import Mistake, common_mistakes, mistakes_of

MOST_CODES = 100
"""A longer list is named, not printed."""

_REQUIRED = {"M": "Bắt buộc", "O": "Không bắt buộc"}
_SHARED = {
    "N": "Đơn vị chủ quản và các đơn vị được chia sẻ",
    "B": "Chỉ người được phân quyền (dữ liệu cá nhân)",
    "I": "Chỉ người được phân quyền; là số định danh nên luôn được che trong thông báo và nhật ký",
    "S": "Chỉ người được phân quyền riêng (dữ liệu cá nhân nhạy cảm)",
}


class Code(NamedTuple):
    """One code of a list: what it means, and how the source writes it."""

    code: str
    label: str
    written: str


class Listing(NamedTuple):
    """A code list as far as it is printed; *size* is how many codes it has."""

    name: str
    size: int
    codes: tuple[Code, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One field as an officer needs it."""

    number: int
    name: str
    title: str
    meaning: str
    required: str
    form: str
    example: str
    limits: str
    remark: str
    source: str
    listing: Listing | None
    readers: str
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Dictionary:
    """One dataset as an officer needs it."""

    dataset: Dataset
    owner: str
    cadence: str
    openness: str
    business_key: tuple[str, ...]
    entries: tuple[Entry, ...]
    common: tuple[Mistake, ...]


def read_dictionary(dataset: Dataset, codes: CodeLists) -> Dictionary:
    """Return the dictionary of *dataset*; *codes* gives the labels."""
    titles = {item.name: item.title for item in dataset.fields}
    return Dictionary(
        dataset=dataset,
        owner=codes.labels("agency").get(dataset.owner_unit, dataset.owner_unit),
        cadence=codes.labels("update_frequency").get(dataset.update_frequency, ""),
        openness=codes.labels("open_class").get(dataset.open_mode, ""),
        business_key=tuple(titles[name] for name in dataset.business_key),
        entries=tuple(_entry(number, item, codes) for number, item in enumerate(dataset.fields, 1)),
        common=tuple(common_mistakes(dataset.fields)),
    )


def _entry(number: int, item: Field, codes: CodeLists) -> Entry:
    form = form_of(item)
    return Entry(
        number=number,
        name=item.name,
        title=item.title,
        meaning=form.meaning,
        required=_REQUIRED.get(item.requirement, f"Bắt buộc khi {item.condition_words}"),
        form=form.words,
        example=form.example,
        limits=limits_of(item),
        remark=item.description,
        source=" + ".join(item.columns),
        listing=_listing(item, codes),
        readers=_readers(item),
        mistakes=tuple(mistakes_of(item)),
    )


def _readers(item: Field) -> str:
    """Who may see it (invariant 6: what is personal is said to be so)."""
    if item.open == "row":
        why = f" ({item.open_because})" if item.open_because else ""
        return f"Mọi người, trên cổng dữ liệu mở{why}"
    if item.open == "aggregate":
        return f"Công khai chỉ bằng số tổng hợp; từng hồ sơ: {_lowered(_SHARED[item.pii])}"
    return _SHARED[item.pii]


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _listing(item: Field, codes: CodeLists) -> Listing | None:
    if item.code_list is None:
        return None
    labels, written = codes.labels(item.code_list), _written(item, codes)
    spelt = labels if len(labels) <= MOST_CODES else {}
    return Listing(
        item.code_list,
        len(labels),
        tuple(Code(code, label, ", ".join(written.get(code, ()))) for code, label in spelt.items()),
    )


def _written(item: Field, codes: CodeLists) -> dict[str, list[str]]:
    """Code -> how the field's source writes it, from the crosswalk of its system."""
    name = f"crosswalks/{item.code_list}"
    found: dict[str, list[str]] = {}
    for row in codes.rows(name) if codes.has(name) else ():
        if row.get("system") == item.options.code_system and row.get("code"):
            found.setdefault(row["code"], []).append(row["source_value"])
    return found
