from dataclasses import replace

from tests.fakes.judge import CLEAR, failed, judgement, suspected
from tests.fakes.pictures import DOOR
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId, IncidentId, WindowId
from vigint_desktop.pipeline.tally import Tally

W = WindowId("w")


def test_a_fresh_tally_has_counted_nothing() -> None:
    tally = Tally()

    assert tally.windows(DOOR).as_dict() == {
        "due": 0, "sent": 0, "verdicts": 0, "clear": 0, "suspected": 0, "not_analysed": {},
    }  # fmt: skip
    assert set(tally.analysis().values()) == {0}
    assert tally.capture_to_row_ms(IncidentId("i")) is None


def test_every_outcome_is_counted_by_camera() -> None:
    tally = Tally()
    for outcome in (CLEAR, CLEAR, suspected(), failed(Code.AI_TIMEOUT), failed(Code.AI_NO_KEY), failed(Code.AI_NO_KEY)):
        tally.window_due(DOOR)
        tally.window_judged(DOOR, replace(judgement(W, 0.0, outcome), uploaded_bytes=100))

    counted = tally.windows(DOOR)
    assert counted.as_dict() == {
        "due": 6, "sent": 6, "verdicts": 3, "clear": 2, "suspected": 1,
        "not_analysed": {"ai.no_key": 2, "ai.timeout": 1},
    }  # fmt: skip
    assert counted.upload_bytes == 600
    assert tally.windows(CameraId("till")).due == 0


def test_calls_tokens_and_cost_add_up() -> None:
    tally = Tally()
    for _ in range(3):
        tally.window_judged(DOOR, judgement(W, 0.0, CLEAR))

    assert tally.analysis() == {"calls": 3, "tokens_in": 3000, "tokens_out": 300, "cost_micro_usd": 1650}


def test_counts_that_were_handed_out_do_not_change() -> None:
    tally = Tally()
    tally.window_judged(DOOR, judgement(W, 0.0, failed()))
    before = tally.windows(DOOR)

    tally.window_judged(DOOR, judgement(W, 0.0, failed()))

    assert before.not_analysed == {Code.AI_TIMEOUT: 1}


def test_the_way_from_capture_to_row_is_kept_by_incident() -> None:
    tally = Tally()
    tally.incident_opened(IncidentId("i"), 1234.5)

    assert tally.capture_to_row_ms(IncidentId("i")) == 1234.5
