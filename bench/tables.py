"""The figures as people read them."""

from typing import Any


def render(result: dict[str, Any]) -> str:
    """All parts that were measured, as plain text."""
    parts = [_machine(result["machine"])]
    if "wall" in result:
        parts.append(_wall(result["wall"]))
    if "gate" in result:
        parts.append(_gate(result["gate"], result["look"]))
    if "window" in result:
        window = result["window"]
        parts.append(
            f"One 10 s window ({window['pictures']} pictures, 640 px): {window['cpu_ms']:.0f} ms of CPU to encode, "
            f"{window['kib']:.0f} KiB"
        )
    if "clips" in result:
        parts.append(_clips(result["clips"]))
    return "\n\n".join([*parts, f"took {result['took_s']:g} s"])


def _machine(machine: dict[str, Any]) -> str:
    return "\n".join(["", *(f"{name:12} {value}" for name, value in machine.items())])


def _wall(wall: dict[str, Any]) -> str:
    peer = wall["ffmpeg_ms"]
    lines = [
        f"CPU per displayed frame, 1920x1080 at 25/s ({wall['file']}), kernel's user + system time",
        f"  ffmpeg -threads 1 -f null - {peer['median']:6.2f} ms a frame ({peer['runs']} runs, max {peer['most']:.2f})",
        "  desktop        ms/shown  x ffmpeg   ms/decoded   shown/s  decoded/s   cores  age p99  stall p99  RSS",
    ]
    for where in ("offscreen", "xvfb"):
        lines += [_wall_row(where, row) for row in wall.get(where, [])]
    return "\n".join([*lines, "  (shown/s and decoded/s are of one camera; ages and stalls in ms; RSS in MiB)"])


def _wall_row(where: str, row: dict[str, Any]) -> str:
    return (
        f"  {where:9} x {row['cameras']}   {row['ms_per_shown_frame']:7.2f}   {row['ratio']:7.2f}      "
        f"{row['ms_per_decoded_frame']:7.2f}   {row['shown_per_s_and_camera']:7.1f}    "
        f"{row['decoded_per_s_and_camera']:7.1f}   {row['cores']:5.2f}  {row['age_p99_ms']:7.0f}    "
        f"{row['stall_p99_ms']:7.0f} {row['peak_rss_mib']:4.0f}"
    )


def _clips(clips: dict[str, Any]) -> str:
    cut, rings = clips["cut"], clips["rings"]
    return (
        f"{cut['seconds']:g} s of {clips['file']} out of the packet ring as MP4 ({cut['mib']:.1f} MiB), "
        f"{cut['times']} times: median {cut['median_ms']:.0f} ms, max {cut['max_ms']:.0f} ms\n"
        f"  a camera's rings hold {rings['mib_a_camera']:.1f} MiB: {rings['packets_mib']:.1f} of packets (60 s), "
        f"{rings['pictures']} pictures; {rings['dropped']} packets dropped"
    )


def _gate(rows: list[dict[str, Any]], look: dict[str, float]) -> str:
    lines = [
        "Gate, pooled over the labelled footage (tail 1 s, first 2 s not counted as false)",
        "  variant                  recall   precision   segments   onset     empty on   hard on   still on",
    ]
    lines += [_gate_row(row) for row in rows]
    reduction_ms, gate_ms = look["reduction_ms"], look["gate_ms"]
    lines.append(
        f"  a look at 1080p costs {reduction_ms + gate_ms:.2f} ms of CPU: "
        f"{reduction_ms:.2f} to reduce, {gate_ms:.2f} to judge"
    )
    return "\n".join(lines)


def _gate_row(row: dict[str, Any]) -> str:
    return (
        f"  {row['variant']:23} {row['recall']:7.3f}     {row['precision']:7.3f}    {row['segments']:>7}"
        f"     {row['onset_max_s']:5.2f} s   {row['empty_on']:6.1%}    {row['hard_on']:6.1%}     {row['still_on']:6.1%}"
    )
