"""Letters for tests: one incident or several, in words and times that an assertion can name."""

from collections.abc import Sequence
from email.message import EmailMessage
from typing import Any

import cv2
import numpy as np

from server.mail.letter import Entry, Letter
from tests.fakes.links import START_S
from vigint_core.domain.alert import Fact, News, Told
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.verdict import IncidentType, Severity

LINK = "https://shop.example/l/" + "a" * 64


def still() -> bytes:
    """A small JPEG."""
    return bytes(cv2.imencode(".jpg", np.full((90, 160, 3), 120, np.uint8))[1])


def entry(
    severity: Severity = Severity.HIGH,
    state: IncidentState = IncidentState.CONFIRMED,
    news: News = News.FIRST,
    camera: str = "Till 2",
    **changes: Any,
) -> Entry:
    """A concealment at ``START_S`` + 2.5 s: 14:31:42 in Paris."""
    told = {
        "told": Told(Fact("i1", camera, state, severity), news, START_S, "d1"),
        "camera": camera,
        "type": IncidentType.CONCEALMENT,
        "by_rule": False,
        "summary": "A person puts a bottle into a bag.",
        "act_s": START_S + 2.5,
        "moments": [(START_S + 2.5, "A hand takes the bottle."), (START_S + 6.0, "It goes into the bag.")],
        "link": LINK,
        "link_ends_s": START_S + 14 * 86_400,
        "still": still(),
    }
    return Entry(**told | changes)


def letter(*entries: Entry, **changes: Any) -> Letter:
    """A letter to the owner, of 14:32 in Paris."""
    shown: Sequence[Entry] = entries or (entry(),)
    told = {
        "sender": "VigInt <alerts@shop.example>",
        "to": "owner@shop.example",
        "message_id": "<alert-1@shop.example>",
        "follows": (),
        "at_s": START_S + 20,
        "language": "en",
        "zone": "Europe/Paris",
        "client": "Shop Lyon",
        "entries": shown,
        "count": len(shown),
    }
    return Letter(**told | changes)


def page_of(mail: EmailMessage) -> str:
    """The HTML of a mail."""
    body = mail.get_body(("html",))
    assert isinstance(body, EmailMessage)
    return str(body.get_content())


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    return str(body.get_content())
