"""The budget: whether a call may be made, and what is left out when money gets short.

The most a call can cost is reserved before it is made and settled by its real cost afterwards, so that no load, price
or failure passes a cap: spent and reserved together never exceed it. Periods are days and months of the payer's clock.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from vigint_core.domain.budget import Account, BudgetView, Caps, Economy, Payer
from vigint_core.domain.fault import Code
from vigint_core.domain.ids import CameraId

STEPS: Final = (
    (0.95, Economy.LOCAL_ONLY),
    (0.85, Economy.HIGH_VALUE_ONLY),
    (0.75, Economy.LONGER_STRIDE),
    (0.60, Economy.FEWER_FRAMES),
)
"""From which share of what first looks may use a step is taken. Each step leaves time to be noticed before the next."""
_FORECAST_STEPS: Final = ((1.25, Economy.LONGER_STRIDE), (1.0, Economy.FEWER_FRAMES))
"""A forecast alone, as a share of the month's cap, leaves no camera unwatched: it may be wrong."""
_LEAST_KNOWN_S: Final = 24 * 3600.0
"""A month is forecast from a whole day on: a shop's nights and days cost differently."""
REASONS: Final[Mapping[Economy, Code]] = {
    Economy.FEWER_FRAMES: Code.BUDGET_FEWER_FRAMES,
    Economy.LONGER_STRIDE: Code.BUDGET_LONGER_STRIDE,
    Economy.HIGH_VALUE_ONLY: Code.BUDGET_HIGH_VALUE_ONLY,
    Economy.LOCAL_ONLY: Code.BUDGET_LOCAL_ONLY,
}


@dataclass(frozen=True, slots=True)
class Slot:
    """One account that a call counts in.

    Attributes:
        camera_id: "" for the account of the whole site.
        period: ``2026-11-27`` or ``2026-11``.
        cap: or None where only the sum is kept.
    """

    camera_id: str
    period: str
    cap: int | None


def slots(caps: Caps, payer: Payer, at_s: float, zone: tzinfo | None = None) -> tuple[Slot, ...]:
    """The accounts that a call at a Unix time counts in."""
    day, month = periods(at_s, zone)
    site = (Slot("", day, caps.day), Slot("", month, caps.month))
    if not payer.camera_id:
        return site
    return (*site, Slot(payer.camera_id, day, caps.camera_day), Slot(payer.camera_id, month, caps.camera_month))


def periods(at_s: float, zone: tzinfo | None = None) -> tuple[str, str]:
    """Day and month of a Unix time, in ``zone`` or the machine's own."""
    local = datetime.fromtimestamp(at_s, UTC).astimezone(zone)
    return f"{local:%Y-%m-%d}", f"{local:%Y-%m}"


def month_span_s(at_s: float, zone: tzinfo | None = None) -> tuple[float, float]:
    """Begin and end of the month of a Unix time."""
    local = datetime.fromtimestamp(at_s, UTC).astimezone(zone)
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0, tzinfo=zone)
    after = (first + timedelta(days=32)).replace(day=1, hour=0, tzinfo=zone)
    return first.timestamp(), after.timestamp()


def refusal(caps: Caps, account: Account, cap: int | None, amount: int, *, second: bool) -> Code | None:
    """Why an account can't bear ``amount`` more, or None. Only second looks may use the reserve."""
    if cap is None:
        return None
    most = cap if second else open_to_first(caps, cap)
    return Code.BUDGET_SPENT if account.used + amount > most else None


def reserve(account: Account, amount: int) -> Account:
    """The account with money put aside."""
    return replace(account, reserved=account.reserved + amount)


def settle(account: Account, amount: int, cost: int) -> Account:
    """The account after a call of which ``amount`` was put aside has cost ``cost``."""
    return Account(account.spent + cost, max(0, account.reserved - amount))


def open_to_first(caps: Caps, cap: int) -> int:
    """What of a cap first looks may use."""
    return cap - round(cap * caps.reserve_share)


def economy(caps: Caps, used: Mapping[Slot, Account], forecast: int | None = None) -> Economy:
    """What is to be left out where these accounts stand, and the month will have cost ``forecast``."""
    shares = [_share(caps, slot.cap, account) for slot, account in used.items() if slot.cap is not None]
    steps = [_step(max(shares, default=0.0), STEPS)]
    if caps.month and forecast is not None:
        steps.append(_step(forecast / caps.month, _FORECAST_STEPS))
    return max(steps)


def forecast_month(spent: int, began_s: float, at_s: float, zone: tzinfo | None = None) -> int | None:
    """What a month costs in the end if it goes on like this; None before a day of it is known.

    ``began_s``: Unix time of the first call ever, for a program that was set up in the middle of the month.
    """
    start_s, end_s = month_span_s(at_s, zone)
    known_s = at_s - max(start_s, began_s)
    if known_s < _LEAST_KNOWN_S:
        return None
    return spent + round(spent / known_s * (end_s - at_s))


def view(
    caps: Caps,
    at_s: float,
    accounts: Mapping[tuple[str, str], Account],
    first_day: str | None,
    zone: tzinfo | None = None,
) -> BudgetView:
    """How the money stands.

    ``accounts`` by camera ("" for the whole site) and period; ``first_day``: the first day anything was spent on.
    """
    day, month = periods(at_s, zone)
    mine = {slot: accounts.get((slot.camera_id, slot.period), Account()) for slot in slots(caps, Payer(), at_s, zone)}
    spent_day, spent_month = accounts.get(("", day), Account()), accounts.get(("", month), Account())
    forecast = None if first_day is None else forecast_month(spent_month.spent, _began_s(first_day, zone), at_s, zone)
    fresh = _camera_economy(caps, at_s, {}, "any", zone)  # not nothing where a camera may spend nothing at all
    cameras = {}
    for camera_id in sorted({camera_id for camera_id, _ in accounts if camera_id}):
        step = _camera_economy(caps, at_s, accounts, camera_id, zone)
        if step is not Economy.NONE:
            cameras[CameraId(camera_id)] = step
    return BudgetView(
        caps=caps,
        spent_day=spent_day.spent,
        spent_month=spent_month.spent,
        forecast_month=forecast,
        economy=max(economy(caps, mine, forecast), fresh),
        cameras=cameras,
    )


def _camera_economy(
    caps: Caps, at_s: float, accounts: Mapping[tuple[str, str], Account], camera_id: str, zone: tzinfo | None
) -> Economy:
    """What a camera's own caps ask for."""
    own = [slot for slot in slots(caps, Payer("", camera_id), at_s, zone) if slot.camera_id]
    return economy(caps, {slot: accounts.get((camera_id, slot.period), Account()) for slot in own})


def _share(caps: Caps, cap: int, account: Account) -> float:
    """How much of what first looks may use is used; all of it where they may use nothing."""
    most = open_to_first(caps, cap)
    return account.used / most if most > 0 else 1.0


def _began_s(day: str, zone: tzinfo | None) -> float:
    """Begin of a day as ``periods`` writes it."""
    naive = datetime.fromisoformat(day)
    return (naive.replace(tzinfo=zone) if zone else naive.astimezone()).timestamp()


def _step(share: float, steps: tuple[tuple[float, Economy], ...]) -> Economy:
    reached: Iterator[Economy] = (step for least, step in steps if share >= least)
    return next(reached, Economy.NONE)
