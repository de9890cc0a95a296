"""The report of a group for its meeting, as HTML or as PDF."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from coach.domain.content import Content
from coach.report import page, picture
from coach.report.labels import Labels
from coach.usecases.spoken import spoken_date
from coach.usecases.team_report import TeamReport


@dataclass(frozen=True)
class Team:
    """Whose report it is, and of which round."""

    name: str
    organisation: str
    round: int
    closed: date
    size: int
    """Of the view: how many people it was made of."""
    made: date


def html(
    report: TeamReport, team: Team, content: Content, labels: Labels, links: Mapping[str, str]
) -> str:
    return _render(report, team, content, labels, links, paper=False)


def pdf(report: TeamReport, team: Team, content: Content, labels: Labels) -> bytes:
    """NoPdf where that cannot be made. Takes about a second."""
    return page.to_pdf(_render(report, team, content, labels, {}, paper=True))


def _render(
    report: TeamReport,
    team: Team,
    content: Content,
    labels: Labels,
    links: Mapping[str, str],
    *,
    paper: bool,
) -> str:
    return page.render(
        "team.html.j2",
        report=report,
        team=team,
        place_name=labels.place(report.place.position),
        picture=picture.of(report.place.position, labels, paper=paper),
        reference=content.reference,
        links=links,
        day=lambda on: spoken_date(on, content),
    )
