"""The wall by mouse and keys, in the real program on a real X display."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.fakes.colours import COLOURS, areas, colour_clip, middles
from tests.fakes.driven import Desk, Place, left_well, managed, program
from tests.fakes.screen import screen
from tests.fakes.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SIZE = (1600, 900)


@pytest.fixture
def display() -> Iterator[Mapping[str, str]]:
    with screen(*SIZE) as made:
        yield made


@pytest.fixture
def desk(display: Mapping[str, str]) -> Iterator[Desk]:
    with managed(display, SIZE) as made:
        yield made


@pytest.fixture
def cameras(tmp_path: Path) -> list[str]:
    """The command line of four cameras of different colours, and nobody who judges."""
    named = [f"--source={colour.title()}={colour_clip(tmp_path, colour)}" for colour in COLOURS]
    return [*named, "--server", "none"]


def shows(desk: Desk, *colours: str) -> bool:
    """Whether exactly these colours are on screen, sooner or later."""
    return wait_until(lambda: set(areas(desk.see())) == set(colours), 60, 0.3)


def near(one: Place, other: Place) -> bool:
    return abs(one[0] - other[0]) < 40 and abs(one[1] - other[1]) < 40


def sits_at(desk: Desk, colour: str, place: Place) -> bool:
    return wait_until(lambda: near(middles(desk.see()).get(colour, (-99, -99)), place), 60, 0.3)


def test_mouse_and_keys_do_what_the_key_sheet_says(
    tmp_path: Path, cameras: list[str], display: Mapping[str, str], desk: Desk
) -> None:
    with program(tmp_path, cameras, display) as process:
        assert shows(desk, *COLOURS)
        seen = middles(desk.see())

        desk.drag(seen["red"], seen["blue"])
        assert sits_at(desk, "red", seen["blue"]), "dragged onto the blue one"
        assert sits_at(desk, "blue", seen["red"])
        desk.drag(seen["blue"], seen["red"])
        assert sits_at(desk, "red", seen["red"]), "dragged back"

        desk.click(seen["red"])
        desk.key("ctrl+shift+Right")
        assert sits_at(desk, "red", seen["green"]), "swapped by keys"

        desk.key("3")
        assert shows(desk, "blue"), "a digit shows the camera of that number"
        desk.key("Escape")
        assert shows(desk, *COLOURS)

        desk.click(seen["magenta"])
        desk.key("Return")
        assert shows(desk, "magenta"), "Enter shows the chosen camera"
        desk.key("Escape")
        assert shows(desk, *COLOURS)
        desk.click(seen["blue"], times=2)
        assert shows(desk, "blue"), "a double click shows the camera"
        desk.click(seen["blue"], times=2)
        assert shows(desk, *COLOURS), "and all of them again"

        panelled = sum(areas(desk.see()).values())
        desk.key("F11")
        assert wait_until(lambda: sum(areas(desk.see()).values()) > 1.3 * panelled, 60, 0.3), "the wall alone"
        desk.key("Escape")
        assert wait_until(lambda: sum(areas(desk.see()).values()) < 1.1 * panelled, 60, 0.3)
        assert shows(desk, *COLOURS)

        desk.key("ctrl+l")  # from the automatic layout to one camera a page
        assert shows(desk, "green"), "red and green have changed places"
        desk.key("Next", "Next")
        assert shows(desk, "blue")
        desk.key("Prior")
        assert shows(desk, "red")
        desk.key("ctrl+q")
        assert left_well(process)


def test_a_second_window_has_its_own_view_and_comes_back(
    tmp_path: Path, cameras: list[str], display: Mapping[str, str], desk: Desk
) -> None:
    with program(tmp_path, cameras, display) as process:
        assert shows(desk, *COLOURS)
        (main,) = desk.windows("^VigInt$")
        desk.key("ctrl+shift+n")
        assert wait_until(lambda: len(desk.windows("^Wall")) == 1)
        desk.bring_to_front(desk.windows("^Wall")[0])
        desk.key("F11")
        assert wait_until(lambda: min(areas(desk.see()).values(), default=0) > 250_000, 60, 0.3), (
            "over the whole screen"
        )
        desk.key("2")
        assert shows(desk, "green")
        desk.key("Escape", "Escape", "ctrl+l")
        desk.bring_to_front(main)
        desk.key("ctrl+l", "ctrl+q")
        assert left_well(process)

    kept = json.loads((tmp_path / "window.state").read_bytes())
    assert kept["second"]["open"] is True

    with program(tmp_path, cameras, display) as process:
        assert wait_until(lambda: len(desk.windows("^Wall")) == 1, 60)
        assert wait_until(lambda: len(desk.windows("^VigInt$")) == 1, 60)
        desk.bring_to_front(desk.windows("^Wall")[0])
        desk.key("ctrl+w")
        assert wait_until(lambda: desk.windows("^Wall") == [])
        desk.bring_to_front(desk.windows("^VigInt$")[0])
        desk.key("ctrl+q")
        assert left_well(process)

    kept = json.loads((tmp_path / "window.state").read_bytes())
    assert kept["second"]["open"] is False
