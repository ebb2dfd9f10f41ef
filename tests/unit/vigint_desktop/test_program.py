"""The program on a real folder, with a real film for a camera and nobody who judges unless a test says so."""

import threading
from contextlib import closing
from pathlib import Path

import av
import pytest

from tests.fakes.judge import ScriptedJudge, suspected
from tests.fakes.mp4 import mp4
from tests.fakes.pictures import window
from tests.fakes.shop import OFF, Shop, running
from tests.fakes.waiting import wait_until
from tests.unit.vigint_desktop.store.test_ledger import NOW_S, incident, record
from vigint_core.clock import SystemClock
from vigint_core.domain.camera import CameraState, Recording
from vigint_core.domain.fault import Code, Fault, VigintError
from vigint_core.domain.ids import CameraId, IncidentId
from vigint_core.domain.incident import IncidentState
from vigint_core.domain.status import (
    CameraRecording,
    Part,
    PartStatus,
    Snapshot,
    WindowResult,
)
from vigint_core.domain.window import Span
from vigint_core.domain.zone import Scene, Zone, ZoneUse
from vigint_desktop import settings
from vigint_desktop.program import Program, Surroundings
from vigint_desktop.settings import AnalysisPlace, Settings, ViewSettings, load
from vigint_desktop.store.ledger import Ledger
from vigint_desktop.ui.controls import NewSecrets

EVER = Span(0.0, 1e12)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_a_run_shows_pictures_and_leaves_no_thread(shop: Shop) -> None:
    before = set(threading.enumerate())
    shown: set[CameraId] = set()

    with running(shop.program(OFF.model_copy(update={"cameras": (shop.stored("Door"),)}))) as program:
        assert shop.is_live("door")
        program.show_at(CameraId("door"), 160, 90)
        assert wait_until(lambda: bool(shown.update(program.take_frames()) or shown))
        assert program.camera_statuses()[CameraId("door")].state is CameraState.LIVE

    assert shown == {"door"}
    assert set(threading.enumerate()) <= before


def test_what_leaves_the_shop_by_itself_is_covered_whatever_the_owner_has_unlocked(shop: Shop) -> None:
    zone = Zone("p", "", ZoneUse.PRIVACY, ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0)))
    with running(shop.program(OFF.model_copy(update={"cameras": (shop.stored("Door"),)}))) as program:
        assert not program._redaction(CameraId("door"))
        program.keep_scene(CameraId("door"), Scene((zone,), unlocked=True))

        assert program._redaction(CameraId("door"))
        assert program._redaction(CameraId("gone")) is None, "nobody knows what to cover"


def test_no_window_waits_when_the_books_are_closed(shop: Shop) -> None:
    program = shop.program()
    program.open()
    program.start()
    judge = ScriptedJudge()
    judge.hold.clear()
    program._analyst.use(judge)
    for name in ("w1", "w2", "w3"):
        program._analyst.submit(window(name))
    assert judge.wait_until_asked(1)
    release = threading.Timer(0.0, judge.hold.set)

    release.start()
    program.stop()
    release.join()
    accounts = {record.id: record for record in program.windows(EVER)}
    program.close()

    assert set(accounts) == {"w1", "w2", "w3"}
    assert WindowResult.WAITING not in {record.result for record in accounts.values()}


@pytest.mark.expects_log("clip not kept: .*the packets are gone")  # no camera ever sent this window
def test_what_is_judged_last_is_an_incident_with_its_still(shop: Shop) -> None:
    program = shop.program()
    program.open()
    program.start()
    judge = ScriptedJudge([(suspected(), suspected())])
    program._analyst.use(judge)
    program._analyst.submit(window("w1"))
    assert judge.wait_until_asked(1)

    program.stop()
    (found,) = program.incidents(10)
    still = program.still(found.id)
    program.close()

    assert found.state is IncidentState.CONFIRMED
    assert still is not None
    assert still.startswith(b"\xff\xd8"), "a JPEG"


def test_until_it_judges_windows_wait_and_nothing_is_said_of_server_and_ai(shop: Shop) -> None:
    program = shop.program(Settings(analysis=AnalysisPlace.EMBEDDED))
    program.open()
    program.start()
    program._analyst.submit(window("w1"))

    assert wait_until(lambda: [record.result for record in program.windows(EVER)] == [WindowResult.WAITING])
    assert shop.sink.of(PartStatus) == []
    program.stop()
    assert [record.reason for record in program.windows(EVER)] == [Code.PIPELINE_STOPPED]
    program.close()


def test_what_needs_no_loading_is_known_from_the_start(shop: Shop) -> None:
    program = shop.program()
    program.open()
    program.start()

    assert wait_until(lambda: {told.part for told in shop.sink.of(PartStatus)} >= {Part.SERVER, Part.AI})
    program.judge()  # again, as the window will say
    program.stop()
    program.close()


def test_switched_off_every_window_says_so(shop: Shop) -> None:
    with running(shop.program()) as program:
        program._analyst.submit(window("w1"))
        assert wait_until(lambda: [r.result for r in program.windows(EVER)] == [WindowResult.NOT_ANALYSED])
        assert [record.reason for record in program.windows(EVER)] == [Code.AI_OFF]


def test_windows_of_an_earlier_run_that_died_are_accounted_for(shop: Shop) -> None:
    with closing(Ledger(shop.paths.database)) as ledger, ledger.transaction():
        ledger.put_window(record("w1", WindowResult.WAITING))
    program = shop.program()
    program.open()
    (account,) = program.windows(EVER)
    program.close()
    assert (account.result, account.reason) == (WindowResult.NOT_ANALYSED, Code.PIPELINE_STOPPED)


def test_a_camera_that_is_set_up_takes_the_place_of_the_demo(shop: Shop) -> None:
    shown, _ = shop.camera("Demo")
    chosen = OFF.model_copy(update={"cameras": (shop.stored("Door"),)})
    with running(shop.program(demo=(shown,))) as program:
        assert [camera.id for camera in program.cameras()] == ["demo"]
        assert shop.is_live("demo")

        program.apply(chosen, NewSecrets())

        assert [camera.id for camera in program.cameras()] == ["door"]
        assert shop.is_live("door")
        assert set(program.camera_statuses()) == {"door"}
        assert program.settings() == settings.load(shop.paths.settings_file) == chosen


def test_a_camera_of_this_run_stands_in_for_those_set_up_and_is_stored_nowhere(shop: Shop) -> None:
    chosen = OFF.model_copy(update={"cameras": (shop.stored("Door"),)})
    passing = shop.camera("Guest", "hunter2 of the guest")
    with running(shop.program(chosen, passing=(passing,))) as program:
        assert shop.is_live("guest")
        program.apply(chosen.model_copy(update={"theme": "light"}), NewSecrets())
        assert [camera.id for camera in program.cameras()] == ["guest"]

    assert shop.files_with("hunter2") == set()
    assert shop.files_with("Guest") == set()
    assert "hunter2" not in shop.redactor.clean("it is hunter2 of the guest")


def test_the_server_of_this_run_is_in_force_and_is_not_stored(shop: Shop) -> None:
    around = Surroundings(shop.paths, shop.store, shop.sink, SystemClock(), shop.redactor, "en")
    with running(Program(around, OFF, "none")) as program:
        assert program.settings().analysis is AnalysisPlace.DIRECT
        program.apply(program.settings().model_copy(update={"theme": "light"}), NewSecrets())
        assert program.settings().analysis is AnalysisPlace.DIRECT
    assert load(shop.paths.settings_file) == OFF.model_copy(update={"theme": "light"})


def test_typed_secrets_are_kept_in_the_store_alone(shop: Shop) -> None:
    chosen = OFF.model_copy(update={"cameras": (shop.stored("Door"),)})
    typed = NewSecrets("hunter2-server", "hunter2-gemini", {"door": "hunter2-door"})
    with running(shop.program()) as program:
        program.apply(chosen, typed)
        told = program.secrets()

        assert (told.has_server_key, told.has_gemini_key, told.camera_ids_with_password) == (True, True, {"door"})
        assert shop.files_with("hunter2") == {shop.paths.secrets_file.name}
        assert "hunter2" not in shop.redactor.clean("hunter2-server hunter2-gemini hunter2-door")
        assert "hunter2" not in f"{told} {typed} {shop.sink.events}"

        program.apply(chosen, NewSecrets())
        assert program.secrets() == told, "what was not typed stays"
        program.apply(chosen, NewSecrets("", "", {"door": ""}))
        assert shop.files_with("hunter2") == set()


def test_settings_that_cannot_be_stored_are_not_in_force(shop: Shop) -> None:
    shop.paths.settings_file.mkdir()
    demo, _ = shop.camera("Demo")
    with running(shop.program(demo=(demo,))) as program:
        changed = OFF.model_copy(update={"cameras": (shop.stored("Door"),)})
        with pytest.raises(VigintError) as caught:
            program.apply(changed, NewSecrets(server_key="typed just now"))

        assert caught.value.code is Code.STORE_FAILED
        assert not program.secrets().has_server_key
        assert program.settings() == OFF
        assert [camera.id for camera in program.cameras()] == ["demo"]


def test_views_are_kept_without_what_the_command_line_changed(shop: Shop) -> None:
    settings.save(Settings(analysis=AnalysisPlace.DIRECT), shop.paths.settings_file)
    night = ViewSettings(name="Night", layout="9")
    program = shop.program(OFF)

    program.keep_views([night])

    assert program.settings() == OFF.model_copy(update={"views": (night,)})
    assert settings.load(shop.paths.settings_file) == Settings(analysis=AnalysisPlace.DIRECT, views=(night,))


def test_views_that_cannot_be_stored_are_not_in_force(shop: Shop) -> None:
    shop.paths.settings_file.mkdir()
    program = shop.program(OFF)

    with pytest.raises(VigintError):
        program.keep_views([ViewSettings(name="Night")])

    assert program.settings() == OFF


def test_secrets_that_cannot_be_read_are_told_and_the_cameras_run_on(shop: Shop) -> None:
    shop.paths.secrets_file.write_text("damaged")
    stored = OFF.model_copy(update={"cameras": (shop.stored("Door"),)})
    with running(shop.program(stored)) as program:
        assert [camera.name for camera in program.cameras()] == ["Door"]
        assert not program.secrets().has_gemini_key
        assert ("secrets", Code.STORE_FAILED) in shop.sink.open_faults()


def test_secrets_that_cannot_be_kept_leave_the_settings_as_they_were(shop: Shop) -> None:
    with running(shop.program()) as program:
        shop.paths.secrets_file.write_text("damaged")
        with pytest.raises(VigintError):
            program.apply(OFF.model_copy(update={"theme": "light"}), NewSecrets(server_key="typed just now"))

        assert program.settings() == OFF
        assert not shop.paths.settings_file.exists()


def test_an_unprotected_store_is_a_fault_that_names_it(shop: Shop) -> None:
    with running(shop.program()):
        (fault,) = [fault for fault in shop.sink.of(Fault) if fault.code is Code.SECRETS_UNPROTECTED]
    assert fault.detail == str(shop.paths.secrets_file)


def test_books_that_are_damaged_are_told_when_they_are_opened(shop: Shop) -> None:
    shop.paths.database.write_bytes(b"no database at all, but long enough to look like one" * 100)
    program = shop.program()

    with pytest.raises(VigintError) as caught:
        program.open()
    program.close()

    assert caught.value.code is Code.STORE_FAILED


def test_before_the_books_are_open_there_is_nothing_to_show(shop: Shop) -> None:
    program = shop.program()
    assert (program.incidents(10), program.windows(EVER), program.activities(EVER)) == ([], [], [])
    assert program.still(IncidentId("i1")) is None
    assert program.open_clips(IncidentId("i1")) is None


def test_an_incident_of_an_earlier_run_is_shown_with_its_still_and_its_film(shop: Shop) -> None:
    with closing(Ledger(shop.paths.database)) as ledger, ledger.transaction():
        ledger.put_incident(incident(), NOW_S)
    program = shop.program()
    program.open()
    assert [found.id for found in program.incidents(10)] == ["i1"]
    assert program.still(IncidentId("i1")) is None, "the file is gone"
    (shop.paths.clips / "i1.jpg").write_bytes(b"jpeg")
    (shop.paths.clips / "i1-1.mp4").write_bytes(mp4())

    assert program.still(IncidentId("i1")) == b"jpeg"
    assert program.open_clips(IncidentId("another")) is None
    film = program.open_clips(IncidentId("i1"))
    assert film is not None
    assert wait_until(lambda: film.take() is not None)
    film.stop()
    program.close()


def test_what_people_keep_of_a_camera_is_there_after_a_restart(shop: Shop) -> None:
    recorded = shop.stored("Door").model_copy(update={"recording": Recording.CONTINUOUS})
    chosen = OFF.model_copy(update={"cameras": (recorded,)})
    door, clip = CameraId("door"), shop.folder / "clip.mp4"
    with running(shop.program(chosen)) as program:
        assert shop.sink.wait_for(lambda sink: bool(sink.of(CameraRecording)))
        program.snapshot(door)
        assert shop.sink.wait_for(lambda sink: bool(sink.of(Snapshot)))
        program.save_clip("clip", door, EVER, clip)
        assert shop.answer("clip").ok
    with av.open(clip) as saved:
        assert saved.streams.video[0].codec_context.name == "h264"

    program = shop.program(chosen)
    program.open()
    (snapshot,) = program.snapshots(EVER)
    assert (snapshot.width, snapshot.height) == (320, 180)
    assert (program.snapshot_image(snapshot) or b"").startswith(b"\x89PNG")
    assert program.snapshot_folder() == shop.paths.snapshots
    film = program.open_recording(door, snapshot.at_s)
    assert film is not None
    assert wait_until(lambda: film.take() is not None)
    film.stop()
    (shop.paths.snapshots / snapshot.file).unlink()
    assert program.snapshots(EVER) == []
    assert program.open_recording(CameraId("nobody"), 0.0) is None
    program.close()


def test_movement_at_a_camera_is_recorded(shop: Shop) -> None:
    recorded = shop.stored("Door").model_copy(update={"recording": Recording.ON_ACTIVITY})
    with running(shop.program(OFF.model_copy(update={"cameras": (recorded,)}))):
        assert shop.sink.wait_for(lambda sink: [e.recording for e in sink.of(CameraRecording)] == [True])
    assert shop.sink.last(CameraRecording).recording is False
    assert len(list(shop.paths.recordings.glob("door/*.mp4"))) >= 1
