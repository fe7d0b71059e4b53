"""Judging: the groups of the rows that were touched, then what each of those groups shows.

Everything is a function of the rows as they stand. What a row belonged to before is kept beside it,
so that a group is judged again when a row leaves it; hence the order of arrival does not matter.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from psycopg import sql

from consumers.findings.members import GROUPING, Member, Reading
from consumers.findings.rule import Rule
from infra.postgres import Connection
from infra.queries import read_queries
from schemas.contract import Dataset
from schemas.reasons import REASONS

PAGE_ROWS = 5_000
"""Rows of a table that is read again, in one transaction."""

Totals = Counter[str]


class Judge:
    """Judges rows by *rules*; its caller keeps the transaction."""

    def __init__(self, rules: Sequence[Rule], catalogue: Mapping[str, Dataset]) -> None:
        """Take the rules in force and the contracts of every dataset they look at."""
        self._rules = tuple(rules)
        self._catalogue = catalogue
        self._queries = read_queries("findings")
        self._readings: dict[str, list[Reading]] = {}
        self._gone: list[int] = []
        self.datasets = tuple({side.dataset: None for rule in rules for side in rule.sides})
        """Every dataset a rule looks at."""
        self._paired = {side.dataset for rule in rules for side in rule.sides if len(side.by) > 1}
        """Those where one row may be in two groups of one rule."""

    def begin(self, connection: Connection) -> None:
        """Write down the rules in force, and which tables must be read again because of them.

        Rows of a rule that is gone will leave their groups, so its findings will close.
        """
        connection.execute(self._queries["one_at_a_time"])
        described = {"rules": _json([self._described(rule) for rule in self._rules])}
        sides = {"sides": _json(_sides(self._rules))}
        for name, values in (
            ("add_rules", described),
            ("describe_rules", described),
            ("add_sides", sides),
        ):
            connection.execute(self._queries[name], values)
        self._gone = self._open_sides(connection)
        prints = [self._fingerprint(name) for name in self.datasets]
        wanted = {"datasets": list(self.datasets), "fingerprints": prints}
        connection.execute(self._queries["begin_datasets"], wanted)
        connection.execute(self._queries["forget_datasets"], wanted)

    def judge(self, connection: Connection, touched: Mapping[str, Sequence[str]]) -> Totals:
        """Judge the rows of *touched* (dataset -> keys) and every group they are or were in."""
        changed: list[str] = []
        paired: list[str] = []
        for dataset, keys in touched.items():
            groups = self._merge(connection, dataset, list(keys))
            changed += groups
            paired += groups if dataset in self._paired else []
        rows = sum(map(len, touched.values()))
        return Counter(rows=rows) + self._find(connection, changed, paired)

    def catch_up(self, connection: Connection) -> Totals:
        """Judge one page of what another set of rules left behind; empty = there is none."""
        return self._retire(connection) or self._refill(connection)

    def _refill(self, connection: Connection) -> Totals:
        """Judge one page of a table that must be read again."""
        asked = {"datasets": list(self.datasets)}
        left = connection.execute(self._queries["refills"], asked).fetchone()
        if left is None:
            return Counter()
        dataset, after = left
        page = self._queries["page"].format(table=sql.Identifier("clean", dataset))
        rows = connection.execute(page, {"after": after, "rows": PAGE_ROWS})
        keys = [str(key) for (key,) in rows]
        totals = self.judge(connection, {dataset: keys})
        last = keys[-1] if len(keys) == PAGE_ROWS else None
        connection.execute(self._queries["turn_page"], {"dataset": dataset, "after": last})
        return totals + Counter(pages=1)

    def _merge(self, connection: Connection, dataset: str, keys: list[str]) -> list[str]:
        """Write what the rows of *keys* belong to now; return the groups that this changes."""
        readings = self._readings[dataset]
        members = [one for reading in readings for one in reading.members(connection, keys)]
        columns = list(map(list, zip(*members, strict=True))) or [[] for _ in Member._fields]
        names = ("sides", "members", "groups", "event_dates", "measures")
        facts: dict[str, Any] = dict(zip(names, columns, strict=True))
        facts |= {"keys": keys, "judged": [reading.number for reading in readings]}
        return [str(group) for (group,) in connection.execute(self._queries["merge"], facts)]

    def _find(self, connection: Connection, groups: Sequence[str], paired: Sequence[str]) -> Totals:
        if not groups:
            return Counter()
        asked = {"groups": list(groups), "paired": list(paired)}
        answer = connection.execute(self._queries["judge"], asked).fetchone()
        return Counter(dict(zip(("groups", "opened", "closed"), answer or (), strict=True)))

    def _open_sides(self, connection: Connection) -> list[int]:
        """Make the reading of each side in force; return the sides that no rule has any more."""
        known = {tuple(row[:3]): int(row[3]) for row in connection.execute(self._queries["sides"])}
        self._readings = {}
        for rule in self._rules:
            for side in rule.sides:
                number = known.pop((rule.name, side.dataset, side.role))
                reading = Reading(rule, side, number, self._catalogue[side.dataset])
                self._readings.setdefault(side.dataset, []).append(reading)
        return list(known.values())

    def _retire(self, connection: Connection) -> Totals:
        """Take one page of rows out of the groups of rules that are gone."""
        if not self._gone:
            return Counter()
        asked = {"sides": self._gone, "rows": PAGE_ROWS}
        groups = [str(grp) for (grp,) in connection.execute(self._queries["retire"], asked)]
        if groups:
            return self._find(connection, groups, groups) + Counter(pages=1)
        connection.execute(self._queries["forget_sides"], {"sides": self._gone})
        self._gone = []  # if this is rolled back, a side without rows stays until the next start
        return Counter()

    def _described(self, rule: Rule) -> dict[str, str]:
        dataset = self._catalogue[rule.dataset]
        title = next(item.title for item in dataset.fields if item.name == rule.field)
        return {
            "name": rule.name,
            "dataset": rule.dataset,
            "reason": rule.reason,
            "field": rule.field,
            "owner_unit": dataset.owner_unit,
            "message": REASONS[rule.reason].sentence(field=title, expected=rule.words),
        }

    def _fingerprint(self, name: str) -> str:
        """Say in one hash how rows of the dataset *name* are grouped and ordered."""
        sides = [(rule.name, one) for rule in self._rules for one in rule.sides]
        mine = [(rule, side) for rule, side in sides if side.dataset == name]
        said = repr((GROUPING, mine, self._catalogue[name].event_date))
        return hashlib.sha256(said.encode()).hexdigest()


def _sides(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    return [
        {"rule": rule.name, "dataset": one.dataset, "role": one.role}
        for rule in rules
        for one in rule.sides
    ]


def _json(values: list[dict[str, Any]]) -> str:
    return orjson.dumps(values).decode()
