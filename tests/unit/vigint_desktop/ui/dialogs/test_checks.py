"""An answer reaches the line that asked, with its health, its facts, and what has to be known though it is well."""

import pytest
from pytestqt.qtbot import QtBot

from vigint_core.domain.fault import Code
from vigint_core.domain.status import CheckResult, Health
from vigint_desktop.ui.dialogs.checks import Checks, found
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme
from vigint_desktop.ui.widgets.banner import HealthSign
from vigint_desktop.ui.widgets.fields import CheckLine

FACT = ("gemini.answered", {"model": "model-1", "ms": "812"})


@pytest.mark.parametrize(
    ("ok", "code", "health"),
    [
        (True, None, Health.OK),
        (True, Code.AI_MODEL_RETIRING, Health.OK),
        (True, Code.AI_MODEL_REPLACED, Health.DEGRADED),
        (False, Code.AI_KEY_INVALID, Health.DOWN),
    ],
)
def test_a_key_that_works_may_still_have_something_to_tell(
    ok: bool, code: Code | None, health: Health, qtbot: QtBot, words: Texts, theme: Theme
) -> None:
    asked: list[str] = []
    checks = Checks(words, lambda _check_id: None)
    line = CheckLine(words, theme, lambda: checks.ask(line, asked.append))
    qtbot.addWidget(line)
    line.button.click()

    checks.answer(CheckResult(asked[0], ok=ok, facts=(FACT,), code=code))

    (sign,) = [sign for sign in line.findChildren(HealthSign) if not sign.isHidden()]
    assert sign.health is health
    assert "model-1" in line.answer.text()
    assert code is None or words.remedy(code) in line.answer.text()


def test_a_notice_names_the_model_and_a_failure_keeps_its_technical_text(words: Texts) -> None:
    detail = "old-model until 2026-12-20, then new-model"
    noted = CheckResult("c1", ok=True, facts=(FACT,), code=Code.AI_MODEL_RETIRING, detail=detail)
    failed = CheckResult("c1", ok=False, facts=(), code=Code.AI_KEY_INVALID, detail="400 from the API")

    assert found(noted, words).splitlines()[-1] == detail
    assert "400" not in found(failed, words)
