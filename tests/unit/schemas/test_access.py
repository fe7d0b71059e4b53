"""Who may write what in Kafka: what is not granted is denied."""

import pytest

from schemas.access import grants
from schemas.catalogue import read_catalogue

WRITES = {"province": {"clean"}, "portal": {"open"}, "quarantine": set(), "reader": set()}


@pytest.mark.parametrize("principal", WRITES)
def test_a_sink_writes_to_the_topics_it_reads_and_to_no_other(principal: str) -> None:
    mine = [one for one in grants(read_catalogue().values()) if one.principal == principal]
    written = {one.name for one in mine if one.operation in {"WRITE", "ALL", "CREATE"}}
    assert {name.partition(".")[0] for name in written} == WRITES[principal]
    assert written <= {one.name for one in mine if one.operation == "READ"}
    assert not any(one.resource == "cluster" for one in mine)
