"""A clip is cut when it is wished for, and lies where it was wanted; what fails is said."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakeControls
from tests.fakes.moments import NOON_S
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CheckResult
from vigint_core.domain.window import Span
from vigint_desktop.ui.dialogs.clip_saving import ClipSaving
from vigint_desktop.ui.text import Texts

SPAN = Span(NOON_S - 30, NOON_S)


class Stage:
    """A clip that is being saved, and what was told about it."""

    def __init__(self, words: Texts, window: QWidget) -> None:
        self.window = window  # the chooser lives in it
        self.controls = FakeControls()
        self.told: list[tuple[str, str]] = []
        self.saving = ClipSaving(self.controls, words, CameraId("door"), "Door", SPAN, window)
        self.saving.finished.connect(lambda said, folder: self.told.append((said, folder)))
        ((self.check_id, _, _, self.cut),) = self.controls.saved_clips

    def answer(self, *, ok: bool = True, code: Code | None = None) -> None:
        if ok:
            self.cut.write_bytes(b"the clip")
        self.saving.take(CheckResult(self.check_id, ok, (), code))

    def choose(self, file: Path) -> None:
        self.saving.chooser.fileSelected.emit(str(file))
        self.saving.chooser.accept()


@pytest.fixture
def stage(qtbot: QtBot, words: Texts) -> Stage:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return Stage(words, window)


def test_it_is_cut_before_anybody_has_chosen_a_place(stage: Stage) -> None:
    assert stage.controls.saved_clips[0][1:3] == (CameraId("door"), SPAN)
    assert stage.saving.chooser.isVisible()
    stage.saving.chooser.reject()


@pytest.mark.parametrize("first", ["answer", "choice"])
def test_it_lies_where_it_was_wanted_whichever_comes_first(stage: Stage, tmp_path: Path, first: str) -> None:
    file = tmp_path / "Door.mp4"
    file.write_bytes(b"an older one that may be replaced")
    steps = [stage.answer, lambda: stage.saving.chooser.fileSelected.emit(str(file))]
    for step in steps if first == "answer" else reversed(steps):
        step()

    assert file.read_bytes() == b"the clip"
    ((said, folder),) = stage.told
    assert str(file) in said
    assert folder == str(tmp_path)


def test_what_could_not_be_cut_is_said_with_its_reason(stage: Stage, words: Texts) -> None:
    stage.answer(ok=False, code=Code.PIPELINE_CLIP_FAILED)

    ((said, folder),) = stage.told
    assert words.cause(Code.PIPELINE_CLIP_FAILED) in said
    assert folder == ""
    assert not stage.saving.chooser.isVisible()


def test_a_place_that_can_not_be_written_is_said(stage: Stage, tmp_path: Path) -> None:
    stage.answer()
    stage.saving.chooser.fileSelected.emit(str(tmp_path / "nowhere" / "Door.mp4"))

    assert "could not be written" in stage.told[0][0]


def test_a_disk_that_takes_only_half_of_it_leaves_the_older_file(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(clip: Path, fresh: Path) -> None:
        fresh.write_bytes(clip.read_bytes()[:4])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", half)
    file = tmp_path / "Door.mp4"
    file.write_bytes(b"an older one")
    stage.answer()
    stage.saving.chooser.fileSelected.emit(str(file))

    assert "could not be written" in stage.told[0][0]
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("Door.mp4", b"an older one")]


def test_giving_up_says_nothing_and_leaves_nothing(stage: Stage) -> None:
    stage.saving.chooser.reject()
    stage.answer()

    assert stage.told == [("", "")]


def test_the_answer_of_another_check_is_nobodys(stage: Stage) -> None:
    stage.saving.take(CheckResult("another", True, ()))

    assert stage.told == []
    stage.saving.chooser.reject()


def test_for_every_browser_it_is_converted_and_said_so_meanwhile(stage: Stage, words: Texts, tmp_path: Path) -> None:
    said: list[str] = []
    stage.saving.began.connect(said.append)
    file = tmp_path / "Door.mp4"
    stage.saving.chooser.selectNameFilter(words("clip.files_for_web"))
    stage.saving.chooser.fileSelected.emit(str(file))
    assert said == []
    stage.answer()

    ((conversion, clip, target),) = stage.controls.converted_clips
    assert (clip.read_bytes(), target) == (b"the clip", file)
    assert said == [words("clip.converting")]
    stage.saving.take(CheckResult(conversion, True, (("clip.encoded_for_web", {"mib": "9.0"}),)))
    assert stage.told == [(f"Saved as {file}. 9.0 MiB, encoded again so that every browser plays it.", str(tmp_path))]


def test_a_conversion_that_fails_is_said_with_its_reason(stage: Stage, words: Texts, tmp_path: Path) -> None:
    stage.answer()
    stage.saving.chooser.selectNameFilter(words("clip.files_for_web"))
    stage.saving.chooser.fileSelected.emit(str(tmp_path / "Door.mp4"))
    ((conversion, _, _),) = stage.controls.converted_clips
    stage.saving.take(CheckResult(conversion, False, (), Code.DISK_FULL))

    ((said, folder),) = stage.told
    assert words.cause(Code.DISK_FULL) in said
    assert folder == ""
