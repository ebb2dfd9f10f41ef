import argparse
import json
import os
from pathlib import Path

import pytest

from vigint_core.domain.camera import SourceKind
from vigint_core.domain.fault import Code, VigintError
from vigint_desktop import bootstrap, cli, doctor
from vigint_desktop.cli import HEADLESS_S, main, source
from vigint_desktop.doctor import Finding
from vigint_desktop.gate import replay
from vigint_desktop.options import Options


class Runs:
    """Stands in for the window and keeps what it was asked to do."""

    def __init__(self, code: int | VigintError = 0) -> None:
        self.options: list[Options] = []
        self.code = code

    def __call__(self, options: Options) -> int:
        self.options.append(options)
        if isinstance(self.code, VigintError):
            raise self.code
        return self.code


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    made = Runs()
    monkeypatch.setattr(bootstrap, "run", made)
    return made


def wrong(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The words that a command line is refused with."""
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    return capsys.readouterr().err


def test_nothing_asked_for_is_nothing_assumed(runs: Runs) -> None:
    assert main([]) == 0

    assert runs.options == [Options()]


def test_every_option_arrives(runs: Runs, tmp_path: Path) -> None:
    words = ["--demo", "--data-dir", str(tmp_path), "--server", "embedded", "--offscreen", "--duration", "2.5"]
    words += ["--screenshot", "a.png", "--report", "a.json", "--size", "1280x720"]
    main([*words, "--source", "Door=rtsp://ann:p%40ss@127.0.0.1/live"])

    (asked,) = runs.options
    ((camera, password),) = asked.cameras
    assert (camera.name, camera.kind, camera.url, camera.user) == (
        "Door", SourceKind.RTSP, "rtsp://127.0.0.1/live", "ann",
    )  # fmt: skip
    assert password == "p@ss"
    assert (asked.demo, asked.server, asked.offscreen, asked.duration_s) == (True, "embedded", True, 2.5)
    assert (asked.screenshot, asked.report, asked.size) == (Path("a.png"), Path("a.json"), (1280, 720))
    assert asked.paths.data == tmp_path.resolve()
    assert "p@ss" not in repr(asked)


def test_without_a_display_it_says_so_and_leaves_something_to_look_at(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delitem(os.environ, name, raising=False)
    main([])

    (asked,) = runs.options
    assert (asked.offscreen, asked.duration_s) == (True, HEADLESS_S)
    assert (asked.screenshot, asked.report) == (Path("out/screenshot.png"), Path("out/report.json"))
    assert "no display" in capsys.readouterr().out

    main(["--duration", "5", "--report", "mine.json"])
    assert (runs.options[1].duration_s, runs.options[1].report) == (5.0, Path("mine.json"))


@pytest.mark.parametrize(
    ("text", "name", "kind", "url"),
    [
        ("Door=rtsp://127.0.0.1/a=b", "Door", SourceKind.RTSP, "rtsp://127.0.0.1/a=b"),
        (" Till 2 = http://127.0.0.1/video ", "Till 2", SourceKind.MJPEG, "http://127.0.0.1/video"),
        ("Stock=0", "Stock", SourceKind.USB, "0"),
        ("Floor=demo:floor", "Floor", SourceKind.DEMO, "demo:floor"),
    ],
)
def test_a_source_is_a_name_and_an_address(text: str, name: str, kind: SourceKind, url: str) -> None:
    camera, password = source(text)

    assert (camera.name, camera.kind, camera.url, password) == (name, kind, url, "")


def test_a_file_is_found_from_wherever_the_program_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)

    assert source("Clip=a.mp4")[0].url == str(tmp_path.resolve() / "a.mp4")


@pytest.mark.parametrize("text", ["Door", "=rtsp://127.0.0.1/", "Door=", "  =x", ""])
def test_half_a_source_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="NAME=ADDRESS"):
        source(text)


@pytest.mark.parametrize(
    "words",
    [
        ["--server", "ftp://shop"],
        ["--duration", "0"],
        ["--duration", "nan"],
        ["--duration", "soon"],
        ["--size", "wide"],
        ["--source", "Door=a.mp4", "--source", "door=b.mp4"],
        ["--unheard-of"],
        ["unheard-of"],
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_starts(
    runs: Runs, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "usage" in wrong(words, capsys)
    assert runs.options == []


def test_no_password_is_repeated_in_a_refusal(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    said = wrong(["--source", "Door=rtsp://ann:hunter2@[::1", "--duration", "soon"], capsys)
    said += wrong(["--source", "rtsp://ann:hunter2@127.0.0.1/"], capsys)

    assert "hunter2" not in said


def test_a_failure_ends_with_cause_and_remedy(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    runs.code = VigintError(Code.STORE_FAILED, "written by a newer version")

    assert main([]) == 1
    said = capsys.readouterr().err
    assert "written by a newer version" in said
    assert "Traceback" not in said


def test_the_gate_s_intervals_as_json_or_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(replay, "gate_intervals", lambda file: [(1.23456, 2.0), (10.0, 12.5)])

    assert main(["gate", "a.mp4", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [[1.235, 2.0], [10.0, 12.5]]

    assert main(["gate", "a.mp4"]) == 0
    assert "2 intervals" in capsys.readouterr().out


def test_a_file_that_is_no_video_is_refused_with_a_cause(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "list.mp4"
    file.write_text("bread, milk")

    assert main(["gate", str(file), "--json"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert Code.CAMERA_NOT_VIDEO in said.err


@pytest.mark.parametrize(("passed", "code"), [(True, 0), (False, 1)])
def test_the_doctor_s_exit_code_tells_whether_all_is_well(
    monkeypatch: pytest.MonkeyPatch, passed: bool, code: int
) -> None:
    asked: list[Options] = []
    printed: list[bool] = []

    def examine(options: Options) -> list[Finding]:
        asked.append(options)
        return [Finding("settings", passed, "read")]

    monkeypatch.setattr(doctor, "examine", examine)
    monkeypatch.setattr(doctor, "print_findings", lambda findings, as_json: printed.append(as_json))

    assert main(["doctor", "--server", "none", "--json"]) == code
    assert (asked[0].server, printed) == ("none", [True])


def test_a_doctor_without_a_folder_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("not a folder")

    assert main(["doctor", "--data-dir", str(tmp_path / "file" / "shop")]) == 1
    assert str(Code.STORE_FAILED) in capsys.readouterr().err


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])

    assert left.value.code == 0
    assert capsys.readouterr().out == f"VigInt {cli.__version__}\n"
