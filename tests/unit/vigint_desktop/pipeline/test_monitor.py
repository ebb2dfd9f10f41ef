import threading
from datetime import datetime

import pytest

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.http_peer import HttpPeer, Reply, as_json, problem
from tests.fakes.sink import RecordingSink
from tests.unit.vigint_desktop.pipeline.test_server_link import ME, READY
from vigint_core.domain.budget import BudgetView, Caps, Economy
from vigint_core.domain.fault import Code
from vigint_core.domain.scope import Scope
from vigint_core.domain.status import BudgetTold, Health, Part, PartStatus
from vigint_desktop.pipeline import monitor as module
from vigint_desktop.pipeline.direct import NoJudge
from vigint_desktop.pipeline.monitor import Backlog, Monitor, NoServerProbe, ServerProbe
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink

OK = PartStatus(Part.AI, Health.OK, label="m")
DOWN = PartStatus(Part.AI, Health.DOWN, Code.AI_UNREACHABLE)


class ScriptedProbe:
    """Finds what it is told to find, and says when it was asked."""

    def __init__(self, *parts: PartStatus, view: BudgetView | None = None) -> None:
        self.parts = parts
        self.view = view
        self.asked = threading.Semaphore(0)

    def prove(self) -> tuple[PartStatus, ...]:
        self.asked.release()
        return self.parts

    def budget(self) -> BudgetView | None:
        return self.view


def by_part(parts: tuple[PartStatus, ...]) -> dict[Part, tuple[Health, Code | None]]:
    return {part.part: (part.health, part.code) for part in parts}


def told_of_alerts(health: str, code: str | None) -> dict[str, object]:
    """``/v1/health`` of a server that is well but for that; "storage" says that no other part of it is believed."""
    at = "2026-11-22T08:00:00Z"
    words = {"cause": "", "remedy": "", "label": "", "detail": "", "since": at, "worked_at": None, "until": None}
    parts = [
        {"part": "storage", "health": "down", "code": "server.storage", "figures": {}, **words},
        {"part": "alerts", "health": health, "code": code, "figures": {"waiting": 1.0}, **words},
    ]
    return {"version": "1.2", "health": health, "language": "en", "parts": parts}


def prove(link: ServerLink, embedded_name: str = "") -> tuple[PartStatus, ...]:
    return ServerProbe(link, FakeClock(), embedded_name).prove()


def test_a_server_that_is_well(peer: HttpPeer, link: ServerLink) -> None:
    proof = "2026-11-22T08:00:00Z"  # long before the clock of this test
    proven = {"part": "ai", "health": "ok", "label": "m", "proven_at": proof}
    peer.plays(as_json({**READY, "parts": [{"part": "database", "health": "ok"}, proven]}), as_json(ME))

    server, sign_in, ai = prove(link)

    assert (server.part, server.health, server.label) == (Part.SERVER, Health.OK, "1.2")
    assert server.round_trip_s is not None
    assert (sign_in.health, sign_in.label) == (Health.OK, "Shop Lyon")
    assert (ai.health, ai.label) == (Health.OK, "m")
    assert ai.at_s == datetime.fromisoformat(proof).timestamp(), "asking the server proves nothing about its AI"
    assert server.at_s == NOON_S


def test_the_worst_part_speaks_for_the_server_and_the_ai_for_itself(peer: HttpPeer, link: ServerLink) -> None:
    parts = [
        {"part": "mail", "health": "degraded", "code": "internal"},
        {"part": "database", "health": "down", "code": "server.storage"},
        {"part": "ai", "health": "not_configured", "code": "ai.no_key"},
    ]
    peer.plays(as_json({**READY, "ready": False, "parts": parts}, 503), problem(401, Code.AUTH_INVALID_KEY))

    assert by_part(prove(link)) == {
        Part.SERVER: (Health.DOWN, Code.SERVER_STORAGE),
        Part.SIGN_IN: (Health.DOWN, Code.AUTH_INVALID_KEY),
        Part.AI: (Health.NOT_CONFIGURED, Code.AI_NO_KEY),
    }


def test_a_server_whose_mail_is_down_does_all_the_rest_and_says_what_is_wrong(peer: HttpPeer, link: ServerLink) -> None:
    parts = [
        {"part": "database", "health": "ok"},
        {"part": "ai", "health": "ok"},
        {"part": "mail", "health": "down", "code": "mail.refused_sign_in"},
    ]
    peer.plays(as_json({**READY, "parts": parts}), as_json(ME))

    assert by_part(prove(link))[Part.SERVER] == (Health.DEGRADED, Code.MAIL_REFUSED_SIGN_IN)


@pytest.mark.parametrize("health", ["degraded", "down"])
def test_alerts_of_ours_that_do_not_arrive_are_the_servers_fault_too(
    peer: HttpPeer, link: ServerLink, health: str
) -> None:
    peer.plays(as_json(READY), as_json(ME), as_json(told_of_alerts(health, "mail.refused")))

    assert by_part(prove(link))[Part.SERVER] == (Health.DEGRADED, Code.MAIL_REFUSED)


def test_whether_our_alerts_arrive_is_asked_now_and_then(peer: HttpPeer, link: ServerLink) -> None:
    clock = FakeClock()
    probe = ServerProbe(link, clock)
    failing, mended = told_of_alerts("down", "webhook.gone"), told_of_alerts("ok", None)
    peer.plays(as_json(READY), as_json(ME), as_json(failing), as_json(READY), as_json(ME))
    found = [by_part(probe.prove())[Part.SERVER] for _ in range(2)]
    clock.advance(module.ALERTS_S)
    peer.plays(as_json(READY), as_json(ME), as_json(mended))

    assert [*found, by_part(probe.prove())[Part.SERVER]] == [
        (Health.DEGRADED, Code.WEBHOOK_GONE),
        (Health.DEGRADED, Code.WEBHOOK_GONE),
        (Health.OK, None),
    ]
    assert [asked.path for asked in peer.asked].count("/v1/health") == 2


def test_an_older_server_tells_nothing_of_our_alerts(peer: HttpPeer, link: ServerLink) -> None:
    peer.plays(as_json(READY), as_json(ME), problem(404, Code.REQUEST_NOT_FOUND))

    assert by_part(prove(link))[Part.SERVER] == (Health.OK, None)


def test_a_server_that_says_nothing_of_its_ai(peer: HttpPeer, link: ServerLink) -> None:
    peer.plays(as_json({**READY, "parts": []}), as_json(ME))

    assert by_part(prove(link))[Part.AI] == (Health.UNKNOWN, Code.SERVER_NOT_VIGINT)


def test_without_a_key_the_sign_in_is_not_configured(peer: HttpPeer, link: ServerLink) -> None:
    link.set_endpoint(Endpoint(peer.url, ""))
    peer.plays(as_json(READY))

    assert by_part(prove(link))[Part.SIGN_IN] == (Health.NOT_CONFIGURED, Code.AUTH_MISSING_KEY)


def test_nothing_is_known_behind_a_server_that_does_not_answer(peer: HttpPeer, link: ServerLink) -> None:
    peer.plays(Reply(drop=True))

    assert by_part(prove(link)) == {
        Part.SERVER: (Health.DOWN, Code.SERVER_UNREACHABLE),
        Part.SIGN_IN: (Health.UNKNOWN, Code.SERVER_UNREACHABLE),
        Part.AI: (Health.UNKNOWN, Code.SERVER_UNREACHABLE),
    }


@pytest.mark.parametrize(
    ("embedded_name", "found"),
    [("Ce magasin", (Health.UNKNOWN, Code.SERVER_STARTING)), ("", (Health.DOWN, Code.SERVER_UNREACHABLE))],
)
def test_no_endpoint_yet(embedded_name: str, found: tuple[Health, Code]) -> None:
    assert by_part(prove(ServerLink(), embedded_name))[Part.SERVER] == found


def test_the_embedded_server_s_client_has_a_name_in_the_owner_s_language(peer: HttpPeer, link: ServerLink) -> None:
    peer.plays(as_json(READY), as_json(ME))

    (sign_in,) = [part for part in prove(link, "Ce magasin") if part.part is Part.SIGN_IN]

    assert (sign_in.health, sign_in.label) == (Health.OK, "Ce magasin")


def test_without_a_server_only_the_ai_counts() -> None:
    assert by_part(NoServerProbe(NoJudge(FakeClock()).status).prove()) == {
        Part.SERVER: (Health.NOT_CONFIGURED, None),
        Part.SIGN_IN: (Health.NOT_CONFIGURED, None),
        Part.AI: (Health.NOT_CONFIGURED, Code.AI_OFF),
    }


def test_it_proves_again_at_once_when_asked_and_when_the_probe_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WELL_S", 60.0)
    first, second, sink = ScriptedProbe(OK), ScriptedProbe(OK), RecordingSink()
    monitor = Monitor(first, lambda: Backlog(0, 0), sink, FakeClock())
    monitor.worker.start()
    try:
        assert first.asked.acquire(timeout=30)
        assert sink.wait_for(lambda s: len(s.of(PartStatus)) == 2)
        monitor.check_now()
        assert first.asked.acquire(timeout=30)
        monitor.use(second)
        assert second.asked.acquire(timeout=30)
    finally:
        assert monitor.worker.stop(timeout_s=30.0)


def test_while_something_is_ill_it_proves_more_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WELL_S", 60.0)
    monkeypatch.setattr(module, "ILL_S", 0.01)
    probe = ScriptedProbe(DOWN)
    monitor = Monitor(probe, lambda: Backlog(0, 0), RecordingSink(), FakeClock())
    monitor.worker.start()
    try:
        for _ in range(3):
            assert probe.asked.acquire(timeout=30)
    finally:
        assert monitor.worker.stop(timeout_s=30.0)


def test_the_queue_is_late_only_when_incidents_wait_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WELL_S", 0.0)
    clock, sink = FakeClock(), RecordingSink()
    waiting = [Backlog(2, 1)]
    monitor = Monitor(ScriptedProbe(OK), lambda: waiting[0], sink, clock)

    def queue() -> PartStatus:
        monitor._step()
        return sink.last(PartStatus)

    assert (queue().health, queue().label) == (Health.OK, "3")
    clock.advance(module.PATIENCE_S)
    assert queue().health is Health.DEGRADED
    waiting[0] = Backlog(2, 0)
    assert queue().health is Health.OK
    waiting[0] = Backlog(0, 1)
    assert queue().health is Health.OK


def test_how_the_money_stands_is_told_and_the_cameras_hear_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WELL_S", 0.0)
    sink = RecordingSink()
    view = BudgetView(Caps(day=5), 4, 40, economy=Economy.LOCAL_ONLY)
    heard: list[BudgetView] = []
    probe = ScriptedProbe(OK, view=view)
    monitor = Monitor(probe, lambda: Backlog(0, 0), sink, FakeClock(), heard.append)
    monitor._step()
    probe.view = None  # the server is away: what was left out stays so
    monitor._step()

    assert [told.view for told in sink.of(BudgetTold)] == [view, None]
    assert heard == [view]


def test_the_server_tells_how_our_money_stands(peer: HttpPeer, link: ServerLink) -> None:
    caps = {"day": 5_000_000, "month": None, "camera_day": None, "camera_month": 9, "reserve_share": 0.15}
    told = {"caps": caps, "spent_day": 3, "spent_month": 30, "forecast_month": 90, "economy": 1, "cameras": {"door": 4}}
    peer.plays(as_json(told))

    view = ServerProbe(link, FakeClock()).budget()

    assert view is not None
    assert (view.caps, view.forecast_month) == (Caps(day=5_000_000, camera_month=9), 90)
    assert (view.economy_of("door"), view.economy_of("till")) == (Economy.LOCAL_ONLY, Economy.FEWER_FRAMES)


def test_an_older_server_or_none_tells_nothing_of_money(peer: HttpPeer, link: ServerLink) -> None:
    peer.plays(problem(404, Code.REQUEST_NOT_FOUND))

    assert ServerProbe(link, FakeClock()).budget() is None
    assert ServerProbe(ServerLink(), FakeClock()).budget() is None


def test_until_when_the_ai_is_away_comes_from_the_server(peer: HttpPeer, link: ServerLink) -> None:
    until = "2026-11-23T08:00:00Z"
    quota = {"part": "ai", "health": "down", "code": "ai.quota_exhausted", "detail": "m", "until": until}
    peer.plays(as_json({**READY, "parts": [quota]}), as_json(ME))

    (ai,) = [part for part in prove(link) if part.part is Part.AI]

    assert (ai.code, ai.detail, ai.until_s) == (Code.AI_QUOTA_EXHAUSTED, "m", datetime.fromisoformat(until).timestamp())


@pytest.mark.parametrize("status", [401, 429])
@pytest.mark.parametrize("code", [Code.AUTH_INVALID_KEY, Code.AUTH_KEY_EXPIRED, Code.AUTH_TOO_MANY])
def test_a_refused_key_is_shown_and_not_tried_at_every_proof(
    peer: HttpPeer, link: ServerLink, code: Code, status: int
) -> None:
    clock = FakeClock()
    probe = ServerProbe(link, clock)
    peer.plays(as_json(READY), problem(status, code, **{"Retry-After": "45"}), as_json(READY))

    for _ in range(3):
        assert by_part(probe.prove())[Part.SIGN_IN] == (Health.DOWN, code)
        assert probe.budget() is None
        clock.advance(14)
    assert [asked.path for asked in peer.asked].count("/v1/me") == 1

    clock.advance(4)
    peer.plays(as_json(READY), as_json(ME))
    assert by_part(probe.prove())[Part.SIGN_IN] == (Health.OK, None), "the server's 45 s are over"


def test_another_key_is_tried_at_once(peer: HttpPeer, link: ServerLink) -> None:
    probe = ServerProbe(link, FakeClock())
    peer.plays(as_json(READY), problem(401, Code.AUTH_INVALID_KEY))
    probe.prove()

    link.set_endpoint(Endpoint(peer.url, "vg_ab12_" + "y" * 43))
    peer.plays(as_json(READY), as_json(ME))

    assert by_part(probe.prove())[Part.SIGN_IN] == (Health.OK, None)


def test_a_key_that_lacks_what_a_desk_needs_signs_in_and_says_what_it_lacks(peer: HttpPeer, link: ServerLink) -> None:
    peer.plays(as_json(READY), as_json({**ME, "scopes": ["analyse", "incidents:read", "usage:read", "of:tomorrow"]}))

    (sign_in,) = [part for part in prove(link) if part.part is Part.SIGN_IN]

    assert (sign_in.health, sign_in.code, sign_in.label) == (Health.DEGRADED, Code.AUTH_FORBIDDEN, "Shop Lyon")
    assert sign_in.detail == "incidents:write"


def test_a_key_with_every_scope_is_well(peer: HttpPeer, link: ServerLink) -> None:
    peer.plays(as_json(READY), as_json({**ME, "scopes": [*Scope, "of:tomorrow"]}))

    assert by_part(prove(link))[Part.SIGN_IN] == (Health.OK, None)
