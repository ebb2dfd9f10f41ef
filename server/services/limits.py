"""What a key may use: requests, bytes, looks at once, money; each process takes blocks from one account of all.

Nothing is written for a request that a block covers, nor for one that was refused a moment ago.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import tzinfo
from functools import lru_cache
from typing import Final

from server.config import Config
from server.db.books.limits import Place, new_place
from server.db.database import Database
from server.db.tenant import Tenant
from server.logs import journal
from server.services.refusals import RefusedError
from vigint_core.domain.fault import Code, VigintError
from vigint_core.policy.allowance import Back, Lease, Rule, Tally, lease
from vigint_core.policy.periods import Period, days_of, month_named, month_of, zone_named
from vigint_core.ports import Clock

NO_SPEND_LIMIT: Final = 10**15
"""A billion US dollars, in millionths."""
LOOK_LEASE_S: Final = 90.0
"""A request for a look ends within that time (``Patience.total_s``), so who holds a place for longer is dead."""
_MINUTE_S: Final = 60.0
_HOUR_S: Final = 3600.0
_REFUSED_FOR_S: Final = 1.0  # so long a refusal is repeated without asking the books again
_COME_BACK_S: Final = 2.0
_LEAST_S: Final = 0.001
_SURE_AFTER_S: Final = 60.0  # a call is in the books so soon after its time; what is older is summed once
_log = journal(__name__)


@dataclass(frozen=True, slots=True)
class KeyLimits:
    """What a key may use at most; of a key's own ones, None is for the server's, and 0 is for no limit.

    Attributes:
        requests_minute: in any minute.
        bytes_hour: of bodies, in any hour.
        looks: requests for a look under way at once.
        spend_day, spend_month: millionths of a US dollar in a day and a month of the client's time zone; of them 0 is
            nothing, and ``NO_SPEND_LIMIT`` no limit where the server has one.
    """

    requests_minute: int | None = None
    bytes_hour: int | None = None
    looks: int | None = None
    spend_day: int | None = None
    spend_month: int | None = None

    def over(self, others: "KeyLimits") -> "KeyLimits":
        """These, and the others' where there is none here."""
        mine = {each.name: getattr(self, each.name) for each in fields(self)}
        return KeyLimits(**{name: getattr(others, name) if it is None else it for name, it in mine.items()})

    @property
    def spending(self) -> Mapping[str, int]:
        """What may be spent at most in a ``day`` and a ``month``; nothing where that is not limited."""
        most = {"day": self.spend_day, "month": self.spend_month}
        return {name: it for name, it in most.items() if it is not None and it < NO_SPEND_LIMIT}


THE_SERVERS: Final = KeyLimits()
"""Of a key without any of its own."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose request is counted, and against which limits. ``time_zone`` is the client's, an IANA name."""

    client_id: str
    key_id: str
    time_zone: str
    limits: KeyLimits


@dataclass(frozen=True, slots=True)
class Standing:
    """How a key's requests stand, as far as this process knows: of ``most`` a minute ``left``, more in ``reset_s``."""

    most: int
    left: int
    reset_s: float


class KeyLimiter:
    """Counts what keys use. Thread-safe."""

    def __init__(self, database: Database, clock: Clock, config: Config) -> None:
        self._database = database
        self._clock = clock
        day, month = config.key_spend
        self._defaults = KeyLimits(
            config.vigint_key_requests_minute, config.vigint_key_bytes_hour, config.vigint_key_looks, day, month
        )
        self._lock = threading.Lock()
        self._stocks: dict[tuple[str, str], _Stock] = {}
        self._spendings: dict[tuple[str, str], _Spending] = {}

    @property
    def defaults(self) -> KeyLimits:
        """Of a key that has none of its own."""
        return self._defaults

    def admit(self, holder: Holder, sent_bytes: int) -> Standing | None:
        """Count a request and what it brings along; None where requests are not limited.

        Raises RefusedError: LIMIT_REQUESTS or LIMIT_BYTES with the time until there is room, and CLIP_TOO_LARGE for a
        body that is more than an hour's bytes.
        """
        limits = holder.limits.over(self._defaults)
        standing = None
        if limits.requests_minute:
            rule = _in_a_minute(limits.requests_minute)
            standing = self._standing(rule, self._take(holder, rule, "requests", 1, Code.LIMIT_REQUESTS))
        if limits.bytes_hour and sent_bytes:
            if sent_bytes > limits.bytes_hour:
                raise RefusedError(Code.CLIP_TOO_LARGE, "more than a key may send in an hour")
            self._take(holder, Rule(limits.bytes_hour, _HOUR_S), "bytes", sent_bytes, Code.LIMIT_BYTES)
        return standing

    def standing(self, holder: Holder) -> Standing | None:
        """How a key's requests stand, also where one was just refused. Waits for nobody, as ``admit_at_hand``."""
        most = holder.limits.over(self._defaults).requests_minute
        stock = self._stocks.get((holder.key_id, "requests"))
        return None if not most or stock is None else self._standing(_in_a_minute(most), stock)

    def admit_at_hand(self, holder: Holder) -> Standing | None:
        """Count a request without a body, if this process holds enough for it; else None, and nothing is counted.

        It waits for nobody, so it may be called on the event loop.
        """
        most = holder.limits.requests_minute
        most = self._defaults.requests_minute if most is None else most
        stock = self._stocks.get((holder.key_id, "requests"))
        if not most or stock is None or not stock.lock.acquire(blocking=False):
            return None
        try:
            rule = _in_a_minute(most)
            return self._standing(rule, stock) if stock.spend_held(1, rule.slot(self._clock.wall())) else None
        finally:
            stock.lock.release()

    def begin_look(self, holder: Holder, window_id: str) -> Place | None:
        """A place for a look, or None where neither looks nor money are limited.

        Raises RefusedError: LIMIT_LOOKS, or LIMIT_SPEND with the time until the next day or month.
        """
        limits = holder.limits.over(self._defaults)
        spending = limits.spending
        if not limits.looks and not spending:
            return None
        if spending:
            self._refuse_spent(holder, spending)
        place = new_place(holder.key_id, is_kept=bool(spending))
        now_s = self._clock.wall()
        book = Tenant(self._database, holder.client_id).limits
        if not book.begin_look(place, window_id, limits.looks or 0, now_s, now_s + LOOK_LEASE_S):
            raise RefusedError(Code.LIMIT_LOOKS, retry_after_s=_COME_BACK_S)
        return place

    def end_look(self, holder: Holder, place: Place) -> None:
        """Give a place back. Raises nothing: one that could not be given back ends with its lease."""
        try:
            Tenant(self._database, holder.client_id).limits.end_look(place, self._clock.wall())
        except VigintError as error:
            _log.info("place of a look not given back", key_id=holder.key_id, code=error.code, detail=error.detail)

    def _standing(self, rule: Rule, stock: "_Stock") -> Standing:
        reset_s = max(0.0, rule.begin_s(stock.slot + 1) - self._clock.wall())
        return Standing(rule.most, stock.balance + stock.left, reset_s)

    def _take(self, holder: Holder, rule: Rule, kind: str, units: int, code: Code) -> "_Stock":
        with self._lock:
            stock = self._stocks.setdefault((holder.key_id, kind), _Stock())
        book = Tenant(self._database, holder.client_id).limits
        with stock.lock:
            wait_s = stock.spend(units, rule, self._clock.wall(), lambda how: book.take(holder.key_id, kind, how))
        if wait_s:
            raise RefusedError(code, retry_after_s=wait_s)
        return stock

    def _refuse_spent(self, holder: Holder, most: Mapping[str, int]) -> None:
        now_s = self._clock.wall()
        zone = _zone(holder.time_zone)
        month = month_named(month_of(now_s, zone), zone)
        day = next(day for day in days_of(month, zone) if day.start_s <= now_s < day.end_s)
        for name, period in (("month", month), ("day", day)):
            if name in most and self._spent(holder, name, period, now_s) >= most[name]:
                raise RefusedError(Code.LIMIT_SPEND, retry_after_s=period.end_s - now_s)

    def _spent(self, holder: Holder, name: str, period: Period, now_s: float) -> int:
        with self._lock:
            spending = self._spendings.setdefault((holder.key_id, name), _Spending())
        book = Tenant(self._database, holder.client_id).limits
        with spending.lock:
            return spending.up_to(period, now_s, lambda start_s, end_s: book.spent(holder.key_id, start_s, end_s))


@dataclass(slots=True)
class _Stock:
    """What this process holds of one key's allowance. Used under its lock.

    Attributes:
        slot, balance: units that are good while this slot lasts.
        used: what was spent in ``slot``.
        left: what the rule would still have given when it was asked last.
        refused: what it did not give then; nobody who needs as much asks again before ``ask_again_s``.
        ready_s: when that much is there at the earliest.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    slot: int = -1
    balance: int = 0
    used: int = 0
    left: int = 0
    refused: int = 0
    ask_again_s: float = 0.0
    ready_s: float = 0.0

    def spend_held(self, units: int, slot: int) -> bool:
        """Spend units in a slot if they are held."""
        if slot > self.slot or self.balance < units:
            return False
        self.balance -= units
        self.used += units
        return True

    def spend(self, units: int, rule: Rule, now_s: float, take: Callable[[Callable[[Tally], Lease]], Lease]) -> float:
        """Spend units; 0, or how many seconds to wait where there are not so many."""
        slot = rule.slot(now_s)
        if self.spend_held(units, slot):
            return 0.0
        if units >= self.refused and 0 < self.ask_again_s - now_s <= _REFUSED_FOR_S:
            return max(_LEAST_S, self.ready_s - now_s)
        recent = self.used if slot - self.slot <= 1 else 0
        back, needs = Back(self.slot, self.balance), (units, rule.block(units, recent))
        got = take(lambda tally: lease(rule, tally, back, needs, now_s))
        if got.slot != self.slot:
            self.slot, self.used = got.slot, 0
        self.left = got.left
        if not got.granted:
            self.balance, self.refused = 0, units
            self.ask_again_s, self.ready_s = now_s + min(got.wait_s, _REFUSED_FOR_S), now_s + got.wait_s
            return max(_LEAST_S, got.wait_s)
        self.balance, self.ask_again_s = got.granted - units, 0.0
        self.used += units
        return 0.0


@dataclass(slots=True)
class _Spending:
    """What a key has spent in a period. Used under its lock; ``sure`` is the sum of what lies before ``sure_to_s``."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    period: Period | None = None
    sure_to_s: float = 0.0
    sure: int = 0

    def up_to(self, period: Period, now_s: float, spent: Callable[[float, float], int]) -> int:
        """The sum of the period so far; the books are asked only for what is new."""
        if period != self.period or now_s < self.sure_to_s:
            self.period, self.sure_to_s, self.sure = period, period.start_s, 0
        surely_s = now_s - _SURE_AFTER_S
        if surely_s - self.sure_to_s >= _SURE_AFTER_S:
            self.sure += spent(self.sure_to_s, surely_s)
            self.sure_to_s = surely_s
        return self.sure + spent(self.sure_to_s, period.end_s)


@lru_cache(maxsize=64)
def _in_a_minute(most: int) -> Rule:
    return Rule(most, _MINUTE_S)


def _zone(name: str) -> tzinfo:
    try:
        return zone_named(name)
    except ValueError as error:  # it was known when it was set: the machine has lost its database of zones
        raise VigintError(Code.INTERNAL, f"{error}; install tzdata") from error
