"""Alembic's entry: runs on the connection it is given, or on PADWIJZER_DATABASE_URL for the alembic command."""

from __future__ import annotations

from alembic import context

import coach.store.desk_tables  # noqa: F401  its tables belong to the same metadata
from coach import settings
from coach.store.database import open_database
from coach.store.tables import metadata


def _run(connection: object) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with open_database(settings.read().database_url).begin() as own:
        _run(own)
