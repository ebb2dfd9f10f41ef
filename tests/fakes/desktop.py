"""The desktop as a user starts it: a process of its own, on a data folder of its own."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Run:
    """What a finished run left behind.

    Attributes:
        output: stdout and stderr.
        report: the parsed ``--report``.
        folder: the data folder.
    """

    code: int
    output: str
    report: dict[str, Any]
    folder: Path

    @property
    def log(self) -> str:
        """The program's own log, and the embedded server's."""
        return "".join(file.read_text("utf-8") for file in sorted((self.folder / "logs").glob("*.log*")))

    @property
    def everything_written(self) -> str:
        """All text a user or a thief could read afterwards, but for the secret store."""
        kept = [f for f in self.folder.rglob("*") if f.is_file() and f.name != "secrets.json"]
        return self.output + "".join(f.read_bytes().decode("utf-8", "replace") for f in kept)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the desk's books."""
        with closing(sqlite3.connect(self.folder / "desk.sqlite3")) as books:
            return books.execute(query).fetchall()

    def camera(self, name: str) -> dict[str, Any]:
        """A camera of the report."""
        return next(c for c in self.report["cameras"] if c["name"] == name)


def command(folder: Path, arguments: Sequence[str]) -> list[str]:
    """The command line of a desktop on ``folder``."""
    return [sys.executable, "-m", "vigint_desktop", "--data-dir", str(folder), *arguments]


def run_desktop(
    folder: Path, arguments: Sequence[str], duration_s: float, environment: Mapping[str, str] | None = None
) -> Run:
    """Run it offscreen (or on the display that ``environment`` names) for ``duration_s`` and collect what it left."""
    report = folder / "report.json"
    shown = [] if environment and "DISPLAY" in environment else ["--offscreen"]
    words = [*shown, "--duration", str(duration_s), "--report", str(report), *arguments]
    done = subprocess.run(
        command(folder, words),
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=duration_s + 90,
        check=False,
    )
    assert report.is_file(), f"exit code {done.returncode}, no report\n{done.stdout}"
    return Run(done.returncode, done.stdout, json.loads(report.read_text("utf-8")), folder)
