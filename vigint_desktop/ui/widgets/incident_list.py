"""The list of incidents: newest on top, a click plays the clip, a key says what it was."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from vigint_core.domain.ids import IncidentId
from vigint_desktop.ui.models.incidents import ROW_ROLE, IncidentModel
from vigint_desktop.ui.rows.incident import IncidentRow
from vigint_desktop.ui.rows.review import ReviewStep
from vigint_desktop.ui.rows.words import Words
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.incident_delegate import IncidentDelegate
from vigint_desktop.ui.widgets.review_commands import ReviewCommands


class IncidentView(QListView):
    """The rows.

    Signals:
        menu_asked: over a row, by mouse or key; carries its id and where on the screen.
    """

    menu_asked = Signal(str, QPoint)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The row under the pointer; by key, the chosen one."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(self.viewport().mapFromGlobal(event.globalPos()))
        row = index.data(ROW_ROLE)
        if isinstance(row, IncidentRow):
            rect = self.visualRect(index)
            at = self.viewport().mapToGlobal(rect.center()) if by_key else event.globalPos()
            self.menu_asked.emit(row.id, at)

    def rowsAboutToBeRemoved(self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int) -> None:
        """Nothing is chosen once the chosen row is gone: a key must not mean the next one."""
        if start <= self.currentIndex().row() <= end:
            self.selectionModel().clear()
        super().rowsAboutToBeRemoved(parent, start, end)


class IncidentList(QFrame):
    """Heading with the counts, the rows, and what belongs here while there are none.

    Attributes:
        commands: what can be said of the chosen incident.

    Signals:
        incident_chosen: a row was clicked or Enter was pressed on it; carries the id.
        incident_selected: another row is current; carries the id.
        review_asked: by key or from a row's menu; carries the id and the ``ReviewStep``.
    """

    incident_chosen = Signal(str)
    incident_selected = Signal(str)
    review_asked = Signal(str, object)

    def __init__(self, model: IncidentModel, words: Words, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("pane")
        self._model = model
        self._words = words
        self.view = IncidentView()
        self.view.setModel(model)
        self._delegate = IncidentDelegate(theme, words)
        self.view.setItemDelegate(self._delegate)
        self.view.setMouseTracking(True)
        self.view.setUniformItemSizes(True)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setAccessibleName(words("incident.title"))
        self.commands = ReviewCommands(self.view, words)
        self._count = QLabel()
        self._count.setObjectName("quiet")
        self._stack = QStackedLayout()
        self._lay_out()
        self.view.clicked.connect(self._chosen)
        self.view.activated.connect(self._chosen)
        self.view.selectionModel().currentChanged.connect(self._selected)
        self.view.menu_asked.connect(self._open_menu)
        self.commands.asked.connect(self._ask)
        self._counting = QTimer(self, singleShot=True, interval=0)  # many rows may come at once
        self._counting.timeout.connect(self._recount)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._show_stack)
        model.dataChanged.connect(self._changed)
        self._show_stack()

    def select(self, incident_id: IncidentId) -> None:
        """Make an incident's row the current one; where it is not listed, no row, so that no key speaks of another."""
        place = self._model.place_of(incident_id)
        if place is None:
            self.view.clearSelection()
        else:
            index = self._model.index(place)
            self.view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.view.scrollTo(index)

    def chosen_row(self) -> IncidentRow | None:
        """The row that is seen to be chosen, or None."""
        index = self.view.currentIndex()
        row = index.data(ROW_ROLE) if self.view.selectionModel().isSelected(index) else None
        return row if isinstance(row, IncidentRow) else None

    def counted(self) -> str:
        """What the heading counts."""
        return self._count.text()

    def sizeHint(self) -> QSize:
        """Wide enough for a still and two lines of words."""
        return QSize(340, 600)

    def _lay_out(self) -> None:
        heading = QHBoxLayout()
        heading.setContentsMargins(12, 8, 12, 8)
        title = QLabel(self._words("incident.title"))
        title.setObjectName("heading")
        heading.addWidget(title)
        heading.addStretch(1)
        heading.addWidget(self._count)
        self._stack.addWidget(self._empty_page())
        self._stack.addWidget(self.view)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(heading)
        box.addLayout(self._stack, 1)

    def _empty_page(self) -> QWidget:
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(24, 24, 24, 24)
        box.addStretch(1)
        for name, key in (("heading", "incident.empty_title"), ("quiet", "incident.empty")):
            label = QLabel(self._words(key))
            label.setObjectName(name)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            box.addWidget(label)
        box.addStretch(2)
        return page

    def _chosen(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, IncidentRow):
            self.incident_chosen.emit(row.id)

    def _selected(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, IncidentRow):
            self.incident_selected.emit(row.id)

    def _ask(self, step: ReviewStep) -> None:
        row = self.chosen_row()
        if row is not None:
            self.review_asked.emit(row.id, step)

    def _open_menu(self, incident_id: str, at: QPoint) -> None:
        """What Enter and the keys do, with the keys."""
        self.select(IncidentId(incident_id))
        row = self.chosen_row()
        if row is None:
            return
        self.commands.show_review(row.review.review)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        play = QAction(self._words("incident.play"), menu)
        play.setShortcut(QKeySequence(Qt.Key.Key_Enter))
        play.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # shown alone: the row itself takes the key
        play.setShortcutVisibleInContextMenu(True)
        play.triggered.connect(lambda: self.incident_chosen.emit(incident_id))
        menu.addAction(play)
        menu.addSeparator()
        menu.addActions(list(self.commands.actions.values()))
        menu.popup(at)

    def _show_stack(self) -> None:
        self._stack.setCurrentIndex(1 if self._model.rowCount() else 0)
        self._counting.start()

    def _changed(self) -> None:
        self._counting.start()

    def _recount(self) -> None:
        count, still_open = self._model.rowCount(), self._model.open_count()
        both = self._words("incident.count_open", count=count, open=still_open)
        self._count.setText(both if still_open else str(count) if count else "")
