"""check-ins, plans that are followed, and messages that the service itself puts in the inbox"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('check_ins',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('talk', sa.String(length=32), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('due_at', sa.DateTime(), nullable=True),
    sa.Column('message_id', sa.String(length=128), nullable=True),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['talk'], ['talks.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('talk', 'round', 'kind', 'n', name='check_ins_n')
    )
    op.create_index('check_ins_due', 'check_ins', ['due_at'], unique=False)
    op.add_column('inbox', sa.Column('own', sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table('plans') as plans:
        plans.add_column(sa.Column('n', sa.Integer(), server_default='1', nullable=False))
        plans.add_column(
            sa.Column('outcome', sa.String(length=16), server_default='open', nullable=False)
        )
        plans.add_column(sa.Column('rating', sa.Integer(), nullable=True))
        plans.drop_constraint('plans_round', type_='unique')
        plans.create_unique_constraint('plans_round', ['talk', 'round', 'n'])


def downgrade() -> None:
    op.execute("DELETE FROM plans WHERE n > 1")
    with op.batch_alter_table('plans') as plans:
        plans.drop_constraint('plans_round', type_='unique')
        plans.create_unique_constraint('plans_round', ['talk', 'round'])
        plans.drop_column('rating')
        plans.drop_column('outcome')
        plans.drop_column('n')
    with op.batch_alter_table('inbox') as inbox:
        inbox.drop_column('own')
    op.drop_index('check_ins_due', table_name='check_ins')
    op.drop_table('check_ins')
