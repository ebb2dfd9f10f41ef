import logging
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from vigint_desktop import logsetup
from vigint_desktop.logsetup import Redactor, set_up, tear_down

log = logging.getLogger("shop")


@pytest.fixture
def redactor() -> Redactor:
    return Redactor()


@pytest.fixture
def log_file(tmp_path: Path, redactor: Redactor) -> Iterator[Path]:
    before = logging.getLogger().level
    file = tmp_path / "vigint-desktop.log"
    set_up(file, redactor)
    yield file
    tear_down()
    logging.getLogger().setLevel(before)
    logging.getLogger("vigint.embedded_server").propagate = True


def test_what_is_shaped_like_a_secret_is_taken_out_unlearnt(redactor: Redactor) -> None:
    assert redactor.clean("rtsp://admin:hunter2@10.0.0.5/live failed") == "rtsp://***@10.0.0.5/live failed"


def test_known_secrets_are_taken_out_the_longer_first(redactor: Redactor) -> None:
    redactor.learn("pass", "password1", "")

    assert redactor.clean("it is password1 or pass") == "it is *** or ***"


def test_what_is_too_short_to_tell_from_words_stays(redactor: Redactor) -> None:
    redactor.learn("abc")

    assert redactor.clean("abcdef") == "abcdef"


def test_no_secret_reaches_the_file_by_message_values_or_exception(log_file: Path, redactor: Redactor) -> None:
    redactor.learn("hunter2")
    log.info("password hunter2")
    log.info("password %s", "hunter2")
    log.info("failed", exc_info=ValueError("cannot open rtsp://admin:hunter2@cam/"))

    written = log_file.read_text("utf-8")
    assert "hunter2" not in written
    assert written.count("password ***") == 2
    assert "ValueError: cannot open rtsp://***@cam/" in written


def test_a_line_tells_when_how_bad_who_and_where(log_file: Path) -> None:
    log.info("the shop opens")

    line = log_file.read_text("utf-8").splitlines()[-1]
    assert line.endswith("INFO    MainThread shop: the shop opens")


@pytest.mark.parametrize(("text", "values"), [("%d cameras", ("four",)), ("%s", (1, 2)), ("%(name)s", ("x",))])
def test_values_that_do_not_fit_end_no_thread(log_file: Path, text: str, values: tuple[object, ...]) -> None:
    log.info(text, *values)

    assert f"{text} (with values that do not fit)" in log_file.read_text("utf-8")


def test_below_info_nothing_is_written(log_file: Path) -> None:
    log.debug("a detail")

    assert "a detail" not in log_file.read_text("utf-8")


def test_the_embedded_server_writes_its_own_file(log_file: Path, redactor: Redactor) -> None:
    redactor.learn("hunter2")
    logging.getLogger("vigint.embedded_server").info("started with hunter2")

    assert log_file.with_name("vigint-server.log").read_text("utf-8") == "started with ***\n"
    assert "started with" not in log_file.read_text("utf-8")


@pytest.mark.expects_log("the stove is on")
def test_warnings_of_libraries_are_logged(log_file: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("the stove is on", UserWarning, stacklevel=1)

    assert "the stove is on" in log_file.read_text("utf-8")


def test_files_are_rotated_and_bounded(tmp_path: Path, redactor: Redactor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logsetup, "MOST_BYTES", 1000)
    before = logging.getLogger().level
    set_up(tmp_path / "vigint-desktop.log", redactor)
    for number in range(200):
        log.info("line %d", number)
    tear_down()
    logging.getLogger().setLevel(before)
    logging.getLogger("vigint.embedded_server").propagate = True

    files = sorted(tmp_path.glob("vigint-desktop.log*"))
    assert len(files) == 1 + logsetup.FILES
    assert all(file.stat().st_size <= 1000 for file in files)
    assert "line 199" in files[0].read_text("utf-8")


def test_after_the_end_nothing_is_open(log_file: Path) -> None:
    tear_down()
    log.info("after the end")

    assert "after the end" not in log_file.read_text("utf-8")
    assert "py.warnings" not in {h.name for h in logging.getLogger().handlers}
    assert sys.modules["warnings"].showwarning.__module__ != "logging"
