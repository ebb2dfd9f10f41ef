"""Our gate beside other ways to tell movement: on the labelled footage and on drawn scenes whose truth is exact."""

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import gates
from bench.material import GATE_CLIPS, Material
from bench.peers.gates import METHODS, Switch
from tests.fakes.scenes import Place, Scene
from vigint_desktop.gate.motion import MotionGate
from vigint_desktop.gate.replay import REPLAY_RULE, looks, open_intervals

OURS = "ours"
VARIANTS = ("plain", "night, infrared noise", "light drift", "400 kbit/s")
_DRAWN_S = 90.0
_SETTLED_S = 45.0  # from here on somebody has had the time to get used to wind and rain
_ENTERS_S = 80.0
Look = Callable[[NDArray[np.uint8], float], bool]


def _person(at_s: float) -> Place | None:
    return (30 + 25 * (at_s - _ENTERS_S), 110) if at_s >= _ENTERS_S else None


def _scenes() -> dict[str, dict[str, Any]]:
    """What happens while nobody is there; somebody small walks in at the end of each."""
    return {
        "sensor noise at night": {"noise": 14.0},
        "lamp that sways": {"lamp": lambda at_s: 1 + 0.3 * math.sin(1.25 * at_s)},
        "clouds": {"light": lambda at_s: 1 + 0.15 * math.sin(at_s)},
        "burnt-in clock": {"clock": True},
        "key frames": {"key_frame_s": 2.0},
        "shaking camera": {"shake": lambda at_s: (2 * math.sin(9 * at_s), 2 * math.cos(7 * at_s))},
        "leaves in the wind": {"wind": lambda at_s: (2 * math.sin(5 * at_s), math.sin(3.3 * at_s))},
        "light rain": {"rain": 10},
    }


def measure(material: Material) -> dict[str, Any]:
    """Rows of footage (a method and a variant each) and of drawn scenes (a method and a scene each)."""
    makes: dict[str, Callable[[], Look]] = {
        name: (lambda make=make: Switch(make()).look) for name, make in METHODS.items()
    }
    makes[OURS] = lambda: _ours(MotionGate(REPLAY_RULE))
    return {
        "footage": [_on_footage(material, name, make, variant) for name, make in makes.items() for variant in VARIANTS],
        "drawn": [_on_scene(name, make, scene) for name, make in makes.items() for scene in _scenes()],
    }


def _ours(gate: MotionGate) -> Look:
    return lambda grey, at_s: gate.look(grey, at_s).open


def _on_footage(material: Material, name: str, make: Callable[[], Look], variant: str) -> dict[str, Any]:
    print(f"gate methods: {name}, {variant} ...", flush=True)
    scorer = gates.scorer(material.shared / "tools" / "score_gate.py")
    tallies, spent_s, count = [], 0.0, 0
    for clip in GATE_CLIPS:
        look = make()
        states = []
        for at_s, grey in looks(material.variant(clip, variant), REPLAY_RULE.look_every_s):
            started = time.thread_time()
            states.append((at_s, look(grey, at_s)))
            spent_s += time.thread_time() - started
            count += 1
        end_s = states[-1][0] + REPLAY_RULE.look_every_s
        on = [list(interval) for interval in open_intervals([*states, (end_s, False)])]
        tallies.append(gates.tally(scorer, material, clip, on, end_s))
    return {"method": name, "variant": variant, "ms": spent_s / count * 1000, **gates.pooled(tallies)}


def _on_scene(name: str, make: Callable[[], Look], scene: str) -> dict[str, Any]:
    shop, look = Scene(person=_person, person_height=30, **_scenes()[scene]), make()
    times = [step / 10 for step in range(round(_DRAWN_S * 10))]
    states = [(at_s, look(shop.at(at_s), at_s)) for at_s in times]
    empty = [is_open for at_s, is_open in states if _SETTLED_S <= at_s < _ENTERS_S]
    there = [is_open for at_s, is_open in states if at_s >= _ENTERS_S + 0.4]
    return {"method": name, "scene": scene, "empty_on": float(np.mean(empty)), "seen": float(np.mean(there))}


def render(found: dict[str, Any]) -> str:
    """Both tables as Markdown."""
    methods = list(dict.fromkeys(row["method"] for row in found["footage"]))
    by = {(row["method"], row["variant"]): row for row in found["footage"]}
    lines = [f"| method | {' | '.join(VARIANTS)} | ms a look |", "|---|" + "---|" * (len(VARIANTS) + 1)]
    for method in methods:
        rows = [by[method, variant] for variant in VARIANTS]
        cells = [f"{r['recall']:.3f} / {r['precision']:.3f}, {r['empty_on']:.0%}, {r['segments']}" for r in rows]
        lines.append(f"| {method} | {' | '.join(cells)} | {np.mean([r['ms'] for r in rows]):.2f} |")
    drawn = {(row["method"], row["scene"]): row for row in found["drawn"]}
    lines += ["", f"| drawn scene | {' | '.join(methods)} |", "|---|" + "---|" * len(methods)]
    for scene in _scenes():
        cells = [f"{drawn[m, scene]['empty_on']:.0%}, {drawn[m, scene]['seen']:.0%}" for m in methods]
        lines.append(f"| {scene} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
