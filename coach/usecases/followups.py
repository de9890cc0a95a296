"""Coming back to a promise turn by turn, and changing it at any time: hear a message, then ask what is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from coach.domain.answers import Role
from coach.domain.coaching import Coaching, Plan
from coach.domain.content import Content
from coach.domain.followup import CHOICES, NO, YES, After, FollowUp, Stage
from coach.domain.promise import Outcome, Promise
from coach.usecases.choices import by_words, chosen, tokens, yes_or_no
from coach.usecases.coaching import LATER, OBSTACLES_OFFERED
from coach.usecases.days import offered_day
from coach.usecases.ports import DateReader
from coach.usecases.reply import Button, Heard, Say
from coach.usecases.spoken import mirror, spoken

SKIP = "overslaan"
WENT = {
    Outcome.DONE: "utter_went_well",
    Outcome.PARTLY: "utter_went_partly",
    Outcome.NOT: "utter_went_not",
}
_BY_WORDS = {
    Stage.HOW: "how",
    Stage.WAY: "way",
    Stage.NEXT: "next_move",
    Stage.CHANGE: "change",
}
"""Stages with a few choices, and the words by which they are known."""


@dataclass(frozen=True)
class Looked:
    """The follow-up after a message, and what the bot says about it before the next question."""

    followup: FollowUp
    says: tuple[Say, ...] = ()


def promised(
    before: Promise | None, plan: Plan, coaching: Coaching, round_: int, kept: bool
) -> Promise:
    """The promise that a coaching talk leads to: the open one said anew, or the next of its round."""
    same = before is not None and before.round == round_
    if before and same and before.outcome is Outcome.OPEN:
        return before.with_plan(plan)
    return Promise(coaching.role, plan, round_, before.n + 1 if before and same else 1, kept=kept)


@dataclass(frozen=True)
class FollowUpTalk:
    content: Content
    dates: DateReader
    today: Callable[[], date]

    # --- opening ---------------------------------------------------------------------

    def come_back(self, promise: Promise, part: str, *, again: bool = False) -> Looked:
        """The bot opens with what was promised; `again` is the one reminder."""
        response = "utter_check_in_again" if again else "utter_check_in"
        says = (Say(response, {"what": mirror(promise.plan.what)}),)
        return Looked(FollowUp(promise, Stage.HOW, part), says)

    def kept_it(self, promise: Promise, part: str, words: str = "") -> Looked:
        """The user tells that it is done, or in their own words that it is done in part or not."""
        outcome = Outcome(by_words(words, self.content.words["how"]) or Outcome.DONE)
        followup = FollowUp(promise, Stage.HOW, part).say(outcome, words)
        return Looked(followup, (Say(WENT[outcome]),))

    @staticmethod
    def change(promise: Promise, part: str) -> Looked:
        return Looked(FollowUp(promise, Stage.CHANGE, part))

    @staticmethod
    def drop(promise: Promise, part: str) -> Looked:
        return Looked(FollowUp(promise, Stage.DROP, part))

    # --- hearing ---------------------------------------------------------------------

    def hear(self, followup: FollowUp, heard: Heard) -> Looked:
        """Take one message; an unclear one changes nothing but is always answered."""
        handle: Mapping[Stage, Callable[[FollowUp, Heard], Looked]] = {
            Stage.HOW: self._hear_how,
            Stage.RATE: self._hear_rate,
            Stage.HELPED: self._hear_helped,
            Stage.HINDERED: self._hear_hindered,
            Stage.LOOK_BACK: self._hear_look_back,
            Stage.WAY: self._hear_choice,
            Stage.NEXT: self._hear_choice,
            Stage.CHANGE: self._hear_choice,
            Stage.SMALLER: self._hear_what,
            Stage.NEW_WHAT: self._hear_what,
            Stage.NEW_DAY: self._hear_day,
            Stage.NEW_WHEN: self._hear_day,
            Stage.AGAIN: self._hear_come_back,
            Stage.NEW_COME_BACK: self._hear_come_back,
            Stage.DROP: self._hear_drop,
            Stage.DONE: lambda state, _: Looked(state),
        }
        if heard.choice is not None and heard.choice not in self._choices(followup.stage):
            return Looked(followup, (Say("utter_old_button"),))
        return handle[followup.stage](followup, heard)

    def _choices(self, stage: Stage) -> tuple[str, ...]:
        """The values of the buttons that belong to a stage."""
        match stage:
            case Stage.RATE:
                return ("25", "50", "75", "100", SKIP)
            case Stage.HELPED:
                return (SKIP,)
            case Stage.HINDERED:
                return OBSTACLES_OFFERED
            case Stage.NEW_DAY | Stage.NEW_WHEN:
                return tuple(self.content.words["when"])
            case Stage.AGAIN | Stage.NEW_COME_BACK:
                return (*self.content.words["come_back"], LATER)
        return CHOICES.get(stage, ())

    def _chosen(self, stage: Stage, heard: Heard) -> str | None:
        value = chosen(heard, CHOICES[stage])
        return value or by_words(heard.text, self.content.words[_BY_WORDS[stage]])

    def _hear_how(self, followup: FollowUp, heard: Heard) -> Looked:
        meant = {"affirm": Outcome.DONE, "partly": Outcome.PARTLY, "deny": Outcome.NOT}
        by_intent = next((o for intent, o in meant.items() if heard.means(intent)), None)
        value = self._chosen(Stage.HOW, heard) or by_intent
        if value is None:
            return Looked(followup, (Say("utter_how_unclear"),))
        says = (Say(WENT[Outcome(value)]),)
        return Looked(followup.say(value, heard.text), says)

    def _hear_rate(self, followup: FollowUp, heard: Heard) -> Looked:
        said = heard.choice or heard.text
        if said == SKIP or heard.means("unknown", "skip", "deny"):
            return Looked(followup.say("", heard.text))
        marks = [int(word) for word in tokens(said) if word.isdecimal() and int(word) <= 100]
        if not marks:
            return Looked(followup, (Say("utter_rate_unclear"),))
        return Looked(followup.say(str(marks[0]), heard.text))

    def _hear_helped(self, followup: FollowUp, heard: Heard) -> Looked:
        after = followup.say("gezegd", heard.text)
        if heard.choice or heard.means("unknown", "skip", "deny") or len(tokens(heard.text)) < 2:
            return Looked(after, (Say("utter_helped_short"),))
        return Looked(after, (Say("utter_helped_heard", {"words": mirror(heard.text)}),))

    def says_helped(self, text: str) -> bool:
        """Whether a text says that something helped, whatever else its words may mean."""
        return by_words(text, self.content.words["helped"]) is not None

    def _hear_hindered(self, followup: FollowUp, heard: Heard) -> Looked:
        known = self.content.obstacles
        value = chosen(heard, OBSTACLES_OFFERED, [known[o].label for o in OBSTACLES_OFFERED])
        value = value or by_words(heard.text, {o.id: o.words for o in known.values()})
        obstacle = known[value or "iets_anders"]
        after = followup.say(obstacle.id, heard.text or obstacle.label, obstacle.looks_back_to)
        answer = obstacle.answers[followup.base.role]
        return Looked(after, (Say("utter_obstacle_answer", {"answer": answer}),))

    def _hear_look_back(self, followup: FollowUp, heard: Heard) -> Looked:
        said = yes_or_no(heard)
        if said is None:
            return Looked(followup, (Say("utter_yes_or_no"),))
        earlier = followup.earlier
        assert earlier is not None
        question = self.content.places[earlier].guiding_question
        says = (Say("utter_looking_back", {"question": question}),) if said == YES else ()
        return Looked(followup.say(said, heard.text), says)

    def _hear_choice(self, followup: FollowUp, heard: Heard) -> Looked:
        value = self._chosen(followup.stage, heard)
        if value is None and followup.stage is Stage.NEXT and heard.means("deny", "skip"):
            value = "klaar"
        if value is None:
            return Looked(followup, (Say("utter_choice_unclear"),))
        says = (Say("utter_plan_dropped"),) if value == "laten" else ()
        return Looked(followup.say(value, heard.text), says)

    def _hear_what(self, followup: FollowUp, heard: Heard) -> Looked:
        if len(tokens(heard.text)) < 2 or heard.means("unknown", "skip", "deny"):
            return Looked(followup, (Say("utter_own_step_unclear"),))
        said = "utter_smaller_heard" if followup.stage is Stage.SMALLER else "utter_what_heard"
        return self._changed(followup.say("eigen", heard.text), Say(said))

    def _hear_day(self, followup: FollowUp, heard: Heard) -> Looked:
        on = self._day(heard, self.content.words["when"])
        if on is None and followup.stage is Stage.NEW_WHEN:
            return Looked(followup, (Say("utter_day_unclear"),))
        words = heard.text or spoken(on, self.content)
        after = followup.say(on.isoformat() if on else "", words)
        if on is None:
            return self._changed(after, Say("utter_when_kept", {"when": mirror(words)}))
        return self._changed(after, Say("utter_when_heard", {"when": spoken(on, self.content)}))

    def _hear_come_back(self, followup: FollowUp, heard: Heard) -> Looked:
        base = followup.promise.plan.on or self.today()
        on = self._day(heard, self.content.words["come_back"], max(base, self.today()))
        never = heard.choice == LATER or heard.means("deny", "skip", "unknown")
        if on is None and not never:
            return Looked(followup, (Say("utter_come_back_unclear"),))
        return self._changed(followup.say(on.isoformat() if on else "", heard.text))

    def _hear_drop(self, followup: FollowUp, heard: Heard) -> Looked:
        said = yes_or_no(heard)
        if said is None:
            return Looked(followup, (Say("utter_yes_or_no"),))
        after = followup.say(said, heard.text)
        return Looked(after, (Say("utter_keep_step" if said == NO else "utter_plan_dropped"),))

    def _day(
        self, heard: Heard, offered: Mapping[str, tuple[str, ...]], base: date | None = None
    ) -> date | None:
        if heard.choice:
            return offered_day(offered, heard.choice, base or self.today())
        return self.dates.read(heard.text, self.today())

    def _changed(self, followup: FollowUp, *says: Say) -> Looked:
        """What was heard, and at the end the promise as it now is."""
        if followup.stage is not Stage.DONE:
            return Looked(followup, says)
        return Looked(followup, (*says, Say("utter_plan_now", self.lines(followup.promise))))

    # --- asking ----------------------------------------------------------------------

    def ask(self, followup: FollowUp) -> tuple[Say, ...]:
        """What is said to ask for the next move; nothing when the follow-up is done."""
        match followup.stage:
            case Stage.HOW:
                return (Say("utter_ask_how"),)
            case Stage.HINDERED:
                known = self.content.obstacles
                buttons = tuple(Button(known[o].label, o) for o in OBSTACLES_OFFERED)
                return (Say("utter_ask_hindered", {}, buttons),)
            case Stage.LOOK_BACK:
                assert followup.earlier is not None
                plain = self.content.processes[followup.earlier.process].plain
                return (Say("utter_ask_earlier", {"plain": plain}),)
            case Stage.HELPED:
                done = followup.outcome is Outcome.DONE
                return (Say("utter_ask_helped" if done else "utter_ask_helped_partly"),)
            case Stage.DROP:
                return (Say("utter_ask_drop", {"what": mirror(followup.base.plan.what)}),)
            case Stage.DONE:
                return ()
            case stage:
                return (Say(f"utter_ask_{stage}"),)

    # --- after -----------------------------------------------------------------------

    def next_talk(self, followup: FollowUp) -> Coaching:
        """The coaching talk that a follow-up leads to: it begins with the steps to choose from."""
        back = followup.earlier if followup.after is After.LOOK_BACK else None
        position = back or followup.base.plan.position
        role: Role = followup.base.role
        move = followup.said(Stage.HINDERED) or followup.said(Stage.HELPED)
        return Coaching(role, position).say("gezegd", move.words if move else "")

    def lines(self, promise: Promise) -> dict[str, str]:
        """What, who and when, as they are said."""
        plan = promise.plan
        when = spoken(plan.on, self.content) or plan.when
        return {"what": plan.what, "who": plan.who, "when": when}

    def day(self, promise: Promise) -> str:
        """When the bot comes back, as it is said; empty when it does not."""
        return spoken(promise.day, self.content)
