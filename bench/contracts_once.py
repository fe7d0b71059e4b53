"""One measurement of `bench.contracts`, in a process of its own: `WHAT DIRECTORY`, prints JSON."""

import json
import sys
import time
from pathlib import Path

from schemas import topics
from schemas.catalogue import Catalogue, read_catalogue


def main() -> None:
    """Do what is asked, then say what it took."""
    what, place = sys.argv[1:]
    catalogue = read_catalogue(Path(place))
    held = {"ready": ready, "compiled": compiled, "start": start}[what](catalogue)
    figures = {
        "cpu_s": round(time.process_time(), 3),
        "rss_kib": int(Path("/proc/self/statm").read_text().split()[1]) * 4,
        "contracts": len(catalogue.heads),
        "held": len(held),
    }
    print(json.dumps(figures))


def ready(catalogue: Catalogue) -> list[object]:
    """Check every contract and seat a judge for each, as a stream worker does at its start."""
    from schemas.codes import read_codes  # noqa: PLC0415  `start` must not pay for it
    from streams.conditions import CONDITIONS  # noqa: PLC0415
    from streams.lazy import LazyValidator  # noqa: PLC0415
    from streams.workshop import Secrets, open_workshop  # noqa: PLC0415

    codes = read_codes()
    assert not catalogue.problems
    names = [topics.clean(item) for item in catalogue.values()]
    names += [topics.open_(item) for item in catalogue.values() if item.open_columns]
    secrets = Secrets(dict.fromkeys(names, 1), b"invented")
    judges = []

    def seated(dataset: object) -> LazyValidator:
        judges.append(LazyValidator(dataset, codes))
        return judges[-1]

    workshop = open_workshop(catalogue, seated, CONDITIONS, secrets)
    assert len(judges) == len(catalogue)
    return [workshop, *judges]


def compiled(catalogue: Catalogue) -> list[object]:
    """Compile every judge as well: each judges an empty record."""
    held = ready(catalogue)
    for judge in held[1:]:
        judge.judge({}, 1)
    return held


def start(catalogue: Catalogue) -> list[object]:
    """Know ids and topics of all, read one contract."""
    raws = {f"{topics.raw_prefix(head.source)}.{head.table}" for head in catalogue.heads.values()}
    assert len(raws) == len(catalogue.heads)
    name = next(iter(catalogue.heads))
    return [catalogue[name], *raws]


if __name__ == "__main__":
    main()
