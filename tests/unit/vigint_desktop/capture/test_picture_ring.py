"""The picture ring: bounded in time and number, asked by time."""

from tests.fakes.pictures import picture
from vigint_desktop.capture.picture_ring import PictureRing


def test_pictures_between_two_times_the_end_left_out() -> None:
    ring = PictureRing()
    for at_s in range(1000, 1010):
        ring.add(picture(at_s))
    assert [each.at.mono_s for each in ring.between(1003, 1006)] == [1003, 1004, 1005]


def test_pictures_older_than_the_span_leave() -> None:
    ring = PictureRing(span_s=4)
    for at_s in range(1000, 1010):
        ring.add(picture(at_s))
    assert [each.at.mono_s for each in ring.between(0, 9999)] == [1005, 1006, 1007, 1008, 1009]


def test_the_number_is_bounded_too() -> None:
    ring = PictureRing(span_s=1000, most=3)
    for at_s in range(1000, 1010):
        ring.add(picture(at_s))
    assert len(ring.between(0, 9999)) == 3
