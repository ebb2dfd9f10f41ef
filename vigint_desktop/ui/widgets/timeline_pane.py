"""The timeline with its heading: a legend in words, zoom and the way back to now."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QToolButton, QVBoxLayout

from vigint_core.policy.coverage import Totals
from vigint_desktop.ui.rows.coverage import heading
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
        self.coverage_button = QPushButton(words("coverage.today_unknown"))
        self.coverage_button.setToolTip(words("coverage.today_tip"))
        self.coverage_button.setAutoDefault(False)
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

    def show_coverage(self, totals: Totals) -> None:
        """Say how much of today was looked at."""
        self.coverage_button.setText(heading(totals, self._words))

    def _button(self, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("icon_name", name)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        title = QLabel(self._words("timeline.title"))
        title.setObjectName("heading")
        row.addWidget(title)
        row.addSpacing(16)
        row.addWidget(self.legend, 1)
        for button in (self.coverage_button, self._zoom_out, self._zoom_in, self.now_button):
            row.addWidget(button)
        area = QScrollArea()
        area.setWidget(self.view)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(row)
        box.addWidget(area, 1)

    def _now_clicked(self) -> None:
        self.view.go_to_now()
        self.now_button.setChecked(self.view.following)

    def _tint(self) -> None:
        for button in (self._zoom_in, self._zoom_out):
            button.setIcon(icon(str(button.property("icon_name")), self._theme.tokens.text))
