"""The views of the wall: all cameras, each group, and those that the owner has named."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

from pydantic import ValidationError
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


class ViewBook(QObject):
    """Views by key. Those with a name are stored in the settings as soon as they change; the others by the window.

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
        self._own: dict[str, ViewSettings] = {}

    def names(self) -> list[str]:
        """Names of the named views, in the order in which they were made."""
        return list(self._named)

    @property
    def full(self) -> bool:
        """Whether there are as many named views as there can be."""
        return len(self._named) >= MOST_VIEWS

    def view(self, key: str) -> ViewSettings | None:
        """The view of a key; None for a named one that does not exist (any more)."""
        if key.startswith(_NAMED):
            return self._named.get(key.removeprefix(_NAMED))
        group = key.removeprefix(_GROUP) if key.startswith(_GROUP) else ""
        return self._own.get(key) or ViewSettings(name=key[:LONGEST_NAME], group=group)

    def change(self, key: str, *, layout: str | None = None, places: Sequence[str] | None = None) -> None:
        """Arrange a view otherwise; what is None stays. A view that does not exist is left alone."""
        before = self.view(key)
        if before is None:
            return
        after = before.model_copy(
            update={
                "layout": before.layout if layout is None else layout,
                "places": before.places if places is None else tuple(places),
            }
        )
        if after == before:
            return
        if key.startswith(_NAMED):
            self._named[after.name] = after
            self._store()
        else:
            self._own[key] = after
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

    def own_arrangements(self) -> dict[str, dict[str, object]]:
        """How the views without a name are arranged, for the window to remember."""
        return {key: view.model_dump(mode="json") for key, view in self._own.items()}

    def restore(self, arrangements: Mapping[str, object]) -> None:
        """Take what ``own_arrangements`` gave; what makes no sense is passed over."""
        for key, stored in arrangements.items():
            if key == ALL or key.startswith(_GROUP):
                try:
                    self._own[key] = ViewSettings.model_validate(stored)
                except ValidationError:
                    continue
        self.changed.emit()

    def _store(self) -> None:
        try:
            self._keep(list(self._named.values()))
            self.failure = None
        except VigintError as error:
            self.failure = error
