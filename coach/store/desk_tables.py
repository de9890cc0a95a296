"""The tables of the learning desk. What belongs to somebody's talk hangs on it and goes with it."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    true,
)

from coach.store.tables import metadata

advisers = Table(
    "advisers",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("name", String(100), nullable=False),
    Column("role", String(16), nullable=False),
    Column("password", String(200)),
    Column("subject", String(400), unique=True),
    Column("active", Boolean, nullable=False, default=True, server_default=true()),
    Column("start_until", DateTime),
    Column("created_at", DateTime, nullable=False),
)
"""`password` is a hash, for a local account; with `start_until` it is a start password, that works until then and has
to be changed. `subject` is issuer and subject of an OpenID Connect account."""

desk_sessions = Table(
    "desk_sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("adviser", ForeignKey("advisers.id", ondelete="CASCADE"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("browser", String(64), nullable=False),
    Column("label", String(60), nullable=False, default=""),
    Column("created_at", DateTime, nullable=False),
    Column("seen_at", DateTime, nullable=False),
    Index("desk_sessions_adviser", "adviser"),
)
"""`id` is a hash of what the cookie holds, `browser` one of how the browser names itself; `label` is that in a few words."""

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("who", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
    Index("sign_in_failures_who", "who", "at"),
)
"""`who` is a keyed hash of an account or an address."""

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("adviser", String(32)),
    Column("organisation", String(32)),
    Column("what", String(32), nullable=False),
    Column("about", String(64), nullable=False),
    Index("audit_at", "at"),
)
"""Who did what at the desk; outlives what it is about, and names it by id only."""

organisations = Table(
    "organisations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("learns_together", Boolean, nullable=False, default=False),
    Column("contact", String(254), nullable=False, default=""),
    Column("position", String(40)),
    Index("organisations_alike", "position", "learns_together"),
)
"""`position` is where the latest closed round of the whole organisation places it."""

access = Table(
    "access",
    metadata,
    Column("adviser", ForeignKey("advisers.id", ondelete="CASCADE"), primary_key=True),
    Column("organisation", ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Index("access_organisation", "organisation"),
)
"""Which organisations an adviser works for; a manager of the desk sees all."""

groups = Table(
    "groups",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("organisation", ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False),
    Column("parent", ForeignKey("groups.id", ondelete="CASCADE")),
    Column("name", String(120), nullable=False),
    Column("members", Integer, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Index("groups_organisation", "organisation"),
    Index("groups_parent", "parent"),
)
"""Departments and teams as a tree; its top has no parent and stands for the organisation itself."""

rounds = Table(
    "rounds",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("organisation", ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False),
    Column("top", ForeignKey("groups.id", ondelete="CASCADE"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("opened_at", DateTime, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("closed_at", DateTime),
    UniqueConstraint("organisation", "top", "n", name="rounds_n"),
    Index("rounds_open", "closed_at", "ends_on"),
)
"""One time of measuring, for a group and all below it."""

round_groups = Table(
    "round_groups",
    metadata,
    Column("round", ForeignKey("rounds.id", ondelete="CASCADE"), primary_key=True),
    Column("group", String(32), primary_key=True),
    Column("parent", String(32)),
    Column("name", String(120), nullable=False),
    Column("members", Integer, nullable=False),
    Column("respondents", Integer, nullable=False),
    Index("round_groups_group", "group"),
)
"""The tree as it was when the round was closed: who is moved later changes nothing that was shown."""

blocks = Table(
    "blocks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("round", ForeignKey("rounds.id", ondelete="CASCADE"), nullable=False),
    Column("group", String(32), nullable=False),
    Column("side", String(16), nullable=False),
    Column("size", Integer, nullable=False),
    Column("middles", JSON, nullable=False),
    Index("blocks_round", "round", "group"),
)
"""See `coach.domain.guard.Block`: no counts and nobody's own answers."""

invitations = Table(
    "invitations",
    metadata,
    Column("code", String(16), primary_key=True),
    Column("round", ForeignKey("rounds.id", ondelete="CASCADE"), nullable=False),
    Column("group", ForeignKey("groups.id", ondelete="CASCADE"), nullable=False),
    Column("revoked", Boolean, nullable=False, default=False),
    Column("created_at", DateTime, nullable=False),
    UniqueConstraint("round", "group", name="invitations_group"),
)

memberships = Table(
    "memberships",
    metadata,
    Column("talk", ForeignKey("talks.id", ondelete="CASCADE"), primary_key=True),
    Column("round", ForeignKey("rounds.id", ondelete="CASCADE"), primary_key=True),
    Column("group", ForeignKey("groups.id", ondelete="CASCADE"), nullable=False),
    Column("assessment_round", Integer),
    Column("joined_on", Date, nullable=False),
    Index("memberships_round", "round", "group"),
)
"""A talk that answers in a round of a group; `assessment_round` is which of its own assessments counts."""

handovers = Table(
    "handovers",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("talk", ForeignKey("talks.id", ondelete="CASCADE"), nullable=False),
    Column("organisation", ForeignKey("organisations.id", ondelete="SET NULL")),
    Column("adviser", ForeignKey("advisers.id", ondelete="SET NULL")),
    Column("state", String(16), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("summary", Text, nullable=False),
    Column("asked_at", DateTime, nullable=False),
    Column("taken_at", DateTime),
    Column("answered_at", DateTime),
    Column("done_at", DateTime),
    Column("noticed_at", DateTime),
    Index("handovers_state", "state", "asked_at"),
    Index("handovers_talk", "talk"),
)
"""A talk that a person takes over, with the summary that its user agreed to send; `answered_at` is the first answer."""

handover_lines = Table(
    "handover_lines",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("handover", ForeignKey("handovers.id", ondelete="CASCADE"), nullable=False),
    Column("message_id", String(128), nullable=False),
    Column("by", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", DateTime, nullable=False),
    UniqueConstraint("handover", "message_id", name="handover_lines_once"),
)

client_talks = Table(
    "client_talks",
    metadata,
    Column("talk", ForeignKey("talks.id", ondelete="CASCADE"), primary_key=True),
    Column("organisation", ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False),
    Column("adviser", ForeignKey("advisers.id", ondelete="SET NULL")),
    Column("title", String(120), nullable=False),
    Column("note", Text, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("updated_at", DateTime, nullable=False),
    Column("closed_at", DateTime),
    Index("client_talks_organisation", "organisation"),
)
"""A talk that an adviser holds with or for a client."""

unclear = Table(
    "unclear",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("text", Text, nullable=False),
    Column("asked", String(32), nullable=False),
    Column("number", Integer, nullable=False),
    Column("seen_on", Date, nullable=False),
    Column("state", String(16), nullable=False),
    Column("meaning", String(48)),
    Column("adviser", ForeignKey("advisers.id", ondelete="SET NULL")),
    Index("unclear_state", "state", "number"),
)
"""Sentences that were not understood, given with consent, without names and numbers, and hanging on nobody.

`id` follows from the words, so that the order of rows tells nothing; `seen_on` is the Monday of the week in which it was
last said; `meaning` is the intent that an adviser proposes."""

figures = Table(
    "figures",
    metadata,
    Column("day", Date, primary_key=True),
    Column("what", String(48), primary_key=True),
    Column("number", Integer, nullable=False),
)
"""How often something happened on a day; hangs on nobody."""

pairings = Table(
    "pairings",
    metadata,
    Column("asker", ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("asked", ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("position", String(40), nullable=False),
    Column("asked_at", DateTime, nullable=False),
    Column("agreed_at", DateTime),
    Column("declined_at", DateTime),
    Index("pairings_asked", "asked"),
)
"""Two organisations at one place that may learn together; names are shown when both said yes."""
