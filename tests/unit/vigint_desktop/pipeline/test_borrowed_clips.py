"""Clips of other desks' incidents: fetched in pieces, checked, kept while there is room."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes.http_peer import Reply, problem
from tests.fakes.incident_peer import IncidentPeer
from tests.fakes.sink import RecordingSink
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import IncidentId
from vigint_core.domain.status import ClipFetched
from vigint_desktop.pipeline import borrowed_clips as module
from vigint_desktop.pipeline import server_files
from vigint_desktop.pipeline.borrowed_clips import BorrowedClips
from vigint_desktop.pipeline.server_files import Piece, ServerFiles
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink

I1, I2, I3 = map(IncidentId, ("i1", "i2", "i3"))
CLIP = b"0123456789"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "borrowed"


@pytest.fixture
def files(link: ServerLink, server: IncidentPeer, monkeypatch: pytest.MonkeyPatch) -> ServerFiles:
    monkeypatch.setattr(server_files, "PIECE", 4)
    server.files = {("i1", "alert"): CLIP}
    return ServerFiles(link, Endpoint(server.url, "vg_1_key"))


@pytest.fixture
def sink() -> RecordingSink:
    return RecordingSink()


@pytest.fixture
def clips(folder: Path, sink: RecordingSink) -> BorrowedClips:
    made = BorrowedClips(folder, sink)
    made.empty()
    return made


def fetch(clips: BorrowedClips, files: ServerFiles, *names: IncidentId) -> int:
    """Ask for clips and fetch them; in how many pieces."""
    for name in names:
        clips.ask(name)
    pieces = 0
    while clips.fetch(files):
        pieces += 1
    return pieces


def between(monkeypatch: pytest.MonkeyPatch, files: ServerFiles, happens: Callable[[int], None]) -> None:
    """Let something happen after each piece that is read."""
    read, pieces = files.read, []

    def read_on(*given: object) -> Piece:
        pieces.append(read(*given))  # type: ignore[arg-type]
        happens(len(pieces))
        return pieces[-1]

    monkeypatch.setattr(files, "read", read_on)


def test_a_clip_is_there_when_all_of_it_is(
    folder: Path, files: ServerFiles, clips: BorrowedClips, sink: RecordingSink
) -> None:
    clips.ask(I1)
    assert clips.fetch(files)
    assert (clips.find(I1), sink.events) == (None, [])
    assert fetch(clips, files) == 2
    file = clips.find(I1)
    assert file is not None
    assert (file.read_bytes(), file.suffix) == (CLIP, ".mp4")
    assert (list(folder.iterdir()), sink.events) == ([file], [ClipFetched(I1)])


def test_what_is_here_is_not_fetched_again(
    server: IncidentPeer, files: ServerFiles, clips: BorrowedClips, sink: RecordingSink
) -> None:
    fetch(clips, files, I1)
    assert fetch(clips, files, I1, I1) == 1
    assert (len(server.asked), sink.events) == (3, [ClipFetched(I1)] * 2)
    file = clips.find(I1)
    assert file is not None
    file.unlink()  # somebody tidies up
    fetch(clips, files, I1)
    assert file.parent.exists()
    assert clips.find(I1) != file


def test_a_new_clip_at_the_server_is_fetched_the_next_time(
    folder: Path, server: IncidentPeer, files: ServerFiles, clips: BorrowedClips
) -> None:
    fetch(clips, files, I1)
    server.files["i1", "alert"] = b"better"
    clips.outdate(I1)
    assert clips.find(I1) is None
    assert [each.read_bytes() for each in folder.iterdir()] == [CLIP], "somebody may be looking at it"
    fetch(clips, files, I1)
    file = clips.find(I1)
    assert file is not None
    assert file.read_bytes() == b"better"
    assert list(folder.iterdir()) == [file]


def test_clips_that_are_outdated_go_with_their_incidents_and_have_an_end(
    folder: Path, server: IncidentPeer, files: ServerFiles, clips: BorrowedClips, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 1)
    server.files["i2", "alert"] = b"another"
    for incident_id in (I1, I2):
        fetch(clips, files, incident_id)
        clips.outdate(incident_id)
    assert len(list(folder.iterdir())) == 1
    clips.keep_only({I1})
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("changes", "code"), [({1}, None), ({1, 2}, None), ({1, 2, 3}, Code.PIPELINE_CLIP_DAMAGED)])
def test_one_that_changes_under_the_reading_is_begun_anew(
    server: IncidentPeer,
    files: ServerFiles,
    clips: BorrowedClips,
    sink: RecordingSink,
    monkeypatch: pytest.MonkeyPatch,
    *,
    changes: set[int],
    code: Code | None,
) -> None:
    began = []

    def change(_pieces: int) -> None:
        last = server.asked[-1].headers["Range"]
        began.append(last) if last.startswith("bytes=0-") else None
        if last.startswith("bytes=0-") and len(began) in changes:
            server.files["i1", "alert"] = bytes([len(began)]) * 10

    between(monkeypatch, files, change)
    fetch(clips, files, I1)
    assert sink.events == [ClipFetched(I1, code)]
    file = clips.find(I1)
    assert (file is None) == (code is not None)
    if file is not None:
        assert file.read_bytes() == server.files["i1", "alert"]


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (problem(404, Code.REQUEST_NOT_FOUND), Code.PIPELINE_CLIP_GONE),
        (problem(403, Code.AUTH_FORBIDDEN), Code.AUTH_FORBIDDEN),
        (Reply(503), Code.SERVER_FAILED),
        (Reply(drop=True), Code.SERVER_UNREACHABLE),
        (Reply(206, b"x", {"Content-Range": f"bytes 0-0/{2**40}"}), Code.CLIP_TOO_LARGE),
        (Reply(200, CLIP, {"ETag": f'"{"0" * 64}"'}), Code.PIPELINE_CLIP_DAMAGED),
        (Reply(206, b"12345", {"Content-Range": "bytes 0-3/4"}), Code.PIPELINE_CLIP_DAMAGED),
    ],
)
def test_why_there_is_none_is_told_and_nothing_is_left(
    server: IncidentPeer,
    folder: Path,
    files: ServerFiles,
    clips: BorrowedClips,
    sink: RecordingSink,
    *,
    reply: Reply,
    code: Code,
) -> None:
    server.says["GET"] = reply
    server.files["i2", "alert"] = CLIP
    fetch(clips, files, I1)
    assert (sink.events, clips.find(I1), list(folder.iterdir())) == ([ClipFetched(I1, code)], None, [])
    server.says.clear()
    fetch(clips, files, I2)
    assert sink.events[1:] == [ClipFetched(I2)]


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, Code.DISK_FULL), (errno.EACCES, Code.PIPELINE_CLIP_FAILED)]
)
def test_a_disk_that_does_not_take_it(
    files: ServerFiles,
    clips: BorrowedClips,
    sink: RecordingSink,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    code: Code,
) -> None:
    def refuse(*_given: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as broken:
        broken.setattr(Path, "open", refuse)
        fetch(clips, files, I1)
    assert sink.events == [ClipFetched(I1, code)]


@pytest.mark.parametrize(("bound", "most"), [("MOST", 2), ("MOST_BYTES", 2 * len(CLIP) + 1)])
def test_the_oldest_make_room(
    server: IncidentPeer,
    folder: Path,
    files: ServerFiles,
    clips: BorrowedClips,
    monkeypatch: pytest.MonkeyPatch,
    *,
    bound: str,
    most: int,
) -> None:
    server.files = {(name, "alert"): CLIP for name in ("i1", "i2", "i3")}
    monkeypatch.setattr(module, bound, most)
    for name in (I1, I2, I3):
        fetch(clips, files, name)
    assert clips.find(I1) is None
    assert set(folder.iterdir()) == {clips.find(I2), clips.find(I3)}


def test_no_more_wait_than_there_is_room_for(
    clips: BorrowedClips, sink: RecordingSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    for name in (I1, I2, I3, I1):
        clips.ask(name)
    assert sink.events == [ClipFetched(I3, Code.SERVER_BUSY)]
    clips.refuse(Code.SERVER_STARTING)
    assert sink.events[1:] == [ClipFetched(I1, Code.SERVER_STARTING), ClipFetched(I2, Code.SERVER_STARTING)]


def test_clips_of_incidents_that_are_gone_go(folder: Path, files: ServerFiles, clips: BorrowedClips) -> None:
    fetch(clips, files, I1)
    clips.keep_only({I1})
    assert clips.find(I1) is not None
    clips.keep_only({I2})
    assert (clips.find(I1), list(folder.iterdir())) == (None, [])


def test_the_folder_begins_and_ends_empty(folder: Path, files: ServerFiles, clips: BorrowedClips) -> None:
    (folder / "9.part").write_bytes(b"of a run that was killed")
    clips.empty()
    assert list(folder.iterdir()) == []
    fetch(clips, files, I1)
    clips.empty()
    assert (clips.find(I1), list(folder.iterdir())) == (None, [])
