"""What one wall shows: a view, its layout, and the page that is turned to."""

from collections.abc import Mapping

from pydantic import ValidationError
from PySide6.QtCore import QObject, Signal

from vigint_core.domain.ids import CameraId
from vigint_desktop.settings import ViewSettings
from vigint_desktop.ui.models.cameras import CameraModel
from vigint_desktop.ui.models.views import ALL, ViewBook, group_key, name_in, named_key, unnamed_view
from vigint_desktop.ui.rows.grid import AUTO, LAYOUTS, places_of
from vigint_desktop.ui.rows.seats import Seats, page, page_of, pages, seats, swapped


class Arrangement(QObject):
    """The present choice of one wall, and how it arranges the views that have no name.

    Those with a name are in a ``ViewBook`` that all walls share: each follows what another changes there.

    Attributes:
        key: of the chosen view.
        number: of the page, from 0.

    Signals:
        changed: other cameras, another order, layout, page or view.
    """

    changed = Signal()

    def __init__(self, book: ViewBook, model: CameraModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.book = book
        self.key = ALL
        self.number = 0
        self._model = model
        self._own: dict[str, ViewSettings] = {}
        self._order: Seats = ()
        book.renamed.connect(self._renamed)
        book.changed.connect(self._renew)
        model.modelReset.connect(self._renew)
        self._renew()

    @property
    def view(self) -> ViewSettings:
        """The view that is shown."""
        name = name_in(self.key)
        named = None if name is None else self.book.view(name)
        return named or self._own.get(self.key) or unnamed_view(self.key)

    @property
    def layout(self) -> str:
        """Its layout; one that nobody knows is the automatic one."""
        return self.view.layout if self.view.layout in LAYOUTS else AUTO

    @property
    def lost_group(self) -> str:
        """The group that the view is about when no camera is in it any more, else ""; then all cameras are shown."""
        group = self.view.group
        return group if group and group not in self.groups() else ""

    @property
    def page_count(self) -> int:
        """How many pages there are."""
        return pages(self._order, self.layout)

    def groups(self) -> list[str]:
        """The cameras' groups, in the owner's order."""
        return list(dict.fromkeys(camera.group for camera in self._model.cameras() if camera.group))

    def keys(self) -> list[str]:
        """Every view that can be chosen, in the order of the menu."""
        named = [named_key(name) for name in self.book.names()]
        return [ALL, *(group_key(group) for group in self.groups()), *named]

    def seats(self) -> Seats:
        """What the page shows, place by place."""
        return page(self._order, self.layout, self.number)

    def cameras(self) -> list[CameraId]:
        """The cameras of the view in the order in which they are shown, over all pages."""
        return [camera for camera in self._order if camera is not None]

    def choose(self, key: str) -> None:
        """Show another view, from its first page; one that does not exist is the view of all cameras."""
        self.key = key if key in self.keys() else ALL
        self.number = 0
        self._renew()

    def choose_next(self, step: int) -> None:
        """The view after (1) or before (-1) this one, round and round."""
        keys = self.keys()
        place = keys.index(self.key) if self.key in keys else 0
        self.choose(keys[(place + step) % len(keys)])

    def set_layout(self, layout: str) -> None:
        """Another layout; the page then is the one that has the first camera shown now."""
        first = next((camera for camera in self.seats() if camera is not None), None)
        self._change(self.view.model_copy(update={"layout": layout}))
        if first is not None:
            self.show_page_of(first)

    def next_layout(self) -> None:
        """The layout after this one, round and round."""
        self.set_layout(LAYOUTS[(LAYOUTS.index(self.layout) + 1) % len(LAYOUTS)])

    def turn(self, step: int) -> None:
        """Turn pages; there is none before the first and none after the last."""
        self.number += step
        self._renew()

    def show_page_of(self, camera: CameraId) -> None:
        """Turn to the page that has a camera, if the view shows it."""
        self.number = next((n for n in (page_of(self._order, self.layout, camera),) if n is not None), self.number)
        self._renew()

    def swap(self, one: int, other: int) -> None:
        """Two places of the page change their cameras; either may be empty."""
        first = self.number * places_of(self.layout, len(self._order))
        self._swap(first + one, first + other)

    def seat(self, camera: CameraId, place: int) -> None:
        """A camera of the view takes a place of the page; the one that was there goes where it came from."""
        if camera in self._order:
            first = self.number * places_of(self.layout, len(self._order))
            self._swap(self._order.index(camera), first + place)

    def state(self) -> dict[str, object]:
        """The choice, and how views without a name are arranged, for the window to remember."""
        own = {key: view.model_dump(mode="json") for key, view in self._own.items()}
        return {"view": self.key, "page": self.number, "own": own}

    def restore(self, state: Mapping[str, object]) -> None:
        """Take what ``state`` gave; what makes no sense is passed over."""
        own = state.get("own")
        self._own = _views(own) if isinstance(own, dict) else {}
        key, number = state.get("view"), state.get("page")
        self.choose(key if isinstance(key, str) else ALL)
        self.turn(number if isinstance(number, int) else 0)

    def _swap(self, one: int, other: int) -> None:
        self._change(self.view.model_copy(update={"places": swapped(self.view.places, self._order, one, other)}))

    def _change(self, view: ViewSettings) -> None:
        if name_in(self.key) is not None:
            self.book.change(view)
            return
        self._own[self.key] = view
        self._renew()

    def _renamed(self, old: str, new: str) -> None:
        self.key = new if self.key == old else self.key

    def _renew(self) -> None:
        name = name_in(self.key)
        if name is not None and self.book.view(name) is None:
            self.key = ALL
        group = "" if self.lost_group else self.view.group
        cameras = [camera.id for camera in self._model.cameras() if not group or camera.group == group]
        self._order = seats(self.view.places, cameras, self.layout)
        self.number = min(max(self.number, 0), self.page_count - 1)
        self.changed.emit()


def _views(stored: Mapping[str, object]) -> dict[str, ViewSettings]:
    """The arrangements of views without a name; what makes no sense is passed over."""
    views = {}
    for key, told in stored.items():
        try:
            views[key] = ViewSettings.model_validate(told)
        except ValidationError:
            continue
    return views
