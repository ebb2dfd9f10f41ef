"""What is suspected and what is left of the money reach the cameras of a running program."""

from pathlib import Path

import pytest

from tests.fakes.judge import CLEAR, ScriptedJudge, suspected
from tests.fakes.pictures import window
from tests.fakes.shop import OFF, Shop, running
from tests.fakes.waiting import wait_until
from vigint_core.domain.budget import BudgetView, Caps, Economy
from vigint_core.domain.ids import CameraId
from vigint_core.domain.status import BudgetTold, Health, Part, PartStatus
from vigint_desktop.pipeline.monitor import NoServerProbe

DOOR = CameraId("door")
IDLE = PartStatus(Part.AI, Health.NOT_CONFIGURED)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.mark.expects_log("clip not kept: .*the packets are gone")  # no camera ever sent these windows
def test_a_suspicion_has_its_camera_watched_closely_and_a_clear_window_has_not(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched: list[CameraId] = []
    with running(shop.program(OFF.model_copy(update={"cameras": (shop.stored("Door"),)}))) as program:
        monkeypatch.setattr(program.seating, "suspect", watched.append)
        judge = ScriptedJudge([CLEAR, (suspected(), CLEAR)])
        program._analyst.use(judge)
        program._analyst.submit(window("w1", CameraId("till")))
        assert judge.wait_until_asked(1)
        program._analyst.submit(window("w2", DOOR))

        assert wait_until(lambda: watched == [DOOR])


def test_money_that_gets_short_is_told_and_reaches_the_watchers(shop: Shop) -> None:
    view = BudgetView(Caps(day=5), 4, 4, economy=Economy.FEWER_FRAMES, cameras={DOOR: Economy.LOCAL_ONLY})
    with running(shop.program(OFF.model_copy(update={"cameras": (shop.stored("Door"),)}))) as program:
        seat = program.seating.seat(DOOR)
        assert seat is not None
        program._monitor.use(NoServerProbe(lambda: IDLE, lambda: view))

        assert wait_until(lambda: seat.watcher._economy is Economy.LOCAL_ONLY)
        assert shop.sink.wait_for(lambda sink: view in [told.view for told in sink.of(BudgetTold)])
