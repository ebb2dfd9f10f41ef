"""Keys, bar, menus and the wall of one window work together."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QLineEdit, QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.moments import StandingClock, camera
from tests.fakes.walls import DOOR, WallSet
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CameraEffort
from vigint_desktop.settings import ViewSettings
from vigint_desktop.ui.models.views import ALL, named_key
from vigint_desktop.ui.rows.grid import LAYOUTS
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.wall_pane import WallPane


class Desk:
    """A window with a wall of twelve cameras, and a text field above it."""

    def __init__(self, words: Texts, theme: Theme, clock: StandingClock, qtbot: QtBot) -> None:
        self.set = WallSet(words, theme, clock, [camera(f"C{number}") for number in range(1, 13)])
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.added: list[bool] = []
        self.add = QAction("add", self.window)
        self.add.triggered.connect(lambda: self.added.append(True))
        self.more = QAction("what the window can do", self.window)
        self.pane = WallPane(self.set.stage, self.add, [self.more])
        self.field = QLineEdit()
        box = QVBoxLayout(self.window)
        box.addWidget(self.field)
        box.addWidget(self.pane, 1)
        self.window.resize(1100, 600)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow, timeout=30_000)
        self.pane.wall.setFocus()
        self.qtbot = qtbot

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.window.focusWidget(), key, modifiers)


@pytest.fixture
def desk(words: Texts, theme: Theme, clock: StandingClock, qtbot: QtBot) -> Desk:
    return Desk(words, theme, clock, qtbot)


def texts_of(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def view_menu(desk: Desk) -> QMenu:
    menu = desk.pane.bar.view_button.menu()
    desk.pane.commands.fill_view_menu(menu)
    return menu


def entry(menu: QMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if action.text() == text)


def test_digits_are_keys_of_the_whole_window(desk: Desk) -> None:
    desk.press(Qt.Key.Key_1)
    desk.press(Qt.Key.Key_2)

    assert desk.pane.wall.alone == "c12"


def test_a_text_field_keeps_its_digits_and_letters(desk: Desk) -> None:
    desk.field.setFocus()
    for key in (Qt.Key.Key_2, Qt.Key.Key_N):
        desk.press(key)

    assert desk.field.text() == "2n"
    assert desk.pane.wall.alone is None
    assert not desk.pane.wall.pad.typing


def test_keys_turn_pages_and_change_layout_and_view(desk: Desk) -> None:
    arrangement = desk.pane.arrangement
    arrangement.set_layout("4")
    desk.press(Qt.Key.Key_PageDown)
    desk.press(Qt.Key.Key_PageDown)
    desk.press(Qt.Key.Key_PageDown)
    assert arrangement.number == 2
    desk.press(Qt.Key.Key_PageUp)
    assert arrangement.number == 1

    desk.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert arrangement.layout == LAYOUTS[LAYOUTS.index("4") + 1]

    desk.set.book.save_as("Front", ViewSettings(name="x"))
    desk.press(Qt.Key.Key_N)
    assert arrangement.key == named_key("Front")
    desk.press(Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert arrangement.key == ALL


def test_the_bar_says_view_layout_and_page(desk: Desk, words: Texts) -> None:
    bar, arrangement = desk.pane.bar, desk.pane.arrangement
    assert words("view.all") in bar.view_button.text()
    assert not bar.page.isVisible()

    arrangement.set_layout("9")
    assert (bar.page.isVisible(), bar.page.text()) == (True, "1/2")
    assert [b.isChecked() for b in bar.layout_buttons] == [False, False, False, True, False, False]
    assert bar.layout_menu.accessibleName() == words("layout.equal", count=9)


def test_layout_buttons_and_menu_are_the_same_commands(desk: Desk) -> None:
    bar = desk.pane.bar
    desk.qtbot.mouseClick(bar.layout_buttons[2], Qt.MouseButton.LeftButton)
    assert desk.pane.arrangement.layout == "4"

    bar.layout_menu.menu().actions()[LAYOUTS.index("1+7")].trigger()
    assert desk.pane.arrangement.layout == "1+7"
    assert not bar.layout_buttons[2].isChecked()


def test_pages_are_turned_by_mouse(desk: Desk) -> None:
    desk.pane.arrangement.set_layout("4")
    bar = desk.pane.bar
    assert not bar._back.isEnabled()

    desk.qtbot.mouseClick(bar._on, Qt.MouseButton.LeftButton)

    assert desk.pane.arrangement.number == 1
    assert bar._back.isEnabled()


def test_a_narrow_bar_keeps_what_matters(desk: Desk) -> None:
    desk.window.resize(520, 500)
    bar = desk.pane.bar
    desk.qtbot.waitUntil(lambda: not bar.layout_buttons[0].isVisible(), timeout=30_000)

    assert bar.layout_menu.isVisible()
    assert bar.clock.geometry().right() <= bar.width()


def test_the_clock_goes_with_the_beat(desk: Desk) -> None:
    before = desk.pane.bar.clock.text()
    desk.set.clock.advance(61)
    desk.set.beat()

    assert desk.pane.bar.clock.text() != before


def test_an_arrangement_is_kept_under_a_name_renamed_and_removed(desk: Desk, words: Texts) -> None:
    desk.pane.arrangement.set_layout("1+5")
    dialog = desk.pane.bar.ask_name()
    dialog.setTextValue("Front & back")
    dialog.accept()
    assert desk.pane.arrangement.key == named_key("Front & back")
    assert [view.layout for view in desk.set.controls.current.views] == ["1+5"]
    assert entry(view_menu(desk), "Front && back").isChecked()

    dialog = desk.pane.bar.ask_new_name("Front & back")
    dialog.setTextValue("Front")
    dialog.accept()
    assert desk.pane.arrangement.key == named_key("Front")

    entry(view_menu(desk), words("view.remove", name="Front")).trigger()
    assert desk.pane.arrangement.key == ALL
    assert desk.set.controls.current.views == ()


def test_a_name_that_will_not_do_can_not_be_chosen(desk: Desk, words: Texts) -> None:
    desk.set.book.save_as("Front", ViewSettings(name="x"))
    dialog = desk.pane.bar.ask_name()
    buttons = dialog.findChild(QDialogButtonBox)
    assert isinstance(buttons, QDialogButtonBox)
    ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert not ok.isEnabled()

    dialog.setTextValue("front")
    assert not ok.isEnabled()
    assert dialog.labelText() == words("view.problem.taken")

    dialog.setTextValue("x" * 61)
    assert not ok.isEnabled()

    dialog.setTextValue("Back")
    assert ok.isEnabled()
    dialog.reject()
    assert desk.set.book.names() == ["Front"]


def test_the_view_of_all_cameras_can_not_be_renamed(desk: Desk, words: Texts) -> None:
    assert words("view.rename") not in texts_of(view_menu(desk))


def test_a_view_that_can_not_be_stored_says_why(desk: Desk, words: Texts) -> None:
    desk.set.controls.apply_fails_with = VigintError(Code.STORE_FAILED)
    desk.set.book.save_as("Front", ViewSettings(name="x"))

    assert words.cause(Code.STORE_FAILED) in desk.pane.bar.notice.text()


def test_a_lost_group_is_told(desk: Desk, words: Texts) -> None:
    desk.pane.arrangement.choose(desk.set.book.save_as("Old", ViewSettings(name="x", group="Yard")))

    assert desk.pane.bar.notice.text() == words("view.lost_group", group="Yard")


def test_saving_is_told_and_explained_only_while_it_lasts(desk: Desk, words: Texts) -> None:
    bar, effort = desk.pane.bar, desk.set.stage.effort
    assert not bar.saving.isVisible()

    effort.set_effort(CameraEffort(CameraId("c1"), saving=True, unseen_s=125.0))
    assert bar.saving.text() == words("wall.saving", count=1)
    assert bar.saving.isVisible()
    assert "2 min" in bar.saving.toolTip()

    effort.set_effort(CameraEffort(CameraId("c1"), saving=False, unseen_s=130.0))
    assert not bar.saving.isVisible()


def test_the_menu_of_a_tile_offers_everything_that_keys_do(desk: Desk, words: Texts) -> None:
    menu = desk.pane.wall.tile(CameraId("c1")).menu()
    said = texts_of(menu)

    assert {words("layout.title"), words("view.menu"), words("action.page_next"), desk.more.text()} <= set(said)
    menu.close()


def test_without_a_camera_it_offers_the_next_step(desk: Desk, words: Texts) -> None:
    desk.set.model.set_cameras([])
    assert not desk.pane.wall.isVisible()
    assert words("wall.empty_title") in {w.text() for w in desk.pane.findChildren(QLabel) if w.isVisible()}

    button = next(b for b in desk.pane.findChildren(QWidget, "primary") if b.isVisible())
    desk.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert desk.added == [True]

    desk.set.model.set_cameras([camera("Door")])
    assert desk.pane.wall.tile(DOOR).isVisible()


def test_a_light_theme_draws_dark_icons(desk: Desk, theme: Theme) -> None:
    icon = desk.pane.commands.layouts["4"].icon()
    dark = icon.pixmap(20, 20).toImage()
    theme.name = "light"
    theme.changed.emit()

    assert desk.pane.commands.layouts["4"].icon().pixmap(20, 20).toImage() != dark


def test_every_layout_has_a_drawing_of_its_own(desk: Desk) -> None:
    drawings = [action.icon().pixmap(40, 40).toImage() for action in desk.pane.commands.layouts.values()]

    assert all(one != other for place, one in enumerate(drawings) for other in drawings[place + 1 :])
