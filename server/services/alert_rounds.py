"""Which deliveries a round of the sweep looks at: some hundred, so that none takes long; the next one goes on there."""

import math
from collections.abc import Sequence
from typing import Final

from server.db.books.alerts import Due, failing_alerts, open_alerts
from server.db.database import Database
from vigint_core.domain.alert import Channel

MOST_AT_ONCE: Final = 200


class AlertRounds:
    """How far the rounds of this process have come. After the last delivery comes the first: none is passed over.

    Rounds are made by one thread; whatever else is called, is on any. Raises VigintError(SERVER_STORAGE).
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._owed = True
        self._all = False
        self._after: Due | None = None
        self._recovered_s: float | None = None

    def owe(self) -> None:
        """Any delivery may lack its workflow, also one that is not due: the next rounds look at all, from the first."""
        self._owed = True

    def open(self, before_s: float) -> Sequence[Due]:
        """The next deliveries that are open and were due before a Unix time, or whatever is owed to them."""
        if self._owed:
            self._owed, self._all, self._after = False, True, None
        return open_alerts(self._database, math.inf if self._all else before_s, MOST_AT_ONCE, self._after)

    def pass_on(self, dues: Sequence[Due]) -> None:
        """These were seen to: go on behind them. Who fails before is given them again."""
        if len(dues) < MOST_AT_ONCE:
            self._all, self._after = False, None
        else:
            self._after = dues[-1]

    def hurry(self, now_s: float) -> None:
        """What failed before this Unix time need wait no more."""
        self._recovered_s = now_s

    def failing(self, now_s: float) -> Sequence[Due]:
        """The next mails that wait for another try, and need not. Who hurries them is not given them again."""
        recovered_s = self._recovered_s
        if recovered_s is None:
            return ()
        dues = failing_alerts(self._database, Channel.MAIL, now_s, recovered_s, MOST_AT_ONCE)
        if len(dues) < MOST_AT_ONCE and self._recovered_s == recovered_s:
            self._recovered_s = None
        return dues
