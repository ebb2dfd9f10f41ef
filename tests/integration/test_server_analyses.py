"""Windows over real HTTP: judged once, repeated from the books, refused when they are not what they should be."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from server.db.tenant import Tenant
from tests.fakes.examiner import CLEAR, OVERLOADED, SUSPICION, ScriptedExaminer
from tests.fakes.mp4 import mp4, with_sound
from tests.fakes.server import RunningServer, running_server
from vigint_core.domain.fault import Code
from vigint_core.wire import API_KEY_HEADER, IDEMPOTENCY_HEADER, AnalysisResponse, Problem

pytestmark = pytest.mark.usefixtures("backend")
CLIP = mp4()
OTHER_CLIP = mp4(frames=18)
LIMITS = {"vigint_max_clip_bytes": 60_000, "vigint_max_clip_seconds": 30.0, "vigint_max_body_bytes": 200_000}


@pytest.fixture
def examiner() -> ScriptedExaminer:
    return ScriptedExaminer()


@pytest.fixture
def server(tmp_path: Path, examiner: ScriptedExaminer) -> Iterator[RunningServer]:
    with running_server(tmp_path, examiner=examiner, limits=LIMITS) as running:
        yield running


def metadata(window_id: str = "w1", **changes: Any) -> dict[str, Any]:
    return {
        "window_id": window_id,
        "camera_id": "till-2",
        "camera_name": "Till 2",
        "start": "2026-11-22T14:31:40+01:00",
        "end": "2026-11-22T14:31:50+01:00",
        "context_start": "2026-11-22T14:31:30+01:00",
        "gate_peak": 2.5,
        "gate_active_share": 0.75,
        "language": "fr",
        **changes,
    }


def send(
    server: RunningServer,
    sent: dict[str, Any] | None = None,
    clip: bytes = CLIP,
    *,
    key: str | None = None,
    **files: bytes,
) -> requests.Response:
    sent = sent or metadata()
    with requests.Session() as session:
        return session.post(
            f"{server.url}/v1/analyses",
            data={"metadata": json.dumps(sent)},
            files={
                "clip": ("clip.mp4", clip, "video/mp4"),
                **{name: (f"{name}.mp4", content, "video/mp4") for name, content in files.items()},
            },
            headers={API_KEY_HEADER: server.key if key is None else key, IDEMPOTENCY_HEADER: sent["window_id"]},
            timeout=20,
        )


def answer(response: requests.Response) -> AnalysisResponse:
    assert response.status_code == 200, response.text
    return AnalysisResponse.model_validate_json(response.content)


def problem(response: requests.Response, status: int) -> Problem:
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    found = Problem.model_validate_json(response.content)
    assert found.status == status
    assert found.detail
    assert found.remedy
    return found


def rows(server: RunningServer, table: str) -> int:
    with server.parts.database.connection() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() or 0)


def paid_looks(server: RunningServer) -> int:
    return sum(len(Tenant(server.parts.database, client.id).calls()) for client in server.parts.clients.all())


def test_a_clear_window(server: RunningServer, examiner: ScriptedExaminer) -> None:
    got = answer(send(server))
    assert (got.window_id, got.first.outcome, got.second, got.replayed) == ("w1", "clear", None, False)
    assert [call.look for call in got.calls] == ["first"]
    assert len(examiner.subjects) == 1


def test_the_examiner_is_told_what_was_sent(server: RunningServer, examiner: ScriptedExaminer) -> None:
    answer(send(server))
    told = examiner.subjects[0]
    assert (told.window_id, told.camera_name, told.language) == ("w1", "Till 2", "fr")
    assert (told.end_s - told.start_s, told.start_s - told.context_start_s) == (10.0, 10.0)
    assert (told.gate_peak, told.gate_active_share, told.utc_offset_s) == (2.5, 0.75, 3600)


def test_a_suspicion_comes_with_both_looks(server: RunningServer, examiner: ScriptedExaminer) -> None:
    examiner.first = examiner.second = SUSPICION
    got = answer(send(server, context=OTHER_CLIP))
    assert got.first.outcome == "suspected"
    assert got.second is not None
    assert got.second.type == "concealment"
    assert [seen.at_s for seen in got.second.observations] == [2.5, 4.0]


def test_a_repeat_is_answered_from_the_books(server: RunningServer, examiner: ScriptedExaminer) -> None:
    first, second = answer(send(server)), answer(send(server))
    assert second == first.model_copy(update={"replayed": True})
    assert len(examiner.subjects) == 1
    assert paid_looks(server) == 1


def test_a_repeat_is_answered_after_a_restart(tmp_path: Path) -> None:
    before, after = ScriptedExaminer(), ScriptedExaminer()
    with running_server(tmp_path, examiner=before) as server:
        answer(send(server))
    with running_server(tmp_path, examiner=after) as server:
        assert answer(send(server)).replayed
    assert after.subjects == []


@pytest.mark.parametrize(
    ("sent", "clip"),
    [
        pytest.param(metadata(), OTHER_CLIP, id="another clip"),
        pytest.param(metadata(camera_id="door"), CLIP, id="another camera"),
        pytest.param(metadata(language="en"), CLIP, id="another language"),
    ],
)
def test_the_same_id_with_other_content_is_a_conflict(
    server: RunningServer, examiner: ScriptedExaminer, sent: dict[str, Any], clip: bytes
) -> None:
    answer(send(server))
    assert problem(send(server, sent, clip), 409).code is Code.REQUEST_CONFLICT
    assert len(examiner.subjects) == 1


def test_a_failed_look_may_be_asked_again(server: RunningServer, examiner: ScriptedExaminer) -> None:
    examiner.first = OVERLOADED
    failed = answer(send(server))
    assert (failed.first.outcome, failed.first.reason, failed.first.retry_after_s) == (
        "not_analysed",
        "ai.overloaded",
        3.0,
    )
    examiner.first = CLEAR
    good = answer(send(server))
    assert (good.first.outcome, good.replayed) == ("clear", False)
    assert answer(send(server)).replayed
    assert len(examiner.subjects) == 2
    assert paid_looks(server) == 2


def test_a_failed_second_look_is_made_again_alone(server: RunningServer, examiner: ScriptedExaminer) -> None:
    examiner.first, examiner.second = SUSPICION, OVERLOADED
    half = answer(send(server))
    assert half.second is not None
    assert half.second.outcome == "not_analysed"
    examiner.second = CLEAR
    whole = answer(send(server))
    assert whole.first == half.first
    assert whole.second is not None
    assert whole.second.outcome == "clear"
    assert [call.look for call in whole.calls] == ["second"]
    assert (len(examiner.subjects), len(examiner.second_looks)) == (1, 2)
    assert answer(send(server)).replayed


def test_two_at_once_make_one_look(server: RunningServer, examiner: ScriptedExaminer) -> None:
    looking, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        looking.set()
        assert go_on.wait(20)

    examiner.before = hold
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(send, server)
        assert looking.wait(20)
        second = send(server)
        go_on.set()
        answer(first.result(20))
    assert problem(second, 409).code is Code.SERVER_BUSY
    assert int(second.headers["Retry-After"]) >= 1
    assert len(examiner.subjects) == 1


def test_another_process_sees_the_claim(tmp_path: Path) -> None:
    """Two servers on one database, as behind a balancer: the second one does not look at what the first one holds."""
    one, two = ScriptedExaminer(), ScriptedExaminer()
    with running_server(tmp_path, examiner=one) as first, running_server(tmp_path, examiner=two) as second:
        one.before = lambda: refusals.append(send(second))
        refusals: list[requests.Response] = []
        answer(send(first))
        assert problem(refusals[0], 409).code is Code.SERVER_BUSY
        assert answer(send(second)).replayed
    assert two.subjects == []


def test_more_looks_than_places_are_refused(tmp_path: Path) -> None:
    examiner = ScriptedExaminer()
    with running_server(tmp_path, examiner=examiner, limits={"vigint_max_looks": 1}) as server:
        refused: list[requests.Response] = []
        examiner.before = lambda: refused.append(send(server, metadata("w2")))
        answer(send(server))
        assert problem(refused[0], 503).code is Code.SERVER_BUSY
        examiner.before = lambda: None
        answer(send(server, metadata("w2")))


@pytest.mark.expects_log("unforeseen error")
def test_an_unforeseen_error_frees_the_window(server: RunningServer, examiner: ScriptedExaminer, caplog: Any) -> None:
    def fail() -> None:
        raise RuntimeError("the secret inside")

    examiner.before = fail
    response = send(server)
    assert problem(response, 500).code is Code.INTERNAL
    assert "secret inside" not in response.text
    assert [record.name for record in caplog.records if record.levelname == "ERROR"] == ["server.routes.problems"]
    examiner.before = lambda: None
    assert answer(send(server)).first.outcome == "clear"


def test_clients_do_not_see_each_other(server: RunningServer, examiner: ScriptedExaminer) -> None:
    server.parts.clients.add("Other shop")
    other = server.parts.clients.add_key("Other shop").text
    answer(send(server))
    same_id = answer(send(server, metadata(), OTHER_CLIP, key=other))
    assert not same_id.replayed
    assert len(examiner.subjects) == 2
    for client in server.parts.clients.all():
        assert len(Tenant(server.parts.database, client.id).calls()) == 1


BAD_CLIPS = {
    "text": (b"no video at all " * 100, 422, Code.CLIP_NOT_VIDEO),
    "nothing": (b"", 422, Code.CLIP_NOT_VIDEO),
    "half": (CLIP[:1500], 422, Code.CLIP_NOT_VIDEO),
    "sound": (with_sound(video=False), 422, Code.CLIP_NOT_VIDEO),
    "long": (mp4(64, 64, frames=100, fps=2), 422, Code.CLIP_TOO_LONG),
    "large": (b"x" * 60_001, 413, Code.CLIP_TOO_LARGE),
}


@pytest.mark.parametrize("name", BAD_CLIPS)
@pytest.mark.parametrize("part", ["clip", "context"])
def test_a_bad_clip_is_refused_and_nothing_is_stored(
    server: RunningServer, examiner: ScriptedExaminer, name: str, part: str
) -> None:
    content, status, code = BAD_CLIPS[name]
    response = send(server, clip=content) if part == "clip" else send(server, context=content)
    assert problem(response, status).code is code
    assert examiner.subjects == []
    assert rows(server, "analyses") == 0
    answer(send(server))


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"window_id": "../../etc"}, "metadata.window_id"),
        ({"start": "2026-11-22T14:31:40"}, "metadata.start"),
        ({"end": "2026-11-22T14:31:40+01:00"}, "metadata.end"),
        ({"end": "2026-11-22T15:31:40+01:00"}, "metadata.end"),
        ({"context_start": "2026-11-22T14:31:50+01:00"}, "metadata.context_start"),
        ({"gate_active_share": 7}, "metadata.gate_active_share"),
        ({"surprise": "hunter2"}, "metadata.surprise"),
    ],
)
def test_wrong_metadata_are_named_but_not_repeated(
    server: RunningServer, examiner: ScriptedExaminer, changes: dict[str, Any], place: str
) -> None:
    response = send(server, metadata(**changes))
    assert problem(response, 422).code is Code.REQUEST_INVALID
    assert any(each.startswith(place) for each in response.json()["errors"])
    assert "hunter2" not in response.text
    assert examiner.subjects == []


def post_raw(server: RunningServer, **request: Any) -> requests.Response:
    headers = {API_KEY_HEADER: server.key, **request.pop("headers", {})}
    with requests.Session() as session:
        return session.post(f"{server.url}/v1/analyses", headers=headers, timeout=20, **request)


def test_the_idempotency_key_is_required_and_is_the_windows_id(server: RunningServer) -> None:
    body = {"data": {"metadata": json.dumps(metadata())}, "files": {"clip": ("c", CLIP)}}
    for headers in ({}, {IDEMPOTENCY_HEADER: "another"}):
        response = post_raw(server, headers=headers, **body)
        assert problem(response, 422).code is Code.REQUEST_INVALID
        assert IDEMPOTENCY_HEADER in response.json()["errors"][0]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"data": b"{}"}, 422, id="no multipart"),
        pytest.param({"files": {"clip": ("c", CLIP)}}, 422, id="no metadata"),
        pytest.param(
            {"data": {"metadata": json.dumps(metadata())}, "files": {"context": ("c", CLIP)}}, 422, id="no clip"
        ),
        pytest.param({"data": {"metadata": "{"}, "files": {"clip": ("c", CLIP)}}, 422, id="not JSON"),
        pytest.param(
            {"data": {"metadata": "x" * 70_000}, "files": {"clip": ("c", CLIP)}}, 400, id="metadata without end"
        ),
        pytest.param(
            {"data": b"--b\r\nbroken", "headers": {"Content-Type": "multipart/form-data; boundary=b"}}, 422, id="broken"
        ),
    ],
)
def test_a_malformed_body_is_refused(server: RunningServer, body: dict[str, Any], status: int) -> None:
    headers = {IDEMPOTENCY_HEADER: "w1", **body.pop("headers", {})}
    assert problem(post_raw(server, headers=headers, **body), status).code is Code.REQUEST_INVALID


def chunks(total: int) -> Iterator[bytes]:
    yield b'--b\r\nContent-Disposition: form-data; name="clip"; filename="c"\r\n\r\n'
    for _ in range(total // 10_000):
        yield b"x" * 10_000


@pytest.mark.parametrize("announced", [True, False], ids=["with length", "without length"])
def test_a_body_over_the_limit_is_refused_while_it_arrives(server: RunningServer, announced: bool) -> None:
    data = b"".join(chunks(700_000)) if announced else chunks(700_000)
    headers = {IDEMPOTENCY_HEADER: "w1", "Content-Type": "multipart/form-data; boundary=b"}
    assert problem(post_raw(server, data=data, headers=headers), 413).code is Code.CLIP_TOO_LARGE
    assert rows(server, "analyses") == 0


@pytest.mark.parametrize(("key", "code"), [("", Code.AUTH_MISSING_KEY), ("vg_0000_" + "x" * 43, Code.AUTH_INVALID_KEY)])
def test_without_a_key_nothing_is_read(server: RunningServer, examiner: ScriptedExaminer, key: str, code: Code) -> None:
    """The client gets to read why, although its body was not wanted."""
    response = send(server, clip=b"x" * 55_000, key=key)
    assert problem(response, 401).code is code
    assert examiner.subjects == []


@pytest.mark.expects_log("answer not written")
def test_a_paid_answer_goes_out_even_when_the_books_are_shut(server: RunningServer, examiner: ScriptedExaminer) -> None:
    def break_the_books() -> None:
        with server.parts.database.connection() as connection:
            connection.exec_driver_sql("DROP TABLE calls")

    examiner.before = break_the_books
    assert answer(send(server)).first.outcome == "clear"


def test_without_an_ai_key_every_window_says_so(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        got = answer(send(server))
    assert (got.first.outcome, got.first.reason, got.calls) == ("not_analysed", Code.AI_NO_KEY, [])
