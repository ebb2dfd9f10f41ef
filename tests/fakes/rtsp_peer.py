"""A real RTSP camera, or many: GStreamer's server, run by the system's Python in a process of its own.

Usage: ``/usr/bin/python3 tests/fakes/rtsp_peer.py '{"port": 0, "streams": {"/camera": {"file": "film.mp4"}}}'``.
Prints ``{"port": N}`` when it answers, and ends when its standard input does. ``user`` and ``password`` beside ``port``
lock every stream. Each client of a stream gets a player of its own, so one stream is as many cameras as open it.

What a stream may say, beside ``file`` (MP4, AVI, Matroska, or raw H.264 or H.265):

    rate          frames a second where the file has no times of its own (raw files); 25 unless told
    once          the stream ends with the file; otherwise the file begins again, without a seam, for ever
    start         the number of the packet to begin with, so a player sees a stream from the middle of a group
    loss          share of RTP packets that are never sent, drawn by ``random.Random(0)``: the same ones every time
    hang_after_s  from here on the connection stays open and nothing comes
    transports    "tcp" or "udp" where it refuses the other
"""

import json
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gi  # type: ignore[import-untyped]  # Debian's python3-gi, not in the project's environment

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # type: ignore[import-untyped]  # noqa: E402 - see above

_WHOLE_PICTURES = "stream-format=byte-stream,alignment=au"
_PARSERS = {
    "video/x-h264": f"h264parse config-interval=-1 ! capsfilter caps=video/x-h264,{_WHOLE_PICTURES}",
    "video/x-h265": f"h265parse config-interval=-1 ! capsfilter caps=video/x-h265,{_WHOLE_PICTURES}",
    "image/jpeg": "jpegparse",
}
"""The parameters stand before every key frame, so whoever comes in between can begin at the next one."""
_PAYLOADERS = {
    "video/x-h264": "rtph264pay config-interval=1",
    "video/x-h265": "rtph265pay config-interval=1",
    "image/jpeg": "rtpjpegpay",
}
_READING_S = 20  # a file that gives nothing for this long is not one


@dataclass(frozen=True)
class Film:
    """A file's packets, read once for all who play it.

    Attributes:
        caps: what they are, as GStreamer says it.
        packets: the buffers with their presentation and decoding times in nanoseconds from the first.
        round_ns: how long the film is; the next round begins then.
    """

    caps: Any
    packets: list[tuple[Any, int, int]]
    round_ns: int


def read(file: str, rate: float) -> Film:
    """Take a file apart, without decoding it."""
    samples = _samples(file)
    if not samples:
        sys.exit(f"nothing to play in {Path(file).name}")
    frame_ns = round(Gst.SECOND / rate)
    packets, begin_ns = [], samples[0].get_buffer().dts
    for number, sample in enumerate(samples):
        buffer, due_ns = sample.get_buffer(), number * frame_ns
        if Gst.CLOCK_TIME_NONE in (begin_ns, buffer.pts, buffer.dts):
            packets.append((buffer, due_ns, due_ns))
        else:
            packets.append((buffer, buffer.pts - begin_ns, buffer.dts - begin_ns))
    last_ns = packets[-1][2] - packets[-2][2] if len(packets) > 1 else frame_ns
    return Film(samples[0].get_caps(), packets, packets[-1][2] + last_ns)


def _samples(file: str) -> list[Any]:
    """Everything of the first stream of pictures."""
    pipeline = Gst.parse_launch("filesrc name=file ! parsebin name=apart appsink name=taken sync=false max-buffers=0")
    taken = pipeline.get_by_name("taken")
    pipeline.get_by_name("file").set_property("location", file)
    pipeline.get_by_name("apart").connect("pad-added", _link, pipeline, taken)
    pipeline.set_state(Gst.State.PLAYING)
    samples = []
    while sample := taken.emit("try-pull-sample", _READING_S * Gst.SECOND):
        samples.append(sample)
    pipeline.set_state(Gst.State.NULL)
    return samples


def _link(_apart: Any, pad: Any, pipeline: Any, taken: Any) -> None:
    parser = _PARSERS.get(pad.query_caps(None).get_structure(0).get_name())
    if parser is None or taken.get_static_pad("sink").is_linked():
        return  # sound
    chain = Gst.parse_bin_from_description(parser, ghost_unlinked_pads=True)
    pipeline.add(chain)
    pad.link(chain.get_static_pad("sink"))
    chain.link(taken)
    chain.sync_state_with_parent()


class Player:
    """Feeds one client with a film, packet by packet, as fast as GStreamer asks for it."""

    def __init__(self, source: Any, film: Film, wanted: dict[str, Any]) -> None:
        self._film = film
        self._number = wanted.get("start", 0)
        self._begin_ns = film.packets[self._number][2]
        self._once = wanted.get("once", False)
        self._hang_ns = wanted.get("hang_after_s", 0) * Gst.SECOND
        source.set_property("caps", film.caps)
        source.connect("need-data", self._feed)

    def _feed(self, source: Any, _: int) -> None:
        rounds, index = divmod(self._number, len(self._film.packets))
        if rounds and self._once:
            source.emit("end-of-stream")
            return
        buffer, pts_ns, dts_ns = self._film.packets[index]
        shift_ns = rounds * self._film.round_ns - self._begin_ns
        if self._hang_ns and dts_ns + shift_ns > self._hang_ns:
            return
        again = buffer.copy()
        again.pts, again.dts = max(0, pts_ns + shift_ns), dts_ns + shift_ns
        self._number += 1
        source.emit("push-buffer", again)


class Loss:
    """A network that does not deliver every packet."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._chance = random.Random(0)

    def put_on(self, pad: Any) -> None:
        """Let only some of a payloader's packets through."""
        pad.add_probe(Gst.PadProbeType.BUFFER, self._let_through)
        pad.add_probe(Gst.PadProbeType.BUFFER_LIST, self._split)

    def _let_through(self, _pad: Any, _info: Any) -> Any:
        return Gst.PadProbeReturn.DROP if self._chance.random() < self._share else Gst.PadProbeReturn.OK

    def _split(self, pad: Any, info: Any) -> Any:
        """The packets of one picture come together; each has its own fate."""
        packets = info.get_buffer_list()
        for number in range(packets.length()):
            pad.push(packets.get(number))
        return Gst.PadProbeReturn.DROP


class Mount:
    """One address of the server."""

    def __init__(self, wanted: dict[str, Any]) -> None:
        self._wanted = wanted
        self._film = film = read(wanted["file"], wanted.get("rate") or 25)
        payloader = _PAYLOADERS[film.caps.get_structure(0).get_name()]
        self.factory = GstRtspServer.RTSPMediaFactory()
        self.factory.set_launch(f"( appsrc name=feed format=time ! {payloader} name=pay0 pt=96 )")
        self.factory.connect("media-configure", self._configure)
        if transport := wanted.get("transports"):
            lower = GstRtsp.RTSPLowerTrans
            self.factory.set_protocols(lower.TCP if transport == "tcp" else lower.UDP)

    def _configure(self, _factory: Any, media: Any) -> None:
        bin_ = media.get_element()
        Player(bin_.get_by_name("feed"), self._film, self._wanted)  # lives as long as what it feeds
        if share := self._wanted.get("loss", 0):
            Loss(share).put_on(bin_.get_by_name("pay0").get_static_pad("src"))


def protect(server: Any, factories: list[Any], user: str, password: str) -> None:
    """Let in only who knows the password; the others get 401."""
    role = "guard"
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, role)
    auth = GstRtspServer.RTSPAuth()
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    for factory in factories:
        permissions = GstRtspServer.RTSPPermissions()
        for right in (GstRtspServer.RTSP_PERM_MEDIA_FACTORY_ACCESS, GstRtspServer.RTSP_PERM_MEDIA_FACTORY_CONSTRUCT):
            permissions.add_permission_for_role(role, right, True)
        factory.set_permissions(permissions)


def main(wanted: dict[str, Any]) -> None:
    """Serve until standard input ends."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(wanted.get("port", 0)))
    mounts = {path: Mount(stream) for path, stream in wanted["streams"].items()}
    if wanted.get("user"):
        protect(server, [mount.factory for mount in mounts.values()], wanted["user"], wanted["password"])
    for path, mount in mounts.items():
        server.get_mount_points().add_factory(path, mount.factory)
    if not server.attach(None):
        sys.exit("the port is taken")
    loop = GLib.MainLoop()
    GLib.io_add_watch(sys.stdin.fileno(), GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, lambda *_: loop.quit())
    print(json.dumps({"port": server.get_bound_port()}), flush=True)
    loop.run()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
