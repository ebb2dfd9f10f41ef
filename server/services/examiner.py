"""Who looks: the seam to ``vigint_core.analysis.examiner``, so that tests can put somebody else in its place."""

from typing import Protocol

from vigint_core.analysis.examiner import Probe, Subject
from vigint_core.domain.verdict import Call, Judgement, Outcome


class Examiner(Protocol):
    """Judges windows. Thread-safe; never raises for a failure of the network or the model."""

    def examine(self, subject: Subject, clip: bytes, context: bytes) -> Judgement:
        """Both looks, bound to ``subject.window_id``."""

    def second_look(self, subject: Subject, context: bytes) -> tuple[Outcome, tuple[Call, ...]]:
        """The second look alone."""

    def probe(self) -> Probe:
        """Prove key and model with one tiny real question."""

    def close(self) -> None:
        """End waits and give connections back."""
