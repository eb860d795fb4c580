"""Votes on answers; questions that found nothing or the wrong thing, where they are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "votes",
        sa.Column("answer", sa.String(255), primary_key=True),
        sa.Column("voter", sa.String(32), primary_key=True),
        sa.Column("platform", sa.String(16), nullable=False),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("ix_votes_at", "votes", ["at"])
    op.create_table(
        "unanswered",
        sa.Column("answer", sa.String(255), primary_key=True),
        sa.Column("reason", sa.String(8), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("ix_unanswered_at", "unanswered", ["at"])


def downgrade() -> None:
    op.drop_table("unanswered")
    op.drop_table("votes")
