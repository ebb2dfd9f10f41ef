"""The camera check: facts as far as it got, and what failed."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.sources import DOOR, ScriptedOpener, ScriptedSource, arrival
from vigint_core.domain.camera import Camera, SourceKind, Transport
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import CheckResult
from vigint_core.ports import Clock
from vigint_core.texts import LANGUAGES, sentence
from vigint_desktop.capture.check import LONGEST_S, check_camera
from vigint_desktop.capture.demo import demo_cameras
from vigint_desktop.capture.reach import Facts
from vigint_desktop.capture.source import Arrival, Demand, Opener, Source, StreamFacts, Work

BOTH = replace(DOOR, sub_url="rtsp://127.0.0.1/door/small", transport=Transport.UDP)


def check(camera: Camera, opener: Opener, password: str = "", clock: Clock | None = None) -> CheckResult:
    return check_camera("c1", camera, password, clock or FakeClock(), opener=opener, reach=found_at_once)


def found_at_once(camera: Camera, facts: Facts, clock: Clock) -> None:
    facts.append(("camera.reached", {"address": "127.0.0.1", "port": "554", "ms": "0"}))


def stream(keys_at: Sequence[float], frames: int, every_s: float = 0.1) -> list[Arrival]:
    return [arrival(n * every_s, key=any(abs(n * every_s - key) < 1e-6 for key in keys_at)) for n in range(frames)]


def keys(result: CheckResult) -> list[str]:
    return [key.removeprefix("camera.") for key, _ in result.facts]


def test_a_good_camera_is_described() -> None:
    source = ScriptedSource([Arrival(None, ()), *stream([0.0, 1.5], frames=40)])

    result = check(DOOR, ScriptedOpener(source), "pa55word")

    assert (result.check_id, result.ok, result.code) == ("c1", True, None)
    assert result.facts == (
        ("camera.reached", {"address": "127.0.0.1", "port": "554", "ms": "0"}),
        ("camera.connected", {"name": "Door"}),
        ("camera.signed_in", {"user": "guard"}),
        ("camera.stream", {"codec": "H264", "width": "64", "height": "36"}),
        ("camera.transport", {"transport": "TCP"}),
        ("camera.rate", {"rate": "10"}),
        ("camera.first_picture", {"ms": "0"}),
        ("camera.measured", {"rate": "10"}),
        ("camera.key_frames", {"seconds": "1.5"}),
    )
    assert source.closed
    assert source.demands == [Demand(watched=False)]  # no picture is decoded that nobody looks at


@pytest.mark.parametrize(
    ("keys_at", "frames", "said"),
    [
        ([0.0, 5.0], 60, [("camera.key_frames_far", {"seconds": "5.0"})]),
        ([0.0], 60, [("camera.key_frames_rare", {"seconds": "6"})]),
        ([n / 10 for n in range(60)], 60, []),  # MJPEG: every picture is one, and nobody wants to hear of it
    ],
)
def test_key_frames_far_apart_are_worth_a_word(
    keys_at: list[float], frames: int, said: list[tuple[str, dict[str, str]]]
) -> None:
    result = check(DOOR, ScriptedOpener(ScriptedSource(stream(keys_at, frames))))
    assert result.ok
    assert [fact for fact in result.facts if "key_frames" in fact[0]] == said


def test_no_key_frame_is_waited_for_without_end() -> None:
    clock = FakeClock()

    class OneEverySecond(ScriptedSource):
        def reads(self) -> Iterator[Work]:
            for number in range(1000):
                clock.advance(1.0)
                yield lambda number=number: arrival(float(number), key=not number)

    result = check(DOOR, ScriptedOpener(OneEverySecond([])), clock=clock)
    assert (result.ok, keys(result)[-1]) == (True, "key_frames_rare")
    assert clock.monotonic() - FakeClock().monotonic() <= 9.0


def test_the_sub_stream_is_tried_too() -> None:
    large, small = ScriptedSource(stream([0.0, 1.0], 30)), ScriptedSource([arrival(0.0)])

    result = check(BOTH, ScriptedOpener(large, small))

    assert (result.ok, result.facts[-1]) == (
        True,
        ("camera.sub_stream", {"codec": "H264", "width": "64", "height": "36"}),
    )
    assert ("camera.transport", {"transport": "UDP"}) in result.facts
    assert (large.closed, small.closed) == (True, True)


def test_a_sub_stream_that_fails_is_told_apart_from_the_main_one() -> None:
    large = ScriptedSource(stream([0.0, 1.0], 30))
    result = check(BOTH, ScriptedOpener(large, VigintError(Code.CAMERA_NOT_FOUND)))
    assert (result.ok, result.code, keys(result)[-1]) == (False, Code.CAMERA_NOT_FOUND, "sub_failed")


def test_every_fact_has_its_sentence_in_every_language() -> None:
    results = [
        check(BOTH, ScriptedOpener(ScriptedSource(stream([0.0, 1.0], 30)), ScriptedSource([arrival(0.0)]))),
        check(BOTH, ScriptedOpener(ScriptedSource(stream([0.0, 5.0], 60)), VigintError(Code.CAMERA_LOST))),
        check(DOOR, ScriptedOpener(ScriptedSource(stream([0.0], 60)))),
    ]
    for language in LANGUAGES:
        for key, values in [fact for result in results for fact in result.facts]:
            assert sentence(language, f"check.{key}", **values)


@pytest.mark.parametrize(
    ("code", "said"),
    [(Code.CAMERA_UNAUTHORIZED, ["reached", "connected"]), (Code.CAMERA_SILENT, ["reached"])],
)
def test_a_camera_that_can_not_be_opened_says_why_and_how_far_it_got(code: Code, said: list[str]) -> None:
    result = check(DOOR, ScriptedOpener(VigintError(code)), "pa55word")
    assert (result.ok, result.code, keys(result)) == (False, code, said)
    assert "pa55word" not in repr(result)


def test_a_device_that_is_not_there_was_not_connected() -> None:
    absent = replace(DOOR, kind=SourceKind.USB, url="/dev/video9")
    assert "connected" not in keys(check(absent, ScriptedOpener(VigintError(Code.CAMERA_NOT_FOUND))))


def test_a_camera_that_is_not_there_is_not_even_opened() -> None:
    def nobody(camera: Camera, facts: Facts, clock: Clock) -> None:
        raise VigintError(Code.CAMERA_UNREACHABLE, "127.0.0.1, port 554: Connection refused")

    opener = ScriptedOpener()
    result = check_camera("c1", DOOR, "", FakeClock(), opener=opener, reach=nobody)
    assert (result.code, result.facts, opener.tries) == (Code.CAMERA_UNREACHABLE, (), [])


def test_a_stream_that_ends_before_its_first_picture_is_lost() -> None:
    result = check(DOOR, ScriptedOpener(ScriptedSource([])))
    assert (result.ok, result.code) == (False, Code.CAMERA_LOST)
    assert keys(result) == ["reached", "connected", "signed_in"]


def test_packets_without_a_picture_are_not_waited_for_without_end() -> None:
    clock = FakeClock()

    class Endless(ScriptedSource):
        def reads(self) -> Iterator[Work]:
            while True:
                clock.advance(1.0)
                yield lambda: Arrival(None, ())

    source = Endless([])
    result = check(DOOR, ScriptedOpener(source), clock=clock)
    assert result.code is Code.CAMERA_SILENT
    assert source.closed
    assert clock.monotonic() - FakeClock().monotonic() <= LONGEST_S


def test_a_check_that_nobody_waits_for_ends() -> None:
    interrupt = threading.Event()
    source = ScriptedSource([arrival(0.0), arrival(0.1)], at_end=interrupt.set)

    def opener(camera: Camera, password: str, given: threading.Event) -> Source:
        assert given is interrupt
        return source

    result = check_camera(
        "c1", DOOR, "", FakeClock(), opener=opener, interrupt=interrupt, reach=lambda camera, facts, clock: None
    )
    assert (result.ok, result.code) == (False, Code.PIPELINE_STOPPED)
    assert source.closed


def test_a_truncated_file_is_described_and_not_called_good() -> None:
    facts = StreamFacts("h264", 64, 36, 10.0, b"", Code.CAMERA_TRUNCATED)
    result = check(DOOR, ScriptedOpener(ScriptedSource([arrival(1.0)], facts=facts)))
    assert (result.ok, result.code) == (False, Code.CAMERA_TRUNCATED)


def test_a_demo_camera_passes_and_has_nothing_to_reach() -> None:
    result = check_camera("c1", demo_cameras()[0], "", FakeClock())
    assert result.ok
    assert keys(result) == ["connected", "stream", "rate", "first_picture"]
