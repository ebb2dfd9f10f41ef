"""What a clip of the past costs, and what a camera's two rings hold in memory: measured in a process of their own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any

import av
import numpy as np

from vigint_core.domain.frame import Moment, Picture
from vigint_core.domain.ids import CameraId
from vigint_core.domain.window import Span
from vigint_core.media.clip import film
from vigint_core.media.container import stream_header
from vigint_core.media.packets import TICKS_PER_S, EncodedPacket
from vigint_desktop.capture.packet_ring import PacketRing
from vigint_desktop.capture.picture_ring import PictureRing

_ROOT = Path(__file__).parents[1]
_CLIP_S = 30.0
_MEMORY_S = 180.0  # of packets that go through the rings: three times what they keep
_CAMERAS = 8  # measured together: one alone would hide in what the process holds anyway
_PICTURE_SHAPE = (360 * 3 // 2, 640)


def measure(stream: Path, times: int = 20) -> dict[str, Any]:
    """The stream's figures, from a fresh process: memory is that of the rings and of nothing else."""
    command = [sys.executable, "-m", "bench.clips", str(stream), str(times)]
    done = subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True, timeout=300, check=True)
    return json.loads(done.stdout)


def _main(stream: Path, times: int) -> dict[str, Any]:
    header, packets = _packets(stream)
    ring = PacketRing()
    ring.begin(header, "h264")
    for packet in _endless(packets, 60.0):
        ring.add(packet)
    return {"file": stream.name, "cut": _cut(ring, times), "rings": _rings(header, packets)}


def _cut(ring: PacketRing, times: int) -> dict[str, Any]:
    """Milliseconds from asking for 30 s out of the middle to the bytes of the MP4."""
    taken_ms = []
    for _ in range(times):
        started = time.perf_counter()
        cut = ring.cut(Span(20.0, 20.0 + _CLIP_S))
        if cut is None:
            raise ValueError("the ring holds no half minute")
        file = film(cut)
        taken_ms.append((time.perf_counter() - started) * 1000)
    return {
        "seconds": _CLIP_S,
        "packets": len(cut.packets),
        "mib": len(file) / 1024**2,
        "times": times,
        "median_ms": median(taken_ms),
        "max_ms": max(taken_ms),
    }


def _rings(header: bytes, packets: list[EncodedPacket]) -> dict[str, Any]:
    """Resident memory of one camera's two rings, full, after their content has been replaced twice."""
    before = _rss_mib()
    kept = [_filled(header, packets) for _ in range(_CAMERAS)]
    mib = (_rss_mib() - before) / _CAMERAS
    return {
        "cameras": _CAMERAS,
        "mib_a_camera": mib,
        "packets_mib": kept[0][0].bytes_kept / 1024**2,
        "pictures": len(kept[0][1].between(0.0, float("inf"))),
        "dropped": sum(ring.dropped for ring, _ in kept),
    }


def _filled(header: bytes, packets: list[EncodedPacket]) -> tuple[PacketRing, PictureRing]:
    ring, pictures = PacketRing(), PictureRing()
    ring.begin(header, "h264")
    due_s = 0.0
    for packet in _endless(packets, _MEMORY_S):
        ring.add(replace(packet, data=bytes(bytearray(packet.data))))  # each camera has bytes of its own
        if packet.at.mono_s >= due_s:
            due_s += 0.5
            pictures.add(Picture(CameraId("camera"), packet.at, 640, 360, np.full(_PICTURE_SHAPE, 90, np.uint8)))
    return ring, pictures


def _endless(packets: list[EncodedPacket], seconds: float) -> Iterator[EncodedPacket]:
    """The packets over and over, at times that go on."""
    step = packets[1].dts - packets[0].dts
    for number, packet in enumerate(cycle(packets)):
        at_s = number * step / TICKS_PER_S
        if at_s >= seconds:
            return
        shift = number * step - packet.dts
        at = Moment(at_s, at_s, at_s)
        yield replace(packet, pts=packet.pts + shift, dts=packet.dts + shift, at=at)


def _packets(stream: Path) -> tuple[bytes, list[EncodedPacket]]:
    nowhen = Moment(0.0, 0.0, 0.0)
    with av.open(str(stream)) as container:
        video = container.streams.video[0]
        scale = float(video.time_base or 0) * TICKS_PER_S
        found = [
            EncodedPacket(bytes(each), round(each.pts * scale), round(each.dts * scale), each.is_keyframe, nowhen)
            for each in container.demux(video)
            if each.pts is not None and each.dts is not None
        ]
        return stream_header(video), found


def _rss_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


if __name__ == "__main__":
    print(json.dumps(_main(Path(sys.argv[1]), int(sys.argv[2]))))
