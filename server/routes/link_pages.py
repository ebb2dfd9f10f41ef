"""``/l/{token}``: the page behind a link, for whoever has it, and what belongs to the page. No key, no login.

None of it stands in the OpenAPI document, because it is no API. Every answer carries ``rendering.HEADERS``; every
refusal is a page in plain words.
"""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from server.db.tables import FileKind
from server.logs import journal
from server.pages.link_page import Notice, link_page, notice_page
from server.pages.rendering import HEADERS, MEDIA_TYPES, asset
from server.routes import ranges
from server.routes.given import GivenParts
from server.services.link_pages import language_of
from server.services.links import ClosedLink, OpenLink
from server.services.parts import Parts
from vigint_core.domain.fault import Code, VigintError
from vigint_core.texts import Language

_HTML: Final = "text/html; charset=utf-8"
_FOR_A_DAY: Final = "public, max-age=86400"
_SAME: Final = frozenset({"same-origin", "none"})
_log = journal(__name__)


class _PageRoute(APIRoute):
    """A route for people: what fails, foreseen or not, is told as a page, and every answer has the page's headers."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with headers and words around it."""
        answer = super().get_route_handler()

        async def in_words(request: Request) -> Response:
            try:
                response = await answer(request)
            except VigintError as error:
                gone = error.code is Code.REQUEST_NOT_FOUND
                (_log.info if gone else _log.error)("page not shown", code=error.code, detail=error.detail)
                response = _notice("ended.erased" if gone else "trouble", _asked_language(request))
            except HTTPException:
                raise
            except Exception as error:  # noqa: BLE001 - the outermost frame of a page
                _log.error("unforeseen error", method=request.method, route=self.path, exc_info=error)
                response = _notice("trouble", _asked_language(request))
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return in_words


router = APIRouter(prefix="/l", route_class=_PageRoute, include_in_schema=False)


def _asset_route(name: str) -> None:
    def read_asset() -> Response:
        return Response(asset(name), media_type=MEDIA_TYPES[name], headers={"Cache-Control": _FOR_A_DAY})

    router.add_api_route(f"/{name}", read_asset, methods=["GET", "HEAD"])


for _name in MEDIA_TYPES:
    _asset_route(_name)


@router.api_route("/{token}", methods=["GET", "HEAD"])
def show_page(token: str, request: Request, parts: GivenParts) -> Response:
    """The page, counted as fetched; ``HEAD`` is not counted at all."""
    link = parts.links.read(token)
    if not isinstance(link, OpenLink):
        return _closed(link, request)
    page = link_page(parts.link_pages.shown(link, token))
    if request.method == "GET":
        parts.links.note_fetch(link)
    return Response(page, media_type=_HTML)


@router.api_route("/{token}/clip", methods=["GET", "HEAD"])
def read_clip(token: str, request: Request, parts: GivenParts) -> Response:
    """The alert clip, or the range of it that is asked for."""
    return _file(token, request, parts, FileKind.ALERT)


@router.api_route("/{token}/still", methods=["GET", "HEAD"])
def read_still(token: str, request: Request, parts: GivenParts) -> Response:
    """The picture of the incident."""
    return _file(token, request, parts, FileKind.STILL)


@router.post("/{token}/opened")
def note_opening(token: str, request: Request, parts: GivenParts) -> Response:
    """The page's script tells that somebody plays the clip, or stays."""
    link = _pressed(token, request, parts)
    if isinstance(link, Response):
        return link
    parts.links.note_opening(link)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/{token}/seen")
def say_seen(token: str, request: Request, parts: GivenParts) -> Response:
    """The button "Seen": somebody knows of it."""
    return _say(token, request, parts, parts.link_pages.seen)


@router.post("/{token}/false-alarm")
def say_false_alarm(token: str, request: Request, parts: GivenParts) -> Response:
    """The button "False alarm"."""
    return _say(token, request, parts, parts.link_pages.false_alarm)


def _file(token: str, request: Request, parts: Parts, kind: FileKind) -> Response:
    link = parts.links.read(token)
    if not isinstance(link, OpenLink):
        return _closed(link, request)
    entry = parts.files.find(link.tenant, link.entry.incident_id, kind)
    if entry is None:
        return Response(status_code=HTTPStatus.NOT_FOUND)
    response = ranges.answer(request, parts.files.open(link.tenant, entry.id))
    response.headers["Cache-Control"] = HEADERS["Cache-Control"]
    return response


def _say(token: str, request: Request, parts: Parts, say: Callable[[OpenLink], None]) -> Response:
    link = _pressed(token, request, parts)
    if isinstance(link, Response):
        return link
    language = language_of(link.owner.language)
    if not link.may_review:
        return _notice("view_refused", language)
    say(link)
    parts.links.note_opening(link)
    return Response(status_code=HTTPStatus.SEE_OTHER, headers={"Location": f"../{token}#review"})


def _pressed(token: str, request: Request, parts: Parts) -> OpenLink | Response:
    """The good link whose page sent this, or why nothing is done."""
    link = parts.links.read(token)
    if not isinstance(link, OpenLink):
        return _closed(link, request)
    if not _from_our_page(request, parts.config.vigint_public_url):
        return _notice("refused", language_of(link.owner.language))
    return link


def _from_our_page(request: Request, public_url: str) -> bool:
    """Whether a page of ours sent the form, as far as the browser tells.

    Over plain HTTP browsers leave out ``Sec-Fetch-Site``, and without a referrer ``Origin`` is ``null``: then nothing
    speaks against it, and the token in the address, which no other page knows, is what protects.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in _SAME
    origin = request.headers.get("Origin", "null")
    ours = {request.headers.get("Host", ""), urlsplit(public_url).netloc}
    return origin == "null" or urlsplit(origin).netloc in ours


def _closed(link: ClosedLink | None, request: Request) -> Response:
    if link is None:
        return _notice("unknown", _asked_language(request))
    language = _asked_language(request) if link.owner is None else language_of(link.owner.language)
    return _notice(_ENDED[link.why], language)


_ENDED: Final[dict[str, Notice]] = {"ended": "ended.ended", "revoked": "ended.revoked", "erased": "ended.erased"}
_STATUS: Final[dict[Notice, HTTPStatus]] = {
    "ended.ended": HTTPStatus.GONE,
    "ended.revoked": HTTPStatus.GONE,
    "ended.erased": HTTPStatus.GONE,
    "unknown": HTTPStatus.NOT_FOUND,
    "trouble": HTTPStatus.SERVICE_UNAVAILABLE,
    "refused": HTTPStatus.FORBIDDEN,
    "view_refused": HTTPStatus.FORBIDDEN,
}


def _notice(notice: Notice, language: Language) -> Response:
    return Response(notice_page(notice, language), _STATUS[notice], media_type=_HTML)


def _asked_language(request: Request) -> Language:
    """What the browser asks for first, where we know of no client."""
    return language_of(request.headers.get("Accept-Language", "").strip())
