"""YAML read strictly: every part knows its line, and nothing is silently taken for something else.

YAML 1.1 reads a bare 014 as 12, 17:00 as 1020, yes as true, and of two equal keys only the last.
Each of these is a fault here.
"""

import re
from functools import lru_cache
from sys import intern
from typing import Any

import yaml
from yaml.resolver import Resolver

from schemas.odcs.review import Place, Review

_TAG = "tag:yaml.org,2002:"
_WORD = 64
"""A longer text is prose, which stands once."""
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")


def read_tree(text: str, review: Review) -> dict[str, Any]:
    """Return the document in *text* as plain values, noting lines and faults in *review*.

    A document that is not YAML, or not a mapping, is an empty one with a fault.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        _note_broken(error, review)
        return {}
    if not isinstance(node, yaml.MappingNode):
        review.fault((), "a contract is a mapping that begins with `apiVersion: v3.1.0`")
        return {}
    value = _Walk(review).value(node, ())
    return value if isinstance(value, dict) else {}


def _note_broken(error: yaml.YAMLError, review: Review) -> None:
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        review.lines[()] = mark.line + 1
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
    review.fault((), f"this is not valid YAML ({problem}); check indentation, quotes and colons")


class _Loader(yaml.CSafeLoader):
    """The safe loader, which works out the tag of each scalar once: contracts repeat their words.

    It has no path resolvers, so nothing needs to know how deep it is.
    """

    def resolve(self, kind: Any, value: str, implicit: Any) -> str:  # noqa: ANN401  as PyYAML has it
        """Return the tag of a node without one."""
        return _tag(kind, value, implicit)

    def descend_resolver(self, current_node: yaml.Node | None, current_index: object) -> None:
        """Go down: nothing to keep."""

    def ascend_resolver(self) -> None:
        """Come up."""


_RESOLVER: Any = Resolver()


@lru_cache(maxsize=1024)
def _tag(kind: Any, value: str, implicit: Any) -> str:  # noqa: ANN401  the same
    return str(_RESOLVER.resolve(kind, value, implicit))


class _Walk:
    """Turns nodes into values, each node once."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self._met: set[int] = set()

    def value(self, node: yaml.Node, place: Place) -> Any:  # noqa: ANN401  whatever YAML holds
        """Return what *node* holds, noting the line of each part."""
        self.review.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, place)
        if id(node) in self._met:
            self.review.fault(place, "write it out; a contract uses no YAML aliases (*name)")
            return None
        self._met.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        return [self.value(item, (*place, index)) for index, item in enumerate(node.value)]

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = intern(str(key_node.value))
            below = (*place, key)
            self.review.lines.setdefault(below, key_node.start_mark.line + 1)
            if key in found:
                self._note_twice(below, key_node)
                continue
            if key_node.tag != f"{_TAG}str":
                self.review.fault(below, f'a name is text: write "{key}" in quotes')
            found[key] = self.value(value_node, below)
        return found

    def _note_twice(self, place: Place, node: yaml.Node) -> None:
        line = node.start_mark.line + 1
        again = (*place, f"again on line {line}")
        self.review.lines[again] = line
        self.review.fault(
            again, f"it stands twice; the first is on line {self.review.lines[place]}"
        )

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> str | int | float | bool | None:
        text = str(node.value)
        match node.tag.removeprefix(_TAG):
            case "str":  # codes and names stand in many contracts: hold each once
                return intern(text) if len(text) <= _WORD else text
            case "null":
                return None
            case "bool" if text in {"true", "false"}:
                return text == "true"
            case "int" if _INTEGER.fullmatch(text):
                return int(text)
            case "float" if _DECIMAL.fullmatch(text):
                return float(text)
            case kind:
                self.review.fault(place, f'write "{text}" in quotes; {_taken_for(text, kind)}')
                return text


def _taken_for(text: str, kind: str) -> str:
    """Say how YAML 1.1 misreads *text*."""
    words = {"bool": "true or false", "timestamp": "a moment"}
    if kind != "int":
        return f"bare, it is read as {words.get(kind, kind)}"
    try:
        return f"bare, it is read as {yaml.safe_load(text)}"
    except (ValueError, yaml.YAMLError):
        return "bare, it is read as a number"
