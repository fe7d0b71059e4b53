"""What measurements of the chain stand on: the books, and glances at Kafka that cost little."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from infra.errors import Fatal
from infra.kafka_glance import Glance, GroupGlance, open_glance, open_group
from infra.local.access import environment
from infra.local.home import Home
from infra.postgres import classified
from infra.settings import KafkaAccess, read_settings
from suoi.figures import Books, open_books

GROUPS = ("streams", "province", "quarantine", "portal")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """Open books, and one look at all of Kafka that `look` renews."""

    books: Books
    glance: Glance
    groups: Mapping[str, GroupGlance]

    def look(self) -> None:
        """See Kafka anew: commits first, so that none is beyond the end that is seen.

        Raises:
            Transient: Kafka does not answer.
        """
        self.glance.look()
        for group in self.groups.values():
            group.look(self.glance.places())
        self.glance.look()


@contextmanager
def open_ground(home: Home) -> Iterator[Ground]:
    """Open what the chain of the stack at *home* is measured from.

    Raises:
        Fatal: there is no stack at *home*.
        Transient: Kafka or the provincial database does not answer.
    """
    with open_books(home.root) as books, speaking():
        access = reader_access(home)
        glance = open_glance(access)
        groups = {name: open_group(access, name) for name in GROUPS}
        try:
            yield Ground(books=books, glance=glance, groups=groups)
        finally:
            for opened in (glance, *groups.values()):
                opened.close()


@contextmanager
def speaking() -> Iterator[None]:
    """Turn what psycopg raises inside the block into Transient or Fatal."""
    try:
        yield
    except psycopg.Error as error:
        raise classified(error) from error


def reader_access(home: Home) -> KafkaAccess:
    """Say how to reach Kafka as whoever asks, and may change nothing.

    Raises:
        Fatal: the stack at *home* was not made whole.
    """
    kafka = read_settings(environment(home, "reader")).kafka
    if kafka is None:
        message = f"the stack in {home.root} was not made whole; start it again with `suoi up`."
        raise Fatal(message)
    return kafka
