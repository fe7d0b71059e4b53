"""The order in which fields are judged, and their originals kept: each after those it reads."""

from schemas.contract import Dataset, Field


def in_order(dataset: Dataset) -> list[Field]:
    """Return the fields so that each comes after those its judgement reads."""
    fields = {item.name: item for item in dataset.fields}
    done: dict[str, Field] = {}

    def visit(item: Field, above: tuple[str, ...]) -> None:
        if item.name in above:
            message = f"{dataset.id}: {' → '.join((*above, item.name))} read one another"
            raise LookupError(message)
        for name in _reads(item):
            if name in fields and name not in done:
                visit(fields[name], (*above, item.name))
        done[item.name] = item

    for item in dataset.fields:
        if item.name not in done:
            visit(item, ())
    return list(done.values())


def _reads(item: Field) -> list[str]:
    options = item.options
    named = (options.birth, options.gender, options.paper_kind, options.event_date)
    return [name for name in named if name]
