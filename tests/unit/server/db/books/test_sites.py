"""Sites and cameras of one client, never of another."""

from typing import Any

import pytest

from server.db.books.sites import SiteBook
from server.db.database import Database
from server.db.tables import AnalysisRow, IncidentRow
from server.services.clients import Clients
from tests.fakes.clock import FakeClock


@pytest.fixture
def shops(books: Database) -> tuple[str, str]:
    """Ids of two clients."""
    clients = Clients(books, FakeClock())
    return clients.add("Lyon").id, clients.add("Nice").id


def saw(books: Database, client_id: str, camera_id: str, name: str, end_s: float) -> None:
    """A window of a camera."""
    row: dict[str, Any] = {"fingerprint": "f", "start_s": end_s - 10, "claim": "", "claimed_until_s": 0.0}
    with books.writing() as session:
        session.add(
            AnalysisRow(
                client_id=client_id, window_id=f"w{end_s}", camera_id=camera_id, camera_name=name, end_s=end_s,
                answer=None, final=False, **row,
            )
        )  # fmt: skip


def reported(books: Database, client_id: str, camera_id: str, name: str, opened_s: float) -> None:
    """An incident of a camera."""
    with books.writing() as session:
        session.add(
            IncidentRow(
                client_id=client_id, id=f"i{opened_s}", camera_id=camera_id, state="confirmed", severity="high",
                opened_s=opened_s, updated_s=opened_s, body={"camera_name": name},
            )
        )  # fmt: skip


def test_cameras_are_known_from_windows_and_incidents_by_their_last_name(
    books: Database, shops: tuple[str, str]
) -> None:
    lyon, nice = shops
    for number in range(30):
        saw(books, lyon, f"cam{number % 3}", f"Name {number}", 100.0 + number)
    reported(books, lyon, "cam1", "Older", 50.0)
    reported(books, lyon, "cam2", "Newer", 500.0)
    reported(books, lyon, "rules", "Only rules", 60.0)
    saw(books, nice, "cam0", "Another's", 9999.0)
    assert [(each.id, each.name, each.last_seen_s) for each in SiteBook(books, lyon).cameras()] == [
        ("cam0", "Name 27", 127.0),
        ("cam1", "Name 28", 128.0),
        ("cam2", "Newer", 500.0),
        ("rules", "Only rules", 60.0),
    ]
    assert [each.id for each in SiteBook(books, nice).cameras()] == ["cam0"]


def test_sites_have_names_of_their_own_and_count_their_cameras(books: Database, shops: tuple[str, str]) -> None:
    lyon, nice = (SiteBook(books, client_id) for client_id in shops)
    south, north = lyon.add("South"), lyon.add("North")
    assert south is not None
    assert north is not None
    assert lyon.add("South") is None
    assert nice.add("South") is not None, "another client's name is in nobody's way"
    lyon.assign("cam0", south.id)
    lyon.assign("cam1", south.id)
    lyon.assign("cam1", north.id)
    assert [(site.name, site.cameras) for site in lyon.all()] == [("North", 1), ("South", 1)]
    assert [(site.name, site.cameras) for site in nice.all()] == [("South", 0)]
    assert not lyon.rename(south.id, "North")
    assert not nice.rename(south.id, "Mine"), "an id of another client is nobody's"
    assert lyon.rename(south.id, "South")
    assert lyon.rename(south.id, "Harbour")
    nice.remove(south.id)
    assert [site.name for site in lyon.all()] == ["Harbour", "North"]


def test_a_camera_is_at_its_site_until_that_is_forgotten(books: Database, shops: tuple[str, str]) -> None:
    lyon = SiteBook(books, shops[0])
    site = lyon.add("South")
    assert site is not None
    lyon.assign("cam0", site.id)
    saw(books, shops[0], "cam0", "Till", 100.0)
    (camera,) = lyon.cameras()
    assert camera.site is not None
    assert camera.site.name == "South"
    lyon.remove(site.id)
    assert lyon.cameras()[0].site is None
    lyon.assign("cam0", None)
    assert SiteBook(books, shops[0]).all() == []
