"""Settings survive a restart whole or not at all, and addresses are taken apart as people paste them."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigint_core.domain.budget import Caps
from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import CameraId
from vigint_core.domain.schedule import Hours, Mode, Plan
from vigint_core.domain.zone import Crossing, Line, Scene, Zone, ZoneKind, ZoneUse
from vigint_desktop.settings import (
    LONGEST_NOTES,
    MOST_USD,
    AnalysisPlace,
    BudgetSettings,
    CameraSettings,
    Settings,
    ViewSettings,
    chosen_by_hand,
    kind_of,
    load,
    save,
    save_armed,
    save_views,
    split_credentials,
    with_server,
)

DOOR = CameraSettings(id="door", name="Door", kind=SourceKind.RTSP, url="rtsp://192.0.2.7/stream", user="viewer")


def test_without_a_file_the_defaults_are_in_force(tmp_path: Path) -> None:
    assert load(tmp_path / "settings.json") == Settings()


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    settings = Settings(analysis=AnalysisPlace.DIRECT, language="fr", stride_s=7.5, cameras=(DOOR,))
    file = tmp_path / "new" / "folder" / "settings.json"

    save(settings, file)

    assert load(file) == settings
    assert load(file).cameras[0].camera() == Camera(
        CameraId("door"), "Door", SourceKind.RTSP, "rtsp://192.0.2.7/stream", "viewer"
    )
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [each.name for each in file.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"window_s": 500}',
        b'{"version": 2}',
        b'{"cameras": [{"name": "no id"}]}',
        b'{"cameras": [{"id": "two words", "name": "Door", "kind": "usb", "url": "0"}]}',
        b'{"cameras": [{"id": "door", "name": "", "kind": "usb", "url": "0"}]}',
        b'{"cameras": [%s, %s]}' % ((b'{"id": "door", "name": "Door", "kind": "usb", "url": "0"}',) * 2),
        b'{"budget": {"day_usd": -1}}',
        b'{"budget": {"month_usd": 1e7}}',
        b'{"budget": {"week_usd": 1}}',
        b'{"budget": {"day_usd": NaN}}',
        b'{"notes": "%s"}' % (b"x" * 501),
        b'{"adaptive_stride": "perhaps"}',
        b"\xff\xfe{}",
    ],
)
def test_a_file_that_makes_no_sense_is_named_and_left_alone(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(content)

    with pytest.raises(VigintError) as caught:
        load(file)

    assert caught.value.code is Code.SETTINGS_UNREADABLE
    assert file.read_bytes() == content


def test_a_setting_of_a_newer_version_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text('{"theme": "light", "colour_of_tomorrow": "green"}', "utf-8")

    assert load(file).theme == "light"


def test_a_failed_save_leaves_the_old_settings(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    save(Settings(language="fr"), file)
    (tmp_path / "settings.new").mkdir()  # where the new file would be written

    with pytest.raises(VigintError) as caught:
        save(Settings(language="en"), file)

    assert caught.value.code is Code.STORE_FAILED
    assert load(file).language == "fr"


def test_views_are_replaced_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    night = ViewSettings(name="Night", layout="1+5", group="Yard", places=("door", "", "gone"))
    save(Settings(analysis=AnalysisPlace.DIRECT, cameras=(DOOR,), views=(ViewSettings(name="Old"),)), file)

    save_views([night], file)

    assert load(file) == Settings(analysis=AnalysisPlace.DIRECT, cameras=(DOOR,), views=(night,))


def test_views_never_replace_settings_that_nobody_understands(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(b'{"version": 2}')

    with pytest.raises(VigintError) as caught:
        save_views([ViewSettings(name="Night")], file)

    assert caught.value.code is Code.SETTINGS_UNREADABLE
    assert file.read_bytes() == b'{"version": 2}'


def test_a_stride_may_be_longer_than_the_window() -> None:
    sampling = Settings(window_s=8, stride_s=15).sampling

    assert (sampling.length_s, sampling.stride_s) == (8, 15)


@pytest.mark.parametrize(
    ("server", "place", "url"),
    [
        (None, AnalysisPlace.OFF, "kept"),
        ("embedded", AnalysisPlace.EMBEDDED, "kept"),
        ("none", AnalysisPlace.DIRECT, "kept"),
        ("http://127.0.0.1:8000", AnalysisPlace.SERVER, "http://127.0.0.1:8000"),
    ],
)
def test_the_command_line_chooses_the_server(server: str | None, place: AnalysisPlace, url: str) -> None:
    chosen = with_server(Settings(analysis=AnalysisPlace.OFF, server_url="kept"), server)

    assert (chosen.analysis, chosen.server_url) == (place, url)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("rtsp://camera.example/stream", SourceKind.RTSP),
        ("RTSPS://camera.example/stream", SourceKind.RTSP),
        ("http://camera.example/video.mjpg", SourceKind.MJPEG),
        ("https://camera.example/video.mjpg", SourceKind.MJPEG),
        ("demo:aisle", SourceKind.DEMO),
        ("0", SourceKind.USB),
        ("/dev/video2", SourceKind.USB),
        ("clips/till.mp4", SourceKind.FILE),
        ("/srv/rtsp.mp4", SourceKind.FILE),
    ],
)
def test_the_kind_of_a_source_follows_from_its_address(address: str, kind: SourceKind) -> None:
    assert kind_of(address) is kind


@pytest.mark.parametrize(
    ("typed", "address", "user", "password"),
    [
        ("rtsp://host/a", "rtsp://host/a", "", ""),
        ("rtsp://me:pw@host/a", "rtsp://host/a", "me", "pw"),
        ("rtsp://me:pw@host:554/a?b=c#d", "rtsp://host:554/a?b=c#d", "me", "pw"),
        ("rtsp://me@host", "rtsp://host", "me", ""),
        ("rtsp://me:p@ss@host/a", "rtsp://host/a", "me", "p@ss"),
        ("rtsp://me:p#s?s@host/a", "rtsp://host/a", "me", "p#s?s"),
        ("rtsp://me:p/s@s@host:554/a", "rtsp://host:554/a", "me", "p/s@s"),
        ("rtsp://me:p%40ss@host/a", "rtsp://host/a", "me", "p@ss"),
        ("rtsp://me:a:b@host/a", "rtsp://host/a", "me", "a:b"),
        ("rtsp://me:pw@[::1]:554/a", "rtsp://[::1]:554/a", "me", "pw"),
        ("rtsp://[::1]:554/user@a", "rtsp://[::1]:554/user@a", "", ""),
        ("rtsp://[::1", "rtsp://[::1", "", ""),
        ("http://host:80/mail@shop", "http://host:80/mail@shop", "", ""),
        ("http://host/v?user=me&pwd=p%40s&fps=5", "http://host/v?user={user}&pwd={password}&fps=5", "me", "p@s"),
        ("http://host/v?loginuse=me&loginpas=a+b", "http://host/v?loginuse={user}&loginpas={password}", "me", "a+b"),
        ("http://me@host/v?pwd=pw", "http://host/v?pwd={password}", "me", "pw"),
        ("http://me:pw@host/v?usr=other&pwd=pw", "http://host/v?usr=other&pwd={password}", "me", "pw"),
        ("http://me:pw@host/v?pwd=other", "http://host/v?pwd=other", "me", "pw"),
        ("http://host/v?user={user}&pwd={password}", "http://host/v?user={user}&pwd={password}", "", ""),
        ("http://host/v?pwd=***", "http://host/v?pwd=***", "", ""),
        ("http://host/v?user=me", "http://host/v?user=me", "", ""),
        (
            "rtsp://host/user=me_password=p_w_channel=1_stream=0.sdp?real_stream",
            "rtsp://host/user={user}_password={password}_channel=1_stream=0.sdp?real_stream",
            "me",
            "p_w",
        ),
        ("folder/v?user=me&pwd=pw", "folder/v?user=me&pwd=pw", "", ""),
        ("folder/me:pw@clip.mp4", "folder/me:pw@clip.mp4", "", ""),
        ("demo:aisle", "demo:aisle", "", ""),
    ],
)
def test_credentials_are_taken_out_of_an_address(typed: str, address: str, user: str, password: str) -> None:
    assert split_credentials(typed) == (address, user, password)


@given(st.text(st.characters(codec="ascii", exclude_characters="%/", categories=["L", "N", "P", "S"]), min_size=1))
def test_no_password_stays_in_an_address(password: str) -> None:
    assert split_credentials(f"rtsp://admin:x{password}@camera.example/stream") == (
        "rtsp://camera.example/stream",
        "admin",
        f"x{password}",
    )


def test_the_old_settings_stay_until_the_new_ones_are_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.json"
    save(Settings(theme="dark"), file)
    seen: list[tuple[str, str]] = []

    def fsync(handle: int) -> None:
        written = Path(f"/proc/self/fd/{handle}").read_text("utf-8")
        seen.append((load(file).theme, Settings.model_validate_json(written).theme))

    monkeypatch.setattr("os.fsync", fsync)
    save(Settings(theme="light"), file)
    assert seen == [("dark", "light")]
    assert load(file).theme == "light"


def test_what_a_command_line_chose_is_not_stored_unless_somebody_chooses_it_by_hand() -> None:
    stored = Settings(analysis=AnalysisPlace.EMBEDDED)
    in_force = with_server(stored, "none")
    light = in_force.model_copy(update={"theme": "light"})
    assert chosen_by_hand(light, in_force, stored) == stored.model_copy(update={"theme": "light"})
    off = in_force.model_copy(update={"analysis": AnalysisPlace.OFF})
    assert chosen_by_hand(off, in_force, stored) == off


def test_zones_and_plans_survive_and_the_nearest_plan_holds(tmp_path: Path) -> None:
    shop = Plan(Mode.AI_AFTER_HOURS, ((Hours(540, 1140),),) * 6 + ((),))
    tills = Plan(Mode.LOCAL_ONLY, ai_kinds=frozenset({ZoneKind.SELF_CHECKOUT}))
    own = Plan(Mode.AI_OFF)
    zone = Zone("z1", "Shelf", ZoneUse.WATCH, ((0.1, 0.2), (0.5, 0.2), (0.5, 0.9)), ZoneKind.HIGH_VALUE, 30.0)
    scene = Scene((zone,), (Line("l1", "Gate", (0.0, 0.5), (1.0, 0.5), Crossing.TO_LEFT),), 1.5, 45.0, (640, 360))
    cameras = (
        DOOR.model_copy(update={"scene": scene}),
        DOOR.model_copy(update={"id": "till", "group": "Tills"}),
        DOOR.model_copy(update={"id": "yard", "group": "Tills", "plan": own}),
    )
    settings = Settings(plan=shop, group_plans={"Tills": tills}, armed=True, cameras=cameras)
    file = tmp_path / "settings.json"

    save(settings, file)

    again = load(file)
    assert again == settings
    assert again.cameras[0].camera().scene == scene
    armed = [replace(plan, armed=True) for plan in (shop, tills, own)]
    assert [again.camera(each).plan for each in again.cameras] == armed
    save_armed(False, file)
    disarmed = load(file)
    assert disarmed == settings.model_copy(update={"armed": False})
    assert [disarmed.camera(each).plan for each in disarmed.cameras] == [shop, tills, own]


def test_what_the_ai_may_cost_is_counted_in_millionths_of_a_dollar() -> None:
    assert BudgetSettings().caps == Caps()
    assert not Settings().budget.caps.any, "nothing is limited unless the owner says so"
    budget = BudgetSettings(day_usd=2.5, month_usd=MOST_USD, camera_day_usd=0, camera_month_usd=0.1 + 0.2)
    assert budget.caps == Caps(day=2_500_000, month=10**12, camera_day=0, camera_month=300_000)


def test_the_budget_and_the_owners_words_survive(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    settings = Settings(
        budget=BudgetSettings(day_usd=2.5, camera_month_usd=0),
        notes="Parcels come at noon.\nLe livreur a un badge rouge.",
        adaptive_stride=True,
        cameras=(DOOR.model_copy(update={"notes": "x" * LONGEST_NOTES}),),
    )
    save(settings, file)

    assert load(file) == settings


def test_the_notes_of_the_shop_come_before_those_of_the_camera() -> None:
    both = DOOR.model_copy(update={"notes": "The door sticks."})

    assert Settings(notes="Parcels at noon.").camera(both).notes == "Parcels at noon.\nThe door sticks."
    assert Settings(notes="Parcels at noon.").camera(DOOR).notes == "Parcels at noon."
    assert Settings().camera(both).notes == "The door sticks."
    assert Settings().camera(DOOR).notes == ""


@pytest.mark.parametrize("adaptive", [False, True])
def test_an_adaptive_stride_is_part_of_the_sampling_rule(adaptive: bool) -> None:
    assert Settings(adaptive_stride=adaptive).sampling.adaptive is adaptive
