"""A server process that dies at a point of a test's choice: ``python -m tests.fakes.mortal_server '{...}'``.

Configured by the environment, as the real program. It serves with an examiner that suspects and confirms everything,
writes down in a file what that was asked, and kills itself as nothing kinder would: SIGKILL.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import anyio

import server.app
import server.services.durable
import server.workflows.runtime
import server.workflows.second_look
from server.cli.listener import Listener, open_socket
from server.config import from_environment
from server.db.database import Database
from server.logs import write_json_lines
from server.services.durable import DurableWork
from server.services.parts import Parts, assemble
from server.workflows.catalogue import plan_of
from server.workflows.engine import Steps, Workflow
from server.workflows.runtime import Plan
from tests.fakes.examiner import SUSPICION, ScriptedExaminer
from vigint_core.analysis.examiner import Subject
from vigint_core.domain.verdict import Call, Judgement, Outcome

ROOT = Path(__file__).parents[2]
STEPS = ("first look", "settle first", "context", "second look", "settle", "decide", "alert")
POINTS = ("handed over", *(f"{step}: {moment}" for step in STEPS for moment in ("done", "recorded")))
"""Where it can die: before the workflow begins; after a step's work and before its record; after its record."""
_START_S = 60.0
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Mortal:
    """A child that serves."""

    url: str
    process: "subprocess.Popen[str]"

    def dies(self, timeout_s: float = 60.0) -> None:
        """Wait until it has killed itself."""
        assert self.process.wait(timeout_s) == -signal.SIGKILL


@contextmanager
def mortal_server(
    environment: Mapping[str, str], log: Path, *, window_id: str = "", point: str = "", lease_s: float | None = None
) -> Iterator[Mortal]:
    """Serve in a child over the block. It dies at ``point`` of the work for a window; whatever is left is killed.

    ``log`` gets a line for each look. ``lease_s`` other than the real one makes tests short.
    """
    told = {"log": str(log), "window_id": window_id, "point": point, "lease_s": lease_s}
    command = [sys.executable, "-m", "tests.fakes.mortal_server", json.dumps(told)]
    with log.with_suffix(".err").open("a") as errors, _started(command, environment, errors) as process:
        line = _first_line(process)
        assert line.startswith("http"), f"the server does not listen: {log.with_suffix('.err').read_text()}"
        yield Mortal(line, process)


@contextmanager
def _started(command: list[str], environment: Mapping[str, str], errors: Any) -> Iterator["subprocess.Popen[str]"]:
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=errors, cwd=ROOT, env={**os.environ, **environment}, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        try:
            yield process
        finally:
            process.kill()
            process.wait(30)


def _first_line(process: "subprocess.Popen[str]") -> str:
    late = threading.Timer(_START_S, process.kill)
    late.start()
    assert process.stdout is not None
    try:
        return process.stdout.readline().strip()
    finally:
        late.cancel()
        late.join()


class _Loyal(ScriptedExaminer):
    """Suspects and confirms everything, and writes down what it was asked."""

    def __init__(self, log: Path) -> None:
        super().__init__(SUSPICION, SUSPICION)
        self._log = log

    async def first_look(self, subject: Subject, clip: bytes) -> Judgement:
        await self._note("first", subject)
        return await super().first_look(subject, clip)

    async def second_look(self, subject: Subject, context: bytes) -> tuple[Outcome, tuple[Call, ...]]:
        await self._note("second", subject)
        return await super().second_look(subject, context)

    async def _note(self, look: str, subject: Subject) -> None:
        async with await anyio.open_file(self._log, "a") as file:
            await file.write(f"{look} {subject.window_id}\n")


class _DeadlySteps(Steps):
    """Steps of a workflow, up to the one that kills."""

    def __init__(self, steps: Steps, reached: Callable[[str], None]) -> None:
        self._steps = steps
        self._reached = reached

    def do(self, name: str, function: Callable[..., Result], *args: object) -> Result:
        def done() -> Result:
            result = function(*args)
            self._reached(f"{name}: done")
            return result

        result = self._steps.do(name, done)
        self._reached(f"{name}: recorded")
        return result

    def do_when(self, name: str, holds: Callable[..., bool], *args: object) -> None:
        def held() -> bool:
            if not holds(*args):
                return False
            self._reached(f"{name}: done")
            return True

        self._steps.do_when(name, held)
        self._reached(f"{name}: recorded")


def _deadly(workflow: Workflow, reached: Callable[[str, str], None]) -> Workflow:
    def run(steps: Steps, client_id: str, window_id: str, *args: Any) -> Any:
        return workflow(_DeadlySteps(steps, lambda point: reached(window_id, point)), client_id, window_id, *args)

    return run


def _die_with_the_test() -> None:
    """Nothing is ever written to this process; the end of what could be is the end of whoever started it."""
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGKILL)


def _serve(told: Mapping[str, Any]) -> None:
    def reached(window_id: str, point: str) -> None:
        if (window_id, point) == (told["window_id"], told["point"]):
            os.kill(os.getpid(), signal.SIGKILL)

    def deadly_plan(parts: Parts, loop: asyncio.AbstractEventLoop) -> Plan:
        plan = plan_of(parts, loop)
        look = _deadly(plan.workflows["second look"], reached)
        return Plan({**plan.workflows, "second look": look}, (*plan.sweeps, announce))

    def announce() -> None:
        """Durable work is done from here on: what the test sends is begun here and nowhere else."""
        if not announced.is_set():
            announced.set()
            print(address, flush=True)

    begin, announced = DurableWork.start, threading.Event()

    def begin_or_die(work: DurableWork, name: str, workflow_id: str, *args: object) -> None:
        reached(str(args[1]), "handed over")
        begin(work, name, workflow_id, *args)

    if told["lease_s"]:
        vars(server.workflows.runtime).update(LEASE_S=told["lease_s"], RENEW_S=0.5, _ROUND_S=0.5)
        vars(server.workflows.second_look).update(_LEFT_ALONE_S=told["lease_s"])
    vars(server.app)["plan_of"] = deadly_plan
    vars(server.services.durable)["DurableWork"].start = begin_or_die
    config = from_environment()
    parts = assemble(config, Database(config.database), _Loyal(Path(told["log"])))
    sock = open_socket("127.0.0.1", 0)
    write_json_lines()
    address = f"http://127.0.0.1:{sock.getsockname()[1]}"
    Listener(parts, sock).serve_until_told()


if __name__ == "__main__":
    threading.Thread(target=_die_with_the_test, daemon=True).start()
    _serve(json.loads(sys.argv[1]))
