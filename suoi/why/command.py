"""`suoi why DATASET`: exit 0 and "complete through T", or 1 and the first broken link."""

from typing import Annotated, Any

import orjson
import typer

from infra.local.home import Home
from suoi.law import chosen_dataset, read_captured
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption
from suoi.why.chain import Answer, Link, Observation
from suoi.why.gather import gather
from suoi.why.links import find


def why(
    dataset: Annotated[str, typer.Argument(help="id of a dataset, for instance tp_khai_sinh")],
    json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Walk from source to cache and name the first broken link, with evidence and what to do."""
    chosen = chosen_dataset(read_captured(), dataset)
    seen = gather(Home(home), chosen)
    answer = find(seen)
    if json:
        typer.echo(orjson.dumps(document(seen, answer)).decode())
    else:
        for line in lines(seen, answer):
            typer.echo(line)
    raise typer.Exit(0 if answer.healthy else 1)


def document(seen: Observation, answer: Answer) -> dict[str, Any]:
    """Give the answer as JSON has it; links behind the broken one were not judged."""
    return {
        "dataset": seen.dataset.id,
        "healthy": answer.healthy,
        "complete_through": seen.through.isoformat() if seen.through else None,
        "link": answer.link,
        "code": answer.code,
        "what": answer.what,
        "evidence": dict(answer.evidence),
        "next": answer.next_step,
        "walk": [{"link": link, "state": state} for link, state in walk(seen, answer)],
    }


def walk(seen: Observation, answer: Answer) -> list[tuple[Link, str]]:
    """Say of each link whether it holds; a dataset that is not open has no cache."""
    links = [link for link in Link if link is not Link.CACHE or seen.dataset.open_columns]
    if answer.link is None:
        return [(link, "holds") for link in links]
    place = links.index(answer.link)
    states = ["holds"] * place + ["broken"] + ["not judged"] * (len(links) - place - 1)
    return list(zip(links, states, strict=True))


def lines(seen: Observation, answer: Answer) -> list[str]:
    """Give the same for a person to read."""
    chain = " → ".join(
        f"[{link}]" if state == "broken" else str(link) for link, state in walk(seen, answer)
    )
    found = [f"{seen.dataset.id}: {answer.what}", f"  {chain}"]
    if answer.healthy:
        return found
    found += [f"  {name}: {value}" for name, value in answer.evidence.items() if value is not None]
    return [*found, f"  → {answer.next_step}"]
