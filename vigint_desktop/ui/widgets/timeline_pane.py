"""The timeline with its heading: a legend in words, zoom and the way back to now."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QToolButton, QVBoxLayout

from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.icons import icon
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.legend import Legend
from vigint_desktop.ui.widgets.timeline import TimelineView

_HEADING_PX = 44


class TimelinePane(QFrame):
    """Heading over a scrolling ``TimelineView``."""

    def __init__(self, view: TimelineView, words: Words, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("pane")
        self.view = view
        self._theme = theme
        self._words = words
        self.legend = Legend(words, theme)
        self._zoom_out = self._button("zoom_out", words("timeline.zoom_out"))
        self._zoom_in = self._button("zoom_in", words("timeline.zoom_in"))
        self.now_button = QPushButton(words("timeline.now"))
        self.now_button.setToolTip(words("timeline.now_tip"))
        self.now_button.setCheckable(True)
        self.now_button.setChecked(view.following)
        self._lay_out()
        self._zoom_in.clicked.connect(lambda: view.zoom(0.5))
        self._zoom_out.clicked.connect(lambda: view.zoom(2.0))
        self.now_button.clicked.connect(self._now_clicked)
        view.seen_changed.connect(self.legend.set_seen)
        view.following_changed.connect(self.now_button.setChecked)
        theme.changed.connect(self._tint)
        self._tint()

    def sizeHint(self) -> QSize:
        """As high as the lanes would like to be, without scrolling."""
        lanes = self.view.sizeHint()
        return QSize(lanes.width(), _HEADING_PX + lanes.height())

    def _button(self, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("icon_name", name)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    def _lay_out(self) -> None:
        heading = QHBoxLayout()
        heading.setContentsMargins(8, 4, 8, 4)
        heading.setSpacing(8)
        title = QLabel(self._words("timeline.title"))
        title.setObjectName("heading")
        heading.addWidget(title)
        heading.addSpacing(16)
        heading.addWidget(self.legend, 1)
        for button in (self._zoom_out, self._zoom_in, self.now_button):
            heading.addWidget(button)
        area = QScrollArea()
        area.setWidget(self.view)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(heading)
        box.addWidget(area, 1)

    def _now_clicked(self) -> None:
        self.view.go_to_now()
        self.now_button.setChecked(self.view.following)

    def _tint(self) -> None:
        for button in (self._zoom_in, self._zoom_out):
            button.setIcon(icon(str(button.property("icon_name")), self._theme.tokens.text))
