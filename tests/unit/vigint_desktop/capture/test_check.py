"""The camera check: facts as far as it got, and what failed."""

from collections.abc import Iterator

from tests.fakes.clock import FakeClock
from tests.fakes.sources import DOOR, ScriptedOpener, ScriptedSource, arrival
from vigint_core.domain.fault import Code, VigintError
from vigint_core.texts import LANGUAGES, sentence
from vigint_desktop.capture.check import check_camera
from vigint_desktop.capture.demo import demo_cameras
from vigint_desktop.capture.source import Arrival, StreamFacts, Work


def test_a_good_camera_is_described() -> None:
    source = ScriptedSource([Arrival(None, ()), arrival(1000.0)])
    result = check_camera("c1", DOOR, "pa55word", FakeClock(), ScriptedOpener(source))
    assert (result.check_id, result.ok, result.code) == ("c1", True, None)
    assert result.facts == (
        ("camera.connected", {"name": "Door"}),
        ("camera.signed_in", {"user": "guard"}),
        ("camera.stream", {"codec": "H264", "width": "64", "height": "36"}),
        ("camera.rate", {"rate": "10"}),
        ("camera.first_picture", {"ms": "0"}),
    )
    assert source.closed


def test_every_fact_has_its_sentence_in_every_language() -> None:
    result = check_camera("c1", DOOR, "", FakeClock(), ScriptedOpener(ScriptedSource([arrival(1000.0)])))
    for language in LANGUAGES:
        for key, values in result.facts:
            assert sentence(language, f"check.{key}", **values)


def test_a_camera_that_can_not_be_opened_says_why() -> None:
    result = check_camera("c1", DOOR, "pa55word", FakeClock(), ScriptedOpener(VigintError(Code.CAMERA_UNAUTHORIZED)))
    assert (result.ok, result.code, result.facts) == (False, Code.CAMERA_UNAUTHORIZED, ())
    assert "pa55word" not in repr(result)


def test_a_stream_that_ends_before_its_first_picture_is_lost() -> None:
    result = check_camera("c1", DOOR, "", FakeClock(), ScriptedOpener(ScriptedSource([])))
    assert (result.ok, result.code) == (False, Code.CAMERA_LOST)
    assert [key for key, _ in result.facts] == ["camera.connected", "camera.signed_in"]


def test_packets_without_a_picture_are_not_waited_for_without_end() -> None:
    clock = FakeClock()

    class Endless(ScriptedSource):
        def reads(self) -> Iterator[Work]:
            while True:
                clock.advance(1.0)
                yield lambda: Arrival(None, ())

    source = Endless([])
    result = check_camera("c1", DOOR, "", clock, ScriptedOpener(source))
    assert result.code is Code.CAMERA_SILENT
    assert source.closed


def test_a_truncated_file_is_described_and_not_called_good() -> None:
    facts = StreamFacts("h264", 64, 36, 10.0, b"", Code.CAMERA_TRUNCATED)
    result = check_camera("c1", DOOR, "", FakeClock(), ScriptedOpener(ScriptedSource([arrival(1.0)], facts=facts)))
    assert (result.ok, result.code) == (False, Code.CAMERA_TRUNCATED)


def test_a_demo_camera_passes() -> None:
    result = check_camera("c1", demo_cameras()[0], "", FakeClock())
    assert result.ok
