"""Where something was started: the few frames that tell a reader which line to look at."""

import sys
import threading
import traceback
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_HERE = Path(__file__).parent
_DEEPEST = 40  # frames kept; tests of this project are far less deep
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Origin:
    """The stack of a start and the thread that it happened on."""

    stack: traceback.StackSummary
    starter: threading.Thread

    @classmethod
    def here(cls) -> "Origin":
        """The caller's stack. Source lines are read when the origin is shown, not now."""
        frames = traceback.walk_stack(sys._getframe(1))
        stack = traceback.StackSummary.extract(frames, limit=_DEEPEST, lookup_lines=False)
        return cls(stack, threading.current_thread())

    def __str__(self) -> str:
        outside = [frame for frame in self.stack if not Path(frame.filename).is_relative_to(_HERE)]
        ours = [frame for frame in outside if not _is_library(frame.filename)]
        shown = (ours or outside)[:_SHOWN]
        lines = [f"{_short(f.filename)}:{f.lineno} in {f.name}: {f.line}" for f in shown]
        return "\n      called from ".join(lines) or "a place without Python code"


def _is_library(filename: str) -> bool:
    return "site-packages" in filename or filename.startswith((sys.base_prefix, sys.prefix, "<frozen"))


def _short(filename: str) -> str:
    file = Path(filename)
    return str(file.relative_to(_ROOT)) if file.is_relative_to(_ROOT) else filename
