"""Import and export from the page: what was done is said, and Cancel undoes it."""

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from tests.fakes.cameras_desk import STOCK, CamerasDesk
from vigint_core.domain.fault import Code
from vigint_desktop import camera_list
from vigint_desktop.ui.text import Texts


def test_a_list_is_exported_and_imported_elsewhere(desk: CamerasDesk, tmp_path: Path) -> None:
    file = tmp_path / "cameras.json"
    desk.page.add_button.click()
    desk.page.export_button.click()
    chooser = desk.page.findChildren(QFileDialog)[-1]
    chooser.fileSelected.emit(str(file))
    chooser.close()
    assert desk.page.note.text() == (
        f"Cameras written to {file}: 3. There is no password in it. Left out, because something is missing: 1."
    )
    desk.page.remove_button.click()

    for _ in range(2):
        desk.page.list.choose(0)
        desk.page.remove_button.click()
    desk.page.import_button.click()
    chooser = desk.page.findChildren(QFileDialog)[-1]
    chooser.fileSelected.emit(str(file))
    chooser.close()

    assert desk.names == ["Stock", "Door", "Till"]
    assert desk.page.note.text() == (
        "Cameras added: 2. Left as they are, because their address is in the list already: 1 (Stock). "
        "Passwords are never in such a file; enter them before you save."
    )
    assert [camera.id for camera in desk.saved()] == ["stock", "door", "till"]
    assert desk.passwords() == {"door": "", "till": ""}  # nothing stored is handed to what a file says


def test_cancel_undoes_an_import(desk: CamerasDesk, tmp_path: Path) -> None:
    file = tmp_path / "cameras.json"
    camera_list.write([STOCK.model_copy(update={"url": "http://192.0.2.8/video"})], file)
    desk.page.files.take_in(file, desk.page.drafts)
    assert len(desk.names) == 4
    desk.dialog.reject()

    assert desk.controls.applied == []


@pytest.mark.parametrize(
    ("content", "code"),
    [("{}", Code.CAMERA_LIST_UNREADABLE), ('{"format": "vigint-cameras", "version": 2}', Code.CAMERA_LIST_NEWER)],
)
def test_a_file_that_is_no_list_is_refused_in_words(
    desk: CamerasDesk, words: Texts, tmp_path: Path, content: str, code: Code
) -> None:
    file = tmp_path / "cameras.json"
    file.write_text(content, "utf-8")
    desk.page.files.take_in(file, desk.page.drafts)

    assert desk.page.note.text() == f"{words.cause(code)} {words.remedy(code)}"
    assert desk.page.note.objectName() == "problem"
    assert len(desk.names) == 3


def test_a_place_that_cannot_be_written_is_said(desk: CamerasDesk, words: Texts, tmp_path: Path) -> None:
    desk.page.files.write_out(desk.page.drafts, tmp_path / "gone" / "cameras.json")

    assert words.cause(Code.CAMERA_LIST_NOT_WRITTEN) in desk.page.note.text()


def test_an_exported_file_is_plain_to_read(desk: CamerasDesk, tmp_path: Path) -> None:
    desk.page.files.write_out(desk.page.drafts, tmp_path / "cameras.json")
    body = json.loads((tmp_path / "cameras.json").read_text("utf-8"))

    assert (body["format"], body["version"], len(body["cameras"])) == ("vigint-cameras", 1, 3)
