"""``doctor``: every part proven, and one drawn clip sent the whole way, each link timed.

It is played by a client that lives only for it, on a server of its own beside those that run; nothing of it stays.
"""

import argparse
import json
import threading
import time
from collections.abc import Sequence
from typing import Any, Final

from server.cli.drill import Drill, Link
from server.cli.stage import Stage, stage
from server.services.health import PartState
from server.services.mail_probe import Way
from server.services.parts import Parts
from vigint_core import __version__, texts
from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health

_PROBE_S: Final = 90.0
_ILL: Final = frozenset({Health.DOWN, Health.DEGRADED})


def doctor_command(arguments: argparse.Namespace, parts: Parts) -> int:
    """Prove everything; 0 when every configured part and link is well and the AI answers, else 1."""
    with stage(parts) as played:
        links = Drill(played, mail_to=arguments.mail).run()
        states = _states(played)
    print(_as_json(states, links) if arguments.json else in_words(states, links))
    return 0 if is_well(states, links) else 1


def is_well(states: Sequence[PartState], links: Sequence[Link]) -> bool:
    """Whether nothing is ill; what nobody configured is no illness, but for the AI, without which nobody judges."""
    ai_answers = all(state.health is Health.OK for state in states if state.part == "ai")
    found = [*(state.health for state in states), *(link.health for link in links)]
    return ai_answers and not _ILL.intersection(found)


def in_words(states: Sequence[PartState], links: Sequence[Link]) -> str:
    """One line a part and a link, and below it what to do."""
    lines = [_line(each.part, each.health, _fact_of(each), each.finding.code) for each in states]
    return "\n".join([*lines, "", *(_line(each.name, each.health, _time_of(each), each.code) for each in links)])


def _states(played: Stage) -> Sequence[PartState]:
    """The parts, once AI and mail server have answered a probe, or have failed to."""
    end_s, never = time.monotonic() + _PROBE_S, threading.Event()
    while _waits_for_proof(played.parts) and time.monotonic() < end_s:
        never.wait(0.1)
    # The drill made a suspicion of whatever the looks were: here it is told what they were.
    played.parts.ai.note_looks([outcome for outcome, _ in played.examiner.looks.values()], ())
    return played.parts.health.states()


def _waits_for_proof(parts: Parts) -> bool:
    mail = parts.mail_probe
    return parts.ai.state.code is Code.AI_NOT_PROVEN or (mail.server is not None and mail.way == Way())


def _fact_of(state: PartState) -> str:
    """What is known of a part in short: what it is, and where all is well, how that was proven."""
    found = state.finding
    return ", ".join(filter(None, (found.label, found.detail if found.code is None else "")))


def _line(name: str, health: Health, label: str, code: Code | None) -> str:
    head = f"{name:14}{health.replace('_', ' '):16}{label}".rstrip()
    if code is None:
        return head
    return f"{head}\n{'':14}{texts.cause('en', code)} {texts.remedy('en', code)} ({code})"


def _time_of(link: Link) -> str:
    return link.detail if link.seconds is None else f"{link.seconds:.2f} s"


def _as_json(states: Sequence[PartState], links: Sequence[Link]) -> str:
    parts = [
        {"part": each.part, **_told(each.health, each.finding.code, each.finding.detail), "label": each.finding.label}
        for each in states
    ]
    chain = [
        {"link": each.name, **_told(each.health, each.code, each.detail), "seconds": each.seconds} for each in links
    ]
    told = {"version": __version__, "well": is_well(states, links), "parts": parts, "links": chain}
    return json.dumps(told, indent=2, ensure_ascii=False)


def _told(health: Health, code: Code | None, detail: str) -> dict[str, Any]:
    return {
        "health": health,
        "code": code,
        "cause": texts.cause("en", code) if code else "",
        "remedy": texts.remedy("en", code) if code else "",
        "detail": detail,
    }
