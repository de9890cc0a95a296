"""The routes of the desk; a room adds its pages here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy.engine import Engine
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from coach import content
from coach.desk.client_card import ClientCardPages
from coach.desk.client_talk import ClientTalkPages
from coach.desk.clients import ClientPages
from coach.desk.door import Door
from coach.desk.figures import FigurePages
from coach.desk.groups import GroupPages
from coach.desk.handovers import Bring, HandoverPages, no_service
from coach.desk.home import Home
from coach.desk.learning import LearningPages
from coach.desk.library import Library
from coach.desk.manage import Manage
from coach.desk.mine import Mine
from coach.desk.oidc import BACK, OidcSignIn
from coach.desk.pages import STATIC
from coach.desk.provider import Provider
from coach.desk.reports import ReportPages
from coach.desk.results import ResultPages
from coach.desk.rounds import RoundPages
from coach.desk.sentences import SentencePages
from coach.desk.shelf import Shelves
from coach.desk.sign_in import SignIn
from coach.desk.talking import Talking
from coach.desk.visit import Gate, missing
from coach.domain.content import Content
from coach.domain.handover import State
from coach.report.labels import Labels
from coach.settings import ROOT, Settings
from coach.store.accounts import Accounts
from coach.store.advisers import Advisers
from coach.store.attempts import Attempts
from coach.store.client_talks import ClientTalks
from coach.store.figures import Figures
from coach.store.groups import GroupStore
from coach.store.handovers import Handovers
from coach.store.ledger import Ledger
from coach.store.opinions import Opinions
from coach.store.organisations import Organisations
from coach.store.pairings import Pairings
from coach.store.rounds import Rounds
from coach.store.unclear import Unclear


@dataclass(frozen=True)
class Desk:
    """What the desk is made of; the service gives it."""

    engine: Engine
    settings: Settings
    now: Callable[[], datetime]
    talking: Talking | None = None
    """How a talk is held from the desk; None: the desk stands alone, without the service."""
    bring: Bring = no_service
    """Takes a message of the desk into its talk."""
    read: Content | None = None
    """The content, when the service has read it already: reading takes a good part of a start."""

    @cached_property
    def _content(self) -> Content:
        return self.read or content.load(self.settings.content)

    def routes(self) -> list[BaseRoute]:
        base_url = self.settings.base_url
        advisers, accounts = Advisers(self.engine), Accounts(self.engine)
        attempts = Attempts(self.engine, self.settings.secret)
        organisations = Organisations(self.engine)
        handovers = Handovers(self.engine)
        gate = Gate(
            advisers,
            organisations,
            self.now,
            base_url,
            lambda adviser: handovers.counts(adviser)[State.NEW],
        )
        oidc = self.settings.oidc
        door = Door(advisers, gate, oidc=oidc is not None)
        return [
            Mount("/desk/static", StaticFiles(directory=STATIC)),
            *SignIn(door, gate, attempts, base_url).routes(),
            *(OidcSignIn(door, Provider(oidc, base_url + BACK)).routes() if oidc else ()),
            *Mine(door, accounts, attempts).routes(gate),
            *Manage(advisers, accounts, has_oidc=oidc is not None).routes(gate),
            *Library(Shelves(self.settings.content, ROOT)).routes(gate),
            *Home(advisers, organisations).routes(gate),
            *self._groups(advisers, organisations, gate),
            *self._own_figures(advisers, gate),
            *HandoverPages(handovers, advisers, self.settings, self.bring).routes(gate),
            *(self._clients(advisers, organisations, gate, self.talking) if self.talking else []),
            gate.route("/desk/{rest:path}", missing),  # the last: what is left is no page
        ]

    def _clients(
        self, advisers: Advisers, organisations: Organisations, gate: Gate, talking: Talking
    ) -> list[BaseRoute]:
        read = self._content
        labels, kept = Labels.of(read.figure), ClientTalks(self.engine)
        return [
            *ClientPages(kept, organisations, advisers, read, talking).routes(gate),
            *ClientTalkPages(kept, Ledger(self.engine), talking, labels).routes(gate),
            *ClientCardPages(kept, read, labels).routes(gate),
        ]

    def _own_figures(self, advisers: Advisers, gate: Gate) -> list[BaseRoute]:
        read, days = self._content, self.settings.terms.sentence_days
        return [
            *FigurePages(Figures(self.engine), Opinions(self.engine), read).routes(gate),
            *SentencePages(Unclear(self.engine), advisers, read, days).routes(gate),
        ]

    def _groups(
        self, advisers: Advisers, organisations: Organisations, gate: Gate
    ) -> list[BaseRoute]:
        read = self._content
        labels, base_url = Labels.of(read.figure), self.settings.base_url
        groups, rounds = GroupStore(self.engine), Rounds(self.engine)
        pairings = Pairings(self.engine)
        return [
            *GroupPages(groups, rounds, organisations, pairings, advisers, labels).routes(gate),
            *LearningPages(pairings, advisers).routes(gate),
            *RoundPages(groups, rounds, organisations, advisers, labels, base_url).routes(gate),
            *ResultPages(rounds, organisations, read, labels).routes(gate),
            *ReportPages(rounds, organisations, advisers, read, labels).routes(gate),
        ]
