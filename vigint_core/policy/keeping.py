"""How long a server keeps incidents: by age and severity, what was vetoed for less, what is locked for ever."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from vigint_core.domain.verdict import Severity

DAY_S: Final = 86_400.0
CLIPS_OF_WINDOWS_S: Final = DAY_S
"""Clips of windows serve the second look, and are kept for a day at most."""
FOR_ALL: Final = "days"
VETOED: Final = "vetoed"
OWN_NAMES: Final = (FOR_ALL, *Severity, VETOED)
"""What a client's own rule can name."""
_AHEAD_S: Final = DAY_S  # a desk's clock is trusted so far


@dataclass(frozen=True, slots=True)
class KeepRule:
    """For how many days what is kept.

    Attributes:
        days: an incident, unless its severity has its own time.
        of_severity: own times of severities.
        vetoed: at most, of what a second look vetoed; None for as long as any.
    """

    days: float
    of_severity: Mapping[Severity, float] = field(default_factory=dict)
    vetoed: float | None = None

    def days_of(self, severity: Severity, *, vetoed: bool) -> float:
        """For how many days an incident is kept."""
        days = self.of_severity.get(severity, self.days)
        return min(days, self.vetoed) if vetoed and self.vetoed is not None else days

    @property
    def longest(self) -> float:
        """Days after which nothing is kept that is not locked."""
        return max(self.days_of(severity, vetoed=False) for severity in Severity)

    def overlaid(self, own: Mapping[str, float]) -> "KeepRule":
        """The rule of a client that says some of it otherwise, under ``OWN_NAMES``.

        A client's own ``days`` hold for every severity that it does not name itself.
        """
        named = {severity: own[severity] for severity in Severity if severity in own}
        return KeepRule(
            days=own.get(FOR_ALL, self.days),
            of_severity=named if FOR_ALL in own else {**self.of_severity, **named},
            vetoed=own.get(VETOED, self.vetoed),
        )


@dataclass(frozen=True, slots=True)
class Aged:
    """What matters of an incident.

    Attributes:
        opened_s: by its desk's clock, Unix time.
        updated_s: when the server last heard of it, Unix time.
    """

    severity: Severity
    vetoed: bool
    locked: bool
    opened_s: float
    updated_s: float


@dataclass(frozen=True, slots=True)
class Due:
    """Incidents of this severity, vetoed or not, that began before ``before_s`` are to go.

    One whose desk says that it begins after ``ahead_s`` is as old as what the server last heard of it.
    """

    severity: Severity
    vetoed: bool
    before_s: float
    ahead_s: float

    def covers(self, incident: Aged) -> bool:
        """Whether an incident is to go by this."""
        since_s = incident.updated_s if incident.opened_s > self.ahead_s else incident.opened_s
        same = (incident.severity, incident.vetoed) == (self.severity, self.vetoed)
        return same and not incident.locked and since_s < self.before_s


def due(rule: KeepRule, now_s: float) -> tuple[Due, ...]:
    """What is to go now: an incident that any of these covers."""
    return tuple(
        Due(severity, vetoed, now_s - rule.days_of(severity, vetoed=vetoed) * DAY_S, now_s + _AHEAD_S)
        for severity in Severity
        for vetoed in (False, True)
    )
