"""Parts in the language that is asked for."""

import pytest

from server.routes.health import health_parts, spoken
from server.services.health import HealthCheck
from server.services.proofs import Finding
from tests.fakes.clock import FakeClock
from vigint_core import texts
from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("en;q=0.5, fr;q=0.9", "fr"),
        ("de, it;q=0.9", "en"),
        ("de, fr;q=0.1", "fr"),
        ("fr;q=nonsense, en;q=0.1", "en"),
        ("*", "en"),
    ],
)
def test_the_language_that_is_liked_best(header: str, language: str) -> None:
    assert spoken(header) == language


def test_a_part_is_told_whole_in_a_language(clock: FakeClock) -> None:
    finding = Finding(Health.DEGRADED, Code.DISK_FULL, "disk", "in detail", 5.0, 4.0, 9.0, {"free_bytes": 7.0})
    (part,) = health_parts(HealthCheck({"disk": lambda now_s: finding}, clock).states(), "fr")
    assert (part.part, part.health, part.code, part.label) == ("disk", Health.DEGRADED, Code.DISK_FULL, "disk")
    assert (part.cause, part.remedy) == (texts.cause("fr", Code.DISK_FULL), texts.remedy("fr", Code.DISK_FULL))
    assert (part.since.timestamp(), part.figures) == (clock.wall(), {"free_bytes": 7.0})
    assert part.worked_at is not None
    assert part.until is not None
    assert (part.worked_at.timestamp(), part.until.timestamp()) == (4.0, 9.0)
