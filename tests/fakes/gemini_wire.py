"""The wire format of ``generateContent``: a request taken apart, and the bodies of the stand-in's answers."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.fakes.gemini_plays import Play, bad_request, no_key, not_found
from tests.fakes.witness import Sight, Testimony

MODELS = frozenset({"gemini-3.5-flash-lite", "gemini-3.8-flash", "gemini-3.1-flash-lite", "gemini-2.5-flash-lite"})
_TOKENS_A_PICTURE = {"MEDIA_RESOLUTION_HIGH": 280}
_UNSURE = {Sight.OUT_OF_ORDER, Sight.TOO_SHORT, Sight.OTHER_SCENE}
_SUMMARIES = {
    "English": {
        Sight.ACT: "A person takes something from the table and hides it in the clothing.",
        Sight.ORDINARY: "Ordinary behaviour: goods are handled and nothing is hidden.",
        Sight.OTHER_SCENE: "An unknown scene; nothing remarkable.",
        Sight.OUT_OF_ORDER: "The pictures are out of order; nothing can be told.",
        Sight.TOO_SHORT: "Too short to tell.",
    },
    "French": {
        Sight.ACT: "Une personne prend un objet sur la table et le cache dans ses vêtements.",
        Sight.ORDINARY: "Comportement ordinaire : des articles sont manipulés, rien n'est caché.",
        Sight.OTHER_SCENE: "Scène inconnue ; rien de particulier.",
        Sight.OUT_OF_ORDER: "Les images ne sont pas dans l'ordre ; rien ne peut être dit.",
        Sight.TOO_SHORT: "Trop court pour conclure.",
    },
}
_STEPS = {
    "English": ("A hand reaches for a thing on the table.", "The thing is held and looked at.", "The thing is hidden."),
    "French": ("Une main se tend vers un objet.", "L'objet est tenu et regardé.", "L'objet est caché."),
}


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A request as it stands on the wire, taken apart."""

    model: str
    key: str
    server_timeout_s: int | None
    system: str
    data: str
    config: Mapping[str, Any]
    clip: bytes
    fps: float | None
    words: bytes
    request_id: str = ""

    @property
    def look(self) -> str:
        if "second look" in self.system.lower():
            return "second"
        return "first" if self.clip else "probe"

    @property
    def language(self) -> str:
        return "French" if "in French" in self.system else "English"

    @property
    def optional(self) -> bool:
        return "thinkingConfig" in self.config or "mediaResolution" in self.config


def taken_apart(model: str, key: str, server_timeout_s: int | None, raw: bytes) -> WireRequest:
    """Raises ValueError, KeyError, TypeError or AttributeError for what the original would not understand either."""
    body: Mapping[str, Any] = json.loads(raw)
    parts: Sequence[Mapping[str, Any]] = [part for content in body["contents"] for part in content["parts"]]
    videos = [part for part in parts if "inlineData" in part]
    picture = videos[0]["inlineData"]["data"] if videos else ""
    return WireRequest(
        model=model,
        key=key,
        server_timeout_s=server_timeout_s,
        system="".join(part["text"] for part in body.get("systemInstruction", {}).get("parts", [])),
        data="".join(part["text"] for part in parts if "text" in part),
        config=_in_camel_case(body.get("generationConfig", {})),
        # The SDK writes inline bytes in the URL-safe alphabet.
        clip=base64.urlsafe_b64decode(picture),
        fps=videos[0].get("videoMetadata", {}).get("fps") if videos else None,
        words=raw.replace(picture.encode(), b"") if picture else raw,
    )


def _in_camel_case(node: Mapping[str, Any]) -> dict[str, Any]:
    """Both spellings of a field are understood, as by the original; the SDK mixes them. A schema's names stay."""
    return {
        re.sub(r"_(\w)", lambda found: found[1].upper(), key): _in_camel_case(value)
        if key == "thinkingConfig"
        else value
        for key, value in node.items()
    }


def refused(request: WireRequest, testimony: Testimony | None) -> tuple[int, bytes] | None:
    """What the original refuses too."""
    thinking = request.config.get("thinkingConfig", {})
    foreign = "thinkingLevel" if request.model.startswith("gemini-2") else "thinkingBudget"
    if not request.key:
        return no_key()
    if request.model not in MODELS:
        return not_found(request.model)
    if request.server_timeout_s is not None and request.server_timeout_s < 10:
        return bad_request("Manually set deadline is too short. Minimum allowed deadline is 10s.")
    if foreign in thinking:
        return bad_request(f"{foreign} is not supported for this model.")
    undecodable = testimony is not None and testimony.sight is Sight.UNDECODABLE
    return bad_request("Unable to process input video.") if undecodable else None


def good(request: WireRequest, testimony: Testimony | None, play: Play | None) -> tuple[int, bytes]:
    """A 200: the verdict, or one of the ways in which a 200 is none."""
    if play is Play.BROKEN_ENVELOPE:
        return 200, b"<html>a proxy's page</html>"
    if play is Play.PROMPT_BLOCKED:
        return _envelope(request, testimony, play, None, "")
    text = _text(request, testimony, play)
    ends: Mapping[Play | None, tuple[str | None, str]] = {
        Play.EMPTY: (None, "STOP"),
        Play.SAFETY: (None, "SAFETY"),
        Play.TRUNCATED: (text[:40], "MAX_TOKENS"),
        Play.THOUGHT_OUT: (None, "MAX_TOKENS"),
    }
    return _envelope(request, testimony, play, *ends.get(play, (text, "STOP")))


def _text(request: WireRequest, testimony: Testimony | None, play: Play | None) -> str:
    if play is Play.NOT_JSON:
        return "I could not see anything unusual."
    if play is Play.BREAKS_SCHEMA:
        return json.dumps({"incident": False, "summary": "No observations, no decision."})
    return "OK" if testimony is None else json.dumps(_body(request, testimony, play), ensure_ascii=False)


def _body(request: WireRequest, testimony: Testimony, play: Play | None) -> dict[str, object]:
    sight, span = testimony.sight, testimony.span
    if play is Play.VETO:
        sight = Sight.ORDINARY
    elif play in {Play.SUSPECT, Play.WITHOUT_CITATION}:
        sight, span = Sight.ACT, span or (testimony.length_s * 0.3, testimony.length_s * 0.8)
    acted = sight is Sight.ACT and span is not None
    return {
        "observations": _observations(request.language, span, play) if acted and span else [],
        "incident": acted,
        "type": "concealment" if acted else "none",
        "confidence": 0.1 if sight in _UNSURE else 0.92,
        "summary": _SUMMARIES[request.language][sight],
    }


def _observations(language: str, span: tuple[float, float], play: Play | None) -> list[dict[str, object]]:
    if play is Play.WITHOUT_CITATION:
        return [{"at_s": span[1] + 1000.0, "text": _STEPS[language][0]}]
    times = (span[0], (span[0] + span[1]) / 2, span[1])
    return [{"at_s": round(at, 1), "text": text} for at, text in zip(times, _STEPS[language], strict=True)]


def _envelope(
    request: WireRequest,
    testimony: Testimony | None,
    play: Play | None,
    text: str | None,
    finish: str,
) -> tuple[int, bytes]:
    """``finish`` "" is a prompt that was blocked: no candidate at all."""
    content = {"role": "model"} | ({"parts": [{"text": text}]} if text is not None else {})
    body: dict[str, object] = {"modelVersion": request.model, "responseId": "r1"}
    if finish:
        body["candidates"] = [{"content": content, "finishReason": finish, "index": 0}]
    else:
        body["promptFeedback"] = {"blockReason": "PROHIBITED_CONTENT"}
    if play is not Play.UNBILLED:
        body["usageMetadata"] = _usage(request, testimony, play, text or "")
    return 200, json.dumps(body).encode()


def _usage(request: WireRequest, testimony: Testimony | None, play: Play | None, text: str) -> dict[str, object]:
    """Tokens as the original would count them: so many a sampled picture, one for four letters."""
    each = _TOKENS_A_PICTURE.get(str(request.config.get("mediaResolution")), 70)
    sampled = round(testimony.length_s * (request.fps or 1.0)) + 1 if testimony else 0
    video = min(sampled, testimony.pictures) * each if testimony else 0
    words = (len(request.system) + len(request.data)) // 4
    said, thought = -(-len(text) // 4), _thought(request, play)
    cached = len(request.system) // 4 if play is Play.CACHED else 0
    kinds = {"TEXT": words} | ({"VIDEO": video} if video else {})
    return {
        "promptTokenCount": words + video,
        "promptTokensDetails": [{"modality": kind, "tokenCount": count} for kind, count in kinds.items()],
        "totalTokenCount": words + video + said + thought,
        # The original leaves a count out where it is nothing.
        **({"cachedContentTokenCount": cached} if cached else {}),
        **({"candidatesTokenCount": said} if said else {}),
        **({"thoughtsTokenCount": thought} if thought else {}),
    }


def _thought(request: WireRequest, play: Play | None) -> int:
    """A model that is asked to think little thinks a little all the same; one that is asked for none does not."""
    if play is Play.THOUGHT_OUT:
        return int(request.config["maxOutputTokens"])
    return 40 if request.config.get("thinkingConfig", {}).get("thinkingLevel") == "LOW" else 0
