"""The gate's small grey picture: whatever the camera sends, brightness at a width, in a buffer of its own."""

import av
import numpy as np
import pytest

from vigint_core.media.reduce import GreyReducer


def halves(width: int, height: int, dark: int = 40, bright: int = 200) -> av.VideoFrame:
    """A planar frame, dark on the left and bright on the right."""
    yuv = np.full((height * 3 // 2, width), 128, np.uint8)
    yuv[:height, : width // 2] = dark
    yuv[:height, width // 2 :] = bright
    return av.VideoFrame.from_ndarray(yuv, format="yuv420p")


@pytest.mark.parametrize(
    ("size", "reduced"), [((1920, 1080), (320, 180)), ((640, 480), (320, 240)), ((2000, 2), (320, 1))]
)
def test_it_is_reduced_to_the_width_and_keeps_its_proportions(size: tuple[int, int], reduced: tuple[int, int]) -> None:
    looked = GreyReducer().grey(halves(*size))
    assert looked.shape == (reduced[1], reduced[0])
    assert looked.dtype == np.uint8
    assert (looked[0, 0], looked[-1, -1]) == (40, 200)


def test_a_small_picture_keeps_its_size_without_the_padding_of_its_rows() -> None:
    looked = GreyReducer().grey(halves(66, 36))  # FFmpeg pads rows of 66 bytes
    assert looked.shape == (36, 66)
    assert (looked[:, :33] == 40).all()
    assert (looked[:, 33:] == 200).all()


def test_areas_are_averaged() -> None:
    stripes = np.full((48, 64), 128, np.uint8)
    stripes[:32, 0::2], stripes[:32, 1::2] = 40, 200
    looked = GreyReducer(32).grey(av.VideoFrame.from_ndarray(stripes, format="yuv420p"))
    assert (looked == 120).all()


def test_the_buffer_is_its_own() -> None:
    frame = halves(64, 36)
    looked = GreyReducer().grey(frame)
    np.frombuffer(memoryview(frame.planes[0]), np.uint8)[:] = 0
    assert looked.max() == 200


@pytest.mark.parametrize("made_of", ["rgb24", "bgr24", "yuyv422", "yuv420p10le"])
def test_other_formats_are_converted_to_brightness(made_of: str) -> None:
    looked = GreyReducer().grey(halves(64, 36).reformat(format=made_of))
    assert looked.shape == (36, 64)
    assert looked[18, 8] < 90
    assert looked[18, 56] > 150
