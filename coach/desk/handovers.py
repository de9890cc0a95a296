"""Who waits for a person, and the page on which an adviser reads, answers and gives back."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from coach.desk.visit import Gate, Visit, see_other
from coach.domain.checkin import AMSTERDAM
from coach.domain.errors import CoachError
from coach.domain.handover import Reason, State, answer_by
from coach.settings import Settings
from coach.store.advisers import Advisers
from coach.store.handovers import AtDesk, Handovers
from coach.store.turn import Waiting

Bring = Callable[[Waiting], None]
"""What the service does with a message of the desk that is in the inbox: bring it into its talk."""
HERE = "/desk/overdrachten"
A_PAGE = 20
MOST_TEXT = 4_000
MOST_ID = 40
CONFLICT = 409


def no_service(_: Waiting) -> None:
    """Where no talks run: the message stays in the inbox for a copy that has them."""


class HandoverPages:
    def __init__(
        self, handovers: Handovers, advisers: Advisers, settings: Settings, bring: Bring
    ) -> None:
        self._handovers, self._advisers, self._bring = handovers, advisers, bring
        self._hours, self._mails = settings.hours, bool(settings.mail.host)

    def routes(self, gate: Gate) -> list[Route]:
        one = f"{HERE}/{{handover}}"
        return [
            gate.route(HERE, self.inbox),
            gate.route(one, self.show),
            gate.route(f"{one}/aannemen", self.take, method="POST"),
            gate.route(f"{one}/terugleggen", self.release, method="POST"),
            gate.route(f"{one}/antwoord", self.answer, method="POST"),
            gate.route(f"{one}/teruggeven", self.give_back, method="POST"),
        ]

    def inbox(self, visit: Visit) -> Response:
        state = next((s for s in State if s == visit.query.get("staat")), State.NEW)
        number = visit.query.get("pagina", "1")
        page = max(1, int(number)) if number.isdecimal() and len(number) < 6 else 1
        found = self._handovers.listed(visit.adviser, state, A_PAGE + 1, (page - 1) * A_PAGE)
        return visit.page(
            "handovers",
            state=state,
            counts=self._handovers.counts(visit.adviser),
            rows=[self._row(one, visit.at) for one in found[:A_PAGE]],
            page=page,
            more=len(found) > A_PAGE,
            mail_fails=self._mails and self._handovers.mail_fails(visit.at),
            refresh=True,
        )

    def show(self, visit: Visit) -> Response:
        return self._show(visit)

    def take(self, visit: Visit) -> Response:
        seen = visit.form.get("van") or None
        key = visit.ids["handover"]
        return self._do(
            visit,
            "handover_taken",
            lambda: self._handovers.take(key, visit.adviser.id, seen, visit.at),
        )

    def release(self, visit: Visit) -> Response:
        key, mine = visit.ids["handover"], visit.adviser.id
        return self._do(visit, "handover_released", lambda: self._handovers.release(key, mine))

    def answer(self, visit: Visit) -> Response:
        text = visit.form.get("antwoord", "").replace("\r\n", "\n")
        if not text or len(text) > MOST_TEXT:
            return self._show(visit, 422, wrong="long" if text else "empty", text=text)

        def send() -> bool:
            key, form = visit.ids["handover"], _form(visit)
            message = self._handovers.say(key, visit.adviser, text, form, visit.at)
            self._bring(message)
            return message.fresh

        return self._do(visit, "handover_answered", send, text)

    def give_back(self, visit: Visit) -> Response:
        def send() -> bool:
            key, form = visit.ids["handover"], _form(visit)
            message = self._handovers.give_back(key, visit.adviser, form, visit.at)
            self._bring(message)
            return message.fresh

        return self._do(visit, "handover_given_back", send)

    def _do(
        self, visit: Visit, what: str, done: Callable[[], bool | None], text: str = ""
    ) -> Response:
        """Do it, put it on record, and show the page; what somebody else did first is told, and no word is lost."""
        try:
            new = done()
        except CoachError:
            return self._show(visit, CONFLICT, wrong="taken", text=text)
        if new is not False:  # a form that was sent twice counts once
            self._advisers.note(visit.adviser.id, what, visit.ids["handover"], visit.at)
        return see_other(f"{HERE}/{visit.ids['handover']}")

    def _show(
        self, visit: Visit, status: int = 200, *, wrong: str = "", text: str = ""
    ) -> Response:
        found = self._handovers.get(visit.ids["handover"])
        assert found is not None  # the gate looked
        return visit.page(
            "handover",
            status,
            one=self._row(found, visit.at),
            lines=[
                {"by": r.by, "text": r.text, "at": local(r.at)}
                for r in self._handovers.lines(found.id)
            ],
            underway=[
                {"text": r.text, "failed": r.status == "failed"}
                for r in self._handovers.on_their_way(found)
            ],
            mine=found.state is State.BUSY and found.adviser == visit.adviser.id,
            form=secrets.token_hex(12),
            wrong=wrong,
            text=text,
            most=MOST_TEXT,
        )

    def _row(self, found: AtDesk, at: datetime) -> Mapping[str, Any]:
        until = answer_by(found.asked_at, self._hours)
        return {
            "it": found,
            "number": found.id[:4].upper(),
            "asked": local(found.asked_at),
            "done": local(found.done_at) if found.done_at else None,
            "until": local(until),
            "late": found.state is State.NEW and until < at,
            "waits": max(0, int((at - found.asked_at).total_seconds() // 60)),
            "distress": found.reason == Reason.DISTRESS,
        }


def local(moment: datetime) -> datetime:
    """A time of the store as it is in the Netherlands."""
    return moment.replace(tzinfo=UTC).astimezone(AMSTERDAM)


def _form(visit: Visit) -> str:
    """What the form was numbered with when its page was made: sent twice, it counts once."""
    return visit.form.get("nummer", "")[:MOST_ID] or secrets.token_hex(12)
