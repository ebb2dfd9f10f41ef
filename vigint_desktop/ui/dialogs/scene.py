"""Zones and gate of one camera: drawn on its live picture, with what the gate sees and what it would have seen."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import VigintError
from vigint_core.domain.zone import Point, Scene, ZoneUse
from vigint_core.policy.shapes import fits
from vigint_desktop.ui.controls import Controls
from vigint_desktop.ui.dialogs.around import Around
from vigint_desktop.ui.dialogs.form import label
from vigint_desktop.ui.dialogs.gate_panel import GatePanel
from vigint_desktop.ui.dialogs.shape_fields import ShapeFields
from vigint_desktop.ui.rows.drawing import TOOLS, Drawing, Tool
from vigint_desktop.ui.widgets.scene_canvas import SceneCanvas

_LOOK_MS: Final = 100
_SIDE_PX: Final = 348
_FRAME: Final = QSize(8, 40)  # what a window manager puts round it
_LEAST_LIST_PX: Final = 84  # two shapes and a half: one sees that there are more


class SceneDialog(QDialog):
    """Nothing is stored before Save; what was drawn is not lost without a question.

    Attributes:
        canvas, fields, shapes, tools, gate: its parts; ``canvas`` is who wants the camera's frames.
        drawing: what is being drawn.
    """

    def __init__(self, camera: Camera, controls: Controls, around: Around, parent: QWidget) -> None:
        super().__init__(parent)
        texts = around.texts
        self.setWindowTitle(texts("scene.title", camera=camera.name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._camera = camera
        self._controls = controls
        self._texts = texts
        self._seen_size: tuple[int, int] | None = None
        self._asked_about: tuple[Scene, tuple[Point, ...]] | None = None
        self.drawing = Drawing(camera.scene)
        self.canvas = SceneCanvas(self.drawing, self._new_name, texts, around.theme)
        self.tools = {tool: QPushButton(texts(f"scene.tool.{tool}")) for tool in TOOLS}
        self.undo, self.redo = QPushButton(texts("scene.undo")), QPushButton(texts("scene.redo"))
        self.delete = QPushButton(texts("scene.delete"))
        self.shapes = QListWidget()
        self.nothing = label(texts("scene.nothing"), "quiet")
        self.fields = ShapeFields(self.drawing, texts)
        self.gate = GatePanel(camera, controls, around)
        self.heat = QCheckBox(texts("scene.heat"))
        self.heat.setChecked(True)
        self.unlocked = QCheckBox(texts("scene.unlocked"))
        self.unlocked.setChecked(camera.scene.unlocked)
        self.unlocked_note = label(texts("scene.unlocked_note"), "quiet")
        self.hint = label("", "quiet")
        self.problem = label("", "problem")
        self._lay_out()
        self._connect()
        self.canvas.setFocus()
        self.resize(
            self.sizeHint().boundedTo(self.screen().availableSize() - _FRAME)
        )  # else Qt takes 2/3 of the screen
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self._look()
        self._changed()

    def sizeHint(self) -> QSize:
        """Fits a screen of 1280 x 720 with its title bar."""
        return QSize(1200, 670)

    def accept(self) -> None:
        """Store, and close when that worked; a zone that has enough corners counts, though nobody ended it."""
        self.fields.commit()
        if self.drawing.tool is not None:
            self.drawing.finish(self._new_name(self.drawing.tool))
        try:
            self._controls.keep_scene(self._camera.id, self._scene())
        except VigintError as error:
            self._say(f"{self._texts.cause(error.code)} {self._texts.remedy(error.code)}")
            return
        super().accept()

    def reject(self) -> None:
        """Cancel, and Escape where nothing is being drawn: what was changed since the last question is asked about."""
        self.fields.commit()
        at_stake = (self._scene(), tuple(self.drawing.pending))
        if at_stake not in ((self._camera.scene, ()), self._asked_about):
            self._asked_about = at_stake
            self._say(self._texts("scene.unsaved"))
            return
        super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape forgets what is being drawn, wherever the keyboard is."""
        if Qt.Key(event.key()) == Qt.Key.Key_Escape and self.drawing.cancel():
            self._changed()
            return
        super().keyPressEvent(event)

    def _scene(self) -> Scene:
        """What would be stored. Saving says that the zones lie where they should on the picture as it is now."""
        drawn, known = self.drawing.scene, self._camera.scene
        seen = self.canvas.picture_size if drawn.zones or drawn.lines else None
        redrawn = (drawn.zones, drawn.lines) != (known.zones, known.lines) or self._misshapen()
        return replace(
            drawn,
            sensitivity=self.gate.sensitivity,
            occupied_s=self.gate.occupied_s,
            unlocked=self.unlocked.isChecked(),
            drawn_on=(seen or known.drawn_on) if redrawn else known.drawn_on,
        )

    def _misshapen(self) -> bool:
        """Whether the picture has another shape than the one that was drawn on."""
        drawn_on, seen = self._camera.scene.drawn_on, self.canvas.picture_size
        return drawn_on is not None and seen is not None and not fits(drawn_on, seen)

    def _new_name(self, tool: str) -> str:
        """The first name of its kind that is free."""
        scene = self.drawing.scene
        taken = {zone.name for zone in scene.zones} | {line.name for line in scene.lines}
        names = (self._texts(f"scene.new_{tool}", number=number) for number in range(1, len(taken) + 2))
        return next(name for name in names if name not in taken)

    def _lay_out(self) -> None:
        self.shapes.setAccessibleName(self._texts("scene.shapes"))
        self.shapes.setMinimumHeight(_LEAST_LIST_PX)
        self.shapes.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.shapes.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # the end says what it is
        self.shapes.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        side = QVBoxLayout()
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(6)
        side.addWidget(label(self._texts("scene.shapes"), "heading"))
        side.addWidget(self.shapes, 1)
        side.addWidget(self.nothing, 1, Qt.AlignmentFlag.AlignTop)
        for widget in (self.fields, self.unlocked, self.unlocked_note):
            side.addWidget(widget)
        side.addSpacing(6)
        side.addWidget(self.gate)
        left = QVBoxLayout()
        left.addLayout(self._tool_bar())
        left.addWidget(self.canvas, 1)
        below = QHBoxLayout()
        below.setSpacing(16)
        below.addWidget(self.hint, 1)
        below.addWidget(self.heat, 0, Qt.AlignmentFlag.AlignTop)
        left.addLayout(below)
        across = QHBoxLayout()
        across.setSpacing(16)
        across.addLayout(left, 1)
        across.addWidget(_Side(side))
        bottom = QHBoxLayout()
        bottom.addWidget(self.problem, 1)
        bottom.addWidget(self._made_buttons())
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.addLayout(across, 1)
        box.addLayout(bottom)
        self.problem.hide()

    def _tool_bar(self) -> QHBoxLayout:
        bar = QHBoxLayout()
        bar.setSpacing(8)
        for tool, button in self.tools.items():
            button.setCheckable(True)
            bar.addWidget(button)
            button.setToolTip(self._texts("zone.about.line" if tool == "line" else f"zone.about.{tool}"))
        bar.addStretch(1)
        for button, key in ((self.undo, "Ctrl+Z"), (self.redo, "Ctrl+Y"), (self.delete, "")):
            button.setToolTip(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText))
            bar.addWidget(button)
        for button in (*self.tools.values(), self.undo, self.redo, self.delete):
            button.setAutoDefault(False)
        return bar

    def _made_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        self.save = buttons.addButton(self._texts("settings.save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.save.setObjectName("primary")
        cancel = buttons.addButton(self._texts("settings.cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        for button in (self.save, cancel):
            button.setAutoDefault(False)  # Enter belongs to what is being drawn
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _connect(self) -> None:
        for tool, button in self.tools.items():
            button.clicked.connect(partial(self._begin, tool))
        undo, redo, delete = (self._and_show(does) for does in self._acts())
        self.undo.clicked.connect(undo)
        self.redo.clicked.connect(redo)
        self.delete.clicked.connect(delete)
        QShortcut(QKeySequence("Ctrl+Z"), self, undo)
        for keys in ("Ctrl+Y", "Ctrl+Shift+Z"):
            QShortcut(QKeySequence(keys), self, redo)
        in_list = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.shapes)
        in_list.setContext(Qt.ShortcutContext.WidgetShortcut)  # on the picture the same key removes a corner alone
        in_list.activated.connect(delete)
        self.canvas.edited.connect(self._changed)
        self.fields.edited.connect(self._changed)
        self.gate.edited.connect(self.problem.hide)
        self.unlocked.toggled.connect(self.problem.hide)
        self.shapes.currentItemChanged.connect(self._choose)
        self.heat.toggled.connect(self._toggle_heat)

    def _acts(self) -> tuple[Callable[[], None], ...]:
        return self.drawing.undo, self.drawing.redo, self.drawing.delete

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
        self.problem.hide()
        self._fill_list()
        self._show_selected()
        self._say_hint()

    def _show_selected(self) -> None:
        zone = self.drawing.zone()
        for tool, button in self.tools.items():
            button.setChecked(self.drawing.tool == tool)
            button.setEnabled(not self.drawing.is_full)
        self.undo.setEnabled(self.drawing.can_undo)
        self.redo.setEnabled(self.drawing.can_redo)
        self.delete.setEnabled(bool(self.drawing.selected))
        for widget in (self.unlocked, self.unlocked_note):
            widget.setVisible(zone is not None and zone.use is ZoneUse.PRIVACY)
        self.fields.show_selected()
        self.canvas.update()

    def _say_hint(self) -> None:
        if self.drawing.tool:
            hint = "drawing_line" if self.drawing.tool == "line" else "drawing_zone"
        elif self._misshapen():
            hint = "misshapen"
        else:
            hint = "full" if self.drawing.is_full else "idle"
            hint = "line" if self.drawing.line() else "selected" if self.drawing.selected else hint
        self.hint.setText(self._texts(f"scene.hint.{hint}"))
        self.canvas.setAccessibleDescription(self.hint.text())

    def _fill_list(self) -> None:
        scene = self.drawing.scene
        named = [(zone.id, f"{zone.name} · {self._texts(f'zone.use.{zone.use}')}") for zone in scene.zones]
        named += [(line.id, f"{line.name} · {self._texts('zone.line')}") for line in scene.lines]
        self.shapes.setVisible(bool(named))
        self.nothing.setVisible(not named)
        with QSignalBlocker(self.shapes):
            self.shapes.clear()
            for shape, name in named:
                item = QListWidgetItem(name, self.shapes)
                item.setData(Qt.ItemDataRole.UserRole, shape)
                item.setToolTip(name)
                if shape == self.drawing.selected:
                    self.shapes.setCurrentItem(item)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.drawing.select(str(item.data(Qt.ItemDataRole.UserRole)))
            self._show_selected()
            self._say_hint()

    def _toggle_heat(self, on: bool) -> None:
        self.canvas.show_heat = on
        self.canvas.update()

    def _look(self) -> None:
        """The picture and what the gate says of it."""
        view = self._controls.gate_view(self._camera.id)
        self.canvas.show_view(view, self.gate.times)
        self.gate.show_view(view)
        if self.canvas.picture_size != self._seen_size:
            self._seen_size = self.canvas.picture_size
            self._say_hint()

    def _say(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.show()


class _Side(QWidget):
    """A column that is never lower than its words need at its width; Qt asks only what they need at their best one."""

    def __init__(self, column: QVBoxLayout) -> None:
        super().__init__()
        self._column = column
        self.setFixedWidth(_SIDE_PX)
        self.setLayout(column)

    def minimumSizeHint(self) -> QSize:
        """As high as all that stands in it."""
        return QSize(_SIDE_PX, self._column.minimumHeightForWidth(_SIDE_PX))
