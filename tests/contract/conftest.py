"""Fixtures of the contract tests."""

from pathlib import Path

import pytest

from tests.fakes.gemini import shipped_references
from tests.fakes.witness import Reference


@pytest.fixture(scope="session")
def references(footage: Path) -> list[Reference]:
    """Stills of the labelled act and of an ordinary clip of the same room."""
    return shipped_references(footage)
