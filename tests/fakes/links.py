"""What links are made of in tests: a configuration with an address, and an incident in the books."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import av
import cv2
from pydantic import SecretStr

from server.config import Config
from server.db.database import Database
from server.db.tables import IncidentRow
from tests.fakes.server import SECRET_KEY
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.verdict import IncidentType, Severity
from vigint_core.wire import IncidentBody, WireObservation

BASE = "https://shop.example/vigint"
START_S = 1_795_354_300.0
"""2026-11-22 14:31:40 in Paris."""


def link_config(folder: Path, **changes: Any) -> Config:
    """A server that people reach at ``BASE``."""
    told = {"secret_key": SecretStr(SECRET_KEY), "vigint_data_dir": folder, "vigint_public_url": BASE + "/"}
    return Config.model_validate(told | changes)


def incident_body(**changes: Any) -> IncidentBody:
    """A concealment at ``START_S``, two cited moments at 2.5 s and 6 s of it."""
    at = {after: datetime.fromtimestamp(START_S + after, UTC) for after in (0, 2.5, 10, 12)}
    told = {
        "camera_id": "till-2",
        "camera_name": "Till 2",
        "type": IncidentType.CONCEALMENT,
        "severity": Severity.HIGH,
        "state": IncidentState.CONFIRMED,
        "source": "ai",
        "confidence": 0.9,
        "summary": "A person puts a bottle into a bag and walks towards the exit.",
        "observations": [
            WireObservation(at_s=2.5, text="A hand takes the bottle from the shelf."),
            WireObservation(at_s=6.0, text="The bottle goes into the bag."),
        ],
        "start": at[0],
        "end": at[10],
        "act": at[2.5],
        "opened": at[12],
        "window_ids": ["w1"],
    }
    return IncidentBody.model_validate(told | changes)


def add_incident(database: Database, client_id: str, incident_id: str = "i1", **changes: Any) -> None:
    """Put an incident into the books, as its desk would have."""
    body = incident_body(**changes)
    with database.writing() as session:
        session.add(
            IncidentRow(
                client_id=client_id,
                id=incident_id,
                camera_id=body.camera_id,
                state=body.state,
                severity=body.severity,
                opened_s=body.opened.timestamp(),
                updated_s=body.opened.timestamp(),
                body=body.model_dump(mode="json"),
            )
        )


OLD_NUMBERS: Final = (
    {"observations": [{"at_s": 1e12, "text": "A hand."}, {"at_s": -1e12, "text": "A bag."}]},
    dict.fromkeys(("start", "end", "act", "opened", "alert_start"), "9999-12-31T23:59:59-05:00"),
    dict.fromkeys(("start", "end", "act", "opened", "alert_start"), "0001-01-01T00:00:00+05:00"),
)
"""What a server from before incidents had bounds has in its books, perhaps."""


def set_body(database: Database, client_id: str, incident_id: str, told: Mapping[str, Any]) -> None:
    """Have the books hold what is not taken any more."""
    with database.writing() as session:
        row = session.get_one(IncidentRow, (client_id, incident_id))
        row.body = row.body | told


def still(clip: bytes) -> bytes:
    """The first picture of a clip, as the JPEG that its desk would send."""
    with av.open(io.BytesIO(clip)) as container:
        first = next(container.decode(video=0)).to_ndarray(format="bgr24")
    done, file = cv2.imencode(".jpg", first)
    assert done
    return file.tobytes()


def token_of(url: str) -> str:
    """The token of a link's address."""
    return urlsplit(url).path.rpartition("/")[2]
