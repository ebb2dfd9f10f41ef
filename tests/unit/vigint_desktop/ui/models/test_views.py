"""Views are kept when they have a name, and remembered when they have none."""

from collections.abc import Sequence

import pytest
from pytestqt.qtbot import QtBot

from vigint_core.domain.fault import Code, VigintError
from vigint_desktop.settings import ViewSettings
from vigint_desktop.ui.models.views import ALL, MOST_VIEWS, ViewBook, group_key, named_key

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


def test_all_cameras_and_every_group_have_a_view_by_themselves(book: ViewBook) -> None:
    everything, stock = book.view(ALL), book.view(group_key("Stock"))

    assert everything is not None
    assert (everything.layout, everything.group, everything.places) == ("auto", "", ())
    assert stock is not None
    assert stock.group == "Stock"
    assert book.view(named_key("Back")) is None


def test_a_named_view_is_stored_as_soon_as_it_changes(book: ViewBook, shelf: Shelf, qtbot: QtBot) -> None:
    with qtbot.waitSignal(book.changed):
        book.change(named_key("Front"), layout="9")

    assert shelf.kept == [FRONT.model_copy(update={"layout": "9"})]


def test_what_changes_nothing_stores_nothing(book: ViewBook, shelf: Shelf, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(book.changed):
        book.change(named_key("Front"), layout="4", places=["door", "till"])
        book.change(named_key("Nobody"), layout="9")

    assert shelf.kept is None


def test_a_view_without_a_name_is_remembered_not_stored(book: ViewBook, shelf: Shelf) -> None:
    book.change(ALL, places=["till", "door"])
    book.change(group_key("Stock"), layout="1+5")
    assert shelf.kept is None

    later = ViewBook([], shelf.keep)
    later.restore(book.own_arrangements())

    assert later.view(ALL) == book.view(ALL)
    assert later.view(group_key("Stock")) == book.view(group_key("Stock"))


@pytest.mark.parametrize("garbage", [{ALL: 3}, {ALL: {"name": ""}}, {"view:Front": FRONT.model_dump()}, {"x": {}}])
def test_a_memory_that_makes_no_sense_is_passed_over(garbage: dict[str, object], book: ViewBook) -> None:
    before = book.view(ALL)
    book.restore(garbage)

    assert book.view(ALL) == before
    assert book.own_arrangements() == {}


def test_a_view_is_kept_under_a_name(book: ViewBook, shelf: Shelf) -> None:
    book.change(ALL, layout="1+7")
    like = book.view(ALL)
    assert like is not None

    key = book.save_as("  Night ", like)

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
    book.change(named_key("Front"), layout="16")

    changed = book.view(named_key("Front"))
    assert changed is not None
    assert changed.layout == "16"
    assert book.failure is not None
    assert book.failure.code is Code.STORE_FAILED

    shelf.fails = False
    book.change(named_key("Front"), layout="9")
    assert book.failure is None
