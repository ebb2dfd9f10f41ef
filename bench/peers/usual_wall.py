"""The usual way to show cameras: ``cv2.VideoCapture`` and resize in a thread each, a signal a frame, pixmaps on labels.

``python -m bench.peers.usual_wall --tile 344x194 --duration 10 URL...`` prints ``{"shown": n, "read": n}``. The tiles
are as large as the product's in the same window, there is no gate, nothing is kept and no word is written.
"""

import argparse
import json
import sys
import threading

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication, QGridLayout, QLabel, QWidget


class Reader(QObject):
    """One camera in a thread of its own."""

    frame_read = Signal(object)

    def __init__(self, url: str, size: tuple[int, int]) -> None:
        super().__init__()
        self.read = 0
        self._url = url
        self._size = size
        self._stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, name="usual", daemon=True)

    def stop(self) -> None:
        """End after the frame that is being read."""
        self._stopping.set()

    def _run(self) -> None:
        capture = cv2.VideoCapture(self._url, cv2.CAP_FFMPEG)
        while not self._stopping.is_set():
            good, picture = capture.read()
            if not good:
                break
            self.read += 1
            small = cv2.resize(picture, self._size)
            self.frame_read.emit(cv2.cvtColor(small, cv2.COLOR_BGR2RGB))
        capture.release()


class Pane(QLabel):
    """Shows one camera."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = 0

    def show_frame(self, picture: NDArray[np.uint8]) -> None:
        """Put a frame on the screen."""
        height, width = picture.shape[:2]
        image = QImage(picture.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        self.setPixmap(QPixmap.fromImage(image))
        self.shown += 1


def main() -> None:
    given = _arguments()
    application = QApplication(sys.argv[:1])
    window = QWidget()
    grid = QGridLayout(window)
    columns = max(1, round(len(given.urls) ** 0.5))
    width, height = (int(side) for side in given.tile.split("x"))
    panes, readers = [], []
    for place, url in enumerate(given.urls):
        pane, reader = Pane(), Reader(url, (width, height))
        reader.frame_read.connect(pane.show_frame)
        grid.addWidget(pane, *divmod(place, columns))
        panes.append(pane)
        readers.append(reader)
    window.resize(1920, 1080)
    window.show()
    for reader in readers:
        reader.thread.start()
    QTimer.singleShot(round(given.duration * 1000), application.quit)
    application.exec()
    print(json.dumps({"shown": sum(pane.shown for pane in panes), "read": sum(reader.read for reader in readers)}))
    for reader in readers:
        reader.stop()
    for reader in readers:
        reader.thread.join(5)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench.peers.usual_wall", description=__doc__)
    parser.add_argument("urls", nargs="+", metavar="URL")
    parser.add_argument("--tile", default="480x270", metavar="WxH")
    parser.add_argument("--duration", type=float, default=10.0, metavar="S")
    return parser.parse_args()


if __name__ == "__main__":
    main()
