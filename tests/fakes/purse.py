"""A purse in memory that writes down what it is asked for."""

from vigint_core.domain.budget import Economy, Hold, Payer
from vigint_core.domain.fault import Code, VigintError


class FakePurse:
    """``Purse`` with so much money, in millionths of a dollar, and no periods.

    Attributes:
        open: what is put aside and not settled yet, by the hold's id.
        spent: what was settled.
        log: every reservation: amount, for a second look or a probe, camera.
        step: what it says is to be left out.
        broken: refuses with STORE_FAILED.
    """

    def __init__(self, money: int = 10**9) -> None:
        self.open: dict[str, int] = {}
        self.spent = 0
        self.log: list[tuple[int, bool, str]] = []
        self.step = Economy.NONE
        self.broken = False
        self._money = money

    def reserve(self, payer: Payer, amount_micro_usd: int, *, second: bool) -> Hold | Code:
        self._check()
        self.log.append((amount_micro_usd, second, payer.camera_id))
        if self.spent + sum(self.open.values()) + amount_micro_usd > self._money:
            return Code.BUDGET_SPENT
        hold = Hold(str(len(self.log)), payer, amount_micro_usd, 0.0)
        self.open[hold.id] = amount_micro_usd
        return hold

    def settle(self, hold: Hold, cost_micro_usd: int) -> None:
        self._check()
        del self.open[hold.id]
        self.spent += cost_micro_usd

    def economy(self, payer: Payer) -> Economy:
        self._check()
        return self.step

    def _check(self) -> None:
        if self.broken:
            raise VigintError(Code.STORE_FAILED, "the file is broken")
