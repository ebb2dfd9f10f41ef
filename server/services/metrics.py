"""What this process counts about its work, for Prometheus. No label names a client, a camera, a key or a window.

Every label has few values: routes by their templates, models by the catalogue, outcomes and channels by their enums. So
a server for a thousand shops has no more series than one for a single shop.
"""

from collections.abc import Iterable
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    disable_created_metrics,
    generate_latest,
)

from vigint_core import __version__
from vigint_core.domain.verdict import Call, Clear, Outcome, Suspected

_BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 75.0)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_USD: Final = 1_000_000
UNMATCHED: Final = "unmatched"
"""Route of requests whose address is none of ours."""

disable_created_metrics()  # type: ignore[no-untyped-call]  # else one more series beside each counter


class Metrics:
    """The figures of one process. Thread-safe; several may live in a process, each with its own registry."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._requests = Counter("vigint_requests", "Answers begun.", ("route", "method", "status"), registry=registry)
        self._seconds = Histogram(
            "vigint_request_seconds",
            "From a request's head to the head of its answer.",
            ("route",),
            buckets=_BUCKETS_S,
            registry=registry,
        )
        self._streams = Gauge("vigint_event_streams", "Event streams open now.", registry=registry)
        self._looks = Counter("vigint_looks", "Looks at windows.", ("outcome",), registry=registry)
        self._calls = Counter("vigint_model_calls", "Calls to models.", ("model", "look", "result"), registry=registry)
        self._tokens = Counter("vigint_model_tokens", "Tokens of calls.", ("model", "direction"), registry=registry)
        self._cost = Counter("vigint_model_cost_usd", "Cost of calls in US dollars.", ("model",), registry=registry)
        self._alerts = Counter("vigint_alerts", "Tries to deliver alerts.", ("channel", "result"), registry=registry)
        Info("vigint_build", "What runs here.", registry=registry).info({"version": __version__})
        self._answers: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """An answer begins, so long after its request came. ``route`` is a template, or ``UNMATCHED``."""
        key = (route, method, status // 100)
        children = self._answers.get(key)
        if children is None:
            named = method if method in _METHODS else "other"
            children = (self._requests.labels(route, named, f"{status // 100}xx"), self._seconds.labels(route))
            if method in _METHODS:  # anybody may invent methods; only ours are remembered
                self._answers[key] = children
        children[0].inc()
        children[1].observe(seconds)

    def stream_opened(self) -> None:
        """An event stream begins."""
        self._streams.inc()

    def stream_closed(self) -> None:
        """An event stream is over."""
        self._streams.dec()

    def looked(self, outcomes: Iterable[Outcome | None]) -> None:
        """A window was looked at: what came of each look that was made."""
        for outcome in outcomes:
            if outcome is not None:
                self._looks.labels(_word(outcome)).inc()

    def called(self, calls: Iterable[Call]) -> None:
        """Models were asked."""
        for call in calls:
            self._calls.labels(call.model, call.look, "answered" if call.error is None else "failed").inc()
            self._tokens.labels(call.model, "in").inc(call.tokens_in)
            self._tokens.labels(call.model, "out").inc(call.tokens_out)
            self._cost.labels(call.model).inc(call.cost_micro_usd / _USD)

    def alerted(self, channel: str, delivered: bool) -> None:
        """One try to deliver an alert by ``"mail"`` or ``"webhook"``."""
        self._alerts.labels(channel, "delivered" if delivered else "failed").inc()

    def exposed(
        self,
        healthy: Iterable[tuple[str, bool]],
        waiting: float | None,
        oldest_s: float | None,
        free_bytes: float | None,
        stored_bytes: float | None,
    ) -> bytes:
        """Everything in Prometheus' text format, with how the parts are at this moment; what is None is not in it."""
        now = CollectorRegistry()
        for name, told, figure in (
            ("vigint_stored_bytes", "Bytes of all clips and stills.", stored_bytes),
            ("vigint_queue_waiting", "Durable work that is not done.", waiting),
            ("vigint_queue_oldest_seconds", "Age of the oldest of it.", oldest_s),
            ("vigint_disk_free_bytes", "Free where the data folder is.", free_bytes),
        ):
            if figure is not None:
                Gauge(name, told, registry=now).set(figure)
        ok = Gauge("vigint_part_ok", "1 while the part is ok or not configured.", ("part",), registry=now)
        for part, well in healthy:
            ok.labels(part).set(well)
        return generate_latest(self._registry) + generate_latest(now)


def _word(outcome: Outcome) -> str:
    if isinstance(outcome, Suspected):
        return "suspected"
    return "clear" if isinstance(outcome, Clear) else "not_analysed"
