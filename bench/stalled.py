"""``python -m bench.stalled``: the desktop, whose window thread stands still for 5 s whenever it gets SIGUSR1.

It does so between two events, as a slow slot would, not in the middle of a paint.
"""

import signal
import sys
import time

from PySide6.QtCore import QTimer

from vigint_desktop.cli import main

STALL_S = 5.0

if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, lambda *_: QTimer.singleShot(0, lambda: time.sleep(STALL_S)))
    sys.exit(main())
