"""What the Gemini stand-in sees: a check that says yes to everything would prove nothing."""

import json
import os
import random
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.fakes.excerpts import Excerpts, Yuv, encoded
from tests.fakes.witness import Reference, Sight, Witness
from vigint_core.domain.frame import Moment, Picture
from vigint_core.domain.ids import CameraId
from vigint_core.media.clip import encode_clips

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def witness(references: list[Reference]) -> Witness:
    return Witness(references)


@pytest.fixture(scope="module")
def act(footage: Path) -> Excerpts:
    return Excerpts(footage / "incident" / "Shoplifting_1.mp4")


@pytest.mark.parametrize("start_s", [0.0, 0.7, 2.0, 3.3, 5.0, 7.1, 8.4, 9.9])
def test_the_act_is_seen_wherever_in_the_loop_the_window_begins(
    witness: Witness, act: Excerpts, start_s: float
) -> None:
    found = witness.look(act.clip(start_s))
    assert found.sight is Sight.ACT
    assert found.span is not None
    assert found.span[1] - found.span[0] >= 3.75


def test_the_span_says_where_in_the_clip_the_act_is(witness: Witness, act: Excerpts) -> None:
    assert witness.look(act.clip(0.0)).span == pytest.approx((2.0, 9.5), abs=0.6)


@pytest.mark.parametrize(("width", "crf"), [(640, 38), (320, 30), (160, 30)])
def test_another_size_and_quality_change_nothing(witness: Witness, act: Excerpts, width: int, crf: int) -> None:
    assert witness.look(act.clip(0.0, width=width, crf=crf)).sight is Sight.ACT


def test_a_little_more_light_changes_nothing(witness: Witness, act: Excerpts) -> None:
    brighter: list[Yuv] = [(p * 0.9 + 12).clip(0, 255).astype(p.dtype) for p in act.pictures(0.0, 10.0)]
    assert witness.look(encoded(brighter)).sight is Sight.ACT


def shuffled(pictures: Sequence[Yuv]) -> list[Yuv]:
    mixed = list(pictures)
    random.Random(7).shuffle(mixed)
    return mixed


def test_pictures_out_of_order_are_no_act(witness: Witness, act: Excerpts) -> None:
    pictures = act.pictures(0.0, 10.0)
    for wrong in (shuffled(pictures), pictures[::-1], pictures[6:7] * 20):
        assert witness.look(encoded(wrong)).sight is Sight.OUT_OF_ORDER


@pytest.mark.parametrize("fps", [1, 3, 4])
def test_a_clip_at_the_wrong_speed_is_no_act(witness: Witness, act: Excerpts, fps: int) -> None:
    assert witness.look(encoded(act.pictures(0.0, 10.0), fps=fps)).sight is not Sight.ACT


def test_a_clip_that_comes_too_late_is_ordinary(witness: Witness, act: Excerpts) -> None:
    assert witness.look(act.clip(7.4, 3.0)).sight is Sight.ORDINARY


def test_another_clip_of_the_same_room_is_ordinary(witness: Witness, footage: Path) -> None:
    assert witness.look(Excerpts(footage / "incident" / "Normal_82.mp4").clip(0.0)).sight is Sight.ORDINARY


def test_what_was_never_seen_is_another_scene(witness: Witness, footage: Path) -> None:
    assert witness.look(Excerpts(footage / "incident" / "Shoplifting_16.mp4").clip(0.0)).sight is Sight.OTHER_SCENE


def test_too_short_and_undecodable_are_told_apart(witness: Witness, act: Excerpts) -> None:
    assert witness.look(act.clip(3.0, 1.5)).sight is Sight.TOO_SHORT
    for junk in (b"", b"junk" * 100, act.clip(0.0)[:300]):
        assert witness.look(junk).sight is Sight.UNDECODABLE


def test_it_runs_as_a_process(footage: Path) -> None:
    command = [sys.executable, "-m", "tests.fakes.gemini", "--play", "overloaded"]
    command += ["--reference", str(footage / "incident" / "Shoplifting_1.mp4")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ}) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        request = urllib.request.Request(f"{told['url']}/v1beta/models/m:generateContent", b'{"contents": []}')
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=30)
        caught.value.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert caught.value.code == 503


def test_a_window_as_the_desktop_encodes_it_is_recognised(witness: Witness, act: Excerpts) -> None:
    taken = [
        Picture(CameraId("till"), Moment(100.0 + k / 2, 1000.0 + k / 2, 50.0 + k / 2), 640, 480, yuv)
        for k, yuv in enumerate(act.pictures(-5.0, 15.0))
    ]
    clip, context = encode_clips(taken[10:], taken[:10])
    assert witness.look(clip).span == pytest.approx((2.0, 9.5), abs=0.6)
    assert witness.look(context).span == pytest.approx((7.0, 14.5), abs=0.6)
