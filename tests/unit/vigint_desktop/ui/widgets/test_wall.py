"""Keyboard and mouse go from place to place, take cameras along, and find their way back."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from tests.fakes.moments import StandingClock, camera
from tests.fakes.walls import DOOR, TILL, WallSet
from vigint_core.domain.ids import CameraId
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.empty_place import EmptyPlace
from vigint_desktop.ui.widgets.wall import Wall

YARD = CameraId("yard")
SWAP = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class Scene:
    """A wall of three cameras on screen: Door, Till / Yard."""

    def __init__(self, words: Texts, theme: Theme, clock: StandingClock, qtbot: QtBot) -> None:
        self.set = WallSet(words, theme, clock, [camera("Door"), camera("Till"), camera("Yard")])
        self.wall, self.arrangement = self.set.wall(1000, 560)
        self.qtbot = qtbot
        qtbot.addWidget(self.wall)
        self.arrangement.set_layout("4")
        self.wall.show()
        self.wall.activateWindow()
        qtbot.waitUntil(self.wall.isActiveWindow, timeout=30_000)

    def focus(self, camera_id: CameraId) -> None:
        self.wall.tile(camera_id).setFocus()
        self.qtbot.waitUntil(self.wall.tile(camera_id).hasFocus, timeout=30_000)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        focused = self.wall.window().focusWidget() or self.wall
        self.qtbot.keyClick(focused, key, modifiers)

    def middle(self, place: int) -> QPoint:
        """Of a place, on the wall."""
        return QPoint(250 + 500 * (place % 2), 140 + 280 * (place // 2))

    def drag(self, camera_id: CameraId, to: QPoint) -> None:
        """Press and move, as a hand does; the caller lets go."""
        tile = self.wall.tile(camera_id)
        QTest.mousePress(tile, Qt.MouseButton.LeftButton, pos=tile.rect().center())
        start = tile.mapTo(self.wall, tile.rect().center())
        for share in (0.1, 0.5, 1.0):
            at = start + (to - start) * share
            QTest.mouseMove(tile, tile.mapFrom(self.wall, at))

    def let_go(self, camera_id: CameraId, at: QPoint) -> None:
        tile = self.wall.tile(camera_id)
        QTest.mouseRelease(tile, Qt.MouseButton.LeftButton, pos=tile.mapFrom(self.wall, at))

    def seats(self) -> list[str]:
        return [str(seat or "") for seat in self.arrangement.seats()]


@pytest.fixture
def scene(words: Texts, theme: Theme, clock: StandingClock, qtbot: QtBot) -> Scene:
    return Scene(words, theme, clock, qtbot)


def empty_place(scene: Scene) -> EmptyPlace:
    (place,) = (p for p in scene.wall.findChildren(EmptyPlace) if p.isVisible())
    return place


def test_alone_a_camera_has_the_wall_and_the_others_send_nothing(scene: Scene) -> None:
    scene.set.beat()

    scene.wall.show_alone(TILL)
    scene.set.beat()

    assert scene.wall.alone == TILL
    assert scene.wall.tile(TILL).size() == scene.wall.size()
    assert scene.set.told()[DOOR] == (0, 0)
    assert scene.set.told()[TILL][0] > 900


def test_a_camera_of_another_page_can_be_alone(scene: Scene) -> None:
    scene.arrangement.set_layout("1")
    scene.wall.show_alone(YARD)
    assert scene.wall.tile(YARD).isVisible()

    scene.press(Qt.Key.Key_Escape)
    assert scene.wall.tile(DOOR).isVisible()
    assert not scene.wall.tile(YARD).isVisible()


def test_nobody_is_alone_who_is_not_there(scene: Scene) -> None:
    scene.wall.show_alone(CameraId("garage"))

    assert scene.wall.alone is None
    with pytest.raises(KeyError):
        scene.wall.tile(CameraId("garage"))


def test_enter_shows_the_camera_alone_and_escape_goes_back(scene: Scene) -> None:
    scene.focus(TILL)
    scene.press(Qt.Key.Key_Return)
    assert scene.wall.alone == TILL

    scene.press(Qt.Key.Key_Escape)
    assert scene.wall.alone is None
    assert scene.wall.tile(TILL).hasFocus()
    assert not scene.wall.go_back()


def test_who_chooses_a_layout_wants_to_see_it(scene: Scene) -> None:
    scene.wall.show_alone(TILL)
    scene.arrangement.set_layout("9")
    assert scene.wall.alone is None

    scene.wall.show_alone(TILL)
    scene.set.model.set_cameras([camera("Door"), camera("Till")])
    assert scene.wall.alone == TILL


def test_the_only_camera_on_screen_is_the_chosen_one(scene: Scene) -> None:
    scene.arrangement.set_layout("1")
    scene.wall.setFocus()

    assert scene.wall.tile(DOOR).hasFocus()


def test_a_wish_without_a_chosen_camera_is_told(scene: Scene) -> None:
    scene.wall.setFocus()
    with scene.qtbot.waitSignal(scene.set.projection.wish_missed, timeout=30_000):
        scene.press(Qt.Key.Key_S)


def test_arrows_go_from_place_to_place_also_to_empty_ones(scene: Scene) -> None:
    scene.focus(DOOR)
    scene.press(Qt.Key.Key_Right)
    assert scene.wall.tile(TILL).hasFocus()
    scene.press(Qt.Key.Key_Right)
    assert scene.wall.tile(TILL).hasFocus()
    scene.press(Qt.Key.Key_Down)
    assert empty_place(scene).hasFocus()
    scene.press(Qt.Key.Key_Left)
    assert scene.wall.tile(YARD).hasFocus()


def test_the_first_arrow_goes_to_the_first_place(scene: Scene) -> None:
    scene.wall.setFocus()
    scene.press(Qt.Key.Key_Down)

    assert scene.wall.tile(DOOR).hasFocus()


def test_with_one_camera_alone_arrows_go_to_the_next(scene: Scene) -> None:
    scene.wall.show_alone(DOOR)
    scene.press(Qt.Key.Key_Right)
    scene.press(Qt.Key.Key_Down)
    scene.press(Qt.Key.Key_Right)
    assert scene.wall.alone == YARD

    scene.press(Qt.Key.Key_Left)
    assert scene.wall.alone == TILL


def test_ctrl_shift_arrows_take_the_camera_along_and_back(scene: Scene) -> None:
    scene.focus(DOOR)
    scene.press(Qt.Key.Key_Down, SWAP)
    assert scene.seats() == ["yard", "till", "door", ""]
    assert scene.wall.tile(DOOR).hasFocus()

    scene.press(Qt.Key.Key_Right, SWAP)
    assert scene.seats() == ["yard", "till", "", "door"]

    scene.press(Qt.Key.Key_Left, SWAP)
    scene.press(Qt.Key.Key_Up, SWAP)
    assert scene.seats() == ["door", "till", "yard", ""]


def test_a_tile_is_dragged_onto_another_and_back(scene: Scene) -> None:
    scene.drag(DOOR, scene.middle(2))
    scene.let_go(DOOR, scene.middle(2))
    assert scene.seats() == ["yard", "till", "door", ""]

    scene.drag(DOOR, scene.middle(0))
    scene.let_go(DOOR, scene.middle(0))
    assert scene.seats() == ["door", "till", "yard", ""]


def test_a_tile_is_dragged_to_an_empty_place(scene: Scene) -> None:
    scene.drag(DOOR, scene.middle(3))
    scene.let_go(DOOR, scene.middle(3))

    assert scene.seats() == ["", "till", "yard", "door"]


def test_while_dragging_the_target_and_a_picture_are_seen(scene: Scene) -> None:
    before = scene.wall.grab().toImage()
    scene.drag(DOOR, scene.middle(1))

    frame = scene.wall.grab().toImage()
    assert frame != before
    assert frame.pixelColor(505, 100) == scene.set.stage.theme.colour("accent")

    scene.press(Qt.Key.Key_Escape)
    scene.let_go(DOOR, scene.middle(1))
    assert scene.seats() == ["door", "till", "yard", ""]


@pytest.mark.parametrize("to", [QPoint(253, 141), QPoint(-50, -50), QPoint(250, 100)])
def test_a_hand_that_trembles_or_misses_changes_nothing(to: QPoint, scene: Scene) -> None:
    scene.drag(DOOR, to)
    scene.let_go(DOOR, to)

    assert scene.seats() == ["door", "till", "yard", ""]


def test_a_camera_alone_can_not_be_dragged_nor_swapped(scene: Scene) -> None:
    scene.wall.show_alone(DOOR)
    scene.drag(DOOR, scene.middle(3))
    scene.let_go(DOOR, scene.middle(3))
    scene.press(Qt.Key.Key_Right, SWAP)

    assert scene.seats() == ["door", "till", "yard", ""]


def test_a_number_shows_its_camera_alone_and_once_more_all(scene: Scene) -> None:
    scene.wall.pad.type_digit("2")
    assert scene.wall.alone == TILL
    scene.wall.pad.type_digit("2")
    assert scene.wall.alone is None

    scene.wall.pad.type_digit("3")
    scene.wall.pad.type_digit("0")
    assert scene.wall.alone is None


def test_enter_takes_a_number_that_waits_and_escape_gives_it_up(
    words: Texts, theme: Theme, clock: StandingClock, qtbot: QtBot
) -> None:
    many = WallSet(words, theme, clock, [camera(f"C{number}") for number in range(1, 13)])
    wall, _ = many.wall()
    qtbot.addWidget(wall)
    wall.show()

    wall.pad.type_digit("1")
    assert wall.alone is None
    qtbot.keyClick(wall.tile(CameraId("c5")), Qt.Key.Key_Return)
    assert wall.alone == "c1"

    wall.pad.type_digit("1")
    qtbot.keyClick(wall, Qt.Key.Key_Escape)
    assert wall.alone == "c1"
    qtbot.keyClick(wall, Qt.Key.Key_Escape)
    assert wall.alone is None

    wall.pad.type_digit("1")
    qtbot.keyClick(wall, Qt.Key.Key_Enter)
    assert wall.alone == "c1"


def named(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def test_the_menu_of_a_tile_seats_another_camera_there(scene: Scene, words: Texts) -> None:
    menu = scene.wall.tile(DOOR).menu()
    (here,) = (action.menu() for action in menu.actions() if action.text() == words("wall.show_here"))
    assert isinstance(here, QMenu)
    assert named(here) == ["1  Door", "2  Till", "3  Yard"]
    assert [action.isChecked() for action in here.actions()] == [True, False, False]

    here.actions()[2].trigger()
    assert scene.seats() == ["yard", "till", "door", ""]
    menu.close()


def test_the_menu_of_an_empty_place_is_the_list_of_cameras(scene: Scene) -> None:
    menu = empty_place(scene).menu()
    assert named(menu) == ["1  Door", "2  Till", "3  Yard"]

    menu.actions()[0].trigger()
    assert scene.seats() == ["", "till", "yard", "door"]
    menu.close()


def test_alone_there_is_no_place_to_fill(scene: Scene, words: Texts) -> None:
    scene.wall.show_alone(DOOR)
    menu = scene.wall.tile(DOOR).menu()

    assert words("wall.show_here") not in named(menu)
    menu.close()


def test_other_cameras_replace_tiles_and_keep_those_that_stay(scene: Scene) -> None:
    kept = scene.wall.tile(TILL)
    scene.wall.show_alone(DOOR)

    scene.set.model.set_cameras([camera("Till"), camera("Garage")])

    assert scene.wall.tile(TILL) is kept
    assert scene.wall.alone is None
    assert kept.isVisible()
    with pytest.raises(KeyError):
        scene.wall.tile(DOOR)


def test_a_camera_that_is_renamed_is_renamed_on_its_tile(scene: Scene) -> None:
    scene.set.model.set_cameras([camera("DOOR"), camera("Till"), camera("Yard")])

    assert scene.wall.tile(DOOR).row.name == "DOOR"


def test_who_takes_over_the_place_takes_over_the_keyboard(scene: Scene) -> None:
    scene.arrangement.set_layout("1")
    scene.focus(DOOR)
    scene.arrangement.turn(1)

    assert scene.wall.tile(TILL).hasFocus()


@pytest.mark.parametrize("layout", ["auto", "1", "6", "36", "1+5", "1+7", "1+12"])
def test_every_layout_shows_every_camera_somewhere(layout: str, scene: Scene) -> None:
    scene.arrangement.set_layout(layout)
    seen: set[CameraId] = set()
    for number in range(scene.arrangement.page_count):
        scene.arrangement.turn(number - scene.arrangement.number)
        seen |= {known for known in (DOOR, TILL, YARD) if scene.arrangement.seats().count(known)}
        assert all(scene.wall.tile(known).isVisible() for known in scene.arrangement.seats() if known)

    assert seen == {DOOR, TILL, YARD}


def test_a_wall_of_no_size_is_laid_out_without_complaint(scene: Scene) -> None:
    scene.wall.resize(0, 0)

    assert isinstance(scene.wall, Wall)
    assert scene.wall.tile(DOOR).width() == 1
