"""The gate's scores on the labelled footage and its variants, pooled over the files, and what a look costs."""

import importlib.util
import json
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import av

from bench.material import GATE_CLIPS, VARIANTS, Material
from vigint_core.media.reduce import GreyReducer
from vigint_desktop.gate.motion import MotionGate
from vigint_desktop.gate.replay import REPLAY_RULE, gate_intervals

_TAIL_S = 1.0  # post-roll that is not counted as false
_UNSCORED_S = 2.0  # after the connection: the gate is open while it does not know


def measure(material: Material, variants: tuple[str, ...]) -> list[dict[str, Any]]:
    """One row a variant."""
    judge = scorer(material.shared / "tools" / "score_gate.py")
    rows = []
    for variant in variants:
        print(f"gate: {variant} ...", flush=True)
        tallies = [_of_file(judge, material, clip, variant) for clip in GATE_CLIPS]
        rows.append({"variant": variant, **pooled(tallies)})
    return rows


def cost_of_look(file: Path, most_looks: int = 150) -> dict[str, float]:
    """CPU of a look at a file, in ms: the reduction to a small grey picture, and the gate itself."""
    gate, reducer = MotionGate(REPLAY_RULE), GreyReducer()
    reduction_s = gate_s = 0.0
    looks = 0
    for at_s, frame in _look_frames(file):
        if looks == most_looks:
            break
        started = time.thread_time()
        picture = reducer.grey(frame)
        reduced = time.thread_time()
        gate.look(picture, at_s)
        gate_s += time.thread_time() - reduced
        reduction_s += reduced - started
        looks += 1
    return {"looks": looks, "reduction_ms": reduction_s / looks * 1000, "gate_ms": gate_s / looks * 1000}


def _look_frames(file: Path) -> Any:
    due_s = 0.0
    with av.open(str(file)) as container:
        for frame in container.decode(video=0):
            if frame.time >= due_s:
                due_s = frame.time + REPLAY_RULE.look_every_s - 0.02
                yield frame.time, frame


def _of_file(judge: ModuleType, material: Material, clip: str, variant: str) -> dict[str, float]:
    file = material.variant(clip, variant)
    with av.open(str(file)) as container:
        length_s = float(container.duration or 0) / 1e6
    return tally(judge, material, clip, [list(interval) for interval in gate_intervals(file)], length_s)


def tally(
    judge: ModuleType, material: Material, clip: str, intervals: list[list[float]], length_s: float = float("inf")
) -> dict[str, float]:
    """Seconds of one file, cut where the variant ends (the 1080p ones stop at 40 s)."""
    labels = json.loads(material.labels(clip).read_text("utf-8"))
    length_s = min(length_s, labels["duration_s"])
    on = judge.merge(intervals)
    active, still = _cut(labels, "active", length_s), _cut(labels, "present_still", length_s)
    busy = active + still + _cut(labels, "ignore", length_s)
    empty = _known(judge.cut(_cut(labels, "empty", length_s), busy, _TAIL_S))
    hard = _known(judge.cut(_cut(labels, "hard_negative", length_s), busy, _TAIL_S))
    hits = [first for segment in active if (first := _onset(segment, on)) is not None]
    return {
        "active": _total(active), "active_on": judge.cov(active, on), "segments": len(active), "hit": len(hits),
        "onset": max(hits, default=0.0), "empty": _total(empty), "empty_on": judge.cov(empty, on),
        "hard": _total(hard), "hard_on": judge.cov(hard, on),
        "still": _total(still), "still_on": judge.cov(still, on),
    }  # fmt: skip


def pooled(tallies: list[dict[str, float]]) -> dict[str, Any]:
    """Scores over all files together."""
    total = {key: sum(tally[key] for tally in tallies) for key in tallies[0]}
    false_s = total["empty_on"] + total["hard_on"]
    return {
        "recall": total["active_on"] / total["active"],
        "precision": total["active_on"] / (total["active_on"] + false_s),
        "segments": f"{total['hit']:.0f}/{total['segments']:.0f}",
        "onset_max_s": max(tally["onset"] for tally in tallies),
        "empty_on": total["empty_on"] / total["empty"],
        "hard_on": total["hard_on"] / total["hard"] if total["hard"] else 0.0,
        "still_on": total["still_on"] / total["still"] if total["still"] else 0.0,
    }


def _onset(segment: list[float], on: list[list[float]]) -> float | None:
    starts = [max(segment[0], a) - segment[0] for a, b in on if b > segment[0] and a < segment[1]]
    return min(starts, default=None)


def _cut(labels: dict[str, Any], kind: str, length_s: float) -> list[list[float]]:
    return [[start, min(end, length_s)] for start, end in labels.get(kind, []) if start < length_s]


def _known(spans: list[list[float]]) -> list[list[float]]:
    return [[max(start, _UNSCORED_S), end] for start, end in spans if end > _UNSCORED_S]


def _total(spans: list[list[float]]) -> float:
    return sum(end - start for start, end in spans)


def scorer(file: Path) -> ModuleType:
    """The shared tool that scores intervals against labels."""
    spec = importlib.util.spec_from_file_location("score_gate", file)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ALL_VARIANTS = tuple(VARIANTS)
QUICK_VARIANTS = ("plain",)
