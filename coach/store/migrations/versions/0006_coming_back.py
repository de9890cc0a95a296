"""personal codes, talks reached from more than one device, and opinions as counts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('senders',
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('sender_hash', sa.String(length=64), nullable=False),
    sa.Column('talk', sa.String(length=32), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['talk'], ['talks.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('channel', 'sender_hash')
    )
    op.create_index('senders_talk', 'senders', ['talk'], unique=False)
    op.create_table('codes',
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('talk', sa.String(length=32), nullable=False),
    sa.Column('asked', sa.String(length=32), nullable=True),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['talk'], ['talks.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('hash')
    )
    op.create_index('codes_talk', 'codes', ['talk'], unique=False)
    op.create_index('codes_asked', 'codes', ['asked'], unique=False)
    op.create_table('opinions',
    sa.Column('week', sa.Date(), nullable=False),
    sa.Column('item', sa.String(length=32), nullable=False),
    sa.Column('mark', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('week', 'item', 'mark')
    )
    op.add_column('plans', sa.Column('start', sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('plans') as plans:
        plans.drop_column('start')
    op.drop_table('opinions')
    op.drop_index('codes_asked', table_name='codes')
    op.drop_index('codes_talk', table_name='codes')
    op.drop_table('codes')
    op.drop_index('senders_talk', table_name='senders')
    op.drop_table('senders')
