"""Small video files made on the spot: good ones, and every kind of file that is not what it says."""

import io
from typing import Any

import av
import numpy as np


def mp4(width: int = 320, height: int = 180, *, frames: int = 20, fps: int = 2, codec: str = "libx264") -> bytes:
    """A video of a bright bar that wanders over a dark ground."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream: Any = container.add_stream(codec, rate=fps)
        if codec == "libx265":
            stream.options = {"x265-params": "log-level=none"}
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(_bar(width, height, number), format="yuv420p")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()


def with_sound(*, video: bool) -> bytes:
    """One second of sound, with or without a video track beside it."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        pictures: Any = container.add_stream("libx264", rate=2) if video else None
        sound: Any = container.add_stream("aac", rate=16000, layout="mono")
        if pictures is not None:
            pictures.width, pictures.height, pictures.pix_fmt = 320, 180, "yuv420p"
            for number in range(2):
                frame = av.VideoFrame.from_ndarray(_bar(320, 180, number), format="yuv420p")
                frame.pts = number
                container.mux(pictures.encode(frame))
            container.mux(pictures.encode())
        for number in range(16):
            samples = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            samples.sample_rate, samples.pts = 16000, number * 1024
            container.mux(sound.encode(samples))
        container.mux(sound.encode())
    return out.getvalue()


def fragmented() -> bytes:
    """The same video in pieces, as a live stream writes it."""
    out = io.BytesIO()
    with (
        av.open(io.BytesIO(mp4())) as whole,
        av.open(out, "w", format="mp4", options={"movflags": "frag_keyframe+empty_moov"}) as container,
    ):
        stream = container.add_stream_from_template(whole.streams.video[0])
        for packet in whole.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                container.mux(packet)
    return out.getvalue()


def patched(file: bytes, after: bytes, offset: int, value: int, size: int = 4) -> bytes:
    """The file with one number replaced, ``offset`` bytes behind the last place of the box name ``after``."""
    at = file.rindex(after) + len(after) + offset
    return file[:at] + value.to_bytes(size, "big") + file[at + size :]


def _bar(width: int, height: int, number: int) -> Any:
    picture = np.full((height * 3 // 2, width), 40, np.uint8)
    picture[height:] = 128
    left = number * 8 % (width - 16)
    picture[:height, left : left + 16] = 220
    return picture
