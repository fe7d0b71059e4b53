"""The house itself: sizes, words, layers, rings, leaks, and an invariant cited wherever it is held.

The targets are STYLE.md's, section 3, for the packages that run in production. An exception is
named in `LARGER`, with its reason. Layers are also held by import-linter in `make check`.
"""

import ast
import os
import re
import statistics
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = {"schemas": 0, "infra": 1, "connectors": 2, "streams": 2, "consumers": 2, "suoi": 3}
MODULE_LINES, MODULE_MEDIAN = 300, 100
BODY_LINES, BODY_MEDIAN = 40, 6
PARAMETERS = 5
INVARIANTS = range(1, 11)
LARGER = {
    "suoi.demo.command.demo": "a command's options are its parameters; Typer reads them there",
    "suoi.source.regenerate": "the same",
    "suoi.reject_replay.replay": "the same",
    "suoi.topic.fill": "the same",
}
"""Function -> why it may have more parameters than five."""

_CITED = re.compile(r"\b[Ii]nvariants? (\d+(?:(?:, | and )\d+)*)")
_MACHINE = re.compile(r"/home/[a-z]+/|/Users/[A-Za-z]+/")
_REGISTRY = re.compile(
    r"(?:extra-)?index-url[ =]+http|\"resolved\": *\"http|https?://(?:[a-z0-9.-]*pypi\.org/simple"
    r"|files\.pythonhosted\.org|repo[0-9]*\.maven\.|registry\.npmjs\.|proxy\.golang\.)"
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module(NamedTuple):
    """One module of the house."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """The package it is in."""
        return self.name.partition(".")[0]


@cache
def house() -> dict[str, Module]:
    """Every module that runs in production, by name."""
    found = {}
    for room in LAYERS:
        for path in sorted((ROOT / room).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            text = path.read_text("utf-8")
            found[name] = Module(name, path, text, ast.parse(text))
    return found


@cache
def functions() -> dict[str, Function]:
    """Every function and method of the house, by module, class and name."""
    return {
        f"{module.name}.{name}": node
        for module in house().values()
        for name, node in _inside(module.tree, "")
    }


def _inside(node: ast.AST, above: str) -> Iterator[tuple[str, Function]]:
    for child in ast.iter_child_nodes(node):
        name = f"{above}{child.name}" if hasattr(child, "name") and _opens(child) else above
        if isinstance(child, Function):
            yield f"{name}", child
        yield from _inside(child, f"{name}." if _opens(child) else above)


def _opens(node: ast.AST) -> bool:
    return isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))


def body_lines(function: Function) -> int:
    """Lines of the body, its docstring left out."""
    documented = ast.get_docstring(function) and len(function.body) > 1
    body = function.body[1:] if documented else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def parameters(function: Function) -> list[ast.arg]:
    """Parameters of every sort, without the object itself."""
    given = function.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return [one for one in named if one.arg not in {"self", "cls"}]


def imports(module: Module) -> set[str]:
    """Modules of the house loaded when *module* loads: not in functions, not for typing alone."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(module.tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Function) or _only_typing(node):
            continue
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
        waiting.extend(ast.iter_child_nodes(node))
    return found & house().keys() - {module.name}


def _only_typing(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def texts(*below: str) -> Iterator[tuple[Path, str]]:
    """Every text of the repository, or of its folders *below*; what was made or fetched is not."""
    for start in below or (".", ".ci"):
        for place, folders, names in os.walk(ROOT / start):
            made = (".", "__pycache__", "node_modules")
            folders[:] = [one for one in folders if not one.startswith(made) and "egg" not in one]
            for path in (Path(place, name) for name in names):
                with suppress(UnicodeDecodeError):  # no text
                    yield path, path.read_text("utf-8")


def cited(*below: str) -> set[int]:
    """Numbers of the invariants that code *below* cites; prose is not a proof."""
    found = (
        numbers
        for path, text in texts(*below)
        if path.suffix in {".py", ".sql", ".lua"} and path != Path(__file__)
        for numbers in _CITED.findall(text)
    )
    return {int(number) for numbers in found for number in re.findall(r"\d+", numbers)}


def test_no_module_is_too_long_to_be_read_at_once() -> None:
    lines = {name: one.text.count("\n") for name, one in house().items() if one.tree.body}
    assert {name: n for name, n in lines.items() if n > MODULE_LINES} == {}
    assert statistics.median(lines.values()) <= MODULE_MEDIAN


def test_no_function_is_too_long_to_be_read_at_once() -> None:
    lines = {name: body_lines(one) for name, one in functions().items()}
    assert {name: n for name, n in lines.items() if n > BODY_LINES} == {}
    assert statistics.median(lines.values()) <= BODY_MEDIAN


def test_no_function_takes_more_than_a_hand_can_hold() -> None:
    many = {name for name, one in functions().items() if len(parameters(one)) > PARAMETERS}
    assert many == set(LARGER)


def test_every_module_says_what_it_is() -> None:
    silent = [name for name, one in house().items() if not ast.get_docstring(one.tree)]
    assert silent == []


def test_every_parameter_and_answer_has_a_type() -> None:
    bare = [
        name
        for name, one in functions().items()
        if one.returns is None
        or any(
            given.annotation is None
            for given in (*parameters(one), one.args.vararg, one.args.kwarg)
            if given is not None
        )
    ]
    assert bare == []


def test_no_room_looks_up_or_aside() -> None:
    aside = [
        f"{module.name} imports {other}"
        for module in house().values()
        for other in imports(module)
        if other.partition(".")[0] != module.room
        and LAYERS[other.partition(".")[0]] >= LAYERS[module.room]
    ]
    assert aside == []


def test_no_module_waits_for_itself() -> None:
    left = {name: imports(one) for name, one in house().items()}
    while free := [name for name, needs in left.items() if not needs & left.keys()]:
        for name in free:
            del left[name]
    assert left == {}, "these import one another"


@pytest.mark.parametrize("number", INVARIANTS)
def test_every_invariant_is_cited_where_it_is_held_and_where_it_is_attacked(number: int) -> None:
    assert number in cited(*LAYERS), "no line of the product cites it"
    assert number in cited("tests"), "no test cites it"


def test_no_file_tells_of_a_machine_or_a_registry() -> None:
    told = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path, text in texts()
        if path != Path(__file__)
        for found in (*_MACHINE.finditer(text), *_REGISTRY.finditer(text))
    ]
    # A checkout right below the root could be named like a word of ours.
    here = str(ROOT) if len(ROOT.parts) > 2 else None
    told += [str(path.relative_to(ROOT)) for path, text in texts() if here and here in text]
    assert told == []


def test_no_type_of_msgspec_is_first_met_where_threads_may_meet() -> None:
    """Threads that meet one for the first time at once crash in it: decoders are made at import."""
    calls = [
        (module.name, node)
        for module in house().values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("msgspec.")
    ]
    assert [name for name, call in calls if any(one.arg == "type" for one in call.keywords)] == []
