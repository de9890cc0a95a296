"""The coaching talk turn by turn, over the real content: what is said to what the user does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from coach.domain.answers import Role
from coach.domain.coaching import NOTHING, OWN, Coaching, Plan, Stage
from coach.domain.content import Content, Step
from coach.domain.interview import Interview
from coach.domain.path import POSITIONS, Position, Process, Ring
from coach.usecases.coaching import OPTIONS, CoachingTalk
from coach.usecases.reply import Button, Heard, Say
from coach.usecases.spoken import MIRRORED, mirror, spoken

TODAY = date(2026, 11, 23)
FRIDAY = date(2026, 12, 4)
ON_FRIDAY = "volgende week vrijdag"
HERE = Position(Ring.ACTIVATIE, Process.PADVINDEN)
EARLIER = Position(Ring.ACTIVATIE, Process.PROGRAMMEREN)
NO_TIME = "het is veel te druk in de nachtdienst"

InterviewAt = Callable[[Role, Position], Interview]


class Dates:
    """Knows one date."""

    def read(self, text: str, today: date) -> date | None:
        assert today == TODAY
        return FRIDAY if ON_FRIDAY in text else None


class Names:
    """Knows who acts in two sentences."""

    def who(self, text: str) -> str | None:
        known = {"ik bel": "ik", "Ali belt": "Ali", "samen met": "jij en Ali"}
        return known.get(" ".join(text.split()[:2]))

    def is_only_who(self, text: str) -> bool:
        return text == "samen met Ali"


def told(says: Iterable[Say]) -> list[str]:
    """Everything that was filled in, in the order in which it is said."""
    return [value for say in says for value in say.slots.values()]


@dataclass
class Turns:
    """A user who talks and clicks; keeps the coaching talk and what the bot said."""

    talk: CoachingTalk
    coaching: Coaching
    said: tuple[Say, ...] = ()

    def hears(self, heard: Heard) -> Turns:
        followed = self.talk.hear(self.coaching, heard)
        self.coaching, self.said = followed.coaching, followed.says
        return self

    def types(self, text: str, intent: str = "inform") -> Turns:
        return self.hears(Heard(text, intent))

    def clicks(self, *values: str) -> Turns:
        for value in values:
            self.hears(Heard("", "choose", value))
        return self

    def at(self, stage: Stage) -> Turns:
        assert self.coaching.stage is stage
        return self

    @property
    def responses(self) -> list[str]:
        return [say.response for say in self.said]

    @property
    def told(self) -> list[str]:
        return told(self.said)

    @property
    def asks(self) -> tuple[Say, ...]:
        return self.talk.ask(self.coaching)

    @property
    def seen(self) -> tuple[Say, ...]:
        """All that the user sees after a message."""
        return (*self.said, *self.asks)

    @property
    def summary(self) -> Say:
        (summary,) = [say for say in self.seen if say.response.startswith("utter_summary")]
        return summary

    @property
    def buttons(self) -> tuple[Button, ...]:
        return self.asks[-1].buttons

    @property
    def options(self) -> list[Step]:
        place = self.talk.content.places[self.coaching.working_on]
        return list(place.steps_for(self.coaching.role)[:OPTIONS])

    @property
    def plan(self) -> Plan:
        plan = self.coaching.plan()
        assert plan is not None
        return plan


def reach(turns: Turns, stage: Stage) -> Turns:
    """The talk up to a stage, from its beginning."""
    straight: dict[Stage, Callable[[Turns], Turns]] = {
        Stage.REALITY: lambda t: t.types("een paar collega's volgen soms een cursus"),
        Stage.OPTION: lambda t: t.clicks(t.options[0].id),
        Stage.OBSTACLE: lambda t: t.clicks(NOTHING),
        Stage.WHAT: lambda t: t.clicks("ja"),
        Stage.WHO: lambda t: t.clicks("ik"),
        Stage.WHEN: lambda t: t.types(ON_FRIDAY),
        Stage.SURE: lambda t: t.clicks("8"),
        Stage.COME_BACK: lambda t: t.clicks("week"),
    }
    aside: dict[Stage, tuple[Stage, Callable[[Turns], Turns]]] = {
        Stage.OWN_STEP: (Stage.OPTION, lambda t: t.clicks(OWN)),
        Stage.LOOK_BACK: (Stage.OBSTACLE, lambda t: t.types(NO_TIME)),
        Stage.WHEN_AGAIN: (Stage.WHEN, lambda t: t.types("binnenkort een keer")),
        Stage.RAISE: (Stage.SURE, lambda t: t.clicks("5")),
        Stage.SMALLER: (Stage.RAISE, lambda t: t.clicks("kleiner")),
    }
    if stage in aside:
        before, step = aside[stage]
        return step(reach(turns, before)).at(stage)
    while turns.coaching.stage is not stage:
        straight[turns.coaching.stage](turns)
    return turns


@pytest.fixture
def talk(content: Content) -> CoachingTalk:
    return CoachingTalk(content, Dates(), lambda: TODAY, Names())


@pytest.fixture
def turns(talk: CoachingTalk, interview_at: InterviewAt) -> Turns:
    """An employee in activatie, where a route of their own is the question."""
    return Turns(talk, talk.start(interview_at(Role.MEDEWERKER, HERE).agree()).coaching)


# --- the beginning --------------------------------------------------------------------


@pytest.mark.parametrize("position", POSITIONS, ids=lambda position: position.id)
@pytest.mark.parametrize("role", Role)
def test_every_role_at_every_position_gets_its_guiding_question_and_three_steps(
    talk: CoachingTalk, interview_at: InterviewAt, position: Position, role: Role
) -> None:
    followed = talk.start(interview_at(role, position).agree())
    place = talk.content.places[position]
    assert told(followed.says) == [place.guiding_question, place.meaning]
    turns = Turns(talk, followed.coaching).at(Stage.REALITY)
    assert told(turns.asks) == [place.reality[role]]
    reach(turns, Stage.OPTION)
    shown = [(b.value, b.title) for b in turns.buttons]
    assert shown == [(s.id, s.roles[role].label) for s in place.steps_for(role)[:3]]
    assert len(shown) == 3
    reach(turns, Stage.DONE)
    assert turns.plan.position == position


def test_a_completed_round_is_coached_in_the_next_ring(
    talk: CoachingTalk, interview_at: InterviewAt
) -> None:
    interview = interview_at(Role.MEDEWERKER, Position(Ring.ACTIVATIE, Process.LEREN))
    question = interview.answered()[-1]
    answer = interview.settled()[question]
    last = interview.correct(question).record(type(answer)(question, 3))
    coaching = talk.start(last.agree()).coaching
    assert coaching.position == Position(Ring.CULTIVATIE, Process.DOELEN_STELLEN)


# --- what happens now -----------------------------------------------------------------


def test_the_users_own_words_are_said_back(turns: Turns) -> None:
    turns.types("We leren vooral  thuis.\n").at(Stage.OPTION)
    assert turns.said[0].response == "utter_reality_heard"
    assert turns.told == ["We leren vooral thuis"]


def test_a_long_story_is_said_back_short_and_in_whole_words() -> None:
    told = "eerst " + "dit en dan weer dat " * 20
    short = mirror(told)
    assert len(short) <= MIRRORED + 2 and short.endswith(" …")
    assert told.startswith(short.removesuffix(" …"))


def test_a_figure_does_not_tell_how_it_goes_now(turns: Turns) -> None:
    before = turns.coaching
    turns.types("7")
    assert turns.coaching == before
    assert turns.responses == ["utter_reality_unclear"]


@pytest.mark.parametrize(
    ("text", "intent"),
    [("niks", "inform"), ("geen flauw idee joh", "unknown"), ("sla over", "skip")],
)
def test_who_has_little_to_tell_goes_on_to_the_steps(turns: Turns, text: str, intent: str) -> None:
    turns.types(text, intent).at(Stage.OPTION)
    assert turns.responses == ["utter_reality_short"]


# --- choosing a step ------------------------------------------------------------------


@pytest.mark.parametrize(("text", "place"), [("de tweede", 1), ("3", 2), ("optie 1", 0)])
def test_a_step_can_be_chosen_by_its_place(turns: Turns, text: str, place: int) -> None:
    step = reach(turns, Stage.OPTION).options[place]
    turns.types(text, "choose").at(Stage.OBSTACLE)
    assert turns.coaching.last(Stage.OPTION).value == step.id


def test_a_step_can_be_chosen_by_typing_its_label_with_a_slip(turns: Turns) -> None:
    step = reach(turns, Stage.OPTION).options[2]
    label = step.roles[Role.MEDEWERKER].label.lower()
    turns.types(label[:4] + label[5:]).at(Stage.OBSTACLE)
    assert turns.coaching.last(Stage.OPTION).value == step.id


def test_a_chosen_step_is_explained_with_how_well_it_is_known_to_work(turns: Turns) -> None:
    step = reach(turns, Stage.OPTION).options[1]
    turns.clicks(step.id)
    assert turns.responses == ["utter_step_what", f"utter_evidence_{step.evidence}"]
    assert turns.told == [step.what, step.time.rstrip(".")]


@pytest.mark.parametrize(
    "heard",
    [Heard("", "choose", OWN), Heard("iets anders", "deny"), Heard("de vierde", "choose")],
    ids=["click", "none of these", "typed"],
)
def test_something_else_asks_for_the_users_own_step(turns: Turns, heard: Heard) -> None:
    reach(turns, Stage.OPTION).hears(heard).at(Stage.OWN_STEP)
    assert [say.response for say in turns.asks] == ["utter_ask_own_step"]
    turns.types("samen lunchen met de planner").at(Stage.OBSTACLE)
    assert turns.told == ["samen lunchen met de planner"]


def test_an_own_step_told_straight_away_is_taken(turns: Turns) -> None:
    reach(turns, Stage.OPTION).types("ik ga elke week met Fatma lunchen").at(Stage.OBSTACLE)
    assert turns.responses == ["utter_own_step_heard"]
    reach(turns, Stage.WHAT)
    assert [say.response for say in turns.asks] == ["utter_ask_first_step"]
    turns.types("morgen vraag ik het Fatma")
    assert (reach(turns, Stage.DONE).plan.step, turns.plan.what) == (
        OWN,
        "morgen vraag ik het Fatma",
    )


def test_not_knowing_which_step_shows_the_steps_again(turns: Turns) -> None:
    before = reach(turns, Stage.OPTION).coaching
    turns.types("ik zou het echt niet weten", "unknown")
    assert (turns.coaching, turns.responses) == (before, ["utter_option_unclear"])


def test_a_short_own_idea_is_not_taken_for_the_first_step(turns: Turns) -> None:
    reach(turns, Stage.OPTION).types("een cursus")
    said = turns.coaching.said(Stage.OPTION)
    assert said is None or said.value == OWN


# --- what stands in the way -----------------------------------------------------------


def test_obstacle_question_is_that_of_the_place_and_role(turns: Turns, content: Content) -> None:
    (ask,) = reach(turns, Stage.OBSTACLE).asks
    assert told([ask]) == [content.places[HERE].obstacle[Role.MEDEWERKER]]
    assert 3 <= len(ask.buttons) <= 5
    assert all(button.value in content.obstacles for button in ask.buttons)


@pytest.mark.parametrize("text", ["nee hoor", "niets"])
def test_nothing_in_the_way_tells_what_often_goes_wrong_with_the_step(
    turns: Turns, text: str
) -> None:
    step = reach(turns, Stage.OBSTACLE).options[0]
    turns.types(text, "deny").at(Stage.WHAT)
    assert turns.responses == ["utter_no_obstacle", "utter_pitfall"]
    assert turns.told == [step.pitfall]


@pytest.mark.parametrize("obstacle", ["geen_geld", "geen_steun"])
def test_an_obstacle_gets_the_answer_for_the_role(
    turns: Turns, content: Content, obstacle: str
) -> None:
    reach(turns, Stage.OBSTACLE).types(content.obstacles[obstacle].words[0]).at(Stage.WHAT)
    assert turns.told == [content.obstacles[obstacle].answers[Role.MEDEWERKER]]


def test_an_obstacle_nobody_thought_of_is_answered_and_kept_in_its_own_words(
    turns: Turns, content: Content
) -> None:
    reach(turns, Stage.OBSTACLE).types("de kat van de buren").at(Stage.WHAT)
    move = turns.coaching.last(Stage.OBSTACLE)
    assert (move.value, move.words) == ("iets_anders", "de kat van de buren")
    assert turns.told[0] == content.obstacles["iets_anders"].answers[Role.MEDEWERKER]


def test_no_pitfall_is_told_about_a_step_of_ones_own(turns: Turns) -> None:
    reach(turns, Stage.OWN_STEP).types("samen lunchen").types("niets", "deny").at(Stage.WHAT)
    assert turns.responses == ["utter_no_obstacle"]


# --- looking back ---------------------------------------------------------------------


def test_no_time_looks_back_to_arranging_it_first(turns: Turns, content: Content) -> None:
    reach(turns, Stage.LOOK_BACK)
    assert turns.responses == ["utter_obstacle_answer"]
    assert told(turns.asks) == [content.processes[Process.PROGRAMMEREN].plain]


def test_looking_back_shows_the_earlier_question_and_its_steps(
    turns: Turns, content: Content
) -> None:
    reach(turns, Stage.LOOK_BACK).clicks("ja").at(Stage.OPTION)
    assert turns.told == [content.places[EARLIER].guiding_question]
    (ask,) = turns.asks
    assert ask.response == "utter_ask_option_earlier"
    earlier = content.places[EARLIER].steps_for(Role.MEDEWERKER)
    assert [b.value for b in ask.buttons] == [step.id for step in earlier[:3]]
    turns.clicks(earlier[0].id).at(Stage.WHAT)
    assert told(turns.asks) == [earlier[0].roles[Role.MEDEWERKER].first_step]
    assert reach(turns, Stage.DONE).plan.position == EARLIER


def test_who_does_not_look_back_keeps_the_step(turns: Turns) -> None:
    step = reach(turns, Stage.OPTION).options[0]
    reach(turns, Stage.LOOK_BACK).types("nee, dit is goed", "deny").at(Stage.WHAT)
    assert turns.responses == ["utter_keep_step"]
    assert reach(turns, Stage.DONE).plan.step == step.id


def test_no_time_where_arranging_it_is_the_question_itself_does_not_look_back(
    talk: CoachingTalk, interview_at: InterviewAt
) -> None:
    turns = Turns(talk, talk.start(interview_at(Role.MEDEWERKER, EARLIER).agree()).coaching)
    reach(turns, Stage.OBSTACLE).clicks("geen_tijd").at(Stage.WHAT)
    assert turns.responses == ["utter_obstacle_answer"]


# --- the promise ----------------------------------------------------------------------


def test_yes_takes_the_first_step_over_as_the_promise(turns: Turns) -> None:
    own = reach(turns, Stage.WHAT).options[0].roles[Role.MEDEWERKER]
    assert told(turns.asks) == [own.first_step]
    turns.types("ja doe ik", "affirm").at(Stage.WHO)
    assert turns.coaching.last(Stage.WHAT).words == own.first_step


def test_who_and_when_can_be_told_with_the_yes(turns: Turns) -> None:
    own = reach(turns, Stage.WHAT).options[0].roles[Role.MEDEWERKER]
    turns.types(f"Ali belt {ON_FRIDAY}, ja", "affirm").at(Stage.SURE)
    assert turns.coaching.last(Stage.WHAT).words == own.first_step
    assert turns.coaching.last(Stage.WHO).words == "Ali"


def test_with_whom_alone_is_a_yes_to_the_first_step(turns: Turns) -> None:
    own = reach(turns, Stage.WHAT).options[0].roles[Role.MEDEWERKER]
    turns.types("samen met Ali").at(Stage.WHEN)
    assert turns.coaching.last(Stage.WHAT).words == own.first_step
    assert turns.coaching.last(Stage.WHO).words == "jij en Ali"


def test_with_whom_alone_is_no_step_of_ones_own(turns: Turns) -> None:
    turns.types("we oefenen soms").clicks(OWN).types("een lijst maken").clicks(NOTHING)
    turns.at(Stage.WHAT).types("samen met Ali").at(Stage.WHAT)
    assert turns.responses == ["utter_what_unclear"]


def test_the_title_of_a_button_does_not_say_who(turns: Turns) -> None:
    reach(turns, Stage.WHAT).hears(Heard("ik bel", "choose", "ja")).at(Stage.WHO)


def test_the_promise_can_be_put_in_own_words(turns: Turns) -> None:
    reach(turns, Stage.WHAT).types("ik vraag het maandag aan Ali").at(Stage.WHO)
    assert turns.coaching.last(Stage.WHAT).words == "ik vraag het maandag aan Ali"


@pytest.mark.parametrize(
    ("text", "stage", "who", "on"),
    [
        (f"ik bel {ON_FRIDAY} met Ali", Stage.SURE, "jijzelf", FRIDAY.isoformat()),
        ("Ali belt met het fonds", Stage.WHEN, "Ali", None),
        (f"{ON_FRIDAY} een half uur oefenen", Stage.WHO, None, None),
    ],
)
def test_what_a_promise_already_told_is_not_asked(
    turns: Turns, text: str, stage: Stage, who: str | None, on: str | None
) -> None:
    reach(turns, Stage.WHAT).types(text).at(stage)
    who_said, when_said = turns.coaching.said(Stage.WHO), turns.coaching.said(Stage.WHEN)
    assert (who_said and who_said.words) == who
    assert (when_said and when_said.value) == on
    if who:
        assert who in turns.told


def test_who_and_when_can_be_told_together(turns: Turns) -> None:
    reach(turns, Stage.WHO).types(f"Fatma van de planning, {ON_FRIDAY}").at(Stage.SURE)
    assert turns.coaching.last(Stage.WHEN).value == FRIDAY.isoformat()


@pytest.mark.parametrize(
    "heard", [Heard("", "choose", "nee"), Heard("nee dat niet", "deny"), Heard("hmm", "inform")]
)
def test_who_would_do_it_differently_is_asked_how(turns: Turns, heard: Heard) -> None:
    before = reach(turns, Stage.WHAT).coaching
    turns.hears(heard)
    assert (turns.coaching, turns.responses) == (before, ["utter_what_unclear"])


@pytest.mark.parametrize(
    ("heard", "who"),
    [
        (Heard("", "choose", "ik"), "jijzelf"),
        (Heard("", "choose", "samen"), "jij en een collega"),
        (Heard("Fatma van de planning"), "Fatma van de planning"),
        (Heard("mijn teamleider", "role"), "mijn teamleider"),
        (Heard("een collega"), "een collega"),
        (Heard("twee collega's"), "twee collega's"),
    ],
)
def test_who_does_it_is_kept_as_it_was_said(turns: Turns, heard: Heard, who: str) -> None:
    reach(turns, Stage.WHO).hears(heard).at(Stage.WHEN)
    assert turns.coaching.last(Stage.WHO).words == who


@pytest.mark.parametrize(
    "heard",
    [
        Heard("", "choose", "ander"),
        Heard("iemand anders"),
        Heard("weet ik nog niet", "unknown"),
        Heard("  "),
        Heard("8"),
    ],
)
def test_someone_else_is_asked_by_name(turns: Turns, heard: Heard) -> None:
    before = reach(turns, Stage.WHO).coaching
    turns.hears(heard)
    assert (turns.coaching, turns.responses) == (before, ["utter_who_else"])


def test_a_typed_date_is_said_back_as_people_say_it(turns: Turns) -> None:
    reach(turns, Stage.WHEN).types(f"ik denk {ON_FRIDAY}").at(Stage.SURE)
    assert (turns.responses, turns.told) == (["utter_when_heard"], ["vrijdag 4 december"])
    assert reach(turns, Stage.DONE).plan.on == FRIDAY


@pytest.mark.parametrize("weekday", range(7))
def test_a_clicked_moment_is_a_working_day_around_that_time(
    content: Content, interview_at: InterviewAt, weekday: int
) -> None:
    today = TODAY + timedelta(days=weekday)
    talk = CoachingTalk(content, Dates(), lambda: today, Names())
    for value, (days,) in content.words["when"].items():
        coaching = talk.start(interview_at(Role.MEDEWERKER, HERE).agree()).coaching
        turns = reach(Turns(talk, coaching), Stage.WHEN).clicks(value).at(Stage.SURE)
        on = date.fromisoformat(turns.coaching.last(Stage.WHEN).value)
        assert turns.told == [spoken(on, content)]
        assert abs((on - today).days - int(days)) <= 2
        assert on > today
        assert on.weekday() < 5


def test_dates_are_spoken_in_dutch(content: Content) -> None:
    assert spoken(FRIDAY, content) == "vrijdag 4 december"
    assert spoken(date(2027, 3, 1), content) == "maandag 1 maart"
    assert spoken(None, content) == ""


def test_a_vague_date_is_asked_once_more(turns: Turns) -> None:
    reach(turns, Stage.WHEN_AGAIN)
    assert [say.response for say in turns.asks] == ["utter_ask_when_again"]
    turns.types(ON_FRIDAY).at(Stage.SURE)
    assert reach(turns, Stage.DONE).plan.on == FRIDAY


def test_a_date_that_stays_vague_is_kept_in_the_users_words(turns: Turns) -> None:
    reach(turns, Stage.WHEN_AGAIN).types("na de verbouwing").at(Stage.SURE)
    assert (turns.responses, turns.told) == (["utter_when_kept"], ["na de verbouwing"])
    plan = reach(turns, Stage.DONE).plan
    assert (plan.on, plan.when) == (None, "na de verbouwing")


def test_not_knowing_a_better_date_keeps_the_first_words(turns: Turns) -> None:
    reach(turns, Stage.WHEN_AGAIN).types("weet ik echt niet", "unknown").at(Stage.SURE)
    assert reach(turns, Stage.DONE).plan.when == "binnenkort een keer"


# --- how sure -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heard", "mark"),
    [
        (Heard("", "choose", "9"), 9),
        (Heard("een 8 denk ik"), 8),
        (Heard("10"), 10),
        (Heard("7!"), 7),
        (Heard("vrij zeker"), 8),
        (Heard("Helemaal zeker"), 9),
    ],
)
def test_a_mark_from_seven_goes_on_to_the_summary(turns: Turns, heard: Heard, mark: int) -> None:
    reach(turns, Stage.SURE).hears(heard).at(Stage.COME_BACK)
    assert turns.responses[0] == "utter_sure_enough"
    assert turns.plan.sure == mark


@pytest.mark.parametrize(
    ("text", "mark"), [("een 6", 6), ("0", 0), ("niet zo zeker", 5), ("niet zeker", 2)]
)
def test_a_low_mark_asks_what_would_make_it_a_seven(turns: Turns, text: str, mark: int) -> None:
    reach(turns, Stage.SURE).types(text).at(Stage.RAISE)
    assert [say.response for say in turns.asks] == ["utter_ask_raise"]
    assert turns.types("als Ali meegaat").plan.sure == mark


@pytest.mark.parametrize("text", ["heel erg", "100", "11", "ja"])
def test_something_that_is_no_mark_is_asked_again(turns: Turns, text: str) -> None:
    before = reach(turns, Stage.SURE).coaching
    turns.types(text)
    assert (turns.coaching, turns.responses) == (before, ["utter_sure_unclear"])


def test_what_would_help_is_said_back_and_stands_in_the_summary(turns: Turns) -> None:
    reach(turns, Stage.RAISE).types("als Ali met me meegaat").at(Stage.COME_BACK)
    assert told(turns.said[:1]) == ["als Ali met me meegaat"]
    assert turns.summary.response == "utter_summary_with_help"
    assert "als Ali met me meegaat" in told([turns.summary])


@pytest.mark.parametrize("value", ["hulp", "tijd"])
def test_help_can_be_clicked(turns: Turns, content: Content, value: str) -> None:
    reach(turns, Stage.RAISE).clicks(value).at(Stage.COME_BACK)
    assert turns.plan.helps == content.words["helps"][value][0]


def test_help_of_a_colleague_is_not_taken_for_a_smaller_step(turns: Turns) -> None:
    reach(turns, Stage.RAISE).types("een collega").at(Stage.COME_BACK)
    assert turns.plan.helps == "een collega"


@pytest.mark.parametrize(
    "heard", [Heard("", "choose", "kleiner"), Heard("ik vind de stap te groot")]
)
def test_a_smaller_step_becomes_the_promise(turns: Turns, heard: Heard) -> None:
    reach(turns, Stage.RAISE).hears(heard).at(Stage.SMALLER)
    turns.types("tja").at(Stage.SMALLER)
    assert turns.responses == ["utter_own_step_unclear"]
    turns.types("alleen een appje sturen").at(Stage.COME_BACK)
    assert turns.summary.response == "utter_summary"
    assert "alleen een appje sturen" in told([turns.summary])


# --- summary and coming back ----------------------------------------------------------


def test_summary_tells_the_whole_promise(turns: Turns, content: Content) -> None:
    reach(turns, Stage.WHAT).types("ik vraag het aan Ali").clicks("samen").types(ON_FRIDAY)
    turns.types("8")
    assert turns.asks[-1].response == "utter_ask_come_back"
    assert set(told([turns.summary])) == {
        "ik vraag het aan Ali",
        "jij en een collega",
        "vrijdag 4 december",
        "8",
    }


@pytest.mark.parametrize(
    ("heard", "on"),
    [
        (Heard("", "choose", "week"), date(2026, 12, 11)),
        (Heard("", "choose", "maand"), date(2027, 1, 4)),
        (Heard(f"doe maar {ON_FRIDAY}"), FRIDAY),
    ],
)
def test_coming_back_is_counted_from_the_promised_day(
    turns: Turns, content: Content, heard: Heard, on: date
) -> None:
    reach(turns, Stage.COME_BACK).hears(heard).at(Stage.DONE)
    assert turns.told == [spoken(on, content)]
    assert turns.plan.come_back == on


def test_coming_back_to_a_promise_without_a_day_is_counted_from_today(turns: Turns) -> None:
    reach(turns, Stage.WHEN_AGAIN).types("ooit").clicks("8", "week").at(Stage.DONE)
    assert turns.plan.come_back == date(2026, 11, 30)


@pytest.mark.parametrize(
    "heard", [Heard("", "choose", "later"), Heard("nee liever niet", "deny"), Heard("?", "unknown")]
)
def test_who_does_not_want_to_come_back_to_it_is_done(turns: Turns, heard: Heard) -> None:
    reach(turns, Stage.COME_BACK).hears(heard).at(Stage.DONE)
    assert turns.plan.come_back is None


def test_an_unclear_moment_to_come_back_is_asked_again(turns: Turns) -> None:
    before = reach(turns, Stage.COME_BACK).coaching
    turns.types("ooit")
    assert (turns.coaching, turns.responses) == (before, ["utter_come_back_unclear"])


def test_when_the_talk_is_done_nothing_more_is_asked(turns: Turns) -> None:
    assert reach(turns, Stage.DONE).asks == ()


# --- messages that do not answer ------------------------------------------------------

STAGES = [stage for stage in Stage if stage is not Stage.DONE]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("old", ["niveau_2", "rea-ler-1"], ids=["answer", "step"])
def test_a_button_from_an_earlier_question_is_answered_and_changes_nothing(
    turns: Turns, stage: Stage, old: str
) -> None:
    before = reach(turns, stage).coaching
    turns.clicks(old)
    assert turns.coaching == before
    assert turns.said


@pytest.mark.parametrize(
    ("stage", "response"),
    [
        (Stage.OPTION, "utter_option_unclear"),
        (Stage.OWN_STEP, "utter_own_step_unclear"),
        (Stage.LOOK_BACK, "utter_yes_or_no"),
        (Stage.WHAT, "utter_what_unclear"),
        (Stage.SURE, "utter_sure_unclear"),
        (Stage.SMALLER, "utter_own_step_unclear"),
        (Stage.COME_BACK, "utter_come_back_unclear"),
    ],
)
def test_gibberish_is_answered_and_changes_nothing(
    turns: Turns, stage: Stage, response: str
) -> None:
    before = reach(turns, stage).coaching
    turns.types("asdfgh", "nlu_fallback")
    assert (turns.coaching, turns.responses) == (before, [response])


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_asks_something(turns: Turns, stage: Stage) -> None:
    asks = reach(turns, stage).asks
    assert asks and all(say.response.startswith("utter_") for say in asks)
