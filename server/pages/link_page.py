"""The page behind a link: one incident, its clip, the moments that were named, and what people say about it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from server.pages.rendering import render
from vigint_core import texts
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.review import ReviewState, ReviewVerdict
from vigint_core.domain.verdict import IncidentType, Severity
from vigint_core.policy.alert_clip import LENGTH_S

Notice = Literal["ended.ended", "ended.revoked", "ended.erased", "unknown", "trouble", "refused", "view_refused"]
_NO_OFFSET: Final = timedelta()


@dataclass(frozen=True, slots=True)
class Seen:
    """One moment that was named: Unix time and a sentence."""

    at_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Also:
    """Another act within the same incident."""

    type: IncidentType
    summary: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows. Times are Unix seconds.

    Attributes:
        token: of the link, which is where the page and everything of it lies.
        place: the client's time zone, an IANA name.
        clip_start_s: time of the clip's first picture.
        has_clip, has_still: whether they lie in the storage.
        reviewed_s: when somebody last said what it was, or None.
        may_review: whether this link allows to say so.
    """

    language: texts.Language
    token: str
    client: str
    place: str
    camera: str
    type: IncidentType
    severity: Severity
    state: IncidentState
    source: str
    summary: str
    also: tuple[Also, ...]
    moments: tuple[Seen, ...]
    act_s: float
    clip_start_s: float
    has_clip: bool
    has_still: bool
    verdict: ReviewVerdict
    review_state: ReviewState
    reviewed_s: float | None
    may_review: bool
    expires_s: float


@dataclass(frozen=True, slots=True)
class _Moment:
    """``at_s``: seconds into the clip, not before its beginning; None for what happened after its end."""

    at_s: float | None
    clock: str
    text: str


def link_page(shown: Shown) -> str:
    """The page, as HTML."""
    zone = ZoneInfo(shown.place)
    moments = tuple(
        _Moment(_into_clip(seen.at_s - shown.clip_start_s), _clock(seen.at_s, zone), seen.text)
        for seen in sorted(shown.moments, key=lambda seen: seen.at_s)
    )
    return render(
        "link.html",
        shown.language,
        shown=shown,
        moments=moments,
        iso=datetime.fromtimestamp(shown.act_s, UTC).isoformat(timespec="seconds"),
        date=_date(shown.language, shown.act_s, zone),
        clock=_clock(shown.act_s, zone),
        offset=_offset(shown.act_s, zone),
        said=_said(shown),
        said_at=None if shown.reviewed_s is None else _date_and_clock(shown.language, shown.reviewed_s, zone),
        until=_date_and_clock(shown.language, shown.expires_s, zone),
    )


def notice_page(notice: Notice, language: texts.Language) -> str:
    """A page that says in words why there is nothing to see, or why nothing was done."""
    about, _, why = notice.partition(".")
    return render("notice.html", language, title=f"page.{about}.title", why=f"page.{about}.{why or 'why'}")


def _into_clip(after_s: float) -> float | None:
    return None if after_s >= LENGTH_S else round(max(0.0, after_s), 2)


def _said(shown: Shown) -> str:
    """Key of the sentence that tells what people say."""
    if shown.verdict is not ReviewVerdict.NONE:
        return f"page.review.{shown.verdict}"
    return "page.review.none" if shown.review_state is ReviewState.NEW else f"page.review.{shown.review_state}"


def _clock(at_s: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at_s, zone).strftime("%H:%M:%S")


def _date(language: texts.Language, at_s: float, zone: ZoneInfo) -> str:
    at = datetime.fromtimestamp(at_s, zone)
    weekday = texts.sentence(language, f"page.weekday.{at.weekday()}")
    month = texts.sentence(language, f"page.month.{at.month}")
    return texts.sentence(language, "page.date", weekday=weekday, day=at.day, month=month, year=at.year)


def _date_and_clock(language: texts.Language, at_s: float, zone: ZoneInfo) -> dict[str, str]:
    return {"date": _date(language, at_s, zone), "time": datetime.fromtimestamp(at_s, zone).strftime("%H:%M")}


def _offset(at_s: float, zone: ZoneInfo) -> str:
    """``UTC+1``, ``UTC-3:30``."""
    offset = datetime.fromtimestamp(at_s, zone).utcoffset() or _NO_OFFSET
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"
