"""One form over one talk: what the page shows of it, and what became of what was filled in. Who may is asked before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.channels.form import checks
from bot.channels.form.page import FormPage, Frame, Shown
from bot.channels.pictures import Pictures, local
from bot.channels.sessions import new_id
from bot.turns import form
from bot.turns.worker import Turns
from coach.domain.interview import Interview
from coach.domain.rounds import Round
from coach.store.turn import Talk
from coach.usecases.form import FormTalk, Sheet, Taken
from coach.usecases.side import standing_of

TO_OTHERS, TO_INVITED = ("utter_ask_consent", 2), ("utter_ask_consent_invited", 1)
"""What is said of privacy, in the wording that does not speak of what went before."""
BESIDE = {"invitation", "told"}
"""What may be shown beside the result."""


@dataclass(frozen=True)
class Outcome:
    """What became of a form: shown again with a status and what is wrong, or taken in."""

    sheet: Sheet
    status: int = 200
    more: Mapping[str, Any] = field(default_factory=dict)
    taken: Taken | None = None
    is_new: bool = False

    @property
    def where(self) -> str:
        """The part of the page that comes next."""
        missing = self.taken.missing if self.taken else ()
        if not missing:
            return "#resultaat"
        return "#vervolg" if missing[0].ring else "#vragen"


def interview_of(state: Mapping[str, Any]) -> Interview | None:
    return standing_of(state.get("slots", {})).interview


class Filling:
    def __init__(self, turns: Turns, talk: FormTalk, pictures: Pictures) -> None:
        self._turns, self._talk, self._pictures = turns, talk, pictures
        self.page = FormPage(talk)

    def sheet(self, state: Mapping[str, Any]) -> Sheet:
        """The form as it stands in a talk."""
        return self._talk.sheet_of(interview_of(state), form.left_in(state))

    def take(self, state: Mapping[str, Any], sheet: Sheet, *, later: bool = False) -> Outcome:
        """What a form gives; `later`: what is not filled in yet is no mistake."""
        before = interview_of(state)
        sheet = self._talk.invited(sheet, before)
        if sheet.version != self._talk.version_for(before):
            return Outcome(sheet, 422, {"notice": "renewed"})
        alarm = checks.alarm(sheet, self._turns.answering.alarm)
        if alarm:
            return Outcome(alarm.sheet, more={"alarm": alarm.sentence})
        checked = checks.check(self._talk, sheet, before)
        if later:
            checked = _so_far(self._talk, checked, sheet, before)
        if checked.errors:
            return Outcome(checked.sheet, 422, {"errors": checked.errors})
        assert checked.taken is not None
        left = checked.taken.unused != form.left_in(state)
        is_new = self._talk.is_new(checked.taken.interview, before) or (later and left)
        return Outcome(checked.sheet, taken=checked.taken, is_new=is_new)

    async def html(
        self, talk: Talk | None, sheet: Sheet, token: str, frame: Frame, **more: Any
    ) -> str:
        """The page of a sheet; `more` is what there is to say about it."""
        state = talk.state if talk else {}
        if sheet.version not in self._talk.content.questionnaires:
            sheet = replace(sheet, version=self._talk.content.current)
        now = standing_of(state.get("slots", {}))
        invited = bool(now.interview and now.interview.invited)
        shown = Shown(token, new_id(), frame, invited=invited, **more)
        if talk and now.interview and not more.keys() - BESIDE:
            talking = now.coaching is not None
            result = await self._result(talk, now.interview, now.rounds)
            shown = replace(shown, talking=talking, **result)
        privacy = self._turns.answering.sentence(*(TO_INVITED if invited else TO_OTHERS))
        return self.page.render(sheet, checks.ring_of(self._talk, sheet), privacy, shown)

    async def _result(
        self, talk: Talk, interview: Interview, rounds: Sequence[Round]
    ) -> dict[str, Any]:
        if interview.version not in self._talk.content.questionnaires:
            return {}
        told = await self._turns.answering.tell(
            talk.id, talk.state, self._talk.result(interview, rounds)
        )
        image = next((reply["image"] for reply in told if "image" in reply), None)
        said = [
            {"text": r.get("text"), "image": local(r["image"]) if "image" in r else None}
            for r in told
        ]
        alt = self._pictures.describe(image) if image else ""
        return {"said": said, "alt": alt, "placed": image is not None}


def _so_far(
    talk: FormTalk, checked: checks.Checked, sheet: Sheet, before: Interview | None
) -> checks.Checked:
    """The sheet as it was filled in, without a guess at what its words mean; only a too long text is wrong."""
    errors = {id_: code for id_, code in checked.errors.items() if code == "long"}
    known = {q.id for q in talk.content.questionnaires[sheet.version].items}
    sheet = replace(sheet, answers={k: f for k, f in sheet.answers.items() if k in known})
    return checks.Checked(sheet, errors, talk.take(sheet, before))
