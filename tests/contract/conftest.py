"""Fixtures of the contract tests."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.excerpts import Excerpts
from tests.fakes.gemini import GeminiStandIn, shipped_references
from tests.fakes.witness import Reference


@pytest.fixture(scope="session")
def references(footage: Path) -> list[Reference]:
    """Stills of the labelled act and of an ordinary clip of the same room."""
    return shipped_references(footage)


@pytest.fixture(scope="session")
def act(footage: Path) -> tuple[bytes, bytes]:
    """The clip of the act, and its longer context."""
    video = Excerpts(footage / "incident" / "Shoplifting_1.mp4")
    return video.clip(0.0, 10.0), video.clip(-5.0, 15.0)


@pytest.fixture
def gemini(references: list[Reference]) -> Iterator[GeminiStandIn]:
    """The stand-in for Gemini, which knows the act."""
    with GeminiStandIn(references) as stand_in:
        yield stand_in


@pytest.fixture
def loop() -> Iterator[asyncio.Runner]:
    """One event loop for all questions of a test; a model and its connections belong to one."""
    with asyncio.Runner() as runner:
        yield runner
