"""The real program on a real X display with a window manager, a hand (mouse and keys), an eye (what is on screen)."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.fakes.desktop import command
from tests.fakes.waiting import wait_until

Place = tuple[int, int]


class Desk:
    """Somebody in front of the screen."""

    def __init__(self, display: Mapping[str, str], size: tuple[int, int]) -> None:
        self._environment = {**os.environ, **display}
        self._display = display["DISPLAY"]
        self._size = size

    def key(self, *keys: str) -> None:
        """Press keys one after the other, as X names them: ``Return``, ``ctrl+shift+Right``."""
        self._xdotool("key", "--delay", "40", *keys)

    def type(self, text: str) -> None:
        """Write a text where the keyboard is."""
        self._xdotool("type", "--delay", "20", text)

    def click(self, at: Place, times: int = 1, button: int = 1) -> None:
        """Click somewhere, or double click; button 3 opens a context menu."""
        self._xdotool("mousemove", *self._words(at), "click", "--repeat", str(times), "--delay", "60", str(button))

    def drag(self, start: Place, end: Place) -> None:
        """Press, move in steps as a hand does, let go."""
        self._xdotool("mousemove", *self._words(start), "mousedown", "1")
        for share in (0.05, 0.2, 0.5, 0.8, 1.0):
            step = (round(start[0] + (end[0] - start[0]) * share), round(start[1] + (end[1] - start[1]) * share))
            self._xdotool("mousemove", "--sync", *self._words(step))
        self._xdotool("mouseup", "1")

    def windows(self, name: str) -> list[str]:
        """Ids of the visible windows whose title matches."""
        found = self._run(["xdotool", "search", "--onlyvisible", "--name", name])
        return found.stdout.decode().split() if found.returncode == 0 else []

    def box(self, window: str) -> tuple[int, int, int, int]:
        """Where a window is: left, top, right, bottom."""
        told = self._run(["xdotool", "getwindowgeometry", "--shell", window])
        assert told.returncode == 0, told.stderr.decode()
        at = dict(line.split("=") for line in told.stdout.decode().split())
        left, top = int(at["X"]), int(at["Y"])
        return left, top, left + int(at["WIDTH"]), top + int(at["HEIGHT"])

    def bring_to_front(self, window: str) -> None:
        """Raise a window and give it the keyboard."""
        self._xdotool("windowactivate", "--sync", window)

    def see(self) -> NDArray[np.uint8]:
        """The screen as it is now, shape (height, width, 3), R G B."""
        width, height = self._size
        words = ["ffmpeg", "-v", "error", "-f", "x11grab", "-draw_mouse", "0", "-video_size", f"{width}x{height}"]
        shot = self._run([*words, "-i", self._display, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
        assert shot.returncode == 0, shot.stderr.decode()
        return np.frombuffer(shot.stdout, np.uint8).reshape(height, width, 3)

    def _xdotool(self, *words: str) -> None:
        done = self._run(["xdotool", *words])
        assert done.returncode == 0, done.stderr.decode()

    def _run(self, words: list[str]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(words, env=self._environment, capture_output=True, timeout=30, check=False)

    @staticmethod
    def _words(at: Place) -> tuple[str, str]:
        return str(at[0]), str(at[1])


@contextmanager
def managed(display: Mapping[str, str], size: tuple[int, int]) -> Iterator[Desk]:
    """A desk on a display with a window manager: without one nothing has the keyboard, and nothing fills the screen."""
    manager = subprocess.Popen(
        ["openbox", "--sm-disable"], env={**os.environ, **display}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield Desk(display, size)
    finally:
        manager.terminate()
        manager.wait(30)


@contextmanager
def program(folder: Path, arguments: list[str], display: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The program as a user starts it; asked to leave at the end if it is still there."""
    log = (folder / "output.txt").open("ab")
    process = subprocess.Popen(
        command(folder, arguments),
        env={**os.environ, **display},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)
        log.close()


def left_well(process: subprocess.Popen[bytes]) -> bool:
    """Whether the program ends by itself within a minute, and well."""
    return wait_until(lambda: process.poll() is not None, 60) and process.returncode == 0
