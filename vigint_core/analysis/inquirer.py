"""Asks a question along a chain of models until one answers or it is clear that none will.

Before each call the limiter says whose turn it is and the purse puts aside the most it can cost; afterwards both learn
what came of it, however the call ended. What is done about each failure: a model that is gone hands over to the next of
its chain at once and is left alone for an hour; one that is overloaded or too slow is asked again after a back-off with
jitter and then hands over; one that was asked too fast is asked again when it is this look's turn, if that comes in
time; a refused parameter is left out once; everything else (keys, billing, quotas, budgets, blocked or unreadable
answers) ends the inquiry.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Final

import anyio.to_thread

from vigint_core.analysis.limiter import Limiter
from vigint_core.analysis.models import Catalogue, LookName, LookPlan, ModelCard
from vigint_core.analysis.pricing import cost_micro_usd, most_micro_usd
from vigint_core.analysis.question import AnalysisError, Answer, Model, Question, Usage
from vigint_core.analysis.response import Reading
from vigint_core.domain.budget import Economy, Hold, Payer
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.verdict import Call, Clear, NotAnalysed, Outcome, Suspected
from vigint_core.policy.retry import BackOff
from vigint_core.ports import Clock, Purse

_ASK_AGAIN = frozenset({Code.AI_OVERLOADED, Code.AI_TIMEOUT, Code.AI_UNREACHABLE, Code.AI_RATE_LIMITED})
_NEXT_MODEL = frozenset({Code.AI_MODEL_RETIRED, Code.AI_OVERLOADED, Code.AI_TIMEOUT})
_log = logging.getLogger(__name__)
_LEAST_CALL_S = 1.0  # with less time left no call is begun
_GONE_FOR_S: Final = 3600.0
"""A model that is gone is not asked again for so long; only a probe asks, so a mistake of the provider passes."""
_OUTCOMES: Final = {Clear: "clear", Suspected: "suspected", NotAnalysed: "not_analysed"}


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
        clip_s: length of the clip in seconds.
    """

    look: LookName
    system: str
    data: str
    read: Callable[[str], Reading]
    until_mono_s: float
    clip: bytes | None = field(default=None, repr=False)
    schema: Mapping[str, object] | None = None
    clip_s: float = 0.0
    payer: Payer = field(default_factory=Payer)


@dataclass(frozen=True, slots=True)
class Finding:
    """What an inquiry came to: the outcome, who said it, and every call that was made, failed ones too."""

    outcome: Outcome
    model: str
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Means:
    """What an inquirer asks with: the models, what is known of them, the money, and whose turn it is.

    Attributes:
        purse: None where nobody counts (a key that is only tried out).
    """

    model: Model
    catalogue: Catalogue
    limiter: Limiter
    purse: Purse | None = None


class _Spending:
    """What one call has cost, noted by whoever learns it; until then the most it can cost counts."""

    def __init__(self, most: int) -> None:
        self.cost: int | None = None
        self._most = most

    @property
    def counts(self) -> int:
        """What the budget bears."""
        return self._most if self.cost is None else self.cost


class Inquirer:
    """Asks models of the catalogue. Used on one event loop.

    ``wait`` waits that many seconds and tells whether the program is stopping; ``chance`` is a random number in [0, 1).
    """

    def __init__(
        self,
        means: Means,
        patience: Patience,
        clock: Clock,
        wait: Callable[[float], Awaitable[bool]],
        chance: Callable[[], float],
    ) -> None:
        self._means = means
        self._patience = patience
        self._clock = clock
        self._wait = wait
        self._chance = chance
        self._gone: dict[str, float] = {}

    async def inquire(self, draft: Draft, chain: tuple[str, ...] | None = None) -> Finding:
        """Ask the models of the look's chain, or of ``chain``, in turn. Never raises: a failure is an outcome."""
        calls: list[Call] = []
        try:
            return await self._walk(draft, chain, calls)
        except VigintError as error:  # the books of money or turns refuse, so nothing more is asked
            return Finding(NotAnalysed(error.code, error.detail), "", tuple(calls))

    async def _walk(self, draft: Draft, chain: tuple[str, ...] | None, calls: list[Call]) -> Finding:
        """Along the chain. Raises VigintError where the books refuse."""
        plan = await self._plan(draft)
        finding = Finding(NotAnalysed(Code.AI_TIMEOUT, "no time left"), "", ())
        for name in chain or self._alive(draft, plan):
            if self._left_s(draft) < _LEAST_CALL_S:
                break
            outcome = await self._ask_model(draft, plan, self._means.catalogue.card(name), calls)
            finding = Finding(outcome, name, tuple(calls))
            if not isinstance(outcome, NotAnalysed) or outcome.reason not in _NEXT_MODEL:
                break
        return finding

    async def _plan(self, draft: Draft) -> LookPlan:
        """How the look is asked: with fewer frames while money is short."""
        plan = self._means.catalogue.looks[draft.look]
        if self._means.purse is None or draft.clip is None:
            return plan
        economy = await anyio.to_thread.run_sync(self._means.purse.economy, draft.payer)
        return plan.model_copy(update={"fps": plan.thrifty_fps}) if economy >= Economy.FEWER_FRAMES else plan

    def _alive(self, draft: Draft, plan: LookPlan) -> tuple[str, ...]:
        """The chain without models that were gone lately; all of them where none is left, and for a probe."""
        now_s = self._clock.monotonic()
        alive = tuple(name for name in plan.chain if self._gone.get(name, float("-inf")) <= now_s)
        return plan.chain if draft.look == "probe" or not alive else alive

    async def _ask_model(self, draft: Draft, plan: LookPlan, card: ModelCard, calls: list[Call]) -> Outcome:
        """One model, with its tries."""
        outcome = await self._call(draft, plan, card, calls)
        if isinstance(outcome, NotAnalysed) and outcome.reason is Code.AI_PARAMETER_REFUSED:
            outcome = await self._call(draft, plan, card, calls, bare=True)
        for failures in range(1, self._patience.tries):
            again = isinstance(outcome, NotAnalysed) and outcome.reason in _ASK_AGAIN
            if not again or not await self._back_off(draft, failures):
                break
            outcome = await self._call(draft, plan, card, calls)
        return outcome

    def _question(self, draft: Draft, plan: LookPlan, card: ModelCard, *, bare: bool) -> Question:
        return Question(
            model=card.name,
            system=draft.system,
            data=draft.data,
            timeout_s=max(min(self._patience.call_s, self._left_s(draft)), _LEAST_CALL_S),
            max_output_tokens=plan.max_output_tokens,
            clip=draft.clip,
            fps=plan.fps,
            schema=draft.schema,
            media_resolution=None if bare else plan.media_resolution,
            thinking={} if bare else card.thinking,
        )

    async def _back_off(self, draft: Draft, failures: int) -> bool:
        """Wait before asking again; False when there is no time for it or the program stops."""
        delay_s = self._patience.back_off.delay_s(failures, self._chance())
        return self._left_s(draft) >= delay_s + _LEAST_CALL_S and not await self._wait(delay_s)

    def _left_s(self, draft: Draft) -> float:
        return draft.until_mono_s - self._clock.monotonic()

    async def _call(
        self, draft: Draft, plan: LookPlan, card: ModelCard, calls: list[Call], *, bare: bool = False
    ) -> Outcome:
        """One request, its turn, its money, and its entry in the books; ``bare``: without optional parameters."""
        # A probe is how people find out whether a pause is over: it always asks.
        if draft.look != "probe":
            party = draft.payer.site or draft.payer.camera_id
            limited = await self._means.limiter.admit(card.name, party, draft.until_mono_s - _LEAST_CALL_S)
            if limited:
                return limited
        thrifty = plan.fps < self._means.catalogue.looks[draft.look].fps
        # Without a word about the resolution a model may take its finest, which the purse must bear.
        dearest = plan.model_copy(update={"media_resolution": "high"}) if bare else plan
        most = most_micro_usd(card, dearest, _sent(draft), draft.clip_s if draft.clip else 0.0, self._today())
        async with self._held(draft, most) as spending:
            if isinstance(spending, Code):
                return NotAnalysed(spending)
            try:
                answer = await self._means.model.ask(self._question(draft, plan, card, bare=bare))
            except AnalysisError as error:
                spending.cost = self._cost(card, error.usage)
                failure = NotAnalysed(error.code, error.detail, error.retry_after_s)
                calls.append(replace(self._failed(draft, card, error, most), thrifty=thrifty))
                await self._note_failure(card.name, failure)
                return failure
            spending.cost = self._cost(card, answer.usage)
            reading = draft.read(answer.text)
            if reading.flagged:
                version = self._means.catalogue.looks[draft.look].prompt
                _log.info("an answer of %s to %s described a person; those words were taken out", card.name, version)
            calls.append(replace(self._answered(draft, card, answer, reading, most), thrifty=thrifty))
        self._gone.pop(card.name, None)
        await self._means.limiter.answered(card.name, in_spite=draft.look == "probe")
        return reading.outcome

    @asynccontextmanager
    async def _held(self, draft: Draft, most: int) -> AsyncIterator[_Spending | Code]:
        """Money for one call; whatever happens inside, it is settled: by its cost, or by the most it can have cost."""
        spending = _Spending(most)
        purse = self._means.purse
        if purse is None:
            yield spending
            return
        held: Hold | Code = await anyio.to_thread.run_sync(
            lambda: purse.reserve(draft.payer, most, second=draft.look != "first")
        )
        if isinstance(held, Code):
            yield held
            return
        try:
            yield spending
        finally:
            # Also while the task is being cancelled: what was put aside must not stay so for ever.
            await asyncio.shield(self._settle(purse, held, spending.counts))

    async def _settle(self, purse: Purse, held: Hold, cost: int) -> None:
        """Settle; where the books refuse, the answer still counts: what was put aside is counted as spent in time."""
        try:
            await anyio.to_thread.run_sync(purse.settle, held, cost)
        except VigintError as error:
            _log.error("a call is not settled in the books: %s", error)

    async def _note_failure(self, model: str, failure: NotAnalysed) -> None:
        if failure.reason is Code.AI_MODEL_RETIRED:
            self._gone[model] = self._clock.monotonic() + _GONE_FOR_S
        await self._means.limiter.refused(model, failure)

    def _cost(self, card: ModelCard, usage: Usage | None) -> int | None:
        return None if usage is None else cost_micro_usd(card, usage.total_in, usage.out, self._today())

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock.wall(), UTC).date()

    def _answered(self, draft: Draft, card: ModelCard, answer: Answer, reading: Reading, most: int) -> Call:
        call = self._booked(draft, card, answer.usage, most, answer.latency_s)
        outcome = reading.outcome
        error = outcome.reason if isinstance(outcome, NotAnalysed) else None
        return replace(call, outcome=_OUTCOMES[type(outcome)], error=error, flagged=reading.flagged)

    def _failed(self, draft: Draft, card: ModelCard, error: AnalysisError, most: int) -> Call:
        call = self._booked(draft, card, error.usage, most, error.latency_s)
        return replace(call, outcome="not_analysed", error=error.code)

    def _booked(self, draft: Draft, card: ModelCard, usage: Usage | None, most: int, latency_s: float) -> Call:
        told = usage or Usage()
        return Call(
            look=draft.look,
            model=card.name,
            prompt_version=self._means.catalogue.looks[draft.look].prompt,
            tokens_in=told.total_in,
            tokens_out=told.out,
            cost_micro_usd=self._cost(card, told) or 0,
            latency_s=latency_s,
            tokens_video=told.video,
            tokens_cached=told.cached,
            tokens_thought=told.thought,
            unsettled_micro_usd=most if usage is None else 0,
        )


def _sent(draft: Draft) -> str:
    """All that a question says in words; the schema counts as input as well."""
    return f"{draft.system}\n{draft.data}\n{dict(draft.schema) if draft.schema else ''}"
