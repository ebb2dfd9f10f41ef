"""Checks somebody asked for: is this server ours, does this key sign in, does Gemini answer?"""

import asyncio
from pathlib import Path

from vigint_core.analysis.examiner import Probe, open_examiner
from vigint_core.analysis.models import Catalogue, owners_catalogue
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.status import CheckResult, Health
from vigint_desktop.pipeline.server_link import Endpoint, ServerError, ServerLink

Facts = tuple[tuple[str, dict[str, str]], ...]


def check_server(check_id: str, endpoint: Endpoint) -> CheckResult:
    """Is there a VigInt server, who are we to it, and is its AI proven?

    A notice about a part that is well comes as the code of a check that is ok.
    """
    link = ServerLink()
    facts: list[tuple[str, dict[str, str]]] = []
    try:
        readiness, elapsed_s = link.readiness(endpoint)
        ms = f"{elapsed_s * 1000:.0f}"
        facts.append(("server.reachable", {"version": readiness.version, "ms": ms}))
        me = link.me(endpoint)
        facts.append(("server.signed_in", {"client": me.client_name}))
    except ServerError as error:
        return CheckResult(check_id, ok=False, facts=tuple(facts), code=error.code, detail=error.detail)
    finally:
        link.close()
    if me.lacking:
        detail = ", ".join(me.lacking)
        return CheckResult(check_id, ok=False, facts=tuple(facts), code=Code.AUTH_FORBIDDEN, detail=detail)
    noted = [part for part in readiness.parts if part.code is not None]
    ill = next((part for part in noted if part.health is not Health.OK), None)
    if ill is not None:
        return CheckResult(check_id, ok=False, facts=tuple(facts), code=ill.code)
    label = next((part.label for part in readiness.parts if part.part == "ai"), "")
    facts.append(("server.ai_proven", {"model": label}))
    code, detail = (noted[0].code, noted[0].detail) if noted else (None, "")
    return CheckResult(check_id, ok=True, facts=tuple(facts), code=code, detail=detail)


def check_gemini(check_id: str, key: str, models_file: Path | None = None) -> CheckResult:
    """Does this key bring an answer from every chosen model? Only answers decide, never how the key looks.

    ``models_file``: the owner's own catalogue. A notice about a model comes as the code of a check that is ok.
    """
    try:
        catalogue = owners_catalogue(models_file)
    except VigintError as error:
        return CheckResult(check_id, ok=False, facts=(), code=error.code, detail=error.detail)
    probe = asyncio.run(_probe(key, catalogue))
    if probe.code is not None:
        return CheckResult(check_id, ok=False, facts=(), code=probe.code, detail=probe.detail)
    facts: Facts = (("gemini.answered", {"model": probe.model, "ms": f"{probe.latency_s * 1000:.0f}"}),)
    return CheckResult(check_id, ok=True, facts=facts, code=probe.notice, detail=probe.detail)


async def _probe(key: str, catalogue: Catalogue) -> Probe:
    examiner = open_examiner(key, catalogue=catalogue)
    try:
        return await examiner.probe()
    finally:
        await examiner.close()
