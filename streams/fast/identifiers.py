"""Fast paths of identifiers: personal numbers, papers, register numbers, telephones."""

import re

from streams.fast.block import Block, Branch
from streams.identifiers import FIRST_REGISTER_YEAR, register_syntax
from streams.refine.papers import personal_numbers

_DOTS = str.maketrans("", "", " .")
_PHONE_NOISE = str.maketrans("", "", " .-()")
_GROUPED = re.compile("[0-9](?:[ .]?[0-9]){11}")
_PASSPORT = "(?=[0-9]*[A-Z])(?=[A-Z]*[0-9])[0-9A-Z]{6,20}"
_PHONE = re.compile(
    "((?:0|[+]84|0084)[ .-]?(?:[35789](?:[ .-]?[0-9]){8}|2(?:[ .-]?[0-9]){9}))"
    "(?:[;,/](?:(?! {2})[ 0-9.+-])*+(?<! ))?"  # another number: the first one counts
)
_TAX = re.compile("[0-9]{10}(?:-(?!000)[0-9]{3})?").fullmatch
_TAX_LENGTH = len("0123456789-001")
_MOBILE = frozenset(("03", "05", "07", "08", "09"))
_DIGITS = "raw.isdigit() and raw.isascii()"
_CCCD, _PASSPORT_LENGTH, _PHONE_LENGTH = 12, 20, len("+842123456789")
_REGISTER_LENGTH = len("999999/2026")


def cccd_branches(block: Block) -> list[Branch]:
    """Return the branches of personal numbers against which nothing speaks."""
    return _personal(block, "")


def paper_branches(block: Block) -> list[Branch]:
    """Return the branches of a paper that is a personal number or a passport."""
    kind = block.plan.item.options.paper_kind
    declared, passport = (f" and v_{kind} == {word!r}" for word in ("cccd", "ho_chieu"))
    found = _personal(block, declared if kind else "")
    if found and block.holds(_PASSPORT_LENGTH):
        shape = block.bind("passport", re.compile(_PASSPORT).fullmatch)
        test = f"type(raw) is str{passport if kind else ''} and {shape}(raw)"
        found.append((test, [f"{block.value} = raw"]))
    return found


def _personal(block: Block, declared: str) -> list[Branch]:
    if not (block.textual and block.wordy and block.holds(_CCCD)):
        return []
    plain = block.bind("plain", personal_numbers(block.plan, block.codes).plain)
    born = "born" if "born" in block.beside else "NOTHING_KNOWN"
    block.names |= {"DOTS": _DOTS, "grouped": _GROUPED.fullmatch}
    bare = f"grouped(raw) and {plain}(text := raw.translate(DOTS), year, {born})"
    return [
        (f"type(raw) is str{declared} and {plain}(raw, year, {born})", [f"{block.value} = raw"]),
        (
            f"type(raw) is str{declared} and {bare}",
            [f"{block.value} = text", block.kept, block.flagged("TRIMMED")],
        ),
    ]


def register_branches(block: Block) -> list[Branch]:
    """Return the branch of N/YYYY, with zeros before it and single spaces inside."""
    if not (block.wordy and block.holds(_REGISTER_LENGTH)):
        return []
    syntax = register_syntax(block.plan.item.options.separators).pattern
    marks = syntax[syntax.rindex("[", 0, syntax.rindex("(")) : syntax.rindex("(")]
    number, year = syntax.split(marks)
    shape = block.bind("plain", re.compile(f"{number} ?{marks} ?{year}").fullmatch)
    test = (
        f"type(raw) is str and (found := {shape}(raw))"
        f" and {FIRST_REGISTER_YEAR} <= int(found[2]) <= year"
    )
    return [
        (
            test,
            [
                f'{block.value} = f"{{found[1]}}/{{found[2]}}"',
                *(f"if {block.value} != raw:", f"    {block.kept}"),
                *('    if " " in raw:', f"        {block.flagged('TRIMMED')}"),
            ],
        )
    ]


def tax_branches(block: Block) -> list[Branch]:
    """Return the branch of a tax code that is right as it stands."""
    if not (block.textual and block.wordy and block.holds(_TAX_LENGTH)):
        return []
    block.names["right_tax_code"] = right_tax_code
    own = ("type(raw) is str and right_tax_code(raw)", [f"{block.value} = raw"])
    if block.plan.item.kind != "mst_or_person":
        return [own]
    return [own, *_personal(block, "")[:1]]


def right_tax_code(text: str) -> bool:
    """Say whether *text* is a tax code in its canonical form, its check digit right.

    Two digits at a time, of the weights in DOMAIN.md 3.
    """
    if not _TAX(text):
        return False
    first, second, third, fourth, fifth = _TAX_SUMS
    rest = first[text[:2]] + second[text[2:4]] + third[text[4:6]] + fourth[text[6:8]]
    rest = (rest + fifth[text[8]]) % 11
    return rest > 0 and int(text[9]) == 10 - rest


def _weighted(one: int, other: int) -> dict[str, int]:
    return {f"{pair:02}": pair // 10 * one + pair % 10 * other for pair in range(100)}


def geohash_branches(block: Block) -> list[Branch]:
    """Return the branches of a parcel's id: in its canonical form, and in capitals."""
    if not (block.textual and block.wordy and block.holds(_CCCD)):
        return []
    block.names["cell"] = re.compile("(?=[a-z]*[0-9])[0-9b-hjkmnp-z]{12}").fullmatch
    capitals = "type(raw) is str and raw.isascii() and cell(text := raw.lower())"
    return [
        ("type(raw) is str and cell(raw)", [f"{block.value} = raw"]),
        (capitals, [f"{block.value} = text", block.kept]),
    ]


def phone_branches(block: Block) -> list[Branch]:
    """Return the branches of one number of Việt Nam: bare, or with single marks in it."""
    if not (block.textual and block.wordy and block.holds(_PHONE_LENGTH)):
        return []
    block.names |= {"MOBILE": _MOBILE, "PHONE_NOISE": _PHONE_NOISE, "telephone": _PHONE.fullmatch}
    bare = "type(raw) is str and len(raw) == 10 and raw[:2] in MOBILE"
    digits = '.translate(PHONE_NOISE).removeprefix("+84").removeprefix("0084").removeprefix("0")'
    done = [f'{block.value} = "+84" + found[1]{digits}', *block.kept_if_other]
    return [
        (f"{bare} and {_DIGITS}", [f'{block.value} = "+84" + raw[1:]', block.kept]),
        ("type(raw) is str and (found := telephone(raw))", done),
    ]


_TAX_SUMS = (
    *(_weighted(*pair) for pair in ((31, 29), (23, 19), (17, 13), (7, 5))),
    {str(digit): digit * 3 for digit in range(10)},
)
