"""The legend names what is on screen, and uses what room is left for the rest."""

from tests.fakes.moments import NOON_S, snapshot, unwell, window
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import WindowResult
from vigint_core.domain.window import Span
from vigint_desktop.ui.rows.legend import fitting, seen_on
from vigint_desktop.ui.rows.runs import coalesce
from vigint_desktop.ui.rows.timeline import Frame, LaneData, View, lay_out

DOOR = CameraId("door")
WIDTHS = [("one", 40), ("two", 40), ("three", 40)]


def seen(*lanes: LaneData) -> frozenset[str]:
    return seen_on(lay_out(Frame(View(NOON_S - 600, NOON_S), 1000.0, 30.0, NOON_S), lanes))


def test_nothing_is_seen_on_an_empty_lane() -> None:
    assert seen(LaneData(DOOR, "Door")) == frozenset()


def test_each_pattern_is_called_by_its_name() -> None:
    runs = coalesce(
        [
            window(1, NOON_S - 300, WindowResult.CLEAR),
            window(2, NOON_S - 200, WindowResult.NOT_ANALYSED, Code.PIPELINE_SAVING),
            window(3, NOON_S - 9000, WindowResult.SUSPECTED),
            window(4, NOON_S - 100, WindowResult.CLEAR, Code.BUDGET_FEWER_FRAMES),
        ]
    )
    busy = LaneData(DOOR, "Door", fresh_activity=[Span(NOON_S - 60, NOON_S - 50)], fresh_runs=runs)
    ill = LaneData(DOOR, "Door", health=[unwell(NOON_S - 60)], snapshots=[snapshot(at_s=NOON_S - 5)])

    assert seen(busy, ill) == {"clear", "saving", "spared", "activity", "unwell", "snapshot"}


def test_what_is_seen_displaces_what_is_not() -> None:
    assert fitting(WIDTHS, set(), 90) == ["one", "two"]
    assert fitting(WIDTHS, {"three"}, 90) == ["one", "three"]
    assert fitting(WIDTHS, set(), 120) == ["one", "two", "three"]
