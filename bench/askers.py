"""``python -m bench.askers WAY URL CLIP SECONDS``: looks arriving evenly at a provider, in one of four ways.

``http`` posts the bytes of the question and nothing else; ``sdk`` asks it through the bare SDK; ``desk`` is the
desktop's direct judge with its purse, ``server`` the server's service with its books. Prints what they took as JSON.
Arrivals are an open loop: a late look holds up nobody, and its time counts from the moment at which it was due.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import httpx2
from google import genai
from google.genai import types
from pydantic import SecretStr

from server.config import Config
from server.db.database import Database
from server.db.schema import migrate
from server.db.tenant import Tenant
from server.services.analyses import Upload
from server.services.parts import assemble
from vigint_core.analysis.examiner import Subject, open_examiner
from vigint_core.analysis.models import shipped_catalogue
from vigint_core.analysis.prompts import data_text, system_text
from vigint_core.analysis.response import answer_schema, read_answer
from vigint_core.clock import SystemClock
from vigint_core.domain.budget import Caps
from vigint_core.domain.ids import CameraId, WindowId
from vigint_core.domain.verdict import Clear, Outcome
from vigint_core.domain.window import GateEvidence, Span, Window
from vigint_core.wire import AnalysisRequest
from vigint_desktop.pipeline.direct import DirectJudge
from vigint_desktop.store.purse import DeskPurse

RATE: Final = 20.0
"""Looks a second."""
_WARM_S: Final = 4.0  # the SDK is loaded, connections are opened
_CAMERAS: Final = 20
_WINDOW_S: Final = 10.0
_KEY: Final = "stand-in-0123456789"
_SECRET: Final = "bench-0123456789-0123456789-0123456789"
_MICRO: Final = 1_000_000
_PLENTY: Final = Caps(day=1000 * _MICRO, month=9000 * _MICRO, camera_day=500 * _MICRO, camera_month=900 * _MICRO)
"""Caps that are never reached, so that every account is kept."""
Ask = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked, and where."""

    url: str
    clip: bytes


@asynccontextmanager
async def _http(task: Task) -> AsyncIterator[Ask]:
    """The very bytes that the SDK sends, and nothing done with the answer."""
    sent: list[httpx2.Request] = []

    async def keep(request: httpx2.Request) -> None:
        sent.append(request)

    async with httpx2.AsyncClient(event_hooks={"request": [keep]}) as http:
        await _generate(_client(task, http), task, 0)
    question = sent[0]
    limits = httpx2.Limits(max_connections=64, max_keepalive_connections=64)
    async with httpx2.AsyncClient(limits=limits, timeout=30.0) as http:

        async def ask(_number: int) -> None:
            answer = await http.post(question.url, headers=question.headers, content=question.content)
            answer.raise_for_status()

        yield ask


@asynccontextmanager
async def _sdk(task: Task) -> AsyncIterator[Ask]:
    """The same question, as the SDK's own documentation asks it."""
    client = _client(task)

    async def ask(number: int) -> None:
        answer = await _generate(client, task, number)
        _must_be_clear(read_answer(answer.text or "", _WINDOW_S, must_cite=False).outcome)

    yield ask
    await client.aio.aclose()


def _client(task: Task, http: httpx2.AsyncClient | None = None) -> genai.Client:
    options = types.HttpOptions(base_url=task.url, api_version="v1beta", httpx_async_client=http)
    return genai.Client(vertexai=False, api_key=_KEY, http_options=options)


async def _generate(client: genai.Client, task: Task, number: int) -> types.GenerateContentResponse:
    catalogue = shipped_catalogue()
    plan = catalogue.looks["first"]
    end_s = time.time()
    subject = Subject(WindowId(f"w{number}"), "Till 1", end_s - _WINDOW_S, end_s, end_s - _WINDOW_S)
    video = types.Part(
        inline_data=types.Blob(data=task.clip, mime_type="video/mp4"),
        video_metadata=types.VideoMetadata(fps=plan.fps),
    )
    return await client.aio.models.generate_content(
        model=plan.chain[0],
        contents=[types.Content(role="user", parts=[video, types.Part(text=data_text(subject, subject.start_s))])],
        config=types.GenerateContentConfig(
            system_instruction=system_text(plan.prompt, "en"),
            max_output_tokens=plan.max_output_tokens,
            response_mime_type="application/json",
            response_json_schema=dict(answer_schema()),
            media_resolution=types.MediaResolution.MEDIA_RESOLUTION_LOW,
            thinking_config=types.ThinkingConfig(thinking_level=types.ThinkingLevel.MINIMAL),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Clips:
    """``WindowClips`` that were encoded before."""

    clip: bytes
    context: bytes
    context_start_s: float


@asynccontextmanager
async def _desk(task: Task) -> AsyncIterator[Ask]:
    """The desktop's judge, asked from as many threads as there are looks under way."""
    sys.setswitchinterval(0.001)  # as the desktop does
    clock, loop = SystemClock(), asyncio.get_running_loop()
    with (
        tempfile.TemporaryDirectory(prefix="vigint-bench-") as folder,
        closing(DeskPurse(Path(folder, "money.sqlite3"), clock, _PLENTY)) as purse,
        ThreadPoolExecutor(128) as threads,
    ):
        judge = DirectJudge(open_examiner(_KEY, task.url, purse=purse), "en", clock, purse)

        def look(number: int) -> None:
            end_s = clock.wall()
            span = Span(end_s - _WINDOW_S, end_s)
            camera, window_id = CameraId(f"c{number % _CAMERAS}"), WindowId(f"w{number}")
            window = Window(window_id, camera, camera, span, (), (), GateEvidence(3.0, 0.8), clock.monotonic())
            _must_be_clear(judge.judge(window, _Clips(task.clip, task.clip, span.start_s)).first)

        yield lambda number: loop.run_in_executor(threads, look, number)
        await loop.run_in_executor(threads, judge.stop)


@asynccontextmanager
async def _server(task: Task) -> AsyncIterator[Ask]:
    """The server's service with its books on SQLite, without HTTP of its own."""
    with tempfile.TemporaryDirectory(prefix="vigint-bench-") as folder:
        config = Config(
            secret_key=SecretStr(_SECRET),
            google_api_key=SecretStr(_KEY),
            google_gemini_base_url=task.url,
            database_url=SecretStr(""),
            vigint_data_dir=Path(folder),
            vigint_budget_day_usd=Decimal(1000),
            vigint_budget_month_usd=Decimal(9000),
            vigint_budget_camera_day_usd=Decimal(500),
            vigint_budget_camera_month_usd=Decimal(900),
        )
        with closing(Database(config.database)) as database:
            migrate(database)
            parts = assemble(config, database)
            tenant = Tenant(database, parts.clients.add("Bench").id)

            async def ask(number: int) -> None:
                end = datetime.now(UTC)
                start = end - timedelta(seconds=_WINDOW_S)
                camera = f"c{number % _CAMERAS}"
                request = AnalysisRequest(
                    window_id=f"w{number}", camera_id=camera, camera_name=camera, start=start, end=end,
                    context_start=start, gate_peak=3.0, gate_active_share=0.8,
                )  # fmt: skip
                answer = await parts.analyses.analyse(tenant, Upload(request, task.clip, task.clip))
                if answer is None or answer.first.outcome != "clear":
                    raise RuntimeError(f"not clear: {answer}")

            yield ask
            await parts.examiner.close()


def _must_be_clear(outcome: Outcome) -> None:
    if outcome.__class__ is not Clear:
        raise RuntimeError(f"not clear: {outcome}")


WAYS: Final = {"http": _http, "sdk": _sdk, "desk": _desk, "server": _server}


async def _measure(way: str, task: Task, seconds: float) -> dict[str, Any]:
    """Latencies in seconds of every look, and CPU seconds of this process a look."""
    async with WAYS[way](task) as ask:
        await asyncio.gather(*(ask(-number) for number in range(1, 4)))
        warm, count = round(_WARM_S * RATE), round(seconds * RATE)
        begun_s = time.monotonic() + 0.1
        looks, cpu_s = [], 0.0
        for number in range(warm + count):
            due_s = begun_s + number / RATE
            await asyncio.sleep(due_s - time.monotonic())
            cpu_s = time.process_time() if number == warm else cpu_s
            looks.append(asyncio.create_task(_timed(ask, number, due_s)))
        await asyncio.sleep(begun_s + len(looks) / RATE - time.monotonic())
        cpu_s = time.process_time() - cpu_s  # what the looks of before still cost stands for what the last will cost
        return {"latency_s": (await asyncio.gather(*looks))[warm:], "cpu_s_a_look": cpu_s / count}


async def _timed(ask: Ask, number: int, due_s: float) -> float:
    await ask(number)
    return time.monotonic() - due_s


if __name__ == "__main__":
    os.environ.pop("GOOGLE_GEMINI_BASE_URL", None)
    given = Task(sys.argv[2], Path(sys.argv[3]).read_bytes())
    print(json.dumps(asyncio.run(_measure(sys.argv[1], given, float(sys.argv[4])))))
