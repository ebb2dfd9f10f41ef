"""``python -m bench.witnessing FOOTAGE SECONDS``: the stand-in that sees what is in a clip, and takes its time for it.

Every answer takes ``SECONDS`` from the last byte of its question, looking included. Prints its address as one line.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

from bench.acts import ACT, USUAL
from tests.fakes.gemini import GeminiStandIn
from tests.fakes.gemini_wire import WireRequest
from tests.fakes.witness import read_reference


@contextmanager
def witnessing(footage: Path, seconds: float) -> Iterator[dict[str, str]]:
    """What makes the desktop ask it; ended by its process id."""
    command = [sys.executable, "-m", "bench.witnessing", str(footage), f"{seconds:g}"]
    with Popen(command, stdout=PIPE, stderr=DEVNULL, text=True) as process:
        try:
            url = process.stdout.readline().strip() if process.stdout else ""
            yield {"GOOGLE_API_KEY": "stand-in-0123456789", "GOOGLE_GEMINI_BASE_URL": url}
        finally:
            process.terminate()


class _Unhurried(GeminiStandIn):
    """Answers when its time has come."""

    takes_s = 0.0

    def answer(self, request: WireRequest) -> tuple[int, bytes] | None:
        """As the stand-in does, later."""
        due_s = time.monotonic() + self.takes_s
        answer = super().answer(request)
        self.wait(max(0.0, due_s - time.monotonic()))
        return answer


def _main(footage: Path, seconds: float) -> None:
    references = [read_reference(footage / name) for name in (ACT, USUAL)]
    stand_in = _Unhurried(references)
    stand_in.takes_s = seconds
    with stand_in:
        print(stand_in.url, flush=True)
        while not stand_in.wait(1.0):
            pass


if __name__ == "__main__":
    _main(Path(sys.argv[1]), float(sys.argv[2]))
