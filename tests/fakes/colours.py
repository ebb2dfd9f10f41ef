"""Cameras that can be told apart from afar: each shows one colour, with a little noise so that it is not frozen."""

import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

COLOURS = ("red", "green", "blue", "magenta")
_LEAST_PX = 1500  # a smaller patch is a sign or a word of the window


def colour_clip(folder: Path, colour: str) -> Path:
    """Four seconds of one colour as H.264, made with ffmpeg."""
    file = folder / f"{colour}.mp4"
    shade = "lime" if colour == "green" else colour
    words = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"color={shade}:s=320x180:r=10:d=4"]
    filters = ["-vf", "noise=alls=10:allf=t", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    subprocess.run([*words, *filters, "-g", "10", "-y", str(file)], check=True, timeout=60)
    return file


def _mask(screen: NDArray[np.uint8], colour: str) -> NDArray[np.bool_]:
    red, green, blue = (screen[..., channel].astype(np.int16) for channel in range(3))
    strong = screen.max(axis=2) > 40
    return {
        "red": strong & (red > 2.2 * np.maximum(green, blue)),
        "green": strong & (green > 2.2 * np.maximum(red, blue)),
        "blue": strong & (blue > 2.2 * np.maximum(red, green)),
        "magenta": (np.minimum(red, blue) > np.maximum(70, 2.2 * green)),
    }[colour]


def areas(screen: NDArray[np.uint8]) -> dict[str, int]:
    """How many pixels each colour covers; colours that are not on screen are missing."""
    found = {colour: int(_mask(screen, colour).sum()) for colour in COLOURS}
    return {colour: count for colour, count in found.items() if count >= _LEAST_PX}


def middles(screen: NDArray[np.uint8]) -> dict[str, tuple[int, int]]:
    """Where the middle of each colour on screen is, as (x, y)."""
    found = {}
    for colour in areas(screen):
        rows, columns = np.nonzero(_mask(screen, colour))
        found[colour] = (int(np.median(columns)), int(np.median(rows)))
    return found


def brightness(screen: NDArray[np.uint8], colour: str) -> float:
    """How bright a colour is where it is on screen, 0 to 255; 0 when it is not. Words lie over a veiled picture."""
    mask = _mask(screen, colour)
    return float(screen.max(axis=2)[mask].mean()) if mask.sum() >= _LEAST_PX else 0.0
