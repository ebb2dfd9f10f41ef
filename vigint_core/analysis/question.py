"""The seam between those who ask and the model that answers: one question, one answer, or one typed error."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from vigint_core.domain.fault import Code, VigintError

MediaResolution = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Question:
    """One request to a model.

    Attributes:
        model: the provider's name of the model.
        system: what the model is to do; holds nothing that came from outside the program.
        data: what this question is about: untrusted values, quoted.
        timeout_s: seconds until the answer must be there, more than 0.
        max_output_tokens: bound of the answer, thinking included.
        clip: H.264 in MP4, or None for a question without pictures.
        fps: pictures a second at which the model samples the clip.
        schema: JSON schema of the answer, or None for plain text.
        media_resolution, thinking: optional parameters, which a model may refuse; None and {} leave them out.
    """

    model: str
    system: str
    data: str
    timeout_s: float
    max_output_tokens: int
    clip: bytes | None = field(default=None, repr=False)
    fps: float = 1.0
    schema: Mapping[str, object] | None = None
    media_resolution: MediaResolution | None = None
    thinking: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call was billed, in tokens, by the provider's usage record.

    Attributes:
        total_in, out: what the price is of; thinking counts as output.
        video, cached: parts of ``total_in``.
        thought: part of ``out``.
    """

    total_in: int = 0
    out: int = 0
    video: int = 0
    cached: int = 0
    thought: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered.

    Attributes:
        text: never empty.
        usage: None where the provider did not say what it billed.
        latency_s: from request to answer.
    """

    text: str
    usage: Usage | None
    latency_s: float


class AnalysisError(VigintError):
    """Why a model gave no answer. Its text holds no key, no clip and none of the provider's free text.

    Attributes:
        retry_after_s: how long the provider asked us to wait, or None.
        usage: what the failed answer was billed; all 0 where nothing was, None where the provider did not say: it hung,
            or the line broke after the question was sent.
        latency_s: from request to failure.
    """

    def __init__(
        self,
        code: Code,
        detail: str = "",
        *,
        retry_after_s: float | None = None,
        usage: Usage | None = Usage(),
    ) -> None:
        super().__init__(code, detail)
        self.retry_after_s = retry_after_s
        self.usage = usage
        self.latency_s = 0.0


class Model(Protocol):
    """A provider's models. Used on one event loop."""

    async def ask(self, question: Question) -> Answer:
        """Send one question, exactly once; takes at most its time-out. Raises AnalysisError."""

    async def close(self) -> None:
        """Give connections back; what is asked afterwards fails with PIPELINE_STOPPED."""
