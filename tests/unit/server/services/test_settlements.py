"""Requests that wait for a window are woken, each once, from whichever thread."""

import asyncio
import threading

from server.services.answers import answer_of
from server.services.settlements import Settlements
from tests.fakes.examiner import CLEAR
from vigint_core.domain.ids import WindowId
from vigint_core.domain.verdict import Judgement

ANSWER = answer_of(Judgement(WindowId("w1"), CLEAR, None, 100, 100, ()))


def test_everybody_who_waits_for_the_window_is_woken() -> None:
    async def wait() -> None:
        settlements = Settlements()
        with (
            settlements.expect("shop", "w1") as one,
            settlements.expect("shop", "w1") as other,
            settlements.expect("shop", "w2") as of_another_window,
            settlements.expect("other shop", "w1") as of_another_shop,
        ):
            threading.Thread(target=settlements.tell, args=("shop", ANSWER)).start()
            assert await asyncio.gather(one, other) == [ANSWER, ANSWER]
            settlements.tell("shop", ANSWER)
            await asyncio.sleep(0)
            assert not of_another_window.done()
            assert not of_another_shop.done()

    asyncio.run(wait())


def test_who_has_gone_is_not_woken() -> None:
    async def wait() -> None:
        settlements = Settlements()
        with settlements.expect("shop", "w1") as future:
            pass
        settlements.tell("shop", ANSWER)
        await asyncio.sleep(0)
        assert not future.done()

    asyncio.run(wait())


def test_a_loop_that_is_closed_hears_nothing() -> None:
    settlements = Settlements()

    async def leave_waiting() -> None:
        settlements.expect("shop", "w1").__enter__()

    asyncio.run(leave_waiting())
    settlements.tell("shop", ANSWER)
