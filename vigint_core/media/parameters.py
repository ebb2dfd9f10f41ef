"""Parameter sets: what a decoder must know before the first picture, where a stream carries it inside its packets.

Many cameras announce nothing and send SPS and PPS (H.265: VPS too) in front of every key frame; some change them in the
middle, when somebody sets another size.
"""

from typing import Final

_START: Final = b"\0\0\1"
_WHOLE_START: Final = b"\0\0\0\1"
_MOST_UNITS: Final = 32  # looked at in one packet; parameters stand before the first slice

_PARAMETERS: Final[dict[str, frozenset[int]]] = {"h264": frozenset({7, 8}), "hevc": frozenset({32, 33, 34})}
_LAST_BEFORE_SLICES: Final[dict[str, frozenset[int]]] = {
    "h264": frozenset({1, 2, 3, 4, 5}),
    "hevc": frozenset(range(32)),
}


def parameter_sets(codec: str, data: bytes) -> bytes:
    """The parameter sets at the front of ``data``, each behind a start code of four bytes; empty where there are none.

    ``data``: a key frame's packet or announced parameters, separated by start codes. Anything else (lengths instead
    of start codes, another codec than ``"h264"`` and ``"hevc"``) holds none for us: then a file tells them apart.
    """
    wanted = _PARAMETERS.get(codec)
    if wanted is None or not data.startswith(_WHOLE_START):  # three bytes alone may be a length
        return b""
    found = b""
    at = data.find(_START) + len(_START)
    for _ in range(_MOST_UNITS):
        kind = _kind(codec, data[at : at + 1])
        if kind is None or kind in _LAST_BEFORE_SLICES[codec]:
            break
        following = data.find(_START, at)
        end = len(data) if following < 0 else following
        if kind in wanted:
            found += _WHOLE_START + data[at:end].rstrip(b"\0")
        if following < 0:
            break
        at = following + len(_START)
    return found


def all_among(found: bytes, known: bytes) -> bool:
    """Whether every set of ``found`` is one of ``known``: a key frame whose packets were lost in part brings fewer."""
    return set(found.split(_WHOLE_START)) <= {b"", *known.split(_WHOLE_START)}


def _kind(codec: str, first: bytes) -> int | None:
    """The type of a unit by its first byte; None where there is no byte any more."""
    if not first:
        return None
    return first[0] & 0x1F if codec == "h264" else first[0] >> 1 & 0x3F
