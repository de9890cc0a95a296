"""The home tab: the place on the path and the step that was promised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.slack import mrkdwn
from bot.channels.slack.blocks import Block, choices, sections
from bot.channels.slack.incoming import BEGIN
from bot.channels.slack.texts import text
from coach.usecases.side import Standing, standing_of
from coach.wiring import Coach


def view(state: Mapping[str, Any], coach: Coach) -> Block:
    """The home tab for `views.publish`, from the state of a talk; an empty state is no talk yet."""
    now = standing_of(state.get("slots", {}))
    begun = now.interview is not None
    button = {"title": text("home.go_on" if begun else "home.begin"), "payload": BEGIN}
    return {
        "type": "home",
        "blocks": [
            _header("home.title"),
            *sections(text("home.about")),
            *choices([button], 0),
            {"type": "divider"},
            _header("home.place"),
            *sections(_place(now, coach)),
            _header("home.plan"),
            *sections(_plan(now, coach)),
            {"type": "context", "elements": [{"type": "mrkdwn", "text": _escaped("home.private")}]},
        ],
    }


def _place(now: Standing, coach: Coach) -> str:
    placement = now.interview.placement() if now.interview else None
    if placement is None:
        return text("home.no_place")
    place = coach.content.places[placement.position]
    question = text("home.question", question=place.guiding_question)
    return f"**{place.name}**\n{place.place}\n\n{question}"


def _plan(now: Standing, coach: Coach) -> str:
    plan = now.coaching.plan() if now.coaching else None
    return text("home.promise", **coach.coaching.promise(plan)) if plan else text("home.no_plan")


def _header(name: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": text(name)}}


def _escaped(name: str) -> str:
    return mrkdwn.escape(text(name))
