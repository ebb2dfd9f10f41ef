"""Camera-like and damaged variants of a clip, made once by the footage's own tool and kept outside the tree."""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

CLIP: Final = "gate/Normal_39.mp4"
_MAKING_S = 400  # 12 s on a quiet machine


def variants_of(footage: Path) -> Path:
    """The folder of the variants, made now if they are not there yet."""
    tool, clip = footage.parent / "tools" / "make_variants.sh", footage / CLIP
    recipe = hashlib.sha256(tool.read_bytes() + clip.read_bytes()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"vigint-variants-{recipe}"
    if folder.is_dir():
        return folder
    making = Path(tempfile.mkdtemp(prefix="vigint-variants-making-"))
    try:
        subprocess.run(["bash", str(tool), str(clip), str(making)], check=True, timeout=_MAKING_S)
        making.rename(folder)
    except OSError:  # another run was quicker
        shutil.rmtree(making, ignore_errors=True)
    return folder
