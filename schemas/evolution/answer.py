"""What must be done about the changes between two contracts: the verdict and the steps."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.codes import read_codes
from schemas.contract import Dataset
from schemas.evolution.change import Change
from schemas.evolution.migration import scripts
from schemas.evolution.whole import compare
from schemas.fingerprint import fingerprint

SAME, COMPATIBLE, NEW_MAJOR = "same", "compatible", "new major needed"

_CAPTURED = ("source", "source_kind", "table", "source_key", "source_columns", "untaken")
"""What a connector is configured from."""

_GUARDED = frozenset({"privacy.changed", "sharing.changed", "sensitivity.changed"})
_NARROWED = frozenset(
    {"openness.changed", "open_mode.changed", "open_when.changed", "open_form.changed"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing to be done: a stable code, a sentence, and whether the new contract does it."""

    what: str
    words: str
    done: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """Two contracts of one dataset, and what lies between them."""

    old: Dataset
    new: Dataset
    changes: tuple[Change, ...]
    judged: bool = True
    """Whether a verdict could differ: the fingerprints do."""

    @property
    def readers(self) -> bool:
        """Whether readers of clean and open can go on as they are."""
        return all(change.readers for change in self.changes)

    @property
    def rows(self) -> bool:
        """Whether stored rows stay right without being judged again."""
        return all(change.rows for change in self.changes)

    @property
    def verdict(self) -> str:
        """Return same, compatible, or new major needed."""
        if not self.changes:
            return SAME
        return COMPATIBLE if self.readers else NEW_MAJOR

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return what must be done, in its order; empty where nothing changed."""
        return tuple(_steps(self)) if self.changes else ()


def difference(old: Dataset, new: Dataset) -> Difference:
    """Compare *old* with *new*.

    Raises:
        ValueError: they are contracts of two datasets.
    """
    codes = read_codes()
    judged = fingerprint(old, codes) != fingerprint(new, codes)
    return Difference(old=old, new=new, changes=compare(old, new), judged=judged)


def _steps(found: Difference) -> Iterator[Step]:
    old, new = found.old, found.new
    told = {change.what for change in found.changes}
    if found.judged:
        yield Step(
            what="revision",
            words=f"raise `revision` above {old.revision}, then stamp it: `suoi contract check`",
            done=new.revision > old.revision,
        )
    if not found.readers:
        yield Step(
            what="major",
            words=f'raise `version` to "{old.major + 1}.0.0": new topics, beside the old',
            done=new.major > old.major,
        )
    if scripts(old, new, 0):
        yield Step(what="migration", words="run the statements of `suoi contract diff --as-sql`")
    yield from _capture(old, new)
    if not found.rows:
        yield Step(
            what="refill",
            words=f"judge what is stored again: `suoi rejudge {new.id} --from 0`",
        )
    if not found.readers:
        yield Step(what="fill", words=f"write what stands into them: `suoi topic fill {new.id}`")
    if any(change.what in _NARROWED and not change.meaning for change in found.changes):
        yield Step(what="close", words="delete the old open topic and cache before the new ones")
    if told & _GUARDED:
        yield Step(what="access", words="let the owner of the dataset review who may read it")


def _capture(old: Dataset, new: Dataset) -> Iterator[Step]:
    """Yield what the source's side asks for, where other columns leave the department."""
    left = [name for name in old.source_columns if name not in new.source_columns]
    undeclared = [name for name in left if name not in new.untaken]
    if undeclared and (old.source, old.table) == (new.source, new.table):
        yield Step(
            what="untaken",
            words=f"name {', '.join(undeclared)} in `untaken`, unless the source drops it too",
        )
    if any(getattr(old, name) != getattr(new, name) for name in _CAPTURED):
        yield Step(what="capture", words="`suoi connector apply`, and load the table again")
