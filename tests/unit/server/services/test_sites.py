"""Sites by their names, and what can't be done with them."""

import pytest

from server.db.database import Database
from server.db.tenant import Tenant
from server.services import sites
from server.services.clients import Clients, TakenError, UnknownError
from tests.fakes.clock import FakeClock


@pytest.fixture
def tenant(database: Database) -> Tenant:
    return Tenant(database, Clients(database, FakeClock()).add("Lyon").id)


def test_a_site_s_life(tenant: Tenant) -> None:
    sites.add_site(tenant, "South")
    assert sites.rename_site(tenant, "South", "Harbour").name == "Harbour"
    assert sites.assign_camera(tenant, "cam0", "Harbour") is None, "nothing was seen of it yet"
    assert sites.site_named(tenant, "Harbour").cameras == 1
    sites.remove_site(tenant, "Harbour")
    assert tenant.sites.all() == []


def test_what_can_not_be_done_is_said(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    sites.add_site(tenant, "South")
    sites.add_site(tenant, "North")
    with pytest.raises(TakenError, match="a site named South already"):
        sites.add_site(tenant, "South")
    with pytest.raises(TakenError, match="a site named North already"):
        sites.rename_site(tenant, "South", "North")
    with pytest.raises(UnknownError, match="no site named East"):
        sites.assign_camera(tenant, "cam0", "East")
    monkeypatch.setattr(sites, "MOST_SITES", 2)
    with pytest.raises(TakenError, match="at most 2 sites"):
        sites.add_site(tenant, "West")
