"""What is told of an incident, at most: the server refuses more, and the desk tells the newest of it."""

from datetime import UTC, datetime
from typing import Final

MOST_OBSERVATIONS: Final = 200
"""That are told of one incident: a look has 30 at most, and an incident goes on for ten minutes."""
MOST_WINDOWS: Final = 2000
MOST_ACTS: Final = 32
EARLIEST_CLIP: Final = datetime(1900, 1, 1, tzinfo=UTC)
"""A clock that was never set begins in 1970, and a clip may begin before: its look is worth as much."""
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
"""What is told of an incident lies between them: its times have to exist in every calendar and zone."""
FARTHEST_S: Final = 86_400.0
"""Of an observation from its incident's start, either way: the clip around a window begins before it."""


def nearest(at: datetime) -> datetime:
    """A time of an incident, or the nearest one that can be told."""
    return min(max(at, EARLIEST), LATEST)


def nearest_s(at_s: float) -> float:
    """The same for an observation, in seconds from the incident's start."""
    return min(max(at_s, -FARTHEST_S), FARTHEST_S)
