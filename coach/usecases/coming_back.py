"""Coming back to a talk after a while: where it was, and the offer to go on. Nothing is started over unasked.

A message that answers the open question counts, whenever it comes; a bare greeting is met with the offer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from coach.domain.coaching import DAYS, Stage
from coach.domain.content import Content
from coach.domain.followup import DAYS as FOLLOW_DAYS
from coach.domain.followup import Stage as FollowStage
from coach.domain.interview import Phase
from coach.domain.promise import Outcome
from coach.usecases.choices import tokens
from coach.usecases.coaching import CoachingTalk
from coach.usecases.followups import FollowUpTalk
from coach.usecases.interview import InterviewTalk
from coach.usecases.reply import Say
from coach.usecases.side import Standing
from coach.usecases.spoken import mirror, spoken

PARTS = ("interview", "coaching", "followup")
"""Parts of the talk in which a question is open."""
GREETINGS = frozenset(("greet", "smalltalk", "thanks", "nlu_fallback"))
"""What asks for nothing: it gets the offer."""
OWN_AFFAIR = frozenset(
    ("faq_privacy", "stop", "later", "pause", "goodbye", "restart", "no_messages", "other_device", "human")
)  # fmt: skip
"""What is done without a word about where the talk was."""
FEW = 3
"""Words of a plain yes or no to the offer, and of an answer in own words."""
_MAKING = {Stage.WHAT, Stage.WHO, Stage.WHEN, Stage.WHEN_AGAIN, Stage.SURE, Stage.RAISE, Stage.SMALLER, Stage.COME_BACK}  # fmt: skip
_OWN_WORDS = {
    Stage.REALITY,
    Stage.OPTION,
    Stage.OWN_STEP,
    Stage.OBSTACLE,
    Stage.WHAT,
    Stage.SMALLER,
}
_FOLLOW_WORDS = {FollowStage.HOW, FollowStage.HELPED, FollowStage.HINDERED, FollowStage.SMALLER, FollowStage.NEW_WHAT}  # fmt: skip


class Meeting(StrEnum):
    """How somebody who comes back is met."""

    AS_USUAL = "as usual"
    GREETED = "greeted"
    """Where the talk was, and then what the message asks or answers."""
    OFFERED = "offered"
    """Where the talk was, and the choice to go on or not."""
    GOES_ON = "goes on"
    """Where the talk was, and its open question."""
    PUT_OFF = "put off"
    """Not now, said to the offer."""


@dataclass(frozen=True)
class Message:
    """What came in: its intent, its text, and whether a button was used."""

    intent: str
    text: str = ""
    button: bool = False

    @property
    def short(self) -> bool:
        return len(tokens(self.text)) <= FEW


def meeting(message: Message, now: Standing, part: str | None, *, answers: bool) -> Meeting:
    """How a message after a pause is met; `answers` says that it plainly answers what is open."""
    if message.intent.startswith("distress") or message.intent in OWN_AFFAIR:
        return Meeting.AS_USUAL
    if part not in PARTS:
        promised = part is not None and now.promise is not None
        greeting = message.intent in (*GREETINGS, "resume")
        open_ = promised and now.promise is not None and now.promise.outcome is Outcome.OPEN
        return Meeting.OFFERED if open_ and greeting else Meeting.AS_USUAL
    if now.followup and not now.followup.trail:
        return Meeting.AS_USUAL  # the bot has just said itself what it is about
    if answers:
        return Meeting.GREETED
    if message.intent == "resume":
        return Meeting.GOES_ON
    bare = message.intent in ("affirm", "deny", "inform") and message.short and not message.button
    return Meeting.OFFERED if message.intent in GREETINGS or bare else Meeting.GREETED


def reply_to_offer(message: Message) -> Meeting:
    """What a message makes of the offer that was just made; a plain yes or no is about that, not about the question."""
    if message.button or not message.short:
        return Meeting.AS_USUAL
    answers = {"affirm": Meeting.GOES_ON, "resume": Meeting.GOES_ON, "deny": Meeting.PUT_OFF}
    return answers.get(message.intent, Meeting.AS_USUAL)


def answers(
    message: Message,
    now: Standing,
    reads: Callable[[], bool],
    says_day: Callable[[], bool],
) -> bool:
    """Whether a message plainly answers what is open; `reads` and `says_day` look at its text when that matters."""
    if message.button:
        return message.intent == "choose"
    if message.text.rstrip().endswith("?"):
        return False
    told = message.intent == "inform" and len(tokens(message.text)) > FEW
    if now.followup:
        stage = now.followup.stage
        return says_day() if stage in FOLLOW_DAYS else told and stage in _FOLLOW_WORDS
    if now.coaching:
        return says_day() if now.coaching.stage in DAYS else told and now.coaching.stage in _OWN_WORDS  # fmt: skip
    phase = now.interview.phase if now.interview else None
    if phase in (Phase.ROLE, Phase.SUBJECT):
        return message.intent == phase.value
    return now.open_question is not None and reads()


@dataclass(frozen=True)
class ComingBack:
    content: Content
    interview: InterviewTalk
    coaching: CoachingTalk
    followups: FollowUpTalk

    def where(self, now: Standing, part: str | None) -> Say:
        """Where the talk was."""
        if part == "finished" and now.promise:
            return Say("utter_again_promise", self._promise(now))
        if now.followup:
            return Say("utter_again_followup", self._promise(now))
        placement = now.interview.placement() if now.interview else None
        name = {"name": self.content.places[placement.position].name} if placement else {}
        if now.coaching:
            making = now.coaching.stage in _MAKING
            return Say("utter_again_step" if making else "utter_again_coaching", name)
        if now.interview and now.open_question:
            progress = now.interview.progress()
            numbers = {"number": str(progress.number), "at_most": str(progress.at_most)}
            return Say("utter_again_question", numbers)
        return Say("utter_again_result", name) if name else Say("utter_again_begun")

    def offer(self, now: Standing, part: str | None) -> tuple[Say, ...]:
        """Where it was, and what can be done."""
        if part == "finished":
            return (self.where(now, part), Say("utter_offer_finished"))
        if now.followup:
            return (self.where(now, part), Say("utter_offer_plan"))
        if now.coaching or (now.interview and now.interview.placement()):
            return (self.where(now, part), Say("utter_offer_place"))
        answered = bool(now.interview and now.interview.trail)
        return (self.where(now, part), Say("utter_offer_answers" if answered else "utter_offer_begun"))  # fmt: skip

    def ask(self, now: Standing) -> tuple[Say, ...]:
        """The open question."""
        if now.followup:
            return self.followups.ask(now.followup)
        if now.coaching:
            return self.coaching.ask(now.coaching)
        return self.interview.ask(now.interview) if now.interview else ()

    def _promise(self, now: Standing) -> Mapping[str, Any]:
        promise = now.followup.promise if now.followup else now.promise
        assert promise is not None
        plan = promise.plan
        return {"what": mirror(plan.what), "when": spoken(plan.on, self.content) or plan.when}
