"""Finding cameras: the list fills while it searches, nothing is added unseen, and failures say what to do."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import shiboken6
from PySide6.QtCore import QBuffer, QDeadlineTimer, QIODevice, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.controls import FakeControls
from vigint_core.domain.fault import Code
from vigint_core.domain.status import CheckResult, FoundCamera, FoundStream, FoundStreams
from vigint_core.texts import LANGUAGES, Language
from vigint_desktop.bridge import Bridge
from vigint_desktop.ui.dialogs.camera_draft import CameraDraft
from vigint_desktop.ui.dialogs.discovery import MOST_ASKED_AT_ONCE, MOST_FOUND, SEARCH_S, DiscoveryDialog
from vigint_desktop.ui.dialogs.finding_card import FindingCard
from vigint_desktop.ui.text import Texts

MAIN = FoundStream("rtsp://192.0.2.5/main", "main", "H264", 1920, 1080, 25.0)
SUB = FoundStream("rtsp://192.0.2.5/sub", "sub", "H264", 640, 360, 15.0)
KNOWN = CameraDraft("door", "Door", "rtsp://192.0.2.9/live")


def jpeg(width: int = 320, height: int = 180) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    content = QBuffer()
    content.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(content, "jpg")  # type: ignore[call-overload]
    return bytes(content.data().data())


@dataclass
class Search:
    controls: FakeControls
    bridge: Bridge
    dialog: DiscoveryDialog
    added: list[CameraDraft] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.controls.searches[-1][0]

    def find(self, host: str = "192.0.2.5", name: str = "Yard", search_id: str = "") -> FindingCard:
        self.bridge.publish(FoundCamera(search_id or self.id, f"urn:{host}", f"http://{host}/onvif", host, name, "IPC"))
        return self.dialog.cards[-1]

    def tell(self, question: int = -1, *streams: FoundStream, picture: bytes = b"", code: Code | None = None) -> None:
        check_id, found, *_ = self.controls.stream_questions[question]
        self.bridge.publish(FoundStreams(check_id, found.key, streams, picture, code))

    def end(self, code: Code | None = None) -> None:
        self.bridge.publish(CheckResult(self.id, ok=code is None, facts=(), code=code))


@pytest.fixture
def search(qtbot: QtBot, bridge: Bridge, words: Texts) -> Iterator[Search]:
    controls = FakeControls()
    dialog = DiscoveryDialog(controls, bridge, words, [KNOWN])
    made = Search(controls, bridge, dialog)
    dialog.chosen.connect(made.added.extend)
    dialog.show()
    yield made
    if shiboken6.isValid(dialog):  # it deletes itself when it is closed
        dialog.reject()


def test_it_opens_with_room_for_what_is_found(search: Search) -> None:
    room = search.dialog.screen().availableSize()

    assert search.dialog.size() == search.dialog.sizeHint().boundedTo(room)


def test_it_fits_a_small_screen(search: Search) -> None:
    hint = search.dialog.sizeHint()

    assert hint.width() <= 1280
    assert hint.height() <= 680
    assert search.dialog.minimumSizeHint().height() <= 680


def test_it_searches_at_once_and_says_how_long_it_will_take(search: Search) -> None:
    ((_, seconds),) = search.controls.searches

    assert seconds == SEARCH_S
    assert search.dialog.progress.text().startswith("Searching, ")
    assert search.dialog.progress.text().endswith("Found so far: 0.")
    assert search.dialog.empty.text() == "Cameras appear here as they answer."


def test_the_list_fills_while_it_searches_and_each_camera_comes_once(search: Search) -> None:
    search.find()
    search.find()
    search.find("192.0.2.6", search_id="another search")
    search.find("192.0.2.7")

    assert [card.name.text() for card in search.dialog.cards] == ["Yard", "Yard 192.0.2.7"]
    assert search.dialog.progress.text().endswith("Found so far: 2.")
    assert not search.dialog.empty.isVisible()


def test_time_that_is_over_is_not_counted_on(search: Search, words: Texts) -> None:
    search.dialog._deadline = QDeadlineTimer(0)
    search.dialog._show_progress()

    assert search.dialog.progress.text() == words("discovery.finishing", count=0)


def test_when_nothing_answered_it_says_what_to_check(search: Search) -> None:
    search.end()

    assert "ONVIF switched on" in search.dialog.empty.text()
    assert search.dialog.search_button.text() == "&Search again"
    search.dialog.search_button.click()
    assert len(search.controls.searches) == 2
    assert search.dialog.is_searching


def test_a_search_that_fails_says_why_and_what_to_do(search: Search, words: Texts) -> None:
    search.end(Code.DISCOVERY_NO_NETWORK)

    code = Code.DISCOVERY_NO_NETWORK
    assert search.dialog.progress.text() == f"{words.cause(code)} {words.remedy(code)}"
    assert search.dialog.empty.text() == ""


def test_what_the_search_tells_about_itself_is_said(search: Search) -> None:
    facts = (("discovery.searched", {"addresses": "192.0.2.2"}), ("discovery.nothing", {}))
    search.bridge.publish(CheckResult(search.id, ok=True, facts=facts))

    assert search.dialog.progress.text() == "Searched from 192.0.2.2. No camera answered."
    assert search.dialog.progress.objectName() == "quiet"


def test_stopping_keeps_what_was_found(search: Search) -> None:
    search.find()
    search.dialog.search_button.click()
    assert search.controls.stopped_searches == [search.id]
    search.end()

    assert len(search.dialog.cards) == 1
    assert search.dialog.progress.text() == "Search finished. Found: 1."


def test_nothing_can_be_added_before_it_was_seen(search: Search) -> None:
    card = search.find()

    assert not card.wanted.isEnabled()
    assert not search.dialog.add_button.isEnabled()
    assert card.picture.text() == "no picture yet"


def test_one_sign_in_for_all_and_the_streams_chosen_by_size(search: Search) -> None:
    card = search.find()
    QTest.keyClicks(search.dialog.user, "admin")
    QTest.keyClicks(search.dialog.password, "s3cret")
    QTest.keyClick(search.dialog.password, Qt.Key.Key_Return)
    ((_, found, user, password),) = search.controls.stream_questions
    assert (found.host, user, password) == ("192.0.2.5", "admin", "s3cret")
    assert card.remark.text() == "Asking the camera…"

    search.tell(-1, SUB, MAIN, picture=jpeg())

    assert (card.main.currentText(), card.sub.currentText()) == ("1920 × 1080, H.264, 25/s", "640 × 360, H.264, 15/s")
    assert card.picture.pixmap().size().width() == 192
    assert card.is_wanted
    QTest.mouseClick(search.dialog.add_button, Qt.MouseButton.LeftButton)
    assert search.added == [
        CameraDraft(name="Yard", address=MAIN.url, sub_address=SUB.url, user="admin", password="s3cret")
    ]


def test_name_and_streams_can_be_chosen_otherwise(search: Search) -> None:
    card = search.find()
    card.show_button.click()
    search.tell(-1, MAIN, SUB)
    card.name.setText(" Back yard ")
    card.main.setCurrentIndex(1)
    card.sub.setCurrentIndex(0)
    search.dialog.accept()

    assert search.added == [CameraDraft(name="Back yard", address=SUB.url)]


def test_a_camera_with_another_sign_in_is_asked_with_it(search: Search, words: Texts) -> None:
    card = search.find()
    search.dialog.user.setText("admin")
    card.show_button.click()
    search.tell(-1, code=Code.CAMERA_UNAUTHORIZED)
    code = Code.CAMERA_UNAUTHORIZED
    assert card.remark.text() == f"{words.cause(code)} {words.remedy(code)}"
    assert not card.wanted.isEnabled()

    card.own_button.click()
    QTest.keyClicks(card.user, "anna")
    QTest.keyClicks(card.password, "other")
    QTest.keyClick(card.password, Qt.Key.Key_Return)
    assert search.controls.stream_questions[-1][2:] == ("anna", "other")
    search.tell(-1, MAIN)
    search.dialog.accept()

    assert [(draft.user, draft.password) for draft in search.added] == [("anna", "other")]


def test_a_camera_that_names_no_stream_says_so(search: Search, words: Texts) -> None:
    card = search.find()
    card.show_button.click()
    search.tell(-1)

    assert words.cause(Code.DISCOVERY_NO_STREAM) in card.remark.text()
    assert card.show_button.isEnabled()


def test_streams_without_a_picture_say_why(search: Search, words: Texts) -> None:
    card = search.find()
    card.show_button.click()
    search.tell(-1, MAIN, code=Code.CAMERA_SILENT)

    assert words.cause(Code.CAMERA_SILENT) in card.remark.text()
    assert card.remark.objectName() == "warning"
    assert card.is_wanted


def test_one_that_is_in_the_list_is_marked_and_not_wanted_by_itself(search: Search) -> None:
    card = search.find("192.0.2.9", "Front")
    assert card.remark.text() == "In the list already: Door."
    card.show_button.click()
    search.tell(-1, MAIN)

    assert card.wanted.isEnabled()
    assert not card.is_wanted
    assert card.remark.text() == "In the list already: Door."


def test_several_are_added_at_once_and_only_those_that_are_wanted(search: Search) -> None:
    for number in range(3):
        search.find(f"10.0.1.{number}", f"Cam {number}")
    search.dialog.show_all_button.click()
    for number in range(3):
        search.tell(number, MAIN)
    assert search.dialog.add_button.text() == "&Add chosen (3)"
    QTest.keyClick(search.dialog.cards[1].wanted, Qt.Key.Key_Space)
    assert search.dialog.add_button.text() == "&Add chosen (2)"
    search.dialog.add_button.click()

    assert [draft.name for draft in search.added] == ["Cam 0", "Cam 2"]


def test_only_a_few_are_asked_at_the_same_time(search: Search) -> None:
    for number in range(MOST_ASKED_AT_ONCE + 2):
        search.find(f"10.0.1.{number}")
    search.dialog.show_all_button.click()
    search.dialog.show_all_button.click()
    assert len(search.controls.stream_questions) == MOST_ASKED_AT_ONCE

    search.tell(0, MAIN)
    assert len(search.controls.stream_questions) == MOST_ASKED_AT_ONCE + 1
    search.tell(1, code=Code.CAMERA_UNREACHABLE)
    search.tell(2, MAIN)
    assert len(search.controls.stream_questions) == MOST_ASKED_AT_ONCE + 2


def test_there_is_an_end_to_the_list(search: Search) -> None:
    for number in range(MOST_FOUND + 2):
        search.find(f"10.1.{number // 256}.{number % 256}")
    search.end()

    assert len(search.dialog.cards) == MOST_FOUND
    assert search.dialog.progress.text() == f"Search finished. Found: {MOST_FOUND}. Not listed: 2 more."


@pytest.mark.parametrize("picture", [b"", b"\xff\xd8\xff\xe0 broken"])
@pytest.mark.qt_log_ignore("JPEG", "This plugin does not support", extend=True)
def test_a_camera_without_a_picture_says_so(search: Search, picture: bytes) -> None:
    card = search.find()
    card.show_button.click()
    search.tell(-1, MAIN, picture=picture)

    assert card.picture.text() == "It sends no picture."
    assert card.is_wanted


def test_closing_ends_the_search_and_every_question(search: Search) -> None:
    search.find().show_button.click()
    ((check_id, *_),) = search.controls.stream_questions
    search.dialog.reject()

    assert search.controls.stopped_searches == [search.id]
    assert search.controls.stopped_checks == [check_id]
    search.bridge.publish(FoundStreams(check_id, "urn:192.0.2.5", (MAIN,), b""))
    search.bridge.publish(CheckResult(search.id, ok=True, facts=()))
    assert search.added == []


def test_no_password_is_seen_anywhere(search: Search) -> None:
    card = search.find()
    search.dialog.password.setText("s3cr3tword")
    card.own_button.click()
    card.password.setText("s3cr3tword")
    card.show_button.click()
    search.tell(-1, MAIN)
    shown = [w.text() for kind in (QLabel, QAbstractButton) for w in search.dialog.findChildren(kind)]
    for widget in search.dialog.findChildren(QWidget):
        shown += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
    shown += [search.dialog.password.displayText(), card.password.displayText()]
    search.dialog.accept()

    assert not [text for text in shown if "s3cr3tword" in text]
    assert "s3cr3tword" not in repr(search.added)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("searching", [True, False])
def test_no_two_things_have_the_same_key(language: Language, searching: bool, qtbot: QtBot, bridge: Bridge) -> None:
    controls = FakeControls()
    dialog = DiscoveryDialog(controls, bridge, Texts(language), [])
    dialog.show()
    bridge.publish(FoundCamera(controls.searches[0][0], "urn:1", "http://a", "192.0.2.5", "Yard", ""))
    if not searching:
        bridge.publish(CheckResult(controls.searches[0][0], ok=True, facts=()))
    texts = [w.text() for kind in (QLabel, QAbstractButton) for w in dialog.findChildren(kind)]
    keys = [text[text.index("&") + 1].casefold() for text in texts if "&" in text]
    dialog.reject()

    assert len(keys) == 6
    assert len(set(keys)) == len(keys)


def test_tab_goes_through_the_cameras_before_the_buttons_below(search: Search, qtbot: QtBot) -> None:
    dialog, first, second = search.dialog, search.find(), search.find("192.0.2.7")
    first.show_button.click()
    search.tell(-1, MAIN)
    wanted: list[QWidget] = [dialog.user, dialog.password, dialog.show_all_button]
    wanted += [first.wanted, first.name, first.main, first.sub, first.show_button, first.own_button]
    wanted += [second.name, second.show_button, second.own_button, dialog.search_button, dialog.add_button]
    dialog.activateWindow()
    dialog.user.setFocus()
    qtbot.waitUntil(lambda: dialog.user.hasFocus() and second.isVisible(), timeout=30_000)
    gone = []
    for _ in wanted:
        gone.append(QApplication.focusWidget())
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)

    assert gone == wanted


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_cut_on_a_small_screen(language: Language, bridge: Bridge, qtbot: QtBot) -> None:
    controls = FakeControls()
    dialog = DiscoveryDialog(controls, bridge, Texts(language), [])
    dialog.resize(dialog.sizeHint())
    dialog.show()
    bridge.publish(FoundCamera(controls.searches[0][0], "urn:1", "http://a", "192.0.2.5", "Yard", ""))
    (card,) = dialog.cards
    card.own_button.click()
    card.show_button.click()
    bridge.publish(FoundStreams(controls.stream_questions[0][0], "urn:1", (MAIN, SUB), jpeg()))
    needed, room = card.minimumSizeHint().width(), card.parentWidget().parentWidget().width()
    dialog.reject()

    assert needed <= room
