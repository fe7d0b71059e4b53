"""The pages, one line each: a view, its template (NAME.html) and the type of its answer.

The same name in `roles.py` says who may open it.
"""

from suoi.console.page import Page
from suoi.console.views import (
    audit,
    board,
    connectors,
    dataset,
    duties,
    history,
    home,
    obligations,
    quarantine,
    users,
)

PAGES: tuple[Page, ...] = (
    Page(name="home", path="/", view=home.view, answer=home.Home, title="nav.home"),
    Page(
        name="board",
        path="/board",
        view=board.view,
        answer=board.Board,
        title="nav.board",
        asks=("unit", "state"),
    ),
    Page(
        name="dataset",
        path="/datasets/{dataset}",
        view=dataset.view,
        answer=dataset.DatasetAnswer,
    ),
    Page(
        name="history",
        path="/datasets/{dataset}/history",
        view=history.view,
        answer=history.Series,
        human=False,
        live=False,
    ),
    Page(
        name="connectors",
        path="/connectors",
        view=connectors.view,
        answer=connectors.Connectors,
        title="nav.connectors",
    ),
    Page(
        name="connector",
        path="/connectors/{source}",
        view=connectors.view_one,
        answer=connectors.One,
    ),
    Page(
        name="quarantine",
        path="/quarantine",
        view=quarantine.view,
        answer=quarantine.Quarantine,
        title="nav.quarantine",
        asks=("status", "unit", "dataset", "code", "after"),
        find=quarantine.find,
        live=False,
    ),
    Page(
        name="item",
        path="/quarantine/{item}",
        view=quarantine.view_item,
        answer=quarantine.ItemAnswer,
        find=quarantine.find_item,
        live=False,
    ),
    Page(
        name="obligations",
        path="/obligations",
        view=obligations.view,
        answer=obligations.Obligations,
        title="nav.obligations",
        asks=("month", "unit"),
        find=obligations.find,
        live=False,
    ),
    Page(
        name="duties",
        path="/obligations/{day}",
        view=duties.view,
        answer=duties.Duties,
        asks=("unit", "end"),
        find=duties.find,
        live=False,
    ),
    Page(
        name="audit",
        path="/audit",
        view=audit.view,
        answer=audit.Log,
        title="nav.audit",
        asks=("user", "action", "before"),
        find=audit.find,
        live=False,
    ),
    Page(
        name="users",
        path="/users",
        view=users.view,
        answer=users.People,
        title="nav.users",
        find=users.find,
        live=False,
    ),
    Page(
        name="account",
        path="/account",
        view=users.view_account,
        answer=users.Account,
        live=False,
    ),
)

BY_NAME = {page.name: page for page in PAGES}
