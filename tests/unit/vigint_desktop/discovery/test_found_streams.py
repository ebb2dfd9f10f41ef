"""What a found camera shows of itself: streams and a picture, from its snapshot or from the stream; or why not."""

import io
import threading
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest

from tests.fakes.onvif_device import OnvifDevice, onvif_device
from tests.fakes.onvif_words import BOMB, Mood, Stream
from tests.fakes.sources import ScriptedOpener, ScriptedSource, arrival
from tests.fakes.waiting import wait_until
from vigint_core.clock import SystemClock
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.sign_in import SignIn
from vigint_core.domain.status import FoundCamera, FoundStreams
from vigint_desktop.capture.source import Arrival
from vigint_desktop.discovery.found_streams import StreamSurvey
from vigint_desktop.discovery.tether import Tether

MAIN = Stream("rtsp://127.0.0.1:554/main", width=1920, height=1080)
SUB = Stream("rtsp://guard:hunter2@127.0.0.1:554/sub", "SubStream")
LOCKED = Mood(user="guard", password="hunter2")
SIGN_IN = SignIn("guard", "hunter2")


def jpeg(width: int, height: int) -> bytes:
    """A grey picture."""
    encoder = av.VideoCodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = width, height, "yuvj420p", Fraction(1)
    grey = av.VideoFrame.from_ndarray(np.full((height, width, 3), 90, np.uint8), "bgr24").reformat(format="yuvj420p")
    return b"".join(bytes(packet) for packet in [*encoder.encode(grey), *encoder.encode(None)])


def size(picture: bytes) -> tuple[int, int]:
    with av.open(io.BytesIO(picture), format="jpeg_pipe") as container:
        frame = next(container.decode(video=0))
        return frame.width, frame.height


def ask(
    device: OnvifDevice,
    opener: ScriptedOpener | None = None,
    sign_in: SignIn = SIGN_IN,
    tether: Tether | None = None,
) -> FoundStreams:
    found = FoundCamera("s1", device.key, device.service_url, "127.0.0.1", "Till", "IPC-42")
    survey = StreamSurvey(SystemClock(), opener or ScriptedOpener())
    answer = survey.ask("q1", found, sign_in, tether or Tether(30.0))
    assert (answer.check_id, answer.key) == ("q1", device.key)
    assert "hunter2" not in repr(answer)
    return answer


def test_streams_and_the_camera_s_own_picture_made_small() -> None:
    with onvif_device(MAIN, SUB, mood=replace(LOCKED, snapshot=jpeg(1280, 720))) as device:
        answer = ask(device)
    assert [stream.url for stream in answer.streams] == ["rtsp://127.0.0.1:554/main", "rtsp://127.0.0.1:554/sub"]
    assert (answer.code, answer.model) == (None, "Acme IPC-42")
    assert size(answer.picture) == (640, 360)


@pytest.mark.parametrize("snapshot", [b"", b"\xff\xd8 no picture", jpeg(64, 48)[:100]])
def test_without_a_good_snapshot_the_smaller_stream_is_looked_at(snapshot: bytes) -> None:
    source = ScriptedSource([Arrival(None, ()), arrival(0.0)])
    with onvif_device(MAIN, SUB, mood=replace(LOCKED, snapshot=snapshot)) as device:
        answer = ask(device, opener := ScriptedOpener(source))
    assert (answer.code, size(answer.picture)) == (None, (64, 36))
    assert (opener.tries, source.closed) == (["hunter2"], True)


def test_a_picture_that_would_take_gigabytes_is_not_decoded() -> None:
    bomb = bytearray(jpeg(64, 48))
    at = bomb.index(b"\xff\xc0") + 5
    bomb[at : at + 4] = b"\xff\xdc\xff\xdc"  # 65500 x 65500
    with onvif_device(MAIN, mood=replace(LOCKED, snapshot=bytes(bomb))) as device:
        answer = ask(device, ScriptedOpener(ScriptedSource([arrival(0.0)])))
    assert size(answer.picture) == (64, 36)


def test_streams_are_kept_when_the_picture_fails() -> None:
    with onvif_device(MAIN, mood=LOCKED) as device:
        answer = ask(device, ScriptedOpener(VigintError(Code.CAMERA_NOT_FOUND)))
    assert (len(answer.streams), answer.picture, answer.code) == (1, b"", Code.CAMERA_NOT_FOUND)


def test_a_stream_that_shows_nothing() -> None:
    with onvif_device(MAIN, mood=LOCKED) as device:
        answer = ask(device, ScriptedOpener(ScriptedSource([])))
    assert (len(answer.streams), answer.picture, answer.code) == (1, b"", Code.CAMERA_SILENT)


@pytest.mark.parametrize(
    ("mood", "code"),
    [
        (replace(LOCKED, password="another"), Code.CAMERA_UNAUTHORIZED),
        (replace(LOCKED, soap=b"<html>"), Code.DISCOVERY_NOT_ONVIF),
        (replace(LOCKED, soap=BOMB), Code.DISCOVERY_NOT_ONVIF),
        (replace(LOCKED, soap=b" " * 2_000_000), Code.DISCOVERY_NOT_ONVIF),
        (replace(LOCKED, services=()), Code.DISCOVERY_NO_STREAM),
    ],
)
def test_what_failed_is_named(mood: Mood, code: Code) -> None:
    with onvif_device(MAIN, mood=mood) as device:
        answer = ask(device)
    assert (answer.streams, answer.picture, answer.code) == ((), b"", code)


@pytest.mark.parametrize("mood", [replace(LOCKED, silent=True), replace(LOCKED, trickles=True)])
def test_a_camera_that_never_ends_its_answer_is_given_up(mood: Mood) -> None:
    with onvif_device(MAIN, mood=mood) as device:
        assert ask(device, tether=Tether(0.3)).code is Code.CAMERA_SILENT


def test_a_question_that_nobody_waits_for_ends() -> None:
    tether, answers = Tether(30.0), list[FoundStreams]()
    with onvif_device(MAIN, mood=replace(LOCKED, trickles=True)) as device:
        thread = threading.Thread(target=lambda: answers.append(ask(device, tether=tether)))
        thread.start()
        assert wait_until(lambda: device.heard.posts > 0)
        tether.cut()
        thread.join(30.0)
    assert [answer.code for answer in answers] == [Code.PIPELINE_STOPPED]


def test_a_question_that_was_stopped_before_it_began_asks_nobody() -> None:
    tether = Tether(30.0)
    tether.cut()
    with onvif_device(MAIN, mood=LOCKED) as device:
        assert ask(device, tether=tether).code is Code.PIPELINE_STOPPED
