"""The clip of the drill is one that the server takes, and its still a JPEG."""

from server.cli.drawn import LEAD_S, SECONDS, drawn_clips
from vigint_core.media.probe import ClipLimits, probe
from vigint_core.media.still import StillLimits, check_still


def test_the_drawn_clip_is_a_good_one() -> None:
    clip, context, still = drawn_clips("drill")
    assert round(probe(clip, ClipLimits()).seconds, 1) == SECONDS
    assert round(probe(context, ClipLimits()).seconds, 1) == SECONDS + LEAD_S
    assert check_still(still, StillLimits()) == (320, 180)
