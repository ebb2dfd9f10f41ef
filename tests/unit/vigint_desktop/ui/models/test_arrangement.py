"""What a wall shows follows the view, the cameras, and whoever drags."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.fakes.moments import camera
from vigint_core.domain.camera import Camera
from vigint_core.domain.ids import CameraId
from vigint_desktop.settings import ViewSettings
from vigint_desktop.ui.models.arrangement import Arrangement
from vigint_desktop.ui.models.cameras import CameraModel
from vigint_desktop.ui.models.views import ALL, ViewBook, group_key, named_key
from vigint_desktop.ui.rows.grid import LAYOUTS
from vigint_desktop.ui.text import Texts

A, B, C, D, E = (CameraId(letter) for letter in "abcde")


def grouped(name: str, group: str) -> Camera:
    return replace(camera(name), group=group)


@pytest.fixture
def model(words: Texts, qtbot: QtBot) -> CameraModel:
    made = CameraModel(words)
    made.set_cameras([camera("A"), grouped("B", "Stock"), camera("C"), grouped("D", "Stock"), grouped("E", "Yard")])
    return made


@pytest.fixture
def book(qtbot: QtBot) -> ViewBook:
    saved = [ViewSettings(name="Two", layout="1+5", group="Stock", places=("d",))]
    return ViewBook(saved, lambda views: None)


@pytest.fixture
def wall(book: ViewBook, model: CameraModel) -> Arrangement:
    return Arrangement(book, model)


def test_at_first_all_cameras_are_shown(wall: Arrangement) -> None:
    assert (wall.key, wall.layout, wall.seats()) == (ALL, "auto", (A, B, C, D, E))


def test_the_menu_lists_all_groups_and_names(wall: Arrangement) -> None:
    assert wall.keys() == [ALL, group_key("Stock"), group_key("Yard"), named_key("Two")]


def test_a_group_is_a_view_and_a_named_view_may_be_about_one(wall: Arrangement) -> None:
    wall.choose(group_key("Stock"))
    assert wall.seats() == (B, D)

    wall.choose(named_key("Two"))
    assert wall.seats() == (D, B, None, None, None, None)

    wall.choose("view:that is no more")
    assert wall.key == ALL


def test_views_go_round_in_both_directions(wall: Arrangement) -> None:
    wall.choose_next(-1)
    assert wall.key == named_key("Two")
    wall.choose_next(1)
    wall.choose_next(1)
    assert wall.key == group_key("Stock")


def test_pages_end_at_both_ends(wall: Arrangement) -> None:
    wall.set_layout("4")
    assert (wall.number, wall.page_count) == (0, 2)

    wall.turn(1)
    wall.turn(1)
    assert wall.seats() == (E, None, None, None)

    wall.turn(-5)
    assert wall.number == 0


def test_another_layout_stays_with_the_cameras_in_sight(wall: Arrangement) -> None:
    wall.set_layout("1")
    wall.turn(3)
    assert wall.seats() == (D,)

    wall.set_layout("1+5")
    assert wall.number == 0
    wall.set_layout("1")
    assert wall.seats() == (A,)


def test_layouts_go_round(wall: Arrangement) -> None:
    seen = []
    for _ in LAYOUTS:
        seen.append(wall.layout)
        wall.next_layout()

    assert seen == list(LAYOUTS)
    assert wall.layout == LAYOUTS[0]


def test_a_swap_on_a_later_page_is_of_that_page(wall: Arrangement) -> None:
    wall.set_layout("4")
    wall.turn(1)
    wall.swap(0, 2)
    assert wall.seats() == (None, None, E, None)

    wall.turn(-1)
    wall.swap(0, 1)
    assert wall.seats() == (B, A, C, D)


def test_a_camera_is_seated_from_another_page(wall: Arrangement) -> None:
    wall.set_layout("4")
    wall.seat(E, 0)
    assert wall.seats() == (E, B, C, D)

    wall.seat(CameraId("nobody"), 0)
    assert wall.seats() == (E, B, C, D)


def test_it_turns_to_the_page_of_a_camera(wall: Arrangement) -> None:
    wall.set_layout("4")
    wall.show_page_of(E)
    assert wall.number == 1
    wall.show_page_of(CameraId("nobody"))
    assert wall.number == 1


def test_cameras_come_and_go(wall: Arrangement, model: CameraModel) -> None:
    wall.set_layout("4")
    wall.swap(0, 3)
    model.set_cameras([camera("A"), camera("B"), camera("C"), camera("F")])

    assert wall.seats() == (CameraId("f"), B, C, A)


def test_a_group_that_is_no_more_shows_all_and_says_so(wall: Arrangement, model: CameraModel) -> None:
    wall.choose(named_key("Two"))
    assert wall.lost_group == ""

    model.set_cameras([camera("A"), camera("B")])

    assert wall.lost_group == "Stock"
    assert set(wall.cameras()) == {A, B}


def test_two_walls_arrange_what_has_no_name_each_by_itself(book: ViewBook, model: CameraModel) -> None:
    one, other = Arrangement(book, model), Arrangement(book, model)
    one.swap(0, 1)
    one.set_layout("4")

    assert other.seats() == (A, B, C, D, E)


def test_two_walls_follow_each_others_changes_of_a_named_view(book: ViewBook, model: CameraModel) -> None:
    one, other = Arrangement(book, model), Arrangement(book, model)
    one.choose(named_key("Two"))
    other.choose(named_key("Two"))
    one.swap(0, 1)
    assert other.seats()[:2] == (B, D)

    book.rename("Two", "Deux")
    assert (one.key, other.key) == (named_key("Deux"), named_key("Deux"))

    book.remove("Deux")
    assert (one.key, other.key) == (ALL, ALL)


def test_the_choice_comes_back(wall: Arrangement, book: ViewBook, model: CameraModel) -> None:
    wall.choose(group_key("Stock"))
    wall.swap(0, 1)
    wall.choose(ALL)
    wall.set_layout("4")
    wall.turn(1)

    later = Arrangement(book, model)
    later.restore(wall.state())

    assert (later.key, later.number, later.layout) == (ALL, 1, "4")
    later.choose(group_key("Stock"))
    assert later.seats() == (D, B)


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"view": 3, "page": "x", "own": 7},
        {"view": "view:gone", "page": 99},
        {"own": {ALL: 3}},
        {"own": {ALL: {"name": ""}}},
    ],
)
def test_a_choice_that_makes_no_sense_is_all_cameras(state: dict[str, object], wall: Arrangement) -> None:
    wall.restore(state)

    assert (wall.key, wall.number) == (ALL, 0)


def test_a_layout_of_a_newer_version_is_the_automatic_one(model: CameraModel, qtbot: QtBot) -> None:
    wall = Arrangement(ViewBook([ViewSettings(name="New", layout="3D")], lambda views: None), model)
    wall.choose(named_key("New"))

    assert wall.layout == "auto"
    assert len(wall.seats()) == 5
