"""How every part of the server is, and since when. ``/readyz``, ``/v1/health``, ``/metrics`` and ``doctor`` read it."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import anyio.to_thread

from server.logs import journal
from server.services.proofs import Finding, Proof
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import Health
from vigint_core.ports import Clock

GOOD_FOR_S: Final = 1.0  # anybody may ask /readyz; a part is proven at most this often
_WAIT_S: Final = 5.0
_LOOK_EVERY_S: Final = 60.0
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


class HealthCheck:
    """Proves the parts. Thread-safe; a proof is used for one second, and who waits for one too long is told so."""

    def __init__(self, proofs: Mapping[str, Proof], clock: Clock) -> None:
        self._proofs = proofs
        self._clock = clock
        self._lock = threading.Lock()
        self._states: dict[str, PartState] = {}
        self._proven_mono_s: dict[str, float] = {}

    def states(self, *parts: str) -> Sequence[PartState]:
        """These parts, or all, as they are now. Blocks while proofs are made; one that takes over 5 s has failed."""
        wanted = parts or tuple(self._proofs)
        if not self._lock.acquire(timeout=_WAIT_S):
            late = VigintError(Code.SERVER_STORAGE, "the proof takes too long")
            now_s = self._clock.wall()
            return [self._state(part, _down(late, now_s), now_s) for part in wanted]
        try:
            for part in wanted:
                if self._clock.monotonic() - self._proven_mono_s.get(part, float("-inf")) >= GOOD_FOR_S:
                    self._states[part] = self._prove(part)
                    self._proven_mono_s[part] = self._clock.monotonic()
            return [self._states[part] for part in wanted]
        finally:
            self._lock.release()

    async def run(self) -> None:
        """Look once a minute, so that "since" is true and the log has every change; ends by being cancelled."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            await anyio.to_thread.run_sync(self.states)

    def _prove(self, part: str) -> PartState:
        now_s = self._clock.wall()
        try:
            finding = self._proofs[part](now_s)
        except VigintError as error:
            finding = _down(error, now_s)
        before = self._states.get(part)
        if before is not None and _kind(before.finding) != _kind(finding):
            told = _log.info if finding.code is None else _log.warning
            told("health changed", part=part, health=finding.health, code=finding.code, detail=finding.detail)
        return self._state(part, finding, now_s)

    def _state(self, part: str, finding: Finding, now_s: float) -> PartState:
        before = self._states.get(part)
        same = before is not None and _kind(before.finding) == _kind(finding)
        earlier_s = before.worked_s if before is not None else None
        since_s = before.since_s if before is not None and same else now_s
        return PartState(part, finding, since_s, finding.worked_s or earlier_s)


def worst(states: Sequence[PartState]) -> Health:
    """The state of the whole; a part that nobody configured is no fault."""
    found = {state.health for state in states}
    return next((health for health in _WORST_FIRST if health in found), Health.OK)


def _kind(finding: Finding) -> tuple[Health, Code | None]:
    return finding.health, finding.code


def _down(error: VigintError, now_s: float) -> Finding:
    return Finding(Health.DOWN, error.code, detail=error.detail, asked_s=now_s)
