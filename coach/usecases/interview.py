"""The interview turn by turn: hear a message, then ask what is open."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from coach.domain.answers import Answer, Level, Question, ReadAs, Role, Subject
from coach.domain.content import Content, Item, Wording
from coach.domain.interview import Interview, Phase, Scope, begin
from coach.domain.rounds import Round
from coach.usecases import result
from coach.usecases.choices import NO, YES, by_words, chosen, tokens, yes_or_no
from coach.usecases.elsewhere import fitting
from coach.usecases.ports import AnswerReader
from coach.usecases.reply import Button, Heard, Say
from coach.usecases.spoken import lines, mirror

SURE = 0.72
"""At or above: the answer counts and is said back."""
UNSURE = 0.40
"""At or above: one short check; below: the buttons."""

BARE = 2
"""A bare yes or no of so few words answers none of our questions: they ask how, who and what."""


ELSEWHERE = 0.9
"""From here on 'ik geef leiding' says who somebody is, and answers no question about learning."""


@dataclass(frozen=True)
class Heeded:
    """The interview after a message, and what the bot says about it before the next question."""

    interview: Interview
    says: tuple[Say, ...] = ()


@dataclass(frozen=True)
class InterviewTalk:
    """Holds an interview over given content and a reader of answers."""

    content: Content
    reader: AnswerReader

    def start(self) -> Interview:
        questionnaire = self.content.questionnaires[self.content.current]
        return begin(questionnaire.version, questionnaire.order)

    def start_invited(self) -> Interview:
        """For a team that sent a code."""
        return self.start().for_team()

    def again(self, before: Interview | None) -> Interview:
        """From the beginning, for the same team when it was held on invitation, and for the same client."""
        if before and before.at_desk:
            return self.start().for_client().give_consent(bool(before.consent))
        return self.start_invited() if before and before.invited else self.start()

    def item(self, interview: Interview, question: Question) -> Item:
        return self.content.questionnaires[interview.version].items[question]

    def wording(self, interview: Interview, question: Question) -> Wording:
        said = self.item(interview, question).roles[interview.role or Role.MEDEWERKER]
        if interview.role is not Role.LEERADVISEUR or interview.subject is not Subject.TEAM:
            return said
        return replace(said, question=self._of_team(said.question), probe=self._of_team(said.probe))

    def _of_team(self, question: str) -> str:
        """An adviser's question about an organisation, asked about one team."""
        for whole, (part, *_) in self.content.words["about_team"].items():
            question = question.replace(whole, part)
        return question

    # --- hearing ---------------------------------------------------------------------

    def hear(self, interview: Interview, heard: Heard, rounds: Sequence[Round] = ()) -> Heeded:
        """Take one message; an unclear one changes nothing but is always answered.

        `rounds` are those before this one: the place is shown beside theirs.
        """
        handle: Mapping[Phase, Callable[[Interview, Heard], Heeded]] = {
            Phase.ROLE: self._hear_role,
            Phase.SUBJECT: self._hear_subject,
            Phase.CONSENT: self._hear_consent,
            Phase.SCOPE: self._hear_scope,
            Phase.QUESTION: self._hear_answer,
            Phase.PROBE: self._hear_answer,
            Phase.CHECK: self._hear_check,
            Phase.REVIEW: self._hear_review,
            Phase.CHOOSE: self._hear_choice,
            Phase.UNPLACED: self._hear_unplaced,
            Phase.DONE: lambda state, _: Heeded(state),
        }
        heeded = handle[interview.phase](interview, heard)
        says = (*heeded.says, *self._follow(interview, heeded.interview, rounds))
        return Heeded(heeded.interview.recall(), says)

    def _follow(
        self, before: Interview, after: Interview, rounds: Sequence[Round]
    ) -> tuple[Say, ...]:
        """What an answer led to: the place, when it is known now, and whether a change moved it."""
        if after.trail == before.trail:
            return ()
        if after.phase is Phase.REVIEW:
            return (*result.moved(after), *result.show(self.content, after, rounds))
        if before.correcting and after.phase is Phase.QUESTION:
            return (Say("utter_moved_open"),)
        return ()

    def _hear_role(self, interview: Interview, heard: Heard) -> Heeded:
        roles = [role.value for role in self.roles(interview)]
        role = chosen(heard, roles) or by_words(heard.text, self.content.words["roles"])
        if role not in roles:
            unclear = "utter_role_unclear_invited" if interview.invited else "utter_role_unclear"
            return Heeded(interview, (Say(unclear),))
        return Heeded(interview.choose_role(Role(role)))

    def _hear_subject(self, interview: Interview, heard: Heard) -> Heeded:
        values = [subject.value for subject in self.subjects(interview)]
        subject = chosen(heard, values) or by_words(heard.text, self.content.words["subjects"])
        if subject is None:
            return Heeded(interview, (Say("utter_subject_unclear"),))
        return Heeded(interview.choose_subject(Subject(subject)))

    def _hear_consent(self, interview: Interview, heard: Heard) -> Heeded:
        said = yes_or_no(heard)
        if said is None:
            return Heeded(interview, (Say("utter_consent_unclear"),))
        reaction = [Say("utter_consent_yes" if said == YES else "utter_consent_no")]
        if interview.invited and said == NO:
            reaction.append(Say("utter_consent_no_invited"))
        return Heeded(interview.give_consent(said == YES), (*reaction, Say("utter_how_to_answer")))

    def _hear_scope(self, interview: Interview, heard: Heard) -> Heeded:
        offered = [scope.value for scope in self.scopes(interview)]
        value = chosen(heard, offered) or by_words(heard.text, self.content.words["scope"])
        if value not in offered and heard.means("deny"):
            value = Scope.NOT.value
        if value not in offered:
            return Heeded(interview, (Say("utter_scope_unclear"),))
        after = interview.choose_scope(Scope(value))
        if after.scope is not Scope.CHANGED:
            return Heeded(after, (Say(f"utter_scope_{value}"),))
        items = self.content.questionnaires[interview.version].items
        kept = lines(items[a.question].echo[a.level] for a in after.kept if a.level)
        return Heeded(after, (Say("utter_scope_deel", {"kept": kept}),))

    def _hear_answer(self, interview: Interview, heard: Heard) -> Heeded:
        question = interview.next_question()
        assert question is not None and interview.role is not None
        if heard.means("unknown", "skip") or heard.choice == "onbekend":
            return self._record_unknown(interview, question, heard)
        item, anchors = self.item(interview, question), self.wording(interview, question).anchors
        level = chosen(heard, *self.levels_as_shown(interview, question))
        if level is not None:
            read_as = ReadAs.BUTTON if heard.choice else ReadAs.NUMBER
            words = heard.text or anchors[level_of(level)]
            answer = Answer(question, level_of(level), words, read_as)
            return self._recorded(interview, answer, item, said_back=heard.choice is None)
        return self._read(interview, question, item, heard)

    def _read(self, interview: Interview, question: Question, item: Item, heard: Heard) -> Heeded:
        assert interview.role is not None
        bare = len(tokens(heard.text)) <= BARE and heard.means("affirm", "deny")
        elsewhere = heard.means("role", "subject") and heard.certainty >= ELSEWHERE
        if bare or elsewhere:
            return Heeded(interview.want_buttons(), (Say("utter_not_read"),))
        reading = self.reader.read(heard.text, item, interview.role)
        if reading.level is None or reading.certainty < UNSURE:
            return self._not_read(interview, heard)
        answer = Answer(question, reading.level, heard.text, reading.read_as, reading.certainty)
        if reading.certainty >= SURE:
            return self._recorded(interview, answer, item, said_back=True)
        if interview.checked:
            return Heeded(interview.want_buttons(), (Say("utter_not_read"),))
        return Heeded(interview.propose(answer))

    def _not_read(self, interview: Interview, heard: Heard) -> Heeded:
        """Ask with the three choices; what fits a question to come is kept for then."""
        items = self.content.questionnaires[interview.version].items
        elsewhere = fitting(interview, heard.text, items, self.reader)
        if elsewhere is None:
            return Heeded(interview.want_buttons(), (Say("utter_not_read"),))
        name = self.item(interview, elsewhere.question).name
        return Heeded(interview.put_aside(elsewhere), (Say("utter_fits_later", {"name": name}),))

    def reads(self, interview: Interview | None, text: str) -> bool:
        """Whether a text surely says a level of the open question."""
        question = interview.next_question() if interview else None
        if interview is None or question is None or interview.role is None:
            return False
        reading = self.reader.read(text, self.item(interview, question), interview.role)
        return reading.level is not None and reading.certainty >= SURE

    def _record_unknown(self, interview: Interview, question: Question, heard: Heard) -> Heeded:
        unknown = Answer(question, None, heard.text)
        after = interview.record(unknown)
        if after.next_question() != question:
            return Heeded(after, (Say("utter_without_this"),))
        if not heard.means("skip"):
            return Heeded(after, (Say("utter_ask_differently"),))
        return Heeded(after.record(unknown), (Say("utter_without_this"),))

    def _recorded(
        self, interview: Interview, answer: Answer, item: Item, *, said_back: bool
    ) -> Heeded:
        after = interview.record(answer)
        level: Level = answer.level or 1
        if said_back:
            return Heeded(after, (Say("utter_heard_text", {"echo": item.echo[level]}),))
        plain = after.next_question() and not interview.correcting
        return Heeded(after, (Say("utter_heard_button"),) if plain else ())

    def _hear_check(self, interview: Interview, heard: Heard) -> Heeded:
        pending = interview.pending
        assert pending is not None
        said = yes_or_no(heard)
        if said == YES:
            after = interview.confirm()
            reaction = Say("utter_check_confirmed") if after.next_question() else None
            return Heeded(after, (reaction,) if reaction else ())
        if said == NO:
            return Heeded(interview.reject(), (Say("utter_check_rejected"),))
        return self._hear_answer(interview.reject(), heard)

    def _hear_review(self, interview: Interview, heard: Heard) -> Heeded:
        said = yes_or_no(heard)
        if said == YES:
            return Heeded(interview.agree())
        if said == NO:
            return Heeded(interview.choose_correction())
        return Heeded(interview, (Say("utter_review_unclear"),))

    def _hear_choice(self, interview: Interview, heard: Heard) -> Heeded:
        questions = {q.id: q for q in interview.answered()}
        names = [self.item(interview, q).name for q in questions.values()]
        value = chosen(heard, list(questions), names)
        if heard.choice == NO or (value is None and heard.means("deny")):
            return Heeded(interview.back())
        if value is None:
            return Heeded(interview, (Say("utter_which_unclear"),))
        question = questions[value]
        return Heeded(
            interview.correct(question),
            (Say("utter_correcting", {"name": self.item(interview, question).name}),),
        )

    def _hear_unplaced(self, interview: Interview, heard: Heard) -> Heeded:
        if yes_or_no(heard) == YES:
            return Heeded(interview.choose_correction())
        return Heeded(interview, (Say("utter_unplaced_waiting"),))

    # --- asking ----------------------------------------------------------------------

    def ask(self, interview: Interview) -> tuple[Say, ...]:
        """What is said to ask for the next move; nothing when the interview is done."""
        match interview.phase:
            case Phase.ROLE:
                return (Say("utter_ask_role_invited" if interview.invited else "utter_ask_role"),)
            case Phase.SUBJECT:
                subjects = "adviser" if len(self.subjects(interview)) > 2 else "own"
                return (Say(f"utter_ask_subject_{subjects}"),)
            case Phase.CONSENT:
                invited = interview.invited
                return (Say("utter_ask_consent_invited" if invited else "utter_ask_consent"),)
            case Phase.SCOPE:
                some = "some" if Scope.CHANGED in self.scopes(interview) else "all"
                return (Say(f"utter_ask_scope_{some}"),)
            case Phase.QUESTION | Phase.PROBE:
                return (self._ask_item(interview),)
            case Phase.CHECK:
                assert interview.pending is not None
                item = self.item(interview, interview.pending.question)
                echo = {"echo": item.echo[interview.pending.level or 1]}
                if interview.recalled:
                    return (Say("utter_check_recalled", {**echo, **self._recalled(interview)}),)
                return (Say("utter_check", echo),)
            case Phase.REVIEW:
                return (Say("utter_ask_agree"),)
            case Phase.CHOOSE:
                return (self._ask_which(interview),)
            case Phase.UNPLACED:
                return (Say("utter_unplaced"),)
        return ()

    def _recalled(self, interview: Interview) -> dict[str, str]:
        """The question that is open, and what was said about it before it was."""
        assert interview.pending is not None
        question = self.wording(interview, interview.pending.question).question
        number = str(interview.progress().number)
        return {"question": question, "number": number, "words": mirror(interview.pending.words)}

    def _ask_item(self, interview: Interview) -> Say:
        question = interview.next_question()
        assert question is not None
        wording = self.wording(interview, question)
        values, titles = self.levels_as_shown(interview, question)
        buttons = tuple(Button(t, v) for v, t in zip(values, titles, strict=True))
        if interview.checked:
            return Say("utter_ask_anchor", {}, buttons)
        if interview.phase is Phase.PROBE:
            return Say("utter_ask_probe", {"question": wording.probe}, buttons)
        progress = interview.progress()
        filled = {"question": wording.question, "number": str(progress.number)}
        if interview.correcting:
            return Say("utter_ask_probe", filled, buttons)
        if interview.kept:
            return Say("utter_ask_item_some", {**filled, "at_most": str(progress.at_most)}, buttons)
        return Say("utter_ask_item", {**filled, "about": str(progress.about)}, buttons)

    def levels_as_shown(
        self, interview: Interview, question: Question
    ) -> tuple[list[str], list[str]]:
        """Values and labels of the three buttons; shuffled, so that the highest is not always last."""
        anchors = self.wording(interview, question).anchors
        levels = list(anchors)
        random.Random(f"{interview.role}{question.id}").shuffle(levels)
        return [f"niveau_{level}" for level in levels], [anchors[level] for level in levels]

    def _ask_which(self, interview: Interview) -> Say:
        buttons = tuple(
            Button(self.item(interview, q).name.capitalize(), q.id) for q in interview.answered()
        )
        return Say("utter_ask_which", {}, buttons)

    @staticmethod
    def roles(interview: Interview) -> tuple[Role, ...]:
        """Who may be asking: a team has members and those who lead it."""
        return tuple(r for r in Role if not (interview.invited and r is Role.LEERADVISEUR))

    @staticmethod
    def scopes(interview: Interview) -> tuple[Scope, ...]:
        """What a later round can ask; only what may have changed when there is something to take over."""
        some = (Scope.CHANGED,) if interview.carried else ()
        return (Scope.ALL, *some, Scope.NOT)

    @staticmethod
    def subjects(interview: Interview) -> tuple[Subject, ...]:
        if interview.role is Role.LEERADVISEUR:
            return (Subject.KLANT, Subject.ORGANISATIE, Subject.TEAM)
        return (Subject.TEAM, Subject.ORGANISATIE)


def level_of(value: str) -> Level:
    """The level that a button's value stands for."""
    return int(value.removeprefix("niveau_"))
