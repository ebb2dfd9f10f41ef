"""The HTTP contract between desktop and server: one set of pydantic models, used by both sides.

``POST /v1/analyses`` is ``multipart/form-data`` with the parts ``metadata`` (JSON, ``AnalysisRequest``), ``clip`` and
optionally ``context`` (both ``video/mp4``), the key in ``X-API-Key`` and the window's id in ``Idempotency-Key``. It
answers 200 with ``AnalysisResponse`` also when the model failed: that is an outcome. Every other failure is
``application/problem+json`` (RFC 9457) with a ``code`` of the fault catalogue (``Problem``).
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from vigint_core.domain import bounds
from vigint_core.domain.fault import Code
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.review import LONGEST_COMMENT, LONGEST_OWNER, ReviewState, ReviewVerdict
from vigint_core.domain.scope import Scope
from vigint_core.domain.status import Health
from vigint_core.domain.verdict import IncidentType, Severity
from vigint_core.domain.zone import ZoneKind
from vigint_core.policy.periods import MONTH_PATTERN

API_KEY_HEADER = "X-API-Key"
IDEMPOTENCY_HEADER = "Idempotency-Key"
MOST_ZONES = 32
"""That a window is told to be about; more would say nothing any more."""
Identity = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Text = Annotated[str, Field(max_length=2000)]
ReviewOwner = Annotated[str, Field(max_length=LONGEST_OWNER)]
ReviewComment = Annotated[str, Field(max_length=LONGEST_COMMENT)]
Language = Literal["en", "fr"]
Month = Annotated[str, Field(pattern=MONTH_PATTERN)]
UsageBy = Literal["day", "model", "look", "camera"]


class _Asked(BaseModel):
    """What a client sends: a field that the server does not know is refused, so that nothing is silently dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _Answer(BaseModel):
    """What a server answers: a field that an older client does not know yet must not break it."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class WireZone(_Asked):
    """A watch zone in which something moved."""

    name: Annotated[str, Field(max_length=100)]
    kind: ZoneKind | None = None


_ClipAt = Annotated[AwareDatetime, Field(ge=bounds.EARLIEST_CLIP, le=bounds.LATEST, description="From 1900 to 2100.")]


class AnalysisRequest(_Asked):
    """What the clip is. Times are real ones with an offset; ``context_start`` is that of the context clip.

    ``context_follows``: that clip comes by itself, as ``/v1/analyses/{window_id}/context``, if the window is suspected.
    """

    window_id: Identity
    camera_id: Identity
    camera_name: Annotated[str, Field(min_length=1, max_length=200)]
    start: _ClipAt
    end: _ClipAt
    context_start: _ClipAt
    gate_peak: Annotated[float, Field(ge=0)] = 0.0
    gate_active_share: Annotated[float, Field(ge=0, le=1)] = 0.0
    language: Language = "en"
    zones: Annotated[list[WireZone], Field(max_length=MOST_ZONES)] = []
    is_open: bool | None = None
    open_hours: Annotated[str, Field(max_length=200)] = ""
    notes: Text = ""
    context_follows: bool = False


class WireObservation(_Answer):
    """Something seen, ``at_s`` seconds from the start of the clip of that look; in an incident, from its own start."""

    at_s: float
    text: Text


class WireOutcome(_Answer):
    """One look's outcome; which fields are set depends on ``outcome``."""

    outcome: Literal["clear", "suspected", "not_analysed"]
    summary: Text = ""
    observations: list[WireObservation] = []
    type: IncidentType | None = None
    severity: Severity | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    reason: Code | None = None
    detail: Text = ""
    retry_after_s: float | None = None


class WireCall(_Answer):
    """One call to a model, for the books."""

    look: Literal["first", "second", "probe"]
    model: str
    prompt_version: str
    tokens_in: int
    tokens_out: int
    cost_micro_usd: int
    latency_s: float
    error: Code | None = None
    tokens_video: int = 0
    tokens_cached: int = 0
    tokens_thought: int = 0
    unsettled_micro_usd: int = 0
    outcome: str = ""
    flagged: bool = False
    thrifty: bool = False


class AnalysisResponse(_Answer):
    """Answer about exactly the window that was sent; ``replayed`` says that it was answered before, at no cost.

    ``pending``: the second look is still out; ``GET /v1/analyses/{window_id}`` has it when it is made.
    """

    window_id: Identity
    first: WireOutcome
    second: WireOutcome | None = None
    calls: list[WireCall] = []
    replayed: bool = False
    pending: bool = False


class WireAct(_Asked):
    """An act of another type than the incident's own, within the same incident."""

    type: IncidentType
    severity: Severity
    confidence: Annotated[float, Field(ge=0, le=1)]
    summary: Text
    at: AwareDatetime


def _told_seen(seen: list[WireObservation]) -> list[WireObservation]:
    return [each.model_copy(update={"at_s": bounds.nearest_s(each.at_s)}) for each in seen]


def _told_acts(acts: list[WireAct]) -> list[WireAct]:
    return [each.model_copy(update={"at": bounds.nearest(each.at)}) for each in acts]


def _near_seen(seen: list[WireObservation]) -> list[WireObservation]:
    if seen != _told_seen(seen):
        raise ValueError("at_s must be within a day of the start")
    return seen


def _near_acts(acts: list[WireAct]) -> list[WireAct]:
    if acts != _told_acts(acts):
        raise ValueError("at must be from 2000 to 2100")
    return acts


_ToldAt = Annotated[AwareDatetime, AfterValidator(bounds.nearest)]
_PutAt = Annotated[AwareDatetime, Field(ge=bounds.EARLIEST, le=bounds.LATEST, description="From 2000 to 2100.")]


class IncidentBody(_Asked):
    """An incident as the desk that minted it sees it now.

    Times of ``observations`` are seconds from ``start``. ``alert_start``: the first picture of its alert clip, once one
    was cut. Books from before ``IncidentPut`` had bounds may hold any time: the nearest one that can be told is read.
    """

    camera_id: Identity
    camera_name: Annotated[str, Field(min_length=1, max_length=200)]
    type: IncidentType
    severity: Severity
    state: IncidentState
    source: Literal["ai", "rule"]
    confidence: Annotated[float, Field(ge=0, le=1)]
    summary: Text
    observations: Annotated[list[WireObservation], AfterValidator(_told_seen)]
    start: _ToldAt
    end: _ToldAt
    act: _ToldAt
    opened: _ToldAt
    window_ids: list[Identity]
    other_acts: Annotated[list[WireAct], AfterValidator(_told_acts)] = []
    alert_start: _ToldAt | None = None


class IncidentPut(IncidentBody):
    """``PUT /v1/incidents/{id}``: times from 2000 to 2100, and observations at most a day from ``start``."""

    observations: Annotated[
        list[WireObservation], Field(max_length=bounds.MOST_OBSERVATIONS), AfterValidator(_near_seen)
    ]
    start: _PutAt
    end: _PutAt
    act: _PutAt
    opened: _PutAt
    window_ids: Annotated[list[Identity], Field(max_length=bounds.MOST_WINDOWS)]
    other_acts: Annotated[list[WireAct], Field(max_length=bounds.MOST_ACTS), AfterValidator(_near_acts)] = []
    alert_start: _PutAt | None = None


class WireReview(_Answer):
    """What a person says about an incident: ``by`` is the id of the key that said it, "" before anybody did.

    A ``locked`` incident stays, however old it becomes.
    """

    verdict: ReviewVerdict = ReviewVerdict.NONE
    owner: ReviewOwner = ""
    state: ReviewState = ReviewState.NEW
    locked: bool = False
    comment: ReviewComment = ""
    by: str = ""
    at: AwareDatetime | None = None


class IncidentView(IncidentBody):
    """An incident as the server keeps it: ``state`` and ``severity`` are those of desk and second looks together.

    ``version`` counts its changes, and stands in ``ETag``; ``reviews`` are the last ones, oldest first, where one
    incident was asked for. What a newer server tells besides is left out.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)

    id: Identity
    version: int = 1
    review: WireReview = WireReview()
    reviews: list[WireReview] = []


class IncidentList(_Answer):
    """``GET /v1/incidents``: newest first. ``next_cursor`` leads to the page after, None on the last one."""

    incidents: list[IncidentView]
    next_cursor: str | None = None


class WireCaps(_Answer):
    """Limits in millionths of a US dollar; None for none."""

    day: int | None = None
    month: int | None = None
    camera_day: int | None = None
    camera_month: int | None = None
    reserve_share: float = 0.0


class WireBudget(_Answer):
    """``GET /v1/budget``: how a client's money stands, in millionths of a US dollar.

    ``economy`` counts what is left out: 0 nothing, 1 pictures, 2 overlap, 3 all but high-value zones, 4 everything;
    ``cameras`` names those at which more is left out than everywhere.
    """

    caps: WireCaps
    spent_day: int
    spent_month: int
    forecast_month: int | None = None
    economy: Annotated[int, Field(ge=0, le=4)] = 0
    cameras: dict[str, Annotated[int, Field(ge=0, le=4)]] = {}


class WireSums(_Answer):
    """Sums over calls of the ledger, exact; money in millionths of a US dollar.

    ``tokens_video`` and ``tokens_cached`` are part of ``tokens_in``, ``tokens_thought`` of ``tokens_out``.
    ``unsettled_micro_usd`` is what calls may have cost at most whose cost nobody told; it is not in ``cost_micro_usd``.
    """

    calls: int = 0
    failed: int = 0
    tokens_in: int = 0
    tokens_video: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    tokens_thought: int = 0
    cost_micro_usd: int = 0
    unsettled_micro_usd: int = 0


class WireUsageLine(WireSums):
    """The sums of one day (``2026-11-27``), model, look or camera (its id), with the last ``label`` of a camera."""

    name: str
    label: str = ""


class WireUsage(_Answer):
    """``GET /v1/usage``: what a client's calls of a month used, ``start <= t < end``; ``total`` is the lines' sum."""

    month: str
    time_zone: str
    start: AwareDatetime
    end: AwareDatetime
    by: UsageBy
    lines: list[WireUsageLine] = []
    total: WireSums


class Me(_Answer):
    """``GET /v1/me``: who the key belongs to, and what it allows.

    ``scopes`` are those of ``vigint_core.domain.scope`` and perhaps newer ones; None from a server that knows none.
    """

    client_id: str
    client_name: str
    key_id: str
    server_version: str
    scopes: list[str] | None = None
    expires: AwareDatetime | None = None

    @property
    def lacking(self) -> tuple[Scope, ...]:
        """What a desk needs and this key does not allow."""
        return () if self.scopes is None else tuple(scope for scope in Scope if scope not in self.scopes)


class PartView(_Answer):
    """One part of ``/readyz``. ``cause`` and ``remedy`` are sentences in English; the code is for programs."""

    part: str
    health: Health
    code: Code | None = None
    cause: str = ""
    remedy: str = ""
    label: str = ""
    detail: str = ""
    proven_at: AwareDatetime | None = None
    until: AwareDatetime | None = None


class Readiness(_Answer):
    """``GET /readyz``: 200 while the server can take work, 503 while it can't; in both cases every part."""

    service: Literal["vigint"]
    version: str
    ready: bool
    parts: list[PartView]


class HealthPart(_Answer):
    """One part. ``cause`` and ``remedy`` are sentences in the language of the answer; the code is for programs.

    ``since`` is when this process first saw the part like this, ``worked_at`` when it last worked.
    """

    part: str
    health: Health
    code: Code | None
    cause: str
    remedy: str
    label: str
    detail: str
    since: AwareDatetime
    worked_at: AwareDatetime | None
    until: AwareDatetime | None
    figures: dict[str, float]


class HealthView(_Answer):
    """``GET /v1/health``: the whole is as its worst part; one that is not configured does not count."""

    version: str
    health: Health
    language: Language
    parts: list[HealthPart]


class Liveness(_Answer):
    """``GET /healthz``: the process answers; says nothing about its parts."""

    service: Literal["vigint"]
    version: str


class Problem(BaseModel):
    """``application/problem+json`` (RFC 9457), with the code, its cause as ``detail`` and its remedy.

    ``request_id`` is that of the header ``X-Request-Id``: by it the request is found in every log.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: str
    title: str
    status: int
    code: Code
    detail: str = ""
    remedy: str = ""
    request_id: str = ""
