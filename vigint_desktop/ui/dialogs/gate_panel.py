"""How one camera's gate is set: what it sees now, its sensitivity, and what that would have made of the last hour."""

import math
from typing import Final

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QSpinBox, QVBoxLayout, QWidget

from vigint_core.domain.camera import Camera
from vigint_core.domain.gate_view import GateView
from vigint_core.policy.sensitivity import LEAST, MOST, preview
from vigint_desktop.ui.controls import Controls
from vigint_desktop.ui.dialogs.around import Around
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.widgets.gate_meter import HourGraph, ScoreBar

_GRAPH_EVERY: Final = 20  # looks: the hour is summed anew every two seconds
_STEPS: Final = 40
_MOST_OCCUPIED_S: Final = 600
_MOVES: Final = 0.8
"""Score that keeps an open gate open; below, it closes in a moment."""
_FINE: Final = 10.0
"""Per cent, or times the threshold, below which a tenth matters."""


class GatePanel(QWidget):
    """Stores nothing; the bar and the graph follow the slider, the words say what the gate does as it is set now.

    Attributes:
        slider, occupied: what can be set.

    Signals:
        edited: one of them was changed.
    """

    edited = Signal()

    def __init__(self, camera: Camera, controls: Controls, around: Around) -> None:
        super().__init__()
        self._camera = camera
        self._controls = controls
        self._texts = around.texts
        self._looks = 0
        self.score = ScoreBar(around.texts("scene.score"), around.theme)
        self.state = label("")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.occupied = QSpinBox()
        self.preview = label("", "quiet")
        self.graph = HourGraph(around.texts("scene.hour"), around.theme)
        self._set_up()
        self._lay_out()
        self.slider.valueChanged.connect(self._move)
        self.occupied.valueChanged.connect(lambda _value: self.edited.emit())

    @property
    def sensitivity(self) -> float:
        """What the slider says: equal steps are equal factors. Untouched, it is what is stored, to the last digit."""
        known = self._camera.scene.sensitivity
        if self.slider.value() == _step(known):
            return known
        return min(max(math.pow(MOST, self.slider.value() / _STEPS), LEAST), MOST)

    @property
    def occupied_s(self) -> float:
        """How long who stands keeps the gate open."""
        return float(self.occupied.value())

    @property
    def times(self) -> float:
        """By how much the slider raises the score above that of the gate as it is set now."""
        return self.sensitivity / self._camera.scene.sensitivity

    def show_view(self, view: GateView | None) -> None:
        """What the gate sees; the hour now and then."""
        self.score.show_view(view, self.times)
        self.state.setText(self._said(view))
        if self._looks % _GRAPH_EVERY == 0:
            self.show_hour()
        self._looks += 1

    def show_hour(self) -> None:
        """What the last hour would have been."""
        peaks = self._controls.score_history(self._camera.id)
        told = preview(peaks, self.sensitivity, self._controls.settings().sampling)
        self.graph.show_peaks(peaks, self.sensitivity)
        share = told.share
        if share is None:
            said = self._texts("scene.preview_none")
        else:
            said = self._texts(
                "scene.preview",
                minutes=max(1, round(told.known_s / 60)),
                share=_number(100 * share, 1 if 0 < 100 * share < _FINE else 0),
                count=told.openings,
                windows=told.windows,
            )
        self.preview.setText(said)
        self.slider.setAccessibleDescription(said)

    def _said(self, view: GateView | None) -> str:
        if view is None:
            return self._texts("scene.state.unknown")
        state = "occupied" if view.occupied else "open" if view.open else "closed"
        if state == "open" and view.score < _MOVES:
            state = "lingers"
        said = self._texts(f"scene.state.{state}", score=_number(view.score, 1 if view.score < _FINE else 0))
        return said if self.times == 1.0 else self._texts("scene.as_stored", said=said)

    def _move(self) -> None:
        self.show_hour()
        self.edited.emit()

    def _set_up(self) -> None:
        self.slider.setRange(-_STEPS, _STEPS)
        self.slider.setValue(_step(self._camera.scene.sensitivity))
        self.slider.setAccessibleName(self._texts("scene.sensitivity"))
        self.occupied.setRange(0, _MOST_OCCUPIED_S)
        self.occupied.setSuffix("\N{NO-BREAK SPACE}s")
        self.occupied.lineEdit().setTextMargins(6, 0, 6, 0)
        self.occupied.setValue(round(self._camera.scene.occupied_s))
        self.occupied.setToolTip(self._texts("scene.occupied_tip"))
        self.graph.setToolTip(self._texts("scene.hour_tip"))

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(label(self._texts("scene.gate"), "heading"))
        box.addWidget(self.state)
        box.addWidget(self.score)
        sliding = QHBoxLayout()
        sliding.addWidget(_named(self._texts("scene.sensitivity"), self.slider))
        sliding.addWidget(self.slider, 1)
        box.addLayout(sliding)
        box.addWidget(self.graph)
        box.addWidget(self.preview)
        standing = QHBoxLayout()
        standing.addWidget(_named(self._texts("scene.occupied"), self.occupied), 1)
        standing.addWidget(self.occupied)
        box.addLayout(standing)


def _step(sensitivity: float) -> int:
    return round(math.log(sensitivity) / math.log(MOST) * _STEPS)


def _named(text: str, field: QWidget) -> QLabel:
    made = QLabel(text)
    made.setBuddy(field)
    return made


def _number(value: float, places: int) -> str:
    """As the language writes it."""
    return QLocale().toString(value, "f", places)
