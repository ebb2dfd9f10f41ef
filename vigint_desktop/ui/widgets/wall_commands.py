"""What can be done with a wall, once, as actions: its bar, its context menus, the menu bar and the keys share them."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from vigint_desktop.ui.models.arrangement import Arrangement
from vigint_desktop.ui.models.views import ALL, group_key, name_in, named_key
from vigint_desktop.ui.rows.grid import AUTO, LAYOUTS
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.commands import command
from vigint_desktop.ui.widgets.layout_icon import layout_icon
from vigint_desktop.ui.widgets.wall import Wall

_KEYS: Final = {
    "layout_next": "Ctrl+L",
    "page_next": "PgDown",
    "page_previous": "PgUp",
    "view_next": "N",
    "view_previous": "Shift+N",
}


class WallCommands(QObject):
    """Actions of one wall. Digits and Ctrl+L are keys of the whole window, the others of the wall and its bar.

    Attributes:
        actions: by name, in the order of the key sheet.
        layouts: by layout; exactly the one in force is checked.

    Signals:
        name_wanted: the present arrangement is to be kept under a new name.
        new_name_wanted: carries the name of a view that is to get another one.
    """

    name_wanted = Signal()
    new_name_wanted = Signal(str)

    def __init__(self, wall: Wall, arrangement: Arrangement, words: Words, theme: Theme, pane: QWidget) -> None:
        super().__init__(pane)
        self._wall = wall
        self._arrangement = arrangement
        self._words = words
        self._theme = theme
        self._pane = pane
        does: dict[str, Callable[[], object]] = {
            "layout_next": arrangement.next_layout,
            "page_next": lambda: arrangement.turn(1),
            "page_previous": lambda: arrangement.turn(-1),
            "view_next": lambda: arrangement.choose_next(1),
            "view_previous": lambda: arrangement.choose_next(-1),
        }
        self.actions = {name: self._action(name, keys, does[name]) for name, keys in _KEYS.items()}
        self.actions["layout_next"].setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self._layout_group = QActionGroup(self)
        self.layouts = {layout: self._layout_action(layout) for layout in LAYOUTS}
        self._take_digits()
        arrangement.changed.connect(self._follow)
        theme.changed.connect(self._tint)
        self._tint()
        self._follow()

    def view_title(self, key: str) -> str:
        """What a view is called."""
        return self._words("view.all") if key == ALL else key.partition(":")[2]

    def layout_title(self, layout: str) -> str:
        """What a layout is called."""
        if layout == AUTO:
            return self._words("layout.auto")
        big, _, small = layout.partition("+")
        return self._words("layout.big", small=small) if small else self._words("layout.equal", count=big)

    def fill_view_menu(self, menu: QMenu) -> None:
        """Every view, the chosen one checked, and what can be done with it."""
        menu.clear()
        kinds = [[ALL], [group_key(g) for g in self._arrangement.groups()]]
        kinds.append([named_key(name) for name in self._arrangement.book.names()])
        for keys in filter(None, kinds):
            for key in keys:
                self._add_view(menu, key)
            menu.addSeparator()
        keep = menu.addAction(self._words("view.save_as"))
        keep.setEnabled(not self._arrangement.book.full)
        keep.triggered.connect(self.name_wanted)
        name = name_in(self._arrangement.key)
        if name is not None:
            rename, remove = menu.addAction(self._words("view.rename")), menu.addAction("")
            rename.triggered.connect(lambda: self.new_name_wanted.emit(name))
            remove.setText(self._words("view.remove", name=name.replace("&", "&&")))
            remove.triggered.connect(lambda: self._arrangement.book.remove(name))

    def fill_menu(self, menu: QMenu) -> None:
        """Layouts and views as submenus, then the other commands."""
        menu.addMenu(self._words("layout.title")).addActions(list(self.layouts.values()))
        views = menu.addMenu(self._words("view.menu"))
        views.aboutToShow.connect(lambda: self.fill_view_menu(views))
        menu.addActions(list(self.actions.values()))

    def fill_place_menu(self, menu: QMenu, more: Sequence[QAction]) -> None:
        """The same over a place of the wall, and what the window can do."""
        self.fill_menu(menu)
        menu.addSeparator()
        menu.addActions(list(more))

    def _action(self, name: str, keys: str, does: Callable[[], object]) -> QAction:
        action = command(self._pane, self._words(f"action.{name}"), keys, does)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        return action

    def _layout_action(self, layout: str) -> QAction:
        action = QAction(self.layout_title(layout), self)
        action.setCheckable(True)
        action.triggered.connect(lambda _checked: self._arrangement.set_layout(layout))
        self._layout_group.addAction(action)
        return action

    def _take_digits(self) -> None:
        """Digits are keys of the whole window; a text field that has the keyboard gets them first."""
        for digit in "0123456789":
            action = QAction(self)
            action.setShortcut(QKeySequence(digit))
            action.setAutoRepeat(False)
            action.triggered.connect(lambda _checked, digit=digit: self._wall.pad.type_digit(digit))
            self._pane.addAction(action)

    def _add_view(self, menu: QMenu, key: str) -> None:
        action = menu.addAction(self.view_title(key).replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(key == self._arrangement.key)
        action.triggered.connect(lambda: self._arrangement.choose(key))

    def _follow(self) -> None:
        self.layouts[self._arrangement.layout].setChecked(True)
        self.actions["page_next"].setEnabled(self._arrangement.number + 1 < self._arrangement.page_count)
        self.actions["page_previous"].setEnabled(self._arrangement.number > 0)

    def _tint(self) -> None:
        for layout, action in self.layouts.items():
            action.setIcon(layout_icon(layout, self._theme.tokens.text))
