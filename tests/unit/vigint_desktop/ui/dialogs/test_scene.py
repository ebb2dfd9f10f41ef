"""Zones are drawn on the live picture with the mouse, or with keys alone, and stored when that is asked for."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakeControls
from tests.fakes.moments import NOON_S, StandingClock, camera
from tests.fakes.pictures import moment
from vigint_core.domain.camera import Camera
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.frame import Frame
from vigint_core.domain.gate_view import GateView
from vigint_core.domain.ids import CameraId
from vigint_core.domain.zone import Crossing, Line, Scene, Zone, ZoneKind, ZoneUse
from vigint_core.texts import LANGUAGES, Language
from vigint_desktop.ui.dialogs.around import Around
from vigint_desktop.ui.dialogs.scene import SceneDialog
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme

DOOR = CameraId("door")
FRAME = Frame(DOOR, 1, moment(1000.0), 64, 36, 256, memoryview(bytes(256 * 36)))
ZONE = Zone("z1", "Wine", ZoneUse.WATCH, ((0.1, 0.1), (0.5, 0.1), (0.5, 0.6)), ZoneKind.HIGH_VALUE)


def _move(canvas: QWidget, to: QPointF) -> None:
    """The mouse moves with its left button down."""
    left, none, at = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton, canvas.mapToGlobal(to)
    moved = QMouseEvent(QEvent.Type.MouseMove, to, at, none, left, Qt.KeyboardModifier.NoModifier)
    QCoreApplication.sendEvent(canvas, moved)


class Room:
    def __init__(self, qtbot: QtBot, words: Texts, theme: Theme, clock: StandingClock, scene: Scene) -> None:
        self.qtbot = qtbot
        self.controls = FakeControls()
        self.parent = QWidget()
        qtbot.addWidget(self.parent)
        door = camera("Door")
        described = Camera(door.id, door.name, door.kind, door.url, scene=scene)
        around = Around(words, theme, clock)
        self.dialog = SceneDialog(described, self.controls, around, self.parent)
        self.see(FRAME)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        self.dialog.resize(1200, 680)
        self.dialog.show()
        qtbot.waitExposed(self.dialog)

    def see(self, frame: Frame) -> None:
        self.dialog.canvas.set_frame(frame)
        self.dialog._look()

    def click(self, x: float, y: float) -> None:
        at = self.dialog.canvas.place_of((x, y)).toPoint()
        self.qtbot.mouseClick(self.dialog.canvas, Qt.MouseButton.LeftButton, pos=at)

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            self.qtbot.keyClick(self.dialog.canvas, key)

    @property
    def kept(self) -> Scene:
        return self.controls.kept_scenes[DOOR]


@pytest.fixture
def room(qtbot: QtBot, words: Texts, theme: Theme, clock: StandingClock) -> Room:
    return Room(qtbot, words, theme, clock, Scene())


@pytest.fixture
def drawn(qtbot: QtBot, words: Texts, theme: Theme, clock: StandingClock) -> Room:
    scene = Scene((ZONE,), (Line("z2", "Gate", (0.6, 0.2), (0.6, 0.8)),), drawn_on=(1920, 1080))
    return Room(qtbot, words, theme, clock, scene)


def test_a_zone_is_clicked_together_and_stored(room: Room) -> None:
    room.dialog.tools["privacy"].click()
    for x, y in ((0.2, 0.2), (0.6, 0.2), (0.6, 0.7)):
        room.click(x, y)
    room.press(Qt.Key.Key_Return)
    room.dialog.save.click()

    (zone,) = room.kept.zones
    assert (zone.name, zone.use, len(zone.points)) == ("Private 1", ZoneUse.PRIVACY, 3)
    assert zone.points[1] == pytest.approx((0.6, 0.2), abs=0.01)
    assert room.kept.drawn_on == (64, 36)
    assert not room.dialog.isVisible()


def test_a_double_click_ends_a_zone(room: Room) -> None:
    room.dialog.tools["watch"].click()
    for x, y in ((0.2, 0.2), (0.6, 0.2), (0.6, 0.7)):
        room.click(x, y)
    at = room.dialog.canvas.place_of((0.6, 0.7)).toPoint()
    room.qtbot.mouseDClick(room.dialog.canvas, Qt.MouseButton.LeftButton, pos=at)

    (zone,) = room.dialog.drawing.scene.zones
    assert (zone.use, zone.kind) == (ZoneUse.WATCH, ZoneKind.AISLE)


def test_a_zone_is_drawn_with_keys_alone(room: Room) -> None:
    room.dialog.tools["ignore"].click()
    for turn in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left):
        for _ in range(20):
            room.press(turn)
        room.press(Qt.Key.Key_Space)
    room.press(Qt.Key.Key_Return)

    (zone,) = room.dialog.drawing.scene.zones
    assert [(round(x, 2), round(y, 2)) for x, y in zone.points] == [(0.6, 0.5), (0.6, 0.6), (0.5, 0.6)]


def test_a_corner_is_dragged_with_the_mouse_and_undone(drawn: Room) -> None:
    canvas = drawn.dialog.canvas
    start, end = (canvas.place_of(point).toPoint() for point in ((0.5, 0.6), (0.7, 0.9)))
    drawn.qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    _move(canvas, canvas.place_of((0.7, 0.9)))
    drawn.qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end)
    assert drawn.dialog.drawing.scene.zones[0].points[2] == pytest.approx((0.7, 0.9), abs=0.02)

    drawn.dialog.undo.click()
    assert drawn.dialog.drawing.scene.zones[0] == ZONE


def test_name_kind_time_and_direction_are_chosen(drawn: Room) -> None:
    dialog, fields = drawn.dialog, drawn.dialog.fields
    dialog.shapes.setCurrentRow(0)
    fields.name.setText("Spirits")
    fields.name.editingFinished.emit()
    fields.kind.setCurrentIndex(fields.kind.findData(ZoneKind.TILL))
    fields.kind.activated.emit(0)
    fields.stays.click()
    fields.dwell.setValue(45)
    dialog.shapes.setCurrentRow(1)
    fields.crossing.setCurrentIndex(fields.crossing.findData(Crossing.TO_LEFT))
    fields.crossing.activated.emit(0)
    dialog.save.click()

    (zone,), (line,) = drawn.kept.zones, drawn.kept.lines
    assert (zone.name, zone.kind, zone.dwell_s) == ("Spirits", ZoneKind.TILL, 45.0)
    assert line.crossing is Crossing.TO_LEFT
    assert drawn.kept.drawn_on == (64, 36)


def test_what_was_changed_is_not_lost_without_a_question(drawn: Room, words: Texts) -> None:
    drawn.dialog.shapes.setCurrentRow(0)
    drawn.dialog.delete.click()
    drawn.dialog.reject()
    assert drawn.dialog.isVisible()
    assert drawn.dialog.problem.text() == words("scene.unsaved")

    drawn.dialog.reject()
    assert not drawn.dialog.isVisible()
    assert drawn.controls.kept_scenes == {}


def test_it_takes_the_room_that_a_screen_has(drawn: Room) -> None:
    around = Around(Texts("en"), Theme(), StandingClock())
    dialog = SceneDialog(camera("Door"), drawn.controls, around, drawn.parent)
    room = dialog.screen().availableSize()
    assert (dialog.width(), dialog.height()) == (min(1200, room.width() - 8), min(670, room.height() - 40))
    assert dialog.minimumSizeHint().height() <= 640  # of 720, less a title bar and a panel


def test_untouched_it_closes_at_once(drawn: Room) -> None:
    drawn.dialog.reject()
    assert not drawn.dialog.isVisible()


def test_escape_first_forgets_what_is_being_drawn(room: Room) -> None:
    room.dialog.tools["line"].click()
    room.click(0.2, 0.2)
    room.press(Qt.Key.Key_Escape)

    assert room.dialog.drawing.tool is None
    assert room.dialog.isVisible()


def test_a_picture_of_another_shape_is_pointed_out_and_saving_accepts_it(
    qtbot: QtBot, words: Texts, theme: Theme, clock: StandingClock
) -> None:
    room = Room(qtbot, words, theme, clock, Scene((ZONE,), drawn_on=(640, 480)))
    assert room.dialog.hint.text() == words("scene.hint.misshapen")
    room.dialog.save.click()
    assert room.kept.drawn_on == (64, 36)


def test_without_a_picture_it_waits_and_keeps_what_is_drawn(
    qtbot: QtBot, words: Texts, theme: Theme, clock: StandingClock
) -> None:
    room = Room(qtbot, words, theme, clock, Scene((ZONE,), drawn_on=(640, 480)))
    room.dialog.canvas._frame = None
    room.dialog.grab()
    room.dialog.gate.occupied.setValue(60)
    room.dialog.gate.slider.setValue(room.dialog.gate.slider.maximum())
    room.dialog.save.click()
    assert (room.kept.occupied_s, room.kept.sensitivity, room.kept.drawn_on) == (60.0, 4.0, (640, 480))


def test_a_question_is_asked_anew_about_what_was_drawn_since(drawn: Room) -> None:
    drawn.dialog.shapes.setCurrentRow(0)
    drawn.dialog.delete.click()
    drawn.dialog.reject()
    drawn.dialog.undo.click()
    drawn.dialog.gate.occupied.setValue(77)
    assert not drawn.dialog.problem.isVisible(), "what was asked is no question any more"

    drawn.dialog.reject()
    assert drawn.dialog.isVisible()
    drawn.dialog.reject()
    assert not drawn.dialog.isVisible()


def test_corners_of_a_zone_that_is_not_complete_are_asked_about_too(room: Room) -> None:
    room.dialog.tools["privacy"].click()
    room.click(0.2, 0.2)
    room.dialog.reject()
    assert room.dialog.isVisible()


def test_escape_forgets_what_is_being_drawn_wherever_the_keyboard_is(room: Room) -> None:
    room.dialog.tools["privacy"].click()
    room.click(0.2, 0.2)
    room.qtbot.keyClick(room.dialog.gate.slider, Qt.Key.Key_Escape)

    assert room.dialog.drawing.tool is None
    assert room.dialog.isVisible()


def test_a_click_on_the_first_corner_ends_a_zone(room: Room) -> None:
    room.dialog.tools["watch"].click()
    for x, y in ((0.2, 0.2), (0.6, 0.2), (0.6, 0.7), (0.2, 0.2)):
        room.click(x, y)

    (zone,) = room.dialog.drawing.scene.zones
    assert len(zone.points) == 3


def test_backspace_and_undo_take_back_a_corner_of_what_is_being_drawn(drawn: Room) -> None:
    drawn.dialog.tools["ignore"].click()
    for x, y in ((0.7, 0.2), (0.8, 0.2), (0.8, 0.3)):
        drawn.click(x, y)
    drawn.press(Qt.Key.Key_Backspace)
    assert len(drawn.dialog.drawing.pending) == 2
    drawn.qtbot.keyClick(drawn.dialog.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    assert len(drawn.dialog.drawing.pending) == 1
    assert drawn.dialog.drawing.scene.zones == (ZONE,)


def test_a_double_click_on_an_edge_adds_a_corner_and_delete_takes_it_away(drawn: Room) -> None:
    drawn.dialog.shapes.setCurrentRow(0)
    at = drawn.dialog.canvas.place_of((0.3, 0.1)).toPoint()
    drawn.qtbot.mouseDClick(drawn.dialog.canvas, Qt.MouseButton.LeftButton, pos=at)
    (zone,) = drawn.dialog.drawing.scene.zones
    assert zone.points[1] == pytest.approx((0.3, 0.1), abs=0.01)
    assert len(zone.points) == 4

    drawn.press(Qt.Key.Key_Delete)
    assert drawn.dialog.drawing.scene.zones == (ZONE,)


def test_keys_add_a_corner_and_the_list_deletes_a_shape(drawn: Room) -> None:
    drawn.dialog.shapes.setCurrentRow(0)
    drawn.press(Qt.Key.Key_PageDown, Qt.Key.Key_Insert)
    assert len(drawn.dialog.drawing.scene.zones[0].points) == 4
    drawn.dialog.activateWindow()
    drawn.dialog.shapes.setFocus()
    drawn.qtbot.keyClick(drawn.dialog.shapes, Qt.Key.Key_Delete)
    assert drawn.dialog.drawing.scene.zones == ()


def test_an_edge_is_dragged_with_the_mouse(drawn: Room) -> None:
    drawn.dialog.shapes.setCurrentRow(0)
    canvas = drawn.dialog.canvas
    drawn.qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=canvas.place_of((0.3, 0.1)).toPoint())
    _move(canvas, canvas.place_of((0.3, 0.3)))
    drawn.qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton)

    points = drawn.dialog.drawing.scene.zones[0].points
    assert points[0] == pytest.approx((0.1, 0.3), abs=0.01)
    assert points[1] == pytest.approx((0.5, 0.3), abs=0.01)
    assert points[2] == ZONE.points[2]


def test_undo_redo_and_delete_are_offered_only_where_they_do_something(drawn: Room) -> None:
    dialog = drawn.dialog
    assert not any(button.isEnabled() for button in (dialog.undo, dialog.redo, dialog.delete))
    dialog.shapes.setCurrentRow(0)
    dialog.delete.click()
    assert (dialog.undo.isEnabled(), dialog.redo.isEnabled()) == (True, False)
    drawn.qtbot.keyClick(dialog.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (dialog.undo.isEnabled(), dialog.redo.isEnabled()) == (False, True)
    drawn.qtbot.keyClick(dialog.canvas, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert dialog.drawing.scene.zones == ()


def test_a_name_that_is_being_typed_outlives_a_picture_of_another_size(drawn: Room) -> None:
    drawn.dialog.shapes.setCurrentRow(0)
    drawn.dialog.fields.name.clear()
    drawn.qtbot.keyClicks(drawn.dialog.fields.name, "Spirits")
    drawn.see(Frame(DOOR, 2, moment(1001.0), 128, 72, 512, memoryview(bytes(512 * 72))))
    drawn.dialog.accept()

    assert drawn.kept.zones[0].name == "Spirits"


def test_a_new_zone_never_takes_a_name_that_is_there(room: Room) -> None:
    for _ in range(2):
        room.dialog.tools["watch"].click()
        for x, y in ((0.2, 0.2), (0.6, 0.2), (0.6, 0.7)):
            room.click(x, y)
        room.press(Qt.Key.Key_Return)
    room.dialog.shapes.setCurrentRow(0)
    room.dialog.delete.click()
    room.dialog.tools["watch"].click()
    for x, y in ((0.2, 0.2), (0.6, 0.2), (0.6, 0.7)):
        room.click(x, y)
    room.press(Qt.Key.Key_Return)

    assert sorted(zone.name for zone in room.dialog.drawing.scene.zones) == ["Zone 1", "Zone 2"]


def test_a_kind_says_what_is_expected_there_and_only_privacy_zones_can_be_unlocked(drawn: Room, words: Texts) -> None:
    dialog = drawn.dialog
    assert dialog.fields.isHidden()
    dialog.shapes.setCurrentRow(0)
    assert words("incident.type.concealment") in dialog.fields.about.text()
    assert words("incident.type.violence") not in dialog.fields.about.text()
    assert dialog.unlocked.isHidden()

    dialog.fields.use.setCurrentIndex(dialog.fields.use.findData(ZoneUse.PRIVACY))
    dialog.fields.use.activated.emit(0)
    assert not dialog.unlocked.isHidden()


def test_a_picture_and_what_the_gate_sees_in_it_are_painted(drawn: Room) -> None:
    heat = np.ones((10, 20), np.float32)
    drawn.controls.gate_views[DOOR] = GateView(NOON_S, 1.5, open=True, occupied=False, heat=heat)
    drawn.see(FRAME)
    shown = drawn.dialog.canvas.grab().toImage()
    drawn.dialog.heat.click()
    assert drawn.dialog.canvas.grab().toImage() != shown


@pytest.mark.parametrize(("corners", "kept"), [(2, 0), (3, 1)])
def test_saving_ends_a_zone_that_has_enough_corners(room: Room, corners: int, kept: int) -> None:
    room.dialog.tools["privacy"].click()
    for x, y in ((0.2, 0.2), (0.6, 0.2), (0.6, 0.7))[:corners]:
        room.click(x, y)
    room.dialog.save.click()

    assert [zone.use for zone in room.kept.zones] == [ZoneUse.PRIVACY] * kept


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("crossed", [False, True])
def test_no_word_is_cut_on_a_small_screen(
    language: Language, crossed: bool, qtbot: QtBot, theme: Theme, clock: StandingClock
) -> None:
    points = ((0.2, 0.2), (0.8, 0.8), (0.8, 0.2), (0.2, 0.8)) if crossed else ZONE.points
    zones = tuple(replace(ZONE, id=f"z{number}", name="Wine " * 12, points=points) for number in range(5))
    room = Room(qtbot, Texts(language), theme, clock, Scene(zones))
    room.controls.peaks[DOOR] = [2.0] * 3600
    room.controls.gate_views[DOOR] = GateView(NOON_S, 2.4, open=True, occupied=False, heat=None)
    dialog = room.dialog
    dialog.shapes.setCurrentRow(0)
    dialog.gate.slider.setValue(20)
    dialog._look()
    dialog.resize(1272, 100)
    words = [word for word in dialog.findChildren(QLabel) if word.isVisible() and word.wordWrap()]
    qtbot.waitUntil(lambda: all(word.height() >= word.heightForWidth(word.width()) for word in words))
    assert dialog.minimumSizeHint().height() <= dialog.height() <= 640  # of 720, less a title bar and a panel
    buttons = [button for button in dialog.findChildren(QAbstractButton) if button.isVisible()]
    assert [button.text() for button in buttons if button.width() < button.sizeHint().width()] == []
    assert not dialog.shapes.horizontalScrollBar().isVisible()


def test_what_can_not_be_stored_is_said_and_stays(drawn: Room, words: Texts) -> None:
    drawn.controls.apply_fails_with = VigintError(Code.STORE_FAILED)
    drawn.dialog.unlocked.click()
    drawn.dialog.save.click()

    assert drawn.dialog.isVisible()
    assert words.cause(Code.STORE_FAILED) in drawn.dialog.problem.text()
