"""`suoi reconcile DATASET`: source and province, province and portal, compared row by row."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any

import orjson
import typer

from connectors.sources import read_sources
from consumers.ledger.reconcile import report as reports
from consumers.ledger.reconcile.cache import NOT_WHOLE, OpenDifference, Portal, count
from consumers.ledger.reconcile.report import Report, instant
from consumers.ledger.reconcile.verdicts import Inquiry, Kind, Settle
from infra.errors import Usage
from infra.local.access import SUPERUSER, postgres_conninfo
from infra.local.home import Home
from infra.postgres import connect
from infra.waiting import wait_for
from schemas.catalogue import Catalogue
from schemas.contract import Dataset
from streams.conditions import CONDITIONS
from streams.output import keyed_hash
from streams.projection import Projector
from suoi.departments import capture_login
from suoi.figures import Books, open_books
from suoi.generation import generation_of
from suoi.law import chosen_dataset, read_captured
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption
from suoi.rejudging import rejudging
from suoi.sweeping import Sides, Ways, open_sides, sweep_all

_PORTAL_S = 3.0
"""How long the portal's cache may be behind the province before that is a difference."""
_PAUSE_S = 0.5
_MEANS = {
    Kind.DIFFERS: "differ",
    Kind.OLDER_RULESET: "judged by older rules",
    Kind.QUARANTINED: "explained by an open reject",
    Kind.MOVING: "still moving",
}

ProcessesOption = Annotated[
    int, typer.Option(min=1, max=16, help="How many processes read the source at once.")
]
PatienceOption = Annotated[
    float, typer.Option(min=0, help="Seconds to wait until the chain is proved complete.")
]


def reconcile(
    dataset: Annotated[str, typer.Argument(help="id of a dataset, for instance tp_khai_sinh")],
    json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
    processes: ProcessesOption = 2,
    patience: PatienceOption = 60.0,
) -> None:
    """Compare the source's rows, standardised, with the province's, and those with the portal's.

    The source is read once, page by page, read-only, as the role that captures it. Exit 0: equal,
    and verified_through says until when; 1: a row differs, or equality could not be judged.
    """
    chosen = _chosen(dataset)
    with open_books(home) as books, open_sides(ways := _ways(books, chosen)) as sides:
        inquiry = _inquiry(books, sides, settling(books, chosen, patience))
        found = reports.reconcile(
            inquiry, lambda: sweep_all(ways, sides.images.marks(processes)), chosen.id
        )
        opened = _portal(books, sides).compare(_PORTAL_S) if _opens(chosen, found) else ()
    _record(Home(home), found)
    answer = reports.document(found) | {"portal": _shown(chosen, found, opened)}
    typer.echo(orjson.dumps(answer).decode() if json else "\n".join(_told(answer)))
    if not found.equal or opened is None or any(one.kind is Kind.DIFFERS for one in opened):
        raise typer.Exit(1)


def _chosen(name: str) -> Dataset:
    chosen = chosen_dataset(read_captured(), name)
    if not chosen.captured:
        message = f"{name} comes by {chosen.source_kind}: there is no source table to compare with."
        raise Usage(message)
    return chosen


def _ways(books: Books, dataset: Dataset) -> Ways:
    numbered = generation_of(books.reader, dataset.source)  # rows of an older one are not moving
    source = replace(read_sources()[dataset.source], generation=numbered)
    return Ways(
        dataset=dataset.id,
        source=source,
        login=capture_login(books.home, source),
        province=postgres_conninfo(books.home, "province_reader"),
    )


def _inquiry(books: Books, sides: Sides, settle: Settle) -> Inquiry:
    return Inquiry(
        source=sides.images,
        province=sides.province,
        standardise=sides.standardise,
        settle=settle,
        rejudge=rejudging(books.reader, sides.standardise),
        generation=sides.images.generation,
        ruleset=sides.dataset.revision,
    )


def settling(books: Books, dataset: Dataset, patience_s: float) -> Settle:
    """Return what waits for the watermark: a heartbeat of after the moment went the whole way.

    That of this dataset alone is asked for: another that is paused would make each answer late.
    """
    alone = replace(books, catalogue=Catalogue({dataset.id: dataset}))

    def settle(moment: int) -> bool:
        def settled() -> bool:
            through = alone.complete_through().get(dataset.id)
            return through is not None and through >= instant(moment)

        return wait_for(settled, patience_s, _PAUSE_S)

    return settle


def _opens(dataset: Dataset, found: Report) -> bool:
    return bool(dataset.open_columns) and found.proved


def _portal(books: Books, sides: Sides) -> Portal:
    dataset = sides.dataset
    condition = CONDITIONS[dataset.open_when] if dataset.open_when else None
    projector = Projector(dataset, condition)
    return Portal(
        redis=books.redis,
        province=sides.province,
        dataset=dataset,
        project=lambda values, flags: projector.accepted(values, flags).values,
        inputs=condition.inputs if condition else (),
        keyed=keyed_hash(books.home.secret_file("open_key").read_bytes().strip()),
    )


def _record(home: Home, found: Report) -> None:
    """Keep the answer, as the operator who migrates: the role that reads may not write."""
    connection = connect("suoi reconcile", postgres_conninfo(home, SUPERUSER))
    try:
        reports.record(connection, found)
    finally:
        connection.close()


def _shown(
    dataset: Dataset, found: Report, opened: tuple[OpenDifference, ...] | None
) -> dict[str, Any] | None:
    if not _opens(dataset, found):
        return None
    listed = [
        {"key": one.open_key, "class": one.kind.value, "what": one.what} for one in opened or ()
    ]
    reason = NOT_WHOLE if opened is None else None
    return {"reason": reason, **count(opened or ()), "differences": listed[: reports.MOST_SHOWN]}


def _told(answer: dict[str, Any]) -> Iterable[str]:
    yield f"{answer['dataset']}: {answer['rows']} rows of the source read; {_sums(answer)}."
    for one in answer["differences"]:
        if one["class"] == Kind.DIFFERS:
            yield f"  {one['what']}: key {one['key']} (hashed)"
    portal = answer["portal"]
    if portal is not None:
        yield f"portal: {portal['reason'] or _sums(portal)}."
    if answer["verified_through"]:
        yield f"Equal; verified through {answer['verified_through']}."
    else:
        yield f"Not verified: {answer['reason'] or 'some rows differ'}."


def _sums(answer: dict[str, Any]) -> str:
    return ", ".join(f"{answer[kind.value]} {words}" for kind, words in _MEANS.items())
