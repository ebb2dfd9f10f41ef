"""What a look came to: Clear, Suspected or NotAnalysed, and nothing else.

A failure is never a verdict: whatever kept a model from answering becomes ``NotAnalysed`` with its code.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from vigint_core.domain.fault import Code
from vigint_core.domain.ids import WindowId


class IncidentType(StrEnum):
    """Kinds of incident."""

    CONCEALMENT = "concealment"
    TAG_REMOVAL = "tag_removal"
    LEAVING_WITHOUT_PAYING = "leaving_without_paying"
    CHECKOUT_FRAUD = "checkout_fraud"
    STAFF_THEFT = "staff_theft"
    VIOLENCE = "violence"
    INTRUSION = "intrusion"
    VANDALISM = "vandalism"
    FALL_OR_MEDICAL = "fall_or_medical"
    FIRE_OR_SMOKE = "fire_or_smoke"
    OTHER = "other"
    LOITERING = "loitering"
    CAMERA_LOST = "camera_lost"
    CAMERA_COVERED = "camera_covered"


RULE_TYPES: Final = frozenset({IncidentType.LOITERING, IncidentType.CAMERA_LOST, IncidentType.CAMERA_COVERED})
"""What only a rule tells of; no model is offered them."""


class Severity(StrEnum):
    """How urgent, from least to most."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low to 3 for critical."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Observation:
    """Something the model says it saw.

    Attributes:
        at_s: seconds from the first picture of the clip that was looked at.
        text: one sentence, in the owner's language.
    """

    at_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A suspicion in full.

    Attributes:
        confidence: 0 to 1, as the model gave it.
        summary: one sentence for people.
        observations: what it rests on; times count from the start of the clip of the look.
    """

    type: IncidentType
    severity: Severity
    confidence: float
    summary: str
    observations: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class Clear:
    """The model looked and saw no incident."""

    summary: str
    observations: tuple[Observation, ...] = ()


@dataclass(frozen=True, slots=True)
class Suspected:
    """The model looked and claims an incident."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class NotAnalysed:
    """Nobody looked, or the answer was no answer.

    Attributes:
        reason: why, as a code of the fault catalogue.
        detail: redacted technical text for the log and the details pane; may be empty.
        retry_after_s: how long the other side asked us to wait, or None.
    """

    reason: Code
    detail: str = ""
    retry_after_s: float | None = None


Outcome = Clear | Suspected | NotAnalysed


@dataclass(frozen=True, slots=True)
class Call:
    """One call to a model, also a failed one, for the books.

    Attributes:
        look: ``"first"``, ``"second"`` or ``"probe"``.
        tokens_in, tokens_out: from the provider's usage record; thinking counts as output; 0 when none came.
        cost_micro_usd: integer millionths of a US dollar, by the catalogue's price of that day.
        latency_s: from request to answer.
        error: code of what went wrong, or None.
        tokens_video, tokens_cached: how many of ``tokens_in`` were pictures, and how many the provider knew already.
        tokens_thought: how many of ``tokens_out`` were thought and not said.
        unsettled_micro_usd: what the call may have cost at most where the provider never said (it hung, the line
            broke); counts against the budget, not as spent.
        outcome: ``"clear"``, ``"suspected"``, ``"not_analysed"``; "" in books from before it was kept.
        flagged: the answer described a person, and those words were taken out.
        thrifty: fewer pictures than usual were sampled, because money is short.
    """

    look: str
    model: str
    prompt_version: str
    tokens_in: int
    tokens_out: int
    cost_micro_usd: int
    latency_s: float
    error: Code | None = None
    tokens_video: int = 0
    tokens_cached: int = 0
    tokens_thought: int = 0
    unsettled_micro_usd: int = 0
    outcome: str = ""
    flagged: bool = False
    thrifty: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything a judge says about one window.

    Attributes:
        window_id: the window that was judged; a judge never answers about another one.
        first: outcome of the first look.
        second: outcome of the second look on the longer context; None when the first look raised no suspicion.
            ``Clear`` vetoes, ``Suspected`` confirms, ``NotAnalysed`` decides nothing.
        first_start_s, second_start_s: Unix time that the observations of each look count from.
        calls: what was asked of which model.
        uploaded_bytes: of clips that left this program for it, repeats included.
    """

    window_id: WindowId
    first: Outcome
    second: Outcome | None
    first_start_s: float
    second_start_s: float
    calls: tuple[Call, ...] = ()
    uploaded_bytes: int = 0
