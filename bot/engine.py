"""Rasa's Agent as a library: load a model once, then hold one turn at a time.

A turn starts from a small state (slots, active loop) and gives back the new one, so that its cost does not
grow with the length of a talk and a turn that was cut off can simply be held again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rasa
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    SlotSet,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.utils.endpoints import EndpointConfig

from actions.talk import filled
from bot import quick
from bot.ahead import Ahead
from bot.inside import URL, executor
from bot.lean import RASA_VERSION
from bot.phrasing import Phrasing, remembering
from coach.freshness import newest_model
from coach.language.distress import is_distress
from coach.store.records import Record
from coach.usecases.attention import ANSWERS, is_answer
from coach.usecases.choices import by_words
from coach.usecases.reply import Say
from coach.usecases.side import standing_of
from coach.wiring import coach, collecting, language

COMMAND = "/"
ELSEWHERE = (SlotSet, BotUttered, DefinePrevUserUtteredFeaturization)
"""Events whose news is kept elsewhere: slots in the state of the talk, what the bot says in the outbox."""
NOTHING = "\u200b"


class BadModel(RuntimeError):
    """There is no model, or it was not made by this version of Rasa."""


@dataclass(frozen=True)
class Held:
    """What a turn gave: replies as Rasa's JSON, the next state, events and what is to be kept."""

    replies: list[dict[str, Any]]
    state: dict[str, Any]
    events: list[dict[str, Any]]
    records: list[Record]
    private: bool = False
    """The message speaks of distress: its words are not kept."""
    silent: bool = False
    """No reply is meant: a person has the talk."""


class TurnTrackers(TrackerStore):
    """Hands the turn's own tracker to Rasa and keeps nothing: the ledger stores the turn."""

    def __init__(self, domain: Any) -> None:
        super().__init__(domain)
        self.current: ContextVar[DialogueStateTracker] = ContextVar("tracker")

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        return self.current.get()

    async def save(self, tracker: DialogueStateTracker) -> None:
        self.current.set(tracker)

    async def delete(self, sender_id: str) -> None:
        return None

    async def keys(self) -> Iterable[str]:
        return ()


class Engine:
    def __init__(self, processor: MessageProcessor, trackers: TurnTrackers) -> None:
        self._processor = processor
        self._trackers = trackers
        self._ahead = Ahead(language().encoder)

    @classmethod
    def load(cls, models: Path) -> Engine:
        """Load the newest model under `models`; also loads content and encoder, so that no turn waits."""
        if rasa.__version__ != RASA_VERSION:
            raise BadModel(f"Rasa is {rasa.__version__}; this bot runs on {RASA_VERSION}")
        newest = newest_model(models)
        if newest is None:
            raise BadModel(f"no model in {models}; train one with `rasa train`")
        quick.install()
        coach()
        executor()
        # the selective domain spares every call a copy of the whole domain
        agent = Agent(action_endpoint=EndpointConfig(URL, enable_selective_domain=True))
        agent.load_model(str(newest))
        processor = agent.processor
        assert processor is not None and agent.domain is not None
        # Rasa wraps every store in one that falls back to memory when saving fails: not here
        trackers = TurnTrackers(agent.domain)
        agent.tracker_store = processor.tracker_store = trackers
        processor.nlg = Phrasing(None, agent.domain)
        return cls(processor, trackers)

    async def warm_up(self) -> None:
        """Hold a turn that nobody sees, so that the first user does not wait for lazy parts."""
        begun = await self.hold("warm", {}, "hallo", command=False)
        await self.hold("warm", begun.state, "ik ben medewerker", command=False)

    @property
    def tracker_store(self) -> TrackerStore:
        return self._processor.tracker_store

    async def hold(self, talk: str, state: Mapping[str, Any], text: str, *, command: bool) -> Held:
        """Hold one turn: `text` is what the user typed, or a payload the bot offered if `command`."""
        tracker = self._tracker(talk, state)
        before = len(tracker.events)
        self._trackers.current.set(tracker)
        channel = CollectingOutputChannel()
        message = UserMessage(text, channel, talk, input_channel="padwijzer")
        if command:
            message.parse_data = self._pressed(text)
        else:
            if self._ahead.begin(message.text):  # meanwhile the words are cut up and weighed here
                language().prepare(message.text)
            await self._ahead.ready(message.text)
            message.parse_data = self._understand(message.text, state)
        with collecting() as records, remembering(state.get("phrased", {})) as phrased:
            await self._processor.handle_message(message)
        replies = [_without_recipient(reply) for reply in channel.messages]
        private = (tracker.latest_message.intent.get("name") or "").startswith("distress")
        events = [
            _kept(event, private)
            for event in list(tracker.events)[before:]
            if not isinstance(event, ELSEWHERE)
        ]
        return Held(
            replies, {**_state(tracker), "phrased": dict(phrased)}, events, records, private
        )

    def foresee(self, typed: str) -> None:
        """Begin to encode a text whose turn is still to come."""
        self._ahead.begin(typed)

    def _pressed(self, payload: str) -> dict[str, Any] | None:
        """What a button says, by Rasa's own reading; its readers of text would go over it first, for nothing."""
        message = Message({TEXT: payload})
        read = YAMLStoryReader.unpack_regex_message(message, self._trackers.domain)
        if read is message:  # not a payload of ours: Rasa says what it makes of it
            return None
        said: dict[str, Any] = read.as_dict(only_output_properties=True)
        return said

    def _understand(self, typed: str, state: Mapping[str, Any]) -> dict[str, Any]:
        """Understand a typed text, in the light of the open question."""
        parsed = self.understand(typed)
        intent, now = parsed["intent"], standing_of(state.get("slots", {}))
        name, certainty = intent["name"] or "", intent["confidence"]
        if (state.get("loop") or name.startswith("distress")) and is_answer(
            name,
            certainty,
            typed,
            now,
            lambda: coach().interview.reads(now.interview, typed),
            lambda: coach().coaching.says_day(typed),
            lambda: coach().followups.says_helped(typed),
            lambda: bool(by_words(typed, coach().content.words["elsewhere"])),
        ):
            parsed["intent"] = {**intent, "name": name if name in ANSWERS else "inform"}
        return {**parsed, "text": typed}

    def understand(self, typed: str) -> dict[str, Any]:
        """What the pipeline makes of a typed text, without the light of a talk.

        What a user types is never a command. Rasa takes any leading slash for one, so it gets such a text
        behind a character that shows nothing.
        """
        safe = f"{NOTHING}{typed}" if typed.startswith(COMMAND) else typed
        parsed: dict[str, Any] = self._processor._parse_message_with_graph(UserMessage(safe), None)
        return parsed

    def alarm(self, typed: str) -> str | None:
        """The response to words of distress; None when a text has none."""
        intent = self.understand(typed)["intent"]["name"] or ""
        return f"utter_{intent}" if is_distress(intent) else None

    def _tracker(self, talk: str, state: Mapping[str, Any]) -> DialogueStateTracker:
        events: list[Event] = [
            SlotSet(name, value) for name, value in state.get("slots", {}).items()
        ]
        if state.get("loop"):
            events.append(ActiveLoop(state["loop"]))
        events.append(ActionExecuted(ACTION_LISTEN_NAME))
        domain = self._trackers.domain
        return DialogueStateTracker.from_events(
            talk, events, domain.slots, sender_source="padwijzer", domain=domain
        )

    async def tell(
        self, talk: str, state: Mapping[str, Any], says: Iterable[Say]
    ) -> tuple[list[dict[str, Any]], dict[str, int]]:
        """Replies for what is said without a turn of Rasa, and the count of wordings used."""
        tracker, channel = self._tracker(talk, state), CollectingOutputChannel()
        with remembering(state.get("phrased", {})) as phrased:
            for line in says:
                more = filled(line)
                reply = await self._processor.nlg.generate(
                    line.response, tracker, channel.name(), **more
                )
                if reply is not None:
                    picture = {"image": more["image"]} if "image" in more else {}
                    await channel.send_response(talk, {**reply, **picture})
        return [_without_recipient(reply) for reply in channel.messages], dict(phrased)

    def sentence(self, response: str, turn: int) -> str:
        """A response of the domain that is said without a turn, for example when a turn failed."""
        wordings = self._processor.nlg.responses[response]
        return str(wordings[turn % len(wordings)]["text"])


def _kept(event: Event, private: bool) -> dict[str, Any]:
    """An event as it is stored: without Rasa's scores, and without words of distress."""
    data: dict[str, Any] = event.as_dict()
    if data["event"] == "user":
        data.pop("parse_data", None)
        if private:
            data["text"] = ""
    return data


def _state(tracker: DialogueStateTracker) -> dict[str, Any]:
    slots = {
        name: slot.value
        for name, slot in tracker.slots.items()
        if slot.value is not None and name != "answer"
    }
    return {"slots": slots, "loop": tracker.active_loop_name}


def _without_recipient(reply: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in reply.items() if key != "recipient_id"}
