"""What every dialog has in common."""

from dataclasses import dataclass

from vigint_core.ports import Clock
from vigint_desktop.ui.text import Texts
from vigint_desktop.ui.theme.style import Theme


@dataclass(frozen=True, slots=True)
class Around:
    """Words, colours and time, as everything in the window has them."""

    texts: Texts
    theme: Theme
    clock: Clock
