"""Who may write what in Kafka: what is not listed here is denied."""

from schemas.access import grants
from schemas.catalogue import read_catalogue

KINDS = ("raw", "clean", "reject", "open", "books", "replay", "control")


def test_each_kind_of_topic_is_written_by_those_who_must() -> None:
    found: dict[str, set[str]] = {}
    for grant in grants(read_catalogue().values()):
        kind = grant.name.partition(".")[0]
        if grant.resource == "topic" and grant.operation in {"WRITE", "ALL"} and kind in KINDS:
            found.setdefault(kind, set()).add(grant.principal)
    assert found["clean"] == {"streams", "province"}
    assert found["open"] == {"streams", "portal"}
    assert found["reject"] == {"streams"}
    assert found["raw"] == {"connect"}
    assert found["books"] == {"streams"}
