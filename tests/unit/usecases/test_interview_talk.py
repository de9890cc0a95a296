"""The interview turn by turn, over the real content: what is said to what the user does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import pytest

from coach.domain.answers import (
    LEVELS,
    Construct,
    Level,
    Question,
    ReadAs,
    Role,
    Subject,
)
from coach.domain.content import Content, Item
from coach.domain.interview import Interview, Phase
from coach.domain.path import POSITIONS, Position, Process, Ring
from coach.usecases.interview import InterviewTalk
from coach.usecases.ports import Reading
from coach.usecases.reply import Button, Heard, Say
from coach.usecases.result import REASONS

VAGUE = "tja, wisselend"
CLEAR = "dat regelen we helemaal zelf"
UNREADABLE = "de kantine is verbouwd"


@dataclass
class Reader:
    """Reads the sentences it knows and no other, and remembers what it was asked."""

    known: Mapping[str, Reading] = field(
        default_factory=lambda: {VAGUE: Reading(2, 0.6), CLEAR: Reading(3, 0.9)}
    )
    asked: list[tuple[str, Item, Role]] = field(default_factory=list)

    def read(self, text: str, item: Item, role: Role) -> Reading:
        self.asked.append((text, item, role))
        return self.known.get(text, Reading(None, 0.0))


@dataclass
class Turns:
    """A user who talks and clicks; keeps the interview and what the bot said."""

    talk: InterviewTalk
    interview: Interview
    said: tuple[Say, ...] = ()

    def hears(self, heard: Heard) -> Turns:
        heeded = self.talk.hear(self.interview, heard)
        self.interview, self.said = heeded.interview, heeded.says
        return self

    def types(self, text: str, intent: str = "inform") -> Turns:
        return self.hears(Heard(text, intent))

    def clicks(self, *values: str) -> Turns:
        for value in values:
            self.hears(Heard("", "choose", value))
        return self

    def levels(self, text: str) -> Turns:
        """Click these levels one after another; '?' is 'weet ik niet', also to the probe."""
        for level in text.split():
            if level == "?":
                self.types("geen idee", "unknown").types("geen idee", "unknown")
            else:
                self.clicks(f"niveau_{level}")
        return self

    def at(self, phase: Phase) -> Turns:
        assert self.interview.phase is phase
        return self

    @property
    def responses(self) -> list[str]:
        return [say.response for say in self.said]

    @property
    def asks(self) -> tuple[Say, ...]:
        return self.talk.ask(self.interview)

    @property
    def seen(self) -> tuple[Say, ...]:
        """All that the user sees after a message."""
        return (*self.said, *self.asks)

    @property
    def buttons(self) -> tuple[Button, ...]:
        return self.asks[-1].buttons

    @property
    def open(self) -> Question:
        question = self.interview.next_question()
        assert question is not None
        return question

    @property
    def item(self) -> Item:
        return self.talk.item(self.interview, self.open)

    def level(self, construct: Construct) -> Level | None:
        return self.interview.settled()[Question(construct)].level

    @property
    def here(self) -> Position:
        placement = self.interview.placement()
        assert placement is not None
        return placement.position


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def new(content: Content, reader: Reader) -> Turns:
    talk = InterviewTalk(content, reader)
    return Turns(talk, talk.start())


@pytest.fixture
def asking(new: Turns) -> Turns:
    """An employee at the first question."""
    return new.clicks("medewerker", "team", "ja").at(Phase.QUESTION)


@pytest.fixture
def placed(asking: Turns) -> Turns:
    """At the result: in activatie, with goals still to choose."""
    return asking.levels("1 1 1 1").at(Phase.REVIEW)


# --- the opening ----------------------------------------------------------------------


def test_talk_starts_under_the_present_questionnaire(new: Turns, content: Content) -> None:
    assert new.interview.version == content.current
    assert new.interview.order == content.questionnaires[content.current].order
    assert [say.response for say in new.asks] == ["utter_ask_role"]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("ik ben monteur", Role.MEDEWERKER),
        ("Ik ben teamleider in een magazijn", Role.LEIDINGGEVENDE),
        ("ik werk bij HR als adviseur", Role.LEERADVISEUR),
        ("de tweede", Role.LEIDINGGEVENDE),
        ("Leeradviseur", Role.LEERADVISEUR),
        ("Ik geef leiding", Role.LEIDINGGEVENDE),
        ("Ik adviseer over leren", Role.LEERADVISEUR),
    ],
)
def test_role_can_be_typed_in_the_users_own_words(new: Turns, text: str, role: Role) -> None:
    assert new.types(text, "role").interview.role is role


@pytest.mark.parametrize("role", Role)
def test_role_can_be_clicked_and_the_subject_fits_it(new: Turns, role: Role) -> None:
    new.clicks(role.value).at(Phase.SUBJECT)
    kind = "adviser" if role is Role.LEERADVISEUR else "own"
    assert [say.response for say in new.asks] == [f"utter_ask_subject_{kind}"]


@pytest.mark.parametrize(
    ("role", "text", "subject"),
    [
        ("medewerker", "mijn afdeling", Subject.TEAM),
        ("leidinggevende", "het hele bedrijf", Subject.ORGANISATIE),
        ("leidinggevende", "de tweede", Subject.ORGANISATIE),
        ("leeradviseur", "een opdrachtgever van ons", Subject.KLANT),
        ("leeradviseur", "de tweede", Subject.ORGANISATIE),
        ("leeradviseur", "één team", Subject.TEAM),
        ("leeradviseur", "mijn eigen organisatie", Subject.ORGANISATIE),
    ],
)
def test_subject_can_be_typed(new: Turns, role: str, text: str, subject: Subject) -> None:
    assert new.clicks(role).types(text, "subject").interview.subject is subject


@pytest.mark.parametrize(
    ("intent", "consent", "response"),
    [("affirm", True, "utter_consent_yes"), ("deny", False, "utter_consent_no")],
)
def test_yes_and_no_to_keeping_answers_both_lead_to_the_first_question(
    new: Turns, intent: str, consent: bool, response: str
) -> None:
    new.clicks("medewerker", "team").types("...", intent).at(Phase.QUESTION)
    assert new.interview.consent is consent
    assert new.responses == [response, "utter_how_to_answer"]


# --- a question -----------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_each_role_gets_its_own_words_with_three_buttons(new: Turns, role: Role) -> None:
    new.clicks(role.value, "organisatie", "ja")
    (ask,) = new.asks
    wording = new.item.roles[role]
    assert ask.response == "utter_ask_item"
    assert ask.slots["question"] == wording.question
    assert {b.value: b.title for b in ask.buttons} == {
        f"niveau_{level}": anchor for level, anchor in wording.anchors.items()
    }


def test_question_says_how_far_along_it_is(asking: Turns) -> None:
    numbers = []
    for _ in range(3):
        numbers.append(asking.asks[0].slots["number"])
        asking.clicks("niveau_2")
    assert numbers == ["1", "2", "3"]
    assert int(asking.asks[0].slots["about"]) <= 10


def test_the_highest_answer_stands_in_every_place_but_never_moves(content: Content) -> None:
    talk, places = InterviewTalk(content, Reader()), Counter[int]()
    for role in Role:
        for level in LEVELS:
            turns = Turns(talk, talk.start()).clicks(role.value, "organisatie", "ja")
            while turns.interview.phase is Phase.QUESTION:
                values = [button.value for button in turns.buttons]
                assert values == [button.value for button in turns.buttons]
                places[values.index("niveau_3")] += 1
                turns.clicks(f"niveau_{3 if turns.open.ring else level}")
    assert set(places) == {0, 1, 2}
    assert max(places.values()) < 0.6 * places.total()


@pytest.mark.parametrize("level", LEVELS)
def test_a_click_is_kept_with_the_words_on_the_button(asking: Turns, level: Level) -> None:
    question, item = asking.open, asking.item
    answer = asking.clicks(f"niveau_{level}").interview.settled()[question]
    anchor = item.roles[Role.MEDEWERKER].anchors[level]
    assert (answer.level, answer.words, answer.read_as) == (level, anchor, ReadAs.BUTTON)
    assert asking.responses == ["utter_heard_button"]


@pytest.mark.parametrize(
    ("text", "place"), [("de tweede", 1), ("2", 1), ("de laatste", 2), ("a", 0), ("optie 3", 2)]
)
def test_a_typed_place_means_the_button_that_stands_there(
    asking: Turns, text: str, place: int
) -> None:
    question, shown = asking.open, asking.buttons[place]
    answer = asking.types(text, "choose").interview.settled()[question]
    assert f"niveau_{answer.level}" == shown.value
    assert asking.responses == ["utter_heard_text"]


@pytest.mark.parametrize("change", [str.lower, lambda title: title[:-2] + title[-1] + "."])
def test_a_label_typed_over_means_that_button(asking: Turns, change: Callable[[str], str]) -> None:
    question, shown = asking.open, asking.buttons[1]
    answer = asking.types(change(shown.title)).interview.settled()[question]
    assert f"niveau_{answer.level}" == shown.value


def test_clear_words_count_at_once_and_are_said_back(asking: Turns, reader: Reader) -> None:
    question, item = asking.open, asking.item
    asking.types(CLEAR)
    answer = asking.interview.settled()[question]
    assert reader.asked == [(CLEAR, item, Role.MEDEWERKER)]
    assert (answer.level, answer.words, answer.read_as) == (3, CLEAR, ReadAs.TEXT)
    assert answer.certainty == pytest.approx(0.9)
    (back,) = asking.said
    assert (back.response, list(back.slots.values())) == ("utter_heard_text", [item.echo[3]])


def test_een_in_a_short_answer_is_not_taken_for_the_first_button(
    asking: Turns, reader: Reader
) -> None:
    asking.types("een beetje")
    assert asking.interview.settled() == {}
    assert reader.asked


# --- not sure what was meant ----------------------------------------------------------


def test_vague_words_are_checked_before_they_count(asking: Turns) -> None:
    item = asking.item
    asking.types(VAGUE).at(Phase.CHECK)
    assert asking.interview.settled() == {}
    (check,) = asking.asks
    assert (check.response, list(check.slots.values())) == ("utter_check", [item.echo[2]])


def test_yes_to_the_check_goes_on(asking: Turns) -> None:
    question = asking.open
    asking.types(VAGUE).types("klopt", "affirm").at(Phase.QUESTION)
    assert asking.interview.settled()[question].words == VAGUE
    assert asking.responses == ["utter_check_confirmed"]
    assert asking.open != question


def test_no_to_the_check_gives_the_buttons(asking: Turns) -> None:
    question = asking.open
    asking.types(VAGUE).clicks("nee").at(Phase.QUESTION)
    assert asking.responses == ["utter_check_rejected"]
    assert asking.open == question
    assert [say.response for say in asking.asks] == ["utter_ask_anchor"]
    assert len(asking.buttons) == 3


def test_clear_words_instead_of_yes_or_no_count(asking: Turns) -> None:
    question = asking.open
    asking.types(VAGUE).types(CLEAR)
    assert asking.interview.settled()[question].level == 3


def test_an_anchor_clicked_during_the_check_counts(asking: Turns) -> None:
    question = asking.open
    asking.types(VAGUE).clicks("niveau_1")
    assert asking.interview.settled()[question].level == 1


def test_an_answer_that_only_looks_a_bit_like_not_knowing_is_read(
    asking: Turns, reader: Reader
) -> None:
    question = asking.open
    asking.hears(Heard(CLEAR, "unknown", certainty=0.35))
    assert reader.asked
    assert asking.interview.settled()[question].level == 3


def test_not_knowing_at_the_check_brings_the_probe(asking: Turns) -> None:
    question = asking.open
    asking.types(VAGUE).types("geen idee", "unknown").at(Phase.PROBE)
    assert asking.open == question


def test_one_question_is_checked_only_once(asking: Turns) -> None:
    question = asking.open
    asking.types(VAGUE).types("nee", "deny").types(VAGUE).at(Phase.QUESTION)
    assert asking.responses == ["utter_not_read"]
    assert asking.open == question
    assert asking.types(VAGUE + " hoor").types(VAGUE).interview.settled() == {}


def test_unreadable_words_bring_the_buttons_and_a_click_answers_then(asking: Turns) -> None:
    question = asking.open
    asking.types(UNREADABLE).at(Phase.QUESTION)
    assert asking.responses == ["utter_not_read"]
    assert [say.response for say in asking.asks] == ["utter_ask_anchor"]
    assert {b.value for b in asking.buttons} == {"niveau_1", "niveau_2", "niveau_3"}
    asking.clicks("niveau_2")
    assert asking.interview.settled()[question].level == 2
    assert [say.response for say in asking.asks] == ["utter_ask_item"]


def test_clear_words_still_count_after_unreadable_ones(asking: Turns) -> None:
    question = asking.open
    assert asking.types(UNREADABLE).types(CLEAR).interview.settled()[question].level == 3


# --- not knowing ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "heard",
    [Heard("geen idee", "unknown"), Heard("", "choose", "onbekend")],
    ids=["typed", "click"],
)
def test_not_knowing_is_asked_in_another_way_once(asking: Turns, heard: Heard) -> None:
    question, item = asking.open, asking.item
    asking.hears(heard).at(Phase.PROBE)
    assert asking.responses == ["utter_ask_differently"]
    (ask,) = asking.asks
    assert ask.response == "utter_ask_probe"
    assert ask.slots["question"] == item.roles[Role.MEDEWERKER].probe
    assert len(ask.buttons) == 3
    asking.hears(heard).at(Phase.QUESTION)
    assert asking.responses == ["utter_without_this"]
    assert asking.interview.settled()[question].level is None
    assert asking.open != question


def test_a_skipped_question_is_not_asked_in_another_way(asking: Turns) -> None:
    question = asking.open
    asking.types("sla maar over", "skip").at(Phase.QUESTION)
    assert asking.responses == ["utter_without_this"]
    assert asking.interview.settled()[question].level is None


def test_with_too_little_known_the_bot_says_so_and_lets_answers_be_added(asking: Turns) -> None:
    asking.levels("? ? ? ?").at(Phase.UNPLACED)
    assert [say.response for say in asking.asks] == ["utter_unplaced"]
    asking.clicks("ja").at(Phase.CHOOSE)
    asking.clicks("sturing").clicks("niveau_1")
    assert asking.level(Construct.STURING) == 1
    asking.at(Phase.QUESTION)


# --- messages that do not answer ------------------------------------------------------


def reach(turns: Turns, phase: Phase) -> Turns:
    """The talk up to a phase, from its beginning."""
    steps: dict[Phase, Callable[[Turns], Turns]] = {
        Phase.ROLE: lambda t: t,
        Phase.SUBJECT: lambda t: t.clicks("medewerker"),
        Phase.CONSENT: lambda t: t.clicks("medewerker", "team"),
        Phase.QUESTION: lambda t: t.clicks("medewerker", "team", "ja", "niveau_1"),
        Phase.PROBE: lambda t: t.clicks("medewerker", "team", "ja", "onbekend"),
        Phase.CHECK: lambda t: t.clicks("medewerker", "team", "ja").types(VAGUE),
        Phase.REVIEW: lambda t: t.clicks("medewerker", "team", "ja").levels("1 1 1 1"),
        Phase.CHOOSE: lambda t: (
            t.clicks("medewerker", "team", "ja").levels("1 1 1 1").clicks("nee")
        ),
        Phase.UNPLACED: lambda t: t.clicks("medewerker", "team", "ja").levels("? ? ? ?"),
    }
    return steps[phase](turns).at(phase)


PHASES = [phase for phase in Phase if phase is not Phase.DONE]


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize(
    "heard",
    [
        Heard(UNREADABLE, "inform"),
        Heard("asdfgh", "nlu_fallback"),
        Heard("", "inform"),
        Heard("", "choose", "geen_tijd"),
        Heard("", "choose", "realisatie.leren"),
    ],
    ids=["off topic", "gibberish", "nothing", "old button", "old question"],
)
def test_what_does_not_answer_is_answered_and_changes_nothing(
    new: Turns, phase: Phase, heard: Heard
) -> None:
    before = reach(new, phase).interview
    after = new.hears(heard).interview
    assert new.said
    assert after.trail == before.trail
    assert after.next_question() == before.next_question()
    assert (after.role, after.subject, after.consent) == (
        before.role,
        before.subject,
        before.consent,
    )
    assert after.agreed is before.agreed
    assert new.asks
    if phase not in (Phase.PROBE, Phase.CHECK, Phase.QUESTION):
        assert after == before


@pytest.mark.parametrize("phase", PHASES)
def test_every_phase_asks_something(new: Turns, phase: Phase) -> None:
    asks = reach(new, phase).asks
    assert asks and all(say.response.startswith("utter_") for say in asks)


def test_after_agreement_nothing_more_is_asked(placed: Turns) -> None:
    assert placed.types("ja hoor", "affirm").at(Phase.DONE).asks == ()


# --- the result -----------------------------------------------------------------------


@pytest.mark.parametrize("position", POSITIONS, ids=lambda position: position.id)
def test_result_names_every_position_with_its_picture(
    content: Content, interview_at: Callable[[Role, Position], Interview], position: Position
) -> None:
    interview = interview_at(Role.MEDEWERKER, position).back()
    turns = Turns(InterviewTalk(content, Reader()), interview).clicks("niveau_1")
    (shown,) = [say for say in turns.at(Phase.REVIEW).seen if say.image]
    place = content.places[position]
    assert {place.name, place.place} <= set(shown.slots.values())
    assert position.id in (shown.image or "")
    assert turns.asks[-1].response == "utter_ask_agree"


def test_result_gives_a_few_reasons_and_the_process_last(placed: Turns) -> None:
    (why,) = [say for say in placed.seen if say.response == "utter_result_why"]
    reasons = "".join(why.slots.values()).splitlines()
    items = placed.talk.content.questionnaires[placed.interview.version].items
    assert 1 < len(reasons) <= REASONS
    assert items[Question(Construct.STURING)].echo[1] in reasons[0]
    assert items[Question(Construct.DOELEN_STELLEN, Ring.ACTIVATIE)].echo[1] in reasons[-1]


def test_result_names_one_strength_and_one_point_of_attention(
    asking: Turns, content: Content
) -> None:
    shown = asking.levels("1 1 2 2 3 3 1").at(Phase.REVIEW).seen
    said = {say.response: list(say.slots.values()) for say in shown}
    assert said["utter_strength"] == [content.traits[Construct.DURVEN].strength]
    assert said["utter_attention"] == [content.traits[Construct.STURING].attention]


def test_result_without_outliers_names_neither(placed: Turns) -> None:
    said = {s.response for s in placed.seen}
    assert not said & {"utter_strength", "utter_attention", "utter_transition"}


@pytest.mark.parametrize(
    ("levels", "response", "named"),
    [
        ("1 1 1 1", "utter_certainty_duidelijk", None),
        ("1 1 2 2 3 3 1", "utter_certainty_waarschijnlijk_because", Question(Construct.WILLEN)),
        ("? 1 1 1 1", "utter_certainty_waarschijnlijk", None),
        (
            "1 1 1 ?",
            "utter_certainty_onzeker_because",
            Question(Construct.DOELEN_STELLEN, Ring.ACTIVATIE),
        ),
    ],
)
def test_result_says_how_sure_it_is_and_what_would_change_it(
    asking: Turns, levels: str, response: str, named: Question | None
) -> None:
    shown = asking.levels(levels).at(Phase.REVIEW).seen
    (said,) = [s for s in shown if s.response.startswith("utter_certainty")]
    assert said.response == response
    items = asking.talk.content.questionnaires[asking.interview.version].items
    assert list(said.slots.values()) == ([items[named].name] if named else [])


@pytest.mark.parametrize("ring", Ring)
def test_a_completed_round_is_told_as_a_transition(
    asking: Turns, content: Content, ring: Ring
) -> None:
    ring_levels = {1: "1 1 1", 2: "2 2 2 2", 3: "3 3 3 3"}[ring.level]
    shown = asking.levels(f"{ring_levels} 3 3 3 3").at(Phase.REVIEW).seen
    assert content.transitions[ring] in [value for say in shown for value in say.slots.values()]
    assert asking.here == Position(ring.following, Process.DOELEN_STELLEN)


# --- correcting -----------------------------------------------------------------------


def test_saying_no_to_the_place_offers_every_answer_that_counts(placed: Turns) -> None:
    placed.types("klopt niet", "deny").at(Phase.CHOOSE)
    (ask,) = placed.asks
    assert [b.value for b in ask.buttons] == [q.id for q in placed.interview.answered()]
    names = [placed.talk.item(placed.interview, q).name for q in placed.interview.answered()]
    assert [b.title.lower() for b in ask.buttons] == [name.lower() for name in names]


def test_every_question_has_a_button_value_of_its_own(content: Content) -> None:
    values = [question.id for question in content.questionnaires[content.current].items]
    assert len(set(values)) == len(values) == 18


@pytest.mark.parametrize(
    ("text", "place"), [("de tweede", 1), ("kiezen wat mensen leren", 0), ("4", 3)]
)
def test_the_answer_to_change_can_be_typed(placed: Turns, text: str, place: int) -> None:
    wanted = placed.interview.answered()[place]
    placed.clicks("nee").types(text, "choose").at(Phase.QUESTION)
    assert placed.open == wanted
    assert placed.responses == ["utter_correcting"]
    assert len(placed.buttons) == 3


def test_the_last_in_the_list_of_answers_is_the_last_answer(placed: Turns) -> None:
    wanted = placed.interview.answered()[-1]
    assert placed.clicks("nee").types("de laatste", "choose").interview.correcting == wanted


def test_nothing_to_change_after_all_shows_the_place_again(placed: Turns) -> None:
    before = placed.interview
    assert placed.clicks("nee").types("laat maar", "deny").at(Phase.REVIEW).interview == before


def test_a_correction_that_moves_the_place_says_so(placed: Turns) -> None:
    before = placed.here
    placed.clicks("nee", "activatie.doelen_stellen", "niveau_3").levels("1").at(Phase.REVIEW)
    assert placed.here != before
    placed.clicks("nee", "activatie.doelen_stellen", "niveau_1").at(Phase.REVIEW)
    assert placed.here == before
    assert placed.responses[0] == "utter_moved"
    assert "utter_result" in [say.response for say in placed.seen]


def test_a_correction_that_leaves_the_place_says_so(placed: Turns) -> None:
    before = placed.here
    placed.clicks("nee", "activatie.doelen_stellen", "niveau_2").at(Phase.REVIEW)
    assert placed.here == before
    assert placed.responses[0] == "utter_moved_not"


def test_a_correction_that_opens_a_question_says_so(placed: Turns) -> None:
    placed.clicks("nee", "sturing", "niveau_3").at(Phase.QUESTION)
    assert placed.responses == ["utter_moved_open"]
    assert placed.interview.placement() is None


def test_a_correction_in_clear_words_is_said_back_and_says_what_it_did(placed: Turns) -> None:
    placed.clicks("nee", "activatie.doelen_stellen").types(CLEAR)
    assert placed.responses == ["utter_heard_text", "utter_moved_open"]


def test_a_correction_in_vague_words_says_what_it_did_once_confirmed(placed: Turns) -> None:
    placed.clicks("nee", "activatie.doelen_stellen").types(VAGUE).at(Phase.CHECK)
    placed.clicks("ja").at(Phase.REVIEW)
    assert "utter_moved_not" in placed.responses


def test_a_correction_to_not_knowing_announces_another_question_only_when_it_comes(
    asking: Turns,
) -> None:
    asking.levels("1 3 2 2 2 1").at(Phase.REVIEW)
    asking.clicks("nee", "sturing").types("toch geen idee", "unknown")
    still_open = asking.interview.next_question() == Question(Construct.STURING)
    assert ("utter_ask_differently" in asking.responses) == still_open


def test_a_correction_keeps_the_old_answer_until_the_new_one_is_there(placed: Turns) -> None:
    placed.clicks("nee", "sturing").types(UNREADABLE)
    assert placed.level(Construct.STURING) == 1
    assert placed.interview.back().phase is Phase.REVIEW


# --- an older questionnaire -----------------------------------------------------------


def test_a_talk_goes_on_under_the_questionnaire_it_began_with(content: Content) -> None:
    old = replace(content.questionnaires[content.current], version="2020-01")
    both = replace(content, questionnaires={**content.questionnaires, "2020-01": old})
    talk = InterviewTalk(both, Reader())
    turns = Turns(talk, replace(talk.start(), version="2020-01"))
    turns.clicks("medewerker", "team", "ja").levels("1 1 1 1")
    placement = turns.interview.placement()
    assert placement and placement.version == "2020-01"
    assert turns.asks


# --- said at another question ---------------------------------------------------------


EARLY = "als je een fout maakt krijg je op je kop"


@dataclass
class OneReader(Reader):
    """Knows one sentence, and that for one construct alone."""

    def read(self, text: str, item: Item, role: Role) -> Reading:
        fits = text == EARLY and item.question.construct is Construct.DURVEN
        return Reading(1, 0.95) if fits else super().read(text, item, role)


def early(content: Content) -> Turns:
    """Somebody told about daring when asked who decides."""
    talk = InterviewTalk(content, OneReader())
    begun = talk.start().choose_role(Role.MEDEWERKER).choose_subject(Subject.TEAM)
    return Turns(talk, begun.give_consent(True)).types(EARLY)


def to_daring(turns: Turns) -> Turns:
    """On until the question that those words belong to is open."""
    for level in (1, 2, 3, 2):
        turns.hears(Heard("", "choose", f"niveau_{level}"))
    return turns


def test_an_answer_to_a_later_question_is_named_and_kept_for_then(content: Content) -> None:
    turns = early(content)
    names = {
        item.question.construct: item.name
        for item in content.questionnaires[content.current].items.values()
    }
    assert turns.said == (Say("utter_fits_later", {"name": names[Construct.DURVEN]}),)
    (ask,) = turns.talk.ask(turns.interview)
    assert ask.response == "utter_ask_anchor" and len(ask.buttons) == 3
    to_daring(turns)
    assert turns.interview.phase is Phase.CHECK
    (recalled,) = turns.talk.ask(turns.interview)
    assert recalled.response == "utter_check_recalled" and recalled.slots["words"] == EARLY
    turns.hears(Heard("", "affirm", "ja"))
    last = turns.interview.trail[-1].answer
    assert (last.question.construct, last.level, last.read_as) == (
        Construct.DURVEN,
        1,
        ReadAs.CHECK,
    )
    assert turns.interview.aside == ()


def test_who_meant_something_else_then_is_asked_in_full(content: Content) -> None:
    turns = to_daring(early(content))
    turns.hears(Heard("", "deny", "nee"))
    (ask,) = turns.talk.ask(turns.interview)
    assert ask.response == "utter_ask_item"
    assert turns.interview.aside == () and turns.interview.phase is Phase.QUESTION


def test_what_was_put_aside_survives_storing_and_going_back(content: Content) -> None:
    turns = early(content)
    assert Interview.from_json(turns.interview.to_json()) == turns.interview
    to_daring(turns)
    before = turns.interview.back()
    assert before.phase is Phase.QUESTION and before.pending is None
    assert len(before.trail) == len(turns.interview.trail) - 1


def test_an_adviser_is_asked_about_the_team_that_was_chosen(content: Content) -> None:
    talk = InterviewTalk(content, Reader())
    begun = talk.start().choose_role(Role.LEERADVISEUR)
    for subject in (Subject.TEAM, Subject.ORGANISATIE):
        interview = begun.choose_subject(subject)
        said = [
            text
            for question in content.questionnaires[content.current].items
            for text in (
                talk.wording(interview, question).question,
                talk.wording(interview, question).probe,
            )
        ]
        whole = [text for text in said if "de organisatie" in text]
        assert bool(whole) is (subject is Subject.ORGANISATIE)
        assert any("het team" in text for text in said) is (subject is Subject.TEAM)
