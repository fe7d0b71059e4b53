"""Fast paths of text, names and identifiers."""

import re

from streams.fast.block import Block, Path
from streams.identifiers import NOTHING_KNOWN, register_syntax
from streams.refine.papers import personal_numbers
from streams.text import cased, plain_ascii, plain_name, plain_text


def text_path(block: Block) -> Path:
    """Text, names and free identifiers that no text rule touches."""
    plan = block.plan
    if plan.wire != "text" or plan.item.options.encoding != "utf-8" or plan.item.options.numeric_ok:
        return None
    shape = {"text": plain_text, "name": plain_name}.get(plan.item.kind, plain_ascii)
    tests = ["type(raw) is str", f'{block.bind("plain", shape)}(raw) and "  " not in raw']
    if "text.too_long" in plan.item.rules and plan.item.max_length is not None:
        tests.insert(1, f"len(raw) <= {plan.item.max_length}")
    if plan.nothing:
        longest = max(map(len, plan.nothing))
        tests.append(
            f"(len(raw) > {longest} or raw.casefold() not in {block.bind('nothing', plan.nothing)})"
        )
    done = [f"{block.value} = raw"]
    if plan.item.kind == "name":
        done += _casing(block)
    return " and ".join(tests), done


def _casing(block: Block) -> list[str]:
    name = block.plan.item.name
    block.names["cased"] = cased
    return [
        *(
            "if raw.isupper() or raw.islower():",
            f"    {block.value} = cased(raw)",
            f"    if {block.value} != raw:",
        ),
        *(
            f"        flags.append({block.plan.flag('NAME_CASED')!r})",
            f"        originals[{name!r}] = raw",
        ),
    ]


def cccd_path(block: Block) -> Path:
    """Personal numbers against which nothing speaks."""
    return _personal(block, "")


def paper_path(block: Block) -> Path:
    """The same on a paper whose kind, where declared, is cccd."""
    kind = block.plan.item.options.paper_kind
    return _personal(block, f" and v_{kind} == 'cccd'" if kind else "")


def _personal(block: Block, declared: str) -> Path:
    if block.plan.wire != "text" or block.plan.item.options.placeholders != ("default",):
        return None
    plain = block.bind("plain", personal_numbers(block.plan, block.codes).plain)
    born = "born" if "born" in block.beside else "NOTHING_KNOWN"
    block.names["NOTHING_KNOWN"] = NOTHING_KNOWN
    return f"type(raw) is str{declared} and {plain}(raw, year, {born})", [f"{block.value} = raw"]


def register_path(block: Block) -> Path:
    """N/YYYY without zeros or spaces."""
    syntax = register_syntax(("/",)).pattern.removeprefix("0*")
    shape = block.bind("plain", re.compile(syntax).fullmatch)
    test = f"type(raw) is str and {shape}(raw) and 1945 <= int(raw[-4:]) <= year"
    allowed = "/" in block.plan.item.options.separators
    return (test, [f"{block.value} = raw"]) if allowed else None


def phone_path(block: Block) -> Path:
    """Mobile numbers of ten digits."""
    if (
        block.plan.wire != "text"
        or block.plan.item.options.numeric_ok
        or block.plan.item.options.placeholders != ("default",)
    ):
        return None
    shape = block.bind("plain", re.compile("0[35789][0-9]{8}").fullmatch)
    kept = f"originals[{block.plan.item.name!r}] = raw"
    return f"type(raw) is str and {shape}(raw)", [f'{block.value} = "+84" + raw[1:]', kept]
