import json
import threading
from dataclasses import replace
from typing import Any

import pytest

from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.http_peer import HttpPeer, Reply, as_json, problem
from tests.fakes.judge import ReadyClips
from tests.fakes.pictures import window
from vigint_core.domain.budget import Economy
from vigint_core.domain.fault import Code
from vigint_core.domain.verdict import (
    Call,
    Clear,
    IncidentType,
    Judgement,
    NotAnalysed,
    Observation,
    Severity,
    Suspected,
    Verdict,
)
from vigint_core.domain.window import Circumstances, TouchedZone
from vigint_core.domain.zone import ZoneKind
from vigint_core.wire import AnalysisRequest
from vigint_desktop.pipeline import server_link as link_module
from vigint_desktop.pipeline.remote import PATIENCE_S, RemoteJudge
from vigint_desktop.pipeline.server_link import Endpoint, ServerLink

CLIPS = ReadyClips(b"the clip", b"the context", NOON_S - 5)
CALL = {
    "look": "first", "model": "m", "prompt_version": "p", "tokens_in": 1, "tokens_out": 2, "cost_micro_usd": 3,
    "latency_s": 0.5,
}  # fmt: skip
CLEAR = {"window_id": "w1", "first": {"outcome": "clear", "summary": "nothing"}, "calls": [CALL]}
SUSPECTED = {
    "outcome": "suspected", "type": "concealment", "severity": "high", "confidence": 0.8, "summary": "hides a bottle",
    "observations": [{"at_s": 4.0, "text": "a bottle"}],
}  # fmt: skip
VERDICT = Verdict(IncidentType.CONCEALMENT, Severity.HIGH, 0.8, "hides a bottle", (Observation(4.0, "a bottle"),))


class Pauses:
    """Lets the fake clock pass instead of waiting, and remembers how long."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.taken: list[float] = []
        self.stop = False

    def __call__(self, seconds: float) -> bool:
        self.taken.append(seconds)
        self.clock.advance(seconds)
        return self.stop


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def pauses(clock: FakeClock) -> Pauses:
    return Pauses(clock)


@pytest.fixture
def judge(link: ServerLink, clock: FakeClock, pauses: Pauses) -> RemoteJudge:
    return RemoteJudge(link, clock, "fr", pauses)


def ask(judge: RemoteJudge) -> Judgement:
    return judge.judge(window("w1"), CLIPS)


def told_of(peer: HttpPeer) -> dict[str, Any]:
    """The metadata of the last request."""
    body = peer.asked[-1].body
    return dict(json.JSONDecoder().raw_decode(body[body.index(b"{") :].decode("utf-8", "replace"))[0])


def test_a_clear_window(peer: HttpPeer, judge: RemoteJudge) -> None:
    peer.plays(as_json(CLEAR))

    told = ask(judge)

    assert (told.window_id, told.first, told.second) == ("w1", Clear("nothing"), None)
    assert told.calls == (Call("first", "m", "p", 1, 2, 3, 0.5),)


def test_both_looks_count_from_the_start_of_their_own_clip(peer: HttpPeer, judge: RemoteJudge) -> None:
    peer.plays(as_json({**CLEAR, "first": SUSPECTED, "second": SUSPECTED}))

    told = ask(judge)

    assert (told.first, told.second) == (Suspected(VERDICT), Suspected(VERDICT))
    assert (told.first_start_s, told.second_start_s) == (NOON_S, NOON_S - 5)


def test_a_second_look_that_is_still_out_is_none_yet(peer: HttpPeer, judge: RemoteJudge) -> None:
    peer.plays(as_json({**CLEAR, "first": SUSPECTED, "second": None, "pending": True}))
    told = ask(judge)
    assert (told.first, told.second) == (Suspected(VERDICT), None)


def test_a_failed_look_is_an_outcome_with_its_reason(peer: HttpPeer, judge: RemoteJudge) -> None:
    lost = {"outcome": "not_analysed", "reason": "ai.overloaded", "detail": "503", "retry_after_s": 7.0}
    peer.plays(as_json({**CLEAR, "first": lost}))

    assert ask(judge).first == NotAnalysed(Code.AI_OVERLOADED, "503", 7.0)


def test_the_request_says_what_the_clip_is(peer: HttpPeer, judge: RemoteJudge) -> None:
    peer.plays(as_json(CLEAR))
    ask(judge)

    body = peer.asked[0].body
    metadata = AnalysisRequest.model_validate(told_of(peer))
    assert (metadata.window_id, metadata.camera_id, metadata.camera_name) == ("w1", "door", "Door")
    assert (metadata.start.timestamp(), metadata.end.timestamp()) == (NOON_S, NOON_S + 10)
    assert metadata.context_start.timestamp() == NOON_S - 5
    assert (metadata.gate_peak, metadata.gate_active_share, metadata.language) == (2.0, 0.5, "fr")
    assert b"the clip" in body
    assert b"the context" in body


def test_it_says_what_is_true_around(peer: HttpPeer, judge: RemoteJudge) -> None:
    peer.plays(as_json(CLEAR))
    zones = tuple(TouchedZone(f"Shelf {number}", ZoneKind.HIGH_VALUE) for number in range(40))
    around = Circumstances(False, "08:00-12:30, 14:00-19:00", "Parcels at noon. " * 200)

    judge.judge(replace(window("w1"), around=around, zones=zones), CLIPS)

    metadata = AnalysisRequest.model_validate(told_of(peer))
    assert (metadata.is_open, metadata.open_hours) == (False, "08:00-12:30, 14:00-19:00")
    assert metadata.notes == around.notes[:2000]
    assert [zone.name for zone in metadata.zones] == [f"Shelf {number}" for number in range(32)]


def test_what_is_not_said_is_not_sent_so_that_an_older_server_understands(peer: HttpPeer, judge: RemoteJudge) -> None:
    peer.plays(as_json(CLEAR))
    judge.judge(replace(window("w1"), economy=Economy.LONGER_STRIDE), CLIPS)

    of_version_1 = {"window_id", "camera_id", "camera_name", "start", "end", "context_start", "language"}
    assert set(told_of(peer)) == of_version_1 | {"gate_peak", "gate_active_share"}


def test_calls_come_back_with_all_that_the_server_knows_of_them(peer: HttpPeer, judge: RemoteJudge) -> None:
    more = {
        "error": "ai.timeout", "tokens_video": 700, "tokens_cached": 10, "tokens_thought": 20,
        "unsettled_micro_usd": 5, "outcome": "suspected", "flagged": True, "thrifty": True,
    }  # fmt: skip
    peer.plays(as_json({**CLEAR, "calls": [{**CALL, **more}, CALL]}))

    full, old = ask(judge).calls

    assert full == Call("first", "m", "p", 1, 2, 3, 0.5, Code.AI_TIMEOUT, 700, 10, 20, 5, "suspected", True, True)
    assert old == Call("first", "m", "p", 1, 2, 3, 0.5)


def test_money_that_the_server_has_not_is_a_reason(peer: HttpPeer, judge: RemoteJudge) -> None:
    peer.plays(as_json({**CLEAR, "first": {"outcome": "not_analysed", "reason": "budget.spent"}, "calls": []}))

    assert ask(judge).first == NotAnalysed(Code.BUDGET_SPENT)


def test_a_context_that_is_the_clip_itself_is_not_sent_twice(peer: HttpPeer, judge: RemoteJudge) -> None:
    peer.plays(as_json(CLEAR))

    judge.judge(window("w1"), ReadyClips(b"the clip", b"the clip", NOON_S))

    assert peer.asked[0].body.count(b"the clip") == 1
    assert b'name="context"' not in peer.asked[0].body


def test_a_very_long_camera_name_is_cut_and_not_refused(peer: HttpPeer, judge: RemoteJudge) -> None:
    peer.plays(as_json(CLEAR))
    named = window("w1", camera_id="c" * 60)  # type: ignore[arg-type]
    object.__setattr__(named, "camera_name", "n" * 500)

    assert judge.judge(named, CLIPS).first == Clear("nothing")


@pytest.mark.parametrize("at_s", [-1.0, 1e300, 1e9])
def test_an_observation_outside_every_clip_is_dropped(peer: HttpPeer, judge: RemoteJudge, at_s: float) -> None:
    far = {**SUSPECTED, "observations": [{"at_s": at_s, "text": "far away"}, {"at_s": 4.0, "text": "a bottle"}]}
    peer.plays(as_json({**CLEAR, "first": far}))

    assert ask(judge).first == Suspected(VERDICT)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({**CLEAR, "window_id": "w2"}, Code.SERVER_NOT_VIGINT),
        ({**CLEAR, "first": {"outcome": "suspected"}}, Code.SERVER_NOT_VIGINT),
        ({**CLEAR, "first": {**SUSPECTED, "confidence": None}}, Code.SERVER_NOT_VIGINT),
        ({**CLEAR, "first": {**SUSPECTED, "confidence": 7}}, Code.SERVER_NOT_VIGINT),
        ({**CLEAR, "first": {"outcome": "not_analysed"}}, Code.SERVER_NOT_VIGINT),
        ({**CLEAR, "first": SUSPECTED, "second": {"outcome": "suspected"}}, Code.SERVER_NOT_VIGINT),
        ({"verdict": "guilty"}, Code.SERVER_NOT_VIGINT),
    ],
)
def test_half_an_answer_is_no_answer(
    peer: HttpPeer, judge: RemoteJudge, pauses: Pauses, answer: dict[str, Any], code: Code
) -> None:
    peer.plays(as_json(answer))

    first = ask(judge).first

    assert isinstance(first, NotAnalysed)
    assert first.reason is code
    assert pauses.taken == []


@pytest.mark.parametrize(
    "reply",
    [
        problem(401, Code.AUTH_INVALID_KEY),
        problem(413, Code.CLIP_TOO_LARGE),
        problem(422, Code.CLIP_NOT_VIDEO),
        problem(409, Code.REQUEST_CONFLICT),
        Reply(200, b"<html>"),
    ],
)
def test_what_another_try_would_not_change_is_tried_once(peer: HttpPeer, judge: RemoteJudge, reply: Reply) -> None:
    peer.plays(reply, as_json(CLEAR))

    assert isinstance(ask(judge).first, NotAnalysed)
    assert len(peer.asked) == 1


@pytest.mark.parametrize("reply", [problem(429, Code.SERVER_BUSY), Reply(500), Reply(503), Reply(502, b"<html>")])
def test_what_may_pass_is_tried_again(peer: HttpPeer, judge: RemoteJudge, pauses: Pauses, reply: Reply) -> None:
    peer.plays(reply, reply, as_json(CLEAR))

    assert ask(judge).first == Clear("nothing")
    assert 0.4 <= pauses.taken[0] <= 0.5
    assert 0.8 <= pauses.taken[1] <= 1.0
    assert {a.headers["Idempotency-Key"] for a in peer.asked} == {"w1"}


@pytest.mark.parametrize("code", [Code.LIMIT_REQUESTS, Code.LIMIT_BYTES, Code.LIMIT_LOOKS, Code.LIMIT_SPEND])
def test_a_limit_of_the_key_is_waited_for(peer: HttpPeer, judge: RemoteJudge, pauses: Pauses, code: Code) -> None:
    peer.plays(problem(429, code, **{"Retry-After": "3"}), as_json(CLEAR))

    assert ask(judge).first == Clear("nothing")
    assert pauses.taken == [3.0]


def test_a_limit_that_lasts_longer_is_the_reason(peer: HttpPeer, judge: RemoteJudge, pauses: Pauses) -> None:
    peer.plays(problem(429, Code.LIMIT_SPEND, **{"Retry-After": "40000"}))

    assert ask(judge).first == NotAnalysed(Code.LIMIT_SPEND, "Refused", 40_000.0)
    assert pauses.taken == []


def test_the_server_s_own_wish_is_honoured(peer: HttpPeer, judge: RemoteJudge, pauses: Pauses) -> None:
    peer.plays(problem(429, Code.SERVER_BUSY, **{"Retry-After": "7"}), as_json(CLEAR))

    assert ask(judge).first == Clear("nothing")
    assert pauses.taken == [7.0]


def test_a_wish_beyond_our_patience_ends_it(peer: HttpPeer, judge: RemoteJudge, pauses: Pauses) -> None:
    peer.plays(problem(429, Code.SERVER_BUSY, **{"Retry-After": "600"}))

    assert ask(judge).first == NotAnalysed(Code.SERVER_BUSY, "Refused", 600.0)
    assert pauses.taken == []


def test_patience_has_an_end(peer: HttpPeer, judge: RemoteJudge, pauses: Pauses) -> None:
    peer.plays(Reply(500))

    first = ask(judge).first

    assert isinstance(first, NotAnalysed)
    assert first.reason is Code.SERVER_FAILED
    assert PATIENCE_S - 5 <= sum(pauses.taken) < PATIENCE_S


def test_a_server_that_hangs_is_a_timeout(peer: HttpPeer, judge: RemoteJudge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "JUDGE_S", 0.1)
    peer.plays(Reply(hang=True))

    first = ask(judge).first

    assert isinstance(first, NotAnalysed)
    assert first.reason is Code.SERVER_TIMEOUT


def test_a_server_that_comes_late_is_waited_for(peer: HttpPeer, clock: FakeClock, pauses: Pauses) -> None:
    peer.plays(as_json(CLEAR))
    link = ServerLink()
    threading.Timer(0.05, link.set_endpoint, [Endpoint(peer.url, "key")]).start()

    assert ask(RemoteJudge(link, clock, "en", pauses)).first == Clear("nothing")
    link.close()


def test_at_the_end_of_the_program_the_window_is_stopped_and_the_server_not_blamed(
    peer: HttpPeer, link: ServerLink, clock: FakeClock
) -> None:
    peer.plays(Reply(500))
    judge = RemoteJudge(link, clock, "en")
    threading.Timer(0.05, judge.stop).start()

    assert ask(judge).first == NotAnalysed(Code.PIPELINE_STOPPED)


def test_nobody_waits_for_a_server_at_the_end(clock: FakeClock, pauses: Pauses) -> None:
    link = ServerLink()
    link.shut()

    assert ask(RemoteJudge(link, clock, "en", pauses)).first == NotAnalysed(Code.PIPELINE_STOPPED)
