"""A console without a stack, everything well, for each test."""

from pathlib import Path

import pytest
from support.console import Console, a_sick_snapshot, make_services


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return Console(make_services(tmp_path))


@pytest.fixture
def sick(tmp_path: Path) -> Console:
    """One thing of every sort is wrong."""
    return Console(make_services(tmp_path, a_sick_snapshot()))
