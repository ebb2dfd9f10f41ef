"""What the desk makes of news from the server: second looks that come late, and files that arrived."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.judge import CLEAR, failed, suspected
from tests.fakes.office import Office
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import IncidentId, WindowId, new_incident_id
from vigint_core.domain.incident import Incident, IncidentState
from vigint_core.domain.review import Review, ReviewChange, ReviewStanding, ReviewState
from vigint_core.domain.status import ReviewTold, WindowRecord, WindowResult
from vigint_core.domain.verdict import Call, Outcome
from vigint_desktop.pipeline import desk as desk_module
from vigint_desktop.pipeline.messages import Delivered, FilesWritten, ReviewAnswered, ReviewAsked, Sent, Settled
from vigint_desktop.pipeline.outbox import body_of
from vigint_desktop.store.reader import Reader
from vigint_desktop.store.upload_books import UploadKind

W1 = WindowId("w1")
CALLS = (Call("first", "m", "p", 10, 1, 5, 1.0), Call("second", "m", "p", 100, 10, 50, 2.0))


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(desk_module, "_WAIT_S", 0.0)
    made = Office(tmp_path / "desk.sqlite3", FakeClock(mono_s=1012.0, wall_s=NOON_S + 12))
    yield made
    made.desk.close()


def uploads(office: Office) -> list[str]:
    with closing(Reader(office.file)) as reader:
        return [entry.kind.value for entry in reader.uploads(10)]


@pytest.mark.parametrize("first_answer", [None, failed()])
@pytest.mark.parametrize("late_s", [5.0, 25.0])
@pytest.mark.parametrize(
    ("second", "state", "result"),
    [
        (suspected(at_s=6.0, summary="takes a bottle"), IncidentState.CONFIRMED, WindowResult.SUSPECTED),
        (CLEAR, IncidentState.VETOED, WindowResult.VETOED),
    ],
)
def test_a_second_look_that_comes_late_moves_the_incident(
    office: Office,
    first_answer: Outcome | None,
    late_s: float,
    second: Outcome,
    state: IncidentState,
    result: WindowResult,
) -> None:
    office.judge("w1", suspected(), first_answer)
    office.pass_time(late_s)
    asked = len(office.files.asked)

    office.tell(Settled(W1, suspected(), second, CALLS))

    assert office.incident.state is state
    assert (office.sink.last(Incident).state, office.sink.last(WindowRecord).result) == (state, result)
    assert office.windows["w1"].result is result
    assert len(office.incident.suspicions) == 1
    assert len(office.files.asked) == asked, "its clips were cut long ago"
    assert len(office.outbox) == 1


def test_what_a_late_look_cites_lies_where_its_longer_clip_began(office: Office) -> None:
    office.judge("w1", suspected())
    context_s = office.incident.suspicions[0].context_s
    assert context_s is not None

    office.tell(Settled(W1, suspected(), suspected(at_s=6.5, summary="takes a bottle")))

    assert office.incident.summary == "takes a bottle"
    assert office.incident.act_s == context_s + 6.5


def test_its_calls_are_counted_and_the_first_look_s_not_twice(office: Office) -> None:
    office.judge("w1", suspected())
    office.tell(Settled(W1, suspected(), CLEAR, CALLS), Settled(W1, suspected(), CLEAR, CALLS))

    assert office.tally.analysis() == {"calls": 1, "tokens_in": 100, "tokens_out": 10, "cost_micro_usd": 50}


@pytest.mark.parametrize(
    "news",
    [
        Settled(WindowId("of another desk"), suspected(), CLEAR),
        Settled(W1, suspected(), failed()),
        Settled(W1, CLEAR, CLEAR),
        Delivered(IncidentId("unknown"), UploadKind.ALERT, start_s=NOON_S),
    ],
)
def test_what_says_nothing_new_changes_nothing(office: Office, news: Settled | Delivered) -> None:
    office.judge("w1", suspected())
    before = office.incident
    events = len(office.sink.events)
    office.tell(news)

    assert office.incident == before
    assert len(office.sink.events) == events


def test_files_go_out_once_the_server_has_the_incident_and_no_more_once_they_are_there(office: Office) -> None:
    office.judge("w1", suspected(), suspected())
    incident_id = office.incident.id
    office.tell(FilesWritten(incident_id, f"{incident_id}.jpg", None))
    assert uploads(office) == []

    office.tell(Sent(incident_id, 2))
    assert uploads(office) == ["still", "alert"]
    office.tell(Delivered(incident_id, UploadKind.STILL))
    assert uploads(office) == ["alert"]
    assert office.incident.alert_s is None

    office.tell(Delivered(incident_id, UploadKind.ALERT, start_s=NOON_S - 2))
    assert uploads(office) == []
    (entry,) = office.outbox
    told = body_of(entry.incident).alert_start
    assert told is not None
    assert told.timestamp() == NOON_S - 2


def test_a_clip_that_arrives_after_hours_still_tells_when_it_begins(office: Office) -> None:
    office.judge("w1", suspected(), suspected())
    incident_id = office.incident.id
    office.pass_time(7200.0)
    office.judge("w2", suspected(), suspected(), start_s=8212.0)  # the first one can't grow any more
    office.tell(Delivered(incident_id, UploadKind.ALERT, start_s=NOON_S - 2))

    (old,) = [incident for incident in office.incidents if incident.id == incident_id]
    assert old.alert_s == NOON_S - 2


def test_an_incident_that_the_server_refuses_has_no_files_to_send(office: Office) -> None:
    office.judge("w1", suspected(), suspected())
    office.tell(Sent(office.incident.id, 1, taken=False))

    assert uploads(office) == []
    assert office.outbox == []


def test_a_review_is_written_before_anybody_hears_of_it_and_wakes_who_sends_it(office: Office) -> None:
    office.judge("w1", suspected())
    incident_id, wakes = office.incident.id, office.wakes
    close = ReviewChange(state=ReviewState.CLOSED)

    office.tell(ReviewAsked(incident_id, close, Review()))

    told = office.sink.last(ReviewTold)
    assert (told.review.state, told.standing) == (ReviewState.CLOSED, ReviewStanding.WAITING)
    with closing(Reader(office.file)) as reader:
        assert reader.reviews([incident_id]) == {incident_id: told}
    assert office.wakes == wakes + 1
    assert len(office.outbox) == 1, "a review is no new revision of the incident"

    office.tell(ReviewAnswered(incident_id, close, told.review))
    assert office.sink.last(ReviewTold) == ReviewTold(incident_id, told.review)


def fill(office: Office, asked: ReviewAsked) -> None:
    """Until the books refuse: a page may still be free."""
    for _ in range(20):
        office.desk._step()
        office.desk.post(replace(asked, incident_id=new_incident_id()))


def test_a_review_that_the_full_disk_refuses_is_said_again_and_not_lost(office: Office) -> None:
    office.judge("w1", suspected())
    asked = ReviewAsked(office.incident.id, ReviewChange(comment="x" * 2000), Review())
    office.fill_disk()
    office.desk.post(asked)
    with pytest.raises(VigintError) as refused:
        fill(office, asked)
    assert refused.value.code is Code.DISK_FULL

    office.free_disk()
    office.desk.drain()
    with closing(Reader(office.file)) as reader:
        assert reader.reviews([asked.incident_id])[asked.incident_id].review.comment == "x" * 2000
