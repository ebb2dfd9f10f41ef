"""What a privacy zone covers is gone, to the pixel and a little more, in every size of picture."""

import io

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.fakes.films import film, shown
from tests.fakes.pictures import DOOR, moment
from vigint_core.domain.frame import Picture
from vigint_core.domain.zone import Point, Scene, Zone, ZoneUse
from vigint_core.media.clip import encode_clips
from vigint_core.media.clip import film as mp4_of
from vigint_core.media.redact import NOTHING_COVERED, Redaction, redaction_of_exports
from vigint_core.media.web import redacted
from vigint_core.policy.polygon import clamped, inside

LEFT = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
BOW = ((0.2, 0.2), (0.8, 0.8), (0.8, 0.2), (0.2, 0.8))


def scene(*polygons: tuple[Point, ...], unlocked: bool = False) -> Scene:
    zones = tuple(Zone(f"p{n}", "", ZoneUse.PRIVACY, points) for n, points in enumerate(polygons))
    return Scene(zones, unlocked=unlocked)


def white(width: int = 64, height: int = 36, at_s: float = 1000.0) -> Picture:
    yuv = np.full((height * 3 // 2, width), 235, np.uint8)
    yuv.flags.writeable = False
    return Picture(DOOR, moment(at_s), width, height, yuv)


def luma(clip: bytes) -> list[NDArray[np.uint8]]:
    with av.open(io.BytesIO(clip)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def test_a_picture_loses_what_is_covered_and_nothing_else() -> None:
    original = white()
    covered = Redaction(scene(LEFT)).of_picture(original)

    assert (covered.yuv[:36, :32] == 16).all()
    assert (covered.yuv[:36, 34:] == 235).all()
    assert (covered.yuv[36:].reshape(2, 18, 32)[:, :, :16] == 128).all(), "no colour shines through"
    assert (original.yuv == 235).all(), "what a tile may show is another buffer"
    assert not covered.yuv.flags.writeable


def test_without_a_zone_nothing_is_copied() -> None:
    picture = white()
    assert Redaction(Scene()).of_picture(picture) is picture
    watch = Scene((Zone("w", "", ZoneUse.WATCH, LEFT),))
    assert not Redaction(watch)


def test_a_zone_that_crosses_itself_covers_its_hull() -> None:
    mask = Redaction(scene(BOW)).mask(100, 100)
    assert mask[50, 25:75].all()
    assert mask[22, 50], "also where the bow is open"
    assert not mask[10, 50]


_coordinates = st.integers(-30, 130).map(lambda share: share / 100)


@given(
    st.lists(st.tuples(_coordinates, _coordinates), min_size=3, max_size=6),
    st.sampled_from([(64, 36), (640, 360), (320, 240), (2, 2), (640, 200)]),
)
def test_every_pixel_whose_middle_lies_in_a_zone_is_covered(points: list[Point], size: tuple[int, int]) -> None:
    width, height = size
    mask = Redaction(scene(tuple(points))).mask(width, height)
    held = clamped(points)
    for x in range(0, width, max(1, width // 16)):
        for y in range(0, height, max(1, height // 9)):
            if inside(((x + 0.5) / width, (y + 0.5) / height), held):
                assert mask[y, x]


def test_a_window_s_clip_and_context_show_nothing_of_it() -> None:
    redaction = Redaction(scene(LEFT))
    pictures = [redaction.of_picture(white(at_s=1000 + step / 2)) for step in range(8)]
    for clip in encode_clips(pictures[4:], pictures[:4]):
        frames = luma(clip)
        assert frames
        assert all(frame[:, :28].max() <= 24 for frame in frames)
        assert all(frame[:, 40:].min() >= 200 for frame in frames)


@pytest.mark.parametrize("codec", ["libx264", "libx265", "mjpeg"])
def test_a_saved_clip_is_encoded_again_at_the_same_times_without_it(codec: str) -> None:
    clip = mp4_of(film(codec, size=(160, 90)))
    covered = redacted(clip, Redaction(scene(LEFT)))

    assert shown(covered) == shown(clip)
    assert max(int(frame[:, :72].max()) for frame in luma(covered)) <= 30
    assert luma(covered)[-1][:, 90:].mean() > 150


def test_the_owner_may_unlock_exports() -> None:
    assert redaction_of_exports(scene(LEFT))
    assert redaction_of_exports(scene(LEFT, unlocked=True)) is NOTHING_COVERED
