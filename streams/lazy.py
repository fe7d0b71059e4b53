"""A judge that is made when its first record comes; what can be known to fail is known at once.

Of 329 datasets most are silent on most days: generating the code of all of them at start would cost
seconds and, compiled, some hundred KiB each. What a contract names and the product does not have is
looked up at start all the same, so that its dataset is held before anything of it is read.
"""

from collections.abc import Callable, Iterator

from schemas.codes import CodeLists
from schemas.contract import Dataset, Field
from schemas.records import Row
from schemas.sequence import in_order
from streams.compiler import compile_dataset
from streams.conditions import CONDITIONS
from streams.judge import Unjudged, fault
from streams.judgement import Judgement
from streams.refine import MAKERS
from streams.refine.places import KINDS as PLACES
from streams.rules import RULES


class LazyValidator:
    """The judge of one dataset, compiled at its first record; like `compiler.Validator` then on."""

    __slots__ = ("judge",)
    judge: Callable[[Row, int], Judgement]

    def __init__(self, dataset: Dataset, codes: CodeLists) -> None:
        """Check what *dataset* names, and compile nothing yet.

        Raises:
            LookupError: the contract names what the product does not have.
        """
        check_names(dataset, codes)

        def first(row: Row, source_ts: int) -> Judgement:
            self.judge = _compiled(dataset, codes)
            return self.judge(row, source_ts)

        self.judge = first


def check_names(dataset: Dataset, codes: CodeLists) -> None:
    """Look up every name that compiling *dataset* would look up; generates nothing.

    Raises:
        LookupError: a kind, code list, condition, rule or field that is not there.
    """
    in_order(dataset)
    fields = {item.name for item in dataset.fields}
    for item in dataset.fields:
        for said in _unknown(item, fields, codes):
            message = f"field {item.name}: {said}"
            raise LookupError(message)
    for rule in RULES:
        if rule.dataset == dataset.id and rule.reason in dataset.record_rules:
            _check_inputs(f"rule {rule.reason}", {*rule.inputs, rule.field}, fields)


def _compiled(dataset: Dataset, codes: CodeLists) -> Callable[[Row, int], Judgement]:
    try:
        return compile_dataset(dataset, codes).judge
    except Exception as error:  # whatever is wrong with one, the others go on
        raise Unjudged(str(fault(error))) from error


def _unknown(item: Field, fields: set[str], codes: CodeLists) -> Iterator[str]:
    if item.kind not in MAKERS and item.kind not in PLACES:
        yield f"kind {item.kind!r} cannot be judged yet"
    for name in _lists(item):
        if not codes.has(name):
            yield f"there is no code list {name!r}"
    if item.condition is not None and item.condition not in CONDITIONS:
        yield f"there is no condition {item.condition!r}"
    elif item.condition is not None:
        _check_inputs(f"condition {item.condition}", CONDITIONS[item.condition].inputs, fields)
    options = item.options
    for other in (options.birth, options.gender, options.paper_kind, options.unit_field):
        if other is not None and other not in {*fields, "1", "2"}:
            yield f"it reads {other!r}, which is no field"
    if options.event_date not in {None, "event_day", *fields}:
        yield f"its event date {options.event_date!r} is no field"


def _lists(item: Field) -> Iterator[str]:
    """Name the files a code of *item* is looked up in."""
    if item.code_list is not None:
        yield f"codes/{item.code_list}"
    if item.kind == "code" and item.options.code_system not in {None, "canonical", "alpha2"}:
        yield f"crosswalks/{item.code_list}"


def _check_inputs(reader: str, names: set[str] | tuple[str, ...], fields: set[str]) -> None:
    for name in names:
        if name not in fields and name != "event_day":
            message = f"{reader} reads {name!r}, which is no field"
            raise LookupError(message)
