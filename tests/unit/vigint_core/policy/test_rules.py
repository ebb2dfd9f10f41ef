"""Rules on drawn ways: who crosses a line crosses it once, who trembles on it does not."""

import math
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.zone import Crossing, Line, Point, Scene, Zone, ZoneUse
from vigint_core.policy.rules import RuleBook, RuleHit, RuleKind, RuleState, Sight, watch

SQUARE = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))
ZONE = Zone("z1", "Wine", ZoneUse.WATCH, SQUARE, dwell_s=20.0)
ACROSS = Line("l1", "Back door", (0.5, 1.0), (0.5, 0.0))
BOOK = RuleBook()


def run(scene: Scene, sights: Iterable[Sight]) -> list[RuleHit]:
    state, told = RuleState(), []
    for sight in sights:
        state, hits = watch(BOOK, state, scene, sight)
        told += hits
    return told


def looks(start_s: float, end_s: float, score: float = 2.0, zone: str = "z1", *, occupied: bool = False) -> list[Sight]:
    return [Sight(tick / 5, {zone: score}, occupied) for tick in range(round(start_s * 5), round(end_s * 5))]


def walk(place: Callable[[float], Point], until_s: float) -> list[Sight]:
    return [Sight(tick / 5, {"": 2.0}, spots=(place(tick / 5),)) for tick in range(round(until_s * 5))]


def kinds(hits: list[RuleHit]) -> list[tuple[RuleKind, bool]]:
    return [(hit.kind, hit.fresh) for hit in hits]


def test_movement_is_told_when_it_is_sure_and_again_while_it_goes_on() -> None:
    hits = run(Scene((ZONE,)), looks(10, 20.1))

    assert kinds(hits) == [(RuleKind.MOVEMENT, True), (RuleKind.MOVEMENT, False)]
    assert (hits[0].place, hits[0].since_s, hits[0].at_s) == ("Wine", 10.0, 10.4)


def test_a_flash_is_not_told() -> None:
    assert run(Scene((ZONE,)), [*looks(10, 10.2), *looks(10.2, 20, 0.3), *looks(20, 20.4)]) == []


def test_one_visit_is_told_once_and_the_next_one_anew() -> None:
    pauses = [*looks(10, 12), *looks(12, 30, 0.0), *looks(30, 31)]
    rests = [*pauses, *looks(31, 70, 0.0), *looks(70, 71)]

    assert [hit.fresh for hit in run(Scene((ZONE,)), pauses)] == [True, False]
    assert [hit.at_s for hit in run(Scene((ZONE,)), rests) if hit.fresh] == [10.4, 70.4]


def test_without_a_zone_the_whole_picture_is_one() -> None:
    (hit,) = run(Scene(), looks(10, 12, zone=""))
    assert (hit.kind, hit.place) == (RuleKind.MOVEMENT, "")


@pytest.mark.parametrize("pause", [looks(15, 19, 0.0), looks(15, 27, 0.0, occupied=True)])
def test_who_stays_in_a_zone_longer_than_its_time_is_told_also_when_standing_still(pause: list[Sight]) -> None:
    sights = [*looks(10, 15), *pause, *looks(pause[-1].at_s + 0.2, 40)]
    stays = [hit for hit in run(Scene((ZONE,)), sights) if hit.kind is RuleKind.DWELL]

    assert stays[0].fresh
    assert stays[0].at_s - stays[0].since_s == pytest.approx(20, abs=0.3)
    assert stays[0].since_s == 10.0


def test_who_comes_back_after_a_while_has_not_stayed() -> None:
    sights = [*looks(10, 25), *looks(25, 33, 0.0), *looks(33, 50)]
    assert RuleKind.DWELL not in {hit.kind for hit in run(Scene((ZONE,)), sights)}


@pytest.mark.parametrize(
    ("crossing", "rightwards", "told"),
    [
        (Crossing.BOTH, True, True),
        (Crossing.BOTH, False, True),
        (Crossing.TO_RIGHT, True, True),
        (Crossing.TO_RIGHT, False, False),
        (Crossing.TO_LEFT, True, False),
        (Crossing.TO_LEFT, False, True),
    ],
)
def test_a_line_is_crossed_once_and_only_the_way_that_counts(crossing: Crossing, rightwards: bool, told: bool) -> None:
    line = Line("l1", "Back door", ACROSS.start, ACROSS.end, crossing)
    sights = walk(lambda at_s: (0.2 + 0.06 * at_s if rightwards else 0.8 - 0.06 * at_s, 0.6), 10)
    hits = [hit for hit in run(Scene(lines=(line,)), sights) if hit.kind is RuleKind.CROSSING]

    assert [hit.place for hit in hits] == (["Back door"] if told else [])


def test_who_goes_round_the_end_of_a_line_has_not_crossed_it() -> None:
    short = Line("l1", "Door", (0.5, 0.3), (0.5, 0.0))
    sights = walk(lambda at_s: (0.2 + 0.06 * at_s, 0.8), 10)
    assert RuleKind.CROSSING not in {hit.kind for hit in run(Scene(lines=(short,)), sights)}


def test_who_trembles_on_a_line_has_not_crossed_it() -> None:
    sights = walk(lambda at_s: (0.5 + 0.012 * math.sin(9 * at_s), 0.6), 30)
    assert RuleKind.CROSSING not in {hit.kind for hit in run(Scene(lines=(ACROSS,)), sights)}


def test_two_people_who_pass_each_other_apart_from_a_line_do_not_cross_it() -> None:
    left = walk(lambda at_s: (0.1 + 0.03 * at_s, 0.3), 10)
    right = walk(lambda at_s: (0.9 - 0.03 * at_s, 0.7), 10)
    both = [Sight(a.at_s, a.scores, spots=(*a.spots, *b.spots)) for a, b in zip(left, right, strict=True)]
    assert RuleKind.CROSSING not in {hit.kind for hit in run(Scene(lines=(ACROSS,)), both)}


def test_a_line_of_no_length_is_never_crossed() -> None:
    dot = Line("l1", "Dot", (0.5, 0.5), (0.5, 0.5))
    sights = walk(lambda at_s: (0.2 + 0.06 * at_s, 0.5), 10)
    assert RuleKind.CROSSING not in {hit.kind for hit in run(Scene(lines=(dot,)), sights)}


@given(
    st.lists(
        st.tuples(
            st.floats(0.05, 4),
            st.dictionaries(st.sampled_from(["z1", "z2"]), st.floats(0, 5), max_size=2),
            st.booleans(),
            st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=20),
        ),
        max_size=60,
    )
)
def test_whatever_is_seen_the_state_stays_small_and_hits_make_sense(
    seen: list[tuple[float, dict[str, float], bool, list[Point]]],
) -> None:
    scene = Scene((ZONE, Zone("z2", "Till", ZoneUse.WATCH, SQUARE)), (ACROSS,))
    state, at_s, fresh_at = RuleState(), 0.0, {}
    for passed_s, scores, occupied, spots in seen:
        at_s += passed_s
        state, hits = watch(BOOK, state, scene, Sight(at_s, scores, occupied, tuple(spots)))
        assert len(state.tracks) <= 16
        for hit in hits:
            assert hit.since_s <= hit.at_s == at_s
            if hit.kind is RuleKind.MOVEMENT and not hit.fresh:
                assert (hit.kind, hit.place) in fresh_at
            fresh_at[hit.kind, hit.place] = at_s
