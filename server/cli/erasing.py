"""What erases for good asks first, and says afterwards what is gone."""

import argparse
import sys

from server.cli.printing import tell
from server.config import ConfigError
from server.services.admin.bodies import RemovedView
from server.services.admin.operations import SaidNoError


def confirm(arguments: argparse.Namespace, what: str, word: str) -> None:
    """Have ``word`` typed again, unless ``--yes`` was said. Raises ConfigError where nobody can, SaidNoError."""
    if arguments.yes:
        return
    if not sys.stdin.isatty():
        raise ConfigError("This can't be undone, and nobody is there to be asked: say --yes.")
    print(f"{what} This can't be undone. Type {word} to go on: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().rstrip("\n") != word:
        raise SaidNoError("Nothing was erased.", "conflict")


def tell_removed(arguments: argparse.Namespace, removed: RemovedView) -> None:
    """What is gone."""
    counts = {
        "incidents": removed.incidents,
        "windows": removed.windows,
        "files": removed.files,
        "bytes": removed.bytes,
        "rows": removed.rows,
    }
    told = ", ".join(f"{number} {name}" for name, number in counts.items() if number)
    tell(arguments.json, removed, f"Erased: {told or 'nothing was left'}.")
