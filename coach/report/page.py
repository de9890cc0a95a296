"""Pages to read, print and keep: the plan on one sheet of A4, as HTML or as PDF.

The HTML needs nothing but itself: its style and picture are in it, so that a saved copy stays whole.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from coach.domain.errors import CoachError
from coach.report import figure
from coach.report.labels import Labels
from coach.usecases.sheet import Sheet

if TYPE_CHECKING:
    from jinja2 import Template

_HERE = Path(__file__).parent
_FONTS = _HERE / "fonts"
PICTURE_PIXELS = 1_200


class NoPdf(CoachError):
    """This machine cannot make a PDF: Pango is missing."""


def plan_html(sheet: Sheet, labels: Labels, made: str, links: Mapping[str, str]) -> str:
    """The page; `made` is a date as people say it, `links` the addresses of the same as `pdf` and `ics`."""
    picture = figure.draw(sheet.place.position, labels, sheet.travelled, sheet.earlier)
    return _plan(sheet, labels, made, picture, links)


def plan_pdf(sheet: Sheet, labels: Labels, made: str) -> bytes:
    """The page as PDF; NoPdf where that cannot be made. Takes about a second."""
    svg = figure.draw(sheet.place.position, labels, sheet.travelled, sheet.earlier)
    image = base64.b64encode(figure.to_png(svg, PICTURE_PIXELS)).decode()
    alt = figure.describe(sheet.place.position, labels, sheet.travelled, sheet.earlier)
    picture = fragment("picture.html.j2", image=image, alt=alt)
    return to_pdf(_plan(sheet, labels, made, picture, {}))


def to_pdf(html: str) -> bytes:
    """A page of ours as PDF. It can fetch nothing but our own fonts: there may be anything in people's words."""
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
    except OSError as error:
        raise NoPdf("the library Pango is not installed") from error
    fonts = FontConfiguration()
    faces = CSS(string=_faces(), font_config=fonts, url_fetcher=_only_ours)
    document = HTML(string=html, url_fetcher=_only_ours)
    return bytes(document.write_pdf(stylesheets=[faces], font_config=fonts, pdf_variant="pdf/ua-1"))


@cache
def style() -> str:
    return (_HERE / "paper.css").read_text(encoding="utf-8")


@cache
def style_source() -> str:
    """Our style as a content security policy names it: no other may be used on the page."""
    digest = hashlib.sha256(style().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def render(template: str, **given: Any) -> str:
    """A template of this room with the common style."""
    from markupsafe import Markup

    return _fragment(template).render(style=Markup(style()), **given)  # noqa: S704  our own file


def fragment(template: str, **given: Any) -> str:
    """A part of a page, without the style."""
    return _fragment(template).render(**given)


def _plan(sheet: Sheet, labels: Labels, made: str, picture: str, links: Mapping[str, str]) -> str:
    from markupsafe import Markup

    return render(
        "plan.html.j2",
        sheet=sheet,
        place_name=labels.place(sheet.place.position),
        made=made,
        picture=Markup(picture),  # noqa: S704  drawn by us; holds no words of users
        links=links,
    )


def _only_ours(url: str, *_: Any, **__: Any) -> Any:
    """What WeasyPrint may open: the fonts beside this file and images that stand in the page itself."""
    from weasyprint import default_url_fetcher

    here = _FONTS.resolve().as_uri()
    if urlsplit(url).scheme == "data" or (url.startswith(here) and ".." not in url):
        return default_url_fetcher(url)
    raise ValueError("a page may fetch nothing from elsewhere")


def _faces() -> str:
    return "\n".join(
        f'@font-face {{ font-family: "Atkinson Hyperlegible"; font-weight: {weight}; '
        f'src: url("{(_FONTS / f"AtkinsonHyperlegible-{name}.ttf").resolve().as_uri()}"); }}'
        for name, weight in (("Regular", 400), ("Bold", 700))
    )


@cache
def _fragment(name: str) -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
