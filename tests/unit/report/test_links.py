"""A link opens one paper of one talk, for a while, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from bot.channels.sessions import Tokens
from coach.report.links import LASTS, Links, Paper

SECRET = b"a secret of thirty-two characters"
TALK = "0123456789abcdef0123456789abcdef"


def test_a_link_leads_to_its_talk() -> None:
    links = Links(SECRET, "https://bot.example")
    address = links.make(Paper.PLAN, TALK, "ics")
    start, _, rest = address.rpartition("/")
    token, _, kind = rest.rpartition(".")
    assert (start, kind) == ("https://bot.example/plan", "ics")
    assert links.read(Paper.PLAN, token) == TALK


@pytest.mark.parametrize("paper", Paper)
def test_a_link_ends(paper: Paper) -> None:
    made = datetime(2026, 11, 27, tzinfo=UTC)
    token = Links(SECRET, "", lambda: made).token(paper, TALK)
    last = made + LASTS[paper]
    assert Links(SECRET, "", lambda: last - timedelta(seconds=1)).read(paper, token) == TALK
    assert Links(SECRET, "", lambda: last).read(paper, token) is None


def test_a_token_is_good_for_one_thing_and_one_key() -> None:
    links = Links(SECRET, "")
    token = links.token(Paper.PLAN, TALK)
    assert links.read(Paper.DATA, token) is None
    assert Links(SECRET[::-1], "").read(Paper.PLAN, token) is None
    assert Tokens(SECRET).read(token) is None
    assert links.read(Paper.PLAN, Tokens(SECRET).issue(TALK)) is None


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "x" * 5_000, None, 7])
def test_nonsense_is_no_token(token: object) -> None:
    assert Links(SECRET, "").read(Paper.PLAN, token) is None


def test_an_unsigned_token_is_refused() -> None:
    ends = datetime.now(UTC) + timedelta(days=1)
    claims = {"aud": "padwijzer-plan", "sub": TALK, "exp": ends}
    assert Links(SECRET, "").read(Paper.PLAN, jwt.encode(claims, None, algorithm="none")) is None
