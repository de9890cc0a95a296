"""What people ask at any time is answered about the thing that is open, and never with nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from coach.domain.answers import Answer, ReadAs, Role
from coach.domain.coaching import Coaching, Stage
from coach.domain.content import Content, Item, Place
from coach.domain.interview import Interview, Phase, begin
from coach.domain.path import POSITIONS, Position, Process, Ring
from coach.usecases.reply import Say
from coach.usecases.side import SideTalk, Standing

HERE = Position(Ring.CULTIVATIE, Process.PADVINDEN)
EARLIER = Position(Ring.CULTIVATIE, Process.PROGRAMMEREN)
InterviewAt = Callable[[Role, Position], Interview]


def told(says: Iterable[Say]) -> str:
    """Everything that was filled in."""
    return "\n".join(value for say in says for value in say.slots.values())


def names(says: Iterable[Say]) -> list[str]:
    return [say.response for say in says]


@pytest.fixture
def side(content: Content) -> SideTalk:
    return SideTalk(content)


@pytest.fixture
def before(content: Content) -> Interview:
    """Before the first word."""
    questionnaire = content.questionnaires[content.current]
    return begin(questionnaire.version, questionnaire.order)


@pytest.fixture
def asking(interview_at: InterviewAt) -> Interview:
    """At the first question."""
    interview = interview_at(Role.LEIDINGGEVENDE, HERE)
    while interview.trail:
        interview = interview.back()
    assert interview.phase is Phase.QUESTION
    return interview


@pytest.fixture
def placed(interview_at: InterviewAt) -> Interview:
    interview = interview_at(Role.LEIDINGGEVENDE, HERE)
    assert interview.phase is Phase.REVIEW
    return interview


@pytest.fixture
def here(content: Content) -> Place:
    return content.places[HERE]


def coached(interview: Interview, stage: Stage) -> Standing:
    """In the coaching talk, at a stage."""
    coaching = Coaching(Role.LEIDINGGEVENDE, HERE)
    values = {
        Stage.OBSTACLE: "geen_tijd", Stage.LOOK_BACK: "ja", Stage.WHEN: "",
        Stage.WHEN_AGAIN: "", Stage.SURE: "5", Stage.RAISE: "kleiner", Stage.COME_BACK: "",
    }  # fmt: skip
    while coaching.stage is not stage:
        now = coaching.stage
        value = values.get(now, "eigen" if stage is Stage.OWN_STEP else "cul-pad-1")
        points_to = Process.PROGRAMMEREN if stage is Stage.LOOK_BACK else None
        coaching = coaching.say(value, "iets", points_to)
    return Standing(interview.agree(), coaching)


def item_of(content: Content, interview: Interview) -> Item:
    question = interview.next_question()
    assert question is not None
    return content.questionnaires[interview.version].items[question]


# --- during a question ----------------------------------------------------------------


def test_wat_bedoel_je_explains_the_open_question(
    side: SideTalk, asking: Interview, content: Content
) -> None:
    assert told(side.explain(Standing(asking))) == item_of(content, asking).explanation


def test_waarom_vraag_je_dit_tells_why_the_open_question_is_asked(
    side: SideTalk, asking: Interview, content: Content
) -> None:
    assert told(side.why(Standing(asking))) == item_of(content, asking).why


def test_an_example_of_the_open_question_is_given(
    side: SideTalk, asking: Interview, content: Content
) -> None:
    assert told(side.examples(Standing(asking))) == item_of(content, asking).explanation


def test_side_questions_during_the_probe_and_the_check_are_about_the_same_question(
    side: SideTalk, asking: Interview
) -> None:
    question = asking.next_question()
    assert question is not None
    probing = asking.record(Answer(question, None))
    checking = asking.propose(Answer(question, 2, "zoiets", ReadAs.TEXT, 0.5))
    assert (probing.phase, checking.phase) == (Phase.PROBE, Phase.CHECK)
    for interview in (probing, checking):
        assert side.explain(Standing(interview)) == side.explain(Standing(asking))
        assert side.why(Standing(interview)) == side.why(Standing(asking))


def test_side_questions_during_a_correction_are_about_the_reopened_question(
    side: SideTalk, placed: Interview, content: Content
) -> None:
    question = placed.answered()[1]
    explained = told(side.explain(Standing(placed.correct(question))))
    assert explained == content.questionnaires[placed.version].items[question].explanation


def test_hoeveel_nog_counts_the_questions(side: SideTalk, asking: Interview) -> None:
    (first,) = side.progress(Standing(asking))
    assert {"1", "10"} <= set(first.slots.values())
    question = asking.next_question()
    assert question is not None
    (second,) = side.progress(Standing(asking.record(Answer(question, 1))))
    assert second.response == first.response
    assert "2" in second.slots.values()


# --- outside a question ---------------------------------------------------------------


def test_hoeveel_nog_outside_the_questions_has_an_answer_of_its_own(
    side: SideTalk, before: Interview, asking: Interview, placed: Interview
) -> None:
    standings = [
        Standing(),
        Standing(asking),
        Standing(placed),
        coached(placed, Stage.WHAT),
    ]
    said = [names(side.progress(standing)) for standing in standings]
    assert len({tuple(name) for name in said}) == len(standings)
    assert names(side.progress(Standing(before))) == names(side.progress(Standing()))


def test_waar_staan_we_shows_the_picture_once_the_place_is_known(
    side: SideTalk, asking: Interview, placed: Interview, here: Place
) -> None:
    (unknown,) = side.place(Standing(asking))
    assert unknown.image is None
    assert side.place(Standing()) == (unknown,)
    (shown,) = side.place(Standing(placed))
    assert here.name in shown.slots.values()
    assert HERE.id in (shown.image or "")
    assert side.place(coached(placed, Stage.WHO)) == (shown,)


def test_at_the_result_an_explanation_tells_what_you_see_at_that_place(
    side: SideTalk, placed: Interview, here: Place
) -> None:
    for says in (side.explain(Standing(placed)), side.examples(Standing(placed))):
        assert all(sign in told(says) for sign in here.looks_like)


def test_vertel_meer_at_the_result_also_tells_when_it_is_in_order(
    side: SideTalk, placed: Interview, here: Place
) -> None:
    says = told(side.more(Standing(placed), None))
    assert all(sign in says for sign in (*here.looks_like, *here.in_order_when))


# --- during the coaching talk ---------------------------------------------------------


@pytest.mark.parametrize("stage", [Stage.REALITY, Stage.OBSTACLE])
def test_wat_bedoel_je_at_a_question_of_the_place_tells_what_the_place_means(
    side: SideTalk, placed: Interview, here: Place, stage: Stage
) -> None:
    assert told(side.explain(coached(placed, stage))) == here.meaning


@pytest.mark.parametrize(
    "stage",
    [s for s in Stage if s not in (Stage.REALITY, Stage.OBSTACLE, Stage.DONE)],
)
def test_wat_bedoel_je_has_an_answer_at_every_stage(
    side: SideTalk, placed: Interview, stage: Stage
) -> None:
    (say,) = side.explain(coached(placed, stage))
    assert say.response.endswith(stage.value)


def test_after_looking_back_examples_are_those_of_the_earlier_place(
    side: SideTalk, placed: Interview, content: Content, here: Place
) -> None:
    standing = coached(placed, Stage.LOOK_BACK)
    assert all(sign in told(side.examples(standing)) for sign in here.looks_like)
    assert standing.coaching is not None
    back = Standing(standing.interview, standing.coaching.say("ja"))
    earlier = content.places[EARLIER].looks_like
    assert all(sign in told(side.examples(back)) for sign in earlier)


def test_waarom_in_the_coaching_talk_is_not_about_the_questionnaire(
    side: SideTalk, asking: Interview, placed: Interview
) -> None:
    assert names(side.why(coached(placed, Stage.WHAT))) != names(side.why(Standing(asking)))


def test_no_question_of_the_interview_is_open_during_the_coaching_talk(placed: Interview) -> None:
    reopened = placed.correct(placed.answered()[0])
    assert Standing(reopened).open_question == placed.answered()[0]
    assert Standing(reopened, coached(placed, Stage.WHAT).coaching).open_question is None


# --- everywhere -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "ask",
    [
        SideTalk.explain,
        SideTalk.why,
        SideTalk.examples,
        SideTalk.progress,
        SideTalk.place,
        lambda side, standing: side.more(standing, None),
        lambda side, standing: side.more(standing, "bestaat_niet"),
    ],
    ids=["explain", "why", "examples", "progress", "place", "more", "more of nothing"],
)
def test_a_side_question_is_answered_wherever_the_talk_stands(
    side: SideTalk,
    before: Interview,
    asking: Interview,
    placed: Interview,
    ask: Callable[[SideTalk, Standing], tuple[Say, ...]],
) -> None:
    role = before.choose_role(Role.MEDEWERKER)
    unplaced = asking
    for _ in range(8):
        question = unplaced.next_question()
        assert question is not None
        unplaced = unplaced.record(Answer(question, None))
    assert unplaced.phase is Phase.UNPLACED
    standings = [
        Standing(), Standing(before), Standing(role), Standing(asking), Standing(unplaced),
        Standing(placed), Standing(placed.choose_correction()), Standing(placed.agree()),
        *(coached(placed, stage) for stage in Stage),
    ]  # fmt: skip
    for standing in standings:
        says = ask(side, standing)
        assert says
        assert all(say.response.startswith("utter_") for say in says)
        assert all(value for say in says for value in say.slots.values())


@pytest.mark.parametrize("position", POSITIONS, ids=lambda position: position.id)
def test_every_place_can_be_shown_and_explained(
    side: SideTalk, interview_at: InterviewAt, content: Content, position: Position
) -> None:
    standing = Standing(interview_at(Role.MEDEWERKER, position))
    assert content.places[position].name in told(side.place(standing))
    assert content.places[position].looks_like[0] in told(side.explain(standing))


# --- questions that people ask and words they do not know -----------------------------


def test_every_topic_is_answered_and_offers_to_say_more(side: SideTalk, content: Content) -> None:
    for topic in content.topics.values():
        say, *_ = side.topic(topic.id, topic.question, Standing())
        assert topic.answer in say.slots.values()
        assert topic.id in {*say.slots.values(), *(button.value for button in say.buttons)}
        assert told(side.more(Standing(), topic.id)) == topic.more


def test_who_asks_for_money_or_training_hears_where_to_go_and_when_that_was_checked(
    side: SideTalk, content: Content
) -> None:
    for topic in ("kosten", "training_vinden"):
        *_, where = side.topic(topic, "waar vind ik iets?", Standing())
        listed = [r for r in content.resources if r.url in where.slots["resources"]]
        assert 1 <= len(listed) <= 3 and all(Role.MEDEWERKER in r.roles for r in listed)
        assert where.slots["checked"]


def test_a_scheme_that_ended_is_never_offered_but_named_as_ended_when_asked_for(
    side: SideTalk, content: Content
) -> None:
    for scheme in content.ended:
        first, *rest = side.topic("kosten", f"bestaat {scheme.name} nog?", Standing())
        assert (first.response, first.slots["name"]) == ("utter_ended", scheme.name)
        assert not any(scheme.name in str(say.slots) for say in rest)


@pytest.mark.parametrize(
    ("asked", "term"),
    [
        ("Wat betekent padvinden?", "padvinden"),
        ("wat is de or eigenlijk", "ondernemingsraad"),
        ("wat zijn O&O-fonds en zo", "opleidingsfonds"),
        ("Wat bedoel je met de eerste ring", "activatie"),
        ("en evc?", "ervaringscertificaat"),
    ],
)
def test_a_word_of_the_model_is_explained_however_it_is_typed(
    side: SideTalk, content: Content, asked: str, term: str
) -> None:
    meaning = next(t.meaning for t in content.terms if t.term == term)
    assert meaning in told(side.term(asked))


def test_every_term_is_found_by_its_own_name_and_named_as_it_is_written(
    side: SideTalk, content: Content
) -> None:
    for term in content.terms:
        says = told(side.term(f"wat betekent {term.term}?"))
        assert term.meaning in says
        assert term.term[1:] in says


def test_an_unknown_word_is_not_explained_by_guessing(side: SideTalk) -> None:
    says = side.term("wat betekent onderwaterhockey?")
    assert told(says) == ""
    assert names(says) != names(side.term("wat betekent padvinden?"))
