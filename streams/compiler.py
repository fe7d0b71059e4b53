"""A contract compiled to one function: a row image in, its Judgement out.

The generated source is straight-line Python, a line for each field, then presence, rules and the
verdict (DOMAIN.md 1, stages 2 to 6). `suoi contract show DATASET --as code` prints it. What it
names (refiners, code tables, rules) is made once from contract and code lists and bound in its
globals.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from schemas.codes import CodeLists
from schemas.contract import Dataset, Field, Options
from schemas.records import Row
from schemas.sequence import in_order
from streams import words
from streams.beside import beside, event_day, with_birth
from streams.conditions import CONDITIONS
from streams.days import day_of_instant, earliest
from streams.fast import taker
from streams.fast.composed import composed
from streams.fast.places import place_taker
from streams.fast.sent import Sent
from streams.fast.task import Task
from streams.judgement import Columns, Judgement, report
from streams.lookups import UNDETERMINED
from streams.notes import BAD, Fault, Notes
from streams.plan import Plan, plan_field
from streams.refine import refiner
from streams.refine.numbers import canonical_units, fitting_amount, unit_converter
from streams.refine.places import KINDS as PLACES
from streams.refine.places import place_refiner
from streams.refine.texts import composer
from streams.rules import Rule, rules_of

_OF_FEW_DAYS = frozenset(("rule.ocop_term",))
"""Rules that are dear to judge and read days alone: many records share them, so they are
remembered."""


class Validator:
    """The compiled judge of one dataset.

    `judge(row, source_ts)` takes a row image and its commit time (µs since the epoch) and never
    raises, whatever JSON the row holds; *source* is the generated code.
    """

    __slots__ = ("dataset", "judge", "source")

    def __init__(
        self, dataset: Dataset, source: str, judge: Callable[[Row, int], Judgement]
    ) -> None:
        self.dataset = dataset
        self.source = source
        self.judge = judge


def compile_dataset(dataset: Dataset, codes: CodeLists) -> Validator:
    """Return the Validator of *dataset*.

    Raises:
        LookupError: the contract names a kind, code list, condition or encoding that the product
        does not have.
    """
    writer = _Writer(dataset, codes)
    source = writer.write()
    names = dict(writer.names)
    exec(compile(source, f"<validator of {dataset.id}>", "exec"), names)  # noqa: S102  our own text, from our contract
    return Validator(dataset, source, names["judge"])


class _Writer:
    """Writes the function of one dataset and gathers what it names."""

    def __init__(self, dataset: Dataset, codes: CodeLists) -> None:
        self.dataset = dataset
        self.codes = codes
        self.plans = {
            item.name: plan_field(item, order, codes) for order, item in enumerate(dataset.fields)
        }
        read = (name for item in dataset.fields for name in _columns_of(item))
        self.sent = Sent((*read, *dataset.source_columns))
        columns = Columns((*dataset.source_columns, *dataset.untaken))
        self.names: dict[str, Any] = {
            **{made.__name__: made for made in (Judgement, Notes, report)},
            **{made.__name__: made for made in (day_of_instant, earliest)},
            **self.sent.names,
            "BAD": BAD,
            "note_unknown": columns.note,
            "familiar": columns.familiar,
        }

    def write(self) -> str:
        """Return the whole module."""
        fields = [line for item in in_order(self.dataset) for line in self._field(item)]
        body = [
            "notes = Notes(source_ts)",
            "today, faults = notes.today, notes.faults",
            *self.sent.lines,
            *fields,
            *(line for item in self.dataset.fields for line in self._units(item)),
            *(line for item in self.dataset.fields for line in self._presence(item)),
            *(line for rule in self._rules() for line in self._rule(*rule)),
            *self._verdict(),
        ]
        dataset = self.dataset
        head = [
            f'"""Judge {dataset.id} {dataset.version}, revision {dataset.revision}."""',
            "",
            "",
        ]
        return "\n".join(
            [*head, "def judge(row, source_ts):", *(f"    {line}".rstrip() for line in body), ""]
        )

    def _field(self, item: Field) -> list[str]:
        plan = self.plans[item.name]
        title = ["", f"# {item.name}: {item.title}"]
        if item.kind in PLACES:
            return [*title, self._place(plan)]
        told = beside(self.plans, item)
        refine = with_birth(refiner(plan, self.codes), told)
        take = self._bind(plan, "take", taker(Task(plan, self.codes, refine, told)))
        composing, raw = self._raw(plan)
        return [
            *title,
            *composing,
            f"v_{item.name} = {take}({', '.join((raw, 'notes', *told.given))})",
        ]

    def _raw(self, plan: Plan) -> tuple[list[str], str]:
        """Return the lines that compose what was sent of a field, and the local that holds it."""
        if len(plan.item.columns) == 1 and plan.item.options.compose is None:
            return [], self.sent[plan.item.columns[0]]
        parts = [self.sent[name] for name in plan.item.columns]
        return composed(plan, parts, self._bind(plan, "compose", composer(plan))), "raw"

    def _bind(self, plan: Plan, word: str, value: object) -> str:
        name = f"{word}_{plan.item.name}"
        self.names[name] = value
        return name

    def _place(self, plan: Plan) -> str:
        value, options = f"v_{plan.item.name}", plan.item.options
        named = (_system_column(options), options.name_column)
        _, raw = self._raw(plan)
        given = [raw, *(self.sent[name] if name else "None" for name in named)]
        given.append(event_day(self.plans, plan.item))
        place = self._bind(plan, "take", place_taker(plan, place_refiner(plan, self.codes)))
        return f"{value}, {value}_goc, {value}_he = {place}({', '.join(given)}, notes)"

    def _units(self, item: Field) -> list[str]:
        if item.options.unit_field is None:
            return self._lone_unit(item)
        plan, unit = self.plans[item.name], self.plans[item.options.unit_field]
        convert = self._bind(plan, "convert", unit_converter(plan, unit, self.codes))
        amount, code = f"v_{item.name}", f"v_{unit.item.name}"
        self.names["CANONICAL_UNITS"] = canonical_units(self.codes)
        fits = fitting_amount(plan)
        rounds = f" and {self._bind(plan, 'fits', fits)}({amount})" if fits else ""
        return [
            *("", f"# {item.name} in the canonical unit of {unit.item.name}"),
            f"if type({amount}) is str and {code} in CANONICAL_UNITS{rounds}:",
            f"    {amount}_goc, {code}_goc = {amount}, {code}",
            "else:",
            f"    {amount}, {amount}_goc, {code}, {code}_goc = {convert}({amount}, {code}, notes)",
        ]

    def _lone_unit(self, item: Field) -> list[str]:
        """Return the line for a unit that belongs to no amount: it is kept as sent."""
        owned = any(other.options.unit_field == item.name for other in self.dataset.fields)
        value = f"v_{item.name}"
        alone = item.code_list == "unit" and not owned
        return ["", f"{value}_goc = None if {value} is BAD else {value}"] if alone else []

    def _presence(self, item: Field) -> list[str]:
        if item.requirement != "C" or item.condition is None:
            return []
        condition, plan = CONDITIONS[item.condition], self.plans[item.name]
        group = item.options.group
        code = "rule.all_or_nothing" if group else "field.missing_conditional"
        expected = words.GROUPS.get(group, group) if group else item.condition_words
        fault = self._bind(plan, "missing", plan.pen.fault(code, expected))
        self.names[f"holds_{item.condition}"] = condition.holds
        values = [f"v_{name}" for name in condition.inputs]
        judged = [f"{value} is not BAD" for value in values]
        holds = f"holds_{item.condition}({', '.join(values)})"
        return [
            *("", f"# {item.name} is needed: {item.condition}"),
            f"if {' and '.join((self._empty(item), *judged, holds))}:",
            f"    faults.append({fault})",
        ]

    def _empty(self, item: Field) -> str:
        value = f"v_{item.name}"
        if item.kind in PLACES:
            return f"{value}_goc is None and {value} is not BAD"
        return (
            f"({value} is None or {value} == {UNDETERMINED!r})"
            if item.kind == "ethnic"
            else f"{value} is None"
        )

    def _rules(self) -> list[tuple[int, Rule]]:
        return list(enumerate(rules_of(self.dataset, self.codes)))

    def _rule(self, number: int, rule: Rule) -> list[str]:
        values = ["today" if name == "event_day" else f"v_{name}" for name in rule.inputs]
        read = [value for value in values if value != "today"]
        silent = ["BAD"] if rule.reads_null else ["BAD", "None"]
        free = [f"{value} is not {mark}" for value in read for mark in silent]
        days_again = lru_cache(maxsize=4096) if rule.reason in _OF_FEW_DAYS else _as_it_is
        self.names[f"broken_{number}"] = days_again(rule.broken)
        pen = self.plans[rule.field].pen
        self.names[f"fault_{number}"] = pen.fault(rule.reason, rule.words)
        return [
            *("", f"# {rule.reason} on {rule.field}: {rule.words}"),
            f"if {' and '.join(free)} and broken_{number}({', '.join(values)}):",
            f"    faults.append(fault_{number})",
        ]

    def _verdict(self) -> list[str]:
        values = f"({', '.join(f'v_{column.name}' for column in self.dataset.columns)},)"
        return [
            *("", "if strange and tuple(row) not in familiar:", "    note_unknown(row, notes)"),
            f"values = {values}",
            *("if faults:", "    return report(notes, values)"),
            "return Judgement(values, (), tuple(notes.flags), notes.originals)",
        ]


def _as_it_is(broken: Callable[..., bool]) -> Callable[..., bool]:
    return broken


def _columns_of(item: Field) -> Iterator[str]:
    yield from item.columns
    yield from filter(None, (_system_column(item.options), item.options.name_column))


def _system_column(options: Options) -> str | None:
    """Return the column that says which list a code is of."""
    named = (options.code_system or "").partition("column:")
    return named[2] or None


__all__ = ("Fault", "Judgement", "Validator", "compile_dataset")
