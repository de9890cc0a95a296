"""Talks that an adviser holds with or for a client: the list, starting one, its note, closing and erasing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.responses import Response
from starlette.routing import Route

from coach.desk.talking import Talking
from coach.desk.visit import Gate, Visit, see_other
from coach.domain.checkin import AMSTERDAM
from coach.domain.content import Content
from coach.report.labels import Labels
from coach.store.advisers import Advisers
from coach.store.client_talks import ClientTalks
from coach.store.organisations import Organisations
from coach.usecases.client_talks import ClientTalk, opening

MOST_TITLE, MOST_NOTE = 120, 4_000
A_PAGE = 30


@dataclass(frozen=True)
class Begun:
    """The form that starts a talk, as it was filled in."""

    organisation: str = ""
    title: str = ""
    note: str = ""
    known: bool = False

    @classmethod
    def of(cls, visit: Visit) -> Begun:
        given = visit.form.get
        return cls(
            given("organisatie", ""),
            " ".join(given("titel", "").split()),
            given("notitie", "").replace("\r\n", "\n"),
            given("weet", "") == "ja",
        )

    def wrong(self, known: set[str]) -> set[str]:
        found = set()
        if self.organisation not in known:
            found.add("organisatie")
        if not 0 < len(self.title) <= MOST_TITLE or "\x00" in self.title:
            found.add("titel")
        if _is_bad_note(self.note):
            found.add("notitie")
        return found


class ClientPages:
    def __init__(
        self,
        kept: ClientTalks,
        organisations: Organisations,
        advisers: Advisers,
        content: Content,
        talking: Talking,
    ) -> None:
        self._kept, self._organisations, self._advisers = kept, organisations, advisers
        self._content, self._talking = content, talking
        self._labels = Labels.of(content.figure)

    def routes(self, gate: Gate) -> list[Route]:
        return [
            gate.route("/desk/gesprekken", self.list),
            gate.route("/desk/gesprekken", self.begin, method="POST"),
            gate.route("/desk/gesprekken/{talk}", self.show),
            gate.route("/desk/gesprekken/{talk}", self.note, method="POST"),
            gate.route("/desk/gesprekken/{talk}/sluiten", self.close, method="POST"),
            gate.route("/desk/gesprekken/{talk}/openen", self.reopen, method="POST"),
            gate.route("/desk/gesprekken/{talk}/wissen", self.erase, method="POST"),
        ]

    def list(self, visit: Visit) -> Response:
        return self._list(visit, Begun(visit.query.get("organisatie", "")))

    def _list(
        self, visit: Visit, begun: Begun, wrong: frozenset[str] = frozenset(), status: int = 200
    ) -> Response:
        closed = visit.query.get("toon") == "dicht"
        number = visit.query.get("bladzijde", "")
        page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
        skip = max(0, page - 1) * A_PAGE
        found = self._kept.of(visit.adviser, closed=closed, skip=skip, most=A_PAGE)
        other = self._kept.count(visit.adviser, closed=not closed)
        total = self._kept.count(visit.adviser, closed=closed)
        return visit.page(
            "clients",
            status,
            talks=found,
            closed=closed,
            numbers={closed: total, not closed: other},
            number=max(1, page),
            more=total > skip + A_PAGE,
            organisations=self._organisations.of(visit.adviser),
            begun=begun,
            wrong=wrong,
            gone="gewist" in visit.query,
            labels=self._labels,
            told=told,
        )

    def begin(self, visit: Visit) -> Response:
        begun = Begun.of(visit)
        mine = {organisation.id for organisation in self._organisations.of(visit.adviser)}
        wrong = begun.wrong(mine)
        if wrong:
            return self._list(visit, begun, frozenset(wrong), 422)
        message = self._kept.begin(
            begun.organisation,
            visit.adviser.id,
            begun.title,
            begun.note,
            opening(self._content.current, known=begun.known),
            visit.at,
        )
        self._note(visit, "client_talk_begun", message.talk, begun.organisation)
        self._talking.hold(message)
        return see_other(f"/desk/gesprekken/{message.talk}/praten")

    def show(self, visit: Visit) -> Response:
        return self._show(visit, self._talk(visit))

    def _show(self, visit: Visit, talk: ClientTalk, status: int = 200, **more: object) -> Response:
        given = {"wrong": "", "note": talk.note, "title": talk.title, **more}
        return visit.page(
            "client", status, talk=talk, labels=self._labels, told=told, tab="gesprek", **given
        )

    def note(self, visit: Visit) -> Response:
        """What the adviser wrote for themselves; the client's own answers stand apart."""
        talk = self._talk(visit)
        note = visit.form.get("notitie", "").replace("\r\n", "\n")
        title = " ".join(visit.form.get("titel", talk.title).split())
        bad_title = not 0 < len(title) <= MOST_TITLE or "\x00" in title
        if bad_title or _is_bad_note(note):
            wrong = "titel" if bad_title else "notitie"
            return self._show(visit, talk, 422, wrong=wrong, note=note, title=title)
        self._kept.change(talk.talk, visit.at, note=note, title=title)
        self._note(visit, "client_talk_noted", talk.talk, talk.organisation)
        back = "/praten#notitie" if visit.form.get("terug") == "praten" else "#notitie-deel"
        return see_other(f"/desk/gesprekken/{talk.talk}{back}")

    def close(self, visit: Visit) -> Response:
        talk = self._talk(visit)
        self._kept.change(talk.talk, visit.at, closed_at=visit.at)
        self._note(visit, "client_talk_closed", talk.talk, talk.organisation)
        return see_other("/desk/gesprekken")

    def reopen(self, visit: Visit) -> Response:
        talk = self._talk(visit)
        self._kept.change(talk.talk, visit.at, closed_at=None)
        self._note(visit, "client_talk_reopened", talk.talk, talk.organisation)
        return see_other(f"/desk/gesprekken/{talk.talk}")

    def erase(self, visit: Visit) -> Response:
        talk = self._talk(visit)
        if visit.form.get("zeker") != "ja":
            return self._show(visit, talk, 422, wrong="zeker")
        self._talking.erase(talk.talk)
        self._note(visit, "client_talk_erased", talk.talk, talk.organisation)
        return see_other("/desk/gesprekken?gewist=ja")

    def _talk(self, visit: Visit) -> ClientTalk:
        found = self._kept.get(visit.ids["talk"])
        assert found is not None  # the gate looked
        return found

    def _note(self, visit: Visit, what: str, talk: str, organisation: str) -> None:
        self._advisers.note(visit.adviser.id, what, talk, visit.at, organisation)


def told(moment: datetime) -> str:
    """A moment as people here say it."""
    return f"{moment.replace(tzinfo=UTC).astimezone(AMSTERDAM):%d-%m-%Y %H.%M}"


def _is_bad_note(note: str) -> bool:
    return len(note) > MOST_NOTE or "\x00" in note
