"""Waiting for what another process does: by looking again and again, with an end."""

import threading
import time
from collections.abc import Callable


def wait_until(holds: Callable[[], bool], timeout_s: float = 30.0, every_s: float = 0.05) -> bool:
    """Whether ``holds`` comes true within ``timeout_s`` seconds."""
    end_s = time.monotonic() + timeout_s
    never = threading.Event()
    while not holds():
        if time.monotonic() >= end_s:
            return False
        never.wait(every_s)
    return True
