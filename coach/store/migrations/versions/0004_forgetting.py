"""when a talk is forgotten, and how much was erased"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('talks', sa.Column('forget_at', sa.DateTime()))
    op.create_index('talks_forget', 'talks', ['forget_at'], unique=False)
    op.create_table('erasures',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('what', sa.String(length=16), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'what')
    )


def downgrade() -> None:
    op.drop_table('erasures')
    op.drop_index('talks_forget', table_name='talks')
    op.drop_column('talks', 'forget_at')
