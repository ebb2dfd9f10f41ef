"""A model that retires or was replaced is announced with what to do; anything else is not this line's matter."""

import pytest
from pytestqt.qtbot import QtBot

from vigint_core.domain.fault import Code
from vigint_core.domain.status import Health, Part, PartStatus
from vigint_desktop.ui.dialogs.model_notice import TOLD, ModelNotice
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme


@pytest.fixture
def notice(qtbot: QtBot, words: Texts, theme: Theme) -> ModelNotice:
    made = ModelNotice(words, theme)
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize("code", sorted(TOLD))
def test_cause_remedy_and_the_model_are_told(notice: ModelNotice, words: Texts, code: Code) -> None:
    notice.show_status(PartStatus(Part.AI, Health.OK, code, detail="old-model until 2026-12-20, then new-model"))

    assert not notice.isHidden()
    assert notice.said() == f"{words.cause(code)} {words.remedy(code)} old-model until 2026-12-20, then new-model"
    assert notice.accessibleName() == f"{words.cause(code)} {words.remedy(code)}"


@pytest.mark.parametrize(
    "status", [None, PartStatus(Part.AI, Health.OK), PartStatus(Part.AI, Health.DOWN, Code.AI_KEY_INVALID)]
)
def test_it_hides_where_there_is_nothing_of_the_kind(notice: ModelNotice, status: PartStatus | None) -> None:
    notice.show_status(PartStatus(Part.AI, Health.OK, Code.AI_MODEL_RETIRING))

    notice.show_status(status)

    assert notice.isHidden()
    assert notice.said() == ""
