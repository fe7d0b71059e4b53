"""Second verdicts: a record that was quarantined and is clean under newer rules moves, once.

The first verdict of a raw offset decides where it is counted; a later one only moves it, from
quarantined to applied or superseded, within the verdict it was first given, so that law 2's sums
stay what they were (invariant 2). `ledger.refused` holds one line a record counted as quarantined;
a line is moved in the transaction that writes the row, or, where the row came before the reject was
filed, in the one that files it. A second verdict that refuses moves nothing: the row stays, an item
opens.
"""

from typing import Any, Self

from consumers.ledger.counts import APPLIED, QUARANTINED, SUPERSEDED, Account, Counts
from infra.postgres import Connection
from infra.queries import read_queries
from schemas.records import Origin


class Tally(Counts):
    """Counts of one batch that know first verdicts from second ones."""

    def __init__(self, verdict: str) -> None:
        """As Counts; nothing was refused, nothing judged again."""
        super().__init__(verdict)
        self._first = verdict
        self._refused: list[Account] = []
        self._again: dict[Origin, tuple[Account, str]] = {}

    def copy(self) -> Self:
        """Give counts that begin with these."""
        other = super().copy()
        other._refused = self._refused.copy()  # noqa: SLF001  one of our own
        other._again = self._again.copy()  # noqa: SLF001  one of our own
        return other

    def add(self, account: Account, outcome: str) -> None:
        """Count one record, once; one judged again is kept beside the sum."""
        if account.again:
            self._keep(account, outcome)
            return
        super().add(account, outcome)
        if outcome == QUARANTINED:
            self._refused.append(account)

    def _keep(self, account: Account, outcome: str) -> None:
        """Keep how the row of a second verdict ended; of the same one met twice, applied wins."""
        if self._first == "clean" and outcome != QUARANTINED:
            ended = outcome if outcome == APPLIED else SUPERSEDED
            before = self._again.get(account.raw)
            if before is None or before[1] != APPLIED:
                self._again[account.raw] = (account, ended)

    def write(self, connection: Connection) -> None:
        """Add the counts and the moves to the ledger, in the caller's transaction."""
        queries = read_queries("moves")
        if self._refused:
            facts: dict[str, Any] = _columns(self._refused) | {"verdict": self._first}
            connection.execute(queries["shift"].format(lines=queries["refuse"]), facts)
        if self._refused and self._first == "reject":
            connection.execute(queries["forget_awaited"])
        if self._again:
            accounts = [account for account, _ in self._again.values()]
            facts = _columns(accounts) | {"outcomes": [one for _, one in self._again.values()]}
            connection.execute(queries["shift"].format(lines=queries["move"]), facts)
        super().write(connection)


def _columns(accounts: list[Account]) -> dict[str, list[Any]]:
    """Accounts as columns, each raw record once."""
    once = {account.raw: account for account in accounts}.values()
    return {
        "topics": [one.raw.topic for one in once],
        "numbers": [one.raw.partition for one in once],
        "offsets": [one.raw.offset for one in once],
        "datasets": [one.dataset for one in once],
        "scopes": [one.scope for one in once],
        "days": [one.day for one in once],
        "ops": [one.op for one in once],
    }
