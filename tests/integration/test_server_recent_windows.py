"""A client that sends no longer clip: its second look is shown the camera's windows right before, too."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import pytest
import requests

from server.db.tenant import Tenant
from server.services import recent_windows
from tests.fakes.clock import NOON_S
from tests.fakes.examiner import CLEAR, SUSPICION, ScriptedExaminer
from tests.fakes.mp4 import mp4
from tests.fakes.server import RunningServer, running_server
from tests.fakes.waiting import wait_until
from tests.integration.test_server_analyses import answer, metadata
from vigint_core.analysis.examiner import Subject
from vigint_core.domain.verdict import Call, Outcome
from vigint_core.wire import API_KEY_HEADER, IDEMPOTENCY_HEADER, AnalysisResponse

pytestmark = pytest.mark.usefixtures("backend")
CLIP, CONTEXT = mp4(), mp4(frames=18)  # ten and nine seconds
WINDOW_S = 10.0


class Seeing(ScriptedExaminer):
    """Remembers what its second looks were shown, and from when on."""

    def __init__(self) -> None:
        super().__init__(CLEAR, SUSPICION)
        self.shown: list[tuple[float, float]] = []

    async def second_look(self, subject: Subject, context: bytes) -> tuple[Outcome, tuple[Call, ...]]:
        with av.open(io.BytesIO(context), "r") as film:
            self.shown.append((subject.context_start_s - NOON_S, (film.duration or 0) / av.time_base))
        return await super().second_look(subject, context)


@pytest.fixture
def examiner() -> Seeing:
    return Seeing()


@pytest.fixture
def server(tmp_path: Path, examiner: Seeing, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    monkeypatch.setattr(recent_windows, "_READ_S", 30.0)  # however slow this machine is
    with running_server(tmp_path, examiner=examiner) as running:
        yield running


def post(server: RunningServer, at_s: float, context: bytes = b"", **changes: Any) -> AnalysisResponse:
    """A window that begins so long after noon; its client has no earlier picture unless it sends a longer clip."""
    start, end = (datetime.fromtimestamp(NOON_S + at, UTC).isoformat() for at in (at_s, at_s + WINDOW_S))
    sent = metadata(f"w{at_s:.0f}", start=start, end=end, context_start=start, **changes)
    files = {"clip": ("clip.mp4", CLIP, "video/mp4")} | (
        {"context": ("c.mp4", context, "video/mp4")} if context else {}
    )
    headers = {API_KEY_HEADER: server.key, IDEMPOTENCY_HEADER: sent["window_id"]}
    with requests.Session() as session:
        url = f"{server.url}/v1/analyses"
        return answer(session.post(url, data={"metadata": json.dumps(sent)}, files=files, headers=headers, timeout=30))


def client_id(server: RunningServer) -> str:
    return server.parts.clients.all()[0].id


def kept(server: RunningServer) -> int:
    return len(server.parts.store.paths(f"{client_id(server)}/recent"))


def test_the_windows_right_before_are_shown_and_moments_count_from_the_announced_start(
    server: RunningServer, examiner: Seeing
) -> None:
    for number in range(2):
        assert post(server, number * WINDOW_S).first.outcome == "clear"
        assert wait_until(lambda number=number: kept(server) == number + 1)
    examiner.first = SUSPICION

    whole = post(server, 2 * WINDOW_S)

    assert examiner.shown == [(0.0, 30.0)]
    assert whole.second is not None
    assert [seen.at_s for seen in whole.second.observations] == [2.5 - 20.0, 4.0 - 20.0], "in the first window"


def test_of_a_client_that_sends_a_longer_clip_none_is_kept(server: RunningServer, examiner: Seeing) -> None:
    post(server, 0.0, CONTEXT)
    examiner.first = SUSPICION
    post(server, WINDOW_S, CONTEXT)
    assert kept(server) == 0
    assert examiner.shown == [(WINDOW_S, 9.0)]


def test_an_erased_camera_leaves_none(server: RunningServer, examiner: Seeing) -> None:
    examiner.first = SUSPICION  # durable work is done by now
    post(server, 0.0)
    assert wait_until(lambda: kept(server) == 1)
    server.parts.erasure.camera(Tenant(server.parts.database, client_id(server)), metadata()["camera_id"])
    assert kept(server) == 0
