"""What an MP4 claims is read without a decoder; whatever is no whole MP4 file is told, and ends the walk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.mp4 import fragmented, mp4, patched, with_sound
from vigint_core.media.boxes import BrokenFileError, Track, read_tracks

CLIP = mp4(64, 36, frames=6)


def box(kind: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def test_the_tracks_of_a_clip() -> None:
    assert read_tracks(CLIP) == (Track("vide", 6),)


def test_sound_is_a_track_of_its_own() -> None:
    assert sorted(track.handler for track in read_tracks(with_sound(video=True))) == ["soun", "vide"]


@pytest.mark.parametrize(("table", "offset"), [(b"stsz", 8), (b"stts", 8)])
def test_the_largest_claim_counts(table: bytes, offset: int) -> None:
    (track,) = read_tracks(patched(CLIP, table, offset, 2_000_000_000))
    assert track.samples == 2_000_000_000


def test_a_long_size_and_a_size_up_to_the_end_are_understood() -> None:
    index = CLIP.index(b"moov") - 4
    length = int.from_bytes(CLIP[index : index + 4], "big")
    long = (1).to_bytes(4, "big") + b"moov" + (length + 8).to_bytes(8, "big") + CLIP[index + 8 : index + length]
    open_end = (0).to_bytes(4, "big") + b"mdat"
    assert read_tracks(box(b"ftyp") + long + open_end) == (Track("vide", 6),)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        pytest.param(b"", "does not begin", id="nothing"),
        pytest.param(b"RIFF\0\0\0\0AVI LIST", "runs over the end", id="another format"),
        pytest.param(box(b"moov") + box(b"mdat"), "does not begin", id="no ftyp"),
        pytest.param(box(b"ftyp") + box(b"mdat"), "without index or data", id="no index"),
        pytest.param(box(b"ftyp") + box(b"moov"), "without index or data", id="no data"),
        pytest.param(fragmented(), "fragmented", id="fragmented"),
        pytest.param(box(b"ftyp") + box(b"moov", box(b"cmov")) + box(b"mdat"), "packed", id="packed index"),
        pytest.param(box(b"ftyp") + box(b"moov", box(b"trak")) + box(b"mdat"), "0 boxes mdia", id="empty track"),
        pytest.param(CLIP + b"\0\0\0", "without a header", id="half a header"),
        pytest.param(box(b"ftyp") + (7).to_bytes(4, "big") + b"free", "runs over", id="smaller than its header"),
        pytest.param(box(b"ftyp") + box(b"free") * 5000, "more than 4096 boxes", id="too many boxes"),
    ],
)
def test_anything_else_is_broken(file: bytes, said: str) -> None:
    with pytest.raises(BrokenFileError, match=said):
        read_tracks(file)


@given(st.integers(0, len(CLIP) - 1), st.binary(min_size=1, max_size=8))
def test_damage_anywhere_is_read_or_told_but_never_an_accident(at: int, damage: bytes) -> None:
    file = CLIP[:at] + damage + CLIP[at + len(damage) :]
    try:
        assert isinstance(read_tracks(file), tuple)
    except BrokenFileError as error:
        assert str(error)  # noqa: PT017 - either outcome is right


@given(st.integers(0, len(CLIP) - 1))
def test_a_file_that_was_cut_off_is_broken(length: int) -> None:
    with pytest.raises(BrokenFileError):
        read_tracks(CLIP[:length])
