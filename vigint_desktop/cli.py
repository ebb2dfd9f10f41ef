"""``vigint-desktop``: the window by default, and the commands ``gate``, ``doctor``, ``lab`` and ``estimate``."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from vigint_core import __version__
from vigint_core.domain.camera import Camera, SourceKind
from vigint_core.domain.fault import Code, VigintError
from vigint_core.domain.ids import camera_id_from_name
from vigint_core.texts import cause, remedy
from vigint_desktop.options import Options
from vigint_desktop.settings import kind_of, split_credentials

HEADLESS_S = 60.0  # how long a run without a display lasts unless told otherwise


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 well, 1 something failed, 2 the command line makes no sense."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    commands = {"gate": _gate, "doctor": _doctor, "lab": _lab, "estimate": _estimate}
    if words and words[0] in commands:
        return commands[words[0]](words[1:])
    options = _window_options(words)
    if options.headless_because:
        print(options.headless_because, flush=True)
    from vigint_desktop.bootstrap import run  # noqa: PLC0415 - Qt is loaded only by who needs it

    try:
        return run(options)
    except VigintError as error:
        return _complain(error)


def source(text: str) -> tuple[Camera, str]:
    """A camera and its password from ``NAME=ADDRESS``. Raises argparse.ArgumentTypeError."""
    name, equals, address = text.partition("=")
    if not (equals and name.strip() and address.strip()):
        raise argparse.ArgumentTypeError("write it as NAME=ADDRESS, for example Door=rtsp://192.168.1.20/stream")
    url, user, password = split_credentials(address.strip())
    kind = kind_of(url)
    if kind is SourceKind.FILE:
        url = str(Path(url).expanduser().resolve())
    return Camera(camera_id_from_name(name), name.strip(), kind, url, user), password


def _window_options(words: list[str]) -> Options:
    parser = argparse.ArgumentParser(
        "vigint-desktop",
        description="Shows the cameras, watches them and lists incidents. Commands: gate FILE, doctor, lab, estimate.",
    )
    parser.add_argument("--version", action="version", version=f"VigInt {__version__}")
    parser.add_argument("--demo", action="store_true", help="show four cameras that the program draws itself")
    parser.add_argument(
        "--source", action="append", default=[], type=source, metavar="NAME=ADDRESS",
        help="a camera of this run: a file, rtsp://, http:// (MJPEG) or a USB device; may be repeated",
    )  # fmt: skip
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="keep everything below this folder")
    parser.add_argument("--server", type=_server, metavar="URL|embedded|none", help="who judges, for this run")
    parser.add_argument("--offscreen", action="store_true", help="run without a display")
    parser.add_argument("--duration", type=_seconds, metavar="S", help="leave after this many seconds")
    parser.add_argument("--screenshot", type=Path, metavar="PNG", help="picture of the window at the end")
    parser.add_argument("--report", type=Path, metavar="JSON", help="figures of the run at the end")
    parser.add_argument("--size", type=_size, metavar="WxH", help="size of the window in pixels")
    given = parser.parse_args(words)
    names = [camera.name for camera, _ in given.source]
    if len({camera.id for camera, _ in given.source}) < len(names):
        parser.error("every --source needs a name of its own")
    options = Options(
        cameras=tuple(given.source),
        demo=given.demo,
        data_dir=given.data_dir,
        server=given.server,
        offscreen=given.offscreen,
        duration_s=given.duration,
        screenshot=given.screenshot,
        report=given.report,
        size=given.size,
    )
    return options if given.offscreen or _has_display() else _headless(options)


def _has_display() -> bool:
    """Whether a window can be shown: always, but on a Unix without X or Wayland."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _headless(options: Options) -> Options:
    """The same run without a display: bounded, and leaving something to look at."""
    duration_s = options.duration_s or HEADLESS_S
    screenshot = options.screenshot or Path("out/screenshot.png")
    report = options.report or Path("out/report.json")
    said = (
        f"There is no display here, so the window stays invisible: running for {duration_s:g} s, "
        f"then writing {screenshot} and {report}."
    )
    return replace(
        options, offscreen=True, duration_s=duration_s, screenshot=screenshot, report=report, headless_because=said
    )


def _server(text: str) -> str:
    if text in ("embedded", "none") or text.startswith(("http://", "https://")):
        return text
    raise argparse.ArgumentTypeError("write embedded, none, or an address that begins with http:// or https://")


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= 7 * 24 * 3600:
        raise argparse.ArgumentTypeError("seconds, more than 0 and at most a week")
    return value


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError("write it as 1280x720")
    return int(width), int(height)


def _gate(words: list[str]) -> int:
    parser = argparse.ArgumentParser("vigint-desktop gate", description="When is something moving in a video file?")
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="[[start_s, end_s], ...] in media time")
    given = parser.parse_args(words)
    from vigint_desktop.gate.replay import gate_intervals  # noqa: PLC0415 - OpenCV is loaded only by who needs it

    try:
        intervals = gate_intervals(given.file)
    except VigintError as error:
        return _complain(error)
    if given.json:
        print(json.dumps([[round(start, 3), round(end, 3)] for start, end in intervals]))
    else:
        for start, end in intervals:
            print(f"{start:9.2f} s  to {end:9.2f} s   ({end - start:.2f} s)")
        print(f"{len(intervals)} intervals, {sum(end - start for start, end in intervals):.2f} s open")
    return 0


def _doctor(words: list[str]) -> int:
    parser = argparse.ArgumentParser("vigint-desktop doctor", description="Proves every link of the chain.")
    parser.add_argument("--server", type=_server, metavar="URL|embedded|none")
    parser.add_argument("--data-dir", type=Path, metavar="DIR")
    parser.add_argument("--source", action="append", default=[], type=source, metavar="NAME=ADDRESS")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(words)
    from vigint_desktop.doctor import examine, print_findings  # noqa: PLC0415 - as above

    options = Options(cameras=tuple(given.source), data_dir=given.data_dir, server=given.server)
    try:
        findings = examine(options)
    except VigintError as error:
        return _complain(error)
    print_findings(findings, as_json=given.json)
    return 0 if all(finding.passed for finding in findings) else 1


def _lab(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        "vigint-desktop lab", description="How good are models and prompts on clips that a person has labelled?"
    )
    parser.add_argument("--clips", type=Path, required=True, metavar="DIR")
    parser.add_argument("--labels", type=Path, metavar="FILE|DIR", help="else NAME.mp4.labels.json beside each clip")
    parser.add_argument("--model", action="extend", nargs="+", default=[], metavar="NAME", help="for both looks")
    parser.add_argument("--prompt", action="extend", nargs="+", default=[], metavar="VERSION|FILE.txt")
    answers = parser.add_mutually_exclusive_group()
    answers.add_argument("--record", type=Path, metavar="FILE", help="keep every answer in a new file")
    answers.add_argument("--replay", type=Path, metavar="FILE", help="answer from it: no network, no key, no cost")
    parser.add_argument("--all", action="store_true", help="look also where the gate is closed")
    parser.add_argument("--first-look", action="store_true", help="first looks alone; a suspicion counts as an alert")
    parser.add_argument("--language", choices=("en", "fr"), default="en", help="of the models' texts")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="whose key and file of models count")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(words)
    from vigint_desktop.lab import command  # noqa: PLC0415 - as above

    order = command.LabOrder(
        clips=given.clips,
        labels=given.labels,
        models=tuple(given.model),
        prompts=tuple(given.prompt),
        record=given.record,
        replay=given.replay,
        data_dir=given.data_dir,
        ways=command.Ways(given.language, everything=given.all, first_look=given.first_look),
    )
    try:
        return command.print_outcome(command.measure(order), json_wanted=given.json)
    except command.UsageError as error:
        parser.error(str(error))
    except command.LabError as error:
        print(error, file=sys.stderr)
    except VigintError as error:
        _complain(error)
    except KeyboardInterrupt:
        print("Stopped; nothing is scored. A record keeps what was answered so far.", file=sys.stderr)
    return 1


def _estimate(words: list[str]) -> int:
    parser = argparse.ArgumentParser("vigint-desktop estimate", description="What does a month of looks cost?")
    parser.add_argument("--cameras", type=_whole(1, 10_000), default=8, metavar="N")
    parser.add_argument("--hours", type=_number(0.1, 24), default=12.0, metavar="H", help="of each day")
    parser.add_argument("--activity", type=_number(0.01, 100), default=5.0, metavar="PERCENT")
    parser.add_argument("--stride", type=_number(1, 600), default=5.0, metavar="S")
    parser.add_argument("--window", type=_number(2, 60), default=10.0, metavar="S")
    parser.add_argument("--suspicion", type=_number(0, 100), default=0.25, metavar="PERCENT", help="of all windows")
    parser.add_argument(
        "--typical", type=_number(2, 3600), default=30.0, metavar="S", help="half of all activities are longer"
    )
    parser.add_argument("--model-first", metavar="NAME")
    parser.add_argument("--model-second", metavar="NAME")
    parser.add_argument("--days", type=_whole(1, 366), default=30, metavar="N", help="from today on")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="whose file of models counts")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(words)
    from vigint_desktop import estimate  # noqa: PLC0415 - as above

    order = estimate.EstimateOrder(
        cameras=given.cameras,
        hours=given.hours,
        activity=given.activity / 100,
        stride_s=given.stride,
        window_s=given.window,
        suspicion=given.suspicion / 100,
        typical_s=given.typical,
        days=given.days,
        models=(given.model_first, given.model_second),
    )
    try:
        found = estimate.of_this_machine(order, Options(data_dir=given.data_dir).paths)
    except estimate.UnknownModelError as error:
        parser.error(str(error))
    except VigintError as error:
        return _complain(error)
    print(json.dumps(estimate.as_json(found)) if given.json else estimate.as_text(found))
    return 0


def _number(least: float, most: float) -> Callable[[str], float]:
    """A type for argparse: a number within bounds."""

    def number(text: str) -> float:
        value = float(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"a number from {least:g} to {most:g}")
        return value

    return number


def _whole(least: int, most: int) -> Callable[[str], int]:
    """The same for whole numbers."""

    def number(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"a whole number from {least} to {most}")
        return value

    return number


def _complain(error: VigintError) -> int:
    code: Code = error.code
    print(f"{cause('en', code)} {remedy('en', code)}\n({error})", file=sys.stderr)
    return 1
