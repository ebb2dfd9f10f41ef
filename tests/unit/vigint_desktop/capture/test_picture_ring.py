"""The picture ring: bounded in time and number, asked by time."""

from tests.fakes.pictures import picture
from vigint_core.domain.zone import Scene, Zone, ZoneUse
from vigint_core.media.redact import Redaction
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


def test_privacy_zones_are_covered_in_what_is_there_and_in_what_comes() -> None:
    ring = PictureRing()
    left = Zone("p1", "", ZoneUse.PRIVACY, ((0, 0), (0.5, 0), (0.5, 1), (0, 1)))
    ring.add(picture(1000.0))
    ring.redact(Redaction(Scene((left,))))
    ring.add(picture(1001.0))

    kept = ring.between(0, 2000)
    assert [seen.at.mono_s for seen in kept] == [1000.0, 1001.0]
    for seen in kept:
        assert (seen.yuv[: seen.height, : seen.width // 2 - 1] == 16).all()
        assert (seen.yuv[: seen.height, seen.width // 2 + 2 :] != 16).all()
