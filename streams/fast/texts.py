"""Fast paths of text: names, free text, free identifiers, and text of a declared legacy table."""

import codecs
from collections.abc import Callable

from streams.fast.block import Block, Branch
from streams.fast.memory import FEW, remembered
from streams.legacy import decode_legacy
from streams.text import cased, plain_name, plain_text

_WHOLE_LETTERS = frozenset(("tcvn3", "viscii", "vps"))
"""The tables in which one byte is one letter, whatever stands beside it."""
_HOLES = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))
"""Bytes that windows-1252 leaves empty; they arrive as the C1 controls of the same number."""


def text_branches(block: Block) -> list[Branch]:
    """Return the branches of text that no rule touches, and of text that is only decoded."""
    plan = block.plan
    if plan.wire != "text" or plan.item.options.numeric_ok:
        return []
    # T10 is for names alone; what else it leaves as it is, it also leaves in an identifier.
    block.bind("plain", plain_name if plan.item.kind == "name" else plain_text)
    if plan.item.options.encoding == "utf-8":
        usual = (f"type(raw) is str and {_untouched(block, 'raw')}", _settled(block, "raw"))
        return [usual, *remembered(block, most=FEW)]  # placeholders, and habits that come again
    if plan.item.options.encoding not in _WHOLE_LETTERS or plan.item.kind == "name":
        return []
    reader = block.bind("decoded", legacy_reader(plan.item.options.encoding))
    test = f"type(raw) is str and (text := {reader}(raw)) and {_untouched(block, 'text')}"
    done = [*_settled(block, "text"), *block.kept_if_other]
    done[-1:] = [done[-1], f"    {block.flagged('ENCODING_CONVERTED')}"]
    return [(test, done)]


def _untouched(block: Block, text: str) -> str:
    """Return the test that no rule changes or refuses *text*, a local."""
    plan = block.plan
    tests = [f'plain_{plan.item.name}({text}) and "  " not in {text}']
    if "text.too_long" in plan.item.rules and plan.item.max_length is not None:
        tests.insert(0, f"len({text}) <= {plan.item.max_length}")
    if plan.nothing:
        longest = max(map(len, plan.nothing))
        nothing = block.bind("nothing", plan.nothing)
        tests.append(f"(len({text}) > {longest} or {text}.casefold() not in {nothing})")
    return " and ".join(tests)


def _settled(block: Block, text: str) -> list[str]:
    """Return the lines that take *text*, a name with its capitals (T14)."""
    done = [f"{block.value} = {text}"]
    if block.plan.item.kind != "name":
        return done
    block.names["cased"] = cased
    return [
        *(*done, "if raw.isupper() or raw.islower():", f"    {block.value} = cased(raw)"),
        f"    if {block.value} != raw:",
        *(f"        {block.flagged('NAME_CASED')}", f"        {block.kept}"),
    ]


def legacy_reader(encoding: str) -> Callable[[str], str]:
    """Return what reads *encoding* at the speed of C: text -> its meaning, "" where it has none.

    Its table is found by asking `decode_legacy`, byte by byte.
    """
    letters = [chr(byte) if byte in _HOLES else _cp1252(byte) for byte in range(256)]
    to_byte = codecs.charmap_build("".join(letters))
    meanings = "".join(decode_legacy(letter, encoding) or "\ufffe" for letter in letters)

    def read(text: str) -> str:
        try:
            sent, _ = codecs.charmap_encode(text, "strict", to_byte)
            meant, _ = codecs.charmap_decode(sent, "strict", meanings)
        except UnicodeError:
            return ""
        return meant

    return read


def _cp1252(byte: int) -> str:
    return bytes((byte,)).decode("cp1252")
