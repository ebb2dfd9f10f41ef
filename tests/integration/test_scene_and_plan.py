"""Zones, plans and rules in the running program: a film for a camera, real books, nobody who judges, no network."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.shop import OFF, Shop, running
from tests.fakes.waiting import wait_until
from vigint_core.domain.coverage import Cover
from vigint_core.domain.ids import CameraId
from vigint_core.domain.incident import Incident, IncidentState
from vigint_core.domain.schedule import Mode, Plan
from vigint_core.domain.status import Activity, CameraStatus, IncidentStill, WindowRecord
from vigint_core.domain.window import Span
from vigint_core.domain.zone import Scene, Zone, ZoneUse
from vigint_desktop import settings
from vigint_desktop.program import Program

DOOR = CameraId("door")
EVER = Span(0.0, 1e12)
LEFT = Zone("p1", "Pin pad", ZoneUse.PRIVACY, ((0, 0), (0.5, 0), (0.5, 1), (0, 1)))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def covered_halves(program: Program) -> list[bool]:
    """Of every picture that windows are made of: whether its left half is black and its right half is not."""
    seat = program.seating.seat(DOOR)
    assert seat is not None
    found = []
    for picture in seat.channels.pictures.between(0.0, float("inf")):
        luma, middle = picture.yuv[: picture.height], picture.width // 2
        found.append(bool((luma[:, : middle - 2] == 16).all() and (luma[:, middle + 2 :] != 16).any()))
    return found


def test_a_privacy_zone_is_in_force_at_once_stored_and_costs_no_stream(shop: Shop) -> None:
    with running(shop.program(OFF.model_copy(update={"cameras": (shop.stored("Door"),)}))) as program:
        assert shop.is_live(DOOR)
        assert wait_until(lambda: len(covered_halves(program)) >= 2)
        assert not any(covered_halves(program))

        program.keep_scene(DOOR, Scene((LEFT,), drawn_on=(64, 48)))

        assert all(covered_halves(program)), "also what was there"
        before = len(covered_halves(program))
        assert wait_until(lambda: len(covered_halves(program)) >= before + 2)
        assert all(covered_halves(program))
        seat = program.seating.seat(DOOR)
        assert seat is not None
        assert seat.channels.counters.opened == 1
    assert settings.load(shop.paths.settings_file).cameras[0].scene.zones == (LEFT,)


def test_the_scene_of_a_demo_camera_lasts_as_long_as_the_run(shop: Shop) -> None:
    shown, _ = shop.camera("Door")
    with running(shop.program(demo=(shown,))) as program:
        program.keep_scene(DOOR, Scene((LEFT,)))
        (camera,) = program.cameras()
        assert camera.scene.zones == (LEFT,)
    assert not shop.paths.settings_file.exists()


def test_armed_rules_raise_an_incident_with_a_still_and_without_any_judge(shop: Shop) -> None:
    chosen = OFF.model_copy(update={"cameras": (shop.stored("Door"),)})
    with running(shop.program(chosen)) as program:
        assert shop.is_live(DOOR)
        assert program.score_history(DOOR) is not None
        program.arm(armed=True)
        assert settings.load(shop.paths.settings_file).armed
        assert shop.sink.wait_for(lambda sink: bool(sink.of(Incident)))
        assert program.gate_view(DOOR) is not None
        told = shop.sink.of(Incident)[0]
        assert (told.source, told.state) == ("rule", IncidentState.CONFIRMED)
        assert shop.sink.wait_for(lambda sink: bool(sink.of(IncidentStill)))
        program.arm(armed=False)
    kept = shop.sink.last(Incident)
    assert kept.clips


@pytest.mark.slow
def test_with_the_ai_off_nobody_looks_and_every_second_is_off(shop: Shop) -> None:
    plan = Plan(Mode.AI_OFF)
    chosen = OFF.model_copy(update={"cameras": (shop.stored("Door"),), "plan": plan})
    with running(shop.program(chosen)) as program:
        assert shop.is_live(DOOR)
        assert wait_until(lambda: {run.cover for run in program.coverage(DOOR, EVER)} >= {Cover.OFF}, timeout_s=20.0)
        seat = program.seating.seat(DOOR)
        assert seat is not None
        assert seat.watcher.gate_cpu_s == 0.0
        states = [status.state for status in shop.sink.of(CameraStatus)]
    assert states
    assert shop.sink.of(Activity) == []
    assert shop.sink.of(WindowRecord) == []


@pytest.mark.slow
def test_without_a_judge_every_second_is_accounted_for_and_says_why(shop: Shop) -> None:
    chosen = OFF.model_copy(update={"cameras": (shop.stored("Door"),)})
    with running(shop.program(chosen)) as program:
        assert shop.is_live(DOOR)
        program.judge()
        assert wait_until(lambda: any(run.reason is not None for run in program.coverage(DOOR, EVER)), timeout_s=30.0)
        program.stop()
        runs = program.coverage(DOOR, EVER)
    assert [run.start_s for run in runs[1:]] == [run.end_s for run in runs[:-1]]
    assert all((run.reason is not None) >= (run.cover is Cover.NOT_LOOKED_AT) for run in runs)
    assert replace(runs[0], end_s=runs[-1].end_s).length_s == sum(run.length_s for run in runs)
