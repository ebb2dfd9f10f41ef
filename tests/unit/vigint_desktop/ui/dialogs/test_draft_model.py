"""The list of drafts as a Qt model, and what a row says."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

from vigint_desktop.ui.dialogs.camera_draft import CameraDraft
from vigint_desktop.ui.dialogs.draft_model import DRAFT_ROW_ROLE, DraftModel, DraftRow, draft_row
from vigint_desktop.ui.text import Texts

A, B, C, D = (CameraDraft(name=name, address=str(number)) for number, name in enumerate("ABCD"))


@pytest.fixture
def model(words: Texts, qtmodeltester: ModelTester) -> DraftModel:
    made = DraftModel([A, B, C], words)
    qtmodeltester.check(made)
    return made


def test_it_keeps_the_rules_of_models_through_every_change(model: DraftModel, qtmodeltester: ModelTester) -> None:
    model.add([D])
    model.remove(0)
    model.put(0, A)
    model.move(0, 2)

    qtmodeltester.check(model)
    assert model.drafts == [C, D, A]


@pytest.mark.parametrize(
    ("place", "to", "order"),
    [
        (0, 1, "BAC"),
        (0, 2, "BCA"),
        (2, 0, "CAB"),
        (1, 0, "BAC"),
        (1, 1, "ABC"),
        (0, 3, "ABC"),
        (0, -1, "ABC"),
        (-1, 0, "ABC"),
    ],
)
def test_a_draft_is_moved_to_a_place_that_is_there(model: DraftModel, place: int, to: int, order: str) -> None:
    moved = model.move(place, to)

    assert "".join(draft.name for draft in model.drafts) == order
    assert moved == (order != "ABC")


def test_nothing_added_is_no_change(model: DraftModel) -> None:
    model.add([])

    assert model.rowCount() == 3


def test_a_row_says_number_group_and_place(words: Texts) -> None:
    drafts = [CameraDraft(), CameraDraft(name=" Door ", address="rtsp://192.0.2.5/live", group="Front")]

    assert draft_row(drafts, 1, words) == DraftRow(2, "Door", "Front · 192.0.2.5", "", is_problem=False)
    assert draft_row(drafts, 0, words) == DraftRow(1, "New camera", "", "Give the camera a name.", is_problem=True)
    assert draft_row([CameraDraft(name="A", address="0")], 0, words).about == "USB"


def test_those_who_do_not_see_it_hear_all_of_it(words: Texts) -> None:
    model = DraftModel([CameraDraft(name="Door", address="rtsp://192.0.2.5/live", user="anna")], words)

    spoken = model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "1, Door, 192.0.2.5, No password is stored for this user."
    assert model.index(0).data(DRAFT_ROW_ROLE).number == 1
    assert model.index(0).data(Qt.ItemDataRole.DecorationRole) is None
