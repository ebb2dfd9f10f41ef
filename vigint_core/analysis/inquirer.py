"""Asks a question along a chain of models until one answers or it is clear that none will.

What is done about each failure: a model that is gone hands over to the next of its chain
at once; one that is overloaded or too slow is asked again after a back-off with jitter and then hands over; a refused
parameter is left out once; everything else (keys, billing, quotas, blocked or unreadable answers) ends the inquiry.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from vigint_core.analysis.models import Catalogue, LookName, ModelCard
from vigint_core.analysis.pauses import Pauses
from vigint_core.analysis.pricing import cost_micro_usd
from vigint_core.analysis.question import AnalysisError, Model, Question
from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import Call, NotAnalysed, Outcome
from vigint_core.policy.retry import BackOff
from vigint_core.ports import Clock

_ASK_AGAIN = frozenset({Code.AI_OVERLOADED, Code.AI_TIMEOUT, Code.AI_UNREACHABLE})
_NEXT_MODEL = frozenset({Code.AI_MODEL_RETIRED, Code.AI_OVERLOADED, Code.AI_TIMEOUT})
_LEAST_CALL_S = 1.0  # with less time left no call is begun


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often, in seconds.

    Attributes:
        call_s: longest single call.
        first_s: longest first look, with all its tries, so that time is left for the second one.
        total_s: longest examination, both looks.
        tries: calls of one model for one look, at most; the one without a refused parameter comes on top.
        back_off: between two calls of one model.
    """

    call_s: float = 12.0
    first_s: float = 20.0
    total_s: float = 35.0
    tries: int = 2
    back_off: BackOff = field(default_factory=lambda: BackOff(first_s=0.5, factor=2.0, most_s=4.0, jitter=0.5))


@dataclass(frozen=True, slots=True)
class Draft:
    """A question without its model.

    Attributes:
        read: what an answer's text means.
        until_mono_s: monotonic time at which the inquiry is over.
    """

    look: LookName
    system: str
    data: str
    read: Callable[[str], Outcome]
    until_mono_s: float
    clip: bytes | None = field(default=None, repr=False)
    schema: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What an inquiry came to: the outcome, who said it, and every call that was made, failed ones too."""

    outcome: Outcome
    model: str
    calls: tuple[Call, ...]


class Inquirer:
    """Asks models of the catalogue. Thread-safe.

    ``wait`` waits that many seconds and tells whether the program is stopping; ``chance`` is a random number in [0, 1).
    """

    def __init__(
        self,
        model: Model,
        catalogue: Catalogue,
        patience: Patience,
        clock: Clock,
        wait: Callable[[float], bool],
        chance: Callable[[], float],
    ) -> None:
        self._model = model
        self._catalogue = catalogue
        self._patience = patience
        self._clock = clock
        self._wait = wait
        self._chance = chance
        self._pauses = Pauses(clock)

    def inquire(self, draft: Draft) -> Finding:
        """Ask the models of the look's chain in turn. Never raises for a failure: that is an outcome."""
        calls: list[Call] = []
        finding = Finding(NotAnalysed(Code.AI_TIMEOUT, "no time left"), "", ())
        for name in self._catalogue.looks[draft.look].chain:
            if self._left_s(draft) < _LEAST_CALL_S:
                break
            outcome = self._ask_model(draft, self._catalogue.card(name), calls)
            finding = Finding(outcome, name, tuple(calls))
            if not isinstance(outcome, NotAnalysed) or outcome.reason not in _NEXT_MODEL:
                break
        return finding

    def _ask_model(self, draft: Draft, card: ModelCard, calls: list[Call]) -> Outcome:
        """One model, with its tries."""
        # A probe is how people find out whether a pause is over: it always asks.
        if draft.look != "probe" and (pause := self._pauses.standing(card.name)):
            return pause
        question = self._question(draft, card)
        outcome = self._call(question, draft, card, calls)
        if isinstance(outcome, NotAnalysed) and outcome.reason is Code.AI_PARAMETER_REFUSED:
            question = replace(question, media_resolution=None, thinking={})
            outcome = self._call(question, draft, card, calls)
        for failures in range(1, self._patience.tries):
            again = isinstance(outcome, NotAnalysed) and outcome.reason in _ASK_AGAIN
            if not again or not self._back_off(draft, failures):
                break
            outcome = self._call(question, draft, card, calls)
        return outcome

    def _question(self, draft: Draft, card: ModelCard) -> Question:
        plan = self._catalogue.looks[draft.look]
        return Question(
            model=card.name,
            system=draft.system,
            data=draft.data,
            timeout_s=self._patience.call_s,
            max_output_tokens=plan.max_output_tokens,
            clip=draft.clip,
            fps=plan.fps,
            schema=draft.schema,
            media_resolution=plan.media_resolution,
            thinking=card.thinking,
        )

    def _back_off(self, draft: Draft, failures: int) -> bool:
        """Wait before asking again; False when there is no time for it or the program stops."""
        delay_s = self._patience.back_off.delay_s(failures, self._chance())
        return self._left_s(draft) >= delay_s + _LEAST_CALL_S and not self._wait(delay_s)

    def _left_s(self, draft: Draft) -> float:
        return draft.until_mono_s - self._clock.monotonic()

    def _call(self, question: Question, draft: Draft, card: ModelCard, calls: list[Call]) -> Outcome:
        """One request, and its entry in the books."""
        limited = replace(question, timeout_s=max(min(question.timeout_s, self._left_s(draft)), _LEAST_CALL_S))
        try:
            answer = self._model.ask(limited)
        except AnalysisError as error:
            failure = NotAnalysed(error.code, error.detail, error.retry_after_s)
            self._pauses.note(card.name, failure)
            calls.append(self._booked(draft, card, failure, (error.tokens_in, error.tokens_out, error.latency_s)))
            return failure
        outcome = draft.read(answer.text)
        self._pauses.forget(card.name)
        calls.append(self._booked(draft, card, outcome, (answer.tokens_in, answer.tokens_out, answer.latency_s)))
        return outcome

    def _booked(self, draft: Draft, card: ModelCard, outcome: Outcome, spent: tuple[int, int, float]) -> Call:
        tokens_in, tokens_out, latency_s = spent
        today = datetime.fromtimestamp(self._clock.wall(), UTC).date()
        return Call(
            look=draft.look,
            model=card.name,
            prompt_version=self._catalogue.looks[draft.look].prompt,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            cost_micro_usd=cost_micro_usd(card, tokens_in, tokens_out, today),
            latency_s=latency_s,
            error=outcome.reason if isinstance(outcome, NotAnalysed) else None,
        )
