"""addresses and deliveries"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('addresses',
    sa.Column('talk', sa.String(length=32), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['talk'], ['talks.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('talk')
    )
    op.create_table('deliveries',
    sa.Column('talk', sa.String(length=32), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('errors', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.DateTime(), nullable=False),
    sa.Column('why', sa.String(length=64), nullable=False),
    sa.Column('since', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['talk'], ['talks.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('talk')
    )
    op.create_index('outbox_unsent', 'outbox', ['sent', 'talk'], unique=False)


def downgrade() -> None:
    op.drop_index('outbox_unsent', table_name='outbox')
    op.drop_table('deliveries')
    op.drop_table('addresses')
