"""An incident is told whole, and marks its tile for a minute."""

from dataclasses import replace
from datetime import UTC

import pytest

from tests.fakes.moments import NOON_S, incident, with_act
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import Decision, IncidentState
from vigint_core.domain.review import Review, ReviewStanding, ReviewState, ReviewVerdict
from vigint_core.domain.status import ReviewTold
from vigint_core.domain.verdict import IncidentType, Severity
from vigint_core.domain.window import Span
from vigint_desktop.ui.rows.incident import film_position, incident_row, is_open, marks_tile, spoken
from vigint_desktop.ui.text import Texts


def test_a_row_says_what_where_when_and_how_sure(words: Texts) -> None:
    row = incident_row(incident(1, state=IncidentState.UNCONFIRMED), NOON_S + 5, words, UTC)

    assert (row.severity_word, row.state_word, row.type_word) == ("High", "not confirmed", "concealment")
    assert (row.camera_name, row.time) == ("Door", "22:13:20")
    assert [o.time for o in row.observations] == ["22:13:18", "22:13:20"]
    assert "a person decides" in row.source_word


def test_a_rule_is_not_called_ai(words: Texts) -> None:
    row = incident_row(replace(incident(1), source="rule"), NOON_S, words)

    assert row.source_word == "Raised by a rule."


def test_every_state_reads_differently(words: Texts) -> None:
    rows = [incident_row(incident(1, state=state), NOON_S, words) for state in IncidentState]

    assert len({row.state_word for row in rows}) == len({row.state_note for row in rows}) == 4


def test_what_a_screen_reader_says_holds_severity_state_and_sentence(words: Texts) -> None:
    said = spoken(incident_row(incident(1, severity=Severity.CRITICAL), NOON_S, words, UTC))

    assert said == "Critical, 22:13:20, Door: concealment, suspected. A bottle goes into a bag."


@pytest.mark.parametrize(("later_s", "marked"), [(-1, True), (3, True), (61, True), (63, False)])
def test_a_tile_is_marked_for_a_minute_after_the_incident(later_s: float, marked: bool) -> None:
    assert marks_tile(incident(1), NOON_S + later_s) is marked


def test_a_vetoed_incident_marks_no_tile() -> None:
    assert not marks_tile(incident(1, state=IncidentState.VETOED), NOON_S + 3)


@pytest.mark.parametrize(
    ("at_s", "position_s"),
    [(95, 0), (100, 0), (104, 4), (112, 10), (125, 15), (131, 20), (500, 20)],
    ids=["before", "start", "inside", "gap", "second clip", "end", "after"],
)
def test_a_moment_is_found_in_the_film_of_all_clips(at_s: float, position_s: float) -> None:
    assert film_position((Span(100, 110), Span(120, 130)), at_s) == position_s


def test_without_a_clip_every_moment_is_the_beginning() -> None:
    assert film_position((), 500) == 0


def test_other_acts_are_told_with_their_times_and_stand_among_what_was_seen(words: Texts) -> None:
    told = with_act(incident(1), IncidentType.VIOLENCE, NOON_S - 1, "A customer is pushed.")
    told = with_act(told, IncidentType.TAG_REMOVAL, NOON_S + 20, "A tag is torn off.")
    row = incident_row(told, NOON_S + 30, words, UTC)

    assert row.also == "Also: violence (22:13:19), tag removed (22:13:40)"
    assert row.also_brief == "Also: violence, tag removed"
    assert [seen.time for seen in row.observations] == ["22:13:18", "22:13:19", "22:13:20", "22:13:40"]
    assert row.observations[1].text == "Also violence: A customer is pushed."
    assert spoken(row).endswith(" Also: violence (22:13:19), tag removed (22:13:40).")


def test_an_act_that_was_vetoed_is_not_told(words: Texts) -> None:
    told = with_act(incident(1), IncidentType.VIOLENCE, NOON_S, "It was a hug.", Decision.VETOED)

    assert incident_row(told, NOON_S, words).also == ""


def test_an_incident_of_another_desk_and_what_people_say_are_told_whole(words: Texts) -> None:
    review = Review(ReviewVerdict.REAL, "Bob", ReviewState.IN_HAND, locked=True, at_s=NOON_S)
    told = ReviewTold(IncidentId("i1"), review, ReviewStanding.WAITING)
    row = incident_row(replace(incident(1), foreign=True), NOON_S, words, UTC, told)

    assert (row.foreign, row.desk_word) == (True, words("incident.other_desk"))
    said = f"concealment, suspected, {row.desk_word}, Real · Bob, kept. A bottle goes into a bag."
    assert said in spoken(row)
    assert spoken(row).endswith("Bob · last word: 22:13:20. Not at the server yet. It is sent by itself.")


@pytest.mark.parametrize(
    ("state", "verdict", "muted"),
    [
        (IncidentState.CONFIRMED, ReviewVerdict.NONE, False),
        (IncidentState.CONFIRMED, ReviewVerdict.REAL, False),
        (IncidentState.CONFIRMED, ReviewVerdict.FALSE_ALARM, True),
        (IncidentState.VETOED, ReviewVerdict.NONE, True),
    ],
)
def test_what_came_to_nothing_is_muted(state: IncidentState, verdict: ReviewVerdict, muted: bool, words: Texts) -> None:
    told = ReviewTold(IncidentId("i1"), Review(verdict=verdict))

    assert incident_row(incident(1, state=state), NOON_S, words, told=told).muted is muted


def test_it_is_open_until_somebody_takes_care_of_it_or_the_second_look_clears_it() -> None:
    taken = Review(state=ReviewState.IN_HAND)

    assert [is_open(incident(1, state=state), None) for state in IncidentState] == [True, True, False, True]
    assert is_open(incident(1), Review())
    assert not is_open(incident(1), taken)


def test_a_false_alarm_marks_no_tile() -> None:
    assert marks_tile(incident(1), NOON_S + 3, Review(verdict=ReviewVerdict.REAL))
    assert not marks_tile(incident(1), NOON_S + 3, Review(verdict=ReviewVerdict.FALSE_ALARM))
