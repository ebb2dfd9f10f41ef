"""The seams: what the inner layers ask of the outside world, as Protocols."""

from typing import Protocol

from vigint_core.domain.budget import Economy, Hold, Payer
from vigint_core.domain.fault import Code
from vigint_core.domain.status import Event
from vigint_core.domain.verdict import Judgement
from vigint_core.domain.window import Window, WindowClips


class Clock(Protocol):
    """The two clocks of the machine; the third, media time, belongs to each camera."""

    def monotonic(self) -> float:
        """Seconds that never jump; for arithmetic."""

    def wall(self) -> float:
        """Unix time in seconds; for people."""


class Judge(Protocol):
    """Looks at a window. Two adapters: our server, Gemini directly; the caller can't tell which."""

    def judge(self, window: Window, clips: WindowClips) -> Judgement:
        """Judge one window; blocks for at most the adapter's deadline. Thread-safe.

        Never raises for a failure of the network, the server or the model: such a failure is an outcome,
        ``NotAnalysed(reason)``.
        """


class EventSink(Protocol):
    """Where workers tell what happened. Publishing never blocks and never raises."""

    def publish(self, event: Event) -> None:
        """Hand one event on; callable from any thread."""


class Purse(Protocol):
    """Who holds the money. Thread-safe. Two: the desk's own books where it asks by itself, a server's database."""

    def reserve(self, payer: Payer, amount_micro_usd: int, *, second: bool) -> Hold | Code:
        """Put the most a call can cost aside; the reason where a cap does not allow it."""

    def settle(self, hold: Hold, cost_micro_usd: int) -> None:
        """A call was made, or came to nothing: give back what was put aside and count what it cost."""

    def economy(self, payer: Payer) -> Economy:
        """What is to be left out for a camera now."""
