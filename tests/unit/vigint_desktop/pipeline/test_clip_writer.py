import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.pictures import DOOR, moment
from tests.fakes.sink import RecordingSink
from vigint_core.domain.fault import Code, Fault, VigintError
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import Clip
from vigint_core.domain.window import Span
from vigint_core.media.packets import EncodedPacket, PacketCut
from vigint_desktop.pipeline import clip_writer as module
from vigint_desktop.pipeline.clip_writer import MOST_WAITING, ClipWriter
from vigint_desktop.pipeline.messages import CutRequest, FilesWritten, Message

CUT = PacketCut(
    b"header",
    (EncodedPacket(b"packet", 0, 0, True, moment(998.0)), EncodedPacket(b"", 1, 1, False, moment(1010.0))),
)
TAKEN = Span(CUT.packets[0].at.wall_s, CUT.packets[1].at.wall_s)


def request(number: int = 1, still: bytes = b"jpeg", incident: str = "i1") -> CutRequest:
    return CutRequest(IncidentId(incident), DOOR, Span(1000.0, 1010.0), still, number)


@dataclass
class Desk:
    """A clip writer on a folder, with a ring that has packets or has none."""

    folder: Path
    has_packets: bool = True
    told: list[Message] = field(default_factory=list)
    cuts: list[tuple[CameraId, Span]] = field(default_factory=list)
    sink: RecordingSink = field(default_factory=RecordingSink)

    def __post_init__(self) -> None:
        self.writer = ClipWriter(self.folder, self._cut, self.told.append, self.sink, FakeClock())

    def _cut(self, camera_id: CameraId, span: Span) -> PacketCut | None:
        self.cuts.append((camera_id, span))
        return CUT if self.has_packets else None

    def write(self, *requests: CutRequest) -> None:
        for wanted in requests:
            self.writer.request(wanted)
        self.writer.finish()

    @property
    def files(self) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in self.folder.iterdir()}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(module, "mux", lambda cut, file: file.write_bytes(cut.header + cut.packets[0].data))
    return Desk(tmp_path)


@contextmanager
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def no_clip(*_: object) -> None:
        raise VigintError(Code.DISK_FULL, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", refuse)
        patch.setattr(module, "mux", no_clip)
        yield


def test_still_and_clip_are_written_and_the_desk_is_told_their_names(desk: Desk) -> None:
    desk.write(request(), request(2, still=b""))

    assert desk.files == {"i1.jpg": b"jpeg", "i1-1.mp4": b"headerpacket", "i1-2.mp4": b"headerpacket"}
    first, second = Clip("i1-1.mp4", TAKEN), Clip("i1-2.mp4", TAKEN)
    assert desk.told == [FilesWritten(IncidentId("i1"), "i1.jpg", first), FilesWritten(IncidentId("i1"), "", second)]
    assert desk.cuts[0] == (DOOR, Span(1000.0, 1010.0))


@pytest.mark.expects_log("clip not kept: i1-1.mp4: the packets are gone")
def test_when_the_packets_are_gone_the_still_is_kept_and_the_loss_is_told(desk: Desk) -> None:
    desk.has_packets = False
    desk.write(request())

    assert desk.files == {"i1.jpg": b"jpeg"}
    assert desk.told == [FilesWritten(IncidentId("i1"), "i1.jpg", None)]
    assert desk.sink.open_faults() == {("clip writer", Code.PIPELINE_CLIP_FAILED)}


@pytest.mark.expects_log("clip not kept")
def test_the_next_good_clip_ends_the_fault(desk: Desk) -> None:
    desk.has_packets = False
    desk.write(request())
    desk.has_packets = True
    desk.write(request(2))

    assert desk.sink.open_faults() == set()


@pytest.mark.expects_log("clip not kept")
def test_a_full_disk_has_its_own_name_and_leaves_no_half_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with full_disk(monkeypatch):
        desk.write(request())

    assert {fault.code for fault in desk.sink.of(Fault)} == {Code.DISK_FULL}
    assert desk.told == []
    assert desk.files == {}


@pytest.mark.expects_log("queue full")
def test_when_too_many_wait_the_next_is_refused_and_counted(desk: Desk) -> None:
    for number in range(MOST_WAITING + 3):
        desk.writer.request(request(number))

    assert desk.writer.refused == 3
    assert ("clip writer", Code.PIPELINE_CLIP_FAILED) in desk.sink.open_faults()
    desk.writer.finish()
    assert len(desk.told) == MOST_WAITING


def test_the_oldest_files_go_when_the_folder_is_over_its_limit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 60)
    for age_s, name in ((100, "old.mp4"), (50, "young.mp4")):
        file = desk.folder / name
        file.write_bytes(b"x" * 30)
        os.utime(file, (file.stat().st_atime, file.stat().st_mtime - age_s))

    desk.write(request())

    assert set(desk.files) == {"young.mp4", "i1.jpg", "i1-1.mp4"}


@pytest.mark.expects_log("clip folder: No such file or directory")
@pytest.mark.expects_log("the packets are gone")
def test_a_folder_that_vanished_is_a_fault_and_not_the_end(desk: Desk) -> None:
    desk.folder.rmdir()
    desk.has_packets = False
    desk.write(request(still=b""))

    assert desk.sink.open_faults() == {("clip writer", Code.PIPELINE_CLIP_FAILED)}
    desk.folder.mkdir()


def test_it_works_on_a_thread_of_its_own(desk: Desk) -> None:
    desk.writer.worker.start()
    desk.writer.request(request())
    desk.writer.request(request(2))
    assert desk.writer.worker.stop(timeout_s=30.0)
    desk.writer.finish()

    assert [m.clip.file for m in desk.told if isinstance(m, FilesWritten) and m.clip] == ["i1-1.mp4", "i1-2.mp4"]
