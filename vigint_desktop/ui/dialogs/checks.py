"""Checks that the settings dialog starts: which answer belongs to which question."""

import itertools
from collections.abc import Callable

from vigint_core.domain.status import CheckResult, Health
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.widgets.fields import CheckLine


class Checks:
    """Numbers the questions and hands each answer to the line that asked; an answer to an older one is dropped."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._numbers = itertools.count(1)
        self._waiting: dict[str, CheckLine] = {}

    def ask(self, line: CheckLine, start: Callable[[str], None]) -> None:
        """Start a check; ``start`` gets its id."""
        self.forget(line)
        check_id = f"settings-{next(self._numbers)}"
        self._waiting[check_id] = line
        start(check_id)

    def forget(self, line: CheckLine) -> None:
        """What was asked no longer matters: the fields have changed."""
        self._waiting = {known: waiting for known, waiting in self._waiting.items() if waiting is not line}

    def answer(self, result: CheckResult) -> None:
        """An answer came."""
        line = self._waiting.pop(result.check_id, None)
        if line is not None:
            line.show_answer(Health.OK if result.ok else Health.DOWN, found(result, self._texts))


def found(result: CheckResult, texts: Texts) -> str:
    """The facts, then what failed and what to do, in words."""
    said = [texts.fact(key, values) for key, values in result.facts]
    if result.code is not None:
        said += [texts.cause(result.code), texts.remedy(result.code)]
    return " ".join(said) or texts("check_line.fine" if result.ok else "check_line.failed")
