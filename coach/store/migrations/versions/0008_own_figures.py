"""the desk's own figures"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('handovers', schema=None) as batch_op:
        batch_op.add_column(sa.Column('answered_at', sa.DateTime(), nullable=True))

    # nothing was ever put in it
    with op.batch_alter_table('unclear', schema=None) as batch_op:
        batch_op.drop_index('unclear_day')

    op.drop_table('unclear')
    op.create_table('unclear',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('asked', sa.String(length=32), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('seen_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('meaning', sa.String(length=48), nullable=True),
    sa.Column('adviser', sa.String(length=32), nullable=True),
    sa.ForeignKeyConstraint(['adviser'], ['advisers.id'], ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('unclear', schema=None) as batch_op:
        batch_op.create_index('unclear_state', ['state', 'number'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('unclear', schema=None) as batch_op:
        batch_op.drop_index('unclear_state')

    op.drop_table('unclear')
    op.create_table('unclear',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('asked', sa.String(length=32), nullable=False),
    sa.Column('proposed', sa.String(length=48), nullable=True),
    sa.Column('adviser', sa.String(length=32), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('unclear', schema=None) as batch_op:
        batch_op.create_index('unclear_day', ['day'], unique=False)

    with op.batch_alter_table('handovers', schema=None) as batch_op:
        batch_op.drop_column('answered_at')
