"""The services' way to durable work, which runs in a room above them: closed until the runtime opens it."""

from typing import Any, Protocol

from vigint_core.domain.fault import Code, VigintError


class Runner(Protocol):
    """What does durable work (``server/workflows/runtime.py``)."""

    @property
    def fault(self) -> Code | None:
        """Why no durable work is done now, or None while it is."""

    def start(self, name: str, workflow_id: str, args: tuple[object, ...]) -> None:
        """Begin a workflow in this process, now."""

    def enqueue(self, name: str, workflow_id: str, args: tuple[object, ...], delay_s: float) -> None:
        """Put a workflow into the line that all processes serve."""

    def result(self, workflow_id: str, timeout_s: float) -> Any:
        """What a workflow returned."""


class DurableWork:
    """Starts workflows by name. Thread-safe; every method blocks, so none is called on the event loop.

    A workflow's id is what makes a start harmless to repeat: a second one under the same id does nothing, in whichever
    process. Arguments and results are what JSON can say, so that the next version of the server reads them too.

    Attributes:
        trouble: what came to nothing of the work that nobody waits for, or None; the rest is done all the same.
    """

    def __init__(self) -> None:
        self.trouble: Code | None = None
        self._runner: Runner | None = None

    def open(self, runner: Runner | None) -> None:
        """From now on ``runner`` does the work; None when nobody does."""
        self._runner = runner

    @property
    def fault(self) -> Code | None:
        """Why no durable work is done now, or None while it is."""
        return Code.SERVER_STARTING if self._runner is None else self._runner.fault

    def start(self, name: str, workflow_id: str, *args: object) -> None:
        """Begin a workflow in this process, now. For what somebody waits for.

        Raises VigintError(SERVER_STARTING or SERVER_WORK_STOPPED) while no durable work is done.
        """
        self._running().start(name, workflow_id, args)

    def enqueue(self, name: str, workflow_id: str, *args: object, delay_s: float = 0.0) -> None:
        """Put a workflow into the line that all processes serve, each a few at a time; not before ``delay_s``.

        Raises as ``start`` does.
        """
        self._running().enqueue(name, workflow_id, args, delay_s)

    def result(self, workflow_id: str, timeout_s: float) -> Any:
        """What a workflow returned, wherever it runs.

        Raises TimeoutError when it has not ended in time, VigintError(WORKER_CRASHED) when it failed, and as ``start``
        does.
        """
        return self._running().result(workflow_id, timeout_s)

    def _running(self) -> Runner:
        if self._runner is None:
            raise VigintError(Code.SERVER_STARTING, "durable work has not begun")
        return self._runner
