from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.fakes.clock import NOON_S
from tests.fakes.pictures import DOOR, PicturesInMemory, moment, picture
from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.schedule import Hours, Mode, Plan
from vigint_core.domain.status import Activity
from vigint_core.domain.window import Span, TouchedZone, Window
from vigint_core.domain.zone import Scene, Zone, ZoneKind, ZoneUse
from vigint_core.policy.sampling import SamplingRule
from vigint_desktop.pipeline import watcher as watcher_module
from vigint_desktop.pipeline.messages import ActivitySeen, Judged, Looked, Message, RuleBroken
from vigint_desktop.pipeline.watcher import CONTEXT_S, Ears, Post, Watcher

GREY = np.zeros((36, 64), np.uint8)


@dataclass(frozen=True)
class Look:
    open: bool
    score: float
    occupied: bool = False
    heat: NDArray[np.float32] | None = None


class ScriptedGate:
    """Open over the given stretches of monotonic time, with the score of the second in tenths.

    Attributes:
        heat: of its looks while it is open, over the left half of the picture or over nothing.
    """

    def __init__(self, *spans: tuple[float, float]) -> None:
        self.spans = spans
        self.heat: NDArray[np.float32] | None = None

    def look(self, grey: NDArray[np.uint8], at_s: float) -> Look:
        is_open = any(start <= at_s < end for start, end in self.spans)
        return Look(is_open, at_s % 100 / 10, heat=self.heat if is_open else None)


class Shop:
    """A watched camera whose seconds a test lets pass: five looks and two pictures in each."""

    def __init__(
        self,
        *open_spans: tuple[float, float],
        rule: SamplingRule | None = None,
        scene: Scene = Scene(),  # noqa: B008 - frozen
        plan: Plan = Plan(),  # noqa: B008 - frozen
    ) -> None:
        self.windows: list[Window] = []
        self.told: list[Activity] = []
        self.looked: list[Looked] = []
        self.pictures = PicturesInMemory()
        self.camera = Camera(DOOR, "Door", SourceKind.RTSP, "rtsp://127.0.0.1/", scene=scene, plan=plan)
        camera = self.camera
        self.broken: list[RuleBroken] = []
        self.unjudged: list[Judged] = []
        self.wall_s = NOON_S
        self.gate = ScriptedGate(*open_spans)
        post = Post(self.gate, self.pictures, lambda: self.wall_s)
        self.watcher = Watcher(camera, rule or SamplingRule(), post, Ears(self.windows.append, self._tell))

    def _tell(self, seen: Message) -> None:
        match seen:
            case ActivitySeen(activity):
                self.told.append(activity)
            case Looked():
                self.looked.append(seen)
            case Judged():
                self.unjudged.append(seen)
            case RuleBroken():
                self.broken.append(seen)

    def run(self, start_s: float, end_s: float, with_pictures: bool = True) -> None:
        for tick in range(round(start_s * 10), round(end_s * 10)):
            if tick % 5 == 0 and with_pictures:
                self.pictures.kept.append(picture(tick / 10))
            if tick % 2 == 0:
                self.watcher.look(GREY, moment(tick / 10))

    @property
    def mono_spans(self) -> list[Span]:
        """First and last picture of each window, monotonic."""
        return [Span(w.pictures[0].at.mono_s, w.pictures[-1].at.mono_s) for w in self.windows]


def wall(mono_s: float) -> float:
    return moment(mono_s).wall_s


def test_nothing_falls_due_while_the_gate_is_closed() -> None:
    shop = Shop()
    shop.run(1000, 1060)

    assert shop.windows == []
    assert shop.told == []
    assert shop.watcher.intervals == []


def test_the_first_window_has_its_preroll_and_another_follows_every_stride() -> None:
    shop = Shop((1020, 1040))
    shop.run(1000, 1038)

    assert shop.mono_spans == [Span(1017.0, 1026.5), Span(1022.0, 1031.5), Span(1027.0, 1036.5)]
    assert [w.due_mono_s for w in shop.windows] == [1027.0, 1032.0, 1037.0]


def test_a_window_knows_its_camera_its_time_and_what_came_before() -> None:
    shop = Shop((1020, 1040))
    shop.run(1000, 1028)

    (due,) = shop.windows
    assert (due.camera_id, due.camera_name) == (DOOR, "Door")
    assert due.span == Span(wall(1017), wall(1027))
    assert due.lead[0].at.mono_s == 1017 - CONTEXT_S
    assert due.lead[-1].at.mono_s == 1016.5
    assert due.evidence.peak_score == pytest.approx(2.7)
    assert due.evidence.active_share == pytest.approx(36 / 51)


def test_no_picture_is_in_window_and_lead_at_once() -> None:
    shop = Shop((1020, 1060))
    shop.run(1000, 1058)

    for due in shop.windows:
        times = [p.at.mono_s for p in (*due.lead, *due.pictures)]
        assert times == sorted(set(times))


def test_every_window_has_an_id_of_its_own() -> None:
    shop = Shop((1020, 1100))
    shop.run(1000, 1090)

    assert len({w.id for w in shop.windows}) == len(shop.windows) > 10


def test_a_short_activity_is_seen_to_its_end() -> None:
    shop = Shop((1020, 1023))
    shop.run(1000, 1040)

    assert shop.mono_spans == [Span(1013.0, 1022.5)]


def test_activity_is_told_at_once_then_every_second_and_when_it_is_over() -> None:
    shop = Shop((1020, 1023))
    shop.run(1000, 1030)

    assert shop.told[0] == Activity(DOOR, Span(wall(1020), wall(1020)), closed=False)
    assert [round(a.span.end_s - wall(1020), 1) for a in shop.told] == [0.0, 1.0, 2.0, 3.0]
    assert [a.closed for a in shop.told] == [False, False, False, True]
    assert {a.span.start_s for a in shop.told} == {wall(1020)}


def test_intervals_tell_the_one_that_is_still_open_too() -> None:
    shop = Shop((1010, 1012), (1020, 1040))
    shop.run(1000, 1025)

    assert shop.watcher.intervals == [Span(wall(1010), wall(1012)), Span(wall(1020), wall(1024.8))]


def test_when_the_stream_breaks_what_was_seen_is_judged_and_the_activity_ends() -> None:
    shop = Shop((1020, 1040))
    shop.run(1000, 1024)

    shop.watcher.lost(1034.0)

    assert shop.mono_spans == [Span(1014.0, 1023.5)]
    assert shop.windows[0].span.end_s == wall(1023.8)
    assert shop.told[-1] == Activity(DOOR, Span(wall(1020), wall(1023.8)), closed=True)


def test_a_stream_that_breaks_again_and_again_makes_nothing_new() -> None:
    shop = Shop((1020, 1040))
    shop.watcher.lost(999.0)  # before anything was seen
    shop.run(1000, 1024)
    for at_s in (1024.0, 1025.0, 1026.0):
        shop.watcher.lost(at_s)

    assert len(shop.windows) == 1
    assert sum(a.closed for a in shop.told) == 1


def test_after_a_stall_without_pictures_the_window_is_due_all_the_same() -> None:
    shop = Shop((1020, 1100))
    shop.run(1000, 1021)
    shop.run(1060, 1060.2, with_pictures=False)

    (blind,) = shop.windows
    assert blind.pictures == ()
    assert blind.span == Span(wall(1047), wall(1057))
    assert shop.watcher.missed == 1


def test_intervals_are_bounded_and_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher_module, "MOST_INTERVALS", 2)
    shop = Shop((1001, 1002), (1003, 1004), (1005, 1006))
    shop.run(1000, 1010)

    assert len(shop.watcher.intervals) == 2
    assert shop.watcher.intervals_dropped == 1


def test_the_evidence_of_long_ago_is_let_go() -> None:
    shop = Shop()
    shop.run(1000, 1100)

    assert len(shop.watcher._scores) <= 5 * 16


def test_the_gate_s_cpu_time_is_measured() -> None:
    shop = Shop()
    shop.run(1000, 1010)

    assert shop.watcher.gate_cpu_s > 0


def test_another_name_and_rule_are_in_force_from_the_next_window_on() -> None:
    shop = Shop((1020, 1060))
    shop.run(1000, 1028)
    camera = Camera(DOOR, "Back door", SourceKind.RTSP, "rtsp://127.0.0.1/")

    shop.watcher.describe(camera, SamplingRule(length_s=10.0, stride_s=10.0))
    shop.run(1028, 1059)

    assert [w.camera_name for w in shop.windows] == ["Door", "Back door", "Back door", "Back door"]
    assert [w.due_mono_s for w in shop.windows] == [1027.0, 1032.0, 1042.0, 1052.0]


def test_what_was_looked_at_is_told_to_the_end_of_the_stream() -> None:
    shop = Shop((1020, 1024))
    shop.run(1000, 1030)
    shop.watcher.lost(1030.0)

    assert {seen.span.start_s for seen in shop.looked} == {wall(999)}
    assert shop.looked[-1].span.end_s == wall(1029.8)


LEFT = Zone("z1", "Wine", ZoneUse.WATCH, ((0, 0), (0.5, 0), (0.5, 1), (0, 1)), ZoneKind.HIGH_VALUE)
RIGHT = Zone("z2", "Tills", ZoneUse.WATCH, ((0.6, 0), (1, 0), (1, 1), (0.6, 1)), ZoneKind.SELF_CHECKOUT)
CLOSED = tuple(() for _ in range(7))
AROUND_THE_CLOCK = tuple((Hours(0, 0),) for _ in range(7))


def hot(left: float = 0.0, right: float = 0.0) -> NDArray[np.float32]:
    heat = np.zeros((20, 40), np.float32)
    heat[:, :20], heat[:, 20:] = left, right
    return heat


def test_with_the_ai_off_nobody_looks_and_nothing_is_told() -> None:
    shop = Shop((1000, 1100), plan=Plan(Mode.AI_OFF))
    shop.run(1000, 1060)

    assert (shop.windows, shop.told, shop.looked, shop.watcher.intervals) == ([], [], [], [])
    assert shop.watcher.gate_cpu_s == 0.0


def test_when_the_ai_is_switched_off_what_was_seen_until_then_is_judged() -> None:
    shop = Shop((1020, 1100))
    shop.run(1000, 1030)
    shop.watcher.describe(replace(shop.camera, plan=Plan(Mode.AI_OFF)), SamplingRule())
    shop.run(1030, 1040)

    assert shop.told[-1].closed
    assert shop.mono_spans[-1].end_s == 1029.5
    assert shop.looked[-1].span.end_s == wall(1029.8)


def test_local_only_makes_no_window_and_says_so_of_the_activity() -> None:
    shop = Shop((1020, 1040), plan=Plan(Mode.LOCAL_ONLY))
    shop.run(1000, 1060)

    assert shop.windows == []
    assert [activity.local_only for activity in shop.told if activity.closed] == [True]


def test_opening_time_in_the_middle_of_an_activity_parts_it() -> None:
    shop = Shop((1020, 1100), plan=Plan(Mode.AI_AFTER_HOURS, CLOSED))
    shop.run(1000, 1040)
    before = len(shop.windows)
    assert before

    shop.watcher.describe(replace(shop.camera, plan=Plan(Mode.AI_AFTER_HOURS, AROUND_THE_CLOCK)), SamplingRule())
    shop.run(1040, 1060)

    ai, local = [activity for activity in shop.told if activity.span.start_s in {wall(1020), wall(1040)}][-1], None
    closed = [activity for activity in shop.told if activity.closed]
    assert [(a.local_only, a.span.end_s) for a in closed] == [(False, wall(1040))]
    assert (ai.local_only, local) == (True, None)
    assert len(shop.windows) == before + 1, "the last one of what the AI may see"


def test_only_movement_in_zones_of_the_chosen_kinds_is_shown_to_the_ai() -> None:
    plan = Plan(ai_kinds=frozenset({ZoneKind.SELF_CHECKOUT}))
    shop = Shop((1020, 1060), scene=Scene((LEFT, RIGHT)), plan=plan)
    shop.gate.heat = hot(left=2.0)
    shop.run(1000, 1040)
    assert shop.windows == []

    shop.gate.heat = hot(right=2.0)
    shop.run(1040, 1060)

    first, *later = shop.windows
    assert first.due_mono_s == 1047.0
    assert later[-1].zones == (TouchedZone("Tills", ZoneKind.SELF_CHECKOUT),)


def test_a_window_names_the_zones_in_which_something_moved() -> None:
    shop = Shop((1020, 1040), scene=Scene((LEFT, RIGHT)))
    shop.gate.heat = hot(left=1.0)
    shop.run(1000, 1028)

    assert shop.windows[0].zones == (TouchedZone("Wine", ZoneKind.HIGH_VALUE),)


def test_armed_rules_tell_of_movement_with_a_picture_and_nothing_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher_module, "still_of", lambda picture: str(picture.at.mono_s).encode())
    for armed in (True, False):
        shop = Shop((1020, 1040), scene=Scene((LEFT,)), plan=Plan(armed=armed))
        shop.gate.heat = hot(left=2.0)
        shop.run(1000, 1032)
        assert [(b.place, b.fresh, b.still) for b in shop.broken] == (
            [("Wine", True, b"1020.0"), ("Wine", False, b""), ("Wine", False, b"")] if armed else []
        )


def test_what_the_machine_left_out_is_no_gap_while_nobody_is_to_look() -> None:
    for plan, told in ((Plan(), 1), (Plan(Mode.AI_OFF), 0)):
        shop = Shop()
        shop.run(1000, 1002)
        shop.watcher.describe(replace(shop.camera, plan=plan), SamplingRule())
        shop.watcher.unseen(Span(1003.0, 1004.0))
        shop.watcher.lost(1005.0)
        assert len(shop.unjudged) == told


def test_nothing_from_before_the_plan_let_the_ai_look_is_ever_in_a_window_nor_in_its_context() -> None:
    shop = Shop((1010, 1100), plan=Plan(Mode.AI_AFTER_HOURS, AROUND_THE_CLOCK))
    shop.run(1000, 1030)
    assert shop.windows == []

    shop.watcher.describe(replace(shop.camera, plan=Plan(Mode.AI_AFTER_HOURS, CLOSED)), SamplingRule())
    shop.run(1030, 1060)
    shop.watcher.describe(replace(shop.camera, plan=Plan(Mode.AI_AFTER_HOURS, AROUND_THE_CLOCK)), SamplingRule())
    shop.run(1060, 1080)

    seen = [picture.at.mono_s for window in shop.windows for picture in (*window.lead, *window.pictures)]
    assert shop.windows
    assert (min(seen), max(seen)) == (1030.0, 1059.5)


def test_nor_anything_from_while_the_ai_was_off() -> None:
    shop = Shop((1010, 1100), plan=Plan(Mode.AI_OFF))
    shop.run(1000, 1030)
    shop.watcher.describe(replace(shop.camera, plan=Plan()), SamplingRule())
    shop.run(1030, 1050)

    assert shop.windows
    assert min(picture.at.mono_s for window in shop.windows for picture in (*window.lead, *window.pictures)) == 1030.0
