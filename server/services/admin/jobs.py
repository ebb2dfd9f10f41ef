"""Durable work, as the owner looks at it: what waits, what failed, once more, or not at all."""

from typing import TYPE_CHECKING, Final

from server.db.database import Database
from server.services.admin.bodies import JobList, JobNamed, JobState, JobsWanted, JobView
from server.services.clients import StateError, UnknownError
from server.services.work_books import work_books
from vigint_core.redaction import without_secrets

if TYPE_CHECKING:
    from dbos import DBOSClient, WorkflowStatus

_STATES: Final[dict[JobState, tuple[str, ...]]] = {
    "waiting": ("DELAYED", "ENQUEUED"),
    "running": ("PENDING",),
    "done": ("SUCCESS",),
    "failed": ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"),
    "cancelled": ("CANCELLED",),
}
_MOST_ERROR: Final = 300
_MS: Final = 1000.0


class Jobs:
    """What is done by workflows, in all processes together. Where its books fail: VigintError(SERVER_STORAGE)."""

    def __init__(self, database: Database) -> None:
        self._url = database.url_for_work

    def all(self, asked: JobsWanted) -> JobList:
        """Work of the wanted states, the oldest first."""
        words = [word for state in dict.fromkeys(asked.states) for word in _STATES[state]]
        with work_books(self._url) as books:
            if books is None or not words:
                return JobList(jobs=[])
            found = books.list_workflows(status=words, limit=asked.limit, load_input=False)
        return JobList(jobs=[_view(each) for each in found])

    def retry(self, asked: JobNamed) -> JobView:
        """Once more from the step that failed, or on from where it was cancelled. Raises UnknownError, StateError."""
        with work_books(self._url) as books:
            before = self._one(books, asked.job_id)
            if books is None or before.state not in {"failed", "cancelled"}:
                raise StateError(f"Job {asked.job_id} is {before.state}; only failed and cancelled ones are retried.")
            if books.list_workflows(workflow_ids=[asked.job_id], status="ERROR", load_input=False):
                books.rewind_workflow(asked.job_id, start_step=_failed_step(books, asked.job_id))
            else:
                books.resume_workflow(asked.job_id)
            return self._one(books, asked.job_id)

    def cancel(self, asked: JobNamed) -> JobView:
        """Do no further step of it. Raises UnknownError, StateError."""
        with work_books(self._url) as books:
            before = self._one(books, asked.job_id)
            if books is None or before.state not in {"waiting", "running"}:
                raise StateError(f"Job {asked.job_id} is {before.state}; there is nothing to cancel.")
            books.cancel_workflow(asked.job_id)
            return self._one(books, asked.job_id)

    @staticmethod
    def _one(books: "DBOSClient | None", job_id: str) -> JobView:
        found = [] if books is None else books.list_workflows(workflow_ids=[job_id], load_input=False)
        if not found:
            raise UnknownError(f"There is no job {job_id}.")
        return _view(found[0])


def _failed_step(books: "DBOSClient", job_id: str) -> int:
    """The first step that failed; else the last one, for a workflow that failed after it; 1 where there was none."""
    steps = books.list_workflow_steps(job_id, load_output=True)
    failed = [step["function_id"] for step in steps if step["error"] is not None]
    return min(failed) if failed else max((step["function_id"] for step in steps), default=1)


def _view(status: "WorkflowStatus") -> JobView:
    state: JobState = next(state for state, words in _STATES.items() if status.status in words)
    error = "" if status.error is None else f"{type(status.error).__name__}: {status.error}"
    if status.status == "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
        error = "taken over too often: it seems to end the processes that do it"
    created_s = (status.created_at or 0) / _MS
    return JobView(
        id=status.workflow_id,
        name=status.name,
        state=state,
        created_s=created_s,
        updated_s=(status.updated_at or 0) / _MS or created_s,
        attempts=status.recovery_attempts or 0,
        error=without_secrets(error)[:_MOST_ERROR],
    )
