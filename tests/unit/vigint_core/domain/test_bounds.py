"""What is told of an incident exists in every calendar."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from vigint_core.domain.bounds import EARLIEST, FARTHEST_S, LATEST, nearest, nearest_s

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize("at", [NOON, EARLIEST, LATEST])
def test_a_time_within_stays(at: datetime) -> None:
    assert nearest(at) is at


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime.max.replace(tzinfo=UTC), LATEST),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-23))), LATEST),
        (datetime.min.replace(tzinfo=UTC), EARLIEST),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=23))), EARLIEST),
        (datetime(1970, 1, 1, tzinfo=UTC), EARLIEST),
    ],
)
def test_one_without_becomes_the_nearest_that_every_zone_has(at: datetime, told: datetime) -> None:
    assert nearest(at) == told
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        for after_s in (-FARTHEST_S, FARTHEST_S):
            assert (nearest(at) + timedelta(seconds=after_s)).astimezone(ZoneInfo(zone))


@pytest.mark.parametrize(("at_s", "told"), [(-30.0, -30.0), (1e12, FARTHEST_S), (-1e12, -FARTHEST_S)])
def test_an_observation_lies_within_a_day(at_s: float, told: float) -> None:
    assert nearest_s(at_s) == told
