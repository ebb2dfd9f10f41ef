"""The streams that are measured: made once from the shared footage, kept outside the tree."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

GATE_CLIPS = ("Normal_30", "Normal_39", "bottle-detection", "one-by-one-person-detection")
VARIANTS = {
    "plain": "",
    "night, infrared noise": "night_ir_noise.mp4",
    "light drift": "light_drift.mp4",
    "400 kbit/s": "sub_360p15_400k.mp4",
    "1080p, noise, clock": "wall_1080p25_4M.mp4",
}
_MAKING_S = 240  # one clip takes 20 to 60 s


@dataclass(frozen=True)
class Material:
    """Where the footage and its variants are.

    Attributes:
        shared: the folder with ``footage`` and ``tools``.
        cache: where variants are made and kept.
    """

    shared: Path
    cache: Path

    def plain(self, clip: str) -> Path:
        """The clip as it was recorded."""
        return self.shared / "footage" / "gate" / f"{clip}.mp4"

    def labels(self, clip: str) -> Path:
        """Its labels; they hold for every variant."""
        return self.shared / "footage" / "gate" / f"{clip}.mp4.labels.json"

    def variant(self, clip: str, variant: str) -> Path:
        """The file of a variant, made now if it is not there yet."""
        if not VARIANTS[variant]:
            return self.plain(clip)
        folder = self.cache / clip
        if not (folder / "made").exists():
            self._make(clip, folder)
        return folder / VARIANTS[variant]

    def _make(self, clip: str, folder: Path) -> None:
        print(f"making the variants of {clip} in {folder} ...", flush=True)
        tool = self.shared / "tools" / "make_variants.sh"
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([str(tool), str(self.plain(clip)), str(folder)], check=True, timeout=_MAKING_S)
        (folder / "made").touch()
