"""One camera on the wall: its picture, a thin band of words above it, and what is wrong when something is."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from vigint_core.domain.frame import Frame
from vigint_core.domain.verdict import Severity
from vigint_core.ports import Clock
from vigint_desktop.ui.rows.tile import BandRow, TileMarks, TileRow, TileWish, band_row, explanation, state_word
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.rows.zoom import Zoom
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.picture import paint_edge
from vigint_desktop.ui.widgets.plate import Plate
from vigint_desktop.ui.widgets.tile_band import BAND_PX, SMALL_BAND_PX, BandPainter
from vigint_desktop.ui.widgets.tile_picture import TilePicture
from vigint_desktop.ui.widgets.tile_words import WordsPainter
from vigint_desktop.ui.widgets.wish_keys import KEY_NAMES, wish_of

_SMALL = QSize(220, 150)
_FRAME_PX: Final = 3
_WORDS_EVERY_S: Final = 0.2  # ages are told in whole seconds; the wall ticks ten times as often
OUTDATED_S: Final = 0.09  # a frame that waited this long before its first paint: the window stood still meanwhile
_AS_NATIVE: Final = 0.01  # of a zoom: this near to the picture's own pixels it is called so
_PAN: Final = 0.2  # of what is on screen, a press of an arrow
_PAN_KEYS: Final = {
    Qt.Key.Key_Left: (-_PAN, 0.0),
    Qt.Key.Key_Right: (_PAN, 0.0),
    Qt.Key.Key_Up: (0.0, -_PAN),
    Qt.Key.Key_Down: (0.0, _PAN),
}
_ZOOM_KEYS: Final = {Qt.Key.Key_Plus: 1.0, Qt.Key.Key_Equal: 1.0, Qt.Key.Key_Minus: -1.0}


class Tile(QWidget):
    """Shows one camera.

    Attributes:
        row: what is said about the camera.

    Signals:
        chosen: double click or Enter: show this camera alone, or go back.
        reconnect_requested: from the context menu.
        wished: carries a ``TileWish``, by key or from the context menu.
        outdated: a frame is about to be painted that has waited too long; a newer one may still be set before it is.
        frame_shown: a frame was painted for the first time; carries its age in seconds.
        menu_made: carries a context menu that is about to open; the wall adds what it can do with a tile.
    """

    chosen = Signal()
    menu_made = Signal(object)
    reconnect_requested = Signal()
    wished = Signal(object)
    outdated = Signal()
    frame_shown = Signal(float)

    def __init__(self, row: TileRow, words: Words, theme: Theme, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = row
        self._picture = TilePicture(theme)
        self._fresh = False
        self._words = words
        self._theme = theme
        self._clock = clock
        self._marks = TileMarks()
        self._band: BandRow | None = None
        self._lines: tuple[str, ...] = ()
        self._words_due_s = 0.0
        self._alone = False
        self._grip: QPointF | None = None
        self._band_plate, self._words_plate = Plate(), Plate()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.set_row(row)

    @property
    def frame(self) -> Frame | None:
        """The frame on screen."""
        return self._picture.frame

    @property
    def zoom(self) -> Zoom:
        """Which part of it is shown; less than all of it only while the tile is alone."""
        return self._picture.zoom

    def set_row(self, row: TileRow) -> None:
        """Another state of the camera."""
        self.row = row
        self.setToolTip("\n".join(filter(None, (row.name, row.cause, row.remedy))))
        self._say()
        self.update()

    def set_frame(self, frame: Frame) -> None:
        """A new picture."""
        self._fresh = True
        if self._picture.take(frame):
            self._say()
            self.update()
        else:
            self.update(self._picture.target)

    def set_moving(self, moving: bool) -> None:
        """Whether the gate is open: a hairline and a word."""
        self._mark(replace(self._marks, moving=moving))

    def set_saving(self, saving: bool) -> None:
        """Whether the decoder leaves something out."""
        self._mark(replace(self._marks, saving=saving))

    def set_recording(self, recording: bool) -> None:
        """Whether packets go to disk: a dot."""
        self._mark(replace(self._marks, recording=recording))

    def set_severity(self, severity: Severity | None) -> None:
        """The gravest incident of the last minute: a firm frame with its sign."""
        self._mark(replace(self._marks, severity=severity))

    def set_alone(self, alone: bool) -> None:
        """Whether this tile has the wall to itself; only then can it be zoomed, and otherwise it is not."""
        self._alone = alone
        if not alone:
            self.leave_zoom()

    def leave_zoom(self) -> bool:
        """Show the whole picture; tells whether only a part was shown."""
        was_on = self.zoom.on
        self._set_zoom(Zoom())
        return was_on

    def tick(self) -> None:
        """Let the words age, a few times a second; repaints only what reads differently."""
        if self._clock.monotonic() >= self._words_due_s:
            self._say()

    def wanted_size(self) -> QSize:
        """Device pixels of the picture on screen; empty while the tile is hidden or its window minimised.

        While zoomed, of the whole picture of which a part is on screen: the capture makes none larger than its stream.
        """
        return QSize(0, 0) if not self.isVisible() or self.window().isMinimized() else self._picture.wanted

    def said(self) -> str:
        """What the band says about the camera."""
        return self._band.said if self._band else ""

    def minimumSizeHint(self) -> QSize:
        """Small enough for 36 tiles on a small screen."""
        return QSize(96, 72)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Band, picture, words over it when it is not live, frame. A new picture alone leaves the band as it is."""
        if self._fresh and self._age_s() > OUTDATED_S:
            self.outdated.emit()
        painter = QPainter(self)
        dirty = event.rect()
        if dirty.top() < self._band_px:
            painter.drawPixmap(0, 0, self._band_pixmap())
        self._picture.paint(painter, dirty, veiled=self.row.veiled)
        if self._lines:
            painter.drawPixmap(0, self._band_px, self._words_pixmap())
        self._paint_edges(painter)
        painter.end()
        if self._fresh:
            self._fresh = False
            self.frame_shown.emit(self._age_s())

    def hideEvent(self, _event: QHideEvent) -> None:
        """Off screen: what it shows now is old when it comes back, and must not pass for what happens then."""
        self._fresh = False
        self._picture.drop()
        self._say()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Another place for the picture, and perhaps for more words."""
        self._put()
        self._say()

    def event(self, event: QEvent) -> bool:
        """Keys that mean something here come here, whatever the window uses them for."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride and self._means(event):
            event.accept()
            return True
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._put()
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click gives the keyboard to this tile; what the mouse does next the wall may take for a drag."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self.zoom.on and event.button() is Qt.MouseButton.LeftButton:
            self._grip = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is on screen along."""
        target = self._picture.target
        if self._grip is None or target.isEmpty():
            event.ignore()
            return
        moved, self._grip = event.position() - self._grip, event.position()
        self._set_zoom(self.zoom.moved(-moved.x() / target.width(), -moved.y() / target.height()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._grip is None:
            event.ignore()
        self._grip = None
        self._show_hand()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Alone on the wall, or back."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Alone on the wall: zoom around the pointer."""
        steps = event.angleDelta().y() / 120
        if not self._alone or self.frame is None or not steps:
            event.ignore()
            return
        self._zoom_by(steps, *self._picture.shares(event.position()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does what a double click does; letters ask for something; the rest is the zoom's."""
        key, wish = Qt.Key(event.key()), wish_of(event)
        if wish is not None:
            self.wished.emit(wish)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
        elif self._alone and key in _ZOOM_KEYS:
            self._zoom_by(_ZOOM_KEYS[key])
        elif self.zoom.on and key in _PAN_KEYS:
            self._set_zoom(self.zoom.moved(*_PAN_KEYS[key]))
        elif not (key in (Qt.Key.Key_Escape, Qt.Key.Key_0) and self.leave_zoom()):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with this camera."""
        self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """The context menu; deletes itself when it closes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self._words("tile.menu.alone")).triggered.connect(self.chosen)
        menu.addAction(self._words("tile.menu.reconnect")).triggered.connect(self.reconnect_requested)
        if self.row.can_confirm:
            self._add_wish(menu, TileWish.CONFIRM_VIEW)
        menu.addSeparator()
        for wish in KEY_NAMES:
            self._add_wish(menu, wish)
        self.menu_made.emit(menu)
        return menu

    def _age_s(self) -> float:
        """Of the frame; 0 without one."""
        return 0.0 if self.frame is None else max(self._clock.monotonic() - self.frame.at.mono_s, 0.0)

    # -- words --------------------------------------------------------------------------------------------------

    def _say(self) -> None:
        now_s = self._clock.monotonic()
        self._words_due_s = now_s + _WORDS_EVERY_S
        age_s = None if self.frame is None else self._age_s()
        wall_s = None if self.frame is None else self.frame.at.wall_s
        band = band_row(self.row, self._marks, age_s, wall_s, self._words, self.width())
        lines = explanation(self.row, age_s, now_s, self._words, self.width())
        if band != self._band:
            self.setAccessibleName(f"{band.name}, {state_word(self.row, age_s, self._words)}")
            self._band = band
            self.update(QRect(0, 0, self.width(), self._band_px))
        if lines != self._lines:
            self._lines = lines
            self.update(self._picture_area())

    def _mark(self, marks: TileMarks) -> None:
        if marks != self._marks:
            self._marks = marks
            self._say()
            self.update()

    def _add_wish(self, menu: QMenu, wish: TileWish) -> None:
        keys = f"\t{KEY_NAMES[wish]}" if wish in KEY_NAMES else ""
        action = menu.addAction(self._words(f"tile.menu.{wish}") + keys)
        action.triggered.connect(lambda: self.wished.emit(wish))

    def _means(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        zooms = (self._alone and key in _ZOOM_KEYS) or (
            self.zoom.on and (key in _PAN_KEYS or key in (Qt.Key.Key_Escape, Qt.Key.Key_0))
        )
        return zooms or wish_of(event) is not None

    # -- zoom ---------------------------------------------------------------------------------------------------

    def _zoom_by(self, steps: float, across: float = 0.5, down: float = 0.5) -> None:
        self._set_zoom(self.zoom.by(steps, across, down, self._picture.native))

    def _set_zoom(self, zoom: Zoom) -> None:
        if zoom == self.zoom:
            return
        native = zoom.on and abs(zoom.factor - self._picture.native) < _AS_NATIVE
        self._picture.zoom_to(zoom)
        self._mark(replace(self._marks, zoom=zoom.factor, native=native))
        self._show_hand()
        self.update()

    def _show_hand(self) -> None:
        if self.zoom.on:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()

    # -- picture ------------------------------------------------------------------------------------------------

    def _put(self) -> None:
        """Find the picture's place anew; everything is painted again."""
        self._picture.move_to(self._picture_area(), self.devicePixelRatioF())
        self.update()

    @property
    def _small(self) -> bool:
        return self.width() < _SMALL.width() or self.height() < _SMALL.height()

    @property
    def _band_px(self) -> int:
        return SMALL_BAND_PX if self._small else BAND_PX

    def _picture_area(self) -> QRect:
        return self.rect().adjusted(0, self._band_px, 0, 0)

    def _band_pixmap(self) -> QPixmap:
        size, row = QSize(self.width(), self._band_px), self._band

        def paint(painter: QPainter) -> None:
            if row is not None:
                BandPainter(painter, size, self._font(), self._theme).paint(row)

        return self._band_plate.pixmap((row, self._theme.name), size, self.devicePixelRatioF(), paint)

    def _words_pixmap(self) -> QPixmap:
        size = self._picture_area().size()
        lines, as_caption = self._lines, not self.row.veiled and self.frame is not None

        def paint(painter: QPainter) -> None:
            WordsPainter(painter, size, self._font(), self._theme).paint(lines, as_caption=as_caption)

        key = (lines, as_caption, self._theme.name)
        return self._words_plate.pixmap(key, size, self.devicePixelRatioF(), paint)

    def _paint_edges(self, painter: QPainter) -> None:
        if self._marks.severity is not None:
            colour = QColor(self._theme.tokens.severity(self._marks.severity))
            paint_edge(painter, self.rect(), QPen(colour, _FRAME_PX))
        elif self.hasFocus():
            paint_edge(painter, self.rect(), QPen(self._theme.colour("accent"), 2))
        elif self._marks.moving and self.row.live:
            paint_edge(painter, self.rect(), QPen(self._theme.colour("muted"), 1))

    def _font(self) -> QFont:
        font = QFont(self.font())
        if self._small:
            font.setPointSizeF(font.pointSizeF() * 0.8)
        return font
