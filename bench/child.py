"""Child processes and what the kernel says they cost: the same yardstick for the product and its peer."""

import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """CPU (user and system, with all threads and children) and wall time of a child, in seconds; and what it said."""

    cpu_s: float
    wall_s: float
    output: str = ""


def run(command: Sequence[str], timeout_s: float, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a child to its end. Raises CalledProcessError with its output when it fails."""
    before, started = _cpu_of_children(), time.monotonic()
    done = subprocess.run(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout)
    return Cost(_cpu_of_children() - before, time.monotonic() - started, done.stdout)


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
