"""The talk card on one sheet of A4, as HTML or as PDF."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from coach.domain.content import Content
from coach.report import page, picture
from coach.report.labels import Labels
from coach.usecases.spoken import spoken_date
from coach.usecases.talk_card import Card


@dataclass(frozen=True)
class Client:
    """Whose card it is, and who made it when."""

    title: str
    organisation: str
    adviser: str
    made: date


def html(
    card: Card, client: Client, content: Content, labels: Labels, links: Mapping[str, str]
) -> str:
    return _render(card, client, content, labels, links, paper=False)


def pdf(card: Card, client: Client, content: Content, labels: Labels) -> bytes:
    """NoPdf where that cannot be made. Takes about a second."""
    return page.to_pdf(_render(card, client, content, labels, {}, paper=True))


def _render(
    card: Card,
    client: Client,
    content: Content,
    labels: Labels,
    links: Mapping[str, str],
    *,
    paper: bool,
) -> str:
    return page.render(
        "card.html.j2",
        card=card,
        client=client,
        place_name=labels.place(card.here.position),
        picture=picture.of(card.here.position, labels, card.travelled, paper=paper),
        links=links,
        day=lambda on: spoken_date(on, content),
        listed=labels.listed,
    )
