"""Uploads in parts: any process takes the next one, nothing half is seen, and nothing is left over."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from server.db.books.files import Chosen, FileEntry
from server.db.tables import FileKind, FileRow, IncidentRow
from server.db.tenant import Tenant
from server.services.files import STALE_S, Erased
from server.services.refusals import RefusedError
from server.services.uploads import OffsetError, UploadState
from tests.fakes.kept import Keeping, jpeg, keeping
from tests.fakes.mp4 import mp4
from tests.fakes.upload_child import POINTS, upload_and_die
from vigint_core.domain.fault import Code, VigintError

CLIP, OTHER = mp4(), mp4(frames=10)
ALERT = FileKind.ALERT


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.slow)])
def kept(request: pytest.FixtureRequest, tmp_path: Path, s3: str) -> Iterator[Keeping]:
    with keeping(request.param, tmp_path, s3) as kept:
        yield kept


def send(kept: Keeping, content: bytes, offset: int, kind: FileKind = ALERT, subject_id: str = "i1") -> int:
    entry = kept.uploads.resume(kept.tenant, kind, subject_id, offset)
    return kept.uploads.append(kept.tenant, entry, offset, content)


def finish(kept: Keeping, kind: FileKind = ALERT, subject_id: str = "i1") -> FileEntry:
    return kept.uploads.finish(kept.tenant, kind, subject_id)


def state(kept: Keeping) -> UploadState | None:
    return kept.uploads.state(kept.tenant, ALERT, "i1")


def content(kept: Keeping, kind: FileKind = ALERT, subject_id: str = "i1") -> bytes:
    return b"".join(kept.files.current(kept.tenant, subject_id, kind).read())


def rows(kept: Keeping) -> list[FileRow]:
    with kept.database.reading() as session:
        return list(session.scalars(select(FileRow)))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, len(CLIP)), max_size=5))
def test_however_it_is_cut_and_whoever_takes_the_parts_it_is_joined(kept: Keeping, cuts: list[int]) -> None:
    kept.files.erase(kept.tenant, Chosen())
    places = sorted({0, *cuts, len(CLIP)})
    for start, end in pairwise(places):
        process = kept.again()
        assert send(process, CLIP[start:end], start) == end
        assert state(kept) == UploadState(end, complete=False)
        assert kept.files.find(kept.tenant, "i1", ALERT) is None
    entry = finish(kept.again())
    assert (content(kept), entry.bytes) == (CLIP, len(CLIP))
    assert state(kept) == UploadState(len(CLIP), complete=True)
    assert kept.paths() == [entry.path]
    assert [row.parts for row in rows(kept)] == [[]]


def test_a_part_counts_when_the_disk_holds_it(tmp_path: Path, s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody sends again what the answer said is here."""
    with keeping("folder", tmp_path, s3) as kept:
        known = []
        monkeypatch.setattr("os.fsync", lambda _handle: known.append(rows(kept)[0].received))
        send(kept, CLIP[:100], 0)
        assert set(known) == {0}
        assert rows(kept)[0].received == 100


@pytest.mark.parametrize(
    ("kind", "subject_id", "whole"), [(FileKind.STILL, "i1", jpeg()), (FileKind.CONTEXT, "w1", CLIP)]
)
def test_every_kind_may_come_in_parts(kept: Keeping, kind: FileKind, subject_id: str, whole: bytes) -> None:
    send(kept, whole[:1000], 0, kind, subject_id)
    send(kept, whole[1000:], 1000, kind, subject_id)
    assert finish(kept, kind, subject_id).complete
    assert content(kept, kind, subject_id) == whole


@pytest.mark.parametrize("offset", [0, 1, 1001, 5_000_000])
def test_a_part_from_elsewhere_is_told_where_to_go_on(kept: Keeping, offset: int) -> None:
    send(kept, CLIP[:1000], 0)
    with pytest.raises(OffsetError) as caught:
        send(kept, b"x", offset)
    assert caught.value.state == UploadState(1000, complete=False)
    send(kept, CLIP[1000:], 1000)
    finish(kept)
    assert content(kept) == CLIP


def test_an_upload_that_nobody_began_goes_on_at_nothing(kept: Keeping) -> None:
    assert state(kept) is None
    with pytest.raises(OffsetError) as caught:
        send(kept, b"x", 7)
    assert caught.value.state == UploadState(0, complete=False)
    assert rows(kept) == []


def test_the_end_told_twice_is_harmless(kept: Keeping) -> None:
    send(kept, CLIP, 0)
    assert finish(kept).id == finish(kept).id
    with pytest.raises(OffsetError) as caught:
        kept.uploads.resume(kept.tenant, ALERT, "i1", len(CLIP))
    assert caught.value.state == UploadState(len(CLIP), complete=True)
    assert content(kept) == CLIP


def test_the_end_of_nothing(kept: Keeping) -> None:
    with pytest.raises(RefusedError) as caught:
        finish(kept)
    assert caught.value.code is Code.REQUEST_NOT_FOUND


def test_the_same_upload_again_changes_nothing(kept: Keeping) -> None:
    send(kept, CLIP, 0)
    before = finish(kept)
    send(kept, CLIP, 0)
    assert content(kept) == CLIP
    assert finish(kept).id == before.id
    assert kept.paths() == [before.path]


def test_another_upload_takes_the_place_when_it_is_whole(kept: Keeping) -> None:
    send(kept, CLIP, 0)
    finish(kept)
    send(kept, OTHER[:1000], 0)
    assert content(kept) == CLIP
    assert state(kept) == UploadState(1000, complete=False)
    send(kept, OTHER[1000:], 1000)
    after = finish(kept)
    assert content(kept) == OTHER
    assert kept.paths() == [after.path]


def test_a_whole_file_ends_the_upload_to_its_place(kept: Keeping) -> None:
    send(kept, CLIP[:1000], 0)
    whole = kept.files.store(kept.tenant, ALERT, "i1", [OTHER])
    assert kept.paths() == [whole.path]
    with pytest.raises(OffsetError) as caught:
        send(kept, CLIP[1000:], 1000)
    assert caught.value.state == UploadState(len(OTHER), complete=True)


@pytest.mark.parametrize("whole", [b"no clip at all", CLIP[:-100], jpeg()])
def test_of_a_refused_upload_nothing_stays(kept: Keeping, whole: bytes) -> None:
    send(kept, whole[:10], 0)
    send(kept, whole[10:], 10)
    with pytest.raises(VigintError) as caught:
        finish(kept)
    assert caught.value.code is Code.CLIP_NOT_VIDEO
    assert (kept.paths(), rows(kept), state(kept)) == ([], [], None)


def test_an_upload_without_a_byte(kept: Keeping) -> None:
    kept.uploads.resume(kept.tenant, ALERT, "i1", 0)
    with pytest.raises(VigintError):
        finish(kept)
    assert rows(kept) == []


def test_an_upload_over_its_limit_is_refused_with_the_part_that_goes_over(kept: Keeping) -> None:
    small = kept.again(vigint_max_alert_bytes=10_000)
    send(small, bytes(9_000), 0)
    with pytest.raises(VigintError) as caught:
        send(small, bytes(1_001), 9_000)
    assert caught.value.code is Code.CLIP_TOO_LARGE
    assert (kept.paths(), rows(kept)) == ([], [])


def test_the_number_of_parts_is_bounded(kept: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.services.uploads._MOST_PARTS", 3)
    for offset in range(3):
        send(kept, CLIP[offset : offset + 1], offset)
    with pytest.raises(RefusedError) as caught:
        send(kept, b"x", 3)
    assert caught.value.particulars == ("upload: more than 3 parts",)
    assert (kept.paths(), rows(kept)) == ([], [])


def test_an_upload_that_nobody_goes_on_with_is_erased_after_a_day(kept: Keeping) -> None:
    send(kept, CLIP[:1000], 0)
    kept.clock.advance(STALE_S - 10)
    send(kept, CLIP[1000:2000], 1000)
    kept.clock.advance(20)
    assert kept.files.erase_stale(kept.clock.wall()) == Erased()
    kept.clock.advance(STALE_S)
    assert kept.files.erase_stale(kept.clock.wall()) == Erased(1, 2000)
    assert (kept.paths(), rows(kept)) == ([], [])


@pytest.mark.expects_log("parts of a file not removed")
def test_parts_that_could_not_be_removed_are_removed_later(kept: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(path: str, keep: str = "") -> None:
        raise VigintError(Code.SERVER_STORAGE, "down")

    send(kept, CLIP, 0)
    with monkeypatch.context() as patched:
        patched.setattr(kept.store, "delete_all", failing)
        entry = finish(kept)
    assert len(kept.paths()) == 2
    assert kept.files.erase_stale(kept.clock.wall()) == Erased()
    assert kept.paths() == [entry.path]
    assert content(kept) == CLIP


def test_a_storage_that_fails_at_the_end_loses_nothing(kept: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*given: object) -> int:
        raise VigintError(Code.SERVER_STORAGE, "down")

    send(kept, CLIP, 0)
    with monkeypatch.context() as patched:
        patched.setattr(kept.store, "put_stream", failing)
        with pytest.raises(VigintError, match="down"):
            finish(kept)
    assert state(kept) == UploadState(len(CLIP), complete=False)
    finish(kept)
    assert content(kept) == CLIP


def test_two_that_send_the_same_part_at_once_leave_one(kept: Keeping) -> None:
    def one(process: Keeping) -> bool:
        entry = process.uploads.resume(process.tenant, ALERT, "i1", 0)
        begin.wait()
        try:
            return process.uploads.append(process.tenant, entry, 0, CLIP) == len(CLIP)
        except OffsetError as error:
            return error.state != UploadState(len(CLIP), complete=False)

    begin = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, [kept.again(), kept.again()])) == [False, True]
    assert len(kept.paths()) == 1
    finish(kept)
    assert content(kept) == CLIP


def test_another_client_knows_nothing_of_an_upload(kept: Keeping) -> None:
    send(kept, CLIP[:1000], 0)
    other = Tenant(kept.database, "c2")
    assert kept.uploads.state(other, ALERT, "i1") is None
    with pytest.raises(RefusedError) as caught:
        kept.uploads.resume(other, ALERT, "nobodys", 0)
    assert caught.value.code is Code.REQUEST_NOT_FOUND
    assert kept.uploads.resume(other, ALERT, "i1", 0).received == 0, "its own incident of the same id"


def test_an_incident_erased_meanwhile(kept: Keeping) -> None:
    entry = kept.uploads.resume(kept.tenant, ALERT, "i1", 0)
    with kept.database.writing() as session:
        gone = kept.tenant.files.give_up(Chosen(incident_id="i1"), session)
        session.execute(delete(IncidentRow).where(IncidentRow.client_id == "c1", IncidentRow.id == "i1"))
    kept.files.remove(gone)
    with pytest.raises(RefusedError) as caught:
        kept.uploads.append(kept.tenant, entry, 0, CLIP)
    assert caught.value.code is Code.REQUEST_NOT_FOUND
    with pytest.raises(RefusedError):
        finish(kept)
    assert (kept.paths(), rows(kept)) == ([], [])


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_killed_process_leaves_nothing_to_see_and_the_upload_goes_on(kept: Keeping, point: str) -> None:
    send(kept, CLIP[:1000], 0)
    upload_and_die(kept.config, point, CLIP[1000:], 1000)
    if point == "after the books":
        assert state(kept) == UploadState(len(CLIP), complete=True)
    else:
        reached = state(kept)
        assert reached == UploadState(1000 if point == "in a part" else len(CLIP), complete=False)
        assert kept.files.find(kept.tenant, "i1", ALERT) is None
        with pytest.raises(RefusedError):
            content(kept)
        send(kept, CLIP[reached.offset :], reached.offset)
        finish(kept)
    assert content(kept) == CLIP
    kept.files.erase_stale(kept.clock.wall())
    (row,) = rows(kept)
    own = row.path.removesuffix("whole")
    assert [path for path in kept.paths() if not path.startswith(own)] == [], "what is half is kept with its file"
    if kept.store.folder:  # of a bucket, only its own rule ends uploads in parts that nobody ended
        kept.files.erase(kept.tenant, Chosen())
        assert kept.paths() == []
