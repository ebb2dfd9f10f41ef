"""A wall in a window of its own, for another screen; and who remembers where it was and what it showed."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vigint_desktop.ui.widgets.commands import command
from vigint_desktop.ui.widgets.stage import Stage
from vigint_desktop.ui.widgets.wall_pane import WallPane
from vigint_desktop.ui.widgets.window_place import keep_on_screen, place_of, put_back


class WallWindow(QWidget):
    """A wall and its bar, and nothing else.

    Attributes:
        pane: its wall, with a view and a layout of its own.

    Signals:
        closed: it is about to be gone.
    """

    closed = Signal()

    def __init__(self, stage: Stage, add_camera: QAction, shared: Sequence[QAction]) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("wall_window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(stage.words("wall.second_title"))
        self.setMinimumSize(QSize(480, 320))
        full_screen = command(self, stage.words("action.full_screen"), "F11", self.toggle_full_screen)
        close = command(self, stage.words("action.close_second"), "Ctrl+W", self.close)
        self.addActions(list(shared))
        self.pane = WallPane(stage, add_camera, (full_screen, close, *shared))
        box = QVBoxLayout(self)
        box.setContentsMargins(4, 4, 4, 4)
        box.addWidget(self.pane)

    def toggle_full_screen(self) -> None:
        """Full screen, or back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def sizeHint(self) -> QSize:
        """A good part of a common screen."""
        return QSize(1280, 760)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the full screen when the wall had no use for it."""
        if event.key() == Qt.Key.Key_Escape and self.isFullScreen():
            self.toggle_full_screen()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell while it can still be asked where it was."""
        self.closed.emit()
        super().closeEvent(event)


class SecondWall(QObject):
    """Opens the second window and remembers it. There is one at most.

    Attributes:
        window: the open one, or None.
    """

    def __init__(self, stage: Stage, add_camera: QAction, shared: Sequence[QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self.window: WallWindow | None = None
        self._stage = stage
        self._add_camera = add_camera
        self._shared = tuple(shared)
        self._main = parent
        self._was: dict[str, object] = {}
        self._settled = QTimer(self, singleShot=True, interval=0)
        self._settled.timeout.connect(self._stay_closed)

    def open(self) -> WallWindow:
        """Show it: where it was last, else on another screen than the main window's; an open one comes to the front."""
        if self.window is None:
            self.window = self._made()
            self.window.show()
        self.window.raise_()
        self.window.activateWindow()
        return self.window

    def close(self) -> None:
        """Close it with the main window: it comes back with that."""
        if self.window is not None:
            self.window.close()

    def state(self) -> dict[str, object]:
        """Whether it is open, where it is and what it shows; of one that was closed, where it was."""
        if self.window is None:
            return self._was
        return {"open": True, "place": place_of(self.window), **self.window.pane.state()}

    def restore(self, state: Mapping[str, object]) -> None:
        """Take what ``state`` gave, and open it if it was open."""
        self._was = dict(state)
        if state.get("open") is True:
            self.open()

    def _made(self) -> WallWindow:
        window = WallWindow(self._stage, self._add_camera, self._shared)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.closed.connect(self._closed)
        place = self._was.get("place")
        if isinstance(place, str):
            put_back(window, place)
        else:
            self._put_beside(window)
        window.pane.restore(self._was)
        window.pane.wall.setFocus(Qt.FocusReason.OtherFocusReason)
        return window

    def _put_beside(self, window: WallWindow) -> None:
        """On another screen where there is one, and there as large as it gets."""
        mine = self._main.screen()
        other = next((screen for screen in QGuiApplication.screens() if screen is not mine), None)
        if other is None:
            window.resize(window.sizeHint().boundedTo(mine.availableSize() * 0.8))
            window.move(mine.availableGeometry().center() - window.rect().center())
            keep_on_screen(window)
            return
        window.setGeometry(other.availableGeometry().adjusted(40, 40, -40, -40))
        window.setWindowState(Qt.WindowState.WindowMaximized)

    def _closed(self) -> None:
        """Remember it. When the program ends all windows close in one go: whether this one did so alone shows later."""
        self._was = self.state()
        self.window = None
        self._settled.start()

    def _stay_closed(self) -> None:
        if self._main.isVisible() and self.window is None:
            self._was["open"] = False
