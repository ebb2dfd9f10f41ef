"""The figures as people read them."""

from collections.abc import Callable
from typing import Any

from bench import alert, analyses, events, listing, looks, lookups, methods, workflows


def render(result: dict[str, Any]) -> str:
    """All parts that were measured, as plain text."""
    parts = [render_part(result[name]) for name, render_part in _PARTS.items() if name in result]
    return "\n\n".join([_machine(result["machine"]), *parts, f"took {result['took_s']:g} s"])


def _machine(machine: dict[str, Any]) -> str:
    return "\n".join(["", *(f"{name:12} {value}" for name, value in machine.items())])


def _wall(rows: list[dict[str, Any]]) -> str:
    lines = [
        "CPU per displayed frame over RTSP, 1920x1080 window under Xvfb, gate on; kernel's user + system time",
        (
            "  cameras        ms/shown  ffmpeg ms  x ffmpeg   usual ms  of usual   shown/s   cores  "
            "age p99/max  stall p99/max  RSS"
        ),
    ]
    return "\n".join([*lines, *(_wall_row(row) for row in rows), f"  ({_UNITS})"])


_UNITS = "usual: cv2.VideoCapture, resize, QLabel; shown/s are of one camera; ages and stalls in ms; RSS in MiB"


def _wall_row(row: dict[str, Any]) -> str:
    return (
        f"  {row['name']:13} {row['ms_per_shown_frame']:8.2f}   {row['ffmpeg_ms']:8.2f}  {row['ratio']:8.2f}   "
        f"{row['usual']['ms_per_shown_frame']:8.2f}  {row['of_usual']:8.2f}   {row['shown_per_s_and_camera']:7.1f}  "
        f"{row['cores']:6.2f}  {_felt(row)} {row['peak_rss_mib']:4.0f}"
    )


def _felt(row: dict[str, Any]) -> str:
    return f"{row['age_p99_ms']:5.0f}/{row['age_max_ms']:5.0f}  {row['stall_p99_ms']:7.0f}/{row['stall_max_ms']:5.0f}"


def _overload(row: dict[str, Any]) -> str:
    return (
        f"{row['name']} for {row['seconds']:g} s, more than two cores can decode: each camera held "
        f"{row['shown_per_s_and_camera']:.1f} frames a second on screen (the least {row['least_shown_per_s']:.1f}) of "
        f"{row['received_per_s_and_camera']:.1f};\n"
        f"  {row['unseen_share']:.0%} of the time counted as not looked at; {row['cores']:.2f} cores; age p99/max "
        f"{row['age_p99_ms']:.0f}/{row['age_max_ms']:.0f} ms; stall p99/max {row['stall_p99_ms']:.0f}/"
        f"{row['stall_max_ms']:.0f} ms"
    )


def _start(row: dict[str, Any]) -> str:
    return (
        f"Start of the program to the first painted window {row['first_paint_s']:.2f} s "
        f"(max {row['first_paint_most_s']:.2f}), to the first live picture {row['first_frame_s']:.2f} s "
        f"(max {row['first_frame_most_s']:.2f}); median of {row['runs']}"
    )


def _return(row: dict[str, Any]) -> str:
    return (
        f"A camera away for 10 s shows its first picture {row['median_s']:.2f} s after it answers again "
        f"(median of {row['runs']}, max {row['most_s']:.2f})"
    )


def _memory(row: dict[str, Any]) -> str:
    return (
        f"Memory: {row['mib_per_camera']:.0f} MiB a camera ({row['cameras']} of 1080p at 4 Mbit/s), "
        f"{row['mib_per_minute']:+.2f} MiB a minute over {row['minutes']:g} minutes; "
        f"{row['mib_at_end']:.0f} MiB at the end"
    )


def _clips(clips: dict[str, Any]) -> str:
    cut, rings = clips["cut"], clips["rings"]
    return (
        f"{cut['seconds']:g} s of {clips['file']} out of the packet ring as MP4 ({cut['mib']:.1f} MiB), "
        f"{cut['times']} times: median {cut['median_ms']:.0f} ms, max {cut['max_ms']:.0f} ms\n"
        f"  a camera's rings hold {rings['mib_a_camera']:.1f} MiB: {rings['packets_mib']:.1f} of packets (60 s), "
        f"{rings['pictures']} pictures; {rings['dropped']} packets dropped"
    )


def _window(window: dict[str, Any]) -> str:
    return (
        f"One 10 s window ({window['pictures']} pictures, 640 px): {window['cpu_ms']:.0f} ms of CPU to encode, "
        f"{window['kib']:.0f} KiB"
    )


def _gate(gate: dict[str, Any]) -> str:
    rows, look = gate["rows"], gate["look"]
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


def _desk(row: dict[str, Any]) -> str:
    stalled = row["stalled"]
    return (
        f"{row['cameras']} x 360p15 with gate and analysis ({row['windows_judged']} windows judged), "
        f"{row['incidents']} incidents on the timeline: stall p99/max "
        f"{row['stall_p99_ms']:.0f}/{row['stall_max_ms']:.0f} ms; age p99/max "
        f"{row['age_p99_ms']:.0f}/{row['age_max_ms']:.0f} ms;\n"
        f"  {row['shown_per_s_and_camera']:.1f} frames a second and camera on screen; {row['cores']:.2f} cores; "
        f"{row['peak_rss_mib']:.0f} MiB; oldest picture in a run whose window thread stood still for "
        f"{stalled['stall_max_ms'] / 1000:.1f} s: {stalled['age_max_ms']:.0f} ms"
    )


_PARTS: dict[str, Callable[[Any], str]] = {
    "start": _start,
    "return": _return,
    "wall": _wall,
    "overload": _overload,
    "desk": _desk,
    "memory": _memory,
    "gate": _gate,
    "methods": methods.render,
    "window": _window,
    "clips": _clips,
    "looks": looks.render,
    "analyses": analyses.render,
    "workflows": workflows.render,
    "alert": alert.render,
    "events": events.render,
    "listing": listing.render,
    "lookups": lookups.render,
}
