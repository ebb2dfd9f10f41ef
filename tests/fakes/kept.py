"""Places where files are kept, for tests: a folder and SQLite, or an S3-compatible service and PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from pydantic import SecretStr

from server.config import Config
from server.db.database import Database
from server.db.schema import migrate
from server.db.tables import AnalysisRow, ClientRow, IncidentRow
from server.db.tenant import Tenant
from server.services.file_checks import FileChecks
from server.services.files import Files
from server.services.storage_room import RoomLimits, StorageRoom
from server.services.uploads import Uploads
from server.storage.store import FileStore, open_store
from tests.fakes.clock import NOON_S, FakeClock
from tests.fakes.mp4 import mp4
from tests.fakes.postgres import fresh_database
from tests.fakes.s3 import REGION, fresh_bucket, s3_client, s3_environment
from tests.fakes.server import SECRET_KEY
from vigint_core.media.probe import ClipLimits

PLACES = ("folder", "s3")


def kept_in(place: str, endpoint: str) -> dict[str, Any]:
    """Fields of ``Config`` for a storage: ``folder``, or a fresh bucket of the S3 service at ``endpoint``."""
    if place == "folder":
        return {}
    named = s3_environment(endpoint)
    return {
        "vigint_storage_url": f"s3://{fresh_bucket(endpoint)}/some/prefix",
        "aws_endpoint_url": endpoint,
        "aws_region": REGION,
        "aws_access_key_id": SecretStr(named["AWS_ACCESS_KEY_ID"]),
        "aws_secret_access_key": SecretStr(named["AWS_SECRET_ACCESS_KEY"]),
    }


def config_of(folder: Path, **fields: Any) -> Config:
    """A configuration with its data in a folder."""
    return Config(secret_key=SecretStr(SECRET_KEY), vigint_data_dir=folder, **fields)


@dataclass(frozen=True, slots=True)
class Keeping:
    """Services over one storage and its books; ``again`` makes them anew, as another process would have them."""

    config: Config
    database: Database
    store: FileStore
    clock: FakeClock
    files: Files
    uploads: Uploads
    tenant: Tenant

    def again(self, **changes: Any) -> "Keeping":
        """What another process makes of the same configuration, with other limits where they are given."""
        config = self.config.model_copy(update=changes)
        return keeping_of(config, self.database, self.clock)

    def paths(self) -> list[str]:
        """Everything that lies in the storage, in order; what is half-written, too."""
        return paths_in(self.config)


def paths_in(config: Config) -> list[str]:
    """Everything that lies in the storage of a configuration, in order; what is half-written, too."""
    folder = open_store(config).folder
    if folder is not None:
        return sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file())
    bucket, _, prefix = config.vigint_storage_url.removeprefix("s3://").partition("/")
    client = s3_client(config.aws_endpoint_url)
    found = client.list_objects_v2(Bucket=bucket).get("Contents", [])
    begun = client.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    return sorted(each["Key"].removeprefix(prefix + "/") for each in [*found, *begun])


@contextmanager
def keeping(place: str, folder: Path, endpoint: str) -> Iterator[Keeping]:
    """Services on a fresh storage and fresh books of two clients: each has the incidents i1, i2, the windows w1, w2."""
    url = f"sqlite:///{folder / 'x.sqlite3'}" if place == "folder" else fresh_database()
    config = config_of(folder, database_url=SecretStr(url), **kept_in(place, endpoint))
    database = Database(config.database)
    migrate(database)
    for client_id in ("c1", "c2"):
        furnish(database, client_id)
    yield keeping_of(config, database, FakeClock())
    database.close()


def keeping_of(config: Config, database: Database, clock: FakeClock) -> Keeping:
    """Services of client ``c1`` over a storage and books that are there."""
    store = open_store(config)
    most = config.vigint_storage_most_gib
    limits = RoomLimits(config.vigint_storage_reserve_mib * 2**20, None if most is None else int(most * 2**30))
    room = StorageRoom(store, database, clock, config.vigint_data_dir, limits)
    checks = FileChecks(config.vigint_data_dir, ClipLimits(), config.vigint_max_alert_bytes)
    files = Files(store, database, clock, checks, room)
    return Keeping(config, database, store, clock, files, Uploads(files, store, clock, room), Tenant(database, "c1"))


def furnish(database: Database, client_id: str) -> None:
    """A client with two incidents and two windows."""
    with database.writing() as session:
        session.add(ClientRow(id=client_id, name=client_id, created_s=NOON_S))
        session.flush()
        for number in ("1", "2"):
            session.add(incident_row(client_id, f"i{number}"))
            session.add(window_row(client_id, f"w{number}"))


def incident_row(client_id: str, incident_id: str) -> IncidentRow:
    return IncidentRow(
        client_id=client_id,
        id=incident_id,
        camera_id="till",
        state="confirmed",
        severity="high",
        opened_s=NOON_S,
        updated_s=NOON_S,
        body={},
    )


def window_row(client_id: str, window_id: str) -> AnalysisRow:
    return AnalysisRow(
        client_id=client_id,
        window_id=window_id,
        fingerprint="f",
        camera_id="door",
        camera_name="Door",
        start_s=NOON_S,
        end_s=NOON_S + 10,
        claim="",
        claimed_until_s=0.0,
        answer=None,
        final=False,
    )


def jpeg(width: int = 320, height: int = 180, *, seed: int = 0, progressive: bool = False, grey: bool = False) -> bytes:
    """A noisy picture as JPEG."""
    shape = (height, width) if grey else (height, width, 3)
    picture = np.random.default_rng(seed).integers(0, 255, shape, np.uint8)
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_PROGRESSIVE, int(progressive)])
    assert done
    return data.tobytes()


def padded_clip(size: int) -> bytes:
    """A clip with ``size`` bytes of nothing behind it."""
    return mp4() + (size + 8).to_bytes(4, "big") + b"free" + bytes(size)
