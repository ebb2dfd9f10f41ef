"""Judges a window with a model: a first look, and for a suspicion a second one. Used by the server and the desktop.

The first look is cheap and sees the window; the second one is better, sees the longer context, is not told what the
first one said, and may veto. Whatever fails becomes ``NotAnalysed``; nothing is ever invented.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from vigint_core.analysis.gemini import GeminiModel
from vigint_core.analysis.inquirer import Draft, Finding, Inquirer, Patience
from vigint_core.analysis.models import Catalogue, shipped_catalogue
from vigint_core.analysis.prompts import Subject, data_text, system_text
from vigint_core.analysis.question import Model
from vigint_core.analysis.response import answer_schema, read_answer
from vigint_core.clock import SystemClock
from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import Call, Clear, Judgement, NotAnalysed, Outcome, Suspected
from vigint_core.policy.zone_kinds import placed
from vigint_core.ports import Clock

__all__ = ["Examiner", "Patience", "Probe", "Subject", "open_examiner"]


@dataclass(frozen=True, slots=True)
class Probe:
    """What one tiny real question proved.

    Attributes:
        model: the model that answered, or the last one that was asked; "" when none was.
        code: why it failed, or None when the key and the model are proven.
        detail: redacted technical text; names a retired model that was passed over.
        latency_s: of all calls together.
        calls: every call that was made.
    """

    model: str
    code: Code | None
    detail: str
    latency_s: float
    calls: tuple[Call, ...] = ()


class Examiner:
    """Judges windows and proves the model. Thread-safe. ``model`` None: there is no key, and every outcome says so.

    ``wait`` (seconds -> is the program stopping?) and ``chance`` (a random number in [0, 1)) serve the back-off.
    """

    def __init__(
        self,
        model: Model | None,
        catalogue: Catalogue,
        patience: Patience,
        clock: Clock,
        wait: Callable[[float], bool] | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._model = model
        self._catalogue = catalogue
        self._patience = patience
        self._clock = clock
        self._stopping = threading.Event()
        pause = wait or self._stopping.wait
        self._inquirer = Inquirer(model, catalogue, patience, clock, pause, chance) if model else None

    def examine(self, subject: Subject, clip: bytes, context: bytes) -> Judgement:
        """Both looks at one window, within ``Patience.total_s``.

        ``clip`` is the window, ``context`` the window with its lead; H.264 in MP4. Never raises for a failure of the
        network or the model.
        """
        begun_s = self._clock.monotonic()
        first = self._look("first", subject, clip, begun_s + self._patience.first_s)
        second: Finding | None = None
        if isinstance(first.outcome, Suspected):
            second = self._look("second", subject, context, begun_s + self._patience.total_s)
        return Judgement(
            window_id=subject.window_id,
            first=first.outcome,
            second=second.outcome if second else None,
            first_start_s=subject.clip_start_s,
            second_start_s=subject.context_start_s,
            calls=first.calls + (second.calls if second else ()),
        )

    def second_look(self, subject: Subject, context: bytes) -> tuple[Outcome, tuple[Call, ...]]:
        """The second look alone, for a suspicion whose second look failed earlier; the first one is not paid again."""
        finding = self._look("second", subject, context, self._clock.monotonic() + self._patience.first_s)
        return finding.outcome, finding.calls

    def probe(self) -> Probe:
        """Prove key and model with one tiny question. Constructing a client proves nothing; only an answer does."""
        until_s = self._clock.monotonic() + self._patience.first_s
        plan = self._catalogue.looks["probe"]
        finding = self._inquire(
            Draft("probe", system_text(plan.prompt, "en"), "Are you there?", read=Clear, until_mono_s=until_s)
        )
        failure = finding.outcome if isinstance(finding.outcome, NotAnalysed) else None
        return Probe(
            model=finding.model,
            code=failure.reason if failure else None,
            detail=failure.detail if failure else _passed_over(finding),
            latency_s=sum(call.latency_s for call in finding.calls),
            calls=finding.calls,
        )

    def close(self) -> None:
        """End waits between tries and give connections back. Calls under way end with their own time-out."""
        self._stopping.set()
        if self._model is not None:
            self._model.close()

    def _look(self, look: Literal["first", "second"], subject: Subject, clip: bytes, until_s: float) -> Finding:
        start_s = subject.clip_start_s if look == "first" else subject.context_start_s

        def read(text: str) -> Outcome:
            outcome = read_answer(text, subject.end_s - start_s, must_cite=look == "second")
            if not isinstance(outcome, Suspected):
                return outcome
            kind = placed(outcome.verdict.type, (zone.kind for zone in subject.zones))
            return Suspected(replace(outcome.verdict, type=kind))

        return self._inquire(
            Draft(
                look=look,
                system=system_text(self._catalogue.looks[look].prompt, subject.language),
                data=data_text(subject, start_s),
                read=read,
                until_mono_s=until_s,
                clip=clip,
                schema=answer_schema(),
            )
        )

    def _inquire(self, draft: Draft) -> Finding:
        if self._inquirer is None:
            return Finding(NotAnalysed(Code.AI_NO_KEY), "", ())
        return self._inquirer.inquire(draft)


def open_examiner(api_key: str, base_url: str | None = None, patience: Patience | None = None) -> Examiner:
    """An examiner on Gemini with the shipped catalogue; an empty key gives one that answers AI_NO_KEY to everything.

    Nothing is contacted before the first question. The caller closes it.
    """
    key = api_key.strip()
    model = GeminiModel(key, base_url) if key else None
    return Examiner(model, shipped_catalogue(), patience or Patience(), SystemClock())


def _passed_over(finding: Finding) -> str:
    gone = [call.model for call in finding.calls if call.error is Code.AI_MODEL_RETIRED]
    return f"no longer there: {', '.join(gone)}" if gone else ""
