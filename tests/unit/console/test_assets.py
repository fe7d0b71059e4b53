"""Vendored assets are what the manifest says; nothing else is served, nothing runs inline."""

import hashlib
import re

import pytest

from suoi.console import assets
from suoi.console.assets import FOLDER, address, read_asset, vendored


@pytest.mark.parametrize("name", sorted(vendored()))
def test_a_vendored_file_is_the_one_of_its_manifest(name: str) -> None:
    one = vendored()[name]
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == one["sha256"]
    assert set(one) >= {"name", "version", "licence", "path"}
    assert "://" not in str({key: one[key] for key in ("name", "version", "path")})


def test_every_file_is_ours_or_in_the_manifest() -> None:
    there = {path.name for path in FOLDER.iterdir()}
    assert there - {"manifest.toml", "LICENSE-uplot.txt"} == {*assets._OWN, *vendored()}  # noqa: SLF001


@pytest.mark.parametrize("name", ["../web.py", "manifest.toml", "", "console.css/", "x.js"])
def test_nothing_else_is_served(name: str) -> None:
    assert read_asset(name) is None


def test_another_content_has_another_address() -> None:
    digest = hashlib.sha256((FOLDER / "console.css").read_bytes()).hexdigest()[:12]
    assert address("console.css") == f"/static/console.css?v={digest}"


def test_no_template_holds_script_style_or_an_address_elsewhere() -> None:
    for path in (FOLDER.parent / "templates").glob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", text), path
        assert not re.search(r"https?://", text), path
        assert "|safe" not in text.replace(" ", ""), path
