"""Files in both kinds of storage and books: whole or not there, replaced in one step, erased without a rest."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from server.db.books.events import EventBook
from server.db.books.files import Chosen, FileEntry
from server.db.tables import EventKind, FileKind, FileRow, FileState, IncidentRow
from server.db.tenant import Tenant
from server.services.files import STALE_S, Erased
from server.services.refusals import RefusedError
from tests.fakes.kept import Keeping, jpeg, keeping
from tests.fakes.mp4 import mp4
from vigint_core.domain.fault import Code, VigintError

CLIP, OTHER = mp4(), mp4(frames=10)


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.slow)])
def kept(request: pytest.FixtureRequest, tmp_path: Path, s3: str) -> Iterator[Keeping]:
    with keeping(request.param, tmp_path, s3) as kept:
        yield kept


def store(kept: Keeping, content: bytes = CLIP, kind: FileKind = FileKind.ALERT, subject_id: str = "i1") -> FileEntry:
    return kept.files.store(kept.tenant, kind, subject_id, [content[:100], content[100:]])


def content_of(kept: Keeping, entry: FileEntry) -> bytes:
    return b"".join(kept.files.open(kept.tenant, entry.id).read())


def rows(kept: Keeping) -> list[FileRow]:
    with kept.database.reading() as session:
        return list(session.scalars(select(FileRow)))


def files_told_of(kept: Keeping) -> list[str]:
    missed = EventBook(kept.database, "c1").open(0, 100).missed
    return [each.subject_id for each in missed if each.kind == EventKind.INCIDENT_FILE]


def test_every_kind_is_kept_and_found(kept: Keeping) -> None:
    wanted = {
        FileKind.ALERT: ("i1", CLIP, "till", "video/mp4"),
        FileKind.STILL: ("i1", jpeg(), "till", "image/jpeg"),
        FileKind.WINDOW: ("w1", CLIP, "door", "video/mp4"),
        FileKind.CONTEXT: ("w1", OTHER, "door", "video/mp4"),
    }
    for kind, (subject_id, content, camera_id, media_type) in wanted.items():
        entry = store(kept, content, kind, subject_id)
        assert entry == kept.files.find(kept.tenant, subject_id, kind)
        assert (entry.camera_id, entry.media_type, entry.bytes, entry.complete) == (
            camera_id,
            media_type,
            len(content),
            True,
        )
        assert content_of(kept, entry) == content
    listed = kept.tenant.files.of_incident("i1")
    assert listed is not None
    assert [each.kind for each in listed] == [FileKind.ALERT, FileKind.STILL]
    assert kept.tenant.files.of_incident("i2") == []
    assert kept.tenant.files.of_incident("i3") is None
    assert len(kept.paths()) == 4


def test_the_books_call_whole_only_what_the_disk_holds(
    tmp_path: Path, s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power cut would leave a row without its bytes, or bytes without a row."""
    with keeping("folder", tmp_path, s3) as kept:
        seen = []

        def fsync(handle: int) -> None:
            name = Path(f"/proc/self/fd/{handle}").readlink().name
            seen.append((name, [FileState(row.state) for row in rows(kept)]))

        monkeypatch.setattr("os.fsync", fsync)
        entry = store(kept)
        assert seen[:2] == [("whole", [FileState.WRITING]), (entry.id, [FileState.WRITING])]
        seen.clear()
        kept.files.erase(kept.tenant, Chosen(file_id=entry.id))
        assert seen == [(entry.client_id, [FileState.GONE]), ("files", [FileState.GONE])]
        assert rows(kept) == []


def test_a_newer_file_takes_the_place_of_the_one_before(kept: Keeping) -> None:
    before = store(kept)
    after = store(kept, OTHER)
    assert after.id != before.id
    assert kept.files.current(kept.tenant, "i1", FileKind.ALERT).sha256 == after.sha256
    assert kept.paths() == [after.path]
    assert len(rows(kept)) == 1
    with pytest.raises(RefusedError):
        kept.files.open(kept.tenant, before.id)
    assert files_told_of(kept) == ["i1", "i1"]


def test_the_same_content_again_changes_nothing(kept: Keeping) -> None:
    before = store(kept)
    assert store(kept) == before
    assert kept.paths() == [before.path]
    assert len(rows(kept)) == 1
    assert files_told_of(kept) == ["i1"]


def test_a_window_s_files_are_no_incident_s_event(kept: Keeping) -> None:
    store(kept, CLIP, FileKind.CONTEXT, "w1")
    assert files_told_of(kept) == []


@pytest.mark.parametrize("content", [b"", b"no clip", CLIP[:-200], jpeg(), bytes(20_000_000)])
def test_of_a_refused_file_nothing_stays(kept: Keeping, content: bytes) -> None:
    before = store(kept)
    with pytest.raises(VigintError) as caught:
        store(kept, content)
    assert caught.value.code in {Code.CLIP_NOT_VIDEO, Code.CLIP_TOO_LARGE}
    assert kept.paths() == [before.path]
    assert len(rows(kept)) == 1
    assert content_of(kept, before) == CLIP


def test_another_client_s_incidents_and_files_do_not_exist(kept: Keeping) -> None:
    entry = store(kept)
    other = Tenant(kept.database, "c2")
    for ask in (
        lambda: kept.files.open(other, entry.id),
        lambda: kept.files.current(other, "i1", FileKind.ALERT),
        lambda: kept.files.store(other, FileKind.ALERT, "i9", [CLIP]),
        lambda: kept.files.store(other, FileKind.ALERT, "w1", [CLIP]),
    ):
        with pytest.raises(RefusedError) as caught:
            ask()
        assert caught.value.code is Code.REQUEST_NOT_FOUND
    assert kept.files.erase(other, Chosen(file_id=entry.id)) == Erased()
    assert content_of(kept, entry) == CLIP


def test_the_same_ids_of_two_clients_are_two_places(kept: Keeping) -> None:
    mine = store(kept)
    theirs = kept.files.store(Tenant(kept.database, "c2"), FileKind.ALERT, "i1", [OTHER])
    assert theirs.path.startswith("c2/")
    assert content_of(kept, mine) == CLIP
    assert kept.files.erase(kept.tenant, Chosen()) == Erased(1, len(CLIP))
    assert kept.paths() == [theirs.path]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(CLIP) + 10), st.integers(0, len(CLIP) + 10))
def test_ranges_are_exact(kept: Keeping, start: int, end: int) -> None:
    file = kept.files.open(kept.tenant, store(kept).id)
    assert b"".join(file.read(start, end)) == CLIP[start:end]


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        (Chosen(), []),
        (Chosen(incident_id="i1"), ["i2", "w1"]),
        (Chosen(window_id="w1"), ["i1", "i2"]),
        (Chosen(camera_id="till"), ["w1"]),
        (Chosen(before_s=1_800_000_001.0), ["w1"]),
        (Chosen(incident_id="i2", before_s=0.0), ["i1", "i2", "w1"]),
        (Chosen(file_id="nobody's"), ["i1", "i2", "w1"]),
    ],
)
def test_what_is_chosen_is_erased(kept: Keeping, chosen: Chosen, left: list[str]) -> None:
    store(kept)
    store(kept, OTHER, subject_id="i2")
    kept.clock.advance(5)
    store(kept, CLIP, FileKind.WINDOW, "w1")
    erased = kept.files.erase(kept.tenant, chosen)
    assert erased.files == 3 - len(left)
    assert sorted(row.incident_id or row.window_id or "" for row in rows(kept)) == left
    assert len(kept.paths()) == len(left)


def test_an_incident_and_its_files_go_in_one_step(kept: Keeping) -> None:
    entry = store(kept)
    with pytest.raises(RuntimeError), kept.database.writing() as session:
        broken_off(kept, session)
    assert content_of(kept, entry) == CLIP, "the step was not taken"
    with kept.database.writing() as session:
        gone = kept.tenant.files.give_up(Chosen(incident_id="i1"), session)
        session.execute(delete(IncidentRow).where(IncidentRow.client_id == "c1", IncidentRow.id == "i1"))
    assert kept.files.find(kept.tenant, "i1", FileKind.ALERT) is None
    assert kept.files.remove(gone) == Erased(1, len(CLIP))
    assert (kept.paths(), rows(kept)) == ([], [])


def broken_off(kept: Keeping, session: Session) -> None:
    kept.tenant.files.give_up(Chosen(incident_id="i1"), session)
    raise RuntimeError


def test_a_file_whose_incident_was_erased_meanwhile_leaves_nothing(kept: Keeping) -> None:
    with kept.files.receive(kept.tenant, FileKind.ALERT, "i1") as spool:
        spool.write(CLIP)
        with kept.database.writing() as session:
            session.execute(delete(IncidentRow).where(IncidentRow.client_id == "c1", IncidentRow.id == "i1"))
        with pytest.raises(RefusedError) as caught:
            kept.files.keep(kept.tenant, FileKind.ALERT, "i1", spool)
    assert caught.value.code is Code.REQUEST_NOT_FOUND
    assert (kept.paths(), rows(kept)) == ([], [])


def test_a_file_that_was_given_up_while_it_was_written_leaves_nothing(kept: Keeping) -> None:
    """As by an erasure that comes between the first byte and the last."""
    entry = kept.tenant.files.begin(kept.files.new_entry(kept.tenant, FileKind.ALERT, "i1", FileState.WRITING))
    assert entry is not None
    with kept.files.receive(kept.tenant, FileKind.ALERT, "i1") as spool:
        spool.write(CLIP)
        kept.tenant.files.give_up(Chosen(incident_id="i1"))
        facts = kept.files.checks.check(FileKind.ALERT, spool)
        assert kept.files.write(kept.tenant, entry, facts, spool) is None
    assert kept.files.erase_stale(kept.clock.wall()).files == 1
    assert (kept.paths(), rows(kept)) == ([], [])


@pytest.mark.expects_log("bytes of a file not removed")
def test_bytes_that_could_not_be_removed_are_removed_later(kept: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    store(kept)

    def failing(path: str, keep: str = "") -> None:
        raise VigintError(Code.SERVER_STORAGE, "down")

    with monkeypatch.context() as patched:
        patched.setattr(kept.store, "delete_all", failing)
        after = store(kept, OTHER)
        assert content_of(kept, after) == OTHER, "the new file is there all the same"
        assert kept.files.erase_stale(kept.clock.wall()) == Erased()
    assert len(kept.paths()) == 2
    assert kept.files.erase_stale(kept.clock.wall()) == Erased(1, len(CLIP))
    assert kept.paths() == [after.path]
    assert len(rows(kept)) == 1


@pytest.mark.expects_log("unfinished file not erased|bytes of a file not removed")
def test_a_storage_that_fails_leaves_a_row_that_the_daily_job_clears(
    kept: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*given: object, **named: object) -> None:
        raise VigintError(Code.SERVER_STORAGE, "down")

    with monkeypatch.context() as patched:
        patched.setattr(kept.store, "put_stream", failing)
        patched.setattr(kept.store, "delete_all", failing)
        with pytest.raises(VigintError, match="down"):
            store(kept)
    assert kept.files.find(kept.tenant, "i1", FileKind.ALERT) is None
    assert kept.files.erase_stale(kept.clock.wall()).files == 1
    assert rows(kept) == []


def test_what_a_dead_process_left_is_erased_after_a_day(kept: Keeping) -> None:
    dead = kept.tenant.files.begin(kept.files.new_entry(kept.tenant, FileKind.ALERT, "i1", FileState.WRITING))
    assert dead is not None
    kept.store.put_stream(dead.path, [CLIP])
    whole = store(kept, OTHER)
    assert kept.files.erase_stale(kept.clock.wall() + STALE_S - 1) == Erased()
    assert kept.files.erase_stale(kept.clock.wall() + STALE_S + 1) == Erased(1, 0)
    assert kept.paths() == [whole.path]


def test_many_at_once_leave_one_whole_file(kept: Keeping) -> None:
    contents = [mp4(frames=frames) for frames in range(4, 10)]
    begin = threading.Barrier(len(contents))

    def one(content: bytes) -> None:
        begin.wait()
        store(kept.again(), content)

    with ThreadPoolExecutor(len(contents)) as pool:
        list(pool.map(one, contents))
    (row,) = rows(kept)
    assert row.state == FileState.COMPLETE
    assert kept.paths() == [row.path]
    entry = kept.files.find(kept.tenant, "i1", FileKind.ALERT)
    assert entry is not None
    assert content_of(kept, entry) in contents
    assert files_told_of(kept) == ["i1"] * len(contents)
