"""A file is of its kind, within the limits of its kind, or refused; and it is looked at where it lies."""

import tracemalloc
from pathlib import Path

import pytest

from server.db.tables import FileKind
from server.services.file_checks import FileChecks
from tests.fakes.kept import jpeg, padded_clip
from tests.fakes.mp4 import fragmented, mp4, patched, with_sound
from vigint_core.domain.fault import Code, VigintError
from vigint_core.media.probe import ClipLimits

CLIPS = [FileKind.WINDOW, FileKind.CONTEXT, FileKind.ALERT]


@pytest.fixture
def checks(tmp_path: Path) -> FileChecks:
    return FileChecks(tmp_path, ClipLimits(bytes=500_000, seconds=20), alert_bytes=900_000)


def checked(checks: FileChecks, kind: FileKind, content: bytes) -> str:
    with checks.spool(kind) as spool:
        spool.write(content)
        return checks.check(kind, spool).media_type


def refused(checks: FileChecks, kind: FileKind, content: bytes) -> Code:
    with pytest.raises(VigintError) as caught:
        checked(checks, kind, content)
    return caught.value.code


@pytest.mark.parametrize("kind", CLIPS)
def test_a_clip_is_taken(checks: FileChecks, kind: FileKind) -> None:
    assert checked(checks, kind, mp4()) == "video/mp4"


def test_a_still_is_taken(checks: FileChecks) -> None:
    assert checked(checks, FileKind.STILL, jpeg()) == "image/jpeg"


@pytest.mark.parametrize("kind", CLIPS)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no video",
        jpeg(),
        fragmented(),
        with_sound(video=True),
        mp4(codec="libx265"),
        mp4()[:2000],
        patched(mp4(), b"stsz", 8, 1 << 31),  # claims two thousand million pictures
    ],
    ids=["empty", "text", "picture", "fragments", "sound", "h265", "broken", "bomb"],
)
def test_what_is_no_clip_is_refused(checks: FileChecks, kind: FileKind, content: bytes) -> None:
    assert refused(checks, kind, content) in {Code.CLIP_NOT_VIDEO, Code.CLIP_TOO_LONG}


def test_a_clip_is_no_still(checks: FileChecks) -> None:
    assert refused(checks, FileKind.STILL, mp4()) is Code.CLIP_NOT_PICTURE


def test_each_kind_has_its_own_length(checks: FileChecks) -> None:
    half_a_minute = mp4(frames=60)
    assert checked(checks, FileKind.ALERT, half_a_minute) == "video/mp4"
    assert refused(checks, FileKind.CONTEXT, half_a_minute) is Code.CLIP_TOO_LONG
    assert refused(checks, FileKind.ALERT, mp4(frames=130)) is Code.CLIP_TOO_LONG


def test_each_kind_has_its_own_size(checks: FileChecks) -> None:
    assert [checks.most_bytes(kind) for kind in FileKind] == [500_000, 500_000, 900_000, 1024 * 1024]
    for kind in FileKind:
        assert refused(checks, kind, bytes(checks.most_bytes(kind) + 1)) is Code.CLIP_TOO_LARGE


def test_a_clip_is_not_read_into_memory(tmp_path: Path) -> None:
    padded = padded_clip(6_000_000)
    checks = FileChecks(tmp_path, ClipLimits(), alert_bytes=16_000_000)
    with checks.spool(FileKind.ALERT) as spool:
        spool.write(padded)
        tracemalloc.start()
        checks.check(FileKind.ALERT, spool)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 1_000_000
