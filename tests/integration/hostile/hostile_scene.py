"""A house with five doors, somebody hostile at each of them, a quiet neighbour, and ears for every byte that goes out."""

from __future__ import annotations

import asyncio
import html
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import slack_payloads as payloads
from doors import CHANNELS, House, SlackVisitor, WebVisitor
from served import until
from sqlalchemy import select, update
from talking import Store
from teams_service import activity_id
from teams_visitor import TeamsVisitor
from visitor import Visitor

from bot.channels.form.door import PATH
from coach.domain.answers import ring_questions
from coach.store.tables import inbox, outbox, talks

OPENING = {"role": "medewerker", "subject": "team", "consent": "ja"}
EMPTY = {f"tekst-{question.id}": "" for question in ring_questions()}
SECRET_WORDS = f"mijn-geheim-{uuid.uuid4().hex}"
"""What the neighbour said, and nobody else may ever read."""
Reached = Mapping[str, Any]


class FormBrowser:
    """A browser without scripts, with a form that is open at the first questions."""

    def __init__(self, url: str) -> None:
        self.client = httpx.AsyncClient(base_url=url, headers={"origin": url}, timeout=60)

    async def send(self, field_: str, text: str) -> httpx.Response:
        """Send the form in with one thing on it."""
        page = (await self.client.get(PATH)).text
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
        fields = {**{name: html.unescape(v) for name, v in hidden}, **OPENING}
        pairs = {**fields, **(EMPTY if field_ else {}), **({field_: text} if field_ else {})}
        raw = httpx.QueryParams({k: v for k, v in pairs.items() if k != field_})
        body = str(raw).encode() + (f"&{field_}=".encode() + _quoted(text) if field_ else b"")
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return await self.client.post(PATH, content=body, headers=kind)


def _quoted(text: str) -> bytes:
    """Percent-encoded, also what is no character."""
    return "".join(f"%{byte:02X}" for byte in text.encode(errors="surrogatepass")).encode()


@dataclass
class Scene:
    house: House
    visitors: dict[str, Visitor]
    quiet: dict[str, Visitor]
    form: FormBrowser
    talks: dict[str, str]
    """The talk of the hostile visitor at each door."""
    bodies: list[str] = field(default_factory=list)
    turn: int = 0

    @classmethod
    async def open(cls, house: House, reached: dict[str, Reached]) -> Scene:
        """Everybody is in, and the hostile ones stand before an open question."""
        quiet = {c: await house.visitor(c, "rustig") for c in CHANNELS}
        for other in quiet.values():
            await other.say(SECRET_WORDS)
        known = {row.id for row in house.store.rows(talks)}
        visitors = {c: await house.visitor(c, "lastig") for c in CHANNELS}
        await asyncio.gather(*(visitor.say("hallo") for visitor in visitors.values()))
        of = {row.channel: row.id for row in house.store.rows(talks) if row.id not in known}
        scene = cls(house, visitors, quiet, FormBrowser(house.url), of)
        await scene._reach(reached)
        assert (await scene.form.send("", "")).status_code == 303
        house.client.event_hooks["response"].append(scene._heard)
        scene.form.client.event_hooks["response"].append(scene._heard)
        return scene

    async def _reach(self, reached: dict[str, Reached]) -> None:
        if not reached:
            for value in ("medewerker", "team", "ja"):
                await self.visitors["rest"].press(value)
            row = self.talk("rest")
            reached.update(state=row.state, offered=row.offered)
        self.reached = reached
        self.back()

    def back(self) -> None:
        """Put every hostile talk back before the open question."""
        with self.store.database.begin() as db:
            mine = talks.c.id.in_(list(self.talks.values()))
            db.execute(update(talks).where(mine).values(**self.reached))

    @property
    def store(self) -> Store:
        return self.house.store

    def talk(self, channel: str) -> Any:
        with self.store.database.begin() as db:
            return db.execute(select(talks).where(talks.c.id == self.talks[channel])).one()

    def last_words(self, channel: str) -> str:
        """What was stored last in the talk of the hostile visitor."""
        mine = inbox.c.talk == self.talks[channel]
        with self.store.database.begin() as db:
            found = select(inbox.c.text).where(mine).order_by(inbox.c.id.desc()).limit(1)
            return str(db.execute(found).scalar())

    def waiting(self) -> list[str]:
        """What was taken in and not answered, or answered and not sent, by door."""
        new = [f"{r.channel} has no turn" for r in self.store.rows(inbox) if r.status == "new"]
        door = {row.id: row.channel for row in self.store.rows(talks)}
        unsent = [f"{door[r.talk]} not sent" for r in self.store.rows(outbox) if not r.sent]
        return [*new, *unsent]

    async def _heard(self, response: httpx.Response) -> None:
        await response.aread()
        self.bodies.append(f"{response.headers} {response.text}")

    # --- what goes out ---------------------------------------------------------------------------

    def marks(self) -> tuple[int, ...]:
        return (
            len(self.bodies), len(self.house.peer.calls), len(self.house.microsoft.posts),
            *(len(tab.got) for tab in self.house.tabs),
        )  # fmt: skip

    def since(self, marks: tuple[int, ...]) -> str:
        """Everything that went out since, through any door, as one text."""
        bodies, calls, posts, *tabs = marks
        said: list[Any] = list(self.bodies[bodies:])
        said += [call.args for call in self.house.peer.calls[calls:]]
        said += [post.activity for post in self.house.microsoft.posts[posts:]]
        said += [tab.got[n:] for tab, n in zip(self.house.tabs, tabs, strict=True)]
        return "\n".join(
            s if isinstance(s, str) else json.dumps(s, ensure_ascii=False) for s in said
        )

    async def neighbour_is_served(self) -> None:
        """Somebody else says hello, each time at another door."""
        channel = CHANNELS[self.turn % len(CHANNELS)]
        self.turn += 1
        other = self.quiet[channel]
        before = len(other.read())
        await other.say("hallo")
        await until(lambda: len(other.read()) > before)
        assert (await self.house.client.get("/health")).status_code == 200

    async def close(self) -> None:
        await self.form.client.aclose()


# --- odd things that no visitor sends of themselves ----------------------------------------------


async def use_button(visitor: Visitor, payload: str) -> int:
    """Use a button that carries this, whether it was ever shown or not."""
    if isinstance(visitor, WebVisitor):
        answer = await visitor.tab.say("Ja", payload)
        return 200 if answer["ok"] else 400
    if isinstance(visitor, SlackVisitor):
        label = {"type": "plain_text", "text": "Ja"}
        element = {"type": "button", "text": label, "value": payload}
        where = {"message_ts": payloads.fresh(), "channel_id": visitor._where}
        person = visitor._person
        body = payloads.press(element, where["message_ts"], f"{person.peer.url}/respond/x",
                              person.user, container=where)  # fmt: skip
        return (await person.send(payloads.interaction(body))).status_code
    if isinstance(visitor, TeamsVisitor):
        value = {"payload": payload, "label": "Ja"}
        return await visitor._send(text=None, value=value, id=activity_id())
    return await visitor.send(payload)


async def name_oneself(scene: Scene, channel: str, id_: Any) -> int:
    """Say hello under an id of one's own choice, where the door takes any."""
    visitor, client = scene.visitors[channel], scene.house.client
    if channel == "rest":
        raw = json.dumps({"sender": id_, "message": "hallo"}).encode()
        kind = {"content-type": "application/json"}
        response = await client.post("/webhooks/rest/webhook", content=raw, headers=kind)
        return response.status_code
    if isinstance(visitor, WebVisitor):
        answer = await visitor.tab.call("say", {"id": id_, "text": "hallo"})
        if not answer["ok"]:
            scene.bodies.append(json.dumps(answer, ensure_ascii=False))
        return 200 if answer["ok"] else 400
    if isinstance(visitor, SlackVisitor):
        event = payloads.message("hallo", id_, channel=visitor._where)
        return (await visitor._person.send(payloads.callback(event))).status_code
    assert isinstance(visitor, TeamsVisitor)
    who = {**visitor._who, "from": {"id": id_, "aadObjectId": id_}}
    raw = json.dumps(scene.house.microsoft.recorded("message", **{**who, "id": activity_id()}))
    bearer = {"authorization": f"Bearer {scene.house.microsoft.token()}"}
    kind = {"content-type": "application/json", **bearer}
    return (await client.post("/webhooks/teams", content=raw.encode(), headers=kind)).status_code
