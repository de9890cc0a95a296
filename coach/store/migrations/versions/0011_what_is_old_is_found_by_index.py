"""what is old is found by an index"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

INDEXES = (
    ('talks_worded', 'talks', ['worded', 'updated_at']),
    ('events_at', 'events', ['at']),
    ('inbox_received', 'inbox', ['received_at']),
    ('assessments_updated', 'assessments', ['updated_at']),
    ('plans_updated', 'plans', ['updated_at']),
)
WHEN = {
    'sqlite': "strftime('%Y-%m-%d %H:%M:%S.000000', json_extract(data, '$.timestamp'), 'unixepoch')",
    'postgresql': "to_timestamp((data ->> 'timestamp')::double precision) AT TIME ZONE 'UTC'",
}


def upgrade() -> None:
    kind = op.get_bind().dialect.name
    op.add_column('talks', sa.Column('worded', sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column('events', sa.Column('at', sa.DateTime(), nullable=True))
    op.execute(f'UPDATE events SET at = {WHEN[kind]}')
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns, unique=False)
    some = sa.text("words <> ''")
    op.create_index('answers_worded', 'answers', ['assessment'], sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    op.drop_index('answers_worded', table_name='answers')
    for name, table, _ in INDEXES:
        op.drop_index(name, table_name=table)
    op.drop_column('events', 'at')
    op.drop_column('talks', 'worded')
