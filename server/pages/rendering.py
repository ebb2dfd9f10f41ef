"""Pages for people without a key, as HTML: everything that comes from elsewhere is escaped on its way into them."""

import hashlib
from collections.abc import Mapping
from functools import cache, partial
from importlib import resources
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from vigint_core import texts

_HERE: Final = Path(__file__).parent
MEDIA_TYPES: Final[Mapping[str, str]] = {
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
"""What pages load besides themselves, all of it from this server."""
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "media-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
        )
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Of every answer below ``/l/``: nothing from elsewhere, nothing kept, nothing told to others."""


@cache
def asset(name: str) -> bytes:
    """One of ``MEDIA_TYPES``."""
    if name == "icon.svg":
        return resources.files("resources").joinpath("icons", "vigint.svg").read_bytes()
    return (_HERE / "static" / name).read_bytes()


def render(template: str, language: texts.Language, **values: object) -> str:
    """A page in a language. ``t`` in a template is a sentence of the catalogue, ``v`` the version of an asset."""
    sentence = partial(texts.sentence, language)
    return _environment().get_template(template).render(t=sentence, v=_version, language=language, **values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def _version(name: str) -> str:
    """Changes when an asset does, so that no browser shows a page with an older one."""
    return hashlib.sha256(asset(name)).hexdigest()[:12]
