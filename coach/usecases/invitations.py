"""A code in the talk: what it is for, what the bot says to it, and where the interview begins."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from coach.domain.interview import Interview
from coach.domain.invitation import typed
from coach.usecases.interview import InterviewTalk
from coach.usecases.reply import Say

CHOICE = "uitnodiging_"
"""So begins the value of the button by which somebody begins with a code after all."""


class Standing(StrEnum):
    """How an invitation stands for one talk."""

    OPEN = "open"
    JOINED = "joined"
    REVOKED = "revoked"
    CLOSED = "closed"


@dataclass(frozen=True)
class Invitation:
    code: str
    round: str
    group: str
    team: str
    organisation: str
    whole: bool
    """For the organisation as a whole, and not for a team of it."""
    standing: Standing


@dataclass(frozen=True)
class Welcome:
    """What a code leads to: things to say, and the interview that begins with it, if one does."""

    says: tuple[Say, ...]
    interview: Interview | None = None


@dataclass(frozen=True)
class InvitationTalk:
    interview: InterviewTalk

    def hear(
        self, invitation: Invitation | None, now: Interview | None, *, agreed: bool
    ) -> Welcome:
        """Somebody gave a code; `agreed` when they were asked whether to leave the talk that is under way."""
        if invitation is None:
            return Welcome((Say("utter_invite_unknown"),))
        named = {"team": invitation.team, "organisation": invitation.organisation}
        if invitation.standing is Standing.JOINED:
            return Welcome((Say("utter_invited_already", named),))
        if invitation.standing is not Standing.OPEN:
            return Welcome((Say(f"utter_invite_{invitation.standing}"),))
        if now and now.trail and not agreed:
            code = {"code": invitation.code}
            return Welcome((Say("utter_invite_instead", {**named, **code}),))
        fresh = self.interview.start_invited()
        opening = "utter_invited_whole" if invitation.whole else "utter_invited"
        about = () if now and now.trail else (Say("utter_invited_about"),)
        return Welcome(
            (Say(opening, named), *about, *self.interview.ask(fresh)),
            fresh,
        )


def code_in(text: str, command: str | None) -> tuple[str, bool] | None:
    """The code of a message, and whether it is that of a button by which one agrees to begin anew."""
    if command is None:
        code = typed(text)
        return (code, False) if code else None
    _, found, rest = command.partition(f'"{CHOICE}')
    return (rest.partition('"')[0], True) if found else None
