"""The result in words: where you are, why, how sure, and what a changed answer did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coach.domain.content import Content
from coach.domain.interview import Interview
from coach.domain.placement import Placement
from coach.domain.rounds import Round
from coach.usecases.reply import Say
from coach.usecases.spoken import lines
from coach.usecases.then_now import before, picture, then_and_now

REASONS = 3


def show(content: Content, interview: Interview, rounds: Sequence[Round] = ()) -> tuple[Say, ...]:
    """The place with its picture, what changed since earlier rounds, the reasons, and how sure it is."""
    placement = interview.placement()
    assert placement is not None
    place = content.places[placement.position]
    since = then_and_now(content, interview, rounds)
    opening = Say(
        "utter_result_again" if since else "utter_result",
        {"name": place.name, "place": place.place},
        image=picture(placement.position, rounds),
    )
    why = Say("utter_result_why", {"reasons": reasons(content, interview, placement)})
    passed = (
        (Say("utter_transition", {"body": content.transitions[placement.completed]}),)
        if placement.completed
        else ()
    )
    traits = _traits(content, placement, before(rounds))
    sure = certainty(content, interview, placement)
    if since:
        return (opening, why, sure, *passed, *since, *traits)
    return (opening, why, *passed, *traits, sure)


def reasons(content: Content, interview: Interview, placement: Placement) -> str:
    """What the user told that decided it, as lines after 'je zei dat': the ring first, the process last."""
    items = content.questionnaires[interview.version].items
    telling = [a for a in placement.decided_by if a.question.ring]
    if (
        placement.completed
    ):  # the ring answers tell of the ring that is left, so only the processes give reasons
        telling = telling[-REASONS:]
    else:
        of_ring = [
            a
            for a in placement.decided_by
            if not a.question.ring and a.level == placement.ring.level
        ]
        telling = of_ring[: REASONS - 1] + telling[-1:]
    return lines(items[a.question].echo[a.level] for a in telling if a.level)


def _traits(content: Content, placement: Placement, then: Round | None) -> tuple[Say, ...]:
    """At most one strength and one point of attention: the first of each that was not said before."""
    was = then.interview.placement() if then else None
    ahead = [c for c in placement.ahead if was is None or c not in was.ahead]
    lagging = [c for c in placement.lagging if was is None or c not in was.lagging]
    strengths = [content.traits[c].strength for c in ahead[:1]]
    attention = [content.traits[c].attention for c in lagging[:1]]
    return (
        *(Say("utter_strength", {"body": text}) for text in strengths),
        *(Say("utter_attention", {"body": text}) for text in attention),
    )


def certainty(content: Content, interview: Interview, placement: Placement) -> Say:
    """How sure the place is, with the answer that could move it when there is one."""
    response = f"utter_certainty_{placement.certainty}"
    if not placement.would_change:
        return Say(response)
    items = content.questionnaires[interview.version].items
    return Say(f"{response}_because", {"name": items[placement.would_change[0]].name})


def moved(interview: Interview) -> tuple[Say, ...]:
    """What the latest correction did to the place; nothing when there was none, or no place before it."""
    trail = interview.trail
    at = next((n for n in reversed(range(len(trail))) if trail[n].correction), None)
    before = replace(interview, trail=trail[:at]).placement() if at is not None else None
    now = interview.placement()
    if before is None or now is None:
        return ()
    return (Say("utter_moved_not" if before.position == now.position else "utter_moved"),)
