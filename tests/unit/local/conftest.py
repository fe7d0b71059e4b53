"""A fresh home of a stack for each test."""

from pathlib import Path

import pytest

from infra.local.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with its directories, secrets and ports, and nothing running."""
    made = Home(tmp_path / "home")
    made.make()
    return made
