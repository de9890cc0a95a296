"""The picture of the path as it stands in a page: as it is drawn, or as an image for a PDF."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from markupsafe import Markup

from coach.domain.path import Position
from coach.report import figure, page
from coach.report.labels import Labels


def of(
    here: Position | None, labels: Labels, travelled: Sequence[Position] = (), *, paper: bool
) -> Markup:
    """Drawn by us, and it holds no words of users."""
    svg = figure.draw(here, labels, travelled)
    if not paper:
        return Markup(svg)  # noqa: S704
    image = base64.b64encode(figure.to_png(svg, page.PICTURE_PIXELS)).decode()
    alt = figure.describe(here, labels, travelled)
    return Markup(page.fragment("picture.html.j2", image=image, alt=alt))  # noqa: S704
