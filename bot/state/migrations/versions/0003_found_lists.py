"""What was found for a question, by ids, so that it can be paged."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "found_lists",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("found", sa.Text, nullable=False),
    )
    op.create_index("ix_found_lists_at", "found_lists", ["at"])


def downgrade() -> None:
    op.drop_table("found_lists")
