"""A source is one file, and a wrong file is one sentence."""

from pathlib import Path

import pytest

from connectors.sources import read_source, read_sources
from infra.errors import Usage

POSTGRES = """
engine = "postgres"
database = "so_x"
schemas = ["a", "b"]
role = "cdc_x"
publication = "suoi"
slot = "suoi_x"
generation = 3
"""


def test_our_own_sources_are_read_and_hold_no_secret_and_no_address() -> None:
    sources = read_sources()
    assert {"so_tu_phap", "so_nnmt"} <= set(sources)
    assert sources["so_nnmt"].schemas == ("so_nnmt",)


def test_a_source_is_named_by_its_file(tmp_path: Path) -> None:
    source = read_source(_written(tmp_path, POSTGRES))
    assert (source.id, source.schemas, source.generation) == ("so_x", ("a", "b"), 3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (POSTGRES.replace('slot = "suoi_x"', ""), 'key "slot" is missing'),
        (POSTGRES.replace("postgres", "oracle"), 'key "engine" must be "postgres" or "mariadb"'),
        (POSTGRES + 'password = "x"', 'key "password" is unknown'),
        (POSTGRES.replace("generation = 3", "generation = 0"), 'key "generation" must be'),
        (POSTGRES.replace('"suoi_x"', '"Suoi; DROP"'), 'key "slot" must be'),
        (POSTGRES.replace('["a", "b"]', "[]"), 'key "schemas" must be'),
        (POSTGRES.replace('["a", "b"]', '"a"'), 'key "schemas" must be'),
        ("engine = ", "is not TOML"),
        (
            'engine = "mariadb"\ndatabase = "x"\nrole = "y"\ngeneration = 1',
            '"server_id" is missing',
        ),
    ],
)
def test_a_wrong_file_is_refused_with_file_key_and_what_was_expected(
    tmp_path: Path, text: str, said: str
) -> None:
    path = _written(tmp_path, text)
    with pytest.raises(Usage) as refused:
        read_source(path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)


def _written(directory: Path, text: str) -> Path:
    path = directory / "so_x.toml"
    path.write_text(text, encoding="utf-8")
    return path
