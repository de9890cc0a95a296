"""What may never come of an input: a leak, a neighbour's words, or a talk that was steered."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

from doors import CHANNELS
from hostile_corpus import Input
from hostile_scene import SECRET_WORDS, Scene
from talking import VEIL, bare

from bot.channels.guard import _sentences
from bot.engine import Engine
from bot.turns.answering import SCRIPTS
from bot.turns.buttons import bare as bare_payload

ROOT = str(Path(__file__).parents[3])
LEAK = re.compile(
    r"Traceback|File \"|site-packages|\.py\b|/(?:usr|home|root|etc)/|BEGIN [A-Z ]*KEY"
    r"|\b[A-Z]\w+(?:Error|Exception)\b"
    r"|(?i:uvicorn|starlette|sanic|h11|httptools|wsproto|sqlalchemy|psycopg\d?|sqlite|rasa|python)[/ -]v?\d"
    rf"|{re.escape(ROOT)}"
)
DUTCH = re.compile(
    r"\b(?:de|het|een|je|jij|jullie|ik|wij|niet|dat|dit|wat|wie|hoe|van|voor|met|en|of|is|hier|kies|graag|gedaan|plezier|tot|ziens|als|goed|we|al|bij|nu|er|ons|over|ben|nog|terug|geen|vraag|vragen|eerste)\b",
    re.IGNORECASE,
)


def is_dutch(text: str) -> bool:
    """Ordinary Dutch has its small words."""
    return len(DUTCH.findall(text)) >= 2


def is_refusal(text: str) -> bool:
    """One of our own sentences of refusal is in it, on whatever page."""
    plain = html.unescape(text)
    return any(sentence in plain for sentence in _sentences().values())


def no_harm(scene: Scene, one: Input, said: str) -> None:
    """Nothing leaked, nobody else's words came by, and the talks were not steered."""
    assert SECRET_WORDS not in said, "the words of somebody else"
    leak = LEAK.search(_without(said, one.value))
    assert leak is None, f"leaked {leak and leak[0]!r}"
    if not one.as_words:
        # what a script sends in the place of a payload is words when it is not on offer
        people = [c for c in CHANNELS if c != SCRIPTS or one.at != "payload"]
        steered = {c: _changed(_before(scene, c, one), _standing(scene, c, one)) for c in people}
        assert not any(steered.values()), f"steered: {steered}"


async def only_as_words(scene: Scene, engine: Engine, one: Input) -> None:
    """What looks like a command did what these words do when they cannot be one."""
    as_text = await engine.hold(
        "x", scene.reached["state"], VEIL + one.value.strip(), command=False
    )
    # a script names a button that is on offer by its payload; for a person that is no more than words
    offered = {bare_payload(p) for p in scene.reached["offered"]}
    people = [c for c in CHANNELS if c != SCRIPTS or one.value.strip() not in offered]
    other = [c for c in people if bare(scene.talk(c).state) != bare(as_text.state)]
    assert not other, f"more than words at {other}"


async def a_script_only_said_words(scene: Scene, engine: Engine, one: Input) -> None:
    """A payload that is not on offer did nothing over REST, or what its words do."""
    as_text = await engine.hold("x", scene.reached["state"], one.value, command=False)
    now = bare(scene.talk(SCRIPTS).state)
    assert now in (bare(as_text.state), bare(scene.reached["state"])), "more than words"


def _changed(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    return [
        f"{name}: {before[name]} became {now[name]}" for name in now if now[name] != before[name]
    ]


def _standing(scene: Scene, channel: str, one: Input) -> dict[str, Any]:
    return _parts(scene.talk(channel).state, channel, one)


def _before(scene: Scene, channel: str, one: Input) -> dict[str, Any]:
    return _parts(scene.reached["state"], channel, one)


def _parts(state: dict[str, Any], channel: str, one: Input) -> dict[str, Any]:
    """What only its own buttons may change; a button that is not on offer changes nothing at all."""
    interview = state["slots"]["interview"]
    fixed = ("version", "role", "subject", "consent", "order", "scope", "carried", "invited")
    # a script has no buttons apart from its words
    still = ("trail", "pending", "phase") if one.expect == "unmoved" and channel != "rest" else ()
    return {name: interview[name] for name in (*fixed, *still)}


def _without(said: str, value: Any) -> str:
    """What was said, but for the input itself where it is shown again."""
    if not isinstance(value, str) or not value.strip():
        return said
    for shown in (value, value.strip(), html.escape(value.strip()), json.dumps(value)[1:-1]):
        said = said.replace(shown, "")
    return html.unescape(said).replace(value.strip(), "")
