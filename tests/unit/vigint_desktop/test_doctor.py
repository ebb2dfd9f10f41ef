"""``doctor``: every link has its finding, whatever state the folder is in."""

import json
import socket
from pathlib import Path

import pytest

from vigint_core.domain.camera import SourceKind
from vigint_core.domain.fault import Code, VigintError
from vigint_desktop import settings
from vigint_desktop.doctor import Finding, examine, print_findings
from vigint_desktop.options import Options
from vigint_desktop.settings import AnalysisPlace, CameraSettings, Settings

MISSING = CameraSettings(id="door", name="Door", kind=SourceKind.FILE, url="/nowhere/door.mp4")


def found(folder: Path, *cameras: CameraSettings, place: AnalysisPlace = AnalysisPlace.OFF) -> dict[str, Finding]:
    settings.save(Settings(analysis=place, cameras=cameras), folder / "settings.json")
    return {finding.link: finding for finding in examine(Options(data_dir=folder))}


def test_a_fresh_folder_passes_and_says_that_its_keys_lie_unprotected(tmp_path: Path) -> None:
    findings = found(tmp_path)

    assert list(findings) == ["settings", "secrets", "disk", "books", "cameras", "AI"]
    assert all(finding.passed for finding in findings.values())
    assert findings["secrets"].code == Code.SECRETS_UNPROTECTED
    assert findings["AI"].code == Code.AI_OFF


def test_a_keyring_that_works_needs_no_remedy(tmp_path: Path, working_keyring: object) -> None:
    assert found(tmp_path)["secrets"].code == ""


def test_a_broken_link_is_told_with_cause_and_remedy(tmp_path: Path) -> None:
    findings = found(tmp_path, MISSING, place=AnalysisPlace.DIRECT)

    for link, code in (("camera Door", Code.CAMERA_NOT_FOUND), ("AI", Code.AI_NO_KEY)):
        assert (findings[link].passed, findings[link].code) == (False, code)
        assert findings[link].cause
        assert findings[link].remedy


def test_a_camera_says_how_far_one_gets(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    door = CameraSettings(id="door", name="Door", kind=SourceKind.RTSP, url=f"rtsp://127.0.0.1:{port}/")

    finding = found(tmp_path, door)["camera Door"]

    assert (finding.passed, finding.code) == (False, Code.CAMERA_UNREACHABLE)
    assert finding.found.startswith(f"127.0.0.1 takes no connection on port {port}. (127.0.0.1, port {port}: ")


def test_damaged_files_are_findings_and_end_nothing(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{damaged")
    findings = found(tmp_path, MISSING, place=AnalysisPlace.DIRECT)

    assert {link: finding.code for link, finding in findings.items() if not finding.passed} == {
        "secrets": Code.STORE_FAILED,
        "cameras": Code.STORE_FAILED,
        "AI": Code.STORE_FAILED,
    }


def test_settings_that_can_not_be_read_leave_the_defaults_to_be_proven(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{damaged")
    (tmp_path / "secrets.json").write_text("{damaged")
    first, *_, server = examine(Options(data_dir=tmp_path))

    assert (first.link, first.passed, first.code) == ("settings", False, Code.SETTINGS_UNREADABLE)
    assert (server.link, server.passed, server.code) == ("server", False, Code.STORE_FAILED), "told at once, not late"


def test_nothing_is_left_behind_by_the_proof_of_the_books(tmp_path: Path) -> None:
    found(tmp_path)

    assert not list(tmp_path.glob("doctor-*"))


def test_a_folder_that_can_not_be_made_is_a_named_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(VigintError) as raised:
        examine(Options(data_dir=tmp_path / "file" / "shop"))

    assert raised.value.code is Code.STORE_FAILED


def test_findings_are_printed_for_people_and_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    findings = [
        Finding("disk", passed=True, found="9 GiB"),
        Finding("AI", False, "", "ai.no_key", "No key.", "Get one."),
    ]

    print_findings(findings, as_json=False)
    words = capsys.readouterr().out
    print_findings(findings, as_json=True)
    document = json.loads(capsys.readouterr().out)

    assert "pass  disk" in words
    assert "No key. Get one." in words
    assert document["passed"] is False
    assert [finding["link"] for finding in document["findings"]] == ["disk", "AI"]
