"""Two versions of one field, and of the columns it gives: each change with its consequences.

Readers: canonical columns are nullable whatever the contract requires, so a changed requirement,
bound or rule breaks no reader; another kind, code list or type does, for the same text would mean
something else. Rows: what was looser before may be stored and no longer be right.
"""

from collections.abc import Iterator

from schemas.contract import Column, Field, Options
from schemas.evolution.change import Aspect, Change, always, never

_STRICTNESS = {"O": 0, "C": 1, "M": 2}
_PRIMITIVES = {
    "text": "string",
    "integer": "long",
    "boolean": "boolean",
    "date": "int",
    "timestamp": "long",
    "decimal": "bytes",
}
_PROMOTED = frozenset({("int", "long"), ("string", "bytes"), ("bytes", "string")})
"""What Avro reads as another type (specification 1.11, Schema Resolution), among types of ours."""


def compare_fields(old: Field, new: Field) -> Iterator[Change]:
    """Yield every change from *old* to *new*, under the new name."""
    for aspect in _ASPECTS:
        if change := aspect.compare(new.name, old, new):
            yield change
    for name in Options.__dataclass_fields__:
        if change := _option(name).compare(new.name, old, new):
            yield change


def compare_columns(old: Column, new: Column) -> Change | None:
    """Return the change of one column's type, if there is one."""
    before, after = _typed(old), _typed(new)
    if before == after:
        return None
    return Change(
        what="type.changed",
        field=new.name,
        before=before,
        after=after,
        why="the values have another type; a reader of the old one cannot take them",
        wire=resolves(old, new),
        meaning=False,
        rows=widened(old, new),
    )


def resolves(old: Column, new: Column) -> bool:
    """Say whether Avro lets a reader of *new* read what was written as *old*."""
    pair = (_PRIMITIVES[old.type], _PRIMITIVES[new.type])
    return pair[0] == pair[1] or pair in _PROMOTED


def widened(old: Column, new: Column) -> bool:
    """Say whether every decimal of *old* fits *new* as it is."""
    if (old.type, new.type) != ("decimal", "decimal"):
        return False
    scales = (old.scale or 0, new.scale or 0)
    whole = ((old.precision or 0) - scales[0], (new.precision or 0) - scales[1])
    return scales[0] <= scales[1] and whole[0] <= whole[1]


def _typed(column: Column) -> str:
    if column.type != "decimal":
        return column.type
    return f"decimal({column.precision},{column.scale or 0})"


def _not_stricter(before: str, after: str) -> bool:
    return _STRICTNESS[after] <= _STRICTNESS[before]


def _not_more(before: frozenset[str], after: frozenset[str]) -> bool:
    return after <= before


def _not_below(before: str | int | None, after: str | int | None) -> bool:
    """Say whether the greatest value (or length) rose or went."""
    return after is None or (before is not None and _number(after) >= _number(before))


def _not_above(before: str | None, after: str | None) -> bool:
    """Say whether the least value fell or went."""
    return after is None or (before is not None and _number(after) <= _number(before))


def _number(bound: str | int) -> tuple[float, str]:
    """Order numbers by value and days by their text; "today" and "now" come after every day."""
    try:
        return (float(bound), "")
    except ValueError:
        return (0.0, str(bound))


def _still_open(before: str, _after: str) -> bool:
    return before != "row"


_ASPECTS = (
    Aspect("title.changed", lambda f: f.title, always, always, "only its name for people changes"),
    Aspect("kind.changed", lambda f: f.kind, never, never,
           "its canonical form is another one; the same text would mean something else"),
    Aspect("requirement.changed", lambda f: f.requirement, always, _not_stricter,
           "other rows are refused; the column may be null in any case"),
    Aspect("condition.changed", lambda f: f.condition, always, never,
           "it is mandatory in other cases; stored rows were judged by the old one"),
    Aspect("words.changed", lambda f: f.condition_words, always, always,
           "only the sentence to an officer changes"),
    Aspect("code_list.changed", lambda f: f.code_list, never, never,
           "its codes are those of another list"),
    Aspect("max_length.changed", lambda f: f.max_length, always, _not_below,
           "longer or shorter texts are accepted"),
    Aspect("minimum.changed", lambda f: f.minimum, always, _not_above,
           "other values are in range"),
    Aspect("maximum.changed", lambda f: f.maximum, always, _not_below,
           "other values are in range"),
    Aspect("privacy.changed", lambda f: f.pii, always, always,
           "others may see it; its access must be reviewed"),
    Aspect("openness.changed", lambda f: f.open, _still_open, always,
           "what the public may see of it changes"),
    Aspect("open_form.changed", lambda f: f.open_transform, never, always,
           "the public sees its values in another form"),
    Aspect("open_because.changed", lambda f: f.open_because, always, always,
           "only the reason why it is public changes"),
    Aspect("description.changed", lambda f: f.description, always, always,
           "only its description changes"),
    Aspect("source_column.changed", lambda f: f.columns, always, never,
           "it is taken from another source column"),
    Aspect("source_type.changed", lambda f: f.source_type, always, always,
           "its source column has another type; values are judged one by one"),
    Aspect("rules.changed", lambda f: frozenset(f.rules), always, _not_more,
           "other problems are named"),
)  # fmt: skip
"""What a field says beside its name and its options."""


def _option(name: str) -> Aspect:
    """How the source writes the value: the canonical value means what it meant, but is read anew.

    Two fields differ in their options by name, so each is told by itself.
    """
    return Aspect(
        f"options.{name}.changed",
        lambda field: _plain(getattr(field.options, name)),
        always,
        never,
        "the source's way of writing is read otherwise",
    )


def _plain(value: object) -> object:
    return tuple(sorted(value.items())) if isinstance(value, dict) else value
