"""What needs no peer; the rest is in ``tests/contract/test_gemini.py``, through the real SDK."""

from vigint_core.analysis.gemini import GeminiModel
from vigint_core.analysis.question import Question


def test_nothing_of_the_key_or_the_clip_is_in_a_repr() -> None:
    assert "secret" not in repr(GeminiModel("secret", "http://127.0.0.1:1"))
    question = Question("m", "system", "data", 1.0, 64, clip=b"secret")
    assert "secret" not in repr(question)


def test_closing_what_never_asked_is_fine_and_may_be_repeated() -> None:
    model = GeminiModel("key")
    model.close()
    model.close()
