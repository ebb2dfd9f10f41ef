"""An inquirer over a scripted model, a purse in memory and a clock that only waiting moves."""

import asyncio
from collections.abc import Sequence

from tests.fakes.clock import FakeClock
from tests.fakes.purse import FakePurse
from tests.fakes.scripted_model import ScriptedModel
from vigint_core.analysis.inquirer import Draft, Finding, Inquirer, Means, Patience
from vigint_core.analysis.limiter import Limiter, LocalPaceBook
from vigint_core.analysis.models import LookName, shipped_catalogue
from vigint_core.analysis.question import AnalysisError, Answer
from vigint_core.analysis.response import Reading
from vigint_core.domain.budget import Payer
from vigint_core.domain.verdict import Clear

Step = str | Answer | AnalysisError


class Inquiries:
    """Asks, and remembers.

    Attributes:
        waits: the back-offs, in seconds.
        stopping: the next back-off says that the program ends.
    """

    def __init__(self, steps: Sequence[Step], *, call_s: float = 1.0, purse: FakePurse | None = None) -> None:
        self.clock = FakeClock()
        self.model = ScriptedModel(steps, self.clock, call_s)
        self.purse = purse
        self.waits: list[float] = []
        self.stopping = False
        self.limiter = Limiter(LocalPaceBook(self.clock), self.clock, "America/Los_Angeles", 0, self._nap)
        means = Means(self.model, shipped_catalogue(), self.limiter, purse)
        self.inquirer = Inquirer(means, Patience(), self.clock, self._wait, lambda: 0.5)

    def inquire(self, look: LookName = "first", seconds: float = 20.0, camera_id: str = "till") -> Finding:
        until_s = self.clock.monotonic() + seconds
        payer = Payer(camera_id=camera_id)
        draft = Draft(look, "system", "data", _read, until_s, b"clip", {"type": "object"}, 10.0, payer)
        return asyncio.run(self.inquirer.inquire(draft))

    def asked(self) -> list[str]:
        """The models that were asked, in turn."""
        return [question.model for question in self.model.questions]

    async def _wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.clock.advance(seconds)
        return self.stopping

    async def _nap(self, seconds: float) -> None:
        self.clock.advance(seconds)
        await asyncio.sleep(0)


def _read(text: str) -> Reading:
    return Reading(Clear(text), flagged="a man" in text)
