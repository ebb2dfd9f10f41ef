"""What a found camera becomes: its streams in words, which of them to take, and the draft that is added. No Qt."""

from collections.abc import Container, Sequence
from typing import Final

from vigint_core.domain.sign_in import SignIn
from vigint_core.domain.status import FoundCamera, FoundStream
from vigint_desktop.ui.dialogs.camera_draft import CameraDraft
from vigint_desktop.ui.text import Texts

_SUB_WIDTH: Final = 640
"""Pixels: what the gate and the windows look at, and about a tile of a 3 x 3 wall; a larger small stream is a waste."""
_NARROWEST: Final = 320
_CODEC_NAMES: Final = {"h264": "H.264", "h265": "H.265", "hevc": "H.265", "jpeg": "MJPEG", "mjpeg": "MJPEG"}


def main_and_sub(streams: Sequence[FoundStream]) -> tuple[int, int | None]:
    """Places of the streams to take: the largest, and the small one that suits best, or None where none does.

    A small stream has at most half the pixels of the main one and is not too narrow to see anything; of those the one
    nearest to what the gate and the windows need. A stream that does not say its size is never the small one.
    """
    main = max(range(len(streams)), key=lambda place: _pixels(streams[place]))
    small = [
        place
        for place, stream in enumerate(streams)
        if place != main and stream.width >= _NARROWEST and 2 * _pixels(stream) <= _pixels(streams[main])
    ]
    return main, min(small, key=lambda place: abs(streams[place].width - _SUB_WIDTH), default=None)


def stream_words(stream: FoundStream, texts: Texts) -> str:
    """One stream in a line: its size, codec and rate as far as it says them, else its name."""
    said = [
        f"{stream.width} × {stream.height}" if stream.width and stream.height else "",
        _CODEC_NAMES.get(stream.codec.lower(), stream.codec),
        texts("discovery.rate", rate=f"{stream.frames_per_s:.3g}") if stream.frames_per_s else "",
    ]
    return ", ".join(filter(None, said)) or stream.name or stream.url


def name_of(found: FoundCamera, taken: Container[str]) -> str:
    """What to call it: its own name, its model or its host; with the host where another has that name."""
    wanted = found.name.strip() or found.hardware.strip() or found.host
    return wanted if wanted not in taken or wanted == found.host else f"{wanted} {found.host}"


def known_as(found: FoundCamera, drafts: Sequence[CameraDraft]) -> str:
    """The name of a camera at the same host that is in the list already, or ""."""
    host = found.host.casefold()
    return next((draft.name.strip() for draft in drafts if host and draft.host.casefold() == host), "")


def draft_of(name: str, main: FoundStream, sub: FoundStream | None, sign_in: SignIn) -> CameraDraft:
    """The camera that is added; the password goes into its own field, never into an address."""
    bare = CameraDraft(name=name).with_address(main.url).with_sub_address(sub.url if sub else "")
    own = CameraDraft(name=name, address=bare.address, sub_address=bare.sub_address)
    return own.signed_in(sign_in.user, sign_in.password)


def _pixels(stream: FoundStream) -> int:
    return stream.width * stream.height
