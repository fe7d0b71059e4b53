"""What follows from every contract there is: documents that parse, agree and tell nothing wrong."""

import re
from html.parser import HTMLParser
from typing import Any

import fastavro
import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from support.judging import CLEAN, judge_row

from schemas import asyncapi, dictionary, topics
from schemas.asyncapi import document
from schemas.catalogue import read_catalogue
from schemas.central import read_central
from schemas.codes import read_codes
from schemas.contract import Dataset
from schemas.evolution.answer import SAME, difference
from schemas.evolution.migration import scripts
from schemas.gate.compare import rows
from schemas.jsonschema import record_schema
from schemas.reasons import REASONS
from streams.sample import canonical

CATALOGUE = read_catalogue()
CODES = read_codes()
EVERY_DATASET = pytest.mark.parametrize("dataset", CATALOGUE.values(), ids=list(CATALOGUE))
JUDGED = sorted(CLEAN.keys() & CATALOGUE.keys())
ODD = (None, "", " ", "0", 0, 1, -1, 20.5, True, "x" * 400, "Nam", "03", "2026", "05/03/2026",
       "2026-03-05", "03646", 3646, "099098000124", "1.234,5", "không rõ", 10**15)  # fmt: skip


@EVERY_DATASET
def test_the_json_schema_is_one_and_holds_every_canonical_column(dataset: Dataset) -> None:
    schema = record_schema(dataset, CODES)
    jsonschema.Draft202012Validator.check_schema(schema)
    names = [column.name for column in dataset.columns]
    assert list(schema["properties"]) == schema["required"] == names
    assert all(part["title"] and part["x-pii"] for part in schema["properties"].values())
    public = {name for name, part in schema["properties"].items() if part["x-open"] == "row"}
    assert dataset.open_mode != "row" or public == {one.name for one in dataset.open_columns}


@pytest.mark.parametrize("name", JUDGED)
def test_a_clean_record_fits_its_json_schema(name: str) -> None:
    judgement = judge_row(name)
    assert judgement.accepted, judgement.problems
    record = canonical(CATALOGUE[name].columns, judgement)
    jsonschema.Draft202012Validator(record_schema(CATALOGUE[name], CODES)).validate(record)
    unwhole = dict(list(record.items())[1:])
    with pytest.raises(jsonschema.ValidationError):  # Invariant 7
        jsonschema.validate(unwhole, record_schema(CATALOGUE[name], CODES))


VALIDATORS = {
    name: jsonschema.Draft202012Validator(record_schema(CATALOGUE[name], CODES)) for name in JUDGED
}


@settings(max_examples=400, deadline=None)
@given(name=st.sampled_from(JUDGED), data=st.data())
def test_whatever_the_judge_accepts_fits_the_json_schema(name: str, data: st.DataObject) -> None:
    columns = data.draw(st.lists(st.sampled_from(sorted(CLEAN[name])), max_size=3, unique=True))
    odd = {column: data.draw(st.sampled_from(ODD)) for column in columns}
    judgement = judge_row(name, **odd)
    if judgement.accepted:
        VALIDATORS[name].validate(canonical(CATALOGUE[name].columns, judgement))


@EVERY_DATASET
def test_the_asyncapi_names_the_topics_their_avro_and_the_login(dataset: Dataset) -> None:
    said = yaml.safe_load(document(dataset, CODES))
    assert said["asyncapi"] == "3.0.0"
    wanted = {topics.clean(dataset)} | ({topics.open_(dataset)} if dataset.open_columns else set())
    assert {part["address"] for part in said["channels"].values()} == wanted
    for reference in references(said):
        assert found(said, reference), reference
    payloads = [one["payload"] for one in said["components"]["messages"].values()]
    for payload in payloads:
        if "schema" in payload:
            fastavro.parse_schema(payload["schema"])
    assert said["components"]["securitySchemes"]["scram"]["type"] == "scramSha512"


def references(part: Any) -> list[str]:  # noqa: ANN401
    if isinstance(part, dict):
        own = [part["$ref"]] if "$ref" in part else []
        return own + [each for value in part.values() for each in references(value)]
    return [each for value in part for each in references(value)] if isinstance(part, list) else []


def found(document: Any, reference: str) -> Any:  # noqa: ANN401
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document


def test_the_topics_of_asyncapi_say_nothing_of_keys_and_personal_headers() -> None:  # Invariant 6
    for dataset in CATALOGUE.values():
        for message in yaml.safe_load(asyncapi.document(dataset, CODES))["components"][
            "messages"
        ].values():
            assert not {name for name in message["headers"]["properties"] if "key" in name}


class Page(HTMLParser):
    """The words, tags and anchors of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.anchors: set[str] = set()
        self.links: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember what opens."""
        self.tags.add(tag)
        known = dict(attrs)
        self.anchors |= {str(known["id"])} if "id" in known else set()
        self.links |= {str(known["href"])} if "href" in known else set()
        if tag not in {"meta", "link", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Want the innermost to close first."""
        assert self.open.pop() == tag


@EVERY_DATASET
def test_the_page_is_static_whole_and_leads_to_every_field(dataset: Dataset) -> None:
    text = dictionary.as_html(dataset, CODES)
    page = Page(text)
    assert page.open == []
    assert not page.tags & {"script", "iframe", "img", "link", "object"}
    assert {f"#{anchor}" for anchor in page.anchors} == page.links
    assert page.anchors == {f"f-{item.name}" for item in dataset.fields}
    assert "http" not in text
    assert "on=" not in re.sub(r"\s", "", "".join(re.findall(r"<[^>]+>", text)))


@EVERY_DATASET
def test_the_markdown_tells_every_field_and_its_mistakes_in_sentences(dataset: Dataset) -> None:
    text = dictionary.as_markdown(dataset, CODES)
    for number, item in enumerate(dataset.fields, 1):
        assert f"## {number}. {item.title}" in text
        assert f"`{item.name}`" in text
    told = set(re.findall(r"`((?:id|code|date|number|rule|field)\.\w+)`$", text, re.MULTILINE))
    assert told
    assert told <= REASONS.keys()
    assert not re.search(r"\{\w+\}|None|\n{4}", text)


@EVERY_DATASET
def test_a_contract_is_the_same_as_itself_and_needs_nothing(dataset: Dataset) -> None:
    same = difference(dataset, dataset)
    assert (same.verdict, same.changes, same.steps) == (SAME, (), ())
    assert scripts(dataset, dataset, 2) == ()


@EVERY_DATASET
def test_the_contract_is_what_the_centre_asks_for(dataset: Dataset) -> None:
    seen = dict.fromkeys((*dataset.source_columns, *dataset.untaken), "")
    differing = [row for row in rows(dataset, read_central().get(dataset.id), seen) if not row.fits]
    assert differing == []
    assert (dataset.id in read_central()) != dataset.internal
