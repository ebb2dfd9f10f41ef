"""Views are kept when they have a name, and remembered when they have none."""

from collections.abc import Sequence

import pytest
from pytestqt.qtbot import QtBot

from vigint_core.domain.fault import Code, VigintError
from vigint_desktop.settings import ViewSettings
from vigint_desktop.ui.models.views import ALL, MOST_VIEWS, ViewBook, group_key, name_in, named_key, unnamed_view

FRONT = ViewSettings(name="Front", layout="4", places=("door", "till"))


class Shelf:
    """Where views are stored; says no when told to."""

    def __init__(self) -> None:
        self.kept: list[ViewSettings] | None = None
        self.fails = False

    def keep(self, views: Sequence[ViewSettings]) -> None:
        if self.fails:
            raise VigintError(Code.STORE_FAILED, "disk")
        self.kept = list(views)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def book(shelf: Shelf, qtbot: QtBot) -> ViewBook:
    return ViewBook([FRONT], shelf.keep)


def test_keys_name_views() -> None:
    assert name_in(named_key("view: of the yard")) == "view: of the yard"
    assert (name_in(ALL), name_in(group_key("Stock"))) == (None, None)


def test_all_cameras_and_every_group_have_a_view_by_themselves() -> None:
    everything, stock = unnamed_view(ALL), unnamed_view(group_key("Stock"))

    assert (everything.layout, everything.group, everything.places) == ("auto", "", ())
    assert stock.group == "Stock"


def test_a_group_of_any_length_has_a_view() -> None:
    assert unnamed_view(group_key("x" * 200)).group == "x" * 200


def test_a_view_is_stored_as_soon_as_it_changes(book: ViewBook, shelf: Shelf, qtbot: QtBot) -> None:
    changed = FRONT.model_copy(update={"layout": "9"})
    with qtbot.waitSignal(book.changed):
        book.change(changed)

    assert shelf.kept == [changed]
    assert book.view("Front") == changed


def test_what_changes_nothing_stores_nothing(book: ViewBook, shelf: Shelf, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(book.changed):
        book.change(FRONT)
        book.change(ViewSettings(name="Nobody", layout="9"))

    assert shelf.kept is None
    assert book.view("Nobody") is None


def test_a_view_is_kept_under_a_name(book: ViewBook, shelf: Shelf) -> None:
    key = book.save_as("  Night ", ViewSettings(name="all", layout="1+7"))

    assert key == named_key("Night")
    assert book.names() == ["Front", "Night"]
    assert shelf.kept is not None
    assert shelf.kept[1].layout == "1+7"


@pytest.mark.parametrize(
    ("name", "problem"), [("", "empty"), ("   ", "empty"), ("front", "taken"), (" Front ", "taken"), ("Back", "")]
)
def test_a_name_has_to_be_of_its_own(name: str, problem: str, book: ViewBook) -> None:
    assert book.problem_of(name) == problem


def test_a_view_may_keep_its_own_name(book: ViewBook) -> None:
    assert book.problem_of("FRONT", instead_of="Front") == ""


def test_there_are_only_so_many_views(shelf: Shelf, qtbot: QtBot) -> None:
    book = ViewBook([ViewSettings(name=str(number)) for number in range(MOST_VIEWS)], shelf.keep)

    assert book.full
    assert book.problem_of("one more") == "full"
    assert book.problem_of("renamed", instead_of="3") == ""


def test_a_new_name_keeps_the_place_in_the_list(book: ViewBook, shelf: Shelf, qtbot: QtBot) -> None:
    book.save_as("Back", FRONT)

    with qtbot.waitSignal(book.renamed) as told:
        key = book.rename("Front", "Street")

    assert told.args == [named_key("Front"), key]
    assert book.names() == ["Street", "Back"]
    assert shelf.kept is not None
    assert [view.name for view in shelf.kept] == ["Street", "Back"]


def test_a_view_can_go(book: ViewBook, shelf: Shelf) -> None:
    book.remove("Front")
    book.remove("Front")

    assert book.names() == []
    assert shelf.kept == []


def test_what_could_not_be_stored_holds_all_the_same_and_says_so(book: ViewBook, shelf: Shelf) -> None:
    shelf.fails = True
    changed = FRONT.model_copy(update={"layout": "16"})
    book.change(changed)

    assert book.view("Front") == changed
    assert book.failure is not None
    assert book.failure.code is Code.STORE_FAILED

    shelf.fails = False
    book.change(FRONT)
    assert book.failure is None
