"""Checks somebody asked for: is this server ours, does this key sign in, does Gemini answer?"""

from vigint_core.analysis.examiner import open_examiner
from vigint_core.domain.status import CheckResult
from vigint_desktop.pipeline.server_link import Endpoint, ServerError, ServerLink

Facts = tuple[tuple[str, dict[str, str]], ...]


def check_server(check_id: str, endpoint: Endpoint) -> CheckResult:
    """Is there a VigInt server, who are we to it, and is its AI proven?"""
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
    ill = next((part for part in readiness.parts if part.code is not None), None)
    if ill is None:
        label = next((part.label for part in readiness.parts if part.part == "ai"), "")
        facts.append(("server.ai_proven", {"model": label}))
    return CheckResult(check_id, ok=ill is None, facts=tuple(facts), code=ill.code if ill else None)


def check_gemini(check_id: str, key: str) -> CheckResult:
    """Does this key bring an answer? One tiny call; only its answer decides, never how the key looks."""
    examiner = open_examiner(key)
    try:
        probe = examiner.probe()
    finally:
        examiner.close()
    if probe.code is not None:
        return CheckResult(check_id, ok=False, facts=(), code=probe.code, detail=probe.detail)
    facts: Facts = (("gemini.answered", {"model": probe.model, "ms": f"{probe.latency_s * 1000:.0f}"}),)
    return CheckResult(check_id, ok=True, facts=facts)
