"""Checks that the settings dialog starts: which answer belongs to which question."""

import uuid
from collections.abc import Callable

from vigint_core.domain.status import CheckResult, Health
from vigint_core.policy.ai_health import ai_health
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.widgets.fields import CheckLine


class Checks:
    """Names the questions and hands each answer to the line that asked; an answer to an older one is dropped.

    ``stop`` gets the id of a check that nobody waits for any more.
    """

    def __init__(self, texts: Texts, stop: Callable[[str], None]) -> None:
        self._texts = texts
        self._stop = stop
        self._waiting: dict[str, CheckLine] = {}

    def ask(self, line: CheckLine, start: Callable[[str], None]) -> None:
        """Start a check; ``start`` gets its id."""
        self.forget(line)
        check_id = f"check-{uuid.uuid4().hex}"  # an answer to a dialog that was closed must not meet the next one
        self._waiting[check_id] = line
        start(check_id)

    def forget(self, line: CheckLine) -> None:
        """What was asked no longer matters: the fields have changed."""
        for check_id in [known for known, waiting in self._waiting.items() if waiting is line]:
            del self._waiting[check_id]
            self._stop(check_id)

    def close(self) -> None:
        """Nobody waits for any answer."""
        for line in list(self._waiting.values()):
            self.forget(line)

    def answer(self, result: CheckResult) -> None:
        """An answer came."""
        line = self._waiting.pop(result.check_id, None)
        if line is not None:
            line.show_answer(_health(result), found(result, self._texts))


def found(result: CheckResult, texts: Texts) -> str:
    """The facts, a line each, then what failed or has to be known, and what to do."""
    said = [texts.fact(key, values) for key, values in result.facts]
    if result.code is not None:
        said.append(f"{texts.cause(result.code)} {texts.remedy(result.code)}")
        said.append(result.detail if result.ok else "")
        said = list(filter(None, said))
    return "\n".join(said) or texts("check_line.fine" if result.ok else "check_line.failed")


def _health(result: CheckResult) -> Health:
    """What works may still have something to tell; how grave that is, its code says."""
    return ai_health(result.code) if result.ok else Health.DOWN
