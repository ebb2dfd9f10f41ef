"""An alert as a mail: what stands in it, in which language, and that nothing can break out of its place."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.mail.letter import MOST_MOMENTS, MOST_SHOWN, line, subject, written
from tests.fakes.letters import LINK, entry, letter, page_of, still, text_of
from tests.fakes.links import START_S
from vigint_core.domain.alert import News
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.verdict import Severity

UNCONFIRMED, VETOED = IncidentState.UNCONFIRMED, IncidentState.VETOED


class Tags(HTMLParser):
    """Every tag and every address of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src", "background", "action"}]


def sent(mail: EmailMessage) -> EmailMessage:
    """The mail as it arrives."""
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def test_a_mail_has_text_and_html_and_the_still_within() -> None:
    mail = sent(written(letter()))
    kinds = [part.get_content_type() for part in mail.walk()]
    picture = next(part for part in mail.walk() if part.get_content_type() == "image/jpeg")

    assert kinds == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/jpeg"]
    assert picture["Content-ID"] == "<still-1@vigint>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_payload(decode=True) == still()
    assert 'src="cid:still-1@vigint"' in page_of(mail)


def test_it_says_severity_camera_time_sentence_state_and_moments() -> None:
    mail = sent(written(letter()))

    assert mail["Subject"] == "High: Till 2, 14:31"
    for text in (text_of(mail), page_of(mail)):
        for word in (
            "High", "Confirmed", "Concealment at Till 2", "14:31:42 on 2026-11-22",
            "A person puts a bottle into a bag.", "14:31:42", "A hand takes the bottle.", "14:31:46",
            "It goes into the bag.", LINK, "until 2026-12-06", "Europe/Paris",
            "owner@shop.example is told of incidents at Shop Lyon",
        ):  # fmt: skip
            assert word in text


def test_it_speaks_french() -> None:
    mail = sent(written(letter(entry(Severity.MEDIUM, UNCONFIRMED, camera="Caisse 2"), language="fr")))

    assert mail["Subject"] == "Moyen, non confirmé\u00a0: Caisse 2, 14:31"
    assert "Dissimulation\u00a0: Caisse 2" in text_of(mail)
    assert "14:31:42 le 22/11/2026" in text_of(mail)
    assert 'lang="fr"' in page_of(mail)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (entry(), "High: Till 2, 14:31"),
        (entry(state=UNCONFIRMED), "High, not confirmed: Till 2, 14:31"),
        (entry(Severity.CRITICAL, news=News.GRAVER), "Now critical: Till 2, 14:31"),
        (entry(news=News.JUDGED), "Confirmed, High: Till 2, 14:31"),
        (entry(state=VETOED, news=News.WITHDRAWN), "Withdrawn, High: Till 2, 14:31"),
    ],
)
def test_the_subject_says_what_is_new(told: object, says: str) -> None:
    assert subject(letter(told)) == says  # type: ignore[arg-type]


def test_what_happened_on_another_day_says_the_day() -> None:
    assert subject(letter(at_s=START_S + 86_400)) == "High: Till 2, 2026-11-22 14:31"


def test_several_incidents_of_a_camera_are_led_by_the_gravest() -> None:
    mail = written(letter(entry(Severity.LOW), entry(Severity.CRITICAL)))

    assert mail["Subject"] == "Critical and 1 more: Till 2, 14:31"
    assert "2 incidents at Till 2" in page_of(mail)


def test_a_digest_counts_what_it_gathers_and_what_it_leaves_out() -> None:
    many = [entry(camera=f"Camera {number}", still=None) for number in range(MOST_SHOWN)]
    mail = written(letter(*many, count=40, digest=True))

    assert mail["Subject"] == "40 incidents, the gravest high: Shop Lyon"
    for text in (text_of(mail), page_of(mail)):
        assert "And 20 more" in text
        assert "outside your hours" in text


def test_the_longest_page_is_not_cut_off_by_mail_programs() -> None:
    words = "A person puts a bottle into a bag and walks towards the exit, past the till. " * 3
    seen = [(START_S + number, words) for number in range(20)]
    many = [entry(camera="Entrance of the warehouse", summary=words, moments=seen) for _ in range(MOST_SHOWN)]

    assert len(page_of(written(letter(*many, digest=True))).encode()) < 100_000


def test_moments_that_overlapping_windows_tell_twice_are_shown_once_and_many_are_counted() -> None:
    seen = [(START_S + number, "A hand takes the bottle.") for number in range(14) for _ in range(3)]
    mail = written(letter(entry(moments=seen)))

    for text in (text_of(mail), page_of(mail)):
        assert text.count("A hand takes the bottle.") == MOST_MOMENTS
        assert "And 4 more." in text


def test_a_digest_of_one_is_told_as_that_one() -> None:
    assert subject(letter(digest=True)) == "High: Till 2, 14:31"


def test_an_update_stands_in_the_thread_of_what_it_follows() -> None:
    mail = sent(written(letter(follows=("<a@shop.example>", "<b@shop.example>"))))

    assert mail["Message-ID"] == "<alert-1@shop.example>"
    assert mail["In-Reply-To"] == "<b@shop.example>"
    assert mail["References"] == "<a@shop.example> <b@shop.example>"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_only_what_is_grave_is_marked_as_important() -> None:
    assert written(letter())["Importance"] == "high"
    assert written(letter(entry(Severity.MEDIUM)))["Importance"] is None


def test_a_severity_is_word_and_shape_and_never_colour_alone() -> None:
    signs = set()
    for severity in Severity:
        page = page_of(written(letter(entry(severity))))
        signs |= set(re.findall(rf"(\S)&#160;{severity.capitalize()}<", page))
    assert len(signs) == len(Severity)


def test_a_mail_without_still_or_link_is_whole() -> None:
    mail = written(letter(entry(still=None, link="")))

    assert "image/jpeg" not in [part.get_content_type() for part in mail.walk()]
    assert "cid:" not in page_of(mail)
    assert "Watch the clip in VigInt" in text_of(mail)


def test_a_rule_is_not_said_to_be_judged() -> None:
    text = text_of(written(letter(entry(by_rule=True))))

    assert "Raised by a rule." in text
    assert "second look" not in text
    assert "AI" not in text


def test_nothing_is_fetched_from_elsewhere() -> None:
    page = page_of(written(letter(entry(), entry(still=None))))
    found = Tags(page)

    assert [address for address in found.addresses if not address.startswith("cid:")] == [LINK, LINK]
    assert not found.tags & {"script", "link", "iframe", "object", "form"}
    assert not re.search(r"url\(|@import", page)


HOSTILE = 'Till\r\nBcc: all@shop.example\n\n<script>alert("1")</script> {{ 7*7 }} \u202egnp.exe\x00 é'


def test_no_name_breaks_out_of_a_header_or_a_page() -> None:
    told = entry(camera=HOSTILE, summary=HOSTILE, moments=[(START_S, HOSTILE)])
    mail = sent(written(letter(told, client=HOSTILE)))

    assert mail["Bcc"] is None
    assert sorted(mail.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Importance", "MIME-Version", "Content-Type"]
    )
    page = page_of(mail)
    assert "script" not in Tags(page).tags
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page
    for sign in ("\u202e", "\x00"):
        assert sign not in page + text_of(mail) + mail["Subject"]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_they_are_called_headers_and_tags_stay_the_same(camera: str, words: str) -> None:
    plain = sent(written(letter(entry(still=None))))
    mail = sent(
        written(letter(entry(camera=camera, summary=words, moments=[(START_S, words)], still=None), client=words))
    )

    assert mail.keys() == plain.keys()
    assert mail["To"] == "owner@shop.example"
    assert Tags(page_of(mail)).tags <= Tags(page_of(plain)).tags
    assert Tags(page_of(mail)).addresses == [LINK]


@given(st.text(), st.integers(1, 50))
def test_a_line_is_one_line_of_printable_signs(text: str, most: int) -> None:
    made = line(text, most)

    assert made.isprintable()
    assert len(made) <= most
    assert line(made, most) == made
