"""Codes, places and identifiers, from a text to the canonical value."""

from datetime import timedelta

from schemas.contract import Field
from support.oracle import dates, identifiers, places
from support.oracle.cell import Cell, Refused
from support.oracle.context import Context
from support.oracle.lookups import crosswalk, key_of, listed, words_for_missing
from support.oracle.text import clean, too_long

CODED = ("code", "gender", "ethnic", "country")


def known_code(field: Field, text: str, context: Context) -> str | None:
    """The canonical code that the crosswalk has for *text*, if any (section 8: it goes first)."""
    system = field.options.code_system
    if field.kind == "boolean" and system is not None:
        row = crosswalk(context.codes, "boolean", system).get(key_of(text, system, "boolean"))
        return row["code"] if row else None
    if field.kind not in CODED or field.code_list is None or system is None:
        return None
    if field.kind == "ethnic" and system == "unknown":
        return None
    found = crosswalk(context.codes, field.code_list, system)
    padded = _padded(text, field)
    row = found.get(key_of(padded, system, field.code_list))
    if row is None and "<date>" in found and _is_date(text, field):
        row = found["<date>"]
    return row["code"] if row else None


def _is_date(text: str, field: Field) -> bool:
    try:
        return bool(dates.read(text, "date", field.options.date_formats).partial)
    except Refused:
        return False


def _padded(text: str, field: Field) -> str:
    pad = field.options.pad
    return text.rjust(pad, "0") if pad and text.isascii() and text.isdigit() else text


def judge_code(field: Field, text: str, cell: Cell, context: Context) -> Cell:
    """Judge a code of a list (section 6.1)."""
    padded = _padded(text, field)
    if padded != text:
        cell.flags.append("PADDED")
    if field.kind == "ethnic" and field.options.code_system == "unknown":
        return _ethnic_of_no_system(padded, cell, context)
    code = known_code(field, text, context)
    if code is None:
        return cell.refuse("code.unknown")
    _check_validity(field, code, cell, context)
    if cell.bad:
        return cell
    if code != padded:
        cell.flags.append("CODE_MAPPED")
    cell.value = code
    return cell


def _check_validity(field: Field, code: str, cell: Cell, context: Context) -> None:
    row = listed(context.codes, field.code_list or "").get(code, {})
    day = context.day_of(field.options.event_date)
    if day is None:
        return
    if row.get("valid_to") and day.isoformat() > row["valid_to"]:
        cell.refuse("code.expired")
    if row.get("valid_from") and day.isoformat() < row["valid_from"]:
        cell.warn("code.not_yet_valid")


def _ethnic_of_no_system(text: str, cell: Cell, context: Context) -> Cell:
    """Section 6.3: DM-1979 or the statistics office's, who knows."""
    found = [
        crosswalk(context.codes, "ethnic_group", system).get(text) for system in ("DM-1979", "NSO")
    ]
    rows = [row for row in found if row]
    if not rows:
        return cell.refuse("code.unknown")
    same = len(rows) == 2 and rows[0]["code"] == rows[1]["code"]
    if not same or any(row["status"] != "checked" for row in rows):
        return cell.refuse("code.ambiguous")
    cell.value = rows[0]["code"]
    cell.flags.append("CODE_MAPPED")
    return cell


def judge_place(field: Field, text: str, cell: Cell, context: Context) -> Cell:
    """Judge a commune, a province or a district (section 6.2)."""
    options = field.options
    said = (options.code_system or "").partition("column:")[2]
    for companion in filter(None, (options.name_column, said)):
        if not isinstance(context.column(companion), str | None):
            return cell.refuse("type.invalid")
    asked = places.Asked(
        code=_padded(text, field),
        system=_system(field, context),
        name=_name_beside(field, context),
        day=context.day_of(options.event_date),
        scope=options.scope or "14",
        timeless=options.system_only,
    )
    if field.kind == "district":
        found = places.district(asked, context.codes)
    elif field.kind == "province":
        found = places.province(asked, context.codes)
    elif options.resolve == "name" or field.kind == "commune_name":
        found = places.by_name(text, asked, context.codes)
    else:
        found = places.commune(asked, context.codes)
    if asked.code != text and options.resolve != "name":
        cell.flags.append("PADDED")
    found.flags = cell.flags + found.flags
    return found


def _system(field: Field, context: Context) -> str | None:
    """The system's name, None where unknown, "" where the column says what the map does not."""
    said = field.options.code_system or "unknown"
    if not said.startswith("column:"):
        return None if said == "unknown" else said
    told = context.column(said.removeprefix("column:"))
    if told is None:
        return None
    if not isinstance(told, str):
        return ""
    told = clean(told, field).text
    if told.casefold() in words_for_missing(context.codes, ("default",)):
        return None
    known = {key.casefold(): system for key, system in field.options.system_map.items()}
    return known.get(told.casefold(), "")


def _name_beside(field: Field, context: Context) -> str | None:
    if field.options.name_column is None:
        return None
    told = context.column(field.options.name_column)
    if not isinstance(told, str):
        return None
    told = clean(told, field).text
    return None if told.casefold() in words_for_missing(context.codes, ("default",)) else told


def judge_identifier(field: Field, text: str, cell: Cell, context: Context) -> Cell:
    """Judge kinds whose text decides (section 3), and free text."""
    kind, codes = field.kind, context.codes
    if kind in ("text", "name", "ident"):
        cell.value = text
        return cell
    number = identifiers.compact(text) if kind in identifiers.COMPACT else text
    if number != text:
        cell.flags.append("TRIMMED")
    known = _known(field, context)
    if kind == "id_paper":
        paper = context.cell(field.options.paper_kind) if field.options.paper_kind else Cell()
        if paper.bad:
            cell.value = text  # not judged; the row is refused anyway
            return cell
        read = identifiers.id_paper(number, paper.value, known, codes)
    elif kind == "register_number":
        separators, year = field.options.separators, context.today.year
        read = identifiers.register_number(number, separators, year)
    elif kind in ("cccd", "mst_or_person", "bhxh"):
        read = getattr(identifiers, kind)(number, known, codes)
    elif kind == "vsic":
        read = identifiers.vsic(number, codes)
    else:
        read = getattr(identifiers, kind)(number)
    cell.warnings += read.warnings
    cell.flags += read.flags
    cell.value = read.value
    rejects = (*read.rejects, *(too_long(read.value, field) if not read.rejects else ()))
    return cell.refuse(*rejects) if rejects else cell


def _known(field: Field, context: Context) -> identifiers.Known:
    options = field.options
    birth = context.cell(options.birth).value if options.birth else None
    if isinstance(birth, int):
        birth = str((dates.EPOCH + timedelta(days=birth)).year)
    gender = options.gender
    if gender not in (None, "1", "2"):
        gender = context.cell(gender).value
    return identifiers.Known(
        event_year=context.today.year,
        birth_year=birth[:4] if birth else None,
        gender=gender,
        strict=options.strict,
    )
