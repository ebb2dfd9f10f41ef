"""DBOS, launched once: it writes down each step's result, so that a workflow goes on where its process died.

DBOS is one for a whole process, and its import costs half a second to two: only a launch imports it. Arguments and
results are kept as JSON, not pickled: the next version of the server reads what this one left.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from server.logs import journal
from server.services.work_books import SCHEMA
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.request_id import bound_request_id, current_request_id

_NAME: Final = "vigint"
_VERSION: Final = "vigint-1"
"""Fixed: by default it is a hash of the source, and every upgrade would strand what is under way."""
_LINE: Final = "line"
_AT_ONCE: Final = 4  # workflows of the line in one process
_POLL_S: Final = 0.25  # how often a process looks into the line
_LISTEN_S: Final = 0.1  # on SQLite a thread sleeps so long at a time, for messages that we never send; a stop waits
_CONNECTIONS: Final = 10
_LOOK_AGAIN_S: Final = 0.1  # at a result that another process makes
_ENDED: Final = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
_ASK_AGAIN_S: Final = 0.25  # whether what a workflow waits for is there
_FIRST_WAIT_S: Final = 1.0
_LONGEST_WAIT_S: Final = 30.0
_AWAY: Final = frozenset({Code.SERVER_STORAGE, Code.SERVER_FILES})
_MOST_ATTEMPTS: Final = 100
"""How often a workflow may be taken over, before it counts as what kills its processes."""

Result = TypeVar("Result")
_log = journal(__name__)
Workflow = Callable[..., Any]


class StoppedError(BaseException):
    """The process stops between two steps: nothing is recorded, and whoever takes the work over goes on here.

    Not an ``Exception``, so that no handler takes it for the workflow's own failure.
    """


class Steps:
    """What a workflow does its steps with. Its results are recorded: a step that has one is not done again."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    def do(self, name: str, function: Callable[..., Result], *args: object) -> Result:
        """Do a step, or give the result that it had before the process died. The result is what JSON can say.

        Between a step's work and its record a kill repeats it, so it must bear that. While the database or the storage
        is away (VigintError: SERVER_STORAGE, SERVER_FILES) the step is tried again and again. Raises whatever else
        ``function`` raises, and StoppedError where the process stops.
        """
        return self._engine.do(name, function, args)

    def do_when(self, name: str, holds: Callable[..., bool], *args: object) -> None:
        """A step that ends when ``holds``, which is asked again and again, and again from its begin after a kill."""
        self._engine.do(name, self._engine.wait_until, (holds, *args))


class Engine:
    """One launch of DBOS. Thread-safe; every method blocks.

    Attributes:
        executor_id: under which its work stands in the database. Random: two processes under one id would do each
            other's steps again.
    """

    def __init__(self, url: str, workflows: Mapping[str, Workflow]) -> None:
        """Nothing is opened yet. ``url`` as SQLAlchemy reads it; each workflow takes ``Steps`` and its arguments."""
        self.executor_id = uuid.uuid4().hex
        self._url = url
        self._workflows = workflows
        self._registered: dict[str, Workflow] = {}
        self._stopping = threading.Event()
        self._closed = threading.Event()
        self._running = 0
        self._changed = threading.Condition()

    def launch(self) -> None:
        """Make or update the tables, and serve the line from now on. Raises whatever the database raises."""
        _log_where_all_logs_go()
        from dbos import DBOS, DBOSPortableJSONSerializer  # noqa: PLC0415 - its import is slow

        DBOS(
            config={
                "name": _NAME,
                "system_database_url": self._url,
                "dbos_system_schema": SCHEMA,
                "sys_db_pool_size": _CONNECTIONS,
                "executor_id": self.executor_id,
                "application_version": _VERSION,
                "serializer": DBOSPortableJSONSerializer(),
                "log_level": "WARNING",
                "notification_listener_polling_interval_sec": _LISTEN_S,
            }
        )
        try:
            for name, workflow in self._workflows.items():
                decorate = DBOS.workflow(name=name, max_recovery_attempts=_MOST_ATTEMPTS)
                self._registered[name] = decorate(self._counted(workflow))
            DBOS.launch()
            DBOS.register_queue(
                _LINE, worker_concurrency=_AT_ONCE, polling_interval_sec=_POLL_S, on_conflict="always_update"
            )
        except BaseException:
            DBOS.destroy(destroy_registry=True)
            raise

    def stop(self, grace_s: float) -> None:
        """Let the steps under way end for ``grace_s`` seconds, begin none, and close. Harmless to repeat."""
        from dbos import DBOS  # noqa: PLC0415 - as above

        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._running, grace_s)
        self._closed.set()
        DBOS.destroy(destroy_registry=True)

    def start(self, name: str, workflow_id: str, args: Sequence[object]) -> None:
        """Begin a workflow here and now, unless one has this id. Raises VigintError(SERVER_WORK_STOPPED)."""
        from dbos import DBOS, SetWorkflowID  # noqa: PLC0415 - as above

        with self._named_errors(), SetWorkflowID(workflow_id):
            DBOS.start_workflow(self._registered[name], current_request_id(), *args)

    def enqueue(self, name: str, workflow_id: str, args: Sequence[object], delay_s: float) -> None:
        """Put a workflow into the line, unless one has this id. Raises VigintError(SERVER_WORK_STOPPED)."""
        from dbos import DBOS, SetEnqueueOptions, SetWorkflowID  # noqa: PLC0415 - as above

        with (
            self._named_errors(),
            SetWorkflowID(workflow_id),
            SetEnqueueOptions(delay_seconds=delay_s if delay_s > 0 else None),
        ):
            DBOS.enqueue_workflow(_LINE, self._registered[name], current_request_id(), *args)

    def result(self, workflow_id: str, timeout_s: float) -> Any:
        """What a workflow returned. Raises TimeoutError, or VigintError: WORKER_CRASHED where it failed."""
        from dbos import DBOS  # noqa: PLC0415 - as above

        end_s = time.monotonic() + timeout_s
        while True:
            with self._named_errors():
                status = DBOS.get_workflow_status(workflow_id)
            if status is not None and status.status in _ENDED:
                if status.status == "SUCCESS":
                    return status.output
                raise VigintError(Code.WORKER_CRASHED, f"workflow {status.name}: {type(status.error).__name__}")
            left_s = end_s - time.monotonic()
            if left_s <= 0:
                raise TimeoutError(workflow_id)
            with self._changed:
                self._changed.wait(min(left_s, _LOOK_AGAIN_S))

    def owners(self) -> frozenset[str]:
        """The executors that have begun work and not ended it."""
        from dbos import DBOS  # noqa: PLC0415 - as above

        pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        return frozenset(each.executor_id for each in pending if each.executor_id)

    def recover(self, executor_ids: Sequence[str]) -> int:
        """Make the work of dead executors anybody's; returns how many workflows. Harmless to repeat."""
        from dbos import DBOS  # noqa: PLC0415 - as above

        return len(DBOS._recover_pending_workflows(list(executor_ids)))  # noqa: SLF001 - DBOS has no other word for it

    def do(self, name: str, function: Callable[..., Result], args: tuple[object, ...]) -> Result:
        """A step of a workflow (``Steps.do``)."""
        from dbos import DBOS  # noqa: PLC0415 - as above

        def persistently() -> Result:
            wait_s = _FIRST_WAIT_S
            while not self._stopping.is_set():
                try:
                    return self._in_time(name, function(*args))
                except VigintError as error:
                    if error.code not in _AWAY:
                        raise
                    told = {"code": error.code, "detail": error.detail, "wait_s": wait_s}
                    _log.warning("step waits for what is away", step=name, **told)
                self._stopping.wait(wait_s)
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
            raise StoppedError(name)

        return DBOS.run_step({"name": name}, persistently)

    def _in_time(self, name: str, result: Result) -> Result:
        """A step's result, unless the process let go of the work while it was made: another one makes its own."""
        if self._closed.is_set():
            raise StoppedError(name)
        return result

    def wait_until(self, holds: Callable[..., bool], *args: object) -> None:
        """Return when ``holds``. Raises StoppedError where the process stops."""
        while not holds(*args):
            if self._stopping.wait(_ASK_AGAIN_S):
                raise StoppedError("wait")

    def _counted(self, workflow: Workflow) -> Workflow:
        """A workflow as DBOS is given it: with its steps, for the request that began it, and seen while it runs."""
        steps = Steps(self)

        def run(request_id: str, *args: Any) -> Any:
            with self._changed:
                self._running += 1
            try:
                with bound_request_id(request_id):
                    return workflow(steps, *args)
            finally:
                with self._changed:
                    self._running -= 1
                    self._changed.notify_all()

        return run

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        """What DBOS and its database raise, as one fault."""
        try:
            yield
        except VigintError:
            raise
        except Exception as error:
            raise VigintError(Code.SERVER_WORK_STOPPED, f"durable work: {type(error).__name__}") from error


def _log_where_all_logs_go() -> None:
    """DBOS writes on its own handler unless it finds one; its records go to the root's, as everybody's."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.addFilter(_tells_something)


def _tells_something(record: logging.LogRecord) -> bool:
    """Not that work stays in the line it is in: what was taken over stands in DBOS's own, and may be started again."""
    return not str(record.msg).startswith("Workflow already exists in queue:")
