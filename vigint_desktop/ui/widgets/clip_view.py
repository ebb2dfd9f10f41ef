"""Plays an incident's clip: picture, play and pause, a slider, the time."""

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vigint_core.domain.frame import Frame
from vigint_desktop.ui.controls import Playback
from vigint_desktop.ui.rows.clocks import position
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.icons import icon
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.picture import VEIL, image_of, paint_image

INTERVAL_MS = 40
_STEPS = 1000  # a slider's positions a second
_END_S = 0.1  # this close to the end, the clip is over


class Canvas(QWidget):
    """The picture, or in words why there is none."""

    resized = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._frame: Frame | None = None
        self._image: QImage | None = None
        self._said = ""
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(320, 180))

    def show_frame(self, frame: Frame) -> None:
        """Another picture; the frame is kept because the image shares its memory."""
        self._frame, self._image = frame, image_of(frame)
        self.update()

    def clear(self) -> None:
        """No picture."""
        self._frame = self._image = None
        self.update()

    def say(self, text: str) -> None:
        """Words in place of, or over, the picture."""
        if text != self._said:
            self._said = text
            self.update()

    def said(self) -> str:
        """The words on it."""
        return self._said

    def sizeHint(self) -> QSize:
        """Half of HD."""
        return QSize(960, 540)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Frames of another size are wanted."""
        self.resized.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Picture, then words."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("picture"))
        if self._image is not None:
            paint_image(painter, self._image, self.rect())
        if self._said:
            if self._image is not None:
                painter.fillRect(self.rect(), VEIL)
            painter.setPen(self._theme.colour("on_picture"))
            area = self.rect().adjusted(24, 24, -24, -24)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._said)
        painter.end()


class SeekSlider(QSlider):
    """A slider that jumps to where it is clicked."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setSingleStep(_STEPS)
        self.setPageStep(5 * _STEPS)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the handle to the pointer first; then it can be dragged on."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        groove = self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderGroove, self
        )
        across = round(event.position().x()) - groove.x()
        self.setValue(QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), across, groove.width()))
        self.sliderMoved.emit(self.value())
        super().mousePressEvent(event)


class ClipView(QWidget):
    """Shows a ``Playback`` until ``close_clip``.

    Signals:
        position_changed: seconds from the clip's start.
    """

    position_changed = Signal(float)

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words = words
        self._theme = theme
        self._playback: Playback | None = None
        self._paused = False
        self.canvas = Canvas(theme)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # a click takes the keyboard back from a comment
        self.slider = SeekSlider()
        self.slider.setAccessibleName(words("player.position"))
        self.play_button = QToolButton()
        self.play_button.setIconSize(QSize(22, 22))
        self.time_label = QLabel()
        self._timer = QTimer(self, interval=INTERVAL_MS, timerType=Qt.TimerType.PreciseTimer)
        self._lay_out()
        self._timer.timeout.connect(self.tick)
        self.play_button.clicked.connect(self.toggle)
        self.slider.sliderMoved.connect(lambda value: self.seek(value / _STEPS))
        self.canvas.resized.connect(self._tell_size)
        theme.changed.connect(self._show_button)
        self._show_button()

    @property
    def paused(self) -> bool:
        """Whether it stands still because it was asked to."""
        return self._paused

    @property
    def has_clip(self) -> bool:
        """Whether there is something to show; one that failed shows nothing, and may be opened anew."""
        return self._playback is not None and not self._playback.failure

    def open_clip(self, playback: Playback | None, none: str) -> None:
        """Show another clip; without one, the words ``none``."""
        self.close_clip()
        self._playback = playback
        self._paused = False
        self.slider.setEnabled(playback is not None)
        self.play_button.setEnabled(playback is not None)
        self.canvas.clear()  # a picture of another clip would tell of another incident
        self.canvas.say(self._words("player.loading") if playback else none)
        self.slider.setValue(0)
        self.time_label.clear()
        if playback is not None:
            self._tell_size()
            self._timer.start()
        self._show_button()

    def close_clip(self) -> None:
        """End what is being shown and free its worker."""
        self._timer.stop()
        if self._playback is not None:
            self._playback.stop()
            self._playback = None

    def toggle(self) -> None:
        """Pause or go on; at the end, start over."""
        if self._playback is None:
            return
        self._paused = not self._paused and not self._at_end()
        self._playback.set_paused(self._paused)
        self._show_button()

    def seek(self, position_s: float) -> None:
        """Jump to a second of the clip."""
        if self._playback is not None:
            self._playback.seek(max(0.0, min(position_s, self._playback.duration_s)))

    def step(self, by_s: float) -> None:
        """Jump forwards or backwards."""
        if self._playback is not None:
            self.seek(self._playback.position_s + by_s)

    def tick(self) -> None:
        """Take the newest frame and tell where the clip is."""
        playback = self._playback
        if playback is None:
            return
        frame = playback.take()
        if frame is not None:
            self.canvas.show_frame(frame)
            self.canvas.say("")
        if playback.failure:
            self.canvas.say(playback.failure)
        self._show_position(playback)

    def hideEvent(self, _event: QHideEvent) -> None:
        """Nobody watches: stop reading."""
        self.close_clip()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 8, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.play_button)
        row.addWidget(self.slider, 1)
        row.addWidget(self.time_label)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.canvas, 1)
        box.addLayout(row)

    def _at_end(self) -> bool:
        playback = self._playback
        return playback is not None and playback.duration_s > 0 and playback.position_s >= playback.duration_s - _END_S

    def _show_position(self, playback: Playback) -> None:
        self.slider.setMaximum(round(playback.duration_s * _STEPS))
        if not self.slider.isSliderDown():
            self.slider.setValue(round(playback.position_s * _STEPS))
        self.time_label.setText(f"{position(playback.position_s)} / {position(playback.duration_s)}")
        self.position_changed.emit(playback.position_s)
        self._show_button()

    def _show_button(self) -> None:
        standing = self._paused or self._playback is None or self._at_end()
        word = self._words("player.play" if standing else "player.pause")
        if self.play_button.accessibleName() == word and self.play_button.property("tint") == self._theme.name:
            return
        self.play_button.setIcon(icon("play" if standing else "pause", self._theme.tokens.text))
        self.play_button.setProperty("tint", self._theme.name)
        self.play_button.setAccessibleName(word)
        self.play_button.setToolTip(word)

    def _tell_size(self) -> None:
        if self._playback is not None:
            ratio = self.canvas.devicePixelRatioF()
            self._playback.show_at(round(self.canvas.width() * ratio), round(self.canvas.height() * ratio))
