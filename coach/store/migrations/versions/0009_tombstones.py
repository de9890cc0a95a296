"""who was erased is remembered as long as backups are"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('tombstones',
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('round', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('hash', 'round')
    )
    op.create_index('tombstones_at', 'tombstones', ['at'], unique=False)


def downgrade() -> None:
    op.drop_index('tombstones_at', table_name='tombstones')
    op.drop_table('tombstones')
