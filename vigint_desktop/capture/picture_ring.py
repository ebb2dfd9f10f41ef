"""The last half minute of a camera in small pictures: what windows are made of without decoding anything again."""

import threading
from collections import deque

from vigint_core.domain.frame import Picture
from vigint_core.media.redact import NOTHING_COVERED, Redaction


class PictureRing:
    """Pictures of the last ``span_s`` seconds in order. Thread-safe.

    At two pictures of 640x360 a second, 32 s are 64 pictures or 21 MiB. What privacy zones cover never gets in, and is
    taken out of what is there when a zone is drawn: windows and stills are made of these pictures alone.
    """

    def __init__(self, span_s: float = 32.0, most: int = 128) -> None:
        """``most`` bounds the count where a camera's clock runs wild; twice what two a second need."""
        self._span_s = span_s
        self._pictures: deque[Picture] = deque(maxlen=most)
        self._redaction = NOTHING_COVERED
        self._lock = threading.Lock()

    def add(self, picture: Picture) -> None:
        """Keep one picture, and let go of those that are too old."""
        oldest_s = picture.at.mono_s - self._span_s
        with self._lock:
            self._pictures.append(self._redaction.of_picture(picture))
            while self._pictures[0].at.mono_s < oldest_s:
                self._pictures.popleft()

    def redact(self, redaction: Redaction) -> None:
        """Cover these privacy zones from now on, also in the pictures that are there."""
        with self._lock:
            self._redaction = redaction
            covered = [redaction.of_picture(picture) for picture in self._pictures]
            self._pictures.clear()
            self._pictures.extend(covered)

    def between(self, start_mono_s: float, end_mono_s: float) -> tuple[Picture, ...]:
        """The pictures that arrived in ``[start, end)`` of monotonic time, oldest first."""
        with self._lock:
            return tuple(each for each in self._pictures if start_mono_s <= each.at.mono_s < end_mono_s)
