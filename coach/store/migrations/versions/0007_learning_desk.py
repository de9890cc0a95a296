"""the learning desk"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('advisers',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('password', sa.String(length=200), nullable=True),
    sa.Column('subject', sa.String(length=400), nullable=True),
    sa.Column('active', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('start_until', sa.DateTime(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('email'),
    sa.UniqueConstraint('subject')
    )
    op.create_table('audit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('adviser', sa.String(length=32), nullable=True),
    sa.Column('organisation', sa.String(length=32), nullable=True),
    sa.Column('what', sa.String(length=32), nullable=False),
    sa.Column('about', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.create_index('audit_at', ['at'], unique=False)

    op.create_table('figures',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('what', sa.String(length=48), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'what')
    )
    op.create_table('organisations',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('learns_together', sa.Boolean(), nullable=False),
    sa.Column('contact', sa.String(length=254), nullable=False),
    sa.Column('position', sa.String(length=40), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('organisations', schema=None) as batch_op:
        batch_op.create_index('organisations_alike', ['position', 'learns_together'], unique=False)

    op.create_table('sign_in_failures',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('who', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('sign_in_failures', schema=None) as batch_op:
        batch_op.create_index('sign_in_failures_who', ['who', 'at'], unique=False)

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

    op.create_table('access',
    sa.Column('adviser', sa.String(length=32), nullable=False),
    sa.Column('organisation', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['adviser'], ['advisers.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation'], ['organisations.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('adviser', 'organisation')
    )
    with op.batch_alter_table('access', schema=None) as batch_op:
        batch_op.create_index('access_organisation', ['organisation'], unique=False)

    op.create_table('client_talks',
    sa.Column('talk', sa.String(length=32), nullable=False),
    sa.Column('organisation', sa.String(length=32), nullable=False),
    sa.Column('adviser', sa.String(length=32), nullable=True),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['adviser'], ['advisers.id'], ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organisation'], ['organisations.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['talk'], ['talks.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('talk')
    )
    with op.batch_alter_table('client_talks', schema=None) as batch_op:
        batch_op.create_index('client_talks_organisation', ['organisation'], unique=False)

    op.create_table('desk_sessions',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('adviser', sa.String(length=32), nullable=False),
    sa.Column('csrf', sa.String(length=64), nullable=False),
    sa.Column('browser', sa.String(length=64), nullable=False),
    sa.Column('label', sa.String(length=60), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('seen_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['adviser'], ['advisers.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('desk_sessions', schema=None) as batch_op:
        batch_op.create_index('desk_sessions_adviser', ['adviser'], unique=False)

    op.create_table('groups',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('organisation', sa.String(length=32), nullable=False),
    sa.Column('parent', sa.String(length=32), nullable=True),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('members', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['organisation'], ['organisations.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['parent'], ['groups.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('groups', schema=None) as batch_op:
        batch_op.create_index('groups_organisation', ['organisation'], unique=False)
        batch_op.create_index('groups_parent', ['parent'], unique=False)

    op.create_table('handovers',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('talk', sa.String(length=32), nullable=False),
    sa.Column('organisation', sa.String(length=32), nullable=True),
    sa.Column('adviser', sa.String(length=32), nullable=True),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=16), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('taken_at', sa.DateTime(), nullable=True),
    sa.Column('done_at', sa.DateTime(), nullable=True),
    sa.Column('noticed_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['adviser'], ['advisers.id'], ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organisation'], ['organisations.id'], ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['talk'], ['talks.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('handovers', schema=None) as batch_op:
        batch_op.create_index('handovers_state', ['state', 'asked_at'], unique=False)
        batch_op.create_index('handovers_talk', ['talk'], unique=False)

    op.create_table('pairings',
    sa.Column('asker', sa.String(length=32), nullable=False),
    sa.Column('asked', sa.String(length=32), nullable=False),
    sa.Column('position', sa.String(length=40), nullable=False),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('agreed_at', sa.DateTime(), nullable=True),
    sa.Column('declined_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['asked'], ['organisations.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['asker'], ['organisations.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('asker', 'asked')
    )
    with op.batch_alter_table('pairings', schema=None) as batch_op:
        batch_op.create_index('pairings_asked', ['asked'], unique=False)

    op.create_table('handover_lines',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('handover', sa.String(length=32), nullable=False),
    sa.Column('message_id', sa.String(length=128), nullable=False),
    sa.Column('by', sa.String(length=16), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['handover'], ['handovers.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('handover', 'message_id', name='handover_lines_once')
    )
    op.create_table('rounds',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('organisation', sa.String(length=32), nullable=False),
    sa.Column('top', sa.String(length=32), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['organisation'], ['organisations.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['top'], ['groups.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('organisation', 'top', 'n', name='rounds_n')
    )
    with op.batch_alter_table('rounds', schema=None) as batch_op:
        batch_op.create_index('rounds_open', ['closed_at', 'ends_on'], unique=False)

    op.create_table('blocks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round', sa.String(length=32), nullable=False),
    sa.Column('group', sa.String(length=32), nullable=False),
    sa.Column('side', sa.String(length=16), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('middles', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['round'], ['rounds.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('blocks', schema=None) as batch_op:
        batch_op.create_index('blocks_round', ['round', 'group'], unique=False)

    op.create_table('invitations',
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('round', sa.String(length=32), nullable=False),
    sa.Column('group', sa.String(length=32), nullable=False),
    sa.Column('revoked', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['group'], ['groups.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['round'], ['rounds.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('code'),
    sa.UniqueConstraint('round', 'group', name='invitations_group')
    )
    op.create_table('memberships',
    sa.Column('talk', sa.String(length=32), nullable=False),
    sa.Column('round', sa.String(length=32), nullable=False),
    sa.Column('group', sa.String(length=32), nullable=False),
    sa.Column('assessment_round', sa.Integer(), nullable=True),
    sa.Column('joined_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['group'], ['groups.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['round'], ['rounds.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['talk'], ['talks.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('talk', 'round')
    )
    with op.batch_alter_table('memberships', schema=None) as batch_op:
        batch_op.create_index('memberships_round', ['round', 'group'], unique=False)

    op.create_table('round_groups',
    sa.Column('round', sa.String(length=32), nullable=False),
    sa.Column('group', sa.String(length=32), nullable=False),
    sa.Column('parent', sa.String(length=32), nullable=True),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('members', sa.Integer(), nullable=False),
    sa.Column('respondents', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['round'], ['rounds.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('round', 'group')
    )
    with op.batch_alter_table('round_groups', schema=None) as batch_op:
        batch_op.create_index('round_groups_group', ['group'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('round_groups', schema=None) as batch_op:
        batch_op.drop_index('round_groups_group')

    op.drop_table('round_groups')
    with op.batch_alter_table('memberships', schema=None) as batch_op:
        batch_op.drop_index('memberships_round')

    op.drop_table('memberships')
    op.drop_table('invitations')
    with op.batch_alter_table('blocks', schema=None) as batch_op:
        batch_op.drop_index('blocks_round')

    op.drop_table('blocks')
    with op.batch_alter_table('rounds', schema=None) as batch_op:
        batch_op.drop_index('rounds_open')

    op.drop_table('rounds')
    op.drop_table('handover_lines')
    with op.batch_alter_table('pairings', schema=None) as batch_op:
        batch_op.drop_index('pairings_asked')

    op.drop_table('pairings')
    with op.batch_alter_table('handovers', schema=None) as batch_op:
        batch_op.drop_index('handovers_talk')
        batch_op.drop_index('handovers_state')

    op.drop_table('handovers')
    with op.batch_alter_table('groups', schema=None) as batch_op:
        batch_op.drop_index('groups_parent')
        batch_op.drop_index('groups_organisation')

    op.drop_table('groups')
    with op.batch_alter_table('desk_sessions', schema=None) as batch_op:
        batch_op.drop_index('desk_sessions_adviser')

    op.drop_table('desk_sessions')
    with op.batch_alter_table('client_talks', schema=None) as batch_op:
        batch_op.drop_index('client_talks_organisation')

    op.drop_table('client_talks')
    with op.batch_alter_table('access', schema=None) as batch_op:
        batch_op.drop_index('access_organisation')

    op.drop_table('access')
    with op.batch_alter_table('unclear', schema=None) as batch_op:
        batch_op.drop_index('unclear_day')

    op.drop_table('unclear')
    with op.batch_alter_table('sign_in_failures', schema=None) as batch_op:
        batch_op.drop_index('sign_in_failures_who')

    op.drop_table('sign_in_failures')
    with op.batch_alter_table('organisations', schema=None) as batch_op:
        batch_op.drop_index('organisations_alike')

    op.drop_table('organisations')
    op.drop_table('figures')
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.drop_index('audit_at')

    op.drop_table('audit')
    op.drop_table('advisers')
