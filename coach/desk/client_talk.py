"""Holding a talk with a client: as a chat, or as a form; both are views of one talk."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from coach.desk.pages import HEADERS
from coach.desk.talking import Talking
from coach.desk.visit import Gate, Visit, see_other
from coach.domain.errors import CoachError
from coach.domain.path import POSITIONS, Position
from coach.report import figure
from coach.report.labels import Labels
from coach.store.client_talks import ClientTalks
from coach.store.ledger import Ledger
from coach.store.turn import Line
from coach.usecases.client_talks import ClientTalk

A_PAGE = 40
"""Lines of the talk on one page."""
MOST_TYPED = 2_000


@dataclass(frozen=True)
class Said:
    """One line of the talk as the page shows it."""

    n: int
    mine: bool
    text: str
    picture: str = ""
    alt: str = ""


class ClientTalkPages:
    def __init__(self, kept: ClientTalks, ledger: Ledger, talking: Talking, labels: Labels) -> None:
        self._kept, self._ledger, self._talking = kept, ledger, talking
        self._labels = labels

    def routes(self, gate: Gate) -> list[Route]:
        here = "/desk/gesprekken/{talk}"
        return [
            gate.route(f"{here}/praten", self.chat),
            gate.route(f"{here}/praten", self.say, method="POST"),
            gate.route(f"{here}/formulier", self.form),
            gate.route(f"{here}/formulier", self.fill, method="POST"),
            gate.route(f"{here}/formulier/verder", self.go_on, method="POST"),
        ]

    # --- as a chat ---

    def chat(self, visit: Visit) -> Response:
        return self._chat(visit, self._talk(visit))

    def _chat(self, visit: Visit, talk: ClientTalk, status: int = 200, **more: str) -> Response:
        now = self._ledger.load(talk.talk)
        lines = self._ledger.lines(talk.talk)
        until = visit.query.get("tot", "")
        last = int(until) if until.isascii() and until.isdigit() and len(until) < 9 else None
        shown = [line for line in lines if last is None or line.n < last]
        part = shown[-A_PAGE:]
        latest = max((line.n for line in part if line.by_user), default=0)
        return visit.page(
            "client_chat",
            status,
            talk=talk,
            tab="praten",
            lines=self._said(part),
            latest=latest,
            earlier=part[0].n if len(shown) > len(part) else 0,
            is_past=last is not None,
            choices=[] if last is not None else _choices(lines, now.offered),
            id=secrets.token_urlsafe(12),
            most=MOST_TYPED,
            labels=self._labels,
            **{"wrong": "", "typed": "", **more},
        )

    def say(self, visit: Visit) -> Response:
        talk = self._talk(visit)
        typed, payload = visit.form.get("tekst", ""), visit.form.get("knop")
        if not talk.is_open:
            return self._chat(visit, talk, 409, wrong="closed", typed=typed)
        if payload is None and not typed:
            return self._chat(visit, talk, 422, wrong="empty")
        if payload is None and len(typed) > MOST_TYPED:
            return self._chat(visit, talk, 422, wrong="long", typed=typed)
        title = self._ledger.load(talk.talk).offered.get(payload or "", "")
        text = typed if payload is None else title
        if not self._talking.say(talk.talk, visit.form.get("id", ""), text, payload):
            return self._chat(visit, talk, 503, wrong="later", typed=typed)
        if self._kept.get(talk.talk) is None:  # erased, because that is what was said
            return see_other("/desk/gesprekken?gewist=ja")
        return see_other(f"/desk/gesprekken/{talk.talk}/praten#laatste")

    def _said(self, lines: Sequence[Line]) -> list[Said]:
        return [said for line in lines if (said := self._line(line)).text or said.picture]

    def _line(self, line: Line) -> Said:
        image = str(line.message.get("image", ""))
        position = _position(image) if image else None
        if position is None:
            return Said(line.n, line.by_user, line.text)
        travelled = POSITIONS[: POSITIONS.index(position)]
        alt = figure.describe(position, self._labels, travelled)
        return Said(line.n, line.by_user, line.text, f"/figuur/{position.id}.svg", alt)

    # --- as a form ---

    def form(self, visit: Visit) -> Response:
        talk = self._talk(visit)
        if not talk.is_open:
            return see_other(self._base(talk))
        html = self._talking.show(talk.talk, self._base(talk), talk.title, visit.csrf)
        return HTMLResponse(html, headers=HEADERS)

    def fill(self, visit: Visit) -> Response:
        talk, base = self._talk(visit), self._base(self._talk(visit))
        if not talk.is_open:
            return see_other(base)
        status, found = self._talking.fill(talk.talk, visit.form, base, talk.title, visit.csrf)
        if status != 303:
            return HTMLResponse(found, status, headers=HEADERS)
        return see_other(base if "later" in visit.form else f"{base}/formulier{found}")

    def go_on(self, visit: Visit) -> Response:
        talk = self._talk(visit)
        if talk.is_open:
            self._talking.go_on(talk.talk, visit.form.get("id", ""))
        return see_other(f"{self._base(talk)}/praten#laatste")

    @staticmethod
    def _base(talk: ClientTalk) -> str:
        return f"/desk/gesprekken/{talk.talk}"

    def _talk(self, visit: Visit) -> ClientTalk:
        found = self._kept.get(visit.ids["talk"])
        assert found is not None  # the gate looked
        return found


def _choices(lines: Sequence[Line], offered: Mapping[str, str]) -> list[tuple[str, str]]:
    """The buttons of what was said last: one of an earlier question stays on offer, but answers nothing now."""
    said = next((n for n, line in enumerate(reversed(lines)) if line.by_user), len(lines))
    latest = lines[len(lines) - said :]
    shown = {b.get("payload") for line in latest for b in line.message.get("buttons", ())}
    return [(payload, title) for payload, title in offered.items() if payload in shown]


def _position(image: str) -> Position | None:
    name = image.rpartition("/")[2].rpartition(".")[0]
    try:
        return Position.from_id(name)
    except (CoachError, ValueError):
        return None
