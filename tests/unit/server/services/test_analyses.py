"""What makes an upload the same one, and what the examiner is told of it."""

from typing import Any

import pytest

from server.services.analyses import Upload
from vigint_core.domain.budget import Payer
from vigint_core.domain.window import Circumstances
from vigint_core.wire import AnalysisRequest

SENT: dict[str, Any] = {
    "window_id": "w1",
    "camera_id": "door",
    "camera_name": "Door",
    "start": "2026-11-22T14:31:40+01:00",
    "end": "2026-11-22T14:31:50+01:00",
    "context_start": "2026-11-22T14:31:30+01:00",
}


def upload(clip: bytes = b"clip", context: bytes = b"context", **changes: Any) -> Upload:
    return Upload(AnalysisRequest.model_validate({**SENT, **changes}), clip, context)


def test_the_same_upload_has_the_same_fingerprint() -> None:
    assert upload().fingerprint == upload().fingerprint


@pytest.mark.parametrize(
    "other",
    [
        upload(clip=b"Clip"),
        upload(context=b"Context"),
        upload(clip=b"clipcon", context=b"text"),
        upload(camera_name="Till"),
        upload(gate_peak=1.5),
        upload(context_start="2026-11-22T14:31:31+01:00"),
    ],
)
def test_every_part_counts(other: Upload) -> None:
    assert other.fingerprint != upload().fingerprint


def test_times_are_unix_times_and_the_shops_offset_is_kept() -> None:
    subject = upload().subject("client")
    assert (subject.start_s, subject.end_s, subject.context_start_s) == (1795354300.0, 1795354310.0, 1795354290.0)
    assert subject.utc_offset_s == 3600


def test_the_owners_words_the_hours_and_who_pays_reach_the_examiner() -> None:
    subject = upload(is_open=False, open_hours="08:00-19:00", notes="Parcels come at noon.").subject("client")
    assert subject.around == Circumstances(False, "08:00-19:00", "Parcels come at noon.")
    assert subject.payer == Payer("client", "door")
