"""Reduction: sizes that fit, buffers of their own, colours that stay what they were."""

import numpy as np
import pytest
from av import VideoFrame
from av.video.reformatter import Interpolation

from vigint_desktop.capture.reduction import Reducer, Size


def halves(width: int, height: int, pixel_format: str = "yuv420p") -> VideoFrame:
    """Left half red, right half blue."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, : width // 2] = (200, 30, 30)
    picture[:, width // 2 :] = (30, 30, 200)
    return VideoFrame.from_ndarray(picture, "rgb24").reformat(format=pixel_format)


@pytest.mark.parametrize(
    ("source", "most", "fits"),
    [
        (Size(1920, 1080), Size(640, 360), Size(640, 360)),
        (Size(1920, 1080), Size(640, 640), Size(640, 360)),
        (Size(704, 576), Size(640, 360), Size(440, 360)),
        (Size(320, 180), Size(640, 360), Size(640, 360)),
        (Size(4000, 10), Size(40, 40), Size(40, 1)),
    ],
)
def test_a_picture_fits_its_tile_in_its_own_shape(source: Size, most: Size, fits: Size) -> None:
    assert source.within(most) == fits


def test_a_picture_is_never_made_wider_than_asked_nor_enlarged() -> None:
    assert Size(1920, 1080).no_wider(640) == Size(640, 360)
    assert Size(321, 181).no_wider(640) == Size(321, 181)
    assert Size(321, 181).even() == Size(320, 180)


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuvj420p", "yuv444p", "nv12", "gray", "rgb24"])
def test_every_pixel_format_of_cameras_becomes_a_tile(pixel_format: str) -> None:
    tile = Reducer().tile(halves(192, 108, pixel_format), Size(96, 96))
    assert (tile.size, tile.pixels.readonly) == (Size(96, 54), True)
    assert len(tile.pixels) == 54 * tile.stride


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuvj420p", "rgb24"])
def test_colours_stay_what_they_were(pixel_format: str) -> None:
    tile = Reducer().tile(halves(192, 108, pixel_format), Size(96, 54))
    rows = np.frombuffer(tile.pixels, np.uint8).reshape(54, tile.stride)
    blue, green, red = rows[27, 10 * 4 : 10 * 4 + 3]
    assert (int(blue), int(green), int(red)) == pytest.approx((30, 30, 200), abs=6)


def test_tiles_never_share_a_buffer() -> None:
    reducer, frame = Reducer(), halves(192, 108)
    first = reducer.tile(frame, Size(96, 54))
    kept = bytes(first.pixels)
    reducer.tile(VideoFrame.from_ndarray(np.full((108, 192, 3), 255, np.uint8), "rgb24"), Size(96, 54))
    assert bytes(first.pixels) == kept


def test_a_tile_has_even_sides_because_odd_ones_cost_four_times_as_much() -> None:
    assert Reducer().tile(halves(192, 108), Size(93, 93)).size == Size(92, 52)


def test_a_tile_is_never_made_larger_than_the_stream() -> None:
    assert Reducer().tile(halves(192, 108), Size(3840, 2160)).size == Size(192, 108)
    assert Reducer().tile(halves(192, 108), Size(3840, 54)).size == Size(96, 54)


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuvj420p", "nv12", "rgb24"])
def test_two_steps_show_what_one_would(pixel_format: str) -> None:
    frame = halves(192, 108, pixel_format)
    tile = Reducer().tile(frame, Size(96, 54))
    rows = np.frombuffer(tile.pixels, np.uint8).reshape(54, tile.stride)[:, : 96 * 4].reshape(54, 96, 4)
    direct = frame.reformat(96, 54, "bgr24", interpolation=Interpolation.AREA).to_ndarray()
    assert float(np.abs(rows[:, :, :3].astype(int) - direct).mean()) < 2.5


def test_a_camera_may_change_its_resolution() -> None:
    reducer = Reducer()
    assert reducer.tile(halves(192, 108), Size(96, 96)).size == Size(96, 54)
    assert reducer.tile(halves(80, 80), Size(70, 70)).size == Size(70, 70)
    assert reducer.picture(halves(192, 108)).shape == (162, 192)
    assert reducer.picture(halves(1280, 720)).shape == (540, 640)


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuvj420p"])
def test_kept_pictures_are_in_studio_range_whatever_the_camera_sends(pixel_format: str) -> None:
    white = VideoFrame.from_ndarray(np.full((108, 192, 3), 255, np.uint8), "rgb24").reformat(format=pixel_format)
    luma = Reducer().picture(white)[:108]
    assert int(luma.mean()) == pytest.approx(235, abs=2)


def test_every_pixel_of_a_tile_is_coloured_whatever_its_width() -> None:
    plain = VideoFrame.from_ndarray(np.full((135, 200), 140, np.uint8), "gray").reformat(format="yuv420p")
    for width in range(16, 201):
        tile = Reducer().tile(plain, Size(width, 200))
        rows = np.frombuffer(tile.pixels, np.uint8).reshape(-1, tile.stride)[: tile.size.height, : tile.size.width * 4]
        pixels = rows.reshape(tile.size.height, tile.size.width, 4)[..., :3]
        assert (pixels == pixels[0, 0]).all(), tile.size
        assert width - tile.size.width <= 5
