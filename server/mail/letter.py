"""An alert as a mail: text and HTML in the recipient's language, stills within it, nothing fetched from elsewhere.

Names and sentences come from cameras, models and people: each becomes one plain line before it goes into a header, a
text or, escaped, into HTML.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from importlib import resources
from typing import Final

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape

from vigint_core.domain.alert import News, Told
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.verdict import IncidentType, Severity
from vigint_core.policy.periods import zone_named
from vigint_core.texts import Language, sentence

MOST_SHOWN: Final = 20
"""Incidents that one mail shows; more are counted. Some mail programs cut off a page of over 100 KB."""
MOST_STILLS: Final = 5
MOST_MOMENTS: Final = 10
"""Cited moments of one incident that a mail shows; its page shows them all."""
_LEAST_MOMENTS: Final = 3
_ALL_MOMENTS: Final = 60  # of all incidents of a mail, while each has its least
_MOST_NAME: Final = 80
_MOST_LINE: Final = 2000
_SIGNS: Final = {Severity.LOW: "●", Severity.MEDIUM: "▲", Severity.HIGH: "◆", Severity.CRITICAL: "⬣"}
_COLOURS: Final = {
    Severity.LOW: "#2a6190",
    Severity.MEDIUM: "#825400",
    Severity.HIGH: "#a8410a",
    Severity.CRITICAL: "#b01530",
}
"""As on the desktop, on white: readable there, and never without shape and word."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One incident of a letter. Times are Unix seconds.

    Attributes:
        told: what is told of it.
        moments: cited times, and what was seen then.
        link: address of its page, good until ``link_ends_s``; "" for none.
        still: a JPEG, or None.
    """

    told: Told
    camera: str
    type: IncidentType
    by_rule: bool
    summary: str
    act_s: float
    moments: Sequence[tuple[float, str]]
    link: str = ""
    link_ends_s: float = 0.0
    still: bytes | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a mail says, the gravest incident first.

    Attributes:
        follows: message ids of what it follows, oldest first.
        at_s: Unix time of its date.
        zone: IANA name of the zone of every time in it.
        count: incidents it tells of; at least as many as ``entries``.
        digest: it gathers what could not be told one by one.
    """

    sender: str
    to: str
    message_id: str
    follows: Sequence[str]
    at_s: float
    language: Language
    zone: str
    client: str
    entries: Sequence[Entry]
    count: int
    digest: bool = False


@dataclass(frozen=True, slots=True)
class _Shown:
    """An entry in words, as the templates want it."""

    kind: str
    colour: str
    sign: str
    severity: str
    state: str
    title: str
    when: str
    summary: str
    news: str
    moments: Sequence[tuple[str, str]]
    more_moments: str
    link: str
    link_note: str
    by: str
    cid: str
    alt: str


def written(letter: Letter) -> EmailMessage:
    """The mail, ready to be sent."""
    shown = [_Words(letter).shown(entry, number) for number, entry in enumerate(letter.entries, 1)]
    text, html = _rendered(letter, shown)
    mail = EmailMessage(SMTP)
    mail["From"] = Address(parseaddr(letter.sender)[0] or "VigInt", addr_spec=parseaddr(letter.sender)[1])
    mail["To"] = Address(addr_spec=letter.to)
    mail["Subject"] = subject(letter)
    mail["Date"] = format_datetime(datetime.fromtimestamp(letter.at_s, UTC))
    mail["Message-ID"] = letter.message_id
    if letter.follows:
        mail["In-Reply-To"] = letter.follows[-1]
        mail["References"] = " ".join(letter.follows)
    mail["Auto-Submitted"] = "auto-generated"
    if _gravest(letter).told.fact.severity.rank >= Severity.HIGH.rank:
        mail["Importance"] = "high"
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    page = mail.get_payload(1)
    for entry, one in zip(letter.entries, shown, strict=True):
        if entry.still is not None and isinstance(page, EmailMessage):
            page.add_related(
                entry.still, "image", "jpeg", cid=f"<{one.cid}>", disposition="inline", filename=f"{one.cid}.jpg"
            )
    return mail


def subject(letter: Letter) -> str:
    """Severity, camera and time of the gravest incident, and what is new about it."""
    words, entry = _Words(letter), _gravest(letter)
    severity, camera = words.severity(entry), line(entry.camera, _MOST_NAME)
    if letter.digest and letter.count > 1:
        return words.say(
            "subject.digest", count=letter.count, severity=severity.lower(), client=line(letter.client, _MOST_NAME)
        )
    if letter.count > 1:
        return words.say(
            "subject.several", severity=severity, others=letter.count - 1, camera=camera, time=words.moment(entry.act_s)
        )
    news = words.news_key(entry)
    graver = entry.told.news is News.GRAVER
    return words.say(
        f"subject.{news}", severity=severity.lower() if graver else severity, camera=camera,
        time=words.moment(entry.act_s),
    )  # fmt: skip


def line(text: str, most: int = _MOST_LINE) -> str:
    """Somebody's text as one line of printable signs: no header, no hidden direction of writing can hide in it."""
    words = "".join(sign if sign.isprintable() else " " for sign in text).split()
    whole = " ".join(words)
    return whole if len(whole) <= most else f"{whole[: most - 1]}…"


class _Words:
    """What the letter's language and zone make of values."""

    def __init__(self, letter: Letter) -> None:
        self._language = letter.language
        self._letter_day = self._local(letter.at_s, letter.zone).date()
        self._zone = letter.zone
        self._most_moments = max(_LEAST_MOMENTS, min(MOST_MOMENTS, _ALL_MOMENTS // max(1, len(letter.entries))))

    def say(self, key: str, **values: object) -> str:
        return sentence(self._language, f"mail.{key}", **values)

    def severity(self, entry: Entry) -> str:
        return sentence(self._language, f"ui.severity.{entry.told.fact.severity}")

    def news_key(self, entry: Entry) -> str:
        unconfirmed = entry.told.news is News.FIRST and entry.told.fact.state is IncidentState.UNCONFIRMED
        return "first_unconfirmed" if unconfirmed else entry.told.news

    def clock(self, at_s: float) -> str:
        return f"{self._local(at_s, self._zone):%H:%M:%S}"

    def date(self, at_s: float) -> str:
        local = self._local(at_s, self._zone)
        return f"{local:%d/%m/%Y}" if self._language == "fr" else f"{local:%Y-%m-%d}"

    def moment(self, at_s: float) -> str:
        """The clock time, with the date where it is not that of the letter."""
        local = self._local(at_s, self._zone)
        return f"{local:%H:%M}" if local.date() == self._letter_day else f"{self.date(at_s)} {local:%H:%M}"

    def shown(self, entry: Entry, number: int) -> _Shown:
        severity = entry.told.fact.severity
        kind = sentence(self._language, f"ui.incident.type.{entry.type}")
        by_rule_alone = entry.by_rule and entry.told.news is News.FIRST
        title = self.say("title.first", type=kind, camera=line(entry.camera, _MOST_NAME))
        # Windows overlap, so two may say the same of a second.
        moments = list(dict.fromkeys((self.clock(at_s), line(text)) for at_s, text in sorted(entry.moments)))
        over = len(moments) - self._most_moments
        return _Shown(
            kind=severity,
            colour=_COLOURS[severity],
            sign=_SIGNS[severity],
            severity=self.severity(entry),
            state=self.say(f"state.{entry.told.fact.state}"),
            title=title[0].upper() + title[1:],
            when=self.say("when", time=self.clock(entry.act_s), date=self.date(entry.act_s)),
            summary=line(entry.summary),
            news=self.say("by_rule" if by_rule_alone else f"news.{self.news_key(entry)}"),
            moments=moments[: self._most_moments],
            more_moments=self.say("more_moments", count=over) if over > 0 else "",
            link=entry.link,
            link_note=self.say("link_note", date=self.date(entry.link_ends_s)),
            by="" if by_rule_alone else self.say("by_rule" if entry.by_rule else "by_ai"),
            cid="" if entry.still is None else f"still-{number}@vigint",
            alt=self.say("still", time=self.clock(entry.act_s)),
        )

    @staticmethod
    def _local(at_s: float, zone: str) -> datetime:
        return datetime.fromtimestamp(at_s, UTC).astimezone(_zone(zone))


def _gravest(letter: Letter) -> Entry:
    return max(letter.entries, key=lambda entry: entry.told.fact.severity.rank)


def _rendered(letter: Letter, shown: Sequence[_Shown]) -> tuple[str, str]:
    words = _Words(letter)
    over = letter.count - len(shown)
    one_camera = len({entry.told.fact.camera_id for entry in letter.entries}) == 1
    heading = ""
    if letter.count > 1:
        camera = line(letter.entries[0].camera, _MOST_NAME)
        key = "title.digest" if letter.digest or not one_camera else "title.several"
        heading = words.say(key, count=letter.count, camera=camera)
    values = {
        "language": letter.language,
        "subject": subject(letter),
        "preview": shown[0].summary or shown[0].news,
        "heading": heading,
        "why": words.say("digest_why") if letter.digest else "",
        "entries": shown,
        "more": words.say("more", count=over) if over > 0 else "",
        "zone": words.say("zone", zone=letter.zone),
        "who": words.say("who", address=letter.to, client=line(letter.client, _MOST_NAME)),
        "say": words.say,
    }
    texts = (_templates().get_template(f"alert.{kind}.jinja").render(values) for kind in ("txt", "html"))
    text, html = texts
    return text.strip() + "\n", html


@cache
def _templates() -> Environment:
    return Environment(
        loader=FunctionLoader(lambda name: resources.files("resources").joinpath("mail", name).read_text("utf-8")),
        autoescape=select_autoescape(("html.jinja",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _zone(name: str) -> tzinfo:
    return zone_named(name)
