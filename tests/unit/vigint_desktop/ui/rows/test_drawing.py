"""Drawing by hand: whatever is done can be undone, and nothing leaves the picture."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.zone import Crossing, Line, Point, Scene, Zone, ZoneKind, ZoneUse
from vigint_desktop.ui.rows.drawing import MOST_CORNERS, MOST_SHAPES, Drawing

SQUARE = ((0.2, 0.2), (0.4, 0.2), (0.4, 0.4), (0.2, 0.4))
ZONE = Zone("z1", "Wine", ZoneUse.WATCH, SQUARE, ZoneKind.HIGH_VALUE)
LINE = Line("z2", "Door", (0.6, 0.2), (0.6, 0.8))
REACH = (0.02, 0.02)


def drawn() -> Drawing:
    return Drawing(Scene((ZONE,), (LINE,)))


def test_a_zone_is_drawn_corner_by_corner() -> None:
    drawing = Drawing(Scene())
    drawing.begin("privacy")
    for point in SQUARE[:2]:
        drawing.add(point, "Pin")
    assert not drawing.finish("Pin"), "two corners are no zone"
    drawing.add(SQUARE[2], "Pin")
    assert drawing.finish("Pin")

    (zone,) = drawing.scene.zones
    assert (zone.name, zone.use, zone.kind, zone.points) == ("Pin", ZoneUse.PRIVACY, None, SQUARE[:3])
    assert (drawing.selected, drawing.tool, drawing.pending) == (zone.id, None, [])


def test_a_line_is_complete_with_its_second_point() -> None:
    drawing = Drawing(Scene())
    drawing.begin("line")
    drawing.add((0.1, 0.1), "Door")
    drawing.add((0.9, 0.9), "Door")

    assert drawing.scene.lines == (Line("z1", "Door", (0.1, 0.1), (0.9, 0.9), Crossing.BOTH),)


def test_what_is_being_drawn_can_be_forgotten() -> None:
    drawing = Drawing(Scene())
    drawing.begin("watch")
    drawing.add((0.1, 0.1), "x")

    assert drawing.cancel()
    assert not drawing.cancel()
    assert drawing.scene == Scene()


def test_a_corner_a_whole_zone_and_a_line_are_dragged_and_each_drag_is_one_step_back() -> None:
    drawing = drawn()
    assert drawing.take_hold((0.21, 0.21), REACH)
    drawing.drag((0.1, 0.1))
    drawing.drag((0.11, 0.11))
    drawing.let_go()
    assert [round(share, 6) for share in drawing.scene.zones[0].points[0]] == [0.1, 0.1]

    assert drawing.take_hold((0.3, 0.3), REACH)
    drawing.drag((0.4, 0.3))
    drawing.let_go()
    assert [round(x, 6) for x, _ in drawing.scene.zones[0].points] == [0.2, 0.5, 0.5, 0.3]

    assert drawing.take_hold((0.61, 0.5), REACH)
    assert drawing.line() == LINE
    drawing.drag((0.71, 0.5))
    drawing.let_go()
    assert round(drawing.scene.lines[0].start[0], 6) == 0.7

    for _ in range(3):
        drawing.undo()
    assert drawing.scene == drawn().scene
    for _ in range(3):
        drawing.redo()
    assert round(drawing.scene.lines[0].start[0], 6) == 0.7


def test_a_click_beside_everything_selects_nothing() -> None:
    drawing = drawn()
    drawing.take_hold((0.3, 0.3), REACH)
    assert not drawing.take_hold((0.9, 0.05), REACH)
    assert (drawing.selected, drawing.zone(), drawing.line()) == ("", None, None)


def test_keys_choose_a_corner_move_it_and_delete() -> None:
    drawing = drawn()
    drawing.selected = "z1"
    drawing.next_corner(1)
    drawing.nudge((0.05, 0.0))
    assert drawing.scene.zones[0].points[0] == (0.25, 0.2)
    drawing.next_corner(-1)
    assert drawing.corner is None
    drawing.delete()
    assert (drawing.scene.zones, drawing.selected) == ((), "")
    drawing.undo()
    assert len(drawing.scene.zones) == 1


def test_an_edge_of_the_selected_zone_is_dragged_as_it_is() -> None:
    drawing = drawn()
    drawing.selected = "z1"
    assert drawing.under((0.3, 0.2), REACH) == 2
    drawing.take_hold((0.3, 0.2), REACH)
    drawing.drag((0.3, -0.5))
    drawing.let_go()

    assert drawing.scene.zones[0].points == ((0.2, 0.0), (0.4, 0.0), (0.4, 0.4), (0.2, 0.4))
    assert drawing.corner is None
    drawing.undo()
    assert drawing.scene == drawn().scene


def test_an_edge_of_another_zone_is_not_there_to_be_pulled_at() -> None:
    drawing = drawn()
    assert drawing.under((0.3, 0.205), REACH) == 0
    assert drawing.under((0.2, 0.2), REACH) == 1
    assert drawing.under((0.9, 0.1), REACH) is None


def test_a_corner_is_added_on_an_edge_by_hand_and_by_key() -> None:
    drawing = drawn()
    assert not drawing.split((0.3, 0.2), REACH), "nothing is selected"
    drawing.selected = "z1"
    assert not drawing.split((0.3, 0.3), REACH)
    assert drawing.split((0.25, 0.2), REACH)
    assert drawing.corner == 1
    assert drawing.scene.zones[0].points == (SQUARE[0], (0.25, 0.2), *SQUARE[1:])

    drawing.corner = 4
    drawing.add_corner()
    assert drawing.corner == 5
    assert [round(share, 6) for share in drawing.scene.zones[0].points[5]] == [0.2, 0.3]


def test_a_zone_has_a_bounded_number_of_corners() -> None:
    drawing = drawn()
    drawing.selected = "z1"
    for _ in range(MOST_CORNERS + 5):
        drawing.add_corner()
    assert len(drawing.scene.zones[0].points) == MOST_CORNERS


def test_a_selected_corner_goes_alone_as_long_as_a_zone_is_left() -> None:
    drawing = drawn()
    drawing.selected, drawing.corner = "z1", 1
    drawing.drop()
    assert drawing.scene.zones[0].points == (SQUARE[0], *SQUARE[2:])
    assert (drawing.selected, drawing.corner) == ("z1", None)

    drawing.corner = 0
    drawing.drop()
    assert drawing.scene.zones == ()


def test_undo_takes_back_the_last_corner_of_what_is_being_drawn_and_nothing_else() -> None:
    drawing = drawn()
    drawing.selected = "z1"
    drawing.nudge((0.1, 0.0))
    drawing.begin("privacy")
    drawing.add((0.1, 0.1), "x")
    drawing.add((0.2, 0.1), "x")
    moved = drawing.scene

    drawing.undo()
    assert (drawing.pending, drawing.scene) == ([(0.1, 0.1)], moved)
    drawing.undo()
    assert drawing.can_undo
    drawing.undo()
    assert drawing.scene == drawn().scene
    assert drawing.can_redo
    assert not drawing.can_undo


def test_a_click_on_the_first_corner_closes_a_zone_that_has_three() -> None:
    drawing = Drawing(Scene())
    drawing.begin("watch")
    for point in SQUARE[:2]:
        drawing.add(point, "x")
    assert not drawing.closes(SQUARE[0], REACH)
    drawing.add(SQUARE[2], "x")
    assert drawing.closes((0.21, 0.21), REACH)
    assert not drawing.closes((0.3, 0.3), REACH)


def test_the_same_corner_twice_is_one() -> None:
    drawing = Drawing(Scene())
    drawing.begin("line")
    drawing.add((0.1, 0.1), "Door")
    drawing.add((0.1, 0.1), "Door")
    assert drawing.scene.lines == ()


def test_there_is_a_bound_to_what_can_be_drawn() -> None:
    drawing = Drawing(Scene(tuple(Zone(f"z{n}", "", ZoneUse.WATCH, SQUARE) for n in range(MOST_SHAPES))))
    assert drawing.is_full
    drawing.begin("watch")
    assert drawing.tool is None


_points = st.tuples(st.floats(-1, 2), st.floats(-1, 2))
_acts = st.tuples(
    st.sampled_from(["hold", "drag", "let go", "nudge", "corner", "add", "split", "drop", "delete", "undo", "redo"]),
    _points,
)


@given(st.lists(_acts, max_size=40))
def test_whatever_a_hand_does_shapes_stay_on_the_picture_and_all_can_be_undone(acts: list[tuple[str, Point]]) -> None:
    drawing = drawn()
    does: dict[str, Callable[[Point], object]] = {
        "hold": lambda at: drawing.take_hold((at[0] % 1, at[1] % 1), (0.2, 0.2)),
        "drag": drawing.drag,
        "let go": lambda _at: drawing.let_go(),
        "nudge": drawing.nudge,
        "corner": lambda _at: drawing.next_corner(1),
        "add": lambda _at: drawing.add_corner(),
        "split": lambda at: drawing.split((at[0] % 1, at[1] % 1), (0.2, 0.2)),
        "drop": lambda _at: drawing.drop(),
        "delete": lambda _at: drawing.delete(),
        "undo": lambda _at: drawing.undo(),
        "redo": lambda _at: drawing.redo(),
    }
    for act, point in acts:
        does[act](point)
        for _, points in drawing.shapes():
            assert all(-1e-9 <= x <= 1 + 1e-9 and -1e-9 <= y <= 1 + 1e-9 for x, y in points)
    drawing.let_go()
    for _ in range(60):
        drawing.undo()
    assert drawing.scene == drawn().scene
