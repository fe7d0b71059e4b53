"""The rows of any source read again as images, whatever its engine."""

from collections.abc import Mapping

from connectors.images import Dialect, Images
from connectors.mariadb import images as mariadb
from connectors.postgres import images as postgres
from connectors.sources import MARIADB, POSTGRES, Source
from infra.source_database import SourceDatabase
from schemas.contract import Dataset

DIALECTS: Mapping[str, Dialect] = {POSTGRES: postgres.DIALECT, MARIADB: mariadb.DIALECT}


def open_images(database: SourceDatabase, source: Source, dataset: Dataset) -> Images:
    """Read *dataset*'s table of *source* through *database*, which is the CDC role's.

    Raises:
        Transient: the server went away.
        Fatal: the table is not there, or not for us.
    """
    return Images(database, DIALECTS[source.engine], source, dataset)
