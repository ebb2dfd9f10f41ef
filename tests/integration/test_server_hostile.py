"""Windows that mean harm, over real HTTP: each is refused with its code, and nothing of it stays anywhere."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from server.db.tables import AnalysisRow, CallRow, FileRow
from tests.fakes.examiner import SUSPICION, ScriptedExaminer
from tests.fakes.kept import jpeg, paths_in
from tests.fakes.mp4 import mp4, patched
from tests.fakes.server import RunningServer, running_server
from tests.integration.test_server_analyses import metadata
from vigint_core.domain.fault import Code
from vigint_core.wire import API_KEY_HEADER, IDEMPOTENCY_HEADER, Problem

pytestmark = pytest.mark.usefixtures("s3", "backend")
GOOD = mp4()
OUTSIDE = "../../../outside.mp4"
BOMB = patched(patched(mp4(4096, 4096, frames=1), b"avc1", 24, 320, 2), b"avc1", 26, 180, 2)
"""Its container says 320x180; the pictures within are 4096x4096."""
ENDLESS = patched(GOOD, b"stsz", 8, 2**31 - 1)
"""Its container claims two thousand million pictures."""
BOXES = GOOD[:32] + b"\x00\x00\x00\x08free" * 5000 + GOOD[32:]
HOSTILE: list[tuple[str, bytes, int, Code]] = [
    ("decompression bomb", BOMB, 413, Code.CLIP_TOO_LARGE),
    ("endless container", ENDLESS, 422, Code.CLIP_TOO_LONG),
    ("thousands of boxes", BOXES, 422, Code.CLIP_NOT_VIDEO),
    ("picture", jpeg(), 422, Code.CLIP_NOT_VIDEO),
    ("wrong type of video", mp4(codec="libx265"), 422, Code.CLIP_NOT_VIDEO),
    ("playlist of our files", b"#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n", 422, Code.CLIP_NOT_VIDEO),
    ("list of our files", b"ffconcat version 1.0\nfile /etc/passwd\n", 422, Code.CLIP_NOT_VIDEO),
]


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where forms are spooled that are not small."""
    folder = tmp_path / "spool"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def server(tmp_path: Path, spool: Path) -> Iterator[RunningServer]:
    limits = {"vigint_max_body_bytes": 1_000_000, "vigint_max_clip_bytes": 400_000}
    with running_server(tmp_path / "data", examiner=ScriptedExaminer(SUSPICION, SUSPICION), limits=limits) as running:
        yield running


def send(server: RunningServer, clip: bytes, name: str = "clip.mp4", part: str = "clip") -> requests.Response:
    headers = {API_KEY_HEADER: server.key, IDEMPOTENCY_HEADER: "w1"}
    files = {"clip": ("clip.mp4", GOOD, "video/mp4"), part: (name, clip, "video/mp4")}
    with requests.Session() as session:
        return session.post(
            f"{server.url}/v1/analyses",
            data={"metadata": json.dumps(metadata("w1"))},
            files=files,
            headers=headers,
            timeout=30,
        )


def names(folder: Path) -> set[str]:
    """Everything that lies there, but for what the database keeps beside its files."""
    return {each.name for each in folder.rglob("*") if "sqlite3" not in each.name}


def rows(server: RunningServer) -> list[int]:
    """Windows, files, and calls that somebody would pay."""
    with server.parts.database.reading() as session:
        counts = [select(func.count()).select_from(table) for table in (AnalysisRow, FileRow)]
        counts.append(select(func.count()).select_from(CallRow).where(CallRow.client_id.is_not(None)))
        return [session.scalar(each) or 0 for each in counts]


def test_nothing_stays_of_what_is_refused(server: RunningServer, tmp_path: Path) -> None:
    before = names(tmp_path)
    for part in ("clip", "context"):
        for what, clip, status, code in HOSTILE:
            answer = send(server, clip, OUTSIDE, part)
            told = (answer.status_code, Problem.model_validate_json(answer.content).code)
            assert told == (status, code), (part, what)
            assert rows(server) == [0, 0, 0], (part, what)
            assert names(tmp_path) == before, (part, what)
    assert paths_in(server.parts.config) == []


def test_a_path_in_a_file_name_leads_nowhere(server: RunningServer, tmp_path: Path) -> None:
    """The name is not looked at: the window is judged, and its clip gone again with its second look."""
    assert send(server, GOOD, OUTSIDE).status_code == 200
    assert "outside.mp4" not in names(tmp_path.parent)
    assert all("outside" not in path for path in paths_in(server.parts.config))


@pytest.mark.parametrize("signed_in", [False, True])
def test_a_body_that_never_ends_is_cut_off(server: RunningServer, spool: Path, *, signed_in: bool) -> None:
    """It announces no length, and would go on for ever, also behind its refusal."""
    headers = {
        API_KEY_HEADER: server.key if signed_in else "",
        IDEMPOTENCY_HEADER: "w1",
        "Content-Type": "multipart/form-data; boundary=x",
    }
    first = b'--x\r\nContent-Disposition: form-data; name="clip"; filename="c"\r\n\r\n'
    endless = chain([first], repeat(bytes(100_000)))
    with requests.Session() as session, suppress(requests.ConnectionError):  # it hangs up while we still send
        answer = session.post(f"{server.url}/v1/analyses", data=endless, headers=headers, timeout=30)
        assert answer.status_code == (413 if signed_in else 401)
        assert answer.headers["Connection"] == "close"
    assert rows(server) == [0, 0, 0]
    assert list(spool.iterdir()) == []
