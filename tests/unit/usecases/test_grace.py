"""What is said to somebody who is not understood, once and again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain.content import Content
from coach.usecases.grace import Grace
from coach.usecases.reply import Say

UNREAD = Say("utter_not_read")
HEARD = Say("utter_heard_text")


@pytest.fixture
def grace(content: Content) -> Grace:
    return Grace(content)


def test_what_was_understood_is_said_as_it_is(grace: Grace) -> None:
    graced = grace.soften([HEARD], 2, {"why": 0.9})
    assert (graced.says, graced.missed) == ((HEARD,), 0)


def test_at_first_the_two_likeliest_meanings_are_offered(grace: Grace, content: Content) -> None:
    meanings = {"nlu_fallback": 0.9, "why": 0.3, "inform": 0.2, "skip": 0.2, "place": 0.13}
    (said,) = grace.soften([UNREAD], 0, meanings).says
    assert said.response == "utter_grace_guess"
    labels = content.words["guesses"]
    assert [(b.value, b.title) for b in said.buttons] == [
        ("/why", labels["why"][0].capitalize()),
        ("/skip", labels["skip"][0].capitalize()),
    ]


def test_without_a_likely_meaning_the_talk_keeps_its_own_sentence(grace: Grace) -> None:
    assert grace.soften([UNREAD], 0, {"inform": 0.8, "why": 0.05}).says == (UNREAD,)


def test_then_what_can_be_done_and_then_a_person(grace: Grace) -> None:
    said = [grace.soften([UNREAD], missed, {}).says[0].response for missed in range(4)]
    assert said == [
        "utter_not_read", "utter_grace_can", "utter_grace_person", "utter_grace_can",
    ]  # fmt: skip


def test_what_else_was_said_stays_around_it(grace: Grace) -> None:
    says = grace.soften([HEARD, UNREAD, HEARD], 1, {}).says
    assert [say.response for say in says] == [
        "utter_heard_text", "utter_grace_can", "utter_heard_text",
    ]  # fmt: skip


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["why", "skip", "inform"]), st.floats(0, 1)), max_size=9
    )
)
def test_the_same_way_out_never_comes_twice_in_a_row(
    content: Content, row: list[dict[str, float]]
) -> None:
    grace, missed, before = Grace(content), 0, ""
    for meanings in row:
        graced = grace.soften([UNREAD], missed, meanings)
        assert graced.says[0].response != before
        before, missed = graced.says[0].response, graced.missed
    assert missed == len(row)
