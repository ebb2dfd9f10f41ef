"""The wall on another screen has a life of its own, remembers it, and ends with the main window."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.moments import StandingClock
from tests.fakes.walls import DOOR, TILL, WallSet
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.second_wall import SecondWall, WallWindow
from vigint_desktop.ui.widgets.window_place import place_of, put_back


class House:
    """A main window that may open a second one."""

    def __init__(self, words: Texts, theme: Theme, clock: StandingClock, qtbot: QtBot) -> None:
        self.set = WallSet(words, theme, clock)
        self.main = QWidget()
        qtbot.addWidget(self.main)
        self.main.show()
        self.qtbot = qtbot

    def second(self) -> SecondWall:
        return SecondWall(self.set.stage, QAction(self.main), [QAction("keys", self.main)], self.main)

    def opened(self, second: SecondWall) -> WallWindow:
        window = second.open()
        self.qtbot.waitExposed(window)
        return window


@pytest.fixture
def house(words: Texts, theme: Theme, clock: StandingClock, qtbot: QtBot) -> House:
    return House(words, theme, clock, qtbot)


def test_it_shows_the_same_cameras_in_a_view_of_its_own(house: House) -> None:
    second = house.second()
    window = house.opened(second)
    window.pane.wall.show_alone(DOOR)
    house.set.send(DOOR, TILL)

    assert window.pane.wall.tile(DOOR).frame is not None
    assert window.pane.wall.tile(TILL).frame is None
    assert second.open() is window
    assert window.focusWidget() is window.pane.wall.tile(DOOR)
    second.close()


def test_its_keys_are_its_own(house: House) -> None:
    second = house.second()
    window = house.opened(second)
    window.toggle_full_screen()
    assert window.isFullScreen()

    house.qtbot.keyClick(window.pane.wall, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    assert {a.shortcut().toString() for a in window.actions()} >= {"F11", "Ctrl+W"}
    second.close()


def test_closed_by_itself_it_stays_closed_but_knows_its_place(house: House) -> None:
    second = house.second()
    window = house.opened(second)
    window.resize(700, 500)
    window.pane.arrangement.set_layout("1")
    window.pane.arrangement.turn(1)
    window.close()
    house.qtbot.waitUntil(lambda: second.state()["open"] is False, timeout=30_000)
    assert second.window is None

    later = house.second()
    later.restore(second.state())
    assert later.window is None
    again = house.opened(later)
    assert (again.width(), again.height()) == (700, 500)
    assert again.pane.arrangement.number == 1
    later.close()


def test_closed_with_the_main_window_it_comes_back_with_it(house: House) -> None:
    second = house.second()
    house.opened(second)
    second.close()
    house.main.close()
    assert second.state()["open"] is True

    later = house.second()
    later.restore(second.state())
    assert later.window is not None
    later.close()


def test_nothing_was_ever_opened(house: House) -> None:
    second = house.second()
    second.close()
    second.restore({})

    assert second.state() == {}
    assert second.window is None


def test_on_one_screen_it_leaves_room_for_the_main_window(house: House) -> None:
    second = house.second()
    window = house.opened(second)
    room = QGuiApplication.primaryScreen().availableGeometry()

    assert room.contains(window.geometry())
    assert window.width() < room.width()
    second.close()


def test_a_closed_window_wants_no_pictures(house: House) -> None:
    second = house.second()
    window = house.opened(second)
    window.pane.wall.show_alone(DOOR)
    house.set.beat()
    assert house.set.told()[DOOR] != (0, 0)

    second.close()
    house.set.projection.tick()
    assert house.set.told()[DOOR] == (0, 0)


def test_a_screen_that_is_gone_does_not_swallow_a_window(house: House, qtbot: QtBot) -> None:
    lost = QWidget()
    qtbot.addWidget(lost)
    lost.setGeometry(QRect(QPoint(90_000, 90_000), lost.size()))
    place = place_of(lost)

    found = QWidget()
    qtbot.addWidget(found)
    found.move(90_000, 90_000)
    put_back(found, place)

    assert QGuiApplication.primaryScreen().availableGeometry().intersects(found.frameGeometry())
