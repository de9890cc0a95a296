"""Then beside now, in words and as the address of a picture: without blame, with the signs that belong to it."""

from __future__ import annotations

from collections.abc import Sequence

from coach.domain.answers import Question
from coach.domain.content import Content
from coach.domain.interview import Interview
from coach.domain.path import POSITIONS, Position
from coach.domain.rounds import Change, Comparison, Movement, Round, comparable, compare, way
from coach.usecases.reply import Say
from coach.usecases.spoken import lines, spoken

SIGNS = 3
CHANGES = 3
FEW = 6
"""So many rounds are told one by one; of more, the first and the latest."""
LETTERS = "abcdefghijkl"
"""One for each position, in path order."""
BEFORE = "~"
MOST_PLACES = 40


def shared(content: Content, earlier: Interview, version: str) -> frozenset[Question]:
    """The questions that an earlier interview shares with a version; none when its own is not here any more."""
    older, newer = (content.questionnaires.get(v) for v in (earlier.version, version))
    return comparable(older, newer) if older and newer else frozenset()


def before(rounds: Sequence[Round]) -> Round | None:
    """The latest round with a place."""
    return next((r for r in reversed(rounds) if r.position), None)


def compared(
    content: Content, interview: Interview, rounds: Sequence[Round]
) -> tuple[Round, Comparison] | None:
    """The round to compare with, and how; None when there is none."""
    then = before(rounds)
    if then is None:
        return None
    common = shared(content, then.interview, interview.version)
    return then, compare(then.interview, interview, common)


def then_and_now(
    content: Content, interview: Interview, rounds: Sequence[Round]
) -> tuple[Say, ...]:
    """What changed since the round before: the place, the answers, the signs, and the way so far."""
    found = compared(content, interview, rounds)
    placement = interview.placement()
    if found is None or placement is None:
        return ()
    then, comparison = found
    if comparison.movement is Movement.OTHER_PEOPLE:
        return (Say("utter_other_people"),)
    assert then.position is not None
    names = {
        "on": spoken(then.on, content),
        "then": content.places[then.position].name,
        "now": content.places[placement.position].name,
    }
    return (
        *_versions(content, then.interview, interview, comparison),
        Say(f"utter_moved_{comparison.movement}", names),
        *_changes(content, then.interview, interview, comparison),
        *_signs(content, then.position, placement.position, comparison),
        *_way(content, rounds, placement.position),
    )


def _versions(
    content: Content, then: Interview, now: Interview, comparison: Comparison
) -> tuple[Say, ...]:
    """That the questions were renewed, and which answers are therefore not compared."""
    if then.version == now.version or comparison.movement is Movement.OTHER_QUESTIONS:
        return ()
    if not comparison.left_out:
        return (Say("utter_questions_renewed"),)
    items = content.questionnaires[now.version].items
    names = lines(items[question].name for question in comparison.left_out)
    return (Say("utter_questions_left_out", {"names": names}),)


def _changes(
    content: Content, then: Interview, now: Interview, comparison: Comparison
) -> tuple[Say, ...]:
    """The answers that changed most to the point; after a relapse those that went down come first."""
    changes: list[Change] = list(comparison.changes)
    if comparison.movement is Movement.RELAPSE:
        changes.sort(key=lambda change: change.up)
    if not changes:
        return ()
    old, new = content.questionnaires.get(then.version), content.questionnaires[now.version]
    (pattern,) = content.words["told"]["change"]
    rows = []
    for change in changes[:CHANGES]:
        item = new.items[change.question]
        was = (old or new).items[change.question].echo[change.then]
        rows.append(pattern.format(then=was, now=item.echo[change.now]))
    response = "utter_change" if len(rows) == 1 else "utter_changes"
    return (Say(response, {"changes": lines(rows)}),)


def _signs(
    content: Content, then: Position, now: Position, comparison: Comparison
) -> tuple[Say, ...]:
    """By what to see whether it lasts, or what often stands in the way; and after a relapse where to look first."""
    match comparison.movement:
        case Movement.PROGRESS:
            place = content.places[then]
            filled = {"then": place.name, "signs": lines(place.in_order_when[:SIGNS])}
            return (Say("utter_signs_lasting", filled),)
        case Movement.STANDSTILL:
            signs = lines(content.places[now].standstill[:SIGNS])
            return (Say("utter_signs_standstill", {"signs": signs}),)
        case Movement.RELAPSE:
            signs = lines(content.places[now].standstill[:SIGNS])
            plain = content.processes[now.process].plain
            if then.ring is now.ring:
                back = Say("utter_look_back_process", {"plain": plain})
            else:
                ring = content.rings[now.ring].plain
                back = Say("utter_look_back_ring", {"ring": ring, "plain": plain})
            return (Say("utter_signs_relapse", {"signs": signs}), back)
    return ()


def _way(content: Content, rounds: Sequence[Round], now: Position) -> tuple[Say, ...]:
    """The way so far, once there is more of it than then and now."""
    placed = [r for r in rounds if r.position]
    if len(placed) < 2:
        return ()
    told = placed if len(placed) <= FEW else [placed[0], *placed[-FEW + 1 :]]
    way = [(spoken(r.on, content), r.position) for r in told]
    rows = [f"{on}: {content.places[position].name}" for on, position in way if position]
    return (Say("utter_way", {"way": lines(rows), "now": content.places[now].name}),)


def picture(position: Position, rounds: Sequence[Round]) -> str:
    """The path of the picture on our own server: the place, and the places of earlier rounds as letters."""
    back = "".join(LETTERS[POSITIONS.index(p)] for p in way(rounds)[-MOST_PLACES:])
    return f"/figuur/{position.id}{BEFORE + back if back else ''}.png"


def places_of(name: str) -> tuple[Position, tuple[Position, ...]] | None:
    """The place and the earlier places that the name of a picture stands for; None when it names none."""
    id_, mark, back = name.partition(BEFORE)
    position = next((p for p in POSITIONS if p.id == id_), None)
    if position is None or bool(mark) != bool(back) or len(back) > MOST_PLACES:
        return None
    if set(back) - set(LETTERS):
        return None
    return position, tuple(POSITIONS[LETTERS.index(letter)] for letter in back)
