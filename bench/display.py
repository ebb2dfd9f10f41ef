"""An X server to show windows on."""

from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import DEVNULL, PIPE, Popen

WINDOW = "1920x1080"


@contextmanager
def display() -> Iterator[dict[str, str]]:
    """A screen of 1920x1080 on the first free number, as environment variables; ended by its process id."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{WINDOW}x24", "-nolisten", "tcp"]
    with Popen(command, stdout=PIPE, stderr=DEVNULL, text=True) as server:
        try:
            number = server.stdout.readline().strip() if server.stdout else "0"
            yield {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
        finally:
            server.terminate()
