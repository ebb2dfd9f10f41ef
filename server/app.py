"""The HTTP application: routes, limits, problem answers, and the probes beside them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

import anyio.to_thread
from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.routing import NoMatchFound

from server.logs import journal
from server.routes import (
    admin,
    analyses,
    budget,
    documented,
    events,
    files,
    health,
    incidents,
    link_pages,
    links,
    me,
    metrics,
    problems,
    requests,
    sites,
    usage,
)
from server.routes.given import look_ups
from server.routes.intake import BodyLimit
from server.routes.straight import LookUps
from server.services.parts import Parts
from server.workflows.catalogue import plan_of
from server.workflows.runtime import Durable
from vigint_core import __version__

_NO_TELEMETRY: Final[TelemetryConfig] = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""The server tells of itself by its own log and figures, which hold no query and no secret, and to nobody else."""
AGAIN_S: Final = 5.0
"""From the failure of a task beside the requests to its new begin."""
_log = journal(__name__)


def create_app(parts: Parts) -> FastAPI:
    """The application on the given parts, which it closes when it ends.

    ``app.state.begin_probing`` is an event that starts the probes and durable work; the program sets it when its socket
    listens, so that loading their libraries does not delay the first answer.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        begin = app.state.begin_probing = asyncio.Event()
        durable = Durable(parts.database, plan_of(parts, asyncio.get_running_loop()), parts.clock)
        parts.durable.open(durable)
        beside: dict[str, Callable[[], Awaitable[None]]] = {
            "prober": lambda: parts.prober.run(begin),
            "mail probe": lambda: parts.mail_probe.run(begin),
            "health": parts.health.run,
            "events": parts.event_hub.run,
            "durable work": lambda: durable.run(begin),
        }
        tasks = [asyncio.create_task(_kept_up(name, run)) for name, run in beside.items()]
        yield
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await anyio.to_thread.run_sync(durable.stop)
        await parts.examiner.close()
        parts.close()

    app = FastAPI(
        title="VigInt", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None, telemetry=_NO_TELEMETRY
    )
    app.state.parts = parts
    app.add_middleware(LookUps, found=look_ups([*me.router.routes, *incidents.router.routes]))
    app.add_middleware(
        BodyLimit, most_bytes=parts.config.vigint_max_body_bytes, most_s=parts.config.vigint_max_body_wait_s
    )
    problems.install(app)
    requests.install(app, parts.metrics)
    for routes in (  # they are tried in this order
        health, me, incidents, analyses, budget, usage, files, events, metrics, links, link_pages, sites, admin,
    ):  # fmt: skip
        app.include_router(routes.router)
    documented.install(app)
    _build_routes(app)
    return app


async def _kept_up(name: str, run: Callable[[], Awaitable[None]]) -> None:
    """Run a task beside the requests until it ends by itself or is cancelled.

    Its outermost frame: what nobody foresaw is logged, and the task begins anew.
    """
    while True:
        try:
            return await run()
        except Exception:  # noqa: BLE001 - the outermost frame of a task
            _log.exception("a task beside the requests failed and begins anew", task=name, wait_s=AGAIN_S)
        await asyncio.sleep(AGAIN_S)


def _build_routes(app: FastAPI) -> None:
    """Let FastAPI build its routes now and not at the first request, which would pay for it.

    It also mutes warnings meanwhile, for all threads: two servers in one process must not do so at the same time.
    """
    with suppress(NoMatchFound):
        app.url_path_for("")
