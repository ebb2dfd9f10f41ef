"""The views that the owner has named, and the keys by which every view is chosen."""

from collections.abc import Callable, Sequence
from typing import Final, Literal

from PySide6.QtCore import QObject, Signal

from vigint_core.domain.fault import VigintError
from vigint_desktop.settings import ViewSettings

MOST_VIEWS: Final = 50  # in a menu that people still read
LONGEST_NAME: Final = 60
Keep = Callable[[Sequence[ViewSettings]], None]
NameProblem = Literal["", "empty", "taken", "full"]

ALL: Final = "all"
_GROUP: Final = "group:"
_NAMED: Final = "view:"


def group_key(group: str) -> str:
    """The key of the view that every group has by itself."""
    return f"{_GROUP}{group}"


def named_key(name: str) -> str:
    """The key of a view that the owner has named."""
    return f"{_NAMED}{name}"


def name_in(key: str) -> str | None:
    """The name in the key of a named view; None for the views of all cameras and of a group."""
    return key.removeprefix(_NAMED) if key.startswith(_NAMED) else None


def unnamed_view(key: str) -> ViewSettings:
    """The view of all cameras or of a group, as long as nobody has arranged it."""
    return ViewSettings(name=key[:LONGEST_NAME], group=key.removeprefix(_GROUP) if key.startswith(_GROUP) else "")


class ViewBook(QObject):
    """The named views, shared by all walls and stored in the settings as soon as one changes.

    Attributes:
        failure: why the last change could not be stored, or None; it holds until the program ends all the same.

    Signals:
        changed: a view came, went or is arranged otherwise.
        renamed: before that, carries a view's old key and its new one.
    """

    changed = Signal()
    renamed = Signal(str, str)

    def __init__(self, saved: Sequence[ViewSettings], keep: Keep, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.failure: VigintError | None = None
        self._keep = keep
        self._named = {view.name: view for view in saved}

    def names(self) -> list[str]:
        """In the order in which the views were made."""
        return list(self._named)

    @property
    def full(self) -> bool:
        """Whether there are as many named views as there can be."""
        return len(self._named) >= MOST_VIEWS

    def view(self, name: str) -> ViewSettings | None:
        """The view of a name; None when there is none (any more)."""
        return self._named.get(name)

    def change(self, view: ViewSettings) -> None:
        """Arrange the view of this name otherwise; one that does not exist is left alone."""
        if self._named.get(view.name, view) != view:
            self._named[view.name] = view
            self._store()
            self.changed.emit()

    def problem_of(self, name: str, instead_of: str = "") -> NameProblem:
        """Why a view can't have this name, or "". ``instead_of`` is its name so far."""
        if not name.strip():
            return "empty"
        if name.strip().casefold() in {other.casefold() for other in self._named if other != instead_of}:
            return "taken"
        return "full" if self.full and not instead_of else ""

    def save_as(self, name: str, like: ViewSettings) -> str:
        """Make a named view like another one; returns its key. The name must have no problem."""
        made = like.model_copy(update={"name": name.strip()[:LONGEST_NAME]})
        self._named[made.name] = made
        self._store()
        self.changed.emit()
        return named_key(made.name)

    def rename(self, name: str, new: str) -> str:
        """Give a view another name, at its old place in the list; returns its new key."""
        said = new.strip()[:LONGEST_NAME]
        views = [v.model_copy(update={"name": said}) if v.name == name else v for v in self._named.values()]
        self._named = {view.name: view for view in views}
        self._store()
        self.renamed.emit(named_key(name), named_key(said))
        self.changed.emit()
        return named_key(said)

    def remove(self, name: str) -> None:
        """Forget a named view."""
        if self._named.pop(name, None) is not None:
            self._store()
            self.changed.emit()

    def _store(self) -> None:
        try:
            self._keep(list(self._named.values()))
            self.failure = None
        except VigintError as error:
            self.failure = error
