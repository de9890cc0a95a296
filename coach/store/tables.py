"""The tables. Times are UTC; a channel's own user id is kept only as a keyed hash."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

metadata = MetaData()
KINDS = ("sqlite", "postgresql")

talks = Table(
    "talks",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("sender_hash", String(64), nullable=False),
    Column("seq", Integer, nullable=False, default=0),
    Column("lines", Integer, nullable=False, default=0),
    Column("state", JSON, nullable=False),
    Column("offered", JSON, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("updated_at", DateTime, nullable=False),
    Column("forget_at", DateTime),
    Column("worded", Boolean, nullable=False, default=True, server_default=true()),
    UniqueConstraint("channel", "sender_hash", name="talks_sender"),
    Index("talks_forget", "forget_at"),
    Index("talks_worded", "worded", "updated_at"),
)
"""`worded` until the words of people were taken out of a state that rests."""

events = Table(
    "events",
    metadata,
    Column("talk", ForeignKey("talks.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("data", JSON, nullable=False),
    Column("at", DateTime),
    Index("events_at", "at"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("talk", ForeignKey("talks.id", ondelete="CASCADE"), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("message_id", String(128), nullable=False),
    Column("text", Text, nullable=False),
    Column("payload", Text),
    Column("own", Boolean, nullable=False, default=False, server_default=false()),
    Column("status", String(8), nullable=False, default="new"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("line", Integer),
    Column("received_at", DateTime, nullable=False),
    UniqueConstraint("channel", "talk", "message_id", name="inbox_message"),
    Index("inbox_waiting", "status", "id"),
    Index("inbox_received", "received_at"),
    Index("inbox_lines", "talk", "line"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("talk", ForeignKey("talks.id", ondelete="CASCADE"), nullable=False),
    Column("inbox", ForeignKey("inbox.id", ondelete="CASCADE"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("message", JSON, nullable=False),
    Column("sent", Boolean, nullable=False, default=False),
    Index("outbox_lines", "talk", "line"),
    Index("outbox_inbox", "inbox"),
    Index("outbox_unsent", "sent", "talk"),
)

addresses = Table(
    "addresses",
    metadata,
    Column("talk", ForeignKey("talks.id", ondelete="CASCADE"), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("data", JSON, nullable=False),
    Column("updated_at", DateTime, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("talk", ForeignKey("talks.id", ondelete="CASCADE"), primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("errors", Integer, nullable=False),
    Column("next_at", DateTime, nullable=False),
    Column("why", String(64), nullable=False),
    Column("since", DateTime, nullable=False),
)

assessments = Table(
    "assessments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("talk", ForeignKey("talks.id", ondelete="CASCADE"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("version", String(16), nullable=False),
    Column("role", String(16), nullable=False),
    Column("subject", String(16), nullable=False),
    Column("ring", String(16)),
    Column("process", String(16)),
    Column("certainty", String(16)),
    Column("placement", JSON),
    Column("updated_at", DateTime, nullable=False),
    UniqueConstraint("talk", "round", name="assessments_round"),
    Index("assessments_updated", "updated_at"),
)

answers = Table(
    "answers",
    metadata,
    Column("assessment", ForeignKey("assessments.id", ondelete="CASCADE"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("construct", String(16), nullable=False),
    Column("ring", String(16)),
    Column("level", Integer),
    Column("words", Text, nullable=False),
    Column("read_as", String(8), nullable=False),
    Column("certainty", Float, nullable=False),
    Column("correction", Boolean, nullable=False),
    Column("kept", Boolean, nullable=False, default=False, server_default=false()),
    Index(
        "answers_worded", "assessment", **{f"{kind}_where": text("words <> ''") for kind in KINDS}
    ),
)

plans = Table(
    "plans",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("talk", ForeignKey("talks.id", ondelete="CASCADE"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("n", Integer, nullable=False, default=1, server_default="1"),
    Column("outcome", String(16), nullable=False, default="open", server_default="open"),
    Column("start", Integer),
    Column("rating", Integer),
    Column("ring", String(16), nullable=False),
    Column("process", String(16), nullable=False),
    Column("step", String(16), nullable=False),
    Column("what", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("when_words", Text, nullable=False),
    Column("on_date", Date),
    Column("sure", Integer, nullable=False),
    Column("helps", Text, nullable=False),
    Column("come_back", Date),
    Column("updated_at", DateTime, nullable=False),
    UniqueConstraint("talk", "round", "n", name="plans_round"),
    Index("plans_updated", "updated_at"),
)

check_ins = Table(
    "check_ins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("talk", ForeignKey("talks.id", ondelete="CASCADE"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("n", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("due_at", DateTime),
    Column("message_id", String(128)),
    Column("updated_at", DateTime, nullable=False),
    UniqueConstraint("talk", "round", "kind", "n", name="check_ins_n"),
    Index("check_ins_due", "due_at"),
)

senders = Table(
    "senders",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("sender_hash", String(64), primary_key=True),
    Column("talk", ForeignKey("talks.id", ondelete="CASCADE"), nullable=False),
    Column("active", Boolean, nullable=False),
    Index("senders_talk", "talk"),
)
"""Who reaches a talk that began elsewhere; not active while the sender is back in their own talk."""

codes = Table(
    "codes",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("talk", ForeignKey("talks.id", ondelete="CASCADE"), nullable=False),
    Column("asked", String(32)),
    Column("expires_at", DateTime, nullable=False),
    Index("codes_talk", "talk"),
    Index("codes_asked", "asked"),
)
"""Personal codes that were handed out; `asked` is the talk in which somebody was asked whether to use it."""

opinions = Table(
    "opinions",
    metadata,
    Column("week", Date, primary_key=True),
    Column("item", String(32), primary_key=True),
    Column("mark", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
)
"""What people thought of a talk, only as counts: how often an item got a mark in a week (its Monday)."""

erasures = Table(
    "erasures",
    metadata,
    Column("day", Date, primary_key=True),
    Column("what", String(16), primary_key=True),
    Column("number", Integer, nullable=False),
)
"""All that is left of what was erased: how much of what, on which day."""

tombstones = Table(
    "tombstones",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("round", Integer, primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False),
    Index("tombstones_at", "at"),
)
"""Talks that were erased, by a hash of their random id, as long as a backup may still hold them; see `tombstones.py`."""

agreed = Table(
    "agreed",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", String(64), nullable=False),
)
"""What every copy of the service has to have the same, as a hash; see `agreed.py`."""
