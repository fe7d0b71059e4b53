"""What a contract says of a dataset, in the few words that pages need; read once, at start."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas import ddl, topics
from schemas.catalogue import Catalogue
from schemas.contract import Dataset


@dataclass(frozen=True, kw_only=True, slots=True)
class DatasetFacts:
    """One dataset as its contract has it."""

    id: str
    title: str
    unit: str
    source: str
    table: str
    title_en: str = ""
    source_kind: str = "cdc_postgres"
    version: str = "1.0.0"
    revision: int = 1
    frequency: str = "daily"
    """A code of codes/update_frequency.csv."""
    deadline: str = "17:00"
    completeness_min: str = "0.95"
    fields: int = 0
    mandatory: int = 0
    personal: int = 0
    sensitivity: str = "1"
    sharing_mode: str = "centralised"
    open_mode: str = "none"
    purpose: str = ""
    legal_basis: str = ""
    raw_topic: str = ""
    clean_topic: str = ""
    target: str = ""
    open_topic: str | None = None

    @property
    def served(self) -> bool:
        """Whether the portal shows its rows."""
        return self.open_topic is not None


def facts_of(dataset: Dataset) -> DatasetFacts:
    """Take from *dataset* what pages show."""
    return DatasetFacts(
        id=dataset.id,
        title=dataset.title,
        title_en=dataset.title_en,
        unit=dataset.owner_unit,
        source=dataset.source,
        source_kind=dataset.source_kind,
        table=topics.qualified(dataset),
        version=dataset.version,
        revision=dataset.revision,
        frequency=dataset.update_frequency,
        deadline=dataset.deadline,
        completeness_min=dataset.completeness_min,
        fields=len(dataset.fields),
        mandatory=sum(item.requirement == "M" for item in dataset.fields),
        personal=sum(item.pii != "N" for item in dataset.fields),
        sensitivity=dataset.sensitivity,
        sharing_mode=dataset.sharing_mode,
        open_mode=dataset.open_mode,
        purpose=dataset.purpose,
        legal_basis=dataset.legal_basis,
        raw_topic=topics.raw(dataset),
        clean_topic=topics.clean(dataset),
        target=f"{ddl.SCHEMA}.{dataset.id}",
        open_topic=topics.open_(dataset) if dataset.open_columns else None,
    )


def read_facts(catalogue: Catalogue) -> Mapping[str, DatasetFacts]:
    """Take the facts of every dataset of *catalogue*, by id."""
    return {name: facts_of(dataset) for name, dataset in catalogue.items()}
