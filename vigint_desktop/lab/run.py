"""Runs models and prompts over labelled clips: each window is cut once and shown to all of them."""

import asyncio
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Final

import anyio.to_thread

from vigint_core.analysis.examiner import Examiner, Patience
from vigint_core.analysis.inquirer import Means
from vigint_core.analysis.limiter import Limiter, LocalPaceBook
from vigint_core.analysis.models import Catalogue
from vigint_core.analysis.question import Model
from vigint_core.clock import SystemClock
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.verdict import Judgement, NotAnalysed
from vigint_core.policy.pace import Pace
from vigint_core.texts import Language
from vigint_desktop.lab.labels import LabelledClip, LabError
from vigint_desktop.lab.score import JudgedWindow
from vigint_desktop.lab.windows import BEGIN_S, Cutter, CutWindow

LOOKS_AT_ONCE: Final = 4
"""As many as the running program has out."""
_PATIENCE: Final = Patience(first_s=120.0, total_s=240.0)
"""Nobody waits for an alert here, so a look may wait for its turn at a rate limit; one call is as short as ever."""
_HOPELESS: Final = frozenset({Code.AI_KEY_INVALID, Code.AI_KEY_WRONG_KIND, Code.AI_BILLING, Code.AI_FORBIDDEN})
"""No further question can be answered until somebody does something."""


@dataclass(frozen=True, slots=True)
class Variant:
    """What is measured under one name: models and prompts, none of which hands over to another.

    Attributes:
        models: of the first and of the second look.
        prompts: versions or files, of the first and of the second look.
        catalogue: with exactly these.
    """

    models: tuple[str, str]
    prompts: tuple[str, str]
    catalogue: Catalogue = field(repr=False)

    @classmethod
    def of(cls, catalogue: Catalogue, model: str | None, prompt: str | None) -> "Variant":
        """One model for both looks, or the catalogue's own; another prompt of the first look, or the catalogue's.

        Raises KeyError for a model that is not in the catalogue.
        """
        chosen = catalogue.choosing(model, prompt)
        looks = {name: plan.model_copy(update={"chain": plan.chain[:1]}) for name, plan in chosen.looks.items()}
        first, second = looks["first"], looks["second"]
        alone = chosen.model_copy(update={"looks": looks})
        return cls((first.chain[0], second.chain[0]), (first.prompt, second.prompt), alone)

    @property
    def name(self) -> str:
        """Names it in a record."""
        return " ".join((*self.models, *self.prompts))


@dataclass(frozen=True, slots=True)
class Ways:
    """How windows are made and looked at.

    Attributes:
        language: of the model's texts.
        everything: look also where the gate is closed.
        first_look: make no second looks.
    """

    language: Language = "en"
    everything: bool = False
    first_look: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """Where answers come from.

    Attributes:
        model_of: the model to ask for a variant.
        day: whose prices count, or None for today's.
    """

    model_of: Callable[[Variant], Model]
    day: date | None = None

    @property
    def recorded(self) -> bool:
        """Whether they were all given before."""
        return self.day is not None


@dataclass(slots=True)
class Results:
    """What a run came to.

    Attributes:
        judged: windows of each variant.
        lengths_s: of every clip that was read.
        unread: why a clip could not be, by its name.
    """

    judged: dict[str, list[JudgedWindow]] = field(default_factory=dict)
    lengths_s: dict[str, float] = field(default_factory=dict)
    unread: dict[str, VigintError] = field(default_factory=dict)


async def run(
    clips: Sequence[LabelledClip],
    variants: Sequence[Variant],
    answers: Answers,
    ways: Ways,
    tell: Callable[[str], None],
) -> Results:
    """Cut every clip and have every variant look at every window, at most ``LOOKS_AT_ONCE`` at a time.

    ``tell`` hears how far it is. A clip that can't be read is noted, and the others go on. Raises VigintError where no
    question can be answered any more (a wrong key), and LabError when a record can't be written.
    """
    bench = _Bench(variants, answers, ways)
    try:
        for number, clip in enumerate(clips, 1):
            tell(f"clip {number} of {len(clips)}: {clip.name}")
            await bench.clip(clip)
    except ExceptionGroup as group:
        raise _first(group) from None
    finally:
        await bench.close()
    return bench.results


class _Bench:
    def __init__(self, variants: Sequence[Variant], answers: Answers, ways: Ways) -> None:
        self.results = Results(judged={variant.name: [] for variant in variants})
        self._ways = ways
        clock = _ThatDay(answers.day) if answers.day else SystemClock()
        resets = variants[0].catalogue.quota_resets
        book = _NoPace(clock) if answers.recorded else LocalPaceBook(clock)
        self._limiter = Limiter(book, clock, resets.zone, resets.hour)
        self._models = {variant.name: answers.model_of(variant) for variant in variants}
        wait = _at_once if answers.recorded else None
        self._examiners: Mapping[str, Examiner] = {
            v.name: Examiner(
                Means(self._models[v.name], v.catalogue, self._limiter), _PATIENCE, clock, wait, random.random
            )
            for v in variants
        }
        self._free = asyncio.Semaphore(LOOKS_AT_ONCE)

    async def clip(self, clip: LabelledClip) -> None:
        """Look at one clip, and keep what came of it."""
        cutter = Cutter(clip.file, self._ways.language, everything=self._ways.everything)
        windows = cutter.windows()
        async with asyncio.TaskGroup() as looks:
            while window := await self._next(clip.name, windows):
                for name in self._examiners:
                    await self._free.acquire()
                    looks.create_task(self._look(name, window))
        if clip.name not in self.results.unread:
            self.results.lengths_s[clip.name] = cutter.length_s

    async def _next(self, name: str, windows: Iterator[CutWindow]) -> CutWindow | None:
        """The next window of a clip, or None after the last one; a clip that can't be read has none."""
        try:
            # Decoding beside the loop, as how long an answer takes is measured on it.
            return await anyio.to_thread.run_sync(next, windows, None)
        except VigintError as error:
            self.results.unread[name] = error
            return None

    async def close(self) -> None:
        """Give connections back."""
        self._limiter.close()
        for model in self._models.values():
            await model.close()

    async def _look(self, name: str, window: CutWindow) -> None:
        try:
            judgement = await self._judged(self._examiners[name], window)
        finally:
            self._free.release()
        for outcome in (judgement.first, judgement.second):
            if isinstance(outcome, NotAnalysed) and outcome.reason in _HOPELESS:
                raise VigintError(outcome.reason, outcome.detail)
        self.results.judged[name].append(JudgedWindow(window.clip_name, window.span, judgement, BEGIN_S))

    async def _judged(self, examiner: Examiner, window: CutWindow) -> Judgement:
        subject = window.subject
        if window.failed:
            start_s = subject.start_s
            return Judgement(subject.window_id, NotAnalysed(window.failed), None, start_s, start_s)
        if self._ways.first_look:
            return await examiner.first_look(subject, window.clip)
        return await examiner.examine(subject, window.clip, window.context)


def _first(group: ExceptionGroup[Exception]) -> Exception:
    """The first error that has words of its own, unless there is one that nobody foresaw."""
    known, unforeseen = group.split((VigintError, LabError))
    if unforeseen is not None or known is None:
        return group
    found: Exception = known
    while isinstance(found, ExceptionGroup):
        found = found.exceptions[0]
    return found


async def _at_once(_seconds: float) -> bool:
    """Between two tries of a recorded question nobody needs to wait."""
    return False


class _ThatDay(SystemClock):
    """A clock whose day is that of the record, so that a run costs what it cost then."""

    def __init__(self, day: date) -> None:
        self._wall_s = datetime.combine(day, time(12), UTC).timestamp()

    def wall(self) -> float:
        """Noon of that day."""
        return self._wall_s


class _NoPace(LocalPaceBook):
    """Of a record: whatever refusals are in it, everybody may ask at once."""

    def change(self, model: str, how: Callable[[Pace, int], Pace]) -> None:
        """A record teaches nothing about pace."""
        del model, how
