"""``python -m vigint_desktop`` and the packaged program."""

import sys

from vigint_desktop.cli import main

if __name__ == "__main__":
    sys.exit(main())
