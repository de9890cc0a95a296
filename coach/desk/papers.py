"""Pages and files that leave the desk: their headers, and a name that every machine can keep."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from starlette.responses import Response

from coach.desk.pages import HEADERS
from coach.desk.visit import Visit
from coach.report import page
from coach.report.page import NoPdf

PAPER_HEADERS = {
    **HEADERS,
    "content-security-policy": f"default-src 'none'; style-src {page.style_source()}; img-src data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}
LONGEST_NAME = 60


def download(body: bytes | str, media: str, name: str, kind: str) -> Response:
    """A file to keep."""
    headers = {
        **HEADERS,
        "x-content-type-options": "nosniff",
        "content-disposition": f'attachment; filename="{file_name(name)}.{kind}"',
    }
    return Response(body, media_type=media, headers=headers)


def on_paper(visit: Visit, name: str, pdf: Callable[[], bytes]) -> Response:
    """A sheet as PDF to keep, or a page that says that this machine cannot make one."""
    try:
        body = pdf()
    except NoPdf:
        return visit.page("refused", 503, why="no_pdf")
    return download(body, "application/pdf", name, "pdf")


def file_name(name: str) -> str:
    """Small letters, digits and dashes of a name; never empty, and no path."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_NAME].strip("-") or "padwijzer"
