"""Both looks over a scripted model: what each is asked, what its answer means, and what a failure leaves."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.purse import FakePurse
from tests.fakes.scripted_model import ScriptedModel
from vigint_core.analysis.examiner import Examiner, Patience, Probe, Subject, open_examiner
from vigint_core.analysis.inquirer import Means
from vigint_core.analysis.limiter import Limiter, LocalPaceBook
from vigint_core.analysis.models import Catalogue, shipped_catalogue
from vigint_core.analysis.question import AnalysisError
from vigint_core.domain.budget import Payer
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import WindowId
from vigint_core.domain.verdict import Clear, IncidentType, Judgement, NotAnalysed, Severity, Suspected
from vigint_core.domain.window import Circumstances, TouchedZone
from vigint_core.domain.zone import ZoneKind

SUBJECT = Subject(WindowId("w1"), "Till", 1000.0, 1010.0, 995.0, 2.0, 0.5, "fr")
CLIP, CONTEXT = b"the clip", b"the context"


def answer(*, incident: bool, at_s: float = 3.0, kind: str = "concealment", confidence: float = 0.9) -> str:
    return json.dumps(
        {
            "observations": [{"at_s": at_s, "text": "x"}],
            "incident": incident,
            "type": kind if incident else "none",
            "confidence": confidence,
            "summary": "s",
        }
    )


SUSPECT, CLEAR = answer(incident=True), answer(incident=False)


class Desk:
    """An examiner over a scripted model. Everything blocks, on a loop of its own."""

    def __init__(
        self,
        steps: Sequence[str | AnalysisError],
        call_s: float = 1.0,
        *,
        catalogue: Catalogue | None = None,
        purse: FakePurse | None = None,
    ) -> None:
        self.clock = FakeClock()
        self.model = ScriptedModel(steps, self.clock, call_s)
        self.limiter = Limiter(LocalPaceBook(self.clock), self.clock, "UTC", 0)
        self.means = Means(self.model, catalogue or shipped_catalogue(), self.limiter, purse)
        self.examiner = Examiner(self.means, Patience(), self.clock, self._wait, lambda: 0.0)

    def examine(self, subject: Subject = SUBJECT, clip: bytes = CLIP, context: bytes = CONTEXT) -> Judgement:
        return asyncio.run(self.examiner.examine(subject, clip, context))

    def probe(self) -> Probe:
        return asyncio.run(self.examiner.probe())

    async def _wait(self, seconds: float) -> bool:
        self.clock.advance(seconds)
        return False


def test_a_clear_first_look_is_the_whole_judgement() -> None:
    desk = Desk([CLEAR])
    judgement = desk.examine()
    assert isinstance(judgement.first, Clear)
    assert judgement.second is None
    assert judgement.window_id == "w1"
    assert [question.clip for question in desk.model.questions] == [CLIP]


def test_a_suspicion_gets_a_second_look_of_a_better_model_on_the_context() -> None:
    desk = Desk([SUSPECT, SUSPECT])
    judgement = desk.examine()
    assert isinstance(judgement.first, Suspected)
    assert isinstance(judgement.second, Suspected)
    assert (judgement.first_start_s, judgement.second_start_s) == (1000.0, 995.0)
    first, second = desk.model.questions
    assert (first.model, first.clip) == ("gemini-3.5-flash-lite", CLIP)
    assert (second.model, second.clip) == ("gemini-3.8-flash", CONTEXT)
    assert [call.look for call in judgement.calls] == ["first", "second"]


def test_the_second_look_is_told_nothing_of_the_first_answer() -> None:
    desk = Desk([SUSPECT, CLEAR])
    desk.examine()
    asked = desk.model.questions[1].system + desk.model.questions[1].data
    assert "concealment" not in asked
    assert '"incident": true' not in asked


def test_the_second_look_may_veto() -> None:
    desk = Desk([SUSPECT, CLEAR])
    assert isinstance(desk.examine().second, Clear)


@pytest.mark.parametrize("late", [answer(incident=True, at_s=500.0), "no idea", AnalysisError(Code.AI_BLOCKED)])
def test_a_second_look_that_fails_decides_nothing(late: str | AnalysisError) -> None:
    desk = Desk([SUSPECT, late])
    judgement = desk.examine()
    assert isinstance(judgement.first, Suspected)
    assert isinstance(judgement.second, NotAnalysed)
    assert judgement.calls[1].error is judgement.second.reason


def test_times_are_checked_against_the_clip_of_the_look() -> None:
    at_14 = answer(incident=True, at_s=14.0)  # inside the 15 s of the context, outside the 10 s of the clip
    desk = Desk([at_14, at_14])
    judgement = desk.examine()
    assert isinstance(judgement.first, Suspected)
    assert judgement.first.verdict.observations == ()
    assert isinstance(judgement.second, Suspected)
    assert [o.at_s for o in judgement.second.verdict.observations] == [14.0]


def test_the_times_of_a_window_older_than_its_pictures_count_from_the_first_picture() -> None:
    desk = Desk([answer(incident=True, at_s=7.9)] * 2)
    fresh = Subject(WindowId("w1"), "Till", start_s=1000.0, end_s=1010.0, context_start_s=1003.0)
    judgement = desk.examine(fresh, CLIP, CLIP)
    assert (judgement.first_start_s, judgement.second_start_s) == (1003.0, 1003.0)
    assert json.loads(desk.model.questions[0].data)["clip_seconds"] == 7.0
    assert isinstance(judgement.first, Suspected)
    assert [o.at_s for o in judgement.first.verdict.observations] == [7.0]


def test_a_slow_first_look_leaves_time_for_the_second() -> None:
    desk = Desk([AnalysisError(Code.AI_TIMEOUT), SUSPECT, SUSPECT], call_s=12.0)
    assert isinstance(desk.examine().second, Suspected)
    assert sum(question.timeout_s for question in desk.model.questions) <= Patience().total_s


def test_without_a_key_every_window_is_not_analysed_and_nothing_is_asked() -> None:
    async def asked() -> tuple[Judgement, Probe]:
        examiner = open_examiner("  ")
        try:
            return await examiner.examine(SUBJECT, CLIP, CONTEXT), await examiner.probe()
        finally:
            await examiner.close()

    judgement, probe = asyncio.run(asked())
    assert judgement.first == NotAnalysed(Code.AI_NO_KEY)
    assert (judgement.second, judgement.calls) == (None, ())
    assert probe.code is Code.AI_NO_KEY


def test_the_language_and_the_record_reach_the_model() -> None:
    desk = Desk([CLEAR])
    desk.examine()
    (question,) = desk.model.questions
    assert "in French" in question.system
    assert json.loads(question.data)["camera"] == "Till"
    assert "Till" not in question.system


def test_what_the_second_look_says_of_the_type_and_severity_counts_for_itself() -> None:
    desk = Desk([SUSPECT, answer(incident=True, kind="violence", confidence=0.4)])
    second = desk.examine().second
    assert isinstance(second, Suspected)
    assert (second.verdict.type, second.verdict.severity) == (IncidentType.VIOLENCE, Severity.MEDIUM)


def test_what_may_not_happen_in_a_zone_becomes_another_incident_and_is_not_lost() -> None:
    at_exit = replace(SUBJECT, zones=(TouchedZone("Exit", ZoneKind.EXIT),))
    first = Desk([answer(incident=True, kind="checkout_fraud"), CLEAR]).examine(at_exit).first
    assert isinstance(first, Suspected)
    assert (first.verdict.type, first.verdict.severity) == (IncidentType.OTHER, Severity.MEDIUM)


def test_the_hours_weigh_in_the_severity() -> None:
    intruder = answer(incident=True, kind="intrusion", confidence=0.7)
    found = []
    for is_open in (None, True, False):
        subject = replace(SUBJECT, around=Circumstances(is_open, "08:00-19:00", ""))
        first = Desk([intruder, CLEAR]).examine(subject).first
        assert isinstance(first, Suspected)
        found.append(first.verdict.severity)
    assert found == [Severity.MEDIUM, Severity.MEDIUM, Severity.HIGH]


def test_the_first_look_alone_pays_no_second_one() -> None:
    desk = Desk([SUSPECT])
    judgement = asyncio.run(desk.examiner.first_look(SUBJECT, CLIP))
    assert isinstance(judgement.first, Suspected)
    assert judgement.second is None


def test_a_second_look_can_be_made_alone() -> None:
    desk = Desk([CLEAR])
    outcome, calls = asyncio.run(desk.examiner.second_look(SUBJECT, CONTEXT))
    assert isinstance(outcome, Clear)
    assert [(call.look, call.model) for call in calls] == [("second", "gemini-3.8-flash")]


def test_the_payer_of_the_window_pays_for_both_looks_and_the_second_may_use_the_reserve() -> None:
    purse = FakePurse()
    Desk([SUSPECT, SUSPECT], purse=purse).examine(replace(SUBJECT, payer=Payer("shop", "till")))
    assert [(second, camera_id) for _, second, camera_id in purse.log] == [(False, "till"), (True, "till")]


def test_books_that_break_between_the_looks_lose_no_suspicion() -> None:
    purse = FakePurse()
    desk = Desk([SUSPECT], purse=purse)
    reserve = purse.reserve

    def first_only(*arguments: object, second: bool) -> object:
        purse.broken = second
        return reserve(*arguments, second=second)  # type: ignore[arg-type]

    purse.reserve = first_only  # type: ignore[method-assign,assignment]
    judgement = desk.examine()
    assert isinstance(judgement.first, Suspected)
    assert judgement.second == NotAnalysed(Code.STORE_FAILED, "the file is broken")
    assert len(judgement.calls) == 1


def test_a_probe_asks_both_chosen_models() -> None:
    desk = Desk(["OK", "OK"])
    probe = desk.probe()
    assert (probe.code, probe.notice, probe.model) == (None, None, "gemini-3.5-flash-lite")
    assert [question.model for question in desk.model.questions] == ["gemini-3.5-flash-lite", "gemini-3.8-flash"]


def test_a_model_that_is_gone_is_told_although_another_one_answers() -> None:
    probe = Desk([AnalysisError(Code.AI_MODEL_RETIRED), "OK", "OK"]).probe()
    assert (probe.model, probe.code, probe.notice) == ("gemini-3.1-flash-lite", None, Code.AI_MODEL_REPLACED)
    assert probe.detail == "gemini-3.5-flash-lite > gemini-3.1-flash-lite"
    assert probe.latency_s == pytest.approx(3.0)
    assert [call.look for call in probe.calls] == ["probe"] * 3


@pytest.mark.parametrize(("days", "notice"), [(31, None), (30, Code.AI_MODEL_RETIRING), (-1, Code.AI_MODEL_RETIRING)])
def test_a_retirement_is_announced_thirty_days_ahead(days: int, notice: Code | None) -> None:
    today = datetime.fromtimestamp(FakeClock().wall(), UTC).date()
    probe = Desk(["OK", "OK"], catalogue=retiring(date.fromordinal(today.toordinal() + days))).probe()
    assert (probe.code, probe.notice) == (None, notice)
    assert probe.detail.startswith("gemini-3.5-flash-lite 20") is (notice is not None)


def retiring(day: date) -> Catalogue:
    shipped = shipped_catalogue()
    cards = [
        card.model_copy(update={"retires": day, "successor": "gemini-4"} if card.name in shipped.chosen[:1] else {})
        for card in shipped.models
    ]
    return shipped.model_copy(update={"models": tuple(cards)})


def test_a_probe_that_fails_says_why_and_asks_nothing_more() -> None:
    desk = Desk([AnalysisError(Code.AI_KEY_INVALID, "HTTP 400")])
    probe = desk.probe()
    assert (probe.code, probe.detail, probe.notice) == (Code.AI_KEY_INVALID, "HTTP 400", None)
    assert len(desk.model.questions) == 1


def test_a_second_model_that_fails_is_a_failure_of_the_ai() -> None:
    probe = Desk(["OK", AnalysisError(Code.AI_FORBIDDEN)]).probe()
    assert (probe.code, probe.model) == (Code.AI_FORBIDDEN, "gemini-3.5-flash-lite")


def test_closing_closes_the_model() -> None:
    desk = Desk([])
    asyncio.run(desk.examiner.close())
    assert desk.model.closed


def test_closing_ends_a_back_off_that_is_under_way() -> None:
    async def closed_first(desk: Desk) -> Judgement:
        examiner = Examiner(desk.means, Patience(), desk.clock)
        await examiner.close()
        return await examiner.examine(SUBJECT, CLIP, CONTEXT)

    desk = Desk([AnalysisError(Code.AI_UNREACHABLE)] * 2)
    assert isinstance(asyncio.run(closed_first(desk)).first, NotAnalysed)
    assert len(desk.model.questions) == 1
