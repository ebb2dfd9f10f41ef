"""The cameras being edited, as a Qt list model: one row a draft, in the order of the wall."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from vigint_desktop.ui.dialogs.camera_draft import CameraDraft, Remarks, doubts
from vigint_desktop.ui.text import Texts

DRAFT_ROW_ROLE: Final = int(Qt.ItemDataRole.UserRole)
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A camera in the list.

    Attributes:
        number: the key that shows it on the wall, from 1.
        about: its group and where it is; may be empty.
        remark: the first thing that is missing or may be a slip, or "".
        is_problem: the remark keeps it from being stored.
    """

    number: int
    name: str
    about: str
    remark: str
    is_problem: bool


def draft_row(drafts: Sequence[CameraDraft], place: int, texts: Texts) -> DraftRow:
    """The row of one of the drafts."""
    draft = drafts[place]
    remarks = doubts(drafts, place)
    key = draft.problem or next(iter(remarks.values()), "")
    where = draft.host or (texts(f"cameras.source.{draft.kind}") if draft.address else "")
    return DraftRow(
        number=place + 1,
        name=draft.name.strip() or texts("cameras.unnamed"),
        about=" · ".join(filter(None, (draft.group.strip(), where))),
        remark=texts(key) if key else "",
        is_problem=bool(draft.problem),
    )


class DraftModel(QAbstractListModel):
    """Holds the drafts. ``DRAFT_ROW_ROLE`` gives the ``DraftRow``."""

    def __init__(self, drafts: Iterable[CameraDraft], texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._drafts = list(drafts)
        self._texts = texts

    @property
    def drafts(self) -> list[CameraDraft]:
        """All of them in order."""
        return list(self._drafts)

    def draft(self, place: int) -> CameraDraft:
        """One of them."""
        return self._drafts[place]

    def doubts(self, place: int) -> Remarks:
        """What may be a slip in one of them."""
        return doubts(self._drafts, place)

    def put(self, place: int, draft: CameraDraft) -> None:
        """Change one; what the others share with it (a name, an address) may become or cease to be a slip."""
        self._drafts[place] = draft
        self.dataChanged.emit(self.index(0), self.index(len(self._drafts) - 1))

    def add(self, drafts: Sequence[CameraDraft]) -> None:
        """More of them at the end."""
        if not drafts:
            return
        first = len(self._drafts)
        self.beginInsertRows(_ROOT, first, first + len(drafts) - 1)
        self._drafts += drafts
        self.endInsertRows()
        self.dataChanged.emit(self.index(0), self.index(len(self._drafts) - 1))

    def remove(self, place: int) -> None:
        """One goes."""
        self.beginRemoveRows(_ROOT, place, place)
        del self._drafts[place]
        self.endRemoveRows()
        if self._drafts:
            self.dataChanged.emit(self.index(0), self.index(len(self._drafts) - 1))

    def move(self, place: int, to: int) -> bool:
        """Move one to another place; False where there is no such place."""
        if place == to or not (0 <= place < len(self._drafts) and 0 <= to < len(self._drafts)):
            return False
        self.beginMoveRows(_ROOT, place, place, _ROOT, to + 1 if to > place else to)  # Qt counts before the move
        self._drafts.insert(to, self._drafts.pop(place))
        self.endMoveRows()
        self.dataChanged.emit(self.index(min(place, to)), self.index(max(place, to)))
        return True

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """Number of cameras."""
        return 0 if parent.isValid() else len(self._drafts)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name for display, everything for those who listen, ``DraftRow`` under ``DRAFT_ROW_ROLE``."""
        if not index.isValid() or index.row() >= len(self._drafts):
            return None
        if role not in (Qt.ItemDataRole.DisplayRole, *_SPOKEN, DRAFT_ROW_ROLE):
            return None
        row = draft_row(self._drafts, index.row(), self._texts)
        if role == DRAFT_ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.remark
        return row.name if role == Qt.ItemDataRole.DisplayRole else _spoken(row)


_SPOKEN: Final = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)


def _spoken(row: DraftRow) -> str:
    return ", ".join(filter(None, (str(row.number), row.name, row.about, row.remark)))
