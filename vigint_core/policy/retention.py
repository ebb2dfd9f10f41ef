"""What has to go when a folder grows beyond its limit: the oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """One file: its name, its size in bytes, and since when it lies there (Unix time)."""

    name: str
    size: int
    since_s: float


def surplus(files: Sequence[Kept], most_bytes: int) -> list[str]:
    """Names of the oldest files whose removal brings the sum down to ``most_bytes``; empty while there is room."""
    excess = sum(file.size for file in files) - most_bytes
    gone: list[str] = []
    for file in sorted(files, key=lambda f: (f.since_s, f.name)):
        if excess <= 0:
            break
        gone.append(file.name)
        excess -= file.size
    return gone
