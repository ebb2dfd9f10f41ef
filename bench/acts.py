"""Films of one act each: a room at rest, somebody who handles goods, the labelled act, goods again, and rest.

How long the goods are handled before the act differs from film to film by equal parts of a stride, so that over all of
them the act lies everywhere between the ends of two windows.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import cycle, islice
from pathlib import Path
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

ACT: Final = "Shoplifting_1.mp4"
USUAL: Final = "Normal_82.mp4"
"""The same room, and nothing happens; the second look sees what came before the act, so there must be enough of it."""
FPS: Final = 15
_REST_S: Final = 8.0  # before the first film's people come
_APART_S: Final = 8.0  # between the acts of two films
_LEAD_S: Final = 21.0
_TAIL_S: Final = 5.0
_STRIDE_S: Final = 5.0
_AFTER_S: Final = 12.0  # from the end of the last film's people to the end of the run
Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class ActFilm:
    """One film; times in seconds from its first picture.

    Attributes:
        start_s, end_s: of the act, by its label.
    """

    file: Path
    start_s: float
    end_s: float


def films(footage: Path, folder: Path, count: int) -> tuple[list[ActFilm], float]:
    """So many films, made unless they are there, and how long they must be played, in seconds."""
    label = json.loads((footage / f"{ACT}.labels.json").read_text("utf-8"))
    act_s, end_s = label["incident"]["theft_window"]
    acting, usual = _images(footage / ACT), _images(footage / USUAL)
    leads = [round((_LEAD_S + _STRIDE_S * number / count) * FPS) for number in range(count)]
    rests = [round((_REST_S + _APART_S * number) * FPS) for number in range(count)]
    run = rests[-1] + leads[-1] + len(acting) + round((_TAIL_S + _AFTER_S) * FPS)
    made = []
    for rest, lead in zip(rests, leads, strict=True):
        file = folder / f"rest{rest}-lead{lead}-of{run}.mp4"
        # A film that has ended begins again with its rest, so it need not last to the end of the run.
        after = max(round(_AFTER_S * FPS), run - 2 * rest - lead - len(acting))
        if not file.exists():
            print(f"alert: making {file} ...", flush=True)
            _write(file, _scenes(acting, usual, (rest, lead, after)))
        begins_s = (rest + lead) / FPS
        made.append(ActFilm(file, begins_s + act_s, begins_s + end_s))
    return made, run / FPS


def _scenes(acting: list[Image], usual: list[Image], lengths: tuple[int, int, int]) -> Iterator[Image]:
    rest, lead, after = lengths
    tail = round(_TAIL_S * FPS)
    yield from [usual[0]] * rest
    yield from islice(cycle(usual), lead)
    yield from acting
    yield from usual[:tail]
    yield from [usual[tail]] * after


def _images(file: Path) -> list[Image]:
    with av.open(str(file)) as container:
        return [np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8) for frame in container.decode(video=0)]


def _write(file: Path, images: Iterator[Image]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".part")
    with av.open(str(unfinished), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "20"})
        stream.pix_fmt, stream.gop_size = "yuv420p", FPS
        for number, image in enumerate(images):
            if not number:
                stream.height, stream.width = image.shape[0] * 2 // 3, image.shape[1]
            frame = av.VideoFrame.from_ndarray(image, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    unfinished.replace(file)
