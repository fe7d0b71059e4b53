"""A finder in a process of its own, for tests that kill it: DSN BOOTSTRAP DATASET; until idle."""

import sys

from consumers.findings.finder import Finder
from consumers.findings.follower import KafkaKeys
from consumers.findings.judge import Judge
from consumers.findings.rules import rules_of
from infra.kafka_reader import ALONE, Reader
from infra.postgres import Database
from schemas.catalogue import read_catalogue


def open_keys(bootstrap: str) -> KafkaKeys:
    """Keys of a plain broker's topics."""
    return KafkaKeys(Reader(ALONE | {"bootstrap.servers": bootstrap, "group.id": "findings"}))


def main() -> None:
    """Begin, and turn until there is nothing left to do."""
    dsn, bootstrap, name = sys.argv[1:]
    catalogue = {name: read_catalogue()[name]}
    judge = Judge(rules_of(catalogue), catalogue)
    finder = Finder(Database("test", dsn), open_keys(bootstrap), judge)
    finder.begin(catalogue)
    while finder.turn():
        pass


if __name__ == "__main__":
    main()
