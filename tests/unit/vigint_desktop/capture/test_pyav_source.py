"""Files through PyAV: at their own speed, looped without a seam, and every bad one named."""

import threading
from itertools import islice, pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.sources import FakeInterrupt
from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import CameraId
from vigint_core.media.packets import TICKS_PER_S
from vigint_desktop.capture.pyav_source import PyavSource, address_of, open_stream
from vigint_desktop.capture.source import Arrival, Demand, arrivals

FRAMES = 12


def write_film(file: Path, codec: str = "libx264", container: str | None = None) -> Path:
    """A second and a bit at 10 frames a second, each picture brighter than the one before."""
    with av.open(str(file), "w", format=container) as film:
        stream = film.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for number in range(FRAMES):
            picture = av.VideoFrame.from_ndarray(np.full((36, 64, 3), 20 * number, np.uint8), "bgr24")
            film.mux(stream.encode(picture))
        film.mux(stream.encode(None))
    return file


def camera(url: str, kind: SourceKind = SourceKind.FILE, user: str = "") -> Camera:
    return Camera(CameraId("film"), "Film", kind, url, user)


def opened(file: Path, clock: FakeClock | None = None) -> tuple[PyavSource, FakeInterrupt]:
    clock = clock or FakeClock()
    interrupt = FakeInterrupt(clock)
    return open_stream(camera(str(file)), "", interrupt, clock), interrupt


def played(file: Path, packets: int, clock: FakeClock | None = None) -> list[Arrival]:
    """The first arrivals with a packet, without waiting for real."""
    source, _ = opened(file, clock)
    try:
        return list(islice((each for each in arrivals(source) if each.packet or each.frames), packets))
    finally:
        source.close()


def failure(url: str) -> VigintError:
    with pytest.raises(VigintError) as caught:
        open_stream(camera(url), "", threading.Event(), FakeClock())
    return caught.value


def test_it_says_what_the_stream_is(tmp_path: Path) -> None:
    source, _ = opened(write_film(tmp_path / "film.mp4"))
    facts = source.facts
    source.close()
    assert (facts.codec, facts.width, facts.height, facts.frames_per_s) == ("h264", 64, 36, 10.0)
    assert facts.warning is None
    assert facts.header


def test_a_file_plays_at_its_own_speed(tmp_path: Path) -> None:
    clock = FakeClock(mono_s=100.0)
    packets = [each.packet for each in played(write_film(tmp_path / "film.mp4"), FRAMES, clock) if each.packet]
    times = [packet.at.mono_s for packet in packets]
    assert np.diff(times) == pytest.approx([0.1] * (len(times) - 1), abs=0.01)


def test_a_loop_has_no_seam(tmp_path: Path) -> None:
    brought = played(write_film(tmp_path / "film.mp4"), 4 * FRAMES)
    media = [frame.at.media_s for each in brought for frame in each.frames]
    assert len(media) > 3 * FRAMES
    assert np.diff(media) == pytest.approx([0.1] * (len(media) - 1), abs=0.001)
    dts = [each.packet.dts for each in brought if each.packet]
    assert all(later > earlier for earlier, later in pairwise(dts))


def test_pictures_come_in_the_order_in_which_they_were_taken(tmp_path: Path) -> None:
    brought = played(write_film(tmp_path / "film.mp4"), 2 * FRAMES)
    light = [int(frame.picture.to_ndarray(format="gray").mean()) for each in brought for frame in each.frames]
    assert light[:FRAMES] == sorted(light[:FRAMES])
    assert light[FRAMES] < light[FRAMES - 1]


def test_packets_keep_their_bytes_keys_and_presentation_times(tmp_path: Path) -> None:
    file = write_film(tmp_path / "film.mp4")
    with av.open(str(file)) as film:
        originals = [bytes(packet) for packet in film.demux(video=0) if packet.size]
    packets = [each.packet for each in played(file, FRAMES) if each.packet]
    assert [packet.data for packet in packets] == originals[: len(packets)]
    assert packets[0].is_key
    assert all(packet.pts >= packet.dts for packet in packets)
    assert packets[1].dts - packets[0].dts == TICKS_PER_S // 10


@pytest.mark.parametrize(
    ("name", "codec"),
    [("film.mkv", "libx264"), ("film.avi", "mjpeg"), ("film.mp4", "libx265"), ("film.h264", "libx264")],
)
def test_other_codecs_and_containers_play_and_loop(name: str, codec: str, tmp_path: Path) -> None:
    brought = played(write_film(tmp_path / name, codec), 3 * FRAMES)
    media = [frame.at.media_s for each in brought for frame in each.frames]
    assert len(media) >= 2 * FRAMES
    assert media == sorted(media)


def test_an_interrupt_ends_it(tmp_path: Path) -> None:
    source, interrupt = opened(write_film(tmp_path / "film.mp4"))
    brought = arrivals(source)
    next(brought)
    interrupt.set()
    assert next(brought).packet
    source.close()


def test_bad_files_are_named(tmp_path: Path) -> None:
    text, empty, sound = tmp_path / "text.mp4", tmp_path / "empty.mp4", tmp_path / "sound.mp4"
    text.write_text("this is a text\n" * 100)
    (tmp_path / "notes.txt").write_text("this is a text\n" * 100)
    empty.touch()
    with av.open(str(sound), "w") as container:
        stream = container.add_stream("aac", rate=48000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 48000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48000
        container.mux([*stream.encode(frame), *stream.encode(None)])
    assert failure(str(text)).code is Code.CAMERA_NOT_VIDEO
    assert failure(str(tmp_path / "notes.txt")).code is Code.CAMERA_NOT_VIDEO
    assert failure(str(empty)).code is Code.CAMERA_EMPTY
    assert failure(str(sound)).code is Code.CAMERA_NO_VIDEO_STREAM
    assert failure(str(tmp_path / "missing.mp4")).code is Code.CAMERA_NOT_FOUND
    assert failure(str(tmp_path)).code is Code.CAMERA_NOT_VIDEO


def test_a_file_without_its_index_is_truncated(tmp_path: Path) -> None:
    whole = write_film(tmp_path / "film.mp4").read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: len(whole) // 2])
    assert failure(str(cut)).code is Code.CAMERA_TRUNCATED


def test_a_file_that_breaks_off_plays_what_is_there_and_says_so(footage: Path, tmp_path: Path) -> None:
    with (
        av.open(str(footage / "gate" / "Normal_39.mp4")) as film,
        av.open(str(tmp_path / "index_first.mp4"), "w", container_options={"movflags": "+faststart"}) as copy,
    ):
        stream = copy.add_stream_from_template(film.streams.video[0])
        for packet in film.demux(video=0):
            if packet.size:
                packet.stream = stream
                copy.mux(packet)
    whole = (tmp_path / "index_first.mp4").read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: len(whole) // 2])
    source, _ = opened(cut)
    brought = list(islice(arrivals(source), 20))
    source.close()
    assert source.facts.warning is Code.CAMERA_TRUNCATED
    assert sum(len(each.frames) for each in brought) > 10


def test_a_file_that_vanishes_while_it_plays_is_not_found(tmp_path: Path) -> None:
    file = write_film(tmp_path / "film.mp4")
    source, _ = opened(file)
    brought = arrivals(source)
    next(brought)
    file.unlink()
    with pytest.raises(VigintError) as caught:
        list(islice(brought, 3 * FRAMES))
    source.close()
    assert caught.value.code is Code.CAMERA_NOT_FOUND


def test_a_play_list_opens_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "list.m3u8"
    file.write_text("#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/clip.ts\n#EXT-X-ENDLIST\n")
    assert failure(str(file)).code in {Code.CAMERA_NOT_VIDEO, Code.CAMERA_NO_VIDEO_STREAM}


@pytest.mark.parametrize(
    ("asked", "password", "address"),
    [
        (camera("rtsp://127.0.0.1/s", SourceKind.RTSP), "", "rtsp://127.0.0.1/s"),
        (camera("rtsp://127.0.0.1:5/s?a=1", SourceKind.RTSP, "guard"), "p", "rtsp://guard:p@127.0.0.1:5/s?a=1"),
        (
            camera("http://127.0.0.1/v", SourceKind.MJPEG, "a@b"),
            "p/:?#@ é",
            "http://a%40b:p%2F%3A%3F%23%40%20%C3%A9@127.0.0.1/v",
        ),
        (
            camera("http://127.0.0.1/v?user={user}&pwd={password}", SourceKind.MJPEG, "guard"),
            "p&w",
            "http://guard:p%26w@127.0.0.1/v?user=guard&pwd=p%26w",
        ),
        (
            camera("rtsp://127.0.0.1/user={user}_password={password}_channel=1.sdp", SourceKind.RTSP, "guard"),
            "p{user}",
            "rtsp://guard:p%7Buser%7D@127.0.0.1/user=guard_password=p%7Buser%7D_channel=1.sdp",
        ),
        (camera("/clips/a@b.mp4", SourceKind.FILE, "guard"), "p", "/clips/a@b.mp4"),
        (camera("/dev/video2", SourceKind.USB), "", "/dev/video2"),
    ],
)
def test_the_password_is_put_into_the_address_only_for_the_network(asked: Camera, password: str, address: str) -> None:
    assert address_of(asked, password) == address


def test_a_device_number_is_a_device_on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert address_of(camera("0", SourceKind.USB), "") == "/dev/video0"


@pytest.mark.parametrize("url", ["nonsense", "/etc/hostname", "file:///etc/hostname", "http://[::1", "rtsp://a:b/"])
@pytest.mark.parametrize("kind", [SourceKind.RTSP, SourceKind.MJPEG])
def test_what_is_no_address_of_a_camera_is_not_found(url: str, kind: SourceKind) -> None:
    with pytest.raises(VigintError) as caught:
        open_stream(camera(url, kind, "guard"), "pa55word", threading.Event(), FakeClock())
    assert caught.value.code in {Code.CAMERA_NOT_FOUND, Code.CAMERA_UNREACHABLE}
    assert "pa55word" not in f"{caught.value!r} {caught.value.detail}"


def test_a_stream_that_nobody_wants_is_read_and_not_decoded_until_somebody_does(tmp_path: Path) -> None:
    source, _ = opened(write_film(tmp_path / "film.mp4"))
    brought: list[Arrival] = []
    try:
        source.want(Demand(watched=False))
        for each in arrivals(source):
            brought.append(each)
            if len([one for one in brought if one.packet]) == FRAMES // 2:
                source.want(Demand(64, 36))
            if len([one for one in brought if one.packet]) == 3 * FRAMES:
                break
    finally:
        source.close()
    frames = [len(each.frames) for each in brought if each.packet]
    assert not any(frames[: FRAMES // 2])
    assert sum(frames[FRAMES:]) >= FRAMES, "from the next key frame on, the film's next beginning"
    assert not any(each.effort.passing_over for each in brought), "nobody missed anything"


def test_no_password_in_what_the_library_says() -> None:
    unreachable = camera("rtsp://127.0.0.1:9/stream", SourceKind.RTSP, "guard")
    with pytest.raises(VigintError) as caught:
        open_stream(unreachable, "pa55word", threading.Event(), FakeClock())
    assert caught.value.code is Code.CAMERA_UNREACHABLE
    assert "pa55word" not in f"{caught.value!r} {caught.value.detail}"
    assert caught.value.__suppress_context__
