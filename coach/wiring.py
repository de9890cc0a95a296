"""Joins the real parts; the only place that builds them, each once and at first use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Protocol
from weakref import WeakSet

from sqlalchemy.engine import Engine

from coach import content, settings
from coach.domain.checkin import AMSTERDAM, Hours
from coach.domain.content import Content
from coach.domain.interview import Interview
from coach.domain.promise import Promise
from coach.freshness import is_older
from coach.language import training
from coach.language.anonymous import Anonymous
from coach.language.dates import DutchDates
from coach.language.dates.days import is_workday
from coach.language.distress import DistressWords
from coach.language.encoder import Remembering, build
from coach.language.features import Features
from coach.language.promises import Promises
from coach.language.reader import LevelReader
from coach.language.vocabulary import Vocabulary
from coach.report.links import Links
from coach.store import clock
from coach.store.checkins import CheckInRecord, CheckIns, NoCheckIns
from coach.store.codes import CodeRecord, code_of, hash_of
from coach.store.database import open_database
from coach.store.ledger import Ledger
from coach.store.privacy import Erasure, Withdrawal
from coach.store.records import AssessmentRecord, PlanRecord, Record
from coach.usecases.coaching import CoachingTalk
from coach.usecases.coming_back import ComingBack
from coach.usecases.followups import FollowUpTalk
from coach.usecases.form import FormTalk
from coach.usecases.grace import Grace
from coach.usecases.handover import HandoverTalk
from coach.usecases.interview import InterviewTalk
from coach.usecases.rounds import RoundTalk
from coach.usecases.side import SideTalk

_collected: ContextVar[list[Record] | None] = ContextVar("collected", default=None)


@contextmanager
def collecting() -> Iterator[list[Record]]:
    """Everything kept inside goes into this list, for the one transaction of the turn."""
    records: list[Record] = []
    token = _collected.set(records)
    try:
        yield records
    finally:
        _collected.reset(token)


_staffed: ContextVar[Callable[[], bool]] = ContextVar("staffed", default=lambda: False)


@contextmanager
def attended(staffed: Callable[[], bool]) -> Iterator[None]:
    """Inside, this says whether there is anybody at the desk; outside a turn (Rasa's own commands) nobody is."""
    token = _staffed.set(staffed)
    try:
        yield
    finally:
        _staffed.reset(token)


def desk_is_staffed() -> bool:
    """Whether a user who asks for a person can be handed over to the desk."""
    return _staffed.get()()


class TurnRecords:
    """Keeps by handing over to the turn; outside a turn (Rasa's own action server) nothing is kept."""

    def __init__(self, hours: Hours) -> None:
        self._hours = hours

    def keep_assessment(self, round: int, interview: Interview) -> None:
        self._keep(AssessmentRecord(round, interview))

    def keep_plan(self, promise: Promise) -> None:
        self._keep(PlanRecord(promise))

    def keep_check_in(self, round: int, day: date | None) -> None:
        self._keep(CheckInRecord(round, day, utc_now(), self._hours))

    def stop_check_ins(self) -> None:
        self._keep(NoCheckIns(utc_now()))

    def keep_code(self, talk: str, nonce: str) -> None:
        """A code by which this talk can be reached from another device."""
        chosen = current_settings()
        code = code_of(chosen.secret, talk, nonce)
        self._keep(CodeRecord(hash_of(chosen.secret, code), chosen.code_lasts))

    def erase(self) -> None:
        """Everything of this talk, when the turn is stored."""
        self._keep(Erasure())

    def withdraw(self, round: int) -> None:
        """What this round had put on record."""
        self._keep(Withdrawal(round))

    @staticmethod
    def _keep(record: Record) -> None:
        records = _collected.get()
        if records is not None:
            records.append(record)


class Prepares(Protocol):
    """A reader that can begin before it is asked."""

    def prepare(self, text: str) -> None: ...


@dataclass(frozen=True)
class Language:
    """What both readers of a message share."""

    features: Features
    encoder: Remembering
    readers: WeakSet[Prepares] = field(default_factory=WeakSet)

    def prepare(self, text: str) -> None:
        """What all readers can do with a text while its sentence vector is still being made."""
        for reader in tuple(self.readers):
            reader.prepare(text)


@dataclass(frozen=True)
class Coach:
    """The use cases, ready for any door."""

    content: Content
    interview: InterviewTalk
    coaching: CoachingTalk
    form: FormTalk
    followups: FollowUpTalk
    rounds: RoundTalk
    side: SideTalk
    grace: Grace
    coming_back: ComingBack
    handover: HandoverTalk
    distress: DistressWords
    records: TurnRecords
    contact: str


def utc_now() -> datetime:
    """The clock of the product: UTC without a zone, as times are stored."""
    return clock.utc_now()


def today() -> date:
    """The date where our users are."""
    return utc_now().replace(tzinfo=UTC).astimezone(AMSTERDAM).date()


@cache
def current_settings() -> settings.Settings:
    return settings.read()


@cache
def database() -> Engine:
    return open_database(current_settings().database_url)


@cache
def ledger() -> Ledger:
    return Ledger(database())


def links_of(chosen: settings.Settings) -> Links:
    return Links(chosen.secret, chosen.base_url)


@cache
def links() -> Links:
    return links_of(current_settings())


def hours() -> Hours:
    """When the bot may come by itself: the hours that were set, on days when people work."""
    return replace(current_settings().hours, is_workday=is_workday)


@cache
def check_ins() -> CheckIns:
    return CheckIns(database(), hours())


@cache
def language() -> Language:
    return Language(Features(), build(current_settings().encoder))


@cache
def anonymous() -> Anonymous:
    """Takes names and numbers out of a sentence; knows the words of the lemma tables and of our examples."""
    sources = [*settings.ANSWERS.glob("*.yml"), *settings.NLU.rglob("*.yml")]
    return Anonymous(Vocabulary(sources).knows)


@cache
def answer_reader() -> LevelReader:
    """The reader of answers; trained here when its model is missing or older than its examples."""
    file, known = current_settings().answers_model, language()
    if is_older(file, settings.ANSWER_SOURCES):
        training.train(settings.ANSWERS, known.features, known.encoder, file)
    reader = LevelReader.load(file, known.features, known.encoder)
    known.readers.add(reader)
    return reader


@cache
def coach() -> Coach:
    read = content.load(current_settings().content)
    interview = InterviewTalk(read, answer_reader())
    coaching = CoachingTalk(read, DutchDates(), today, Promises())
    followups = FollowUpTalk(read, DutchDates(), today)
    return Coach(
        read,
        interview,
        coaching,
        FormTalk(read, interview),
        followups,
        RoundTalk(read, today),
        SideTalk(read),
        Grace(read),
        ComingBack(read, interview, coaching, followups),
        HandoverTalk(read, current_settings().hours, lambda: utc_now()),
        DistressWords.load(),
        TurnRecords(hours()),
        current_settings().contact,
    )
