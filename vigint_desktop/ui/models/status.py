"""The status of the whole chain: folds events and says when the bar has to change."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import Fault
from vigint_core.domain.status import BudgetTold, CameraEffort, CameraStatus, FaultCleared, PartStatus
from vigint_desktop.settings import AnalysisPlace
from vigint_desktop.ui.rows.budget import budget_segment
from vigint_desktop.ui.rows.plan import wants_ai
from vigint_desktop.ui.rows.status import Notice, Segment, StatusState, fault_segment, notice, segments
from vigint_desktop.ui.rows.words import Words


class StatusModel(QObject):
    """Holds one ``StatusState``; all judgement is in ``rows.status``.

    Signals:
        changed: segments, the worst fault or the notice may read differently.
    """

    changed = Signal()

    def __init__(self, words: Words, place: AnalysisPlace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._place = place
        self._by_plan = False
        self._cameras: tuple[Camera, ...] = ()
        self._state = StatusState()

    @property
    def state(self) -> StatusState:
        """What is known now; ``restore`` takes it back."""
        return self._state

    def restore(self, state: StatusState) -> None:
        """Back to an earlier state, after a change of settings failed."""
        self._fold(state)

    def set_setup(self, cameras: Sequence[Camera], place: AnalysisPlace) -> None:
        """Other cameras, or another place of analysis."""
        self._cameras = tuple(cameras)
        self._place = place if wants_ai(cameras) else AnalysisPlace.OFF  # what the plan keeps from the AI lacks nothing
        self._by_plan = place is not self._place
        self._fold(self._state.only_cameras(cameras))

    def forget_proofs(self) -> None:
        """The settings change: what was proven about the old ones no longer counts, and money is counted anew."""
        self._fold(replace(self._state, parts={}, budget=None))

    def set_part(self, status: PartStatus) -> None:
        """A part was proven, or failed."""
        self._fold(self._state.with_part(status))

    def set_camera(self, status: CameraStatus) -> None:
        """A camera changed."""
        self._fold(self._state.with_camera(status))

    def set_budget(self, told: BudgetTold) -> None:
        """The money was counted."""
        self._fold(self._state.with_budget(told))

    def set_effort(self, effort: CameraEffort) -> None:
        """A decoder began or ceased to leave something out."""
        self._fold(self._state.with_effort(effort))

    def raise_fault(self, fault: Fault) -> None:
        """Something is wrong."""
        self._fold(self._state.with_fault(fault))

    def clear_fault(self, cleared: FaultCleared) -> None:
        """It is over."""
        self._fold(self._state.without_fault(cleared))

    def segments(self) -> tuple[Segment, ...]:
        """The bar from left to right."""
        budget = budget_segment(self._state.budget, self._cameras, self._place, self._words)
        made = segments(self._state, self._cameras, self._place, self._words)
        return (*made, budget) if budget else made

    def fault(self) -> Segment | None:
        """The worst open fault."""
        return fault_segment(self._state, self._words)

    def notice(self) -> Notice | None:
        """Why nothing is being analysed, or None."""
        return None if self._by_plan else notice(self._state, self._place, self._words)

    def _fold(self, state: StatusState) -> None:
        self._state = state
        self.changed.emit()
