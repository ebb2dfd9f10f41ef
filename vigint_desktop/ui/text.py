"""All words of the window, in the language the owner chose."""

from collections.abc import Mapping

from PySide6.QtCore import QLocale

from vigint_core.domain.fault import Code
from vigint_core.texts import LANGUAGES, Language, cause, remedy, sentence
from vigint_desktop.settings import Settings


class Texts:
    """Sentences of one language; a call gives the one under ``ui.<key>`` with its placeholders filled.

    Attributes:
        language: ``"en"`` or ``"fr"``.
    """

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        """The sentence. Raises KeyError for a key that nobody wrote."""
        return sentence(self.language, f"ui.{key}", **values)

    def cause(self, code: Code) -> str:
        """What a fault means."""
        return cause(self.language, code)

    def remedy(self, code: Code) -> str:
        """What to do about a fault."""
        return remedy(self.language, code)

    def fact(self, key: str, values: Mapping[str, str]) -> str:
        """A fact that a check found."""
        return sentence(self.language, f"check.{key}", **values)


def language_of(settings: Settings) -> Language:
    """The language to speak: the chosen one, or the system's where it is one of ours, else English."""
    wanted = QLocale.system().name()[:2] if settings.language == "system" else settings.language
    return next((language for language in LANGUAGES if language == wanted), "en")
