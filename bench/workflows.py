"""Workflows whose steps wait 100 ms, four at a time a process: two processes on one PostgreSQL against one.

``python -m bench.workflows URL`` is a worker: it says ``ready``, and after a line ``COUNT`` on stdin puts that many
workflows into the line, waits for them and says ``done``. Whichever worker is free does them.
"""

import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Final

from server.db.database import Database
from server.db.schema import migrate
from server.workflows.engine import Steps
from server.workflows.runtime import RENEW_S, Durable, Plan
from tests.fakes.postgres import fresh_database
from vigint_core.clock import SystemClock

_ROOT: Final = Path(__file__).parents[1]
_STEP_S: Final = 0.1
_LONGEST_S: Final = 120.0
_GOAL: Final = 1.8


def measure(count: int = 120, rounds: int = 3) -> dict[str, Any]:
    """Workflows a second of one and of two processes, the best round of each, and the ratio."""
    found: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for processes, rows in found.items():
            rows.append(_round(processes, count))
    best = {processes: max(rows) for processes, rows in found.items()}
    return {"count": count, "per_s": {str(each): rate for each, rate in best.items()}, "ratio": best[2] / best[1]}


def _round(processes: int, count: int) -> float:
    url = fresh_database()
    with closing(Database(url)) as database:
        migrate(database)
    with ExitStack() as stack:
        workers = [stack.enter_context(_worker(url)) for _ in range(processes)]
        for worker in workers:
            _expect(worker, "ready")
        begun_s = time.monotonic()
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write(f"{count // processes}\n")
            worker.stdin.flush()
        for worker in workers:
            _expect(worker, "done")
        return count / (time.monotonic() - begun_s)


@contextmanager
def _worker(url: str) -> Iterator["subprocess.Popen[str]"]:
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "bench.workflows", url]
    with subprocess.Popen(command, cwd=_ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


def _expect(worker: "subprocess.Popen[str]", word: str) -> None:
    assert worker.stdout is not None
    said = worker.stdout.readline().strip()
    if said != word:
        raise subprocess.CalledProcessError(worker.poll() or 1, worker.args, said)


def render(found: dict[str, Any]) -> str:
    """As people read it."""
    lines = [f"{found['count']} workflows of one step of 100 ms, 4 at a time a process, on one PostgreSQL"]
    lines += [f"  {processes} process(es) {rate:6.1f} a second" for processes, rate in found["per_s"].items()]
    return "\n".join([*lines, f"  ratio {found['ratio']:.2f} (to reach: {_GOAL})"])


def _work(url: str) -> None:
    never = threading.Event()

    def wait(steps: Steps) -> Any:
        return steps.do("wait", never.wait, _STEP_S)

    with closing(Database(url)) as database:
        durable = Durable(database, Plan({"wait": wait}), SystemClock())
        durable.keep()
        beat = threading.Thread(target=_keep, args=(durable, never), daemon=True)
        beat.start()
        print("ready", flush=True)
        names = [uuid.uuid4().hex for _ in range(int(sys.stdin.readline()))]
        for name in names:
            durable.enqueue("wait", name, (), 0.0)
        for name in names:
            durable.result(name, _LONGEST_S)
        print("done", flush=True)
        sys.stdin.readline()


def _keep(durable: Durable, never: threading.Event) -> None:
    while not never.wait(RENEW_S):
        durable.keep()


if __name__ == "__main__":
    _work(sys.argv[1])
