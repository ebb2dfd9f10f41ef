"""Every colour and size of the window, once. Semantic colours are used for what their names say and nothing else."""

from dataclasses import dataclass
from typing import Final, Literal

from vigint_core.domain.coverage import Cover
from vigint_core.domain.status import Health, WindowResult
from vigint_core.domain.verdict import Severity

ThemeName = Literal["dark", "light"]
UNIT: Final = 8  # px; every gap is a multiple or a half of it
RADIUS: Final = 6  # px


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours as ``#rrggbb``.

    Attributes:
        ground, panel, raised: the three steps of surface, from the window's back to what stands out.
        picture: behind pictures, in both themes nearly black so that pictures look the same; ``on_picture`` is text
            there, and over a veiled picture.
        accent: what can be clicked or is selected; ``on_accent`` is text on it.
        live, attention, fault, unknown: the semantic colours.
        low, medium, high, critical: severities; never without their shape and their word.
        recording: the dot of a camera whose packets go to disk.
    """

    ground: str
    panel: str
    raised: str
    line: str
    text: str
    muted: str
    picture: str
    on_picture: str
    on_picture_muted: str
    accent: str
    accent_hover: str
    on_accent: str
    live: str
    attention: str
    fault: str
    unknown: str
    low: str
    medium: str
    high: str
    critical: str
    recording: str
    activity: str
    clear: str

    def health(self, health: Health) -> str:
        """The colour of a part's health."""
        return {
            Health.OK: self.live,
            Health.DEGRADED: self.attention,
            Health.DOWN: self.fault,
            Health.NOT_CONFIGURED: self.attention,
            Health.UNKNOWN: self.unknown,
        }[health]

    def severity(self, severity: Severity) -> str:
        """The colour of a severity."""
        return {
            Severity.LOW: self.low,
            Severity.MEDIUM: self.medium,
            Severity.HIGH: self.high,
            Severity.CRITICAL: self.critical,
        }[severity]

    def result(self, result: WindowResult) -> str:
        """The colour of a window's outcome on the timeline."""
        return {
            WindowResult.CLEAR: self.clear,
            WindowResult.WAITING: self.unknown,
            WindowResult.NOT_ANALYSED: self.attention,
            WindowResult.SUSPECTED: self.high,
            WindowResult.VETOED: self.low,
        }[result]

    def cover(self, cover: Cover) -> str:
        """The colour of a second's state on the strip below a lane."""
        return {
            Cover.OFF: self.line,
            Cover.OFFLINE: self.fault,
            Cover.QUIET: self.clear,
            Cover.CLEAR: self.clear,
            Cover.INCIDENT: self.high,
            Cover.VETOED: self.low,
            Cover.WAITING: self.unknown,
            Cover.LOCAL_ONLY: self.unknown,
            Cover.NOT_LOOKED_AT: self.attention,
        }[cover]


DARK: Final = Tokens(
    ground="#121518",
    panel="#191d21",
    raised="#23282e",
    line="#343b43",
    text="#e9ecef",
    muted="#a8b0ba",
    picture="#0a0c0e",
    on_picture="#ffffff",
    on_picture_muted="#ced4da",
    accent="#62aef5",
    accent_hover="#86c2fa",
    on_accent="#0a1724",
    live="#45cf94",
    attention="#f0b94d",
    fault="#ff7b7b",
    unknown="#a3acb7",
    low="#8fb8de",
    medium="#f0c052",
    high="#ff9457",
    critical="#ff7284",
    recording="#ff6464",
    activity="#6d7a88",
    clear="#3f9470",
)
LIGHT: Final = Tokens(
    ground="#eceef1",
    panel="#f8f9fa",
    raised="#ffffff",
    line="#ccd2d9",
    text="#1a1e23",
    muted="#505965",
    picture="#0a0c0e",
    on_picture="#ffffff",
    on_picture_muted="#ced4da",
    accent="#0a5cb8",
    accent_hover="#084a95",
    on_accent="#ffffff",
    live="#0c6e43",
    attention="#825400",
    fault="#b92323",
    unknown="#566070",
    low="#2a6190",
    medium="#825400",
    high="#a8410a",
    critical="#b01530",
    recording="#c4202c",
    activity="#8b96a3",
    clear="#5fae8c",
)
THEMES: Final[dict[ThemeName, Tokens]] = {"dark": DARK, "light": LIGHT}


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two ``#rrggbb`` colours, 1 to 21."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
