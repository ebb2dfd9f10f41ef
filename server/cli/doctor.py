"""``doctor``: every part proven once, here and now, with cause and remedy of what is not well."""

import argparse
import asyncio

from server.services.parts import Parts
from vigint_core.analysis.examiner import Probe
from vigint_core.domain.status import Health
from vigint_core.wire import PartView, Readiness


def doctor_command(arguments: argparse.Namespace, parts: Parts) -> int:
    """Prove every part; 0 when the server can take work and its AI answers, else 1."""
    if parts.ai.begin_probe() == 0:
        parts.ai.note_probe(asyncio.run(_probe(parts)))
    view = parts.readiness.view()
    print(view.model_dump_json(indent=2) if arguments.json else in_words(view))
    return 0 if view.ready and all(part.health is Health.OK for part in view.parts) else 1


async def _probe(parts: Parts) -> Probe:
    try:
        return await parts.examiner.probe()
    finally:
        await parts.examiner.close()


def in_words(view: Readiness) -> str:
    """One line a part, and below it what to do."""
    return "\n".join(_line(part) for part in view.parts)


def _line(part: PartView) -> str:
    head = f"{part.part:10}{part.health.replace('_', ' '):16}{part.label}".rstrip()
    return head if part.code is None else f"{head}\n{'':10}{part.cause} {part.remedy} ({part.code})"
