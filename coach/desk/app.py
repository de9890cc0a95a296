"""The routes of the desk; a room adds its pages here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Engine
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from coach.desk.handovers import Bring, HandoverPages, no_service
from coach.desk.home import Home
from coach.desk.pages import STATIC
from coach.desk.sign_in import SignIn
from coach.desk.visit import Gate
from coach.domain.handover import State
from coach.settings import Settings
from coach.store.advisers import Advisers
from coach.store.handovers import Handovers
from coach.store.organisations import Organisations


@dataclass(frozen=True)
class Desk:
    """What the desk is made of; the service gives it."""

    engine: Engine
    settings: Settings
    now: Callable[[], datetime]
    bring: Bring = no_service
    """Takes a message of the desk into its talk."""

    def routes(self) -> list[BaseRoute]:
        base_url = self.settings.base_url
        advisers = Advisers(self.engine, self.settings.secret)
        organisations = Organisations(self.engine)
        handovers = Handovers(self.engine)
        gate = Gate(
            advisers,
            organisations,
            self.now,
            base_url,
            lambda adviser: handovers.counts(adviser)[State.NEW],
        )
        return [
            Mount("/desk/static", StaticFiles(directory=STATIC)),
            *SignIn(advisers, gate, base_url, oidc=False).routes(),
            *Home(advisers, organisations).routes(gate),
            *HandoverPages(handovers, advisers, self.settings, self.bring).routes(gate),
        ]
