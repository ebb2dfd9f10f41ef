"""How every part of the server is, and since when. ``/readyz``, ``/v1/health``, ``/metrics`` and ``doctor`` read it."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import partial
from typing import Final

from server.logs import journal
from server.services.beside import begin
from server.services.proofs import Finding, Proof
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import Health
from vigint_core.ports import Clock

GOOD_FOR_S: Final = 1.0  # anybody may ask /readyz; a part is proven at most this often
_WAIT_S: Final = 5.0
_LOOK_EVERY_S: Final = 60.0
_LATE: Final = {"storage": Code.SERVER_FILES}
"""What a part that does not answer is told to be; of all others, the database or the disk is what does not."""
_WORST_FIRST: Final = (Health.DOWN, Health.DEGRADED, Health.UNKNOWN)
_log = journal(__name__)


@dataclass(frozen=True, slots=True)
class PartState:
    """How a part is.

    Attributes:
        since_s: Unix time at which this process first saw the part in this state, with this code.
        worked_s: Unix time at which it last worked, or None for never since this process runs.
    """

    part: str
    finding: Finding
    since_s: float
    worked_s: float | None

    @property
    def health(self) -> Health:
        """The state in one word."""
        return self.finding.health


@dataclass(eq=False, slots=True)
class _UnderWay:
    """A proof that is being made.

    Attributes:
        late: it took too long, so it has failed, whatever it ends with.
    """

    part: str
    begun_mono_s: float
    done: "Future[None]"
    late: bool = False


class HealthCheck:
    """Proves the parts, each apart from the others. Thread-safe.

    Of each part one proof is under way at a time, on a thread of its own, and whoever asks meanwhile shares its end. It
    is used for one second. One that takes over five seconds has failed, and nobody waits for it any more.
    """

    def __init__(self, proofs: Mapping[str, Proof], clock: Clock) -> None:
        self._proofs = proofs
        self._clock = clock
        self._lock = threading.Lock()  # of what is known; nobody proves while holding it
        self._states: dict[str, PartState] = {}
        self._proven_mono_s: dict[str, float] = {}
        self._under_way: dict[str, _UnderWay] = {}

    def states(self, *parts: str) -> Sequence[PartState]:
        """These parts, or all, as they are now. Blocks for up to five seconds, while proofs are made."""
        wanted = parts or tuple(self._proofs)
        asked = self._asked(wanted)
        for each in asked:
            wait([each.done], self._left_s(each))
        return self._answer(wanted, asked)

    async def current(self, *parts: str) -> Sequence[PartState]:
        """The same on an event loop, where waiting costs no thread: anybody may ask."""
        wanted = parts or tuple(self._proofs)
        asked = self._asked(wanted)
        for each in asked:
            await asyncio.wait([asyncio.wrap_future(each.done)], timeout=self._left_s(each))
        return self._answer(wanted, asked)

    async def run(self) -> None:
        """Look once a minute, so that "since" is true and the log has every change; ends by being cancelled."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            await self.current()

    def _asked(self, wanted: Sequence[str]) -> Sequence[_UnderWay]:
        """The proofs to be waited for, begun where they are not yet; not those that are late already."""
        with self._lock:
            for part in wanted:
                if part not in self._under_way and not self._is_fresh(part):
                    self._under_way[part] = self._begun(part)
            found = [self._under_way[part] for part in wanted if part in self._under_way]
            return [each for each in found if not each.late]

    def _begun(self, part: str) -> _UnderWay:
        """The lock is held, so the proof is written down before it can end."""
        return _UnderWay(part, self._clock.monotonic(), begin(partial(self._prove, part)))

    def _is_fresh(self, part: str) -> bool:
        return self._clock.monotonic() - self._proven_mono_s.get(part, float("-inf")) < GOOD_FOR_S

    def _left_s(self, asked: _UnderWay) -> float:
        return max(0.0, asked.begun_mono_s + _WAIT_S - self._clock.monotonic())

    def _answer(self, wanted: Sequence[str], asked: Sequence[_UnderWay]) -> Sequence[PartState]:
        for each in asked:
            if each.done.done():
                each.done.result()  # raises what nobody foresaw
        with self._lock:
            for each in asked:
                if self._under_way.get(each.part) is each and not each.late:
                    each.late = True
                    late = VigintError(_LATE.get(each.part, Code.SERVER_STORAGE), "the proof takes too long")
                    self._note(each.part, _down(late, self._clock.wall()))
            return [self._states[part] for part in wanted]

    def _prove(self, part: str) -> None:
        now_s = self._clock.wall()
        finding: Finding | None = None
        try:
            finding = self._proofs[part](now_s)
        except VigintError as error:
            finding = _down(error, now_s)
        finally:
            with self._lock:
                under_way = self._under_way.pop(part)
                if finding is not None:
                    self._proven_mono_s[part] = self._clock.monotonic()
                    if not under_way.late:
                        self._note(part, finding)

    def _note(self, part: str, finding: Finding) -> None:
        """From now on the part is so; the lock is held."""
        before = self._states.get(part)
        same = before is not None and _kind(before.finding) == _kind(finding)
        if before is not None and not same:
            told = _log.info if finding.code is None else _log.warning
            told("health changed", part=part, health=finding.health, code=finding.code, detail=finding.detail)
        now_s = self._clock.wall()
        earlier_s = before.worked_s if before is not None else None
        since_s = before.since_s if before is not None and same else now_s
        self._states[part] = PartState(part, finding, since_s, finding.worked_s or earlier_s)


def worst(states: Sequence[PartState]) -> Health:
    """The state of the whole; a part that nobody configured is no fault."""
    found = {state.health for state in states}
    return next((health for health in _WORST_FIRST if health in found), Health.OK)


def _kind(finding: Finding) -> tuple[Health, Code | None]:
    return finding.health, finding.code


def _down(error: VigintError, now_s: float) -> Finding:
    return Finding(Health.DOWN, error.code, detail=error.detail, asked_s=now_s)
