"""What a client's calls of a month used: the ledger's sums, in the words of the contract."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, tzinfo

from server.db.tenant import Tenant, Usage
from server.services.clients import Client
from vigint_core.domain.fault import Code, VigintError
from vigint_core.policy.periods import Period, days_of, month_named, month_of, zone_named
from vigint_core.wire import UsageBy, WireSums, WireUsage, WireUsageLine


def usage_of(client: Client, tenant: Tenant, month: str | None, by: UsageBy, now_s: float) -> WireUsage:
    """The usage of a month of the client's time zone; of the current one without ``month`` (``2026-11``).

    A call belongs to the moment at which it was booked. Raises VigintError, and ValueError for what is no month.
    """
    zone = _zone(client)
    period = month_named(month or month_of(now_s, zone), zone)
    found = _sums(tenant, by, period, zone)
    labels = tenant.camera_names(period) if by == "camera" else {}
    return WireUsage(
        month=period.name,
        time_zone=client.time_zone,
        start=datetime.fromtimestamp(period.start_s, zone),
        end=datetime.fromtimestamp(period.end_s, zone),
        by=by,
        lines=[WireUsageLine(name=name, label=labels.get(name, ""), **asdict(sums)) for name, sums in found.items()],
        total=WireSums(**asdict(sum(found.values(), Usage()))),
    )


def _sums(tenant: Tenant, by: UsageBy, period: Period, zone: tzinfo) -> Mapping[str, Usage]:
    if by == "day":
        return tenant.usage_by_period(days_of(period, zone))
    return tenant.usage_by(by, period)


def _zone(client: Client) -> tzinfo:
    try:
        return zone_named(client.time_zone)
    except ValueError as error:  # it was known when it was set: the machine has lost its database of zones
        raise VigintError(Code.INTERNAL, f"{error}; install tzdata") from error
