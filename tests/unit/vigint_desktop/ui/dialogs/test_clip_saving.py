"""Saving a clip: cut at once, asked where to meanwhile, as the camera sent it or for every browser."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakeControls
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import CheckResult
from vigint_core.domain.window import Span
from vigint_desktop.ui.dialogs.clip_saving import ClipSaving
from vigint_desktop.ui.text import Texts

DOOR, SPAN = CameraId("door"), Span(1_700_000_000.0, 1_700_000_030.0)


class Wish:
    """One clip that somebody wants to keep."""

    def __init__(self, controls: FakeControls, parent: QWidget) -> None:
        self.controls = controls
        self.words = Texts("en")
        self.saving = ClipSaving(controls, self.words, DOOR, "Door", SPAN, parent)
        self.said: list[str] = []
        self.ends: list[tuple[str, str]] = []
        self.saving.began.connect(self.said.append)
        self.saving.finished.connect(lambda told, folder: self.ends.append((told, folder)))

    def cut(self, content: bytes = b"film") -> None:
        """The program answers that the clip was cut."""
        ((check_id, _, _, file),) = self.controls.saved_clips
        file.write_bytes(content)
        facts = (("clip.original", {"seconds": "30.0", "mib": "14.4"}),)
        self.saving.take(CheckResult(check_id, ok=True, facts=facts))

    def choose(self, file: Path, filter_key: str = "clip.files") -> None:
        self.saving.chooser.selectNameFilter(self.words(filter_key))
        self.saving.chooser.fileSelected.emit(str(file))


@pytest.fixture
def wish(qtbot: QtBot) -> Wish:
    parent = QWidget()
    qtbot.addWidget(parent)
    return Wish(FakeControls(), parent)


def test_it_is_cut_before_anybody_has_said_where_to(wish: Wish) -> None:
    assert [(camera, span) for _, camera, span, _ in wish.controls.saved_clips] == [(DOOR, SPAN)]
    assert wish.saving.chooser.isVisible()


@pytest.mark.parametrize("cut_first", [True, False])
def test_it_is_moved_to_where_it_belongs_whichever_comes_first(wish: Wish, tmp_path: Path, cut_first: bool) -> None:
    steps = [wish.cut, lambda: wish.choose(tmp_path / "door.mp4")]
    for step in steps if cut_first else reversed(steps):
        assert wish.ends == []
        step()
    ((told, folder),) = wish.ends
    assert (tmp_path / "door.mp4").read_bytes() == b"film"
    assert folder == str(tmp_path)
    assert told.startswith(f"Saved as {tmp_path / 'door.mp4'}.")
    assert wish.controls.converted_clips == []


def test_for_every_browser_it_is_converted_and_said_so_meanwhile(wish: Wish, tmp_path: Path) -> None:
    target = tmp_path / "page.mp4"
    wish.choose(target, "clip.files_for_web")
    assert wish.said == []
    wish.cut()
    ((conversion, clip, file),) = wish.controls.converted_clips
    assert (clip.read_bytes(), file) == (b"film", target)
    assert wish.said == [wish.words("clip.converting")]

    wish.saving.take(CheckResult(conversion, ok=True, facts=(("clip.encoded_for_web", {"mib": "9.0"}),)))
    ((told, folder),) = wish.ends
    assert told == f"Saved as {target}. 9.0 MiB, encoded again so that every browser plays it."
    assert folder == str(tmp_path)


def test_a_conversion_that_fails_is_told_with_its_reason(wish: Wish, tmp_path: Path) -> None:
    wish.cut()
    wish.choose(tmp_path / "page.mp4", "clip.files_for_web")
    ((conversion, _, _),) = wish.controls.converted_clips
    wish.saving.take(CheckResult(conversion, ok=False, facts=(), code=Code.DISK_FULL))
    ((told, folder),) = wish.ends
    assert "The disk is full." in told
    assert folder == ""


def test_seconds_that_are_gone_end_the_question(wish: Wish) -> None:
    ((check_id, *_),) = wish.controls.saved_clips
    wish.saving.take(CheckResult(check_id, ok=False, facts=(), code=Code.PIPELINE_CLIP_GONE))
    ((told, _),) = wish.ends
    assert "no longer kept" in told


def test_who_changes_their_mind_is_not_bothered(wish: Wish) -> None:
    wish.saving.chooser.reject()
    wish.cut()
    assert wish.ends == [("", "")]
