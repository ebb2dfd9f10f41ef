"""Files over real HTTP, on both pairs of database and storage: whole, in parts, in ranges, through a killed process."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from server.db.tables import FileKind
from server.db.tenant import Tenant
from tests.fakes.examiner import SUSPICION, ScriptedExaminer
from tests.fakes.kept import jpeg, padded_clip, paths_in
from tests.fakes.mp4 import mp4
from tests.fakes.server import RunningServer, running_server
from tests.fakes.waiting import wait_until
from tests.integration.test_server_tenants import OWNED, analyse, ask, put_incident
from vigint_core.domain.fault import Code
from vigint_core.domain.scope import Scope
from vigint_core.wire import Problem

pytestmark = pytest.mark.usefixtures("s3", "backend")
CLIP, OTHER, STILL = mp4(), mp4(frames=10), jpeg()
FILES = f"/v1/incidents/{OWNED['incident']}/files"
ALERT = f"{FILES}/alert"
CONTEXT = f"/v1/analyses/{OWNED['window']}/context"


@pytest.fixture
def server(tmp_path: Path, backend: str) -> Iterator[RunningServer]:
    with running_server(tmp_path, examiner=ScriptedExaminer(first=SUSPICION)) as running:
        assert put_incident(running, running.key, OWNED).status_code == 200
        yield running


def part(offset: int, *, last: bool = False) -> dict[str, str]:
    return {
        "Content-Type": "application/partial-upload",
        "Upload-Offset": str(offset),
        "Upload-Complete": "?1" if last else "?0",
    }


def sent(server: RunningServer, path: str, content: bytes, offset: int, *, last: bool = False) -> requests.Response:
    return ask(server, "PATCH", path, server.key, data=content, headers=part(offset, last=last))


def got(server: RunningServer, path: str = ALERT, method: str = "GET", **headers: str) -> requests.Response:
    return ask(server, method, path, server.key, headers={"Accept-Encoding": "identity", **headers})


def told(response: requests.Response) -> tuple[int, str | None, str | None]:
    return response.status_code, response.headers.get("Upload-Offset"), response.headers.get("Upload-Complete")


def code(response: requests.Response) -> tuple[int, Code]:
    return response.status_code, Problem.model_validate_json(response.content).code


def test_a_whole_file_is_listed_and_read(server: RunningServer) -> None:
    assert ask(server, "GET", FILES, server.key).json() == {"files": []}
    for kind, content in {"alert": CLIP, "still": STILL}.items():
        kept = ask(server, "PUT", f"{FILES}/{kind}", server.key, data=content)
        assert kept.status_code == 200, kept.text
        read = got(server, f"{FILES}/{kind}")
        assert (read.status_code, read.content) == (200, content)
        assert read.headers["ETag"] == f'"{kept.json()["sha256"]}"'
        assert read.headers["Content-Type"] == kept.json()["media_type"]
    listed = ask(server, "GET", FILES, server.key).json()["files"]
    assert [(each["kind"], each["bytes"]) for each in listed] == [("alert", len(CLIP)), ("still", len(STILL))]


def test_ranges_marks_and_head(server: RunningServer) -> None:
    ask(server, "PUT", ALERT, server.key, data=CLIP)
    some = got(server, Range="bytes=100-299")
    assert (some.status_code, some.content) == (206, CLIP[100:300])
    assert some.headers["Content-Range"] == f"bytes 100-299/{len(CLIP)}"
    assert got(server, Range="bytes=-7").content == CLIP[-7:]
    assert got(server, Range=f"bytes={len(CLIP)}-").status_code == 416
    assert got(server, Range="bytes=0-1", **{"If-Range": '"other"'}).content == CLIP
    assert got(server, **{"If-None-Match": some.headers["ETag"]}).status_code == 304
    head = got(server, method="HEAD")
    assert told(head) == (200, str(len(CLIP)), "?1")
    assert (head.headers["Content-Length"], head.content) == (str(len(CLIP)), b"")


@pytest.mark.parametrize(("path", "whole"), [(ALERT, CLIP), (f"{FILES}/still", STILL), (CONTEXT, CLIP)])
def test_a_file_in_parts(server: RunningServer, path: str, whole: bytes) -> None:
    assert analyse(server, server.key, OWNED).status_code == 200
    assert got(server, path, "HEAD").status_code == 404
    assert told(sent(server, path, whole[:1000], 0)) == (204, "1000", "?0")
    assert told(got(server, path, "HEAD")) == (204, "1000", "?0")
    assert told(sent(server, path, whole[900:], 900, last=True)) == (409, "1000", "?0")
    done = sent(server, path, whole[1000:], 1000, last=True)
    assert told(done) == (200, str(len(whole)), "?1")
    assert done.json()["bytes"] == len(whole)
    assert told(got(server, path, "HEAD")) == (200, str(len(whole)), "?1")
    assert told(sent(server, path, b"", len(whole), last=True)) == (409, str(len(whole)), "?1")
    if path != CONTEXT:
        assert got(server, path).content == whole


def test_the_second_look_finds_a_context_in_the_books(server: RunningServer) -> None:
    assert analyse(server, server.key, OWNED).status_code == 200
    assert ask(server, "PUT", CONTEXT, server.key, data=OTHER).status_code == 200
    tenant = Tenant(server.parts.database, server.parts.clients.sign_in(server.key).client.id)
    entry = tenant.files.find(OWNED["window"], FileKind.CONTEXT)
    assert entry is not None
    assert entry.complete


REFUSED: list[tuple[str, bytes, tuple[int, Code]]] = [
    (ALERT, b"no clip", (422, Code.CLIP_NOT_VIDEO)),
    (ALERT, STILL, (422, Code.CLIP_NOT_VIDEO)),
    (ALERT, CLIP[:-50], (422, Code.CLIP_NOT_VIDEO)),
    (ALERT, bytes(17_000_000), (413, Code.CLIP_TOO_LARGE)),
    (ALERT, bytes(19_000_000), (413, Code.CLIP_TOO_LARGE)),
    (ALERT, mp4(frames=130), (422, Code.CLIP_TOO_LONG)),
    (f"{FILES}/still", CLIP, (422, Code.CLIP_NOT_PICTURE)),
    (f"{FILES}/still", bytes(1_100_000), (413, Code.CLIP_TOO_LARGE)),
    (f"{FILES}/..%2f..%2fetc", CLIP, (404, Code.REQUEST_NOT_FOUND)),
    (f"{FILES}/window", CLIP, (422, Code.REQUEST_INVALID)),
    ("/v1/incidents/nobodys/files/alert", CLIP, (404, Code.REQUEST_NOT_FOUND)),
    ("/v1/incidents/a%2e%2e/files/alert", CLIP, (422, Code.REQUEST_INVALID)),
]


@pytest.mark.parametrize("in_parts", [False, True])
def test_what_is_refused_leaves_nothing(server: RunningServer, in_parts: bool) -> None:
    for path, content, refused in REFUSED:
        if in_parts:
            answer = sent(server, path, content, 0, last=True)
        else:
            answer = ask(server, "PUT", path, server.key, data=content)
        assert code(answer) == refused, path
        assert paths_in(server.parts.config) == [], path
    assert ask(server, "GET", FILES, server.key).json() == {"files": []}


NO_PARTS: list[tuple[dict[str, str | None], int]] = [
    ({"Content-Type": "video/mp4"}, 415),
    ({"Upload-Offset": "-1"}, 422),
    ({"Upload-Offset": "many"}, 422),
    ({"Upload-Offset": str(10**30)}, 422),
    ({"Upload-Complete": "yes"}, 422),
    ({"Upload-Complete": None}, 422),
    ({"Upload-Offset": None}, 422),
]


def test_a_part_says_what_it_is(server: RunningServer) -> None:
    for changes, status in NO_PARTS:
        headers: dict[str, Any] = {name: text for name, text in (part(0) | changes).items() if text is not None}
        answer = ask(server, "PATCH", ALERT, server.key, data=CLIP, headers=headers)
        assert code(answer) == (status, Code.REQUEST_INVALID), changes
    assert paths_in(server.parts.config) == []


def test_scopes(server: RunningServer) -> None:
    reader = server.parts.clients.add_key("Test shop", scopes=[Scope.INCIDENTS_READ]).text
    ask(server, "PUT", ALERT, server.key, data=CLIP)
    assert ask(server, "GET", ALERT, reader).status_code == 200
    assert ask(server, "HEAD", ALERT, reader).status_code == 200
    assert ask(server, "PUT", ALERT, reader, data=OTHER).status_code == 403
    assert ask(server, "PATCH", ALERT, reader, data=OTHER, headers=part(0)).status_code == 403
    assert ask(server, "PUT", CONTEXT, reader, data=OTHER).status_code == 403
    assert ask(server, "HEAD", CONTEXT, reader).status_code == 403


def test_what_came_before_the_line_broke_need_not_be_sent_again(server: RunningServer) -> None:
    large = padded_clip(2_000_000)
    host, _, port = server.url.removeprefix("http://").partition(":")
    head = f"PATCH {ALERT} HTTP/1.1\r\nHost: x\r\nX-API-Key: {server.key}\r\nContent-Length: {len(large)}\r\n"
    head += "".join(f"{name}: {text}\r\n" for name, text in part(0, last=True).items())
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall(head.encode() + b"\r\n" + large[:1_500_000])
        assert wait_until(lambda: reached(server) >= 1024 * 1024), "a piece counts while the line is still open"
    assert got(server).status_code == 404
    offset = reached(server)
    while told(answer := sent(server, ALERT, large[offset:], offset, last=True))[0] == 409:
        offset = int(answer.headers["Upload-Offset"])  # the rest of what the broken line brought has come to rest
    assert answer.status_code == 200
    assert got(server).content == large


def reached(server: RunningServer) -> int:
    return int(got(server, method="HEAD").headers.get("Upload-Offset", 0))


@pytest.mark.expects_log("bytes of a file are gone")
def test_a_file_whose_bytes_were_lost_is_not_there(server: RunningServer) -> None:
    """As after a restore from a backup whose files are older than its books."""
    ask(server, "PUT", ALERT, server.key, data=CLIP)
    (path,) = paths_in(server.parts.config)
    server.parts.store.delete(path)
    assert code(got(server)) == (404, Code.REQUEST_NOT_FOUND)
    assert ask(server, "PUT", ALERT, server.key, data=CLIP).status_code == 200
    assert got(server).content == CLIP, "the same again heals it"


@pytest.mark.expects_log("clip not stored")
def test_a_full_storage_refuses_files_and_nothing_else(tmp_path: Path, backend: str) -> None:
    limits = {"vigint_storage_most_gib": 1e-9}
    with running_server(tmp_path, examiner=ScriptedExaminer(first=SUSPICION), limits=limits) as server:
        assert put_incident(server, server.key, OWNED).status_code == 200
        assert code(ask(server, "PUT", ALERT, server.key, data=CLIP)) == (507, Code.STORAGE_FULL)
        assert code(sent(server, ALERT, CLIP, 0, last=True)) == (507, Code.STORAGE_FULL)
        answer = analyse(server, server.key, OWNED)
        assert answer.status_code == 200
        assert answer.json()["first"]["outcome"] == "suspected"
