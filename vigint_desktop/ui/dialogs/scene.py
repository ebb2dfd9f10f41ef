"""Zones and gate of one camera: drawn on its live picture, with what the gate sees and what it would have seen."""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import VigintError
from vigint_core.domain.frame import Frame
from vigint_core.domain.zone import Point, Scene
from vigint_core.policy.sensitivity import LEAST, MOST, preview
from vigint_core.policy.shapes import fits
from vigint_desktop.ui.controls import Controls
from vigint_desktop.ui.dialogs.around import Around
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.dialogs.shape_fields import ShapeFields
from vigint_desktop.ui.rows.drawing import TOOLS, Drawing, Tool
from vigint_desktop.ui.widgets.gate_meter import HourGraph, ScoreBar
from vigint_desktop.ui.widgets.scene_canvas import SceneCanvas

_LOOK_MS: Final = 100
_GRAPH_EVERY: Final = 20  # looks: the hour is summed anew every two seconds
_STEPS: Final = 40
_MOST_OCCUPIED_S: Final = 600
_MOVES: Final = 0.8
"""Score that keeps an open gate open; below, it closes in a moment."""
_SIDE_PX: Final = 340


class SceneDialog(QDialog):
    """Nothing is stored before Save; what was drawn is not lost without a question.

    Attributes:
        canvas, fields, shapes, tools, slider: its parts.
        drawing: what is being drawn.
    """

    def __init__(
        self, camera: Camera, frame: Callable[[], Frame | None], controls: Controls, around: Around, parent: QWidget
    ) -> None:
        """``frame``: the newest picture of the camera that is on screen anywhere, or None."""
        super().__init__(parent)
        texts = around.texts
        self.setWindowTitle(texts("scene.title", camera=camera.name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._camera = camera
        self._frame = frame
        self._controls = controls
        self._texts = texts
        self._looks = 0
        self._asked_about: tuple[Scene, tuple[Point, ...]] | None = None
        self.drawing = Drawing(camera.scene)
        self.canvas = SceneCanvas(self.drawing, self._new_name, texts, around.theme)
        self.tools = {tool: QPushButton(texts(f"scene.tool.{tool}")) for tool in TOOLS}
        self.undo, self.redo = QPushButton(texts("scene.undo")), QPushButton(texts("scene.redo"))
        self.delete = QPushButton(texts("scene.delete"))
        self.shapes = QListWidget()
        self.shapes.setAccessibleName(texts("scene.shapes"))
        self.fields = ShapeFields(self.drawing, texts)
        self.score = ScoreBar(texts("scene.score"), around.theme)
        self.state = label("", "heading")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(-_STEPS, _STEPS)
        self.slider.setValue(round(math.log(camera.scene.sensitivity) / math.log(MOST) * _STEPS))
        self.slider.setAccessibleName(texts("scene.sensitivity"))
        self.preview = label("", "quiet")
        self.graph = HourGraph(texts("scene.hour"), around.theme)
        self.heat = QCheckBox(texts("scene.heat"))
        self.heat.setChecked(True)
        self.occupied = QSpinBox()
        self.occupied.setRange(0, _MOST_OCCUPIED_S)
        self.occupied.setSuffix("\N{NO-BREAK SPACE}s")
        self.occupied.lineEdit().setTextMargins(6, 0, 6, 0)
        self.occupied.setValue(round(camera.scene.occupied_s))
        self.unlocked = QCheckBox(texts("scene.unlocked"))
        self.unlocked.setChecked(camera.scene.unlocked)
        self.hint = label("", "quiet")
        self.problem = label("", "problem")
        self._lay_out()
        self._connect()
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self._look()
        self._changed()

    @property
    def sensitivity(self) -> float:
        """What the slider says: equal steps are equal factors."""
        factor = math.pow(MOST, self.slider.value() / _STEPS)
        return min(max(factor, LEAST), MOST)

    def sizeHint(self) -> QSize:
        """Fits a screen of 1280 x 720 with its title bar."""
        return QSize(1160, 660)

    def accept(self) -> None:
        """Store, and close when that worked."""
        try:
            self._controls.keep_scene(self._camera.id, self._scene())
        except VigintError as error:
            self._say(f"{self._texts.cause(error.code)} {self._texts.remedy(error.code)}")
            return
        super().accept()

    def reject(self) -> None:
        """Escape and Cancel: what was changed is asked about, and again when it changed further."""
        drawn = (self._scene(), tuple(self.drawing.pending))
        if drawn not in ((self._camera.scene, ()), self._asked_about):
            self._asked_about = drawn
            self._say(self._texts("scene.unsaved"))
            return
        super().reject()

    def _scene(self) -> Scene:
        """What would be stored. Saving says that the zones lie where they should on the picture as it is now."""
        drawn, known = self.drawing.scene, self._camera.scene
        untouched = round(math.log(known.sensitivity) / math.log(MOST) * _STEPS) == self.slider.value()
        seen = self.canvas.picture_size if drawn.zones or drawn.lines else None
        redrawn = (drawn.zones, drawn.lines) != (known.zones, known.lines) or self._misshapen()
        return replace(
            drawn,
            sensitivity=known.sensitivity if untouched else self.sensitivity,
            occupied_s=float(self.occupied.value()),
            unlocked=self.unlocked.isChecked(),
            drawn_on=(seen or known.drawn_on) if redrawn else known.drawn_on,
        )

    def _misshapen(self) -> bool:
        """Whether the picture has another shape than the one that was drawn on."""
        drawn_on, seen = self._camera.scene.drawn_on, self.canvas.picture_size
        return drawn_on is not None and seen is not None and not fits(drawn_on, seen)

    def _new_name(self, tool: str) -> str:
        scene = self.drawing.scene
        alike = len(scene.lines) if tool == "line" else sum(zone.use == tool for zone in scene.zones)
        number = alike + 1
        return self._texts(f"scene.new_{tool}", number=number)

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.setSpacing(6)
        side.addWidget(label(self._texts("scene.shapes"), "heading"))
        side.addWidget(self.shapes, 1)
        side.addWidget(self.fields)
        side.addWidget(label(self._texts("scene.gate"), "heading"))
        side.addWidget(self.state)
        side.addWidget(self.score)
        for row in self._gate_rows():
            side.addLayout(row)
        for widget in (self.preview, self.graph, self.heat, self.unlocked):
            side.addWidget(widget)
        beside = QWidget()
        beside.setFixedWidth(_SIDE_PX)
        beside.setLayout(side)
        side.setContentsMargins(0, 0, 0, 0)
        bar = QHBoxLayout()
        for button in (*self.tools.values(), self.undo, self.redo, self.delete):
            button.setAutoDefault(False)
            bar.addWidget(button)
        bar.addStretch(1)
        left = QVBoxLayout()
        left.addLayout(bar)
        left.addWidget(self.canvas, 1)
        left.addWidget(self.hint)
        across = QHBoxLayout()
        across.setSpacing(16)
        across.addLayout(left, 1)
        across.addWidget(beside)
        bottom = QHBoxLayout()
        bottom.addWidget(self.problem, 1)
        bottom.addWidget(self._made_buttons())
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 16, 16, 12)
        box.addLayout(across, 1)
        box.addLayout(bottom)
        self.problem.hide()

    def _gate_rows(self) -> list[QHBoxLayout]:
        rows = []
        for key, widget in (("sensitivity", self.slider), ("occupied", self.occupied)):
            row = QHBoxLayout()
            said = label(self._texts(f"scene.{key}"))
            said.setBuddy(widget)
            row.addWidget(said, 1)
            row.addWidget(widget, 2 if widget is self.slider else 0)
            rows.append(row)
        return rows

    def _made_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        self.save = buttons.addButton(self._texts("settings.save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.save.setObjectName("primary")
        for button in (
            self.save,
            buttons.addButton(self._texts("settings.cancel"), QDialogButtonBox.ButtonRole.RejectRole),
        ):
            button.setAutoDefault(False)  # Enter belongs to what is being drawn
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _connect(self) -> None:
        for tool, button in self.tools.items():
            button.setCheckable(True)
            button.clicked.connect(partial(self._begin, tool))
        self.undo.clicked.connect(self._and_show(self.drawing.undo))
        self.redo.clicked.connect(self._and_show(self.drawing.redo))
        self.delete.clicked.connect(self._and_show(self.drawing.delete))
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, self._and_show(self.drawing.undo))
        QShortcut(QKeySequence(QKeySequence.StandardKey.Redo), self, self._and_show(self.drawing.redo))
        self.canvas.edited.connect(self._changed)
        self.fields.edited.connect(self._changed)
        self.shapes.currentItemChanged.connect(self._choose)
        self.slider.valueChanged.connect(self._show_hour)
        self.heat.toggled.connect(self._toggle_heat)

    def _and_show(self, does: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            does()
            self._changed()

        return run

    def _begin(self, tool: Tool) -> None:
        if self.drawing.tool == tool:
            self.drawing.cancel()
        else:
            self.drawing.begin(tool)
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self._changed()

    def _changed(self) -> None:
        """Another drawing, or another selection."""
        for tool, button in self.tools.items():
            button.setChecked(self.drawing.tool == tool)
            button.setEnabled(not self.drawing.is_full)
        self.delete.setEnabled(bool(self.drawing.selected))
        self._fill_list()
        self.fields.show_selected()
        drawing = f"drawing_{'line' if self.drawing.tool == 'line' else 'zone'}" if self.drawing.tool else "idle"
        hint = "misshapen" if self._misshapen() and not self.drawing.tool else drawing
        self.hint.setText(self._texts(f"scene.hint.{hint}"))
        self.canvas.update()

    def _fill_list(self) -> None:
        scene = self.drawing.scene
        named = [(zone.id, f"{zone.name} · {self._texts(f'zone.use.{zone.use}')}") for zone in scene.zones]
        named += [(line.id, f"{line.name} · {self._texts('zone.line')}") for line in scene.lines]
        with QSignalBlocker(self.shapes):
            self.shapes.clear()
            for shape, name in named:
                item = QListWidgetItem(name, self.shapes)
                item.setData(Qt.ItemDataRole.UserRole, shape)
                if shape == self.drawing.selected:
                    self.shapes.setCurrentItem(item)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.drawing.selected, self.drawing.corner = str(item.data(Qt.ItemDataRole.UserRole)), None
            self.fields.show_selected()
            self.delete.setEnabled(True)
            self.canvas.update()

    def _toggle_heat(self, on: bool) -> None:
        self.canvas.show_heat = on
        self.canvas.update()

    def _look(self) -> None:
        """The picture and what the gate says of it; the hour now and then."""
        view = self._controls.gate_view(self._camera.id)
        had_size = self.canvas.picture_size
        self.canvas.show_frame(self._frame(), view)
        if self.canvas.picture_size != had_size:
            self._changed()
        self.score.show_view(view)
        if view is None:
            self.state.setText(self._texts("scene.state.unknown"))
        else:
            state = "occupied" if view.occupied else "open" if view.open else "closed"
            if state == "open" and view.score < _MOVES:
                state = "lingers"
            self.state.setText(self._texts(f"scene.state.{state}", score=f"{view.score:.1f}"))
        if self._looks % _GRAPH_EVERY == 0:
            self._show_hour()
        self._looks += 1

    def _show_hour(self) -> None:
        peaks = self._controls.score_history(self._camera.id)
        told = preview(peaks, self.sensitivity)
        self.graph.show_peaks(peaks, self.sensitivity)
        share = told.share
        if share is None:
            self.preview.setText(self._texts("scene.preview_none"))
        else:
            minutes = max(1, round(told.known_s / 60))
            said = self._texts("scene.preview", share=f"{100 * share:.0f}", count=told.openings, minutes=minutes)
            self.preview.setText(said)

    def _say(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.show()
