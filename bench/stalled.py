"""``python -m bench.stalled``: the desktop, whose window thread stands still for 5 s whenever it gets SIGUSR1."""

import signal
import sys
import time

from vigint_desktop.cli import main

STALL_S = 5.0

if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, lambda *_: time.sleep(STALL_S))
    sys.exit(main())
