"""Recordings that survive: a program that is killed, a disk that is really full."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.films import shown
from tests.fakes.waiting import wait_until
from vigint_desktop.capture.clip_sequence import ClipSequence, Reel

ROOT = Path(__file__).parents[2]
SMALL_DISK = 3 * 1024 * 1024


@contextmanager
def recording(command: Sequence[str], **how: Any) -> Iterator["subprocess.Popen[str]"]:
    """A process that records, ended with the test."""
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def child_of(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.fakes.recording_child", *arguments]


def test_what_a_killed_program_was_recording_can_be_played(tmp_path: Path) -> None:
    def written() -> int:
        return sum(file.stat().st_size for file in tmp_path.glob("door/*.mp4"))

    with recording(child_of(str(tmp_path))) as child:
        assert wait_until(lambda: written() > 600_000 or child.poll() is not None, timeout_s=60)
        assert child.poll() is None, child.communicate()[1]
        child.kill()
        child.wait()
    (file,) = tmp_path.glob("door/*.mp4")

    packets = file.stat().st_size / 10_700
    assert packets - 32 <= len(shown(file.read_bytes())) <= packets, "all but what was in the last piece"
    sequence = ClipSequence([Reel(file)])
    assert sequence.length_s * 8 == pytest.approx(len(shown(file.read_bytes())), abs=2)
    assert next(sequence.frames(sequence.length_s / 2))[0] == pytest.approx(sequence.length_s / 2, abs=0.2)


def own_disk(folder: Path, command: Sequence[str]) -> list[str]:
    """The command with a disk of three MiB mounted on ``folder``, for itself alone; skips where nobody may mount."""
    alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    mount = 'mount -t tmpfs -o size="$1" none "$0"'
    if subprocess.run(
        [*alone, "sh", "-c", mount, folder, str(SMALL_DISK)], capture_output=True, check=False
    ).returncode:
        pytest.skip("nobody may mount a disk here")
    filled = f'{mount} && head -c 1500000 /dev/zero > "$0/ballast" && shift && exec "$@"'
    return [*alone, "sh", "-c", filled, str(folder), str(SMALL_DISK), *command]


def test_on_a_disk_that_is_full_a_fault_is_shown_and_recording_goes_on_when_there_is_room(tmp_path: Path) -> None:
    ballast = tmp_path / "ballast"
    with recording(own_disk(tmp_path, child_of(str(tmp_path / "r"), str(ballast)))) as child:
        assert child.stdin
        assert child.stdout
        told: list[dict[str, Any]] = []
        for line in child.stdout:
            told.append(json.loads(line))
            if [each["recording"] for each in told if "recording" in each] == [True, False, True]:
                child.stdin.close()
                break
        told += [json.loads(line) for line in child.stdout]
        assert child.wait(30) == 0, child.stderr and child.stderr.read()

    assert {"fault": "store.disk_full"} in told
    assert told.index({"recording": False}) < len(told) - 1
    counted = told[-1]
    assert counted["segments"] >= 2
    assert counted["packets"] + counted["lost"] >= counted["sent"]
