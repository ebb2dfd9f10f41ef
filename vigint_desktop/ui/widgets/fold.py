"""A part of a form that is out of sight until it is wanted."""

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from vigint_desktop.ui.widgets.field_row import Remark


class Fold(QWidget):
    """Folded, it says in a line what lies in it.

    Signals:
        unfolded: the content is in its place, and may be scrolled to.
    """

    unfolded = Signal()

    def __init__(self, title: str, content: QWidget) -> None:
        super().__init__()
        self.button = QToolButton()
        self.button.setObjectName("fold")
        self.button.setText(title)
        self.button.setCheckable(True)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setIconSize(QSize(12, 12))
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._summary = Remark()
        self._content = content
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._summary, 1)
        head.addStretch()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(head)
        box.addWidget(content)
        self.button.toggled.connect(self._show)
        self._show(open_=False)

    @property
    def is_open(self) -> bool:
        """Whether its content is in sight."""
        return self.button.isChecked()

    def unfold(self) -> None:
        """Bring the content into sight."""
        self.button.setChecked(True)

    def summarise(self, text: str) -> None:
        """What to say beside the title while it is folded."""
        self._summary.setText(text)
        self._summary.setVisible(bool(text) and not self.is_open)

    def _show(self, open_: bool) -> None:
        self.button.setArrowType(Qt.ArrowType.DownArrow if open_ else Qt.ArrowType.RightArrow)
        self._content.setVisible(open_)
        self.summarise(self._summary.text())
        if open_:
            QTimer.singleShot(0, self, self.unfolded.emit)  # after the layout has made room
