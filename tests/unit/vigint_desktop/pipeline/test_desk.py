import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.judge import CLEAR, failed, judgement, suspected
from tests.fakes.office import EVER, Office
from tests.fakes.pictures import DOOR, window
from vigint_core.domain.fault import Code, Fault
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.incident import Clip, Incident, IncidentState
from vigint_core.domain.status import Activity, IncidentStill, Snapshot, WindowRecord, WindowResult
from vigint_core.domain.verdict import Outcome, Severity
from vigint_core.domain.window import Span
from vigint_core.policy.rules import RuleKind
from vigint_desktop.pipeline import desk as desk_module
from vigint_desktop.pipeline.clip_demand import last_clip_number
from vigint_desktop.pipeline.messages import (
    ActivitySeen,
    FilesWritten,
    Judged,
    RuleBroken,
    Sent,
    SnapshotTaken,
    Submitted,
    WindowRef,
)
from vigint_desktop.pipeline.worker import GOOD_S
from vigint_desktop.store.ledger import KEEP_S
from vigint_desktop.store.reader import Reader


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(mono_s=1012.0, wall_s=NOON_S + 12)


@pytest.fixture
def office(tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(desk_module, "_WAIT_S", 0.0)
    made = Office(tmp_path / "desk.sqlite3", clock)
    yield made
    made.desk.close()


def test_a_due_window_waits_in_the_books_until_it_is_judged(office: Office) -> None:
    office.tell(Submitted(WindowRef.of(window("w1"))))
    assert office.windows["w1"].result is WindowResult.WAITING

    office.judge("w1", CLEAR)

    assert office.windows["w1"].result is WindowResult.CLEAR
    assert office.windows["w1"].model == "scripted"
    assert [r.result for r in office.sink.of(WindowRecord)] == [WindowResult.WAITING, WindowResult.CLEAR]
    assert office.incidents == []


def test_a_snapshot_is_told_when_it_is_in_the_books(office: Office, tmp_path: Path) -> None:
    taken = Snapshot(DOOR, NOON_S, "door.png", 1920, 1080)
    office.tell(SnapshotTaken(taken))

    assert office.sink.of(Snapshot) == [taken]
    with closing(Reader(tmp_path / "desk.sqlite3")) as reader:
        assert reader.snapshots(EVER) == [taken]


def test_what_was_not_analysed_keeps_its_reason_and_makes_no_incident(office: Office) -> None:
    office.judge("w1", failed(Code.AI_NOT_JSON))

    assert office.windows["w1"].reason is Code.AI_NOT_JSON
    assert office.incidents == []


def test_a_suspicion_that_the_second_look_confirms_is_one_confirmed_incident(office: Office) -> None:
    office.judge("w1", suspected(), suspected(at_s=4.0, summary="takes a bottle"))

    assert office.incident.state is IncidentState.CONFIRMED
    assert office.incident.summary == "takes a bottle"
    assert office.incident.act_s == NOON_S + 4
    assert office.windows["w1"].result is WindowResult.SUSPECTED


def test_a_vetoed_suspicion_stays_findable(office: Office) -> None:
    office.judge("w1", suspected(), CLEAR)

    assert office.incident.state is IncidentState.VETOED


@pytest.mark.parametrize("second", [None, failed(Code.AI_OVERLOADED)])
def test_without_a_second_look_it_becomes_unconfirmed_after_20_s(office: Office, second: Outcome | None) -> None:
    office.judge("w1", suspected(), second)
    assert office.incident.state is IncidentState.SUSPECTED

    office.pass_time(19.9)
    assert office.incident.state is IncidentState.SUSPECTED
    office.pass_time(0.1)

    assert office.incident.state is IncidentState.UNCONFIRMED
    assert office.sink.last(Incident).state is IncidentState.UNCONFIRMED


@pytest.mark.parametrize(("second", "state"), [(suspected(), IncidentState.CONFIRMED), (CLEAR, IncidentState.VETOED)])
def test_a_late_answer_still_moves_it(office: Office, second: Outcome, state: IncidentState) -> None:
    office.judge("w1", suspected())
    office.pass_time(25)

    office.judge("w1", suspected(), second)

    assert office.incident.state is state
    assert len(office.incident.suspicions) == 1


def test_suspicions_near_each_other_are_one_incident_those_far_apart_are_not(office: Office) -> None:
    office.judge("w1", suspected(), suspected(), start_s=1000.0)
    office.judge("w2", suspected(), suspected(), start_s=1005.0)
    office.judge("w3", suspected(), suspected(), start_s=1100.0)
    office.judge("w4", suspected(), suspected(), start_s=1000.0, camera="till")

    assert sorted(len(i.suspicions) for i in office.incidents) == [1, 1, 2]


def test_people_hear_of_it_only_after_it_is_written(office: Office) -> None:
    written: list[int] = []
    before = office.sink.publish

    def publish(event: object) -> None:
        if isinstance(event, Incident):
            written.append(len(office.incidents))
        before(event)  # type: ignore[arg-type]

    office.sink.publish = publish  # type: ignore[method-assign,assignment]
    office.judge("w1", suspected(), suspected())

    assert written == [1]


def test_the_still_is_shown_at_once_and_only_the_first_time(office: Office) -> None:
    office.judge("w1", suspected())
    office.judge("w2", suspected(), start_s=1005.0)

    assert office.sink.of(IncidentStill) == [IncidentStill(office.incident.id, b"jpeg")]
    assert [bool(r.still) for r in office.files.asked] == [True, False]


def test_the_way_from_capture_to_row_is_measured(office: Office) -> None:
    office.judge("w1", suspected())

    assert office.tally.capture_to_row_ms(office.incident.id) == pytest.approx(8000.0)


def test_clips_follow_each_other_without_overlap_and_with_numbers_of_their_own(office: Office) -> None:
    office.judge("w1", suspected(), start_s=1000.0)
    office.judge("w2", suspected(), start_s=1005.0)
    office.judge("w1", suspected(), suspected(), start_s=1000.0)  # a late answer asks for nothing that is there

    assert [r.span for r in office.files.asked] == [Span(997.0, 1009.5), Span(1009.5, 1014.5)]
    assert [r.number for r in office.files.asked] == [1, 2]


def test_files_that_were_written_belong_to_the_incident(office: Office) -> None:
    office.judge("w1", suspected(), suspected())
    name = office.incident.id

    first, second = Clip(f"{name}-1.mp4", Span(997.0, 1010.0)), Clip(f"{name}-2.mp4", Span(1010.0, 1015.0))
    office.tell(FilesWritten(name, f"{name}.jpg", first), FilesWritten(name, "", second))

    assert office.incident.still == f"{name}.jpg"
    assert office.incident.clips == (first, second)


def test_files_of_an_incident_that_nobody_knows_are_let_be(office: Office) -> None:
    office.tell(FilesWritten(IncidentId("nobody"), "a.jpg", None))

    assert office.incidents == []


def test_every_change_goes_to_the_outbox_and_wakes_it(office: Office) -> None:
    office.judge("w1", suspected())
    office.tell(FilesWritten(office.incident.id, "a.jpg", None))

    assert [(e.incident.id, e.revision) for e in office.outbox] == [(office.incident.id, 2)]
    assert office.wakes == 2


def test_the_outbox_keeps_what_changed_after_it_was_sent(office: Office) -> None:
    office.judge("w1", suspected())
    sent = Sent(office.incident.id, 1)
    office.pass_time(20)

    office.tell(sent)
    assert [e.revision for e in office.outbox] == [2]

    office.tell(Sent(office.incident.id, 2))
    assert office.outbox == []


def test_activity_is_written_and_told(office: Office) -> None:
    seen = Activity(DOOR, Span(NOON_S, NOON_S + 3), closed=True)

    office.tell(ActivitySeen(seen))

    assert office.sink.of(Activity) == [seen]
    with closing(Reader(office.file)) as reader:
        assert reader.activities(EVER) == [seen]


def test_after_a_restart_everything_is_there_and_nothing_waits(office: Office, clock: FakeClock) -> None:
    office.judge("w1", suspected())
    office.tell(Submitted(WindowRef.of(window("w2"))))
    before = office.incident
    office.desk.close()

    again = Office(office.file, clock)
    try:
        assert again.left == 1
        assert again.windows["w2"].reason is Code.PIPELINE_STOPPED
        assert again.incident == before
        again.pass_time(20)
        assert again.incident.state is IncidentState.UNCONFIRMED
        again.judge("w3", suspected(), suspected(), start_s=1015.0)
        assert again.incident.id == before.id
    finally:
        again.desk.close()


def test_after_a_restart_no_clip_takes_the_name_of_another(office: Office, clock: FakeClock) -> None:
    office.judge("w1", suspected(), start_s=1000.0)
    office.judge("w2", suspected(), start_s=1005.0)
    name = office.incident.id
    office.tell(FilesWritten(name, "", Clip(f"{name}-2.mp4", Span(1002.0, 1015.0))))  # the first could not be written
    office.desk.close()

    again = Office(office.file, clock)
    try:
        again.judge("w3", suspected(), start_s=1010.0)
        assert [r.number for r in again.files.asked] == [3]
    finally:
        again.desk.close()


def test_the_highest_clip_number_is_read_from_the_names(office: Office) -> None:
    office.judge("w1", suspected())

    clips = tuple(Clip(f"a-b-{number}.mp4", Span(0.0, 1.0)) for number in (2, 11, 3))
    assert last_clip_number(office.incident) == 0
    assert last_clip_number(replace(office.incident, clips=clips)) == 11


@pytest.mark.parametrize("stepped_s", [-7200.0, 7200.0], ids=["back", "forward"])
def test_a_stepped_system_clock_neither_silences_a_suspicion_nor_hurries_it(office: Office, stepped_s: float) -> None:
    office.judge("w1", suspected())
    office.clock.step_wall(stepped_s)

    office.pass_time(19.0)
    assert office.incident.state is IncidentState.SUSPECTED
    office.pass_time(2.0)
    assert office.incident.state is IncidentState.UNCONFIRMED


def test_a_full_disk_keeps_the_message_and_tries_again(office: Office) -> None:
    office.judge("w0", suspected(), start_s=1000.0)
    office.fill_disk()
    refs = [WindowRef.of(window(f"w{n}", start_s=2000.0 + n)) for n in range(1, 400)]
    for ref in refs:
        office.desk.post(Judged(ref, judgement(ref.id, ref.span.start_s, CLEAR)))
    office.desk.worker.start()
    assert office.sink.wait_for(lambda s: ("desk", Code.DISK_FULL) in s.open_faults())
    assert len(office.windows) < len(refs)

    office.free_disk()
    assert office.sink.wait_for(lambda s: len(s.of(WindowRecord)) == len(refs) + 1)
    office.clock.advance(GOOD_S)
    assert office.sink.wait_for(lambda s: not s.open_faults())
    assert office.desk.worker.stop(timeout_s=30.0)

    assert len(office.windows) == len(refs) + 1
    assert [r.id for r in office.sink.of(WindowRecord)][1:] == [r.id for r in refs]


@pytest.mark.expects_log("the books refuse the last")
def test_a_disk_that_stays_full_does_not_keep_the_program_from_ending(office: Office) -> None:
    office.fill_disk()
    for number in range(400):
        ref = WindowRef.of(window(f"w{number}"))
        office.desk.post(Judged(ref, judgement(ref.id, ref.span.start_s, CLEAR)))

    office.desk.close()

    with closing(sqlite3.connect(office.file, timeout=0)) as other:
        other.execute("BEGIN EXCLUSIVE")


def test_what_is_in_the_inbox_at_the_end_is_written(office: Office) -> None:
    office.desk.post(Submitted(WindowRef.of(window("w1"))))
    office.desk.post(ActivitySeen(Activity(DOOR, Span(1.0, 2.0), closed=True)))

    office.desk.close()

    assert set(office.windows) == {"w1"}
    office.desk.close()  # and closing twice does no harm


def test_the_desk_works_on_a_thread_of_its_own(office: Office) -> None:
    office.desk.worker.start()
    seen = window("w1")
    office.desk.post(Judged(WindowRef.of(seen), judgement(seen.id, seen.span.start_s, suspected(), suspected()), b"j"))

    assert office.sink.wait_for(lambda s: bool(s.of(Incident)))
    assert office.desk.worker.stop(timeout_s=30.0)
    assert "desk" not in {thread.name for thread in threading.enumerate()}
    assert not office.sink.of(Fault)


def test_what_is_over_for_an_hour_no_longer_grows(office: Office) -> None:
    office.judge("w1", suspected(), suspected())
    office.clock.advance(3700)
    office.judge("w2", suspected(), suspected(), start_s=4700.0)
    office.judge("w3", suspected(), suspected(), start_s=1012.0)

    assert len(office.incidents) == 3


def test_old_accounts_go_while_the_program_runs(office: Office) -> None:
    office.judge("w1", CLEAR)

    office.pass_time(KEEP_S + 3600)

    assert office.windows == {}


def test_a_graver_suspicion_raises_the_severity(office: Office) -> None:
    office.judge("w1", suspected(severity=Severity.LOW), suspected(severity=Severity.LOW))
    office.judge("w2", suspected(), suspected(severity=Severity.CRITICAL), start_s=1005.0)

    assert office.incident.severity is Severity.CRITICAL


def broken(start_s: float = 1000.0, *, fresh: bool = True, kind: RuleKind = RuleKind.MOVEMENT) -> RuleBroken:
    span = Span(NOON_S + start_s - 1000, NOON_S + start_s - 999)
    return RuleBroken(DOOR, "Door", kind, "Wine", span, Span(start_s, start_s + 1), fresh, b"jpeg" if fresh else b"")


def test_a_broken_rule_is_a_confirmed_incident_at_once_with_still_and_clip(office: Office) -> None:
    office.tell(broken())

    assert (office.incident.state, office.incident.source) == (IncidentState.CONFIRMED, "rule")
    assert office.incident.summary == "Something moves in “Wine”."
    (wanted,) = office.files.asked
    assert (wanted.span, wanted.still) == (Span(997.0, 1001.0), b"jpeg")
    assert office.sink.last(IncidentStill).jpeg == b"jpeg"


def test_what_goes_on_grows_it_and_asks_for_the_seconds_that_no_clip_has(office: Office) -> None:
    office.tell(broken())
    office.tell(broken(1006.0, fresh=False))

    assert len(office.incidents) == 1
    assert [wanted.span for wanted in office.files.asked] == [Span(997.0, 1001.0), Span(1003.0, 1007.0)]


def test_an_incident_of_the_ai_over_the_same_seconds_stays_apart(office: Office) -> None:
    office.tell(broken())
    office.judge("w1", suspected(), suspected())

    assert sorted(incident.source for incident in office.incidents) == ["ai", "rule"]
