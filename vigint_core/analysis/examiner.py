"""Judges a window with a model: a first look, and for a suspicion a second one. Used by the server and the desktop.

The first look is cheap and sees the window; the second one is better, sees the longer context, is not told what the
first one said, and may veto. Whatever fails becomes ``NotAnalysed``; nothing is ever invented.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from vigint_core.analysis.gemini import GeminiModel
from vigint_core.analysis.inquirer import Draft, Finding, Inquirer, Means, Patience
from vigint_core.analysis.limiter import Limiter, LocalPaceBook, PaceBook
from vigint_core.analysis.models import Catalogue, shipped_catalogue
from vigint_core.analysis.prompts import Subject, data_text, system_text
from vigint_core.analysis.response import Reading, answer_schema, read_answer
from vigint_core.clock import SystemClock
from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import Call, Clear, Judgement, NotAnalysed, Outcome, Suspected
from vigint_core.ports import Clock, Purse

__all__ = ["Examiner", "Patience", "Probe", "Subject", "open_examiner"]

ANNOUNCE_DAYS: Final = 30
"""A model's retirement is told so many days ahead."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What tiny real questions proved: one to every chosen model, and down its chain where that is gone.

    Attributes:
        model: the model that does the first looks, or the last one that was asked; "" when none was.
        code: why it failed, or None when the key and the models are proven.
        detail: redacted technical text; ``old > new`` for a model that is gone or will be, with the day.
        latency_s: of all calls together.
        calls: every call that was made.
        notice: what is worth knowing though all looks can be made: AI_MODEL_REPLACED, AI_MODEL_RETIRING.
        until_s: Unix time at which what failed is expected to pass, or None.
    """

    model: str
    code: Code | None
    detail: str
    latency_s: float
    calls: tuple[Call, ...] = ()
    notice: Code | None = None
    until_s: float | None = None


class Examiner:
    """Judges windows and proves the models. Used on one event loop.

    ``means`` None: there is no key, and every outcome says so. ``wait`` (seconds -> is the program stopping?) and
    ``chance`` (a random number in [0, 1)) serve the back-off.
    """

    def __init__(
        self,
        means: Means | None,
        patience: Patience,
        clock: Clock,
        wait: Callable[[float], Awaitable[bool]] | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._means = means
        self._patience = patience
        self._clock = clock
        self._stopping = asyncio.Event()
        self._inquirer = Inquirer(means, patience, clock, wait or self._pause, chance) if means else None

    async def examine(self, subject: Subject, clip: bytes, context: bytes) -> Judgement:
        """Both looks at one window, within ``Patience.total_s``.

        ``clip`` is the window, ``context`` the window with its lead; H.264 in MP4. Never raises for a failure of the
        network or the model.
        """
        begun_s = self._clock.monotonic()
        first = await self._look("first", subject, clip, begun_s + self._patience.first_s)
        second: Finding | None = None
        if isinstance(first.outcome, Suspected):
            second = await self._look("second", subject, context, begun_s + self._patience.total_s)
        return Judgement(
            window_id=subject.window_id,
            first=first.outcome,
            second=second.outcome if second else None,
            first_start_s=subject.clip_start_s,
            second_start_s=subject.context_start_s,
            calls=first.calls + (second.calls if second else ()),
        )

    async def first_look(self, subject: Subject, clip: bytes) -> Judgement:
        """The first look alone, whatever it suspects: to measure it without paying for the second one."""
        finding = await self._look("first", subject, clip, self._clock.monotonic() + self._patience.first_s)
        return Judgement(
            window_id=subject.window_id,
            first=finding.outcome,
            second=None,
            first_start_s=subject.clip_start_s,
            second_start_s=subject.context_start_s,
            calls=finding.calls,
        )

    async def second_look(self, subject: Subject, context: bytes) -> tuple[Outcome, tuple[Call, ...]]:
        """The second look alone, for a suspicion whose second look failed earlier; the first one is not paid again."""
        until_s = self._clock.monotonic() + self._patience.first_s
        finding = await self._look("second", subject, context, until_s)
        return finding.outcome, finding.calls

    async def probe(self) -> Probe:
        """Prove key and models with tiny questions. Constructing a client proves nothing; only an answer does."""
        if self._inquirer is None or self._means is None:
            return Probe("", Code.AI_NO_KEY, "", 0.0)
        catalogue = self._means.catalogue
        first = await self._prove(self._inquirer, catalogue.looks["first"].chain)
        findings = [first]
        seconds = catalogue.looks["second"].chain
        answered = not isinstance(first.outcome, NotAnalysed)
        if answered and seconds[0] != first.model:  # a key that fails once is not asked twice
            findings.append(await self._prove(self._inquirer, seconds))
        return self._proof(catalogue, findings)

    async def close(self) -> None:
        """End waits between tries and give connections back; calls under way fail with PIPELINE_STOPPED."""
        self._stopping.set()
        if self._means is not None:
            self._means.limiter.close()
            await self._means.model.close()

    async def _pause(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self._stopping.wait()
        except TimeoutError:
            return False

    async def _prove(self, inquirer: Inquirer, chain: tuple[str, ...]) -> Finding:
        until_s = self._clock.monotonic() + self._patience.first_s
        system = system_text("probe.v1", "en")
        return await inquirer.inquire(Draft("probe", system, "Are you there?", _alive, until_s), chain)

    def _proof(self, catalogue: Catalogue, findings: list[Finding]) -> Probe:
        calls = tuple(call for finding in findings for call in finding.calls)
        failed = next((f.outcome for f in findings if isinstance(f.outcome, NotAnalysed)), None)
        gone = dict.fromkeys(
            f"{call.model} > {finding.model}"
            for finding in findings
            for call in finding.calls
            if call.error is Code.AI_MODEL_RETIRED
        )
        today = datetime.fromtimestamp(self._clock.wall(), UTC).date()
        retiring = catalogue.retiring(today, ANNOUNCE_DAYS)
        notice = Code.AI_MODEL_REPLACED if gone else Code.AI_MODEL_RETIRING if retiring else None
        leaving = [f"{card.name} {card.retires} > {card.successor or '?'}" for card in retiring]
        return Probe(
            model=findings[0].model,
            code=failed.reason if failed else None,
            detail=failed.detail if failed else ", ".join(gone or leaving),
            latency_s=sum(call.latency_s for call in calls),
            calls=calls,
            notice=None if failed else notice,
            until_s=self._clock.wall() + failed.retry_after_s if failed and failed.retry_after_s else None,
        )

    async def _look(self, look: Literal["first", "second"], subject: Subject, clip: bytes, until_s: float) -> Finding:
        if self._inquirer is None or self._means is None:
            return Finding(NotAnalysed(Code.AI_NO_KEY), "", ())
        start_s = subject.clip_start_s if look == "first" else subject.context_start_s
        length_s = subject.end_s - start_s

        def read(text: str) -> Reading:
            return read_answer(
                text,
                length_s,
                must_cite=look == "second",
                is_open=subject.around.is_open,
                kinds=[zone.kind for zone in subject.zones],
            )

        return await self._inquirer.inquire(
            Draft(
                look=look,
                system=system_text(self._means.catalogue.looks[look].prompt, subject.language),
                data=data_text(subject, start_s),
                read=read,
                until_mono_s=until_s,
                clip=clip,
                schema=answer_schema(),
                clip_s=length_s,
                payer=subject.payer,
            )
        )


def open_examiner(
    api_key: str,
    base_url: str | None = None,
    patience: Patience | None = None,
    *,
    catalogue: Catalogue | None = None,
    purse: Purse | None = None,
    book: PaceBook | None = None,
) -> Examiner:
    """An examiner on Gemini; an empty key gives one that answers AI_NO_KEY to everything.

    ``catalogue`` is the shipped one unless given; without ``purse`` nobody counts, without ``book`` the pace is that of
    this process. Nothing is contacted before the first question. The caller closes it.
    """
    key, clock, known = api_key.strip(), SystemClock(), catalogue or shipped_catalogue()
    means = None
    if key:
        resets = known.quota_resets
        limiter = Limiter(book or LocalPaceBook(clock), clock, resets.zone, resets.hour)
        means = Means(GeminiModel(key, base_url), known, limiter, purse)
    return Examiner(means, patience or Patience(), clock)


def _alive(text: str) -> Reading:
    return Reading(Clear(text))
