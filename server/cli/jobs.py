"""``jobs``: durable work, what became of it, and what shall."""

import argparse
from typing import Final

from server.cli.printing import in_columns, minute, tell
from server.services.admin.bodies import JobNamed, JobsWanted, JobView
from server.services.admin.operations import JOBS_CANCEL, JOBS_LIST, JOBS_RETRY, Admin

_HEADS: Final = ("id", "work", "state", "since", "went on", "attempts", "error")


def jobs_command(arguments: argparse.Namespace, admin: Admin) -> int:
    """``jobs list``, ``jobs retry ID``, ``jobs cancel ID``."""
    if arguments.action == "list":
        chosen = {"states": arguments.states} if arguments.states else {}
        jobs = admin.do(JOBS_LIST, JobsWanted(limit=arguments.limit, **chosen)).jobs
        tell(arguments.json, jobs, in_columns(_HEADS, [_row(each) for each in jobs]) if jobs else "No such job.")
        return 0
    operation = JOBS_RETRY if arguments.action == "retry" else JOBS_CANCEL
    job = admin.do(operation, JobNamed(job_id=arguments.job_id))
    tell(arguments.json, job, f"Job {job.id} is {job.state} now.")
    return 0


def _row(job: JobView) -> tuple[str, ...]:
    return (
        job.id, job.name, job.state, minute(job.created_s), minute(job.updated_s), str(job.attempts), job.error or "-",
    )  # fmt: skip
