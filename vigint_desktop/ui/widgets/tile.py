"""One camera on the wall: its picture, a thin band of words above it, and what is wrong when something is."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from vigint_core.domain.camera import CameraState
from vigint_core.domain.frame import Frame
from vigint_core.domain.status import Health
from vigint_core.domain.verdict import Severity
from vigint_core.ports import Clock
from vigint_desktop.ui.rows.grid import Box, fit
from vigint_desktop.ui.rows.tile import TileRow, age_word, is_late, retry_word, state_word
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.signs import paint_health, paint_severity
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.picture import VEIL, image_of, paint_image

BAND_PX = 28
SMALL_BAND_PX = 20  # of tiles below _SMALL, so that 36 of them still show mostly pictures
_SMALL = QSize(220, 150)
_PAD = 8
_SIGN = 14
_FRAME_PX = 3
_HEALTH = {
    CameraState.LIVE: Health.OK,
    CameraState.CONNECTING: Health.UNKNOWN,
    CameraState.STALLED: Health.DEGRADED,
    CameraState.FROZEN: Health.DOWN,
    CameraState.BLACK: Health.DOWN,
    CameraState.COVERED: Health.DOWN,
    CameraState.UNAUTHORIZED: Health.DOWN,
    CameraState.UNSUPPORTED: Health.DOWN,
    CameraState.FAILED: Health.DOWN,
    CameraState.ASLEEP: Health.NOT_CONFIGURED,
    CameraState.OFF: Health.NOT_CONFIGURED,
    CameraState.STOPPED: Health.NOT_CONFIGURED,
}


class Tile(QWidget):
    """Shows one camera.

    Attributes:
        row: what is said about the camera.
        frame: the one on screen, or None.

    Signals:
        chosen: double click or Enter: show this camera alone, or go back.
        reconnect_requested: from the context menu.
        frame_shown: a frame was painted for the first time; carries its age in seconds.
        menu_made: carries a context menu that is about to open; the wall adds what it can do with a tile.
    """

    chosen = Signal()
    menu_made = Signal(object)
    reconnect_requested = Signal()
    frame_shown = Signal(float)

    def __init__(self, row: TileRow, words: Words, theme: Theme, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = row
        self.frame: Frame | None = None
        self._image: QImage | None = None
        self._fresh = False
        self._words = words
        self._theme = theme
        self._clock = clock
        self._moving = False
        self._severity: Severity | None = None
        self._said: tuple[str, str, str] = ("", "", "")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.set_row(row)

    def set_row(self, row: TileRow) -> None:
        """Another state of the camera."""
        self.row = row
        self.setToolTip(row.name)
        self.tick()
        self.setAccessibleName(f"{row.name}, {self._said[0]}")
        self.update()

    def set_frame(self, frame: Frame) -> None:
        """A new picture. The frame is kept while it is on screen, because the image shares its memory."""
        self.frame, self._image, self._fresh = frame, image_of(frame), True
        self.update(self._picture_area())

    def set_moving(self, moving: bool) -> None:
        """Whether the gate is open: a hairline and a word."""
        if moving != self._moving:
            self._moving = moving
            self.update()

    def set_severity(self, severity: Severity | None) -> None:
        """The gravest incident of the last minute: a firm frame with its sign."""
        if severity is not self._severity:
            self._severity = severity
            self.update()

    def tick(self) -> None:
        """Let the words age; repaints only when one of them changed."""
        age_s = self._age_s()
        said = (
            state_word(self.row, age_s, self._words),
            age_word(age_s, self._words),
            retry_word(self.row.retry_at_mono_s, self._clock.monotonic(), self._words),
        )
        if said != self._said:
            self._said = said
            self.update()

    def wanted_size(self) -> QSize:
        """Device pixels of the picture on screen; empty while the tile is hidden or its window minimised."""
        if not self.isVisible() or self.window().isMinimized():
            return QSize(0, 0)
        area, ratio = self._picture_area(), self.devicePixelRatioF()
        width, height = (self.frame.width, self.frame.height) if self.frame else (16, 9)
        box = fit(width, height, Box(0, 0, round(area.width() * ratio), round(area.height() * ratio)))
        return QSize(box.width, box.height)

    def minimumSizeHint(self) -> QSize:
        """Small enough for 36 tiles on a small screen."""
        return QSize(96, 72)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Band, picture, words over it when it is not live, frame. A new picture alone leaves the band as it is."""
        painter = QPainter(self)
        self._paint_picture(painter)
        if not self.row.live:
            self._paint_explanation(painter)
        if event.rect().top() < self._band_px:
            self._paint_band(painter)
        self._paint_edges(painter)
        painter.end()
        self._count_shown()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click gives the keyboard to this tile; what the mouse does next the wall may take for a drag."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Alone on the wall, or back."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does what a double click does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
            return
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
        self.menu_made.emit(menu)
        return menu

    def _age_s(self) -> float | None:
        return None if self.frame is None else self._clock.monotonic() - self.frame.at.mono_s

    def _count_shown(self) -> None:
        age_s = self._age_s()
        if self._fresh and age_s is not None:
            self._fresh = False
            self.frame_shown.emit(max(age_s, 0.0))

    @property
    def _small(self) -> bool:
        return self.width() < _SMALL.width() or self.height() < _SMALL.height()

    @property
    def _band_px(self) -> int:
        return SMALL_BAND_PX if self._small else BAND_PX

    def _picture_area(self) -> QRect:
        return self.rect().adjusted(0, self._band_px, 0, 0)

    def _paint_picture(self, painter: QPainter) -> None:
        """The picture, and the area round it: each pixel is painted once."""
        area, dark = self._picture_area(), self._theme.colour("picture")
        if self._image is None:
            painter.fillRect(area, dark)
            return
        target = paint_image(painter, self._image, area)
        for margin in (
            QRect(area.left(), area.top(), target.left() - area.left(), area.height()),
            QRect(target.right() + 1, area.top(), area.right() - target.right(), area.height()),
            QRect(target.left(), area.top(), target.width(), target.top() - area.top()),
            QRect(target.left(), target.bottom() + 1, target.width(), area.bottom() - target.bottom()),
        ):
            painter.fillRect(margin, dark)
        if not self.row.live:
            painter.fillRect(target, VEIL)

    def _paint_explanation(self, painter: QPainter) -> None:
        """Cause in bold, remedy and next try below it, on dark in both themes."""
        area = self._picture_area().adjusted(2 * _PAD, _PAD, -2 * _PAD, -_PAD)
        lines = [self.row.cause or self.row.state_word, self.row.remedy, self._said[2]]
        paragraphs = [(text, place == 0) for place, text in enumerate(lines) if text]
        while paragraphs:
            heights = [self._paragraph_height(text, area.width(), bold=bold) for text, bold in paragraphs]
            if sum(heights) <= area.height() or len(paragraphs) == 1:
                break
            paragraphs.pop()  # a small tile tells the cause; the tool tip and the status bar tell the rest
        top = area.top() + max(0, area.height() - sum(heights)) // 2
        for (text, bold), height in zip(paragraphs, heights, strict=True):
            painter.setFont(self._font(bold=bold))
            painter.setPen(self._theme.colour("on_picture" if bold else "on_picture_muted"))
            box = QRect(area.left(), top, area.width(), height)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, text)
            top += height

    def _paragraph_height(self, text: str, width: int, *, bold: bool) -> int:
        metrics = QFontMetrics(self._font(bold=bold))
        return metrics.boundingRect(QRect(0, 0, width, 4000), Qt.TextFlag.TextWordWrap, text).height() + _PAD // 2

    def _paint_band(self, painter: QPainter) -> None:
        band = QRect(0, 0, self.width(), self._band_px)
        painter.fillRect(band, self._theme.colour("panel"))
        right = self._paint_state(painter, band)
        left = _PAD
        if self._severity is not None:
            box = QRectF(left, (self._band_px - 16) / 2, 16, 16)
            paint_severity(painter, self._severity, box, self._theme.tokens.severity(self._severity))
            left += 16 + _PAD
        if self.row.demo:
            right = self._paint_tag(painter, self._words("tile.demo"), right)
        painter.setFont(self._font(bold=True))
        painter.setPen(self._theme.colour("text"))
        room = QRect(left, 0, max(0, right - left - _PAD), self._band_px)
        name = painter.fontMetrics().elidedText(self.row.name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)

    def _paint_state(self, painter: QPainter, band: QRect) -> int:
        """Sign and words of the state at the right edge; returns where they begin."""
        word, age, _ = self._said
        late = self.row.live and is_late(self._age_s())
        health = (
            Health.DEGRADED
            if late
            else _HEALTH.get(self.row.state, Health.UNKNOWN)
            if self.row.state
            else Health.UNKNOWN
        )
        said = " · ".join(filter(None, (self._moving_word(), word, age)))
        painter.setFont(self._font(bold=False))
        room = max(0, band.width() - 3 * _PAD - _SIGN)
        said = painter.fontMetrics().elidedText(said, Qt.TextElideMode.ElideLeft, room)
        left = band.right() - _PAD - painter.fontMetrics().horizontalAdvance(said)
        colour = self._theme.tokens.health(health)
        painter.setPen(QColor(colour))
        painter.drawText(QPoint(left, (self._band_px + painter.fontMetrics().capHeight()) // 2), said)
        left -= _SIGN + _PAD // 2
        paint_health(painter, health, QRectF(left, (self._band_px - _SIGN) / 2, _SIGN, _SIGN), colour)
        return left

    def _moving_word(self) -> str:
        wide = self.width() >= 320  # in a small tile the hairline alone says it
        return self._words("tile.moving") if self._moving and self.row.live and wide else ""

    def _paint_tag(self, painter: QPainter, text: str, right: int) -> int:
        metrics = painter.fontMetrics()
        width, height = metrics.horizontalAdvance(text) + _PAD, self._band_px - (6 if self._small else 10)
        box = QRect(right - _PAD - width, (self._band_px - height) // 2, width, height)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.colour("muted"))
        painter.drawRoundedRect(box, 3, 3)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        return box.left()

    def _paint_edges(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._severity is not None:
            colour = QColor(self._theme.tokens.severity(self._severity))
            self._paint_edge(painter, QPen(colour, _FRAME_PX))
        elif self.hasFocus():
            self._paint_edge(painter, QPen(self._theme.colour("accent"), 2))
        elif self._moving and self.row.live:
            self._paint_edge(painter, QPen(self._theme.colour("muted"), 1))

    def _paint_edge(self, painter: QPainter, pen: QPen) -> None:
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        inset = pen.widthF() / 2
        painter.drawRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset))

    def _font(self, *, bold: bool) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        if self._small:
            font.setPointSizeF(font.pointSizeF() * 0.8)
        return font
