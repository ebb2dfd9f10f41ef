"""Every workflow by the name under which it is started. A name stays: what is under way was begun under it."""

import asyncio

from server.services.alerts import WORKFLOW as ALERT
from server.services.analyses import WORKFLOW as SECOND_LOOK
from server.services.parts import Parts
from server.services.retention import WORKFLOW as RETENTION
from server.workflows.alert import attending
from server.workflows.retention import RetentionSweep, erasing
from server.workflows.runtime import Plan
from server.workflows.second_look import SecondLook, SecondLookSweep


def plan_of(parts: Parts, loop: asyncio.AbstractEventLoop) -> Plan:
    """The durable work on the given parts; ``loop`` is the server's, for what must be awaited on it."""
    return Plan(
        workflows={
            SECOND_LOOK: SecondLook(parts, loop).run,
            ALERT: attending(parts.alerts),
            RETENTION: erasing(parts.retention),
        },
        sweeps=(
            SecondLookSweep(parts).sweep,
            parts.alerts.resume,
            RetentionSweep(parts.retention, parts.durable).sweep,
        ),
    )
