"""Who said that nothing happened: the unit's own table (tp_xac_nhan), or a signed paper."""

from collections.abc import Iterable
from datetime import UTC, datetime

from consumers.ledger.obligations.duties import Duty, Key, register_of
from consumers.ledger.obligations.evidence import Attested
from consumers.ledger.obligations.papers import Act, Paper, in_force
from infra.postgres import Connection
from infra.queries import read_queries

CONTRACT = "tp_xac_nhan"
"""The contract whose rows attest; its watermark must have passed the cut-off too."""


def attested(
    connection: Connection, duties: Iterable[Duty], papers: Iterable[Paper]
) -> dict[Key, Attested]:
    """Return who attested each of *duties*, all of one dataset and day; absent = nobody did.

    The earliest counts: what was attested in time stays so when it is said again.
    """
    duties = tuple(duties)
    rows = _rows(connection, duties[0])
    signed = in_force(papers, Act.ATTEST)
    found = {}
    for duty in duties:
        told = [Attested(at=paper.stored_at, way="paper") for paper in signed if _fits(paper, duty)]
        if duty.key.scope in rows:
            told.append(Attested(at=rows[duty.key.scope], way="register"))
        if told:
            found[duty.key] = min(told, key=lambda one: one.at or datetime.max.replace(tzinfo=UTC))
    return found


def _fits(paper: Paper, duty: Duty) -> bool:
    """An attestation speaks for one commune: that of the whole dataset attests no commune."""
    return paper.body.scope == duty.key.scope and paper.speaks_for(duty.key, duty.day)


def _rows(connection: Connection, duty: Duty) -> dict[str, datetime]:
    register = register_of(duty.key.dataset)
    if register is None:
        return {}
    asked = {"day": duty.day, "register": register}
    with connection.transaction():
        rows = connection.execute(read_queries("obligation_evidence")["attested"], asked).fetchall()
    return {commune: at.astimezone(UTC) for commune, at in rows}
