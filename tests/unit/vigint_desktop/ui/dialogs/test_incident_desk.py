"""Incidents of this desk and of others reach list, alert, timeline, tiles and player; keys reach the program."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakeControls, FakePlayback
from tests.fakes.moments import NOON_S, StandingClock, camera, incident
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import Clip, Incident, IncidentState
from vigint_core.domain.review import Review, ReviewChange, ReviewStanding, ReviewState, ReviewVerdict
from vigint_core.domain.status import ClipFetched, ForeignIncidents, IncidentGone, ReviewTold
from vigint_core.domain.verdict import Severity
from vigint_core.domain.window import Span
from vigint_desktop.bridge import Bridge
from vigint_desktop.settings import AnalysisPlace
from vigint_desktop.ui.dialogs import incident_desk as desk_module
from vigint_desktop.ui.dialogs.around import Around
from vigint_desktop.ui.dialogs.incident_desk import IncidentDesk
from vigint_desktop.ui.models import incidents as incidents_module
from vigint_desktop.ui.models.shown import Models
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme

ONE = IncidentId("i1")
SURE = incident(1, state=IncidentState.CONFIRMED)
FAR = replace(SURE, foreign=True)
TAKEN = Review(state=ReviewState.IN_HAND, owner="Bob", at_s=NOON_S)
FALSE = Review(verdict=ReviewVerdict.FALSE_ALARM, state=ReviewState.CLOSED, at_s=NOON_S)


class Room:
    def __init__(self, bridge: Bridge, around: Around, qtbot: QtBot) -> None:
        self.controls = FakeControls([camera("Door")])
        self.bridge = bridge
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.models = Models.made(around.texts, around.clock, AnalysisPlace.SERVER, self.window)
        self.models.set_up(self.controls.cameras(), AnalysisPlace.SERVER)
        self.desk = IncidentDesk(self.controls, bridge, self.models, around, self.window)
        box = QVBoxLayout(self.window)
        box.addWidget(self.desk.card)
        box.addWidget(self.desk.list)
        self.marked: list[str] = []
        self.unmarked: list[str] = []
        self.desk.marked.connect(lambda told: self.marked.append(told.id))
        self.desk.unmarked.connect(self.unmarked.append)
        with qtbot.waitActive(self.window):
            self.window.show()

    def foreign(self, *incidents: Incident, fresh: frozenset[IncidentId] = frozenset()) -> None:
        self.bridge.publish(ForeignIncidents(incidents, fresh))

    def listed(self) -> list[str]:
        return [told.id for told in self.models.incidents.incidents()]

    def on_lane(self) -> list[str]:
        return [told.id for told in self.models.timeline.lanes()[0].incidents]


@pytest.fixture
def room(
    bridge: Bridge, words: Texts, theme: Theme, clock: StandingClock, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Room]:
    monkeypatch.setattr(QApplication, "beep", lambda: None)
    made = Room(bridge, Around(words, theme, clock), qtbot)
    yield made
    made.desk.alerts.settle()
    made.desk.player.close()


def test_one_of_another_desk_is_shown_as_all_others_are_and_rings(room: Room, words: Texts) -> None:
    room.bridge.publish(FAR)

    assert (room.listed(), room.on_lane(), room.marked) == (["i1"], ["i1"], ["i1"])
    assert words("incident.other_desk") in room.desk.card.said()


def test_of_those_that_were_there_before_only_the_fresh_ones_ring(room: Room) -> None:
    fresh = replace(incident(2, at_s=NOON_S + 9, state=IncidentState.CONFIRMED), foreign=True)
    room.foreign(fresh, FAR, fresh=frozenset({fresh.id}))

    assert room.listed() == ["i2", "i1"]
    assert room.desk.alerts.count == 1
    room.bridge.publish(replace(FAR, summary="more"))
    assert room.desk.alerts.count == 1


def test_one_that_was_known_as_suspected_rings_once_the_list_says_that_it_is_confirmed(room: Room) -> None:
    room.foreign(replace(FAR, state=IncidentState.SUSPECTED))
    assert room.desk.alerts.count == 0

    room.foreign(FAR)

    assert room.desk.alerts.count == 1


def test_what_is_no_longer_told_of_is_gone_and_own_ones_stay(room: Room) -> None:
    room.bridge.publish(incident(7))
    other = replace(incident(2, at_s=NOON_S + 9), foreign=True)
    room.foreign(FAR, other)

    room.foreign(other)

    assert (room.listed(), room.on_lane()) == (["i2", "i7"], ["i7", "i2"])
    assert "i1" in room.unmarked


def test_a_list_that_says_nothing_new_changes_nothing(room: Room, qtbot: QtBot) -> None:
    room.foreign(FAR)
    model = room.models.incidents

    with qtbot.assertNotEmitted(model.dataChanged), qtbot.assertNotEmitted(room.models.timeline.lane_changed):
        room.foreign(FAR)


def test_more_than_the_bound_are_not_remembered(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "_MOST_FOREIGN", 3)
    for number in range(5):
        room.bridge.publish(replace(incident(number, at_s=NOON_S + number), foreign=True))

    assert len(room.desk._foreign) == 3


@pytest.mark.parametrize("review", [TAKEN, FALSE])
def test_one_that_somebody_takes_care_of_stops_ringing_here(room: Room, review: Review) -> None:
    room.bridge.publish(SURE)
    assert room.desk.alerts.count == 1

    room.bridge.publish(ReviewTold(ONE, review))

    assert (room.desk.alerts.count, room.desk.card.said()) == (0, "")
    room.bridge.publish(replace(SURE, severity=Severity.CRITICAL))
    assert room.desk.alerts.count == 0


def test_a_review_that_comes_before_its_incident_counts(room: Room) -> None:
    room.bridge.publish(ReviewTold(ONE, TAKEN))
    room.foreign(FAR, fresh=frozenset({ONE}))

    assert room.desk.alerts.count == 0
    row = room.models.incidents.row_of(FAR)
    assert row.review.chip == "In hand · Bob"


def test_a_false_alarm_leaves_its_tile(room: Room) -> None:
    room.bridge.publish(SURE)
    assert room.marked == ["i1"]

    room.bridge.publish(ReviewTold(ONE, FALSE))
    room.bridge.publish(replace(SURE, summary="more"))

    assert (room.marked, room.unmarked) == (["i1"], ["i1", "i1"])


def test_a_key_on_the_list_says_it_of_what_is_seen(room: Room, qtbot: QtBot) -> None:
    room.bridge.publish(SURE)
    room.bridge.publish(ReviewTold(ONE, TAKEN))
    with qtbot.waitActive(room.window):
        room.window.activateWindow()
    room.desk.list.view.setFocus()
    room.desk.list.select(ONE)

    qtbot.keyClick(room.desk.list.view, Qt.Key.Key_T)

    assert room.controls.reviewed == [(ONE, ReviewChange(state=ReviewState.IN_HAND, owner="Anna"))]
    assert room.controls.seen_reviews == [TAKEN]


def test_the_player_says_shows_and_keeps_a_comment(room: Room, qtbot: QtBot) -> None:
    room.bridge.publish(SURE)
    room.desk.open(ONE)
    qtbot.waitUntil(room.desk.player.isActiveWindow)

    qtbot.keyClick(room.desk.player, Qt.Key.Key_F)
    room.desk.player.review.comment.edit.setPlainText("the cleaner")
    room.desk.player.review.save.trigger()
    room.bridge.publish(ReviewTold(ONE, FALSE, ReviewStanding.WAITING))

    (_, said), (_, commented) = room.controls.reviewed
    assert said.verdict is ReviewVerdict.FALSE_ALARM
    assert commented == ReviewChange(comment="the cleaner")
    assert room.desk.player.commands.actions["false_alarm"].isChecked()
    assert room.desk.player.review.comment.text == "the cleaner"


def test_without_an_incident_in_the_player_its_keys_say_nothing(room: Room, qtbot: QtBot) -> None:
    room.desk.player.show_recording("Door", FakePlayback())
    qtbot.waitUntil(room.desk.player.isActiveWindow)

    qtbot.keyClick(room.desk.player, Qt.Key.Key_F)

    assert room.controls.reviewed == []


def test_the_clip_of_another_desk_is_fetched_and_then_played(room: Room, words: Texts) -> None:
    room.bridge.publish(FAR)
    room.desk.open(ONE)
    assert room.controls.fetched == [ONE]
    assert room.desk.player.clip.canvas.said() == words("player.fetching")

    room.bridge.publish(ClipFetched(IncidentId("i2")))
    assert not room.desk.player.clip.has_clip
    room.controls.clips[ONE] = FakePlayback()
    room.bridge.publish(ClipFetched(ONE))

    assert room.desk.player.clip.has_clip
    room.desk.open(ONE)
    assert room.controls.fetched == [ONE]


@pytest.mark.parametrize("code", [None, Code.PIPELINE_CLIP_GONE, Code.SERVER_UNREACHABLE])
def test_a_clip_that_can_not_be_fetched_says_why(room: Room, code: Code | None, words: Texts) -> None:
    room.bridge.publish(FAR)
    room.desk.open(ONE)
    room.bridge.publish(ClipFetched(ONE, code))

    said = room.desk.player.clip.canvas.said()
    assert said == (
        f"{words.cause(code)}\n{words.remedy(code)}" if code is Code.SERVER_UNREACHABLE else words("player.not_there")
    )


def test_a_clip_that_comes_to_the_server_later_is_fetched_then(room: Room) -> None:
    room.bridge.publish(FAR)
    room.desk.open(ONE)
    room.bridge.publish(ClipFetched(ONE, Code.PIPELINE_CLIP_GONE))
    filmed = replace(FAR, clips=(Clip("", Span(NOON_S - 5, NOON_S + 10)),))

    room.bridge.publish(filmed)
    room.bridge.publish(replace(filmed, summary="more"))

    assert room.controls.fetched == [ONE, ONE]


def test_without_events_a_clip_that_comes_to_the_server_later_is_fetched_once_the_list_tells_of_it(room: Room) -> None:
    room.foreign(FAR)
    room.desk.open(ONE)
    room.bridge.publish(ClipFetched(ONE, Code.PIPELINE_CLIP_GONE))
    filmed = replace(FAR, clips=(Clip("", Span(NOON_S - 5, NOON_S + 10)),))

    room.foreign(filmed)
    room.foreign(replace(filmed, summary="more"))

    assert room.controls.fetched == [ONE, ONE]


def test_a_clip_that_failed_is_opened_anew(room: Room) -> None:
    room.controls.clips[ONE] = broken = FakePlayback()
    room.bridge.publish(FAR)
    room.desk.open(ONE)
    broken.failure = "The clip is gone."
    room.desk.player.clip.tick()

    del room.controls.clips[ONE]
    room.desk.open(ONE)

    assert (room.controls.opened, room.controls.fetched) == ([ONE, ONE], [ONE])
    assert broken.stopped
    room.controls.clips[ONE] = FakePlayback()
    room.bridge.publish(ClipFetched(ONE))
    assert room.desk.player.clip.has_clip


@pytest.mark.parametrize("camera_id", ["door", "theirs"])
def test_one_that_the_list_has_no_room_for_is_reviewed_by_what_stands_there_now(
    room: Room, monkeypatch: pytest.MonkeyPatch, camera_id: str
) -> None:
    monkeypatch.setattr(incidents_module, "MOST", 1)
    far = replace(incident(1, camera_id, state=IncidentState.CONFIRMED), foreign=True)
    room.bridge.publish(far)
    room.desk.open(ONE)
    room.bridge.publish(incident(2, at_s=NOON_S + 9))
    assert room.listed() == ["i2"]
    noted = replace(TAKEN, comment="first")

    room.bridge.publish(ReviewTold(ONE, noted))
    room.desk.player.review.comment.edit.setPlainText("second")
    room.desk.player.review.save.trigger()
    room.bridge.publish(ReviewTold(ONE, replace(FALSE, comment="first")))

    assert room.controls.seen_reviews == [noted]
    assert room.desk.player.commands.actions["false_alarm"].isChecked()
    room.bridge.publish(replace(far, state=IncidentState.VETOED))
    assert room.desk.player.row is not None
    assert "vetoed" in room.desk.player.row.state_word
    room.desk.player.close()
    room.desk.open(ONE)
    assert room.desk.player.isVisible()


def test_a_comment_is_sent_with_what_is_known_even_where_the_player_shows_less(room: Room) -> None:
    room.bridge.publish(SURE)
    room.desk.open(ONE)
    room.desk.player.review.comment.edit.setPlainText("second")
    room.models.incidents.remove(ONE)
    room.models.timeline.remove_incident(ONE)
    room.bridge.publish(ReviewTold(ONE, TAKEN))

    room.desk.player.review.save.trigger()

    assert room.controls.seen_reviews == [TAKEN]


def test_a_comment_that_arrives_while_another_incident_is_shown_does_not_hide_what_others_write(room: Room) -> None:
    room.bridge.publish(SURE)
    room.bridge.publish(incident(2, at_s=NOON_S + 9))
    room.desk.open(ONE)
    room.desk.player.review.comment.edit.setPlainText("mine")
    room.desk.open("i2")

    room.bridge.publish(ReviewTold(ONE, Review(comment="mine", at_s=NOON_S)))
    room.bridge.publish(ReviewTold(ONE, Review(comment="theirs", at_s=NOON_S + 60)))
    room.desk.open(ONE)

    assert room.desk.player.review.comment.text == "theirs"


def test_one_that_the_list_no_longer_tells_of_says_so_where_it_is_shown(room: Room, words: Texts) -> None:
    room.controls.clips[ONE] = clip = FakePlayback()
    room.foreign(FAR)
    room.desk.open(ONE)

    room.foreign()

    assert room.desk.player.clip.canvas.said() == words("player.gone")
    assert (room.desk.player.row, clip.stopped) == (None, True)


def test_one_that_is_erased_says_so_where_it_is_shown(room: Room, words: Texts) -> None:
    room.controls.clips[ONE] = clip = FakePlayback()
    room.bridge.publish(FAR)
    room.bridge.publish(ReviewTold(ONE, replace(TAKEN, state=ReviewState.NEW)))
    room.desk.open(ONE)

    room.bridge.publish(IncidentGone(ONE))

    assert (room.listed(), room.on_lane(), room.desk.alerts.count, room.models.reviews.told) == ([], [], 0, {})
    assert room.desk.player.clip.canvas.said() == words("player.gone")
    assert room.desk.player.row is None
    assert clip.stopped


def test_where_reviews_are_kept_is_told_without_a_server(room: Room) -> None:
    room.models.set_up(room.controls.cameras(), AnalysisPlace.DIRECT)
    room.bridge.publish(SURE)
    room.bridge.publish(ReviewTold(ONE, TAKEN, ReviewStanding.WAITING))
    room.desk.open(ONE)

    assert room.models.reviews.told[ONE].standing is ReviewStanding.SHARED
    assert room.desk.player.review._place.isVisible()


def test_an_unknown_incident_opens_nothing(room: Room) -> None:
    room.desk.open("i99")

    assert (room.controls.opened, room.desk.player.isVisible()) == ([], False)


def test_one_that_is_too_old_for_the_list_opens_from_the_timeline_and_is_reviewed(
    room: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incidents_module, "MOST", 1)
    newer = incident(2, at_s=NOON_S + 9, state=IncidentState.CONFIRMED)
    room.bridge.publish(SURE)
    room.bridge.publish(newer)
    room.desk.list.select(newer.id)
    assert (room.listed(), sorted(room.on_lane())) == (["i2"], ["i1", "i2"])

    with qtbot.waitSignal(room.desk.selected) as selected:
        room.desk.open(ONE)
    assert selected.args == [SURE]
    assert room.desk.list.chosen_row() is None, "a key on the list would speak of another one"
    qtbot.waitUntil(room.desk.player.isActiveWindow)
    qtbot.keyClick(room.desk.player, Qt.Key.Key_F)
    assert [known for known, _ in room.controls.reviewed] == [ONE]

    room.bridge.publish(ReviewTold(ONE, FALSE))
    assert room.desk.player.row is not None
    assert room.desk.player.row.review.review == FALSE


def test_choosing_a_row_marks_it_elsewhere(room: Room, qtbot: QtBot) -> None:
    room.bridge.publish(SURE)
    with qtbot.waitSignal(room.desk.selected) as selected:
        room.desk.list.select(ONE)

    assert selected.args == [SURE]
