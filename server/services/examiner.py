"""Who looks: the seam to ``vigint_core.analysis.examiner``, so that tests can put somebody else in its place."""

from typing import Protocol

from vigint_core.analysis.examiner import Probe, Subject
from vigint_core.domain.verdict import Call, Judgement, Outcome


class Examiner(Protocol):
    """Judges windows. Used on one event loop; never raises for a failure of the network or the model."""

    async def first_look(self, subject: Subject, clip: bytes) -> Judgement:
        """The first look alone, bound to ``subject.window_id``."""

    async def second_look(self, subject: Subject, context: bytes) -> tuple[Outcome, tuple[Call, ...]]:
        """The second look alone."""

    async def probe(self) -> Probe:
        """Prove key and models with tiny real questions."""

    async def close(self) -> None:
        """End waits and give connections back."""
