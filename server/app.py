"""The HTTP application: routes, limits, problem answers, and the probe beside them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI

from server.routes import analyses, budget, health, incidents, me, problems, usage
from server.routes.intake import BodyLimit
from server.services.parts import Parts
from vigint_core import __version__


def create_app(parts: Parts) -> FastAPI:
    """The application on the given parts, which it closes when it ends.

    ``app.state.begin_probing`` is an event that starts the probe; the program sets it when its socket listens, so that
    loading the provider's library does not delay the first answer.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.begin_probing = asyncio.Event()
        prober = asyncio.create_task(parts.prober.run(app.state.begin_probing))
        yield
        prober.cancel()
        with suppress(asyncio.CancelledError):
            await prober
        await parts.examiner.close()
        parts.close()

    app = FastAPI(title="VigInt", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.parts = parts
    app.add_middleware(
        BodyLimit, most_bytes=parts.config.vigint_max_body_bytes, most_s=parts.config.vigint_max_body_wait_s
    )
    problems.install(app)
    for routes in (health, me, analyses, budget, usage, incidents):
        app.include_router(routes.router)
    return app
