"""The coaching talk turn by turn: hear a message, then ask what is open."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from coach.domain.coaching import NOTHING, OWN, SURE_ENOUGH, Coaching, Move, Plan, Stage
from coach.domain.content import Content, OwnStep, Place, Step
from coach.domain.interview import Interview
from coach.domain.rounds import Round
from coach.usecases.choices import NO, YES, by_words, chosen, tokens, yes_or_no
from coach.usecases.days import offered_day
from coach.usecases.ports import DateReader, PromiseReader
from coach.usecases.reply import Button, Heard, Say
from coach.usecases.spoken import mirror, spoken

OPTIONS = 3
OBSTACLES_OFFERED = ("geen_tijd", "geen_zin", "geen_steun", "eerder_mislukt")
LATER = "later"
HELPS_OFFERED = ("kleiner", "hulp", "tijd")
_OUT_OF_TEN = re.compile(r"\b(?:van|uit|op) (?:de )?(?:10|tien)\b")


@dataclass(frozen=True)
class Followed:
    """The coaching talk after a message, and what the bot says about it before the next question."""

    coaching: Coaching
    says: tuple[Say, ...] = ()


@dataclass(frozen=True)
class CoachingTalk:
    content: Content
    dates: DateReader
    today: Callable[[], date]
    promises: PromiseReader

    def start(self, interview: Interview, rounds: Sequence[Round] = ()) -> Followed:
        """Begin from an agreed place: the guiding question in plain words, or as it is known from a round before."""
        placement = interview.placement()
        assert placement is not None and interview.role is not None
        place = self.content.places[placement.position]
        coaching = Coaching(interview.role, placement.position)
        known = next((r for r in reversed(rounds) if r.position == placement.position), None)
        if known:
            return Followed(coaching, self._known(known, place))
        return Followed(
            coaching,
            (
                Say("utter_guiding_question", {"question": place.guiding_question}),
                Say("utter_meaning", {"body": place.meaning}),
            ),
        )

    def _known(self, then: Round, place: Place) -> tuple[Say, ...]:
        """The question of a place where they were before, and the step that was promised there."""
        filled = {"question": place.guiding_question, "on": spoken(then.on, self.content)}
        plan = then.coaching.plan() if then.coaching else None
        step = (Say("utter_step_then", {"what": mirror(plan.what)}),) if plan else ()
        return (Say("utter_question_known", filled), *step)

    # --- hearing ---------------------------------------------------------------------

    def hear(self, coaching: Coaching, heard: Heard) -> Followed:
        """Take one message; an unclear one changes nothing but is always answered."""
        handle: Mapping[Stage, Callable[[Coaching, Heard], Followed]] = {
            Stage.REALITY: self._hear_reality,
            Stage.OPTION: self._hear_option,
            Stage.OWN_STEP: self._hear_own_step,
            Stage.OBSTACLE: self._hear_obstacle,
            Stage.LOOK_BACK: self._hear_look_back,
            Stage.WHAT: self._hear_what,
            Stage.WHO: self._hear_who,
            Stage.WHEN: self._hear_when,
            Stage.WHEN_AGAIN: self._hear_when_again,
            Stage.SURE: self._hear_sure,
            Stage.RAISE: self._hear_raise,
            Stage.SMALLER: self._hear_smaller,
            Stage.COME_BACK: self._hear_come_back,
            Stage.DONE: lambda state, _: Followed(state),
        }
        if heard.choice is not None and heard.choice not in self._choices(coaching):
            return Followed(coaching, (Say("utter_old_button"),))
        followed = handle[coaching.stage](coaching, heard)
        after = followed.coaching
        if after.stage is Stage.COME_BACK and coaching.stage is not Stage.COME_BACK:
            return Followed(after, (*followed.says, self.summary(after)))
        return followed

    def _choices(self, coaching: Coaching) -> Collection[str]:
        """The values of the buttons that belong to the present stage."""
        match coaching.stage:
            case Stage.OPTION:
                return (*(step.id for step, _ in self._options(coaching)), OWN)
            case Stage.OBSTACLE:
                return (*OBSTACLES_OFFERED, NOTHING)
            case Stage.LOOK_BACK | Stage.WHAT:
                return (YES, NO)
            case Stage.WHO:
                return self.content.words["who"]
            case Stage.WHEN:
                return self.content.words["when"]
            case Stage.SURE:
                return [str(mark) for mark in range(11)]
            case Stage.RAISE:
                return HELPS_OFFERED
            case Stage.COME_BACK:
                return (*self.content.words["come_back"], LATER)
        return ()

    def _hear_reality(self, coaching: Coaching, heard: Heard) -> Followed:
        if not any(letter.isalpha() for letter in heard.text):  # a figure tells nothing
            return Followed(coaching, (Say("utter_reality_unclear"),))
        after = coaching.say("gezegd", heard.text)
        if heard.means("unknown", "skip") or len(tokens(heard.text)) < 3:
            return Followed(after, (Say("utter_reality_short"),))
        return Followed(after, (Say("utter_reality_heard", {"words": mirror(heard.text)}),))

    def _hear_option(self, coaching: Coaching, heard: Heard) -> Followed:
        labels = {step.id: own.label for step, own in self._options(coaching)}
        value = chosen(heard, [*labels, OWN], list(labels.values()))
        if value == OWN:
            return Followed(coaching.say(OWN))
        if value is not None:
            return Followed(
                coaching.say(value, labels[value]), self._about(self._step(coaching, value))
            )
        if len(tokens(heard.text)) >= 3 and not heard.means("unknown", "skip", "deny"):
            return self._hear_own_step(coaching.say(OWN), heard)
        if heard.means("deny"):
            return Followed(coaching.say(OWN))
        return Followed(coaching, (Say("utter_option_unclear"),))

    @staticmethod
    def _about(step: Step) -> tuple[Say, ...]:
        return (
            Say("utter_step_what", {"what": step.what, "time": step.time.rstrip(".")}),
            Say(f"utter_evidence_{step.evidence}"),
        )

    def _hear_own_step(self, coaching: Coaching, heard: Heard) -> Followed:
        if len(tokens(heard.text)) < 2:
            return Followed(coaching, (Say("utter_own_step_unclear"),))
        return Followed(
            coaching.say(OWN, heard.text),
            (Say("utter_own_step_heard", {"words": mirror(heard.text)}),),
        )

    def _hear_obstacle(self, coaching: Coaching, heard: Heard) -> Followed:
        known = self.content.obstacles
        labels = {o.id: o.label for o in known.values()}
        value = chosen(heard, [*OBSTACLES_OFFERED, NOTHING], [labels[o] for o in OBSTACLES_OFFERED])
        if value == NOTHING or (value is None and heard.means("deny", "unknown", "skip")):
            step = self._chosen_step(coaching)
            tip = (Say("utter_pitfall", {"pitfall": step.pitfall}),) if step else ()
            return Followed(coaching.say(NOTHING, heard.text), (Say("utter_no_obstacle"), *tip))
        value = value or by_words(heard.text, {o.id: o.words for o in known.values()})
        obstacle = known[value or "iets_anders"]
        words = labels[obstacle.id] if heard.choice else heard.text
        after = coaching.say(obstacle.id, words, obstacle.looks_back_to)
        answer = Say("utter_obstacle_answer", {"answer": obstacle.answers[coaching.role]})
        return Followed(after, (answer,))

    def _hear_look_back(self, coaching: Coaching, heard: Heard) -> Followed:
        said = yes_or_no(heard)
        if said is None:
            return Followed(coaching, (Say("utter_yes_or_no"),))
        after = coaching.say(said, heard.text)
        if said == NO:
            return Followed(after, (Say("utter_keep_step"),))
        place = self.content.places[after.working_on]
        return Followed(after, (Say("utter_looking_back", {"question": place.guiding_question}),))

    def _hear_what(self, coaching: Coaching, heard: Heard) -> Followed:
        step = self._own(coaching)
        only_who = self.promises.is_only_who(heard.text)
        if step and (only_who or yes_or_no(heard) == YES):
            typed = "" if heard.choice else heard.text
            return self._and_more(Followed(coaching.say(YES, step.first_step)), typed)
        nothing = only_who or len(tokens(heard.text)) < 2
        if nothing or heard.choice == NO or heard.means("deny", "unknown"):
            return Followed(coaching, (Say("utter_what_unclear"),))
        after = coaching.say("eigen", heard.text)
        return self._and_more(Followed(after, (Say("utter_what_heard"),)), heard.text)

    def _and_more(self, followed: Followed, text: str) -> Followed:
        """Who and when, if a promise says them too: what was told is not asked."""
        after, says = followed.coaching, followed.says
        who = self.promises.who(text) if after.stage is Stage.WHO else None
        if who:
            words = self.content.words["who"].get(who, [who])[0]
            after, says = after.say(who, words), (*says, Say("utter_who_heard", {"who": words}))
        on = self.dates.read(text, self.today()) if text and after.stage is Stage.WHEN else None
        if on:
            after = after.say(on.isoformat(), spoken(on, self.content))
            says = (*says, self._date_heard(on))
        return Followed(after, says)

    def _hear_who(self, coaching: Coaching, heard: Heard) -> Followed:
        names = self.content.words["who"]
        plain = heard.text.lower().strip(" .!")
        value = heard.choice or next((w for w, said in names.items() if plain in said), None)
        if value is None and heard.means("affirm"):
            value = "ik"
        nobody = not any(letter.isalpha() for letter in heard.text)  # a figure is no person
        if value == "ander" or (value is None and nobody):
            return Followed(coaching, (Say("utter_who_else"),))
        if value is None and heard.means("unknown", "skip"):
            return Followed(coaching, (Say("utter_who_else"),))
        words = self.content.words["who"][value][0] if value else heard.text
        return self._and_more(Followed(coaching.say(value or "ander", words)), heard.text)

    def _hear_when(self, coaching: Coaching, heard: Heard) -> Followed:
        on = self._date(heard)
        after = coaching.say(on.isoformat() if on else "", heard.text or spoken(on, self.content))
        return Followed(after, (self._date_heard(on),) if on else ())

    def _hear_when_again(self, coaching: Coaching, heard: Heard) -> Followed:
        on = self._date(heard)
        unsure = heard.means("unknown", "skip") and not on
        words = (
            coaching.last(Stage.WHEN).words if unsure else heard.text or spoken(on, self.content)
        )
        after = coaching.say(on.isoformat() if on else "", words)
        said = self._date_heard(on) if on else Say("utter_when_kept", {"when": mirror(words)})
        return Followed(after, (said,))

    def _date_heard(self, on: date) -> Say:
        return Say("utter_when_heard", {"when": spoken(on, self.content)})

    def says_day(self, text: str) -> bool:
        """Whether a text names a day."""
        return self.dates.read(text, self.today()) is not None

    def _date(self, heard: Heard) -> date | None:
        if heard.choice:
            return offered_day(self.content.words["when"], heard.choice, self.today())
        return self.dates.read(heard.text, self.today())

    def _hear_sure(self, coaching: Coaching, heard: Heard) -> Followed:
        said = _OUT_OF_TEN.sub(" ", heard.choice or heard.text)
        marks = [int(token) for token in tokens(said) if token.isdigit() and int(token) <= 10]
        if not marks:
            word = by_words(heard.text, self.content.words["sure"])
            marks = [int(word)] if word else []
        if not marks:
            return Followed(coaching, (Say("utter_sure_unclear"),))
        enough = marks[0] >= SURE_ENOUGH
        return Followed(
            coaching.say(str(marks[0]), heard.text), (Say("utter_sure_enough"),) if enough else ()
        )

    def _hear_raise(self, coaching: Coaching, heard: Heard) -> Followed:
        value = chosen(heard, HELPS_OFFERED) or by_words(heard.text, self.content.words["helps"])
        words = heard.text or (self.content.words["helps"][value][0] if value else "")
        after = coaching.say(value or "anders", words)
        says = () if value == "kleiner" else (Say("utter_raise_heard", {"words": mirror(words)}),)
        return Followed(after, says)

    def _hear_smaller(self, coaching: Coaching, heard: Heard) -> Followed:
        if len(tokens(heard.text)) < 2 or heard.means("unknown", "skip", "deny"):
            return Followed(coaching, (Say("utter_own_step_unclear"),))
        return Followed(coaching.say("kleiner", heard.text), (Say("utter_smaller_heard"),))

    def _hear_come_back(self, coaching: Coaching, heard: Heard) -> Followed:
        plan = coaching.plan()
        base = plan.on if plan and plan.on else self.today()
        on = offered_day(self.content.words["come_back"], heard.choice or "", base)
        if heard.choice == LATER or (not on and heard.means("deny", "skip", "unknown")):
            return Followed(coaching.say("", heard.text))
        on = on or self.dates.read(heard.text, self.today())
        if on is None:
            return Followed(coaching, (Say("utter_come_back_unclear"),))
        return Followed(
            coaching.say(on.isoformat(), heard.text or spoken(on, self.content)),
            (Say("utter_come_back_heard", {"when": spoken(on, self.content)}),),
        )

    # --- asking ----------------------------------------------------------------------

    def ask(self, coaching: Coaching) -> tuple[Say, ...]:
        """What is said to ask for the next move; nothing when the talk is done."""
        place = self.content.places[coaching.position]
        match coaching.stage:
            case Stage.REALITY:
                return (Say("utter_ask_reality", {"question": place.reality[coaching.role]}),)
            case Stage.OPTION:
                return (self._ask_option(coaching),)
            case Stage.OBSTACLE:
                return (self._ask_obstacle(coaching, place),)
            case Stage.LOOK_BACK:
                earlier = coaching.earlier(coaching.last(Stage.OBSTACLE))
                assert earlier is not None
                return (
                    Say(
                        "utter_ask_look_back",
                        {"plain": self.content.processes[earlier.process].plain},
                    ),
                )
            case Stage.WHAT:
                own = self._own(coaching)
                if own is None:
                    return (Say("utter_ask_first_step"),)
                return (Say("utter_ask_what", {"step": own.first_step}),)
            case Stage.DONE:
                return ()
            case stage:
                return (Say(f"utter_ask_{stage}"),)

    def _ask_option(self, coaching: Coaching) -> Say:
        buttons = tuple(Button(own.label, step.id) for step, own in self._options(coaching))
        back = coaching.working_on != coaching.position
        return Say("utter_ask_option_earlier" if back else "utter_ask_option", {}, buttons)

    def _ask_obstacle(self, coaching: Coaching, place: Place) -> Say:
        known = self.content.obstacles
        buttons = tuple(Button(known[o].label, o) for o in OBSTACLES_OFFERED)
        return Say("utter_ask_obstacle", {"question": place.obstacle[coaching.role]}, buttons)

    def summary(self, coaching: Coaching) -> Say:
        """The promise in a few lines."""
        plan = coaching.plan()
        assert plan is not None
        lines = self.promise(plan)
        if plan.helps:
            return Say("utter_summary_with_help", {**lines, "helps": plan.helps})
        return Say("utter_summary", lines)

    def promise(self, plan: Plan) -> dict[str, str]:
        """What, who, when and how sure, as they are said."""
        return {
            "what": plan.what,
            "who": plan.who,
            "when": spoken(plan.on, self.content) or plan.when,
            "sure": str(plan.sure),
        }

    # --- steps -----------------------------------------------------------------------

    def _options(self, coaching: Coaching) -> tuple[tuple[Step, OwnStep], ...]:
        steps = self.content.places[coaching.working_on].steps_for(coaching.role)
        return tuple((step, step.roles[coaching.role]) for step in steps[:OPTIONS])

    def _step(self, coaching: Coaching, step_id: str) -> Step:
        return next(s for s in self.content.places[coaching.working_on].steps if s.id == step_id)

    def _chosen_step(self, coaching: Coaching) -> Step | None:
        move: Move | None = coaching.said(Stage.OPTION)
        return self._step(coaching, move.value) if move and move.value != OWN else None

    def _own(self, coaching: Coaching) -> OwnStep | None:
        step = self._chosen_step(coaching)
        return step.roles[coaching.role] if step else None
