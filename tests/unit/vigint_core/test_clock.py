"""What this machine's time zone is called."""

from pathlib import Path

import pytest

from vigint_core import clock
from vigint_core.clock import zone_name


@pytest.fixture
def localtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    link = tmp_path / "localtime"
    monkeypatch.setattr(clock, "_LOCALTIME", link)
    monkeypatch.delenv("TZ", raising=False)
    return link


@pytest.mark.parametrize("folder", ["/usr/share/zoneinfo", "../usr/share/zoneinfo", "/var/db/timezone/zoneinfo"])
def test_the_zone_is_named_by_the_systems_link(localtime: Path, folder: str) -> None:
    localtime.symlink_to(f"{folder}/America/Argentina/Ushuaia")
    assert zone_name() == "America/Argentina/Ushuaia"


@pytest.mark.parametrize(
    ("told", "name"),
    [("Europe/Paris", "Europe/Paris"), (":Europe/Paris", "Europe/Paris"), ("CET-1CEST", "UTC"), ("", "UTC")],
)
def test_tz_comes_before_the_link(localtime: Path, monkeypatch: pytest.MonkeyPatch, told: str, name: str) -> None:
    localtime.symlink_to("/usr/share/zoneinfo/Asia/Tokyo")
    monkeypatch.setenv("TZ", told)
    assert zone_name() == name


def test_a_zone_that_has_no_name_here_is_utc(localtime: Path) -> None:
    assert zone_name() == "UTC"
    localtime.write_bytes(b"TZif2")
    assert zone_name() == "UTC"
    localtime.unlink()
    localtime.symlink_to("/etc/static/localtime")
    assert zone_name() == "UTC"
