"""What a person may ask of one connector beyond `suoi connector apply`: to load a table again."""

from connectors.apply import ask_for
from connectors.loads import State
from infra.errors import Usage
from infra.local.home import Home
from schemas import topics
from schemas.catalogue import Catalogue
from suoi.departments import open_desks

_PATIENCE_S = 5.0


def load_again(home: Home, catalogue: Catalogue, source: str, dataset: str) -> None:
    """Ask for an incremental snapshot of the table of *dataset*, which *source* gives.

    Rows that have changed meanwhile win over those of the load, by their order key (invariant 4).

    Raises:
        Usage: the table is being loaded already: a second signal would load it twice.
        Transient: Connect, Kafka or the source does not answer.
    """
    table = topics.qualified(catalogue[dataset])
    with open_desks(home, catalogue, (source,), _PATIENCE_S) as desks:
        desk = desks[0]
        if desk.loads()[table].state is State.LOADING:
            message = f"{table} is being loaded already; wait until that is finished."
            raise Usage(message)
        ask_for(desk, (table,))
